"""Samples of finished cases, drawn so that nobody can steer them and anybody can draw again (M225).

1. A supervisor fixes the list: every case finished in a time that no draw has taken before. With it the platform
   commits itself to its half of the seed (`nonce`), whose digest is on record before anybody knows the other half.
2. Another supervisor gives the other half: a public number that came out afterwards (`beacon`), with where it stands.
3. seed = SHA-256("nonce|beacon|digest of the list"); `engine.lots.drawn` draws the cases and, for each, who looks at it
   among the supervisors of the region who had no part in it.

Whoever gives the beacon does not know the nonce, and the nonce cannot be changed after the list is fixed.
"""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from banjie.cases.models import Case, Participant
from banjie.cases.scope import whole_house
from banjie.duties.inspections.models import Draw, Sampled
from banjie.duties.inspections.profile import asked_of
from banjie.duties.inspections.recording import once, record, require_supervisor, text, told
from banjie.engine import codec
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.commands import Actor
from banjie.engine.lots import drawn
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.organisation.models import Agency
from banjie.records.organisation.queries import in_office
from banjie.records.parties import sealing
from banjie.store.log import read
from banjie.store.log.models import Entry

STREAM_KIND = "draw"
DEFECTS = ("limit", "notice", "reasons", "evidence", "procedure", "fee", "service", "other")
"""What a reviewer can find wrong."""
OUTCOMES = ("sound", "defects")
MOST = 50_000
"""Cases in one list: a province's month."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a reviewer says of a case."""

    outcome: str
    defects: tuple[str, ...]
    text: str


def open_draw(since: date, until: date, by: Actor, command_id: UUID, at: datetime) -> Draw:
    """Fix the list of cases finished from `since` to `until` (both included). A repeat returns the first draw.

    NotPossible needs_supervisor, time_not_over, nothing_to_draw; BadInput.
    """
    region = require_supervisor(by)
    day = at.astimezone(OFFICE_ZONE).date()
    if since > until:
        raise BadInput([("until", "ends_before_it_begins")])
    if until >= day:
        raise NotPossible("time_not_over", until=until)
    stream = command_id

    def act() -> None:
        numbers = sorted(_finished(region, since, until))
        if not numbers:
            raise NotPossible("nothing_to_draw")
        nonce = secrets.token_hex(32)
        share = asked_of(region, day).least_share
        body = told(
            by,
            at,
            region=region,
            since=since.isoformat(),
            until=until.isoformat(),
            share=share,
            candidates=numbers,
            commitment=digest(nonce),
            nonce=sealing.seal(sealing.new_key(stream), "nonce", nonce),
        )
        record(STREAM_KIND, stream, "opened", body, command_id, 0)
        opened(stream, body).save(force_insert=True)

    once(stream, command_id, act)
    return Draw.objects.get(stream=stream)


def give_beacon(draw: UUID, beacon: str, by: Actor, command_id: UUID, at: datetime) -> Draw:
    """Give the public half of the seed, and draw. `beacon`: the number and where anybody finds it.

    NotPossible needs_supervisor, no_such_draw, second_person_needed, already_drawn; BadInput.
    """
    row = _of_region(draw, by)
    beacon = text("beacon", beacon)
    if row.opened_by == by.id:
        raise NotPossible("second_person_needed")

    def act() -> None:
        row = Draw.objects.select_for_update().get(stream=draw)
        if row.drawn_at:
            raise NotPossible("already_drawn")
        first = read.entries(draw)[0]
        candidates: list[str] = read.plain(first)["candidates"]
        nonce = str(sealing.opened(draw, read.plain(first)["nonce"]["ref"]))
        seed = seed_of(nonce, beacon, row.list_digest)
        numbers = drawn(candidates, row.size, seed, "cases")
        body = told(by, at, beacon=beacon, nonce=nonce, drawn=_with_reviewers(row, numbers, seed, at))
        record(STREAM_KIND, draw, "drawn", body, command_id, 1)
        changed(row, "drawn", body)
        row.save()
        Sampled.objects.kept().bulk_create(sampled(draw, body))

    once(draw, command_id, act)
    return Draw.objects.get(stream=draw)


def review(draw: UUID, number: str, found: Found, by: Actor, command_id: UUID, at: datetime) -> None:
    """Whoever was drawn for a case says what they found. Safe to repeat.

    NotPossible no_such_draw, not_yours_to_review, already_reviewed, had_a_part; BadInput.
    """
    _of_region(draw, by)
    problems = [("outcome", "needed")] if found.outcome not in OUTCOMES else []
    if found.outcome == "defects" and not found.defects:
        problems.append(("defects", "needed"))
    if set(found.defects) - set(DEFECTS):
        problems.append(("defects", "unknown_choice"))
    if problems:
        raise BadInput(problems)
    written = text("text", found.text)

    def act() -> None:
        row = Sampled.objects.kept().select_for_update().filter(draw=draw, number=number).first()
        if row is None or row.reviewer != by.id:
            raise NotPossible("not_yours_to_review")
        if row.outcome:
            raise NotPossible("already_reviewed")
        if by.id in _had_a_part([number])[number]:
            raise NotPossible("had_a_part", number=number)
        key = sealing.key_of(draw)
        assert key is not None, "nobody erases a draw"
        body = told(
            by,
            at,
            number=number,
            outcome=found.outcome,
            defects=sorted(found.defects) if found.outcome == "defects" else [],
            text=sealing.seal(key, "review", written),
        )
        record(STREAM_KIND, draw, "reviewed", body, command_id, len(read.entries(draw)))
        reviewed(row, body)
        row.save()

    once(draw, command_id, act)


