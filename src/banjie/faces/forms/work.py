"""Work lists in words: what waits for a unit or a person, and which cases wait for somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from banjie import words
from banjie.cases import queries
from banjie.cases.queries import TaskLine
from banjie.cases.scope import Scope
from banjie.engine.not_possible import NotPossible
from banjie.records import catalogue
from banjie.records.organisation.queries import display_name


@dataclass(frozen=True, slots=True)
class TaskShown:
    """A line of a work list."""

    number: str
    query_number: str
    item: str
    what: str
    post: str
    people: str
    opened_on: date
    due_on: date | None
    light: str


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


def tasks_shown(lines: Sequence[TaskLine], language: str) -> list[TaskShown]:
    """These tasks in words, in the order they came."""
    separator = words.label("phrases", "between_names", language)
    return [
        TaskShown(
            number=each.number,
            query_number=each.query_number,
            item=item_name(each.procedure, each.opened_on, language),
            what=task_name(each.kind, language),
            post=words.label("posts", each.post, language),
            people=separator.join(display_name(one, language) or one for one in each.people),
            opened_on=each.opened_on,
            due_on=each.due_on,
            light=each.light,
        )
        for each in lines
    ]


def task_name(kind: str, language: str) -> str:
    """What a task is: the kind of step, or the command that ends it."""
    ended_by = {"receipt": "accept", "decision": "decide"}
    name = words.label("step_kinds", kind, language)
    return name if name != kind else words.label("commands", ended_by.get(kind, kind), language)


def waiting(scope: Scope, stages: Sequence[str], language: str, most: int = 50) -> list[CaseShown]:
    """The newest cases of a scope in these stages, in words."""
    return [
        CaseShown(
            number=each.number,
            query_number=each.query_number,
            item=item_name(each.procedure, each.received_on, language),
            stage=words.label("results", each.result, language)
            if each.result and each.closed_on
            else words.label("stages", each.stage, language),
            received_on=each.received_on,
            due_on=None if each.decided_on or each.closed_on else each.promised_due_on or each.legal_due_on,
            contact=display_name(each.contact, language) or "",
        )
        for each in queries.cases(scope, stages, most=most)
    ]


def item_name(code: str, on: date, language: str) -> str:
    """What an item is called on a day; its code where no version was in force."""
    try:
        row = catalogue.in_force(code, on)
    except NotPossible:
        return code
    return (language == "en" and row.english) or row.name
