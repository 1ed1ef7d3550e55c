"""A draw: fixing its list, giving the public half of its seed, the cases it drew, and what was found in each."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie import words
from banjie.duties.inspections import queries, recording, sampling
from banjie.duties.inspections.models import Draw, Sampled
from banjie.engine.not_possible import NotPossible
from banjie.faces.desk.inspections import asks, home
from banjie.faces.desk.inspections.saying import answered
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.organisation.queries import display_names, unit_names
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role


@dataclass(frozen=True, slots=True)
class Line:
    """A case that was drawn. `is_mine`: the reader was drawn for it and has not looked yet."""

    row: Sampled
    unit: str
    reviewer: str
    outcome: str
    defects: str
    text: str
    is_mine: bool


@for_role("supervisor")
@require_POST
@says_no
def open_one(request: Request) -> HttpResponse:
    """确定抽查名单."""
    by, language = asking(request), language_of(request)
    form = asks.Period("open", language, *asks.last_month(clock.today()), request.POST)

    def act() -> None:
        given = form.cleaned_data
        sampling.open_draw(given["since"], given["until"], by, given["command_id"], clock.now())

    def again(refusal: words.Refusal | None, status: int) -> HttpResponse:
        return home.page(request, status, refusal, opening=form)

    done = _("The list is fixed. A second supervisor gives the public number now.")
    return answered(request, form, act, done, reverse("desk:inspections"), again)


@for_role("supervisor")
@require_safe
@says_no
def one(request: Request, draw_id: UUID) -> HttpResponse:
    """A draw of the reader's region."""
    return _page(request, draw_id)


@for_role("supervisor")
@require_POST
@says_no
def beacon(request: Request, draw_id: UUID) -> HttpResponse:
    """公布随机数并抽取."""
    by, form = asking(request), asks.Beacon(language_of(request), request.POST)

    def act() -> None:
        given = form.cleaned_data
        sampling.give_beacon(draw_id, given["beacon"], by, given["command_id"], clock.now())

    def again(refusal: words.Refusal | None, status: int) -> HttpResponse:
        return _page(request, draw_id, status, refusal, form)

    return answered(request, form, act, _("Drawn."), reverse("desk:draw", args=[draw_id]), again)


@for_role("supervisor")
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def review(request: Request, draw_id: UUID, number: str) -> HttpResponse:
    """复核登记: the case was looked at."""
    by, language = asking(request), language_of(request)
    row = queries.drawn(_draw(request, draw_id)).filter(number=number, reviewer=by.id).first()
    if row is None:
        raise NotPossible("not_yours_to_review")
    form = asks.Reviewing(language, request.POST if request.method == "POST" else None)

    def page(refusal: words.Refusal | None, status: int) -> HttpResponse:
        unit = unit_names(language).get(row.unit, row.unit)
        shown = {"row": row, "unit": unit, "form": form, "refusal": refusal}
        return render(request, "desk/inspections/review.html", shown, status=status)

    if request.method != "POST":
        return page(None, 200)

    def act() -> None:
        sampling.review(draw_id, number, form.found(), by, form.cleaned_data["command_id"], clock.now())

    return answered(request, form, act, _("Recorded."), reverse("desk:draw", args=[draw_id]), page)


def _draw(request: Request, draw_id: UUID) -> Draw:
    region = recording.region_of(asking(request).unit)
    row = Draw.objects.filter(stream=draw_id, region=region).first()
    if row is None:
        raise NotPossible("no_such_draw")
    return row


def _page(
    request: Request,
    draw_id: UUID,
    status: int = 200,
    refusal: words.Refusal | None = None,
    form: asks.Beacon | None = None,
) -> HttpResponse:
    by, language, draw = asking(request), language_of(request), _draw(request, draw_id)
    rows = list(queries.drawn(draw))
    names = display_names([draw.opened_by, draw.drawn_by, *(each.reviewer for each in rows)], language)
    units = unit_names(language)
    shown: dict[str, Any] = {
        "draw": draw,
        "share": draw.share / 10,
        "opened_by": names.get(draw.opened_by, ""),
        "drawn_by": names.get(draw.drawn_by, ""),
        "cases": [_line(each, names, units, by.id, language) for each in rows],
        "refusal": refusal,
        "is_mine": draw.opened_by == by.id,
        "form": form or (None if draw.drawn_at or draw.opened_by == by.id else asks.Beacon(language)),
    }
    return render(request, "desk/inspections/draw.html", shown, status=status)


def _line(row: Sampled, names: dict[str, str], units: dict[str, str], me: str, language: str) -> Line:
    return Line(
        row,
        units.get(row.unit, row.unit),
        names.get(row.reviewer, "") if row.reviewer else _("nobody is left who had no part"),
        words.label("review_outcomes", row.outcome, language) if row.outcome else "",
        ", ".join(words.label("review_defects", each, language) for each in row.defects),
        sampling.written(row.draw_id, row.ref) if row.ref else "",
        row.reviewer == me and not row.outcome,
    )
