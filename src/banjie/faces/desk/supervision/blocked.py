"""What is blocked (脱节、梗阻, M133): steps that stand with a unit beyond their share of the limit."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banjie import words
from banjie.cases import queries as cases
from banjie.cases.models import Task
from banjie.cases.scope import whole_house
from banjie.duties.supervision.detectors import blocked_node
from banjie.duties.supervision.detectors.trace import Line, Trace, trace
from banjie.faces.desk.supervision.home import reach
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.organisation.queries import display_names, unit_names
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role

MOST = 150
"""Cases looked at: those whose open step has stood longest."""
NOT_STEPS = (
    "receipt",
    "complaint",
    "decision",
    "issue",
    "serve",
    "forward",
    "hearing",
    "intent",
    "statement",
    "cancellation",
)


@dataclass(frozen=True, slots=True)
class BlockedLine:
    """A step that stands: the case, the step, with which unit and whom, since when, and how far beyond its share."""

    number: str
    item: str
    step: str
    unit: str
    people: str
    since: date
    days: int
    share: int
    is_open: bool


@for_role("staff")
@require_safe
@says_no
def blocked(request: Request) -> HttpResponse:
    """The list."""
    by, language = asking(request), language_of(request)
    homes, scope = reach(by)
    with _reading(scope is None):
        rows = Task.objects.within(scope) if scope else Task.objects.everything().filter(stream__home__in=homes or ())
        streams = (
            rows.exclude(kind__in=NOT_STEPS).order_by("opened_on", "stream_id").values_list("stream_id", flat=True)
        )
        wanted = list(dict.fromkeys(streams[:MOST]))
    lines, units = [], unit_names(language)
    for stream in wanted:
        lines += _lines(stream, language, units, scope is not None)
    lines.sort(key=lambda each: (each.share - each.days, each.number))
    return render(request, "desk/supervision/blocked.html", {"lines": lines, "most": MOST})


def _lines(stream: UUID, language: str, units: dict[str, str], is_open: bool) -> list[BlockedLine]:
    view = cases.view(stream, clock.now())
    procedure, on, english = view.law.procedure, view.on, language == "en"
    found: Trace = trace(
        view.stream, [Line(each.position, each.event, each.recorded_at) for each in view.lines], view.law
    )
    names = {each.slug: (english and each.english) or each.name for each in procedure.steps}
    told = []
    for each in blocked_node.blocked([found], on, view.law.calendar(view.state.calendar)):
        node = each.node
        people = display_names(node.people, language)
        told.append(
            BlockedLine(
                view.state.query_number,
                (english and procedure.english) or procedure.name,
                names.get(node.slug, words.label("step_kinds", node.kind, language)),
                units.get(node.unit, node.unit),
                "、".join(people.values()) if not english else ", ".join(people.values()),
                node.last_on,
                each.days,
                node.share,
                is_open,
            )
        )
    return told


def _reading(house: bool) -> AbstractContextManager[None]:
    return whole_house("who supervises sees what stands in their region") if house else nullcontext()
