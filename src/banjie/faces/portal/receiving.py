"""What an applicant sees of their result on its way and of what there is to pay, and what they can do about both."""

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie import words
from banjie.cases.scope import Scope
from banjie.duties.delivery import choosing, handing
from banjie.duties.delivery import queries as delivery
from banjie.duties.delivery.models import Delivery, Parcel
from banjie.duties.fees import paying, provider, queries
from banjie.duties.fees.models import Charge, Order
from banjie.duties.fees.recording import LIVE
from banjie.engine import events as e
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.faces.forms.asking import Offered, page_of
from banjie.faces.forms.page import CasePage
from banjie.faces.forms.paper_files import handed_out_about
from banjie.faces.forms.saying import language_of, says_no
from banjie.faces.portal.apply import FACE
from banjie.faces.portal.own_case import require_applicants
from banjie.web import clock
from banjie.web.request import Request, asking, command_id_of
from banjie.web.roles import for_role


class Choosing(forms.Form):
    """How the result is to reach the applicant, and where, if by post."""

    def __init__(self, page: CasePage, method: str, data: Any = None) -> None:
        super().__init__(data, auto_id="f-%s", use_required_attribute=False)
        offered = [
            (each, words.label("delivery_methods", each, page.language))
            for each in choosing.methods(page.state, page.law)
        ]
        self.fields["command_id"] = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4())
        self.fields["method"] = Offered(
            label=_("How the result reaches you"), choices=offered, widget=forms.RadioSelect(), initial=method
        )
        if any(code == "post" for code, _label in offered):
            kept = _("Leave all three empty to use the address of your application.")
            labels = {"name": _("Who receives it"), "phone": _("Telephone"), "address": _("Address")}
            for name, label in labels.items():
                help = kept if name == "name" else ""
                auto = {"name": "name", "phone": "tel", "address": "street-address"}[name]
                widget = forms.TextInput(attrs={"autocomplete": auto})
                self.fields[name] = forms.CharField(
                    label=label, required=False, max_length=choosing.LONGEST[name], help_text=help, widget=widget
                )

    @property
    def address_given(self) -> dict[str, str] | None:
        """What was typed as another address; None where nothing was."""
        given = {name: str(self.cleaned_data.get(name) or "") for name in choosing.ADDRESS}
        return given if any(each.strip() for each in given.values()) else None

    @property
    def shown(self) -> list[forms.BoundField]:
        """The fields one sees."""
        return self.visible_fields()


@for_role("applicant")
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def delivery_page(request: Request, number: str) -> HttpResponse:
    """How my result reaches me, where it is, the code to collect it with; and the form to choose another way."""
    page = require_applicants(page_of(FACE, request, number))
    if request.method != "POST":
        return _delivery(request, page)
    form = Choosing(page, "", request.POST)
    if not form.is_valid():
        return _delivery(request, page, form, words.refusal(NotPossible("bad_input"), page.language), 422)
    given = form.cleaned_data
    try:
        choosing.choose(
            page.view.stream, given["method"], page.actor or asking(request), given["command_id"], clock.now(),
            form.address_given,
        )  # fmt: skip
    except BadInput as bad:
        for name, code in bad.problems:
            form.add_error(name if name in form.fields else None, words.problem(code, page.language))
        return _delivery(request, page, form, words.refusal(bad, page.language), 422)
    except NotPossible as no:
        return _delivery(request, page, form, words.refusal(no, page.language), 409)
    messages.success(request, _("Recorded. You can change it until the result is on its way."))
    return redirect("portal:delivery", page.state.query_number)


