"""Supervision orders (督办单): the list with a form for a new one, and one order with its reply and its end."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie import words
from banjie.duties.supervision import jurisdiction, queries
from banjie.duties.supervision import orders as issued
from banjie.duties.supervision.models import Order
from banjie.engine.commands import Actor
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.faces.desk.supervision import telling
from banjie.faces.desk.supervision.asks import ClosingOrder, Ordering, Writing
from banjie.faces.desk.supervision.home import MOST, order_lines, units_in
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.organisation.queries import unit_names
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role


@for_role("staff")
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def orders(request: Request) -> HttpResponse:
    """The orders one may see, and a form to issue one for whoever supervises."""
    by, language = asking(request), language_of(request)
    regions = jurisdiction.regions_of(by)
    form = Ordering(units_in(regions, language), language, request.POST if request.method == "POST" else None)
    refusal, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given, status = form.cleaned_data, 409
            about = issued.About(given["unit"], _card(request, by), given["number"].strip())
            try:
                row = issued.issue(about, form.said, by, given["command_id"], clock.now())
            except BadInput:
                form.add_error("text", words.problem("needed", language))
                status = 422
            except NotPossible as no:
                refusal = words.refusal(no, language)
            else:
                messages.success(request, _("The order is issued."))
                return redirect("desk:order", row.stream)
    rows = queries.orders(by).order_by("closed_on", "due_on", "stream")[:MOST]
    shown = {
        "orders": order_lines(rows, language, clock.today()),
        "form": form if regions else None,
        "refusal": refusal,
    }
    return render(request, "desk/supervision/orders.html", shown, status=status)


@for_role("staff")
@require_safe
@says_no
def order(request: Request, order_id: UUID) -> HttpResponse:
    """The order."""
    return _page(request, queries.order(order_id, asking(request)))


@for_role("staff")
@require_POST
@says_no
def reply(request: Request, order_id: UUID) -> HttpResponse:
    """回复."""

    def act(form: Writing, by: Actor) -> object:
        return issued.reply(order_id, form.said, by, form.cleaned_data["command_id"], clock.now())

    return _asked(request, order_id, "reply", act, _("The reply is recorded."))


@for_role("staff")
@require_POST
@says_no
def close(request: Request, order_id: UUID) -> HttpResponse:
    """办结督办."""

    def act(form: Writing, by: Actor) -> object:
        given = form.cleaned_data
        return issued.close(order_id, given["result"], form.said, by, given["command_id"], clock.now())

    return _asked(request, order_id, "close", act, _("The order is closed."))


def _asked(
    request: Request, order_id: UUID, name: str, act: Callable[[Writing, Actor], object], said: str
) -> HttpResponse:
    by, language = asking(request), language_of(request)
    row = queries.order(order_id, by)
    form = (
        ClosingOrder("close_order", language, request.POST)
        if name == "close"
        else Writing(name, language, request.POST)
    )
    if not form.is_valid():
        return _page(request, row, form, status=422)
    try:
        act(form, by)
    except BadInput as no:
        for field, code in no.problems:
            form.add_error(field if field in form.fields else None, words.problem(code, language))
        return _page(request, row, form, status=422)
    except NotPossible as no:
        return _page(request, row, form, words.refusal(no, language), 409)
    messages.success(request, said)
    return redirect("desk:order", order_id)


def _card(request: Request, by: Actor) -> UUID | None:
    """The card an order is about, where one is named and may be seen."""
    try:
        return queries.card(UUID(request.POST.get("card", "")), by).stream
    except (ValueError, NotPossible):
        return None


def _page(
    request: Request, row: Order, form: Writing | None = None, refusal: words.Refusal | None = None, status: int = 200
) -> HttpResponse:
    by, language = asking(request), language_of(request)
    may = issued.may(row, by, clock.now())
    forms = []
    if "reply" in may:
        forms.append(form if form and form.act == "reply" else Writing("reply", language))
    if "close" in may:
        forms.append(form if form and form.act == "close_order" else ClosingOrder("close_order", language))
    shown = {
        "order": row,
        "unit": unit_names(language).get(row.unit, row.unit),
        "level": words.label("order_levels", row.level, language),
        "status": words.label("order_results", row.result, language)
        if row.result
        else words.label("order_statuses", row.status, language),
        "is_late": row.status == "open" and row.due_on is not None and row.due_on < clock.today(),
        "history": telling.order_history(row.stream, language)[::-1],
        "forms": forms,
        "refusal": refusal,
    }
    return render(request, "desk/supervision/order.html", shown, status=status)
