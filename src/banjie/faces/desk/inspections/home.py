"""Inspections at a glance: the share that was looked at, what waits for me, what was found, what is late."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banjie import words
from banjie.duties.inspections import circulars, profile, queries, recording, visits
from banjie.duties.inspections.models import Problem, Visit
from banjie.engine.commands import Actor
from banjie.faces.desk.inspections import asks
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.organisation.models import Window
from banjie.records.organisation.queries import display_names, in_office, unit_names
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role


@dataclass(frozen=True, slots=True)
class ProblemShown:
    """A problem in words. `form` where this reader may say how it was put right."""

    row: Problem
    about: str
    text: str
    answer: str
    form: asks.Settling | None


@dataclass(frozen=True, slots=True)
class VisitShown:
    """An inspection or a patrol in words."""

    row: Visit
    kind: str
    unit: str
    inspectors: str
    problems: tuple[ProblemShown, ...]


@for_role("staff")
@says_no
@require_safe
def home(request: Request) -> HttpResponse:
    """The reader's region, with what they may do."""
    return page(request)


def page(
    request: Request,
    status: int = 200,
    refusal: words.Refusal | None = None,
    settling: tuple[UUID, int, asks.Settling] | None = None,
    **bound: Any,
) -> HttpResponse:
    """The page; `bound`: forms that were sent and come back with what is wrong, by the names of the template."""
    by, language, today = asking(request), language_of(request), clock.today()
    region = recording.region_of(by.unit)
    since, until = asks.last_month(today)
    asked = profile.asked_of(region, today)
    begun = max(queries.watched_since(region, today), asked.since, date(today.year - 1, today.month, 1))
    shown: dict[str, Any] = {
        "reached": queries.reached(region, since, until),
        "since": since,
        "until": until,
        "draws": queries.draws(region),
        "waiting": list(queries.my_reviews(by.id)[:50]),
        "visits": shown_visits(queries.visits(region), by, language, settling),
        "missed": visits.months_without(region, begun, today, asked.visits_a_month),
        "circular_due": circulars.due_since(region, today),
        "circulars": queries.circulars(region),
        "refusal": refusal,
    }
    if "supervisor" in by.posts:
        shown |= {
            "opening": bound.get("opening") or asks.Period("open", language, since, until),
            "publishing": bound.get("publishing") or asks.Period("publish", language, since, until),
        }
    if by.posts & {"supervisor", "centre"}:
        shown["visiting"] = bound.get("visiting") or visiting(region, language, today)
    return render(request, "desk/inspections/home.html", shown, status=status)


def visiting(region: str, language: str, today: date, data: Any = None) -> asks.Visiting:
    """The form for a visit: units and windows of the region, and who of it may look."""
    places = list(
        Window.objects.filter(unit__agency__region_id=region).order_by("id").values_list("id", "name", "english")
    )
    windows = [(key, english if language == "en" and english else name) for key, name, english in places]
    staff = [each for each in in_office(today) if {"supervisor", "centre"} & set(each.posts)]
    near = [each for each in staff if recording.region_of(each.unit_id) == region]
    names = display_names([each.user.pseudonym for each in near], language)
    people = asks.pairs((each.user.pseudonym, names.get(each.user.pseudonym, "")) for each in near)
    named = unit_names(language)
    here = set(Window.objects.filter(unit__agency__region_id=region).values_list("unit_id", flat=True))
    units = [each for each in asks.pairs(named.items()) if each[0] in here]
    return asks.Visiting(units, windows, people, language, today, data)


def shown_visits(
    rows: list[Visit], by: Actor, language: str, settling: tuple[UUID, int, asks.Settling] | None = None
) -> list[VisitShown]:
    """Visits in words."""
    units = unit_names(language)
    names = display_names([who for each in rows for who in each.inspectors], language)

    def form(problem: Problem) -> asks.Settling | None:
        may = problem.unit == by.unit and not problem.settled_at and by.posts & {"section_head", "head_of_agency"}
        if not may:
            return None
        sent = settling if settling and settling[:2] == (problem.visit_id, problem.nth) else None
        return sent[2] if sent else asks.Settling(language)

    return [
        VisitShown(
            each,
            words.label("inspection_kinds", each.kind, language),
            units.get(each.unit, each.unit),
            ", ".join(names.get(who, who) for who in each.inspectors),
            tuple(
                ProblemShown(
                    problem,
                    words.label("inspection_about", problem.about, language),
                    visits.written(problem.visit_id, problem.ref),
                    visits.written(problem.visit_id, problem.answer_ref) if problem.answer_ref else "",
                    form(problem),
                )
                for problem in sorted(each.problems.all(), key=lambda one: one.nth)
            ),
        )
        for each in rows
    ]
