"""The register of seals: taken in, taken into use (启用), sealed away (封存), who keeps them, what they allowed.

A ceremony is an act of two: a keeper opens it with who was there and what happened, a second person confirms it, and
only then does the seal's state change. Nobody sets a state.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from banjie.duties.seals.models import Authority, Ceremony, Ordered, Refusal, Seal, Use
from banjie.engine import codec
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.commands import Actor
from banjie.engine.guards import require_staff
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.organisation.models import Agency
from banjie.records.organisation.queries import in_office
from banjie.records.parties import sealing
from banjie.store.files.bind import bind
from banjie.store.log import queries
from banjie.store.log.append import append
from banjie.store.log.models import Entry
from banjie.store.log.read import LogEntry
from banjie.store.signing import custody
from banjie.store.signing.certificates import Subject

STREAM_KIND = "seal"
POST = "seal_keeper"
ACTIVATE, SEAL_AWAY = "activate", "seal_away"
DONE = {ACTIVATE: "activated", SEAL_AWAY: "sealed_away"}
CONFIRMING = (POST, "head_of_agency", "supervisor")
USES = ("approval", "licensing")
CODE_DIGITS = 13
LONGEST = 2000
FOUNDING = "founding"
"""Who did what the rulebook tells of the time before this installation."""


@dataclass(frozen=True, slots=True)
class Given:
    """A seal as it is taken in. `title` stands below the star; `name` is the agency's and the title together."""

    agency: str
    use: str
    title: str
    code: str
    keepers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A ceremony: its day, who was present (pseudonyms), what happened, and an uploaded file ("" for none)."""

    on: date
    present: tuple[str, ...]
    text: str
    file: str = ""


def register(given: Given, by: Actor, command_id: UUID, at: datetime) -> Seal:
    """Take a seal of one's own agency into the register; it cannot be used before it is activated. Safe to repeat.

    NotPossible needs_seal_keeper, not_your_agency, seal_code_taken; BadInput.
    """
    require_staff(by, POST)
    if by.agency != given.agency:
        raise NotPossible("not_your_agency")
    return taken_in(given, by.id, command_id, at, at.astimezone(OFFICE_ZONE).date(), queries.installation().demo)


def open_ceremony(seal: UUID, what: str, held: Held, by: Actor, command_id: UUID, at: datetime) -> None:
    """A keeper of this seal says that it is taken into use, or sealed away; it waits for the second person.

    NotPossible not_the_keeper, ceremony_waits, seal_in_use_already, seal_gone, other_seal_in_use; BadInput.
    """
    text = _stripped(held.text)
    problems = _wrong("text", text)
    if held.on > at.astimezone(OFFICE_ZONE).date():
        problems.append(("on", "out_of_range"))
    if what not in DONE:
        problems.append(("what", "unknown_choice"))
    near = {each.user.pseudonym for each in in_office(at.date()).filter(user__pseudonym__in=held.present)}
    if not set(held.present) <= near:
        problems.append(("present", "unknown_choice"))
    if problems:
        raise BadInput(problems)

    def act(row: Seal) -> None:
        require_keeper(row, by)
        if row.ceremony:
            raise NotPossible("ceremony_waits")
        _may(row, what)
        key = sealing.key_of(seal)
        assert key is not None, "nobody erases a seal"
        if held.file:
            bind(seal, [held.file], key, owner=by.id)
        body = told(
            by.id,
            at,
            ceremony=what,
            on=held.on.isoformat(),
            present=sorted(set(held.present) | {by.id}),
            text=sealing.seal(key, "ceremony", text),
            file=held.file,
        )
        tell(row, "ceremony_opened", body, command_id)

    change(seal, command_id, act)


def confirm_ceremony(seal: UUID, by: Actor, command_id: UUID, at: datetime) -> None:
    """The second person confirms it: from now on the seal is in use, or can never be used again.

    Another keeper or the head of the agency, or a supervisor of the region; never whoever opened it. A seal that is
    taken into use gets its key here where it has none. NotPossible no_ceremony, two_people_needed, needs_one_of.
    """
    require_staff(by, *CONFIRMING)

    def act(row: Seal) -> None:
        if not row.ceremony:
            raise NotPossible("no_ceremony")
        if by.id == row.ceremony_by:
            raise NotPossible("two_people_needed")
        if "supervisor" in by.posts and by.agency != row.agency:
            if _region(by.agency) != row.region:
                raise NotPossible("not_your_agency")
        elif by.agency != row.agency:
            raise NotPossible("not_your_agency")
        _may(row, row.ceremony)
        if row.ceremony == ACTIVATE:
            custody.keys().make(subject(row))
        on = row.ceremony_on
        assert on is not None
        tell(row, DONE[row.ceremony], told(by.id, at, on=on.isoformat(), opened_by=row.ceremony_by), command_id)

    change(seal, command_id, act)


def drop_ceremony(seal: UUID, by: Actor, command_id: UUID, at: datetime) -> None:
    """Whoever opened a ceremony takes it back before it is confirmed. NotPossible no_ceremony, not_the_keeper."""

    def act(row: Seal) -> None:
        if not row.ceremony:
            raise NotPossible("no_ceremony")
        require_keeper(row, by)
        tell(row, "ceremony_dropped", told(by.id, at), command_id)

    change(seal, command_id, act)


def give_authority(
    seal: UUID, papers: Iterable[tuple[str, str]], by: Actor, assertion: str, command_id: UUID, at: datetime
) -> None:
    """Papers of these (kind, template version) may be sealed by themselves from now on, until it is withdrawn.

    NotPossible not_the_keeper, seal_not_in_use, seal_gone, step_up_needed.
    """
    listed = sorted({(kind, template) for kind, template in papers})
    if not listed:
        raise BadInput([("papers", "needed")])
    if not assertion:
        raise NotPossible("step_up_needed")

    def act(row: Seal) -> None:
        require_keeper(row, by)
        _require_not_gone(row)
        require_active(row)
        tell(row, "authority_given", told(by.id, at, papers=[list(each) for each in listed]), command_id, assertion)

    change(seal, command_id, act)


def withdraw_authority(
    seal: UUID, papers: Iterable[tuple[str, str]], by: Actor, command_id: UUID, at: datetime
) -> None:
    """Such papers wait from now on. NotPossible not_the_keeper."""
    listed = sorted({(kind, template) for kind, template in papers})
    if not listed:
        raise BadInput([("papers", "needed")])

    def act(row: Seal) -> None:
        require_keeper(row, by)
        tell(row, "authority_withdrawn", told(by.id, at, papers=[list(each) for each in listed]), command_id)

    change(seal, command_id, act)


def change_keepers(seal: UUID, keepers: Iterable[str], by: Actor, command_id: UUID, at: datetime) -> None:
    """The head of the agency says who keeps the seal: people of the agency who hold the post.

    NotPossible needs_head_of_agency, not_your_agency; BadInput.
    """
    require_staff(by, "head_of_agency")
    named = sorted(set(keepers))

    def act(row: Seal) -> None:
        if by.agency != row.agency:
            raise NotPossible("not_your_agency")
        if not named or set(named) - set(possible_keepers(row.agency, at.date())):
            raise BadInput([("keepers", "unknown_choice")])
        tell(row, "keepers_changed", told(by.id, at, keepers=named), command_id)

    change(seal, command_id, act)


def possible_keepers(agency: str, on: date) -> list[str]:
    """The pseudonyms of those of an agency who hold the post on a day."""
    return [each.user.pseudonym for each in in_office(on).filter(unit__agency_id=agency) if POST in each.posts]


def require_keeper(row: Seal, by: Actor) -> None:
    """Whoever keeps this seal and holds the post. NotPossible needs_seal_keeper, not_the_keeper."""
    require_staff(by, POST)
    if by.id not in row.keepers:
        raise NotPossible("not_the_keeper")


def _require_not_gone(row: Seal) -> None:
    if row.state == "sealed_away":  # nothing was to be sealed: this is no use, and no fact
        raise NotPossible("seal_gone", on=row.sealed_away_on)


def require_active(row: Seal) -> None:
    """A seal in use. NotPossible seal_sealed_away, seal_not_in_use."""
    if row.state == "sealed_away":
        raise NotPossible("seal_sealed_away", on=row.sealed_away_on)
    if row.state != "active":
        raise NotPossible("seal_not_in_use")


def subject(row: Seal) -> Subject:
    """Whose seal it is, for its certificate."""
    return Subject(row.agency_name, row.name, row.code, row.is_demo)


# How it is recorded


def change(seal: UUID, command_id: UUID, act: Callable[[Seal], None]) -> bool:
    """Let `act` tell facts of a seal in one transaction, unless it knows the command; whether it was carried out."""
    try:
        with transaction.atomic():
            row = Seal.objects.select_for_update().filter(stream=seal).first()
            if row is None:
                raise NotPossible("no_such_seal")
            if knows(seal, command_id):
                return False
            act(row)
    except IntegrityError as other:
        raise NotPossible("changed_meanwhile") from other
    return True


def tell(
    row: Seal, kind: str, body: dict[str, Any], command_id: UUID, assertion: str = "", actor: str = ""
) -> LogEntry:
    """Record a fact of a seal and let its rows follow; part of the caller's transaction."""
    (entry,) = append(
        row.stream,
        STREAM_KIND,
        [(kind, codec.canonical(body))],
        command_id=command_id,
        at=body["at"],
        actor=actor or body["by"],
        assertion=assertion,
    )
    before = dict(vars(row))
    changed(row, entry, body)
    row.save(update_fields=[name for name, value in vars(row).items() if name != "_state" and value != before[name]])
    return entry


