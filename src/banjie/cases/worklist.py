"""What waits for somebody, by time left: filtered, counted and paged. The same number of statements for any number.

A task is mine when I carry its step, or when it lies with my unit and my post and nobody has been named for it.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, DateField, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from banjie.cases.models import Case, Task
from banjie.cases.queries import TaskLine, line_of
from banjie.cases.scope import Scope, whole_house
from banjie.engine.commands import Actor

WHOSE = ("mine", "unit", "nobody", "all")
"""Mine; of my unit; of my unit and carried out by nobody yet; everything one may see."""
DUE = ("late", "today", "week", "later")
SORTS = ("due", "waiting", "item")
PAGE = 50
WEEK = 7
"""Days from today that count as `week`."""
NOBODY = "nobody"
NEVER = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; "" leaves a filter out.

    `number`: how a case number or query number begins; `person`: the pseudonym of whoever carries it out, or NOBODY.
    """

    whose: str = "mine"
    item: str = ""
    stage: str = ""
    unit: str = ""
    due: str = ""
    number: str = ""
    person: str = ""
    sort: str = "due"


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, how the next ones are asked for ("": there are none), and whether these are the first."""

    lines: tuple[TaskLine, ...]
    after: str = ""
    is_first: bool = True


@dataclass(frozen=True, slots=True)
class Among:
    """What one can filter by: the items, stages and units of the tasks one may see."""

    items: tuple[str, ...]
    stages: tuple[str, ...]
    units: tuple[str, ...]


def tasks(scope: Scope, actor: Actor, on: date, wanted: Wanted, after: str = "", most: int = PAGE) -> Page:
    """A page of open tasks from the cursor `after` on. ValueError for a cursor that this sort did not give."""
    found = _wanted(_whose(Task.objects.within(scope), actor, wanted.whose), wanted, on)
    found = found.annotate(until=Coalesce("due_on", Value(NEVER, DateField()))).select_related("stream")
    keys = {
        "due": ("until", "opened_on", "stream_id", "slug"),
        "waiting": ("opened_on", "until", "stream_id", "slug"),
        "item": ("stream__procedure", "until", "opened_on", "stream_id", "slug"),
    }[wanted.sort]
    if after:
        try:
            found = found.filter(_beyond(keys, _read(after, len(keys))))
        except ValidationError as fault:
            raise ValueError("not a cursor of this list") from fault
    rows = list(found.order_by(*keys)[: most + 1])
    here = rows[:most]
    cursor = _cursor(here[-1], keys) if len(rows) > most else ""
    return Page(tuple(line_of(row, row.stream, on) for row in here), cursor, not after)


def counts(scope: Scope, actor: Actor, on: date) -> Mapping[str, int]:
    """How many tasks: of whose (`WHOSE`), and of mine by when they are due (`DUE`). One statement."""
    mine = _is_whose(actor, "mine")
    asked = {f"of_{each}": Count("slug", filter=_is_whose(actor, each)) for each in WHOSE}
    asked |= {f"of_{each}": Count("slug", filter=mine & _is_due(each, on)) for each in DUE}
    told = Task.objects.within(scope).aggregate(**asked)
    return {name.removeprefix("of_"): number for name, number in told.items()}


def by_unit(scope: Scope, on: date) -> list[dict[str, Any]]:
    """For each unit one may see: its open tasks, those carried by nobody, late, due today and in a week. By unit."""
    asked = {each: Count("slug", filter=_is_due(each, on)) for each in DUE}
    rows = Task.objects.within(scope).values("unit").annotate(
        open=Count("slug"), nobody=Count("slug", filter=Q(people="")), **asked
    )  # fmt: skip
    return [dict(row) for row in rows.order_by("unit")]


def by_person(scope: Scope, on: date) -> dict[str, dict[str, int]]:
    """For everybody who carries out a task one may see: how many, late, due today and in a week. One statement."""
    asked = {each: Count("slug", filter=_is_due(each, on)) for each in DUE}
    rows = (
        Task.objects.within(scope).exclude(people="").order_by().values("people").annotate(open=Count("slug"), **asked)
    )
    found: dict[str, dict[str, int]] = {}
    for row in list[dict[str, Any]](map(dict, rows)):
        for person in str(row["people"]).strip("|").split("|"):
            numbers = found.setdefault(person, dict.fromkeys(("open", *DUE), 0))
            for each in numbers:
                numbers[each] += row[each]
    return found


def by_stage(scope: Scope) -> dict[str, int]:
    """How many open cases one may see stand at each stage. One statement."""
    rows = Case.objects.within(scope).filter(closed_on=None).order_by().values_list("stage")
    return dict(rows.annotate(number=Count("stream")))


def among(scope: Scope) -> Among:
    """The items, stages and units that occur in the tasks one may see. One statement."""
    rows = Task.objects.within(scope).order_by().values_list("stream__procedure", "stream__stage", "unit").distinct()
    found = list(rows)
    items, stages, units = ({each[place] for each in found} for place in range(3))
    return Among(tuple(sorted(items)), tuple(sorted(stages)), tuple(sorted(units)))


def running(code: str) -> Mapping[int, int]:
    """How many cases are open under each version of an item's procedure: numbers alone, and nobody's case."""
    with whole_house("running cases of an item are counted for whoever keeps it"):
        rows = Case.objects.everything().filter(procedure=code, closed_on=None).order_by()
        return dict(rows.values_list("procedure_version").annotate(number=Count("stream")))


def _whose(found: QuerySet[Task], actor: Actor, whose: str) -> QuerySet[Task]:
    return found.filter(_is_whose(actor, whose))


def _is_whose(actor: Actor, whose: str) -> Q:
    assigned = Q(people__contains=f"|{actor.id}|")
    match whose:
        case "mine":
            return assigned | Q(unit=actor.unit, people="", post__in=sorted(actor.posts))
        case "unit":
            return Q(unit=actor.unit)
        case "nobody":
            return Q(unit=actor.unit, people="")
    return Q()


def _is_due(due: str, on: date) -> Q:
    ends = on + timedelta(days=WEEK)
    match due:
        case "late":
            return Q(due_on__lt=on)
        case "today":
            return Q(due_on=on)
        case "week":
            return Q(due_on__gt=on, due_on__lte=ends)
    return Q(due_on__gt=ends) | Q(due_on=None)


def _wanted(found: QuerySet[Task], wanted: Wanted, on: date) -> QuerySet[Task]:
    if wanted.due:
        found = found.filter(_is_due(wanted.due, on))
    if wanted.number:
        begins = Q(stream__number__startswith=wanted.number) | Q(stream__query_number__startswith=wanted.number)
        found = found.filter(begins)
    if wanted.person == NOBODY:
        found = found.filter(people="")
    elif wanted.person:
        found = found.filter(people__contains=f"|{wanted.person}|")
    told = {"stream__procedure": wanted.item, "stream__stage": wanted.stage, "unit": wanted.unit}
    return found.filter(**{name: value for name, value in told.items() if value})


# The cursor: the keys of the last line


def _beyond(keys: Sequence[str], values: Sequence[str]) -> Q:
    """Everything that comes after these values in the order of the keys."""
    found = Q()
    for place, key in enumerate(keys):
        same = Q(**dict(zip(keys[:place], values[:place], strict=True)))
        found |= same & Q(**{f"{key}__gt": values[place]})
    return found


def _cursor(row: Task, keys: Sequence[str]) -> str:
    values = [row.stream.procedure if key == "stream__procedure" else str(getattr(row, key)) for key in keys]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


def _read(after: str, length: int) -> list[str]:
    try:
        values = json.loads(base64.urlsafe_b64decode(after.encode()))
    except (ValueError, UnicodeDecodeError) as fault:
        raise ValueError("not a cursor of this list") from fault
    if not isinstance(values, list) or len(values) != length or not all(isinstance(each, str) for each in values):
        raise ValueError("not a cursor of this list")
    return values
