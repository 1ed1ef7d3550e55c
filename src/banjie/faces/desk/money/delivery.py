"""The delivery board, and the delivery of one case: across the window, into the inbox, by post."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from banjie import words
from banjie.cases import queries as cases
from banjie.cases.queries import CaseView
from banjie.cases.scope import Scope
from banjie.duties.delivery import carrier, choosing, handing, ledger, queries, sending
from banjie.duties.delivery.models import Parcel
from banjie.engine.decision import may_serve
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.engine.timelimits import ONE_DAY
from banjie.faces.desk.money import asks
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.catalogue.queries import newest_names
from banjie.records.organisation.models import Agency
from banjie.web import clock
from banjie.web.request import Request, asking, command_id_of
from banjie.web.roles import for_role

POSTS = ("clerk", "licence_clerk")


@dataclass(frozen=True, slots=True)
class Line:
    """A case on the board, in words; `trouble`: what stands in the way, "" for nothing."""

    number: str
    item: str
    decided_on: date | None
    method: str
    state: str
    parcel: Parcel | None
    trouble: str


@for_role(*POSTS)
@require_safe
@says_no
def board(request: Request) -> HttpResponse:
    """The decided cases of the unit that have not reached their applicants, the oldest first."""
    by, language = asking(request), language_of(request)
    waiting = queries.board(by)
    items = newest_names({each.case.procedure for each in waiting}, language)
    lines = [
        Line(
            each.case.query_number,
            items.get(each.case.procedure, each.case.procedure),
            each.case.decided_on,
            each.delivery.method if each.delivery else "",
            each.delivery.state if each.delivery else "",
            each.parcel,
            (each.delivery and each.delivery.trouble) or (each.parcel.trouble if each.parcel else ""),
        )
        for each in waiting
    ]
    urgent = [each for each in lines if each.state == "came_back" or each.trouble]
    shown = {"urgent": urgent, "lines": [each for each in lines if each not in urgent], "most": 100}
    return render(request, "desk/money/board.html", shown)


@for_role(*POSTS)
@require_safe
@says_no
def one(request: Request, number: str) -> HttpResponse:
    """How the result of a case reaches its applicant, with what the reader can do now."""
    return _page(request, _view(request, number))


def _view(request: Request, number: str) -> CaseView:
    return cases.view(cases.find(number, Scope.of(asking(request))).stream, clock.now())


def _page(
    request: Request, view: CaseView, refusal: words.Refusal | None = None, status: int = 200, **bound: object
) -> HttpResponse:
    by, language, scope = asking(request), language_of(request), Scope.of(asking(request))
    row = queries.of_case(view.stream, scope)
    method, parcels = choosing.method_of(view, row), queries.parcels(view.stream, scope)
    why_not = None
    try:
        may_serve(view.state, by, view.law, view.on)
    except NotPossible as no:
        why_not = words.refusal(no, language)
    # Served without anything chosen before, an inbox for one: then there is no row.
    standing = row.state if row else "served" if view.state.served_on else "chosen"
    is_open = standing not in ("sent", "delivered", "served")
    may = why_not is None
    shown = {
        "view": view,
        "item": newest_names({view.state.procedure}, language).get(view.state.procedure, view.state.procedure),
        "number": view.state.query_number,
        "row": row,
        "standing": standing,
        "method": method,
        "parcels": parcels,
        "why_not": why_not,
        "refusal": refusal,
        "payer": view.law.procedure.guide.express_paid_by,
        "can_dispatch": may and is_open and method == "post" and carrier.carrier() is not None,
        "no_carrier": method == "post" and carrier.carrier() is None,
        "handing": bound.get("handing") or (asks.Handing(language) if may and is_open else None),
        "can_send": may and is_open and method == "electronic",
        "choosing": asks.ChoosingFor(language, view.state, view.law, method)
        if is_open and not view.state.is_closed
        else None,
        "can_confirm": may and row is not None and row.state == "delivered" and row.method == "post",
        "can_cancel": parcels and parcels[0].state in ("asked", "ordered") and parcels[0].unit == by.unit,
        "command_id": uuid.uuid4(),
        "home": "hall" if "clerk" in by.posts else "desk",
    }
    return render(request, "desk/money/delivery.html", shown, status=status)


def _act(request: Request, number: str, act: Callable[[CaseView], object], said: str) -> HttpResponse:
    view = _view(request, number)
    try:
        act(view)
    except NotPossible as no:
        return _page(request, view, words.refusal(no, language_of(request)), 409)
    messages.success(request, said)
    return redirect("desk:delivery", view.state.query_number)


@for_role(*POSTS)
@require_POST
@says_no
def choose(request: Request, number: str) -> HttpResponse:
    """记录申请人选择的送达方式."""
    by, method, id = asking(request), request.POST.get("method", ""), command_id_of(request.POST)
    return _act(request, number, lambda view: choosing.choose(view.stream, method, by, id, clock.now()), _("Recorded."))


@for_role(*POSTS)
@require_POST
@says_no
def hand_over(request: Request, number: str) -> HttpResponse:
    """窗口交付: the code, who takes it, and what showed who they are."""
    by, language, view = asking(request), language_of(request), _view(request, number)
    form = asks.Handing(language, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            handing.hand_over(
                view.stream, given["code"], given["taker"], given["checked"], by, given["command_id"], clock.now(),
                given["taker_name"],
            )  # fmt: skip
        except BadInput as bad:
            for name, code in bad.problems:
                field = "taker_name" if name == "name" else name
                form.add_error(field, words.problem(code, language))
        except NotPossible as no:
            return _page(request, view, words.refusal(no, language), 409, handing=form)
        else:
            messages.success(request, _("Handed over and served. Who took it is on record."))
            return redirect("desk:delivery", view.state.query_number)
    return _page(request, view, words.refusal(NotPossible("bad_input"), language), 422, handing=form)


@for_role(*POSTS)
@require_POST
@says_no
def send(request: Request, number: str) -> HttpResponse:
    """电子送达."""
    by, id = asking(request), command_id_of(request.POST)
    said = _("Sent to the applicant's inbox.")
    return _act(request, number, lambda view: handing.send_electronically(view.stream, by, id, clock.now()), said)


@for_role(*POSTS)
@require_POST
@says_no
def dispatch(request: Request, number: str) -> HttpResponse:
    """邮寄."""
    by, id = asking(request), command_id_of(request.POST)
    said = _("Dispatched. The carrier is told; the case is served in your name when it is delivered.")
    return _act(request, number, lambda view: sending.dispatch(view.stream, by, id, clock.now()), said)


@for_role(*POSTS)
@require_POST
@says_no
def cancel(request: Request, number: str) -> HttpResponse:
    """取消寄送, while nobody has collected it."""
    by = asking(request)

    def act(view: CaseView) -> object:
        parcel = sending.newest(view.stream)
        if parcel is None:
            raise NotPossible("no_such_parcel")
        return sending.cancel(parcel.parcel, by, clock.now())

    return _act(request, number, act, _("Cancelled."))


@for_role(*POSTS)
@require_POST
@says_no
def confirm(request: Request, number: str) -> HttpResponse:
    """确认送达: a colleague records the service on the carrier's proof."""
    by = asking(request)
    said = _("The service is recorded.")
    return _act(request, number, lambda view: sending.serve_on_proof(view.stream, clock.now(), by), said)


@for_role("centre", "licence_clerk", "head_of_agency")
@require_safe
@says_no
def postage(request: Request) -> HttpResponse:
    """政府购买寄递服务台账: what the government paid for sending results, by month, agency and item."""
    by, language, today = asking(request), language_of(request), clock.today()
    region = Agency.objects.filter(id=by.agency).values_list("region_id", flat=True).first()
    agencies = [by.agency]
    if "centre" in by.posts:
        agencies = list(Agency.objects.filter(region_id=region).values_list("id", flat=True))
    lines = ledger.of(agencies, date(today.year - 1, today.month, 1), today + ONE_DAY)
    named = {
        each.id: (language == "en" and each.english) or each.name for each in Agency.objects.filter(id__in=agencies)
    }
    items = newest_names({each.code for each in lines}, language)
    months: dict[date, list[tuple[str, str, int, int]]] = {}
    for each in lines:
        told = (named.get(each.agency, each.agency), items.get(each.code, each.code), each.parcels, each.cost)
        months.setdefault(each.month, []).append(told)
    shown = [
        (month, told, sum(each[2] for each in told), sum(each[3] for each in told)) for month, told in months.items()
    ]
    return render(request, "desk/money/postage.html", {"months": shown})