def _delivery(
    request: Request,
    page: CasePage,
    form: Choosing | None = None,
    refusal: words.Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    scope = Scope.of(asking(request))
    row = delivery.of_case(page.view.stream, scope)
    method = choosing.method_of(page.view, row)
    may_change = not page.state.is_closed and (row is None or row.state in ("chosen", "came_back"))
    shown = {
        "page": page,
        "row": row,
        "method": method,
        "parcels": delivery.parcels(page.view.stream, scope),
        "code": handing.code_of(page.view) if _waits_at_the_window(page, method) else "",
        "form": (form or Choosing(page, method)) if may_change else None,
        "to_open": row if row and row.method == "electronic" and row.state == "sent" else None,
        "command_id": uuid.uuid4(),
        "address": choosing.address_of(page.view, row) if method == "post" and may_change else {},
        "refusal": refusal,
        "result_is_there": page.state.is_decided,
        "proof": _proof(page),
    }
    return render(request, "portal/delivery.html", shown, status=status)


def _proof(page: CasePage) -> str:
    """What proves that the result was served, in the words it was recorded with; "" where nothing was written."""
    served = [line.event for line in page.view.lines if isinstance(line.event, e.Served) and line.event.receipt]
    return page.name("text", served[-1].receipt.ref) if served and served[-1].receipt else ""


def _waits_at_the_window(page: CasePage, method: str) -> bool:
    return page.state.is_decided and page.state.served_on is None and method in ("window", "agent")


@for_role("applicant")
@require_POST
@says_no
def open_result(request: Request, number: str) -> HttpResponse:
    """签收: the addressee opens what was sent electronically."""
    page = require_applicants(page_of(FACE, request, number))
    handing.open_result(page.view.stream, page.actor or asking(request), command_id_of(request.POST), clock.now())
    messages.success(request, _("Received. That you opened it is on record."))
    return redirect("portal:case", page.state.query_number)


# Fees


@dataclass(frozen=True, slots=True)
class FeeShown:
    """A fee with the order that can be paid, if any, and what was tried before."""

    charge: Charge
    live: Order | None
    tried: tuple[Order, ...]
    per: str
    basis: str


@for_role("applicant")
@require_safe
@says_no
def fees(request: Request, number: str) -> HttpResponse:
    """What there is to pay for my case, by which standard, and what I have paid."""
    page = require_applicants(page_of(FACE, request, number))
    scope = Scope.of(asking(request))
    shown = {
        "page": page,
        "fees": [fee_shown(page, each, scope) for each in queries.of_case(page.view.stream, scope)],
        "can_pay": provider.provider() is not None,
        "command_id": uuid.uuid4(),
    }
    return render(request, "portal/fees.html", shown)


def fee_shown(page: CasePage, charge: Charge, scope: Scope) -> FeeShown:
    """A fee of a case as its page shows it."""
    made, now = queries.orders(charge.fee, scope), clock.now()
    live = [each for each in made if each.state in LIVE and (each.expires_at is None or each.expires_at > now)]
    fee = next((each for each in page.procedure.guide.fees if each.listed == charge.listed), None)
    tried = tuple(each for each in made if each not in live[:1])
    return FeeShown(charge, live[0] if live else None, tried, fee.per if fee else "", fee.basis if fee else "")


@for_role("applicant")
@require_POST
@says_no
def pay(request: Request, number: str, fee: uuid.UUID) -> HttpResponse:
    """移动支付: have an order made, and back to the page that leads to the provider's."""
    page = require_applicants(page_of(FACE, request, number))
    charge = queries.one(fee, Scope.of(asking(request)))
    if charge.stream != page.view.stream:
        raise NotPossible("no_such_fee")
    order = paying.order(fee, "qr", page.actor or asking(request), command_id_of(request.POST), clock.now())
    asked = provider.provider()
    if order.state == "asked" and asked is not None:
        paying.advance(order, asked, clock.now())
    return redirect("portal:fees", page.state.query_number)


@for_role("applicant")
@require_safe
@says_no
def fee_receipt(request: Request, number: str, fee: uuid.UUID) -> HttpResponse:
    """缴费凭证, to read or print."""
    page = require_applicants(page_of(FACE, request, number))
    scope = Scope.of(asking(request))
    charge = queries.one(fee, scope)
    if charge.stream != page.view.stream or not charge.receipt:
        raise NotPossible("no_such_fee")
    order = next(each for each in queries.orders(fee, scope) if each.paid_at == charge.paid_at)
    agency = page.procedure.agency(charge.agency)
    name = agency.english if language_of(request) == "en" and agency.english else agency.name
    return render(request, "portal/fee_receipt.html", {"page": page, "charge": charge, "order": order, "agency": name})


@for_role("applicant")
@require_safe
@says_no
def fee_receipt_pdf(request: Request, number: str, fee: uuid.UUID) -> HttpResponse:
    """The same as a PDF to keep, sealed or plainly not."""
    page = require_applicants(page_of(FACE, request, number))
    charge = queries.one(fee, Scope.of(asking(request)))
    if charge.stream != page.view.stream:
        raise NotPossible("no_such_fee")
    return handed_out_about(charge.fee, "fee_receipt", f"{charge.receipt}.pdf")


@dataclass(frozen=True, slots=True)
class Receiving:
    """What the page of a case says of both in a line each."""

    row: Delivery | None
    method: str
    parcel: Parcel | None
    open_fees: int
    fees: int


def receiving(page: CasePage) -> Receiving:
    """The state of delivery and fees of a case, for the card on its page."""
    scope = Scope.of(page.actor) if page.actor else Scope(())
    row = delivery.of_case(page.view.stream, scope)
    sent = delivery.parcels(page.view.stream, scope)
    charges = queries.of_case(page.view.stream, scope)
    waiting = sum(each.state == "open" for each in charges)
    return Receiving(row, choosing.method_of(page.view, row), sent[0] if sent else None, waiting, len(charges))
