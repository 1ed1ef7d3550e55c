"""A whole investment project (投资项目): what its milestones say about time, across all its cases.

A project is a stream of its own: opened, then milestones reached and cases that belong to it. How long it may take is
dated data, a `Profile`: several may hold at once (A01), one of them binds, all can be shown. Nothing here counts up:
a `Measure` is computed for a day, from the facts and the cases' own spans.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, assert_never

from banjie.engine import codec
from banjie.engine.calendar import Calendar
from banjie.engine.commands import Actor
from banjie.engine.events import By, kind_name
from banjie.engine.guards import require_staff
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import ONE_DAY, Limit, Span, Unit, due, used


class Milestone(StrEnum):
    """The points of a project's life that dates are kept of (工程建设项目), in their usual order."""

    FILING = "filing"  # 立项、备案
    LAND = "land"  # 用地
    WORKS_PLANNING = "works_planning"  # 建设工程规划许可
    CONSTRUCTION_PERMIT = "construction_permit"  # 施工许可
    CONSTRUCTION_START = "construction_start"  # 开工
    ACCEPTANCE = "acceptance"  # 竣工验收


PROJECT_TYPES = ("government_investment", "social_investment_filing", "social_investment_approval")
COUNTS = ("steps", "elapsed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How long a project of these types may take in a region between two milestones, with the day it holds from.

    `counts`: "steps" (the days on which any of its cases was being handled, each once) or "elapsed" (every day).
    `inclusive`: the day of the first milestone counts itself. `trips`: how often the applicant may have to come.
    `region`: "" for everywhere. ValueError for a value nobody has thought about.
    """

    id: str
    region: str
    types: tuple[str, ...]
    starts: Milestone
    ends: Milestone
    limit: Limit
    counts: str
    since: date
    name: str
    source: str
    english: str = ""
    inclusive: bool = False
    trips: int | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        if self.counts not in COUNTS:
            raise ValueError(f"counts: {self.counts!r} is none of {', '.join(COUNTS)}")
        if unknown := [each for each in self.types if each not in PROJECT_TYPES]:
            raise ValueError(f"types: unknown {', '.join(unknown)}")
        if self.limit.unit not in (Unit.WORKING_DAY, Unit.CALENDAR_DAY):
            raise ValueError("limit: of a project, in working or calendar days")


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """How long something took before the reform, frozen: what its compression rate is measured against."""

    id: str
    of: str
    subject: str
    name: str
    before: Limit
    after: Limit
    frozen_on: date
    source: str
    english: str = ""


# Facts


@dataclass(frozen=True, kw_only=True)
class ProjectFact:
    """What every fact of a project carries."""

    at: datetime
    by: By

    @property
    def on(self) -> date:
        """The office's civil day."""
        return self.at.astimezone(codec.OFFICE_ZONE).date()


@dataclass(frozen=True, kw_only=True)
class ProjectOpened(ProjectFact):
    """A project with its code (投资项目代码), region and type."""

    code: str
    region: str
    type: str


@dataclass(frozen=True, kw_only=True)
class MilestoneReached(ProjectFact):
    """A milestone was reached on this day; `case`: the case whose decision it was, where there is one."""

    milestone: Milestone
    reached_on: date
    case: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseJoined(ProjectFact):
    """A case belongs to the project."""

    case: str


ProjectEvent = ProjectOpened | MilestoneReached | CaseJoined
KINDS: dict[str, type[ProjectFact]] = {kind_name(cls): cls for cls in ProjectEvent.__args__}


def encode(event: ProjectEvent) -> tuple[str, bytes]:
    """A fact as its kind name and canonical bytes."""
    return kind_name(type(event)), codec.canonical(codec.to_plain(event))


def decode(kind: str, plain: Any) -> ProjectEvent:
    """The fact of these plain values; ValueError where no such fact can stand."""
    if kind not in KINDS:
        raise ValueError(f"unknown fact {kind!r}")
    event: ProjectEvent = codec.from_plain(KINDS[kind], plain)  # type: ignore[assignment]
    return event


@dataclass(frozen=True)
class Project:
    """A project as its history leaves it. `reached`: the day of each milestone."""

    version: int = 0
    code: str = ""
    region: str = ""
    type: str = ""
    reached: Mapping[Milestone, date] = field(default_factory=dict)
    cases: tuple[str, ...] = ()


NEW = Project()


def fold(facts: Iterable[ProjectEvent], project: Project = NEW) -> Project:
    """The project after these facts."""
    for fact in facts:
        project = evolve(project, fact)
    return project


def evolve(project: Project, event: ProjectEvent) -> Project:
    """The project after one more fact."""
    project = replace(project, version=project.version + 1)
    match event:
        case ProjectOpened():
            return replace(project, code=event.code, region=event.region, type=event.type)
        case MilestoneReached():
            cases = project.cases if event.case in ("", *project.cases) else (*project.cases, event.case)
            return replace(project, reached={**project.reached, event.milestone: event.reached_on}, cases=cases)
        case CaseJoined():
            return replace(project, cases=(*project.cases, event.case))
        case _:
            assert_never(event)


# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectCommand:
    """Who asks, and when."""

    at: datetime
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenProject(ProjectCommand):
    """Open a project: only with its code (no code, no acceptance of an investment item)."""

    code: str
    region: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachMilestone(ProjectCommand):
    """Record that a milestone was reached."""

    milestone: Milestone
    reached_on: date
    case: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinProject(ProjectCommand):
    """Let a case belong to the project."""

    case: str


def decide(project: Project, command: ProjectCommand) -> list[ProjectEvent]:
    """The facts that follow, or NotPossible: project_open, unknown_project, no_such_project_type, milestone_reached,
    milestone_in_the_future, case_in_project."""
    require_staff(command.by)
    mark: dict[str, Any] = {"at": command.at, "by": command.by.mark}
    if isinstance(command, OpenProject):
        if project.version:
            raise NotPossible("project_open")
        if command.type not in PROJECT_TYPES:
            raise NotPossible("no_such_project_type", types=PROJECT_TYPES)
        return [ProjectOpened(**mark, code=command.code, region=command.region, type=command.type)]
    if not project.version:
        raise NotPossible("unknown_project")
    if isinstance(command, ReachMilestone):
        if command.milestone in project.reached:
            raise NotPossible("milestone_reached", on=project.reached[command.milestone])
        if command.reached_on > command.at.astimezone(codec.OFFICE_ZONE).date():
            raise NotPossible("milestone_in_the_future")
        return [MilestoneReached(**mark, milestone=command.milestone, reached_on=command.reached_on, case=command.case)]
    assert isinstance(command, JoinProject)
    if command.case in project.cases:
        raise NotPossible("case_in_project")
    return [CaseJoined(**mark, case=command.case)]


# Time


@dataclass(frozen=True, slots=True)
class Handled:
    """When a case of the project was being handled, from its acceptance to its decision (None: it still is)."""

    accepted_on: date
    decided_on: date | None = None
    trips: int = 0


@dataclass(frozen=True, slots=True)
class Measure:
    """One profile measured on one day. `due`: the last day of its limit as things stand; None while it has not begun.

    A profile that counts steps has no due date between two steps: while nothing is handled, nothing counts.
    """

    profile: Profile
    binding: bool
    started_on: date | None
    ended_on: date | None
    used: int
    due: date | None
    trips: int

    @property
    def left(self) -> int:
        """Days that remain; negative where it took longer."""
        return self.profile.limit.number - self.used

    @property
    def is_over(self) -> bool:
        """Whether it took longer than the profile allows."""
        return self.left < 0

    @property
    def too_many_trips(self) -> bool:
        """Whether the applicant had to come more often than the profile allows."""
        return self.profile.trips is not None and self.trips > self.profile.trips


def holding(profiles: Iterable[Profile], lineage: Sequence[str], type: str, on: date) -> tuple[Profile, ...]:
    """The profiles that hold for a project of this type on a day, the binding one first.

    `lineage`: the project's region and the regions above it, nearest first. The nearest region's own profile binds;
    where it has several, the shortest.
    """
    regions = (*lineage, "")
    found = [
        each
        for each in profiles
        if each.region in regions
        and type in each.types
        and each.since <= on
        and (each.until is None or on <= each.until)
    ]
    return tuple(sorted(found, key=lambda each: (regions.index(each.region), each.limit.number, each.id)))


def measures(
    project: Project,
    profiles: Sequence[Profile],
    cases: Sequence[Handled],
    calendar: Calendar,
    on: date,
) -> tuple[Measure, ...]:
    """The project measured by each of these profiles on a day, in their order; the first binds."""
    return tuple(
        _measure(project, profile, cases, calendar, on, binding=number == 0) for number, profile in enumerate(profiles)
    )


def _measure(
    project: Project, profile: Profile, cases: Sequence[Handled], calendar: Calendar, on: date, binding: bool
) -> Measure:
    started, ended = project.reached.get(profile.starts), project.reached.get(profile.ends)
    trips = sum(each.trips for each in cases)
    if started is None or started > on:
        return Measure(profile, binding, None, None, 0, None, trips)
    seen = min(on, ended or on)
    day_zero = started - ONE_DAY if profile.inclusive else started
    idle = _idle(cases, started, seen) if profile.counts == "steps" else ()
    counted = used(day_zero, seen, profile.limit, calendar, idle)
    last = None
    if ended is None and (profile.counts == "elapsed" or any(each.decided_on is None for each in cases)):
        last = due(day_zero, profile.limit, calendar, idle)
    return Measure(profile, binding, started, ended, counted, last, trips)


def _idle(cases: Sequence[Handled], started: date, until: date) -> tuple[Span, ...]:
    """The days after the start, up to and including `until`, on which no case was being handled.

    The day of an acceptance is day 0 of that case and the day of its decision counts, as in every limit.
    """
    spans, free_from = [], started + ONE_DAY
    for case in sorted(cases, key=lambda each: each.accepted_on):
        begins = case.accepted_on + ONE_DAY
        if begins > free_from:
            spans.append(Span(free_from, begins))
        free_from = max(free_from, (case.decided_on or until) + ONE_DAY)
    if free_from <= until:
        spans.append(Span(free_from, until + ONE_DAY))
    return tuple(spans)
