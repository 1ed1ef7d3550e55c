"""The door of projects (投资项目): milestones and the cases that belong to them, measured across all of them.

A project is a stream; its cases stay what they are, and it reads of each when it was being handled and how often the
applicant had to come. No rows and no pages yet: what it says is computed from the log when it is asked.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from banjie.cases import queries
from banjie.engine import measures
from banjie.engine import project as p
from banjie.engine.codec import OFFICE_ZONE, microseconds
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue.projects import profiles
from banjie.records.catalogue.queries import current_calendar
from banjie.records.organisation.models import Region
from banjie.store.log import read
from banjie.store.log.append import append

STREAM_KIND = "project"


def carry_out(stream: UUID, command: p.ProjectCommand, command_id: UUID) -> p.Project:
    """Carry out a command and return the project; a repeat of the command changes nothing. NotPossible as the engine
    says, and unknown_case for a case that nobody knows."""
    with transaction.atomic():
        known = read.entries(stream)
        if any(each.command_id == command_id for each in known):
            return _fold(stream)
        case = getattr(command, "case", "")
        if case:
            queries.view(UUID(case), command.at)
        project = _fold(stream)
        facts = p.decide(project, command)
        append(
            stream,
            STREAM_KIND,
            [p.encode(each) for each in facts],
            command_id=command_id,
            at=microseconds(command.at),
            actor=command.by.id,
            expected_position=project.version,
        )
        return p.fold(facts, project)


def project(stream: UUID) -> p.Project:
    """The project as it stands; NotPossible("unknown_project")."""
    found = _fold(stream)
    if not found.version:
        raise NotPossible("unknown_project")
    return found


def measured(stream: UUID, at: datetime) -> tuple[p.Measure, ...]:
    """The project by every profile that holds for it, the binding one first, as of an instant.

    Working days are those of the newest calendar: what has passed is counted as it was.
    """
    found, on = project(stream), at.astimezone(OFFICE_ZONE).date()
    opened = found.reached.get(p.Milestone.FILING, on)
    holding = p.holding(profiles(), _lineage(found.region), found.type, opened)
    cases = [each for case in found.cases if (each := _handled(UUID(case), at)) is not None]
    return p.measures(found, holding, cases, current_calendar(found.region), on)


def _handled(stream: UUID, at: datetime) -> p.Handled | None:
    """When this case was being handled; None before it is accepted."""
    state = queries.view(stream, at).state
    if state.accepted_on is None:
        return None
    return p.Handled(state.accepted_on, state.decided_on or state.closed_on, measures.visits(state))


def _lineage(code: str) -> tuple[str, ...]:
    """The region and those above it, nearest first."""
    found, region = [code], Region.objects.filter(code=code).first()
    while region and region.parent_id:
        found.append(region.parent_id)
        region = region.parent
    return tuple(found)


def _fold(stream: UUID) -> p.Project:
    entries = read.entries(stream)
    if entries and entries[0].stream_kind != STREAM_KIND:
        raise NotPossible("unknown_project")
    return p.fold(p.decode(each.kind, read.plain(each)) for each in entries)