def counting(seal: UUID) -> Seal:
    """The row of a seal with what its uses count, held to the end of the transaction; nothing else of it is read."""
    return Seal.objects.select_for_update().only("begun", "used", "number", "unfinished").get(stream=seal)


def told(by: str, at: datetime, **more: Any) -> dict[str, Any]:
    """The body of a fact: when, by whom, and what."""
    return {"at": codec.microseconds(at), "by": by, **more}


def knows(stream: UUID, command_id: UUID) -> bool:
    """Whether this stream holds a fact of this command."""
    return Entry.objects.filter(stream=stream, command_id=command_id).exists()


def taken_in(given: Given, by: str, command_id: UUID, at: datetime, on: date, is_demo: bool) -> Seal:
    """Take a seal in, whoever says so: for `register`, and for founding, which tells of the time before."""
    title = _stripped(given.title)
    problems = _wrong("title", title)
    if given.use not in USES:
        problems.append(("use", "unknown_choice"))
    if len(given.code) != CODE_DIGITS or not (given.code.isascii() and given.code.isdigit()):
        problems.append(("code", "not_a_seal_code"))
    if not given.keepers:
        problems.append(("keepers", "needed"))
    agency = Agency.objects.filter(id=given.agency).first()
    if agency is None:
        problems.append(("agency", "unknown_choice"))
    if problems:
        raise BadInput(problems)
    assert agency is not None
    with transaction.atomic():
        known = Seal.objects.filter(stream=command_id).first()
        if known:
            return known
        if Seal.objects.filter(code=given.code).exists():
            raise NotPossible("seal_code_taken")
        sealing.new_key(command_id)
        body = told(
            by,
            at,
            agency=agency.id,
            agency_name=agency.name,
            region=agency.region_id,
            name=agency.name + title,
            title=title,
            use=given.use,
            code=given.code,
            keepers=sorted(set(given.keepers)),
            is_demo=is_demo,
            on=on.isoformat(),
        )
        append(
            command_id,
            STREAM_KIND,
            [("registered", codec.canonical(body))],
            command_id=command_id,
            at=body["at"],
            actor=by,
            expected_position=0,
        )
        row = registered(command_id, body)
        row.save(force_insert=True)
        return row


