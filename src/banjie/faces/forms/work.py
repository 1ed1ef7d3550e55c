"""Work lists in words: what waits for a unit or a person, and which cases wait for somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from banjie import words
from banjie.cases import queries
from banjie.cases.models import Case
from banjie.cases.queries import TaskLine
from banjie.cases.scope import Scope
from banjie.engine.state import EX_OFFICIO, Stage
from banjie.engine.steps import KINDS
from banjie.records.catalogue.queries import may_move, names_of, official_years
from banjie.records.organisation.queries import display_names


@dataclass(frozen=True, slots=True)
class TaskShown:
    """A line of a work list. `slug`: which task of its case; `is_free`: whether it is a step that nobody has yet."""

    number: str
    query_number: str
    slug: str
    item: str
    what: str
    stage: str
    post: str
    unit: str
    people: str
    opened_on: date
    due_on: date | None
    left: int | None
    light: str
    is_free: bool
    provisional: bool = False

    @property
    def late(self) -> int:
        """Calendar days since it was due."""
        return max(0, -(self.left or 0))


@dataclass(frozen=True, slots=True)
class CaseShown:
    """A line of a list of cases."""

    number: str
    query_number: str
    item: str
    stage: str
    received_on: date
    due_on: date | None
    contact: str
    provisional: bool = False


def tasks_shown(lines: Sequence[TaskLine], language: str, on: date | None = None) -> list[TaskShown]:
    """These tasks in words, in the order they came; with a day, how many days are left on it. Three statements."""
    separator = words.label("phrases", "between_names", language)
    items = names_of([(each.procedure, each.procedure_version) for each in lines], language)
    people = display_names([one for each in lines for one in each.people], language)
    years = official_years({each.calendar for each in lines})
    return [
        TaskShown(
            number=each.number,
            query_number=each.query_number,
            slug=each.slug,
            item=items.get((each.procedure, each.procedure_version), each.procedure),
            what=task_name(each.kind, language),
            stage=words.label("stages", each.stage, language),
            post=words.label("posts", each.post, language),
            unit=each.unit,
            people=separator.join(people.get(one, one) for one in each.people),
            opened_on=each.opened_on,
            due_on=each.due_on,
            left=(each.due_on - on).days if on and each.due_on else None,
            light=each.light,
            is_free=each.kind in KINDS and not each.people,
            provisional=may_move(years, each.calendar, each.opened_on, each.due_on),
        )
        for each in lines
    ]


def task_name(kind: str, language: str) -> str:
    """What a task is: the kind of step, or the command that ends it."""
    ended_by = {"receipt": "accept", "decision": "decide", "intent": "tell_intent", "statement": "answer_statement"}
    name = words.label("step_kinds", kind, language)
    return name if name != kind else words.label("commands", ended_by.get(kind, kind), language)


def waiting(
    scope: Scope, stages: Sequence[str], language: str, most: int = 50, after: UUID | None = None
) -> list[CaseShown]:
    """The newest cases of a scope in these stages, in words; with a cursor those older than it."""
    return cases_shown(queries.cases(scope, stages, after, most), language)


def _stage_of(row: Case) -> str:
    """The stage of a case; what the agency opened itself was opened, and not accepted."""
    return "opened" if row.channel == EX_OFFICIO and row.stage == Stage.ACCEPTED else row.stage


def due_of(row: Case) -> date | None:
    """Until when a case has to be decided, as promised or else by law; None where it is."""
    return None if row.decided_on or row.closed_on else row.promised_due_on or row.legal_due_on


def cases_shown(rows: Sequence[Case], language: str) -> list[CaseShown]:
    """These cases in words, in the order they came. Three statements."""
    items = names_of([(each.procedure, each.procedure_version) for each in rows], language)
    people = display_names([each.contact for each in rows], language)
    years = official_years({each.calendar for each in rows})
    return [
        CaseShown(
            number=each.number,
            query_number=each.query_number,
            item=items.get((each.procedure, each.procedure_version), each.procedure),
            stage=words.label("results", each.result, language)
            if each.result and each.closed_on
            else words.label("stages", _stage_of(each), language),
            received_on=each.received_on,
            due_on=due_of(each),
            contact=people.get(each.contact, ""),
            provisional=may_move(years, each.calendar, each.received_on, due_of(each)),
        )
        for each in rows
    ]
