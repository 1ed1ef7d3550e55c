"""Giving and taking posts (授权): by the security administrator, never to themselves, each a fact that the audit reads.

A post that decides, signs or seals (`access.Choice.slow_posts`) is proposed by one security administrator, confirmed
by another, and begins the region's hours later: what one person has done alone, or in a hurry, another sees before it
counts. Every other change begins at once. Sessions of whoever holds other posts than before end by themselves.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from banjie.engine import codec
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.accounts.models import Kind, User
from banjie.records.organisation import access, queries
from banjie.records.organisation.models import Grant, Staff, Unit
from banjie.store.log import ids, read
from banjie.store.log.append import append
from banjie.store.log.read import LogEntry
from banjie.web.roles import POSTS

STREAM_KIND = "grant"
OPEN = ("proposed", "confirmed")


def propose(
    by: User,
    person: User,
    unit: str,
    posts: Collection[str],
    at: datetime,
    command_id: UUID,
    until: date | None = None,
) -> Grant:
    """Give somebody exactly these posts in this unit. Begins at once where no slow post is new, else see `confirm`.

    `until`: the last day. The same command again changes nothing. BadInput for a unit or post there is not, or posts
    that exclude one another; NotPossible needs_security_administrator, own_grant, only_staff_hold_posts, grant_waits
    (another one for this person is open).
    """
    _require(by)
    if person.pk == by.pk:
        raise NotPossible("own_grant")
    if person.kind != Kind.STAFF:
        raise NotPossible("only_staff_hold_posts")
    wanted, problems = sorted(set(posts)), []
    if not Unit.objects.filter(id=unit).exists():
        problems.append(("unit", "unknown_choice" if unit else "needed"))
    if set(wanted) - set(POSTS):
        problems.append(("posts", "unknown_choice"))
    elif access.choice(access.region_of(unit), at.astimezone(OFFICE_ZONE).date()).broken_by(wanted):
        problems.append(("posts", "posts_apart"))
    if problems:
        raise BadInput(problems)
    stream = ids.uuid7()
    with transaction.atomic():
        known = Grant.objects.filter(command=command_id).first()
        if known is not None:
            return known
        User.objects.select_for_update().get(pk=person.pk)
        if Grant.objects.filter(person=person.pseudonym, status__in=OPEN).exists():
            raise NotPossible("grant_waits")
        is_slow = bool(_new_slow(person, unit, wanted, at))
        body = {"person": person.pseudonym, "unit": unit, "posts": wanted, "is_slow": is_slow, "by": by.pseudonym}
        if until:
            body["until"] = until.isoformat()
        _tell(stream, "proposed", body, by.pseudonym, at, command_id)
        if not is_slow:
            _tell(stream, "took_effect", {"by": by.pseudonym}, by.pseudonym, at, ids.uuid7())
        return Grant.objects.get(stream=stream)


def confirm(by: User, grant: UUID, at: datetime, command_id: UUID) -> Grant:
    """Somebody else has looked, and agrees: it begins after the region's hours.

    NotPossible needs_security_administrator, no_such_grant, grant_over, confirms_own_grant.
    """
    with transaction.atomic():
        row = _open(by, grant)
        if row.proposed_by == by.pseudonym:
            raise NotPossible("confirms_own_grant")
        if row.status == "proposed":
            hours = access.choice(access.region_of(row.unit), at.astimezone(OFFICE_ZONE).date()).slow_hours
            begins = codec.microseconds(at + timedelta(hours=hours))
            _tell(grant, "confirmed", {"by": by.pseudonym, "begins_at": begins}, by.pseudonym, at, command_id)
        return Grant.objects.get(stream=grant)


def withdraw(by: User, grant: UUID, at: datetime, command_id: UUID) -> Grant:
    """It is not to be, whoever proposed it. NotPossible needs_security_administrator, no_such_grant, grant_over."""
    with transaction.atomic():
        _open(by, grant)
        _tell(grant, "withdrawn", {"by": by.pseudonym}, by.pseudonym, at, command_id)
        return Grant.objects.get(stream=grant)


def carry_out_due(now: datetime) -> int:
    """Let begin what is due; how many. Any process may call it at any time."""
    due = Grant.objects.filter(status="confirmed", begins_at__lte=now).values_list("stream", flat=True)
    done = 0
    for stream in list(due):
        with transaction.atomic():
            row = Grant.objects.select_for_update().get(stream=stream)
            if row.status == "confirmed":
                _tell(stream, "took_effect", {"by": row.confirmed_by}, row.confirmed_by, now, ids.uuid7())
                done += 1
    return done


def waiting() -> list[Grant]:
    """What is proposed or confirmed and has not begun, the oldest first."""
    return list(Grant.objects.filter(status__in=OPEN).order_by("proposed_at"))


def rebuild() -> int:
    """Make every row again from its facts; the posts people hold stay as they are. How many."""
    with transaction.atomic():
        Grant.objects.all().delete()
        for stream in read.streams(STREAM_KIND):
            for entry in read.entries(stream):
                _derive(entry)
        return Grant.objects.count()


def _new_slow(person: User, unit: str, posts: Collection[str], at: datetime) -> set[str]:
    """The slow posts somebody would hold who does not hold them in this unit today."""
    day = at.astimezone(OFFICE_ZONE).date()
    slow = set(access.choice(access.region_of(unit), day).slow_posts) & set(posts)
    place = queries.in_office(day).filter(user=person, unit_id=unit).first()
    return slow - set(place.posts) if place else slow


def _require(by: User) -> None:
    if by.kind != Kind.SECURITY or not by.is_active:
        raise NotPossible("needs_security_administrator")


def _open(by: User, grant: UUID) -> Grant:
    _require(by)
    row = Grant.objects.select_for_update().filter(stream=grant).first()
    if row is None:
        raise NotPossible("no_such_grant")
    if row.status not in OPEN:
        raise NotPossible("grant_over")
    return row


def _tell(stream: UUID, kind: str, body: dict[str, object], by: str, at: datetime, command_id: UUID) -> None:
    when = codec.microseconds(at)
    facts = [(kind, codec.canonical({"at": when, **body}))]
    for entry in append(stream, STREAM_KIND, facts, command_id=command_id, at=when, actor=by):
        _derive(entry)
        if kind == "took_effect":
            _carry_out(Grant.objects.get(stream=stream), at)


def _derive(entry: LogEntry) -> None:
    """The row as it stands after a fact."""
    body, at = read.plain(entry), codec.instant(entry.at)
    if entry.kind == "proposed":
        told = {"person": body["person"], "unit": body["unit"], "posts": body["posts"], "is_slow": body["is_slow"]}
        told |= {"proposed_by": body["by"], "proposed_at": at, "status": "proposed", "command": entry.command_id}
        told["until"] = date.fromisoformat(body["until"]) if "until" in body else None
        Grant.objects.update_or_create(stream=entry.stream, defaults=told)
        return
    row = Grant.objects.get(stream=entry.stream)
    row.status = entry.kind
    if entry.kind == "confirmed":
        row.confirmed_by, row.begins_at = body["by"], codec.instant(body["begins_at"])
    elif entry.kind == "took_effect":
        row.began_at = at
    row.save()


def _carry_out(grant: Grant, at: datetime) -> None:
    """The place of whoever was given posts; without a post somebody's time in office ends the day before."""
    user = User.objects.get(pseudonym=grant.person)
    day = at.astimezone(OFFICE_ZONE).date()
    if not grant.posts:
        for place in Staff.objects.filter(user=user):
            place.until, place.posts = max(day - timedelta(days=1), place.since), []
            place.save(update_fields=["until", "posts"])
    else:
        held = {"unit_id": grant.unit, "posts": list(grant.posts), "until": grant.until}
        if grant.until and grant.until < day:  # confirmed too late: the time is over before it began
            return
        if not queries.in_office(day).filter(user=user).exists():
            held["since"] = day
        Staff.objects.update_or_create(user=user, defaults=held)
    queries.forget_names()
