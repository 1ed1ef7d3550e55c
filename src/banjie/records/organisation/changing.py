"""How a real installation gets its organisation and changes it: by a file that a security administrator loads.

Regions, agencies, units, windows and who stands in for whom are one fact of the stream "organisation". Accounts are
opened and posts are given as on the administrators' pages: each a fact, and a post that decides, signs or seals waits
for another security administrator and the region's hours (`grants`). What a file does not name stays as it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from banjie.engine import codec
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.not_possible import NotPossible
from banjie.records.accounts import keeping
from banjie.records.accounts.models import Kind, User
from banjie.records.organisation import access, grants, load, queries
from banjie.records.organisation.checking import Known
from banjie.records.organisation.file import BadOrganisation, File
from banjie.records.organisation.models import Agency, Delegation, Grant, Region, Staff, Unit, WindowType
from banjie.records.organisation.rulebook import Organisation, StaffEntry
from banjie.store.log import ids, read
from banjie.store.log.append import append

STREAM_KIND = "organisation"


class ChangedMeanwhile(RuntimeError):
    """The installation is not as it was when the changes were shown."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an entry is to say that it does not say yet: of which kind, its id, and its fields before and after."""

    what: str
    id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]

    @property
    def differing(self) -> list[str]:
        """The fields that change."""
        return [name for name, value in self.after.items() if (self.before or {}).get(name) != value]