# What anybody can do again


def digest(value: str) -> str:
    """SHA-256 of a text in UTF-8, hexadecimal."""
    return hashlib.sha256(value.encode()).hexdigest()


def list_digest(numbers: Iterable[str]) -> str:
    """The digest of a list: its numbers in order, one a line."""
    return digest("\n".join(numbers))


def seed_of(nonce: str, beacon: str, digest_of_list: str) -> str:
    """The seed of a draw."""
    return digest(f"{nonce}|{beacon}|{digest_of_list}")


def size_of(count: int, share: int) -> int:
    """How many of so many: the share in thousandths, rounded up."""
    return -(-count * share // 1000)


def replayed(draw: UUID) -> dict[str, Any]:
    """Everything that somebody needs to draw again, and what was drawn; LookupError before it was."""
    facts = {each.kind: read.plain(each) for each in read.entries(draw)}
    if "drawn" not in facts:
        raise LookupError(draw)
    first, second = facts["opened"], facts["drawn"]
    return {
        "draw": str(draw),
        "since": first["since"],
        "until": first["until"],
        "share_in_thousandths": first["share"],
        "candidates": first["candidates"],
        "commitment": first["commitment"],
        "nonce": second["nonce"],
        "beacon": second["beacon"],
        "drawn": [each["number"] for each in second["drawn"]],
    }


# Rows


def opened(stream: UUID, body: dict[str, Any]) -> Draw:
    """The row that an `opened` fact makes, not saved."""
    numbers = body["candidates"]
    return Draw(
        stream=stream,
        region=body["region"],
        since=date.fromisoformat(body["since"]),
        until=date.fromisoformat(body["until"]),
        share=body["share"],
        candidates=len(numbers),
        size=size_of(len(numbers), body["share"]),
        list_digest=list_digest(numbers),
        commitment=body["commitment"],
        opened_at=codec.instant(body["at"]),
        opened_by=body["by"],
    )


def changed(row: Draw, kind: str, body: dict[str, Any]) -> None:
    """What a later fact does to the row of a draw."""
    if kind == "drawn":
        row.drawn_at, row.drawn_by = codec.instant(body["at"]), body["by"]
        row.nonce, row.beacon = body["nonce"], body["beacon"]


def sampled(draw: UUID, body: dict[str, Any]) -> list[Sampled]:
    """The rows that a `drawn` fact makes, not saved."""
    return [
        Sampled(draw_id=draw, number=each["number"], nth=nth, unit=each["unit"], reviewer=each["reviewer"])
        for nth, each in enumerate(body["drawn"], 1)
    ]


def reviewed(row: Sampled, body: dict[str, Any]) -> None:
    """What a `reviewed` fact does to the row of its case."""
    row.outcome, row.defects = body["outcome"], body["defects"]
    row.reviewed_at, row.ref = codec.instant(body["at"]), body["text"]["ref"]


def written(draw: UUID, ref: str) -> str:
    """What a reviewer wrote, in clear."""
    return str(sealing.opened(draw, ref) or "")


def _of_region(draw: UUID, by: Actor) -> Draw:
    region = require_supervisor(by)
    row = Draw.objects.filter(stream=draw, region=region).first()
    if row is None:
        raise NotPossible("no_such_draw")
    return row


def _finished(region: str, since: date, until: date) -> set[str]:
    agencies = list(Agency.objects.filter(region_id=region).values_list("id", flat=True))
    with whole_house("a draw takes every finished case of the region"):
        rows = Case.objects.everything().filter(home__in=agencies, closed_on__gte=since, closed_on__lte=until)
        numbers = set(rows.exclude(result="voided").values_list("number", flat=True)[: MOST + 1])
    if len(numbers) > MOST:
        raise NotPossible("list_too_long", most=MOST)
    return numbers - set(Sampled.objects.kept().filter(number__in=numbers).values_list("number", flat=True))


def _with_reviewers(row: Draw, numbers: Sequence[str], seed: str, at: datetime) -> list[dict[str, str]]:
    day = at.astimezone(OFFICE_ZONE).date()
    staff = in_office(day).filter(unit__agency__region_id=row.region)
    able = {each.user.pseudonym for each in staff if "supervisor" in each.posts}
    had, units = _had_a_part(numbers), _units(numbers)
    found = []
    for number in numbers:
        one = drawn(able - had[number], 1, seed, f"reviewer/{number}")
        found.append({"number": number, "unit": units[number], "reviewer": one[0] if one else ""})
    return found


def _units(numbers: Sequence[str]) -> dict[str, str]:
    with whole_house("a draw says whose case it drew"):
        return dict(Case.objects.everything().filter(number__in=numbers).values_list("number", "unit"))


def _had_a_part(numbers: Sequence[str]) -> dict[str, set[str]]:
    """Who did anything in these cases, or was named to: by number."""
    with whole_house("nobody looks at what they had a part in"):
        streams = dict(Case.objects.everything().filter(number__in=numbers).values_list("stream", "number"))
        acted = list(Entry.objects.filter(stream__in=streams).values_list("stream", "actor").distinct())
        acted += list(Participant.objects.everything().filter(stream__in=streams).values_list("stream", "who"))
    found: dict[str, set[str]] = defaultdict(set)
    for stream, who in acted:
        found[streams[stream]].add(who)
    return found
