"""The leader's one screen: what is late and with whom, who is blocked, what falls due, and how the rates go."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from banjie import words
from banjie.cases import lights, worklist
from banjie.cases.models import Task
from banjie.cases.worklist import Wanted
from banjie.duties.statistics import compression, listing
from banjie.duties.statistics.asked import listed
from banjie.duties.statistics.definitions import definitions
from banjie.duties.statistics.forecast import RUNNING, Forecast, forecast
from banjie.duties.statistics.values import Table, table
from banjie.duties.supervision import jurisdiction
from banjie.engine.not_possible import NotPossible
from banjie.faces.desk.figures import drawn, shown
from banjie.faces.desk.figures.asking import READS, Page, category_name, page_of
from banjie.faces.forms.saying import language_of, says_no
from banjie.faces.forms.work import tasks_shown
from banjie.records.catalogue.queries import names_of
from banjie.records.organisation.queries import display_names, unit_names
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role

ON_SCREEN = (
    "finished",
    "received",
    "on_time",
    "early",
    "overdue",
    "instant_items",
    "at_once",
    "one_visit",
    "handling_days",
    "instant_minutes",
    "corrected",
    "compression",
)
MOST_LATE = 10


@dataclass(frozen=True, slots=True)
class Line:
    """The work of a unit or a person in numbers, each of which opens its cases; `query`: the list without a number."""

    name: str
    query: str
    numbers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Late:
    """A case past its day: how many calendar days, and with whom it is now; `is_open`: its page can be opened."""

    number: str
    item: str
    due_on: date
    days: int
    unit: str
    people: str
    what: str
    light: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Lamp:
    """How many running cases have a light."""

    light: str
    number: int
    address: str


@dataclass(frozen=True, slots=True)
class Coming:
    """A day of the forecast with the address of its cases."""

    on: date
    due: int
    expected: str
    likely: int
    unknown: int
    address: str


@for_role(*READS)
@require_safe
@says_no
def overview(request: Request) -> HttpResponse:
    """Everything a leader or a supervisor looks at first; every number opens its cases."""
    actor, language, on = asking(request), language_of(request), clock.today()
    page = page_of(request, language)
    scope, names = page.asked.scope, unit_names(language)
    told = table(page.asked, on, page.region)
    by_unit, by_person = worklist.by_unit(scope, on), worklist.by_person(scope, on)
    people = display_names(by_person, language)
    steps = worklist.tasks(scope, actor, on, Wanted(whose="all", due="late"), most=MOST_LATE)
    coming = coming_of(page, told)
    given: dict[str, Any] = {
        "page": page,
        "lamps": _lamps(page),
        "watched": _watched(page, names, language),
        "late_cases": late_cases(page, told, language),
        "late": tasks_shown(steps.lines, language, on),
        "more": steps.after,
        "units": [
            Line(names.get(each["unit"], each["unit"]), f"whose=all&unit={each['unit']}", each) for each in by_unit
        ],
        "people": sorted(
            (Line(people.get(who, who), f"whose=all&person={who}", numbers) for who, numbers in by_person.items()),
            key=lambda each: (-each.numbers["late"], -each.numbers["today"], -each.numbers["open"], each.name),
        ),
        "totals": {each: sum(one[each] for one in by_unit) for each in ("open", "nobody", *worklist.DUE)},
        "stages": [
            (stage, words.label("stages", stage, language), number)
            for stage, number in sorted(worklist.by_stage(scope).items())
        ],
        "forecast": coming,
        "coming": _coming(coming, page) if coming else [],
        "figures": [shown.figure(told.value(code), page, language, told) for code in ON_SCREEN],
        "charts": _charts(told, language),
    }
    return render(request, "desk/figures/screen.html", given)


def coming_of(page: Page, told: Table) -> Forecast | None:
    """The forecast; None where no calendar reaches so far."""
    if told.calendar is None:
        return None
    try:
        return forecast(page.asked, told.versions, page.on, told.calendar)
    except NotPossible:
        return None


def _coming(found: Forecast, page: Page) -> list[Coming]:
    return [
        Coming(
            each.on,
            each.due,
            shown.plain(each.expected),
            each.likely,
            each.unknown,
            f"{reverse('desk:falling_due', args=[each.on.isoformat()])}?{page.query}",
        )
        for each in found.days
        if each.due
    ]


def _charts(told: Table, language: str) -> list[Any]:
    known = definitions()
    of_rates = [known[code].said("name", language) for code in drawn.RATES]
    of_totals = [known[code].said("name", language) for code in drawn.TOTALS]
    by_category = compression.grouped(told.compression, "category")
    rates = [(category_name(name, language), each.rate) for name, each in by_category.items() if each.rate is not None]
    found = [drawn.rates(told, of_rates), drawn.totals(told, of_totals), drawn.compression(rates)]
    return [each for each in found if each]


# Lights now


def _counted(page: Page) -> list[lights.Counted]:
    """As the list of a light counts them: of all agencies one supervises, or of the cases one may see."""
    if page.asked.supervises and page.asked.regions is not None:
        return lights.counted(clock.now(), jurisdiction.agencies_in(page.asked.regions))
    return lights.counted(clock.now(), scope=page.asked.scope)


def _lamps(page: Page) -> list[Lamp]:
    numbers = dict.fromkeys(lights.LIGHTS, 0)
    for each in _counted(page):
        numbers[each.light] = numbers.get(each.light, 0) + each.cases
    return [Lamp(name, number, _light_address(name)) for name, number in numbers.items()]


def _light_address(name: str, unit: str = "") -> str:
    address = reverse("desk:lights", args=[name.replace("_", "-")])
    return f"{address}?unit={unit}" if unit else address


def _watched(page: Page, names: Mapping[str, str], language: str) -> list[tuple[str, list[Lamp]]]:
    """The lights by the unit whose turn it is, those with most red first."""
    units: dict[str, dict[str, int]] = {}
    for each in _counted(page):
        units.setdefault(each.unit, dict.fromkeys(lights.LIGHTS, 0))[each.light] += each.cases
    rows = sorted(units.items(), key=lambda each: (-each[1]["red_plus"], -each[1]["red"], -each[1]["orange"], each[0]))
    return [
        (
            names.get(unit, unit),
            [Lamp(each, number, _light_address(each, unit)) for each, number in row.items()],
        )
        for unit, row in rows
    ]


# What is late, and with whom


def late_cases(page: Page, told: Table, language: str, most: int = MOST_LATE) -> list[Late]:
    """The undecided cases one may see that are past their day, the oldest first, each with whom it is now (M156)."""
    on = page.on
    wanted = RUNNING & (Q(promised_due_on__lt=on) | Q(promised_due_on=None, legal_due_on__lt=on))
    found = listing.page(wanted, page.asked, told.versions, most=most, first="due")
    return with_whom(found.cases, page, language)


def with_whom(cases: Sequence[Any], page: Page, language: str) -> list[Late]:
    """These cases with whoever has to act now. Five statements."""
    by_case = _tasks(page, (each.stream for each in cases))
    items = names_of([(each.procedure, each.procedure_version) for each in cases], language)
    units = unit_names(language)
    people = display_names([who for some in by_case.values() for each in some for who in _people(each)], language)
    separator = words.label("phrases", "between_names", language)
    at, opens = clock.now(), listing.open_to(page.asked, cases)
    return [
        Late(
            number=each.query_number,
            item=items.get((each.procedure, each.procedure_version), each.procedure),
            due_on=each.due,
            days=(page.on - each.due).days,
            unit=separator.join(
                dict.fromkeys(units.get(task.unit, task.unit) for task in by_case.get(each.stream, ()))
            ),
            people=separator.join(
                dict.fromkeys(
                    name
                    for task in by_case.get(each.stream, ())
                    for name in (
                        [people.get(who, who) for who in _people(task)] or [words.label("posts", task.post, language)]
                    )
                )
            ),
            what=words.label("stages", each.stage, language),
            light=lights.light(each, at),
            is_open=each.stream in opens,
        )
        for each in cases
    ]


def _tasks(page: Page, streams: Iterable[UUID]) -> Mapping[UUID, list[Task]]:
    found: dict[UUID, list[Task]] = {}
    with listed(Task, page.asked) as rows:
        wanted = rows.filter(stream__in=list(streams)).exclude(kind="complaint")
        for each in wanted.order_by("stream_id", "opened_on", "slug"):
            found.setdefault(each.stream_id, []).append(each)
    return found


def _people(task: Task) -> list[str]:
    return [each for each in task.people.split("|") if each]
