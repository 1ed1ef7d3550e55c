"""Inspections (明查暗访) and patrols (巡查): where somebody looked, what they found wrong, how it was put right.

M226: at least one open or undercover inspection a month; M228, M229: daily and unscheduled patrols of the windows.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from banjie.duties.inspections.models import Problem, Visit
from banjie.duties.inspections.recording import once, record, region_of, text, told
from banjie.engine import codec
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.commands import Actor
from banjie.engine.guards import require_staff
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.organisation.models import Window
from banjie.records.organisation.queries import in_office
from banjie.records.parties import sealing
from banjie.store.log import read

STREAM_KIND = "inspection"
INSPECTIONS = ("open", "undercover")
PATROLS = ("daily", "unscheduled")
KINDS = (*INSPECTIONS, *PATROLS)
ABOUT = ("conduct", "attitude", "discipline", "order", "outside", "guide", "delay", "other")
"""What was wrong: conduct, attitude, discipline (absent, late), order of the place, business done outside the hall, the
guide (more asked than it says), delay, something else."""
TOGETHER = 2
"""An inspection is made by two."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a visit was: its kind, where, when, by whom; and the problems as (about, text)."""

    kind: str
    unit: str
    on: date
    inspectors: tuple[str, ...]
    problems: tuple[tuple[str, str], ...] = ()
    window: str = ""


def record_visit(look: Look, by: Actor, command_id: UUID, at: datetime) -> Visit:
    """Record an inspection or a patrol, also one that found nothing. A repeat returns the first.

    NotPossible needs_one_of, no_such_unit, unit_of_other_region, two_inspectors, inspects_own_unit; BadInput.
    """
    require_staff(by, "supervisor", "centre")
    region = region_of(by.unit)
    _checked(look, region, at.astimezone(OFFICE_ZONE).date())
    stream = command_id

    def act() -> None:
        key = sealing.new_key(stream)
        body = told(
            by,
            at,
            region=region,
            kind=look.kind,
            unit=look.unit,
            window=look.window,
            on=look.on.isoformat(),
            inspectors=sorted(look.inspectors),
            problems=[
                {"about": about, "text": sealing.seal(key, "problem", text(f"problems.{nth}", told_))}
                for nth, (about, told_) in enumerate(look.problems)
            ],
        )
        record(STREAM_KIND, stream, "looked", body, command_id, 0)
        looked(stream, body).save(force_insert=True)
        Problem.objects.bulk_create(problems_of(stream, body))

    once(stream, command_id, act)
    return Visit.objects.get(stream=stream)


def settle(visit: UUID, nth: int, how: str, by: Actor, command_id: UUID, at: datetime) -> None:
    """The head of the unit says how a problem was put right. Safe to repeat.

    NotPossible needs_section_head, not_your_unit, already_settled; BadInput.
    """
    require_staff(by, "section_head", "head_of_agency")
    how = text("how", how)

    def act() -> None:
        row = Problem.objects.select_for_update().filter(visit=visit, nth=nth).first()
        if row is None or row.unit != by.unit:
            raise NotPossible("not_your_unit", unit=row.unit if row else by.unit)
        if row.settled_at:
            raise NotPossible("already_settled")
        key = sealing.key_of(visit)
        assert key is not None, "nobody erases an inspection"
        body = told(by, at, nth=nth, how=sealing.seal(key, "how", how))
        record(STREAM_KIND, visit, "settled", body, command_id, len(read.entries(visit)))
        settled(row, body)
        row.save()

    once(visit, command_id, act)


def months_without(region: str, since: date, on: date, least: int = 1) -> list[tuple[int, int]]:
    """The months from that of `since` to the one before `on`'s in which fewer inspections were made than `least`."""
    made = Visit.objects.filter(
        region=region, kind__in=INSPECTIONS, on__gte=since.replace(day=1), on__lt=on.replace(day=1)
    )
    counted: dict[tuple[int, int], int] = {}
    for day in made.values_list("on", flat=True):
        counted[day.year, day.month] = counted.get((day.year, day.month), 0) + 1
    year, month, without = since.year, since.month, []
    while (year, month) < (on.year, on.month):
        if counted.get((year, month), 0) < least:
            without.append((year, month))
        year, month = (year + month // 12, month % 12 + 1)
    return without


# Rows


def looked(stream: UUID, body: dict[str, Any]) -> Visit:
    """The row that a `looked` fact makes, not saved."""
    return Visit(
        stream=stream,
        region=body["region"],
        kind=body["kind"],
        unit=body["unit"],
        window=body["window"],
        on=date.fromisoformat(body["on"]),
        inspectors=body["inspectors"],
        recorded_by=body["by"],
        recorded_at=codec.instant(body["at"]),
    )


def problems_of(stream: UUID, body: dict[str, Any]) -> list[Problem]:
    """The rows of the problems a `looked` fact tells of, not saved."""
    return [
        Problem(visit_id=stream, nth=nth, unit=body["unit"], about=each["about"], ref=each["text"]["ref"])
        for nth, each in enumerate(body["problems"], 1)
    ]


def settled(row: Problem, body: dict[str, Any]) -> None:
    """What a `settled` fact does to the row of its problem."""
    row.settled_at, row.answer_ref = codec.instant(body["at"]), body["how"]["ref"]


def written(visit: UUID, ref: str) -> str:
    """What somebody wrote, in clear."""
    return str(sealing.opened(visit, ref) or "")


def _checked(look: Look, region: str, day: date) -> None:
    problems = []
    if look.kind not in KINDS:
        problems.append(("kind", "needed"))
    if look.on > day:
        problems.append(("on", "out_of_range"))
    if any(about not in ABOUT for about, _ in look.problems):
        problems.append(("problems", "unknown_choice"))
    if problems:
        raise BadInput(problems)
    if region_of(look.unit) != region:
        raise NotPossible("unit_of_other_region")
    if look.window and not Window.objects.filter(id=look.window, unit_id=look.unit).exists():
        raise BadInput([("window", "unknown_choice")])
    _checked_people(look, region, day)


def _checked_people(look: Look, region: str, day: date) -> None:
    places = {
        each.user.pseudonym: each
        for each in in_office(day).filter(user__pseudonym__in=look.inspectors, unit__agency__region_id=region)
    }
    if not look.inspectors or set(places) != set(look.inspectors):
        raise BadInput([("inspectors", "unknown_choice")])
    if look.kind in INSPECTIONS and len(set(look.inspectors)) < TOGETHER:
        raise NotPossible("two_inspectors")
    if any(each.unit_id == look.unit for each in places.values()):
        raise NotPossible("inspects_own_unit")
