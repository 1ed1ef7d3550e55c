"""What was received at this window and lies with the departments now (前台后台畅通): read anew at each look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from banjie import words
from banjie.cases import queries
from banjie.cases.models import Case, Task
from banjie.cases.queries import TaskLine
from banjie.cases.scope import Scope
from banjie.engine.commands import Actor
from banjie.faces.forms.work import task_name
from banjie.records.catalogue.queries import may_move, names_of, official_years
from banjie.records.organisation.queries import display_names, unit_names

STAGES = ("accepted", "examining", "forwarded", "decided")
LIGHTS = ("grey", "blue", "green", "yellow", "orange", "red", "red_plus")
MOST = 15


@dataclass(frozen=True, slots=True)
class Out:
    """A case that left the window: its stage, with whom it lies, until when it promised, the worst of its lights."""

    query_number: str
    item: str
    stage: str
    steps: tuple[str, ...]
    due_on: date | None
    light: str
    provisional: bool = False


def out(actor: Actor, language: str, on: date) -> list[Out]:
    """The cases that the actor's unit received and that are not closed, at most fifteen, the most urgent first."""
    scope = Scope.of(actor)
    found = Case.objects.within(scope).filter(stage__in=STAGES, closed_on=None)
    rows = sorted(found.order_by("promised_due_on", "stream")[:MOST], key=lambda each: each.promised_due_on or date.max)
    by_stream = {each.stream: each for each in rows}
    tasks: dict[object, list[TaskLine]] = {}
    for task in Task.objects.within(scope).filter(stream__in=list(by_stream)):
        tasks.setdefault(task.stream_id, []).append(queries.line_of(task, by_stream[task.stream_id], on))
    items = names_of([(each.procedure, each.procedure_version) for each in rows], language)
    people = display_names([one for each in tasks.values() for line in each for one in line.people], language)
    units = unit_names(language)
    years = official_years({each.calendar for each in rows})
    return [
        Out(
            each.query_number,
            items.get((each.procedure, each.procedure_version), each.procedure),
            words.label("stages", each.stage, language),
            tuple(_with_whom(line, units, people, language) for line in tasks.get(each.stream, [])),
            each.promised_due_on or each.legal_due_on,
            _worst(tasks.get(each.stream, [])),
            may_move(years, each.calendar, each.received_on, each.promised_due_on or each.legal_due_on),
        )
        for each in rows
    ]


def _with_whom(line: TaskLine, units: dict[str, str], people: dict[str, str], language: str) -> str:
    names = [people.get(one, one) for one in line.people]
    return " · ".join([task_name(line.kind, language), units.get(line.unit, line.unit), *names])


def _worst(lines: Sequence[TaskLine]) -> str:
    return max((each.light for each in lines if each.light), key=LIGHTS.index, default="")
