"""The fees of a case at the office, and the days of payments against the provider's statement."""

import uuid
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from banjie import words
from banjie.cases import queries as cases
from banjie.cases.scope import Scope
from banjie.duties.fees import paying, provider, queries, raising, reconciling
from banjie.duties.fees.models import Charge, Difference, Order
from banjie.duties.fees.recording import LIVE
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import ONE_DAY
from banjie.faces.desk.money import asks
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.catalogue.queries import newest_names
from banjie.records.organisation.queries import display_names
from banjie.web import clock
from banjie.web.request import Request, asking, command_id_of
from banjie.web.roles import for_role

POSTS = ("clerk", "licence_clerk", "officer")
WATCH = ("centre", "licence_clerk", "head_of_agency")


@dataclass(frozen=True, slots=True)
class FeeShown:
    """A fee with its orders; `live`: the one that can be paid now."""

    charge: Charge
    live: Order | None
    orders: tuple[Order, ...]
    troubled: tuple[Order, ...]


@for_role(*POSTS)
@require_safe
@says_no
def of_case(request: Request, number: str) -> HttpResponse:
    """What was charged on a case, what can be, and what became of it."""
    return _page(request, number)


def _page(request: Request, number: str, refusal: words.Refusal | None = None, status: int = 200) -> HttpResponse:
    by, language, scope, now = asking(request), language_of(request), Scope.of(asking(request)), clock.now()
    view = cases.view(cases.find(number, scope).stream, now)
    shown = []
    for charge in queries.of_case(view.stream, scope):
        made = queries.orders(charge.fee, scope)
        live = [each for each in made if each.state in LIVE and (each.expires_at is None or each.expires_at > now)]
        troubled = tuple(each for each in made if each.trouble and each.next_at is not None)
        shown.append(FeeShown(charge, live[0] if live else None, tuple(made), troubled))
    told = {
        "number": view.state.query_number,
        "item": newest_names({view.state.procedure}, language).get(view.state.procedure, view.state.procedure),
        "fees": shown,
        "offered": [(each, uuid.uuid4()) for each in raising.offered(view, by)],
        "has_none": not any(each.amount for each in view.law.procedure.guide.fees),
        "can_pay": provider.provider() is not None,
        "command_id": uuid.uuid4(),
        "refusal": refusal,
        "home": "hall" if "clerk" in by.posts else "desk",
    }
    return render(request, "desk/money/fees.html", told, status=status)


@for_role(*POSTS)
@require_POST
@says_no
def charge(request: Request, number: str) -> HttpResponse:
    """开出缴费单: the amount is the standard's, and nobody types one."""
    by, id = asking(request), command_id_of(request.POST)
    case = cases.find(number, Scope.of(by))
    try:
        raising.raise_fee(case.stream, request.POST.get("listed", "")[:60], by, id, clock.now())
    except NotPossible as no:
        return _page(request, number, words.refusal(no, language_of(request)), 409)
    messages.success(request, _("Charged. The applicant is told, and can pay by phone."))
    return redirect("desk:fees", case.query_number)


@for_role("clerk", "licence_clerk")
@require_POST
@says_no
def collect(request: Request, number: str, fee: uuid.UUID) -> HttpResponse:
    """窗口刷卡或者扫码: an order for somebody who stands at the window. Cash is not taken."""
    by, method = asking(request), "pos" if request.POST.get("method") == "pos" else "qr"
    known = queries.one(fee, Scope.of(by))
    try:
        order = paying.order(known.fee, method, by, command_id_of(request.POST), clock.now())
    except NotPossible as no:
        return _page(request, number, words.refusal(no, language_of(request)), 409)
    asked = provider.provider()
    if order.state == "asked" and asked is not None:
        paying.advance(order, asked, clock.now())
    return redirect("desk:fees", number)


# Days


@dataclass(frozen=True, slots=True)
class DifferenceShown:
    """A difference in words, with the form to answer it where nobody has."""

    row: Difference
    form: asks.Answering | None
    by: str


@for_role(*WATCH)
@require_safe
@says_no
def days(request: Request) -> HttpResponse:
    """The days that were held against the provider's statement."""
    shown = {
        "days": queries.days(reconciling.county_of(asking(request))),
        "can_compare": provider.provider() is not None,
        "yesterday": clock.today() - ONE_DAY,
        "today": clock.today(),
    }
    return render(request, "desk/money/days.html", shown)


@for_role(*WATCH)
@require_safe
@says_no
def day(request: Request, on: str) -> HttpResponse:
    """One day: what agrees, what is missing here or there, which amounts differ, and the answers."""
    return _day(request, _on(on))


def _on(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotPossible("day_not_over") from None


def _day(request: Request, on: date, refusal: words.Refusal | None = None, status: int = 200) -> HttpResponse:
    language, county = language_of(request), reconciling.county_of(asking(request))
    rows = queries.differences(on, county)
    names = display_names([each.answered_by for each in rows if each.answered_by], language)
    found = [
        DifferenceShown(
            each,
            asks.Answering(language, f"{each.stream.hex[:8]}-{each.nth}") if each.answered_at is None else None,
            names.get(each.answered_by, ""),
        )
        for each in rows
    ]
    known = queries.of_day(on, county)
    shown = {"on": on, "days": known, "differences": found, "refusal": refusal, "can_compare": on <= clock.today()}
    return render(request, "desk/money/day.html", shown, status=status)


@for_role(*WATCH)
@require_POST
@says_no
def compare(request: Request, on: str) -> HttpResponse:
    """对账: hold the day against the statement now."""
    day = _on(on)
    try:
        reconciling.compare(day, (county := reconciling.county_of(asking(request))), clock.now())
    except NotPossible as no:
        return _day(request, day, words.refusal(no, language_of(request)), 409)
    if any(each.open for each in queries.of_day(day, county)):
        messages.warning(request, _("Compared. Some differences wait for an answer."))
    else:
        messages.success(request, _("Compared. Everything agrees, or was answered."))
    return redirect("desk:fee_day", on)


@for_role(*WATCH)
@require_POST
@says_no
def answer(request: Request, on: str, stream: uuid.UUID, nth: int) -> HttpResponse:
    """说明差异."""
    day, language = _on(on), language_of(request)
    form = asks.Answering(language, f"{stream.hex[:8]}-{nth}", request.POST)
    if not form.is_valid():
        return _day(request, day, words.refusal(NotPossible("bad_input"), language), 422)
    given = form.cleaned_data
    try:
        reconciling.answer(stream, nth, given["answer"], asking(request), given["command_id"], clock.now())
    except NotPossible as no:
        return _day(request, day, words.refusal(no, language), 409)
    messages.success(request, _("Answered."))
    return redirect("desk:fee_day", on)