@dataclass(frozen=True, slots=True)
class Held:
    """The posts somebody holds on a day: none, and no unit, for whoever is not in office."""

    unit: str = ""
    posts: tuple[str, ...] = ()
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """Whoever holds other posts than the file says. `slow`: those that a second person confirms."""

    username: str
    before: Held
    after: Held
    slow: tuple[str, ...]
    hours: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What loading a file would do today, and what it leaves for another day, each with why."""

    structure: tuple[Change, ...]
    accounts: tuple[StaffEntry, ...]
    names: tuple[Change, ...]
    posts: tuple[Post, ...]
    delegations: tuple[Change, ...]
    later: tuple[tuple[str, str], ...]
    unnamed: int

    @property
    def is_empty(self) -> bool:
        """Whether everything stands as the file has it."""
        return not (self.structure or self.accounts or self.names or self.posts or self.delegations)


def plan(file: File, on: date) -> Plan:
    """What differs between the file and the installation; BadOrganisation with every fault."""
    if wrong := file.faults(_known(), on):
        raise BadOrganisation(wrong)
    given = file.organisation
    held = {each.user.username: each for each in Staff.objects.select_related("user", "unit")}
    posts, later = _posts(given, held, on)
    will_hold = {name: _held(place, on) for name, place in held.items()}
    will_hold |= {each.username: each.after for each in posts if not each.slow}
    delegations, waiting = _delegations(given, will_hold, on)
    return Plan(
        tuple(_structure(given)),
        tuple(each for each in given.staff if each.username not in held and not _account(each.username)),
        tuple(_names(given, held)),
        tuple(posts),
        tuple(delegations),
        (*later, *waiting),
        len({name for name, each in held.items() if each.posts} - {each.username for each in given.staff}),
    )


def carry_out(by: User, file: File, shown: Plan, at: datetime) -> list[tuple[User, str]]:
    """Do what was shown, all of it or nothing; the new accounts, each with its password for the first sign-in.

    NotPossible needs_security_administrator, own_grant; ChangedMeanwhile; BadOrganisation.
    """
    if by.kind != Kind.SECURITY or not by.is_active:
        raise NotPossible("needs_security_administrator")
    day = at.astimezone(OFFICE_ZONE).date()
    with transaction.atomic():
        if plan(file, day) != shown:
            raise ChangedMeanwhile
        _tell(by, shown, at)
        load.structure(file.organisation)
        opened = []
        for entry in shown.accounts:
            user = keeping.open_account(by, entry.username, entry.name, at, ids.uuid7())
            before = day - timedelta(days=1)
            Staff.objects.create(user=user, unit_id=entry.unit, english=entry.english, since=before, until=before)
            opened.append((user, keeping.new_password(by, user, at, ids.uuid7())))
        for change in shown.names:
            User.objects.filter(username=change.id).update(display_name=change.after["name"])
            Staff.objects.filter(user__username=change.id).update(english=change.after["english"])
        for each in shown.posts:
            _give(by, each, at)
        for change in shown.delegations:
            _stand_in(change.after)
    queries.forget_names()
    return opened


def _known() -> Known:
    return Known(
        regions=frozenset(Region.objects.values_list("code", flat=True)),
        units=dict(Unit.objects.values_list("id", "agency_id")),
        agencies={
            id: (region, code) for id, region, code in Agency.objects.values_list("id", "region_id", "credit_code")
        },
        prefixes=dict(Agency.objects.exclude(paper_prefix="").values_list("id", "paper_prefix")),
        staff=dict(Staff.objects.values_list("user__username", "unit_id")),
        types=frozenset(WindowType.objects.values_list("id", flat=True)),
        not_staff=frozenset(User.objects.exclude(kind=Kind.STAFF).values_list("username", flat=True)),
    )


def _account(username: str) -> bool:
    return User.objects.filter(username=username).exists()


# Regions, agencies, units, windows


def _structure(given: Organisation) -> Iterator[Change]:
    stand: dict[Any, dict[str, Any]] = {}
    for what, model, id, after in load.rows_of(given):
        if model not in stand:
            stand[model] = {row["pk"]: row for row in model._default_manager.values("pk", *after)}
        row = stand[model].get(id)
        before = {name: row[name] for name in after} if row else None
        if before != after:
            yield Change(what, id, before, after)


def _tell(by: User, shown: Plan, at: datetime) -> None:
    """One fact of what is said otherwise from now on; people only by pseudonym, and not what they are called."""
    pseudonyms = dict(User.objects.filter(kind=Kind.STAFF).values_list("username", "pseudonym"))
    changes = [{"what": each.what, "id": each.id, **_told(each)} for each in shown.structure]
    changes += [{"what": "name", "id": pseudonyms[each.id]} for each in shown.names]
    for each in shown.delegations:
        after = {name: str(value) for name, value in each.after.items() if name not in ("leaver", "joiner")}
        both = {name: pseudonyms.get(each.after[name], "") for name in ("leaver", "joiner")}
        changes.append({"what": "delegation", **both, **after})
    if not changes:
        return
    when = codec.microseconds(at)
    stream: UUID = next(iter(read.streams(STREAM_KIND)), None) or ids.uuid7()
    body = codec.canonical({"at": when, "by": by.pseudonym, "changes": changes})
    append(stream, STREAM_KIND, [("loaded", body)], command_id=ids.uuid7(), at=when, actor=by.pseudonym)


def _told(change: Change) -> dict[str, Any]:
    return {"before": dict(change.before) if change.before else None, "after": dict(change.after)}


# People


def _names(given: Organisation, held: Mapping[str, Staff]) -> Iterator[Change]:
    for entry in given.staff:
        if place := held.get(entry.username):
            before = {"name": place.user.display_name, "english": place.english}
            after = {"name": entry.name, "english": entry.english}
            if before != after:
                yield Change("name", entry.username, before, after)


def _posts(given: Organisation, held: Mapping[str, Staff], on: date) -> tuple[list[Post], list[tuple[str, str]]]:
    waiting = {each.person: each for each in grants.waiting()}
    region_of = _regions(given)
    found, later = [], []
    for entry in given.staff:
        place = held.get(entry.username)
        if entry.since > on:
            later.append((entry.username, f"begins on {entry.since}: load the file again on that day"))
            continue
        before, after = _held(place, on), Held()
        if entry.posts and not (entry.until and entry.until < on):
            after = Held(entry.unit, tuple(sorted(entry.posts)), entry.until)
        waits = waiting.get(place.user.pseudonym) if place else None
        if waits and after == Held(waits.unit, tuple(waits.posts), waits.until):
            later.append((entry.username, "waits for another security administrator, or for its hours"))
        elif before != after:
            choice = access.choice(region_of.get(entry.unit) or access.region_of(entry.unit), on)
            kept = set(before.posts) if before.unit == entry.unit else set()
            slow = tuple(sorted((set(after.posts) & set(choice.slow_posts)) - kept))
            found.append(Post(entry.username, before, after, slow, choice.slow_hours))
    return found, later


def _regions(given: Organisation) -> dict[str, str]:
    return {unit.id: agency.region for agency in given.agencies for unit in agency.units}


def _held(place: Staff | None, on: date) -> Held:
    if place is None or place.since > on or (place.until and place.until < on) or not place.posts:
        return Held()
    return Held(place.unit_id, tuple(sorted(place.posts)), place.until)


def _give(by: User, change: Post, at: datetime) -> None:
    user = User.objects.get(username=change.username)
    for grant in Grant.objects.filter(person=user.pseudonym, status__in=grants.OPEN):
        grants.withdraw(by, grant.stream, at, ids.uuid7())
    unit, after = change.after.unit or change.before.unit, change.after
    grants.propose(by, user, unit, after.posts, at, ids.uuid7(), until=after.until)


def _delegations(given: Organisation, held: Mapping[str, Held], on: date) -> tuple[list[Change], list[tuple[str, str]]]:
    region_of = _regions(given)
    known = {
        (each.leaver.user.username, each.joiner.user.username, each.since): each.until
        for each in Delegation.objects.select_related("leaver__user", "joiner__user")
    }
    found, later = [], []
    for entry in given.delegations:
        until = known.get((entry.leaver, entry.joiner, entry.since))
        if until == entry.until:
            continue
        leaver, joiner = (held.get(name, Held()) for name in (entry.leaver, entry.joiner))
        region = region_of.get(leaver.unit) or access.region_of(leaver.unit)
        slow = set(access.choice(region, on).slow_posts) & set(leaver.posts)
        if not leaver.posts or not joiner.posts:
            later.append((entry.joiner, f"stands in for {entry.leaver} once both hold their posts: load it again then"))
        elif until is None and slow - set(joiner.posts):
            lacking = ", ".join(sorted(slow - set(joiner.posts)))
            later.append((entry.joiner, f"does not stand in for {entry.leaver} without holding {lacking}, too"))
        else:
            told = {"leaver": entry.leaver, "joiner": entry.joiner, "since": entry.since, "until": entry.until}
            before = {**told, "until": until} if until else None
            found.append(Change("delegation", f"{entry.joiner} for {entry.leaver}", before, told))
    return found, later


def _stand_in(told: Mapping[str, Any]) -> None:
    leaver, joiner = (Staff.objects.get(user__username=told[name]) for name in ("leaver", "joiner"))
    Delegation.objects.update_or_create(
        leaver=leaver, joiner=joiner, since=told["since"], defaults={"unit_id": leaver.unit_id, "until": told["until"]}
    )