def _may(row: Seal, what: str) -> None:
    _require_not_gone(row)
    if what == SEAL_AWAY:
        return
    if row.state == "active":
        raise NotPossible("seal_in_use_already")
    if Seal.objects.filter(agency=row.agency, use=row.use, state="active").exists():
        raise NotPossible("other_seal_in_use")


def _region(agency: str) -> str:
    return Agency.objects.values_list("region_id", flat=True).get(id=agency)


def _stripped(value: str) -> str:
    return value.replace("\x00", "").strip()


def _wrong(field: str, value: str) -> list[tuple[str, str]]:
    if not value:
        return [(field, "needed")]
    return [(field, "too_long")] if len(value) > LONGEST else []


# Rows from facts


def registered(stream: UUID, body: dict[str, Any]) -> Seal:
    """The row that a `registered` fact makes, not saved."""
    same = ("region", "agency", "agency_name", "name", "title", "use", "code", "is_demo", "keepers")
    return Seal(stream=stream, registered_on=date.fromisoformat(body["on"]), **{name: body[name] for name in same})


def changed(row: Seal, entry: LogEntry, body: dict[str, Any]) -> None:
    """Let a later fact change the row of its seal (not saved here) and the rows beside it (saved)."""
    match entry.kind:
        case "ceremony_opened":
            row.ceremony, row.ceremony_by = body["ceremony"], body["by"]
            row.ceremony_on = date.fromisoformat(body["on"])
            Ceremony.objects.create(
                seal=row,
                position=entry.position,
                kind=body["ceremony"],
                on=row.ceremony_on,
                by=body["by"],
                present=body["present"],
                ref=body["text"]["ref"] if body["text"] else "",
                file=body["file"],
            )
        case "ceremony_dropped":
            Ceremony.objects.filter(seal=row, second="").delete()
            row.ceremony, row.ceremony_by, row.ceremony_on = "", "", None
        case "activated" | "sealed_away":
            Ceremony.objects.filter(seal=row, second="").update(second=body["by"])
            on = date.fromisoformat(body["on"])
            if entry.kind == "activated":
                row.state, row.activated_on = "active", on
            else:
                row.state, row.sealed_away_on = "sealed_away", on
            row.ceremony, row.ceremony_by, row.ceremony_on = "", "", None
        case "keepers_changed":
            row.keepers = body["keepers"]
        case "authority_given":
            for kind, template in body["papers"]:
                Authority.objects.update_or_create(
                    seal=row,
                    kind=kind,
                    template=template,
                    defaults={
                        "given_by": body["by"],
                        "given_at": codec.instant(body["at"]),
                        "withdrawn_by": "",
                        "withdrawn_at": None,
                    },
                )
        case "authority_withdrawn":
            for kind, template in body["papers"]:
                Authority.objects.filter(seal=row, kind=kind, template=template, withdrawn_at=None).update(
                    withdrawn_by=body["by"], withdrawn_at=codec.instant(body["at"])
                )
        case "ordered":
            Ordered.objects.bulk_create(
                [
                    Ordered(
                        paper=UUID(paper),
                        version=version,
                        digest=digest,
                        seal=row,
                        by=body["by"],
                        at=codec.instant(body["at"]),
                    )
                    for paper, version, digest in body["papers"]
                ],
                ignore_conflicts=True,
            )
        case "begun":
            row.begun += 1
            row.unfinished = sorted({*row.unfinished, body["expected"]})
        case "used":
            row.used, row.number = row.used + 1, body["number"]
            row.unfinished = [each for each in row.unfinished if each != body["expected"]]
            same = ("version", "number", "kind", "position", "digest", "signed", "sealed", "by")
            Use.objects.create(
                paper=UUID(body["paper"]),
                seal=row,
                stream=UUID(body["stream"]),
                at=codec.instant(body["at"]),
                **{name: body[name] for name in same},
            )
        case "differs":
            row.difference = body["unknown"] + body["missing"]
        case "refused":
            refused(row, entry, body).save(force_insert=True)


def refused(row: Seal | None, entry: LogEntry, body: dict[str, Any]) -> Refusal:
    """The row that a `refused` fact makes, not saved."""
    same = ("agency", "kind", "version", "code", "by")
    return Refusal(
        stream=entry.stream,
        position=entry.position,
        seal=row,
        paper=UUID(body["paper"]),
        at=codec.instant(body["at"]),
        **{name: body[name] for name in same},
    )
