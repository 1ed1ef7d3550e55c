"""A card: what was found and what proves it, what became of it, and what this reader can ask for."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from banjie import words
from banjie.cases import queries as cases
from banjie.duties.supervision import cards, jurisdiction, queries, rulebook, whose
from banjie.duties.supervision.findings import Evidence, Finding
from banjie.duties.supervision.models import Card
from banjie.engine.commands import Actor
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.engine.state import fold
from banjie.faces.desk.supervision import telling
from banjie.faces.desk.supervision.asks import Deciding, Issuing, Ordering, Reporting, Writing
from banjie.faces.desk.supervision.home import card_lines, order_lines, units_in
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.organisation.queries import display_name, unit_names
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role

FORMS: Mapping[str, type[Writing]] = {"issue": Issuing, "decide_appeal": Deciding}


@dataclass(frozen=True, slots=True)
class OfCase:
    """What a card shows of its case: its facts in sentences, by place, and whose turn it was."""

    item: str
    steps: Mapping[str, str]
    sentences: Mapping[int, str]
    totals: tuple[whose.Total, ...]
    is_open: bool


@for_role("staff")
@require_safe
@says_no
def card(request: Request, card_id: UUID) -> HttpResponse:
    """The card."""
    return _page(request, queries.card(card_id, asking(request)))


@for_role("staff")
@require_POST
@says_no
def issue(request: Request, card_id: UUID) -> HttpResponse:
    """发牌."""

    def act(form: Writing, by: Actor) -> object:
        given = form.cleaned_data
        return cards.issue(card_id, given["colour"], form.said, by, given["command_id"], clock.now())

    return _asked(request, card_id, "issue", act, _("The card is issued; the unit has been asked to explain."))


@for_role("staff")
@require_POST
@says_no
def dismiss(request: Request, card_id: UUID) -> HttpResponse:
    """不予发牌."""
    return _simply(request, card_id, "dismiss", cards.dismiss, _("No card: the finding is closed."))


@for_role("staff")
@require_POST
@says_no
def explain(request: Request, card_id: UUID) -> HttpResponse:
    """说明."""
    return _simply(request, card_id, "explain", cards.explain, _("The explanation is recorded."))


@for_role("staff")
@require_POST
@says_no
def rectify(request: Request, card_id: UUID) -> HttpResponse:
    """整改."""
    return _simply(request, card_id, "rectify", cards.rectify, _("What was put right is recorded."))


@for_role("staff")
@require_POST
@says_no
def appeal(request: Request, card_id: UUID) -> HttpResponse:
    """申诉."""
    return _simply(request, card_id, "appeal", cards.appeal, _("The appeal is recorded. Somebody else decides on it."))


@for_role("staff")
@require_POST
@says_no
def decide_appeal(request: Request, card_id: UUID) -> HttpResponse:
    """申诉决定."""

    def act(form: Writing, by: Actor) -> object:
        given = form.cleaned_data
        upheld = given["upheld"] == "yes"
        return cards.decide_appeal(card_id, upheld, form.said, by, given["command_id"], clock.now())

    return _asked(request, card_id, "decide_appeal", act, _("The appeal is decided."))


@for_role("staff")
@require_POST
@says_no
def close(request: Request, card_id: UUID) -> HttpResponse:
    """销号."""
    return _simply(request, card_id, "close", cards.close, _("The card is closed."))


@for_role("supervisor")
@require_POST
@says_no
def report(request: Request) -> HttpResponse:
    """Enter a finding that no fact can show."""
    by, language = asking(request), language_of(request)
    regions = jurisdiction.regions_of(by)
    form = Reporting(units_in(regions, language), language, request.POST)
    refusal, status = None, 422
    if form.is_valid():
        given, status = form.cleaned_data, 409
        proof = Evidence("reported", {"reference": given["reference"]})
        subject = given["command_id"].hex
        finding = Finding(given["rule"], None, "", given["unit"], "", given["on"], (proof,), subject)
        try:
            row = cards.report(finding, by, form.said, given["command_id"], clock.now())
        except NotPossible as no:
            refusal = _refused(form, no, language)
        else:
            messages.success(request, _("The finding is entered. Look at it, and issue a card or not."))
            return redirect("desk:card", row.stream)
    shown = {
        "form": form,
        "refusal": refusal,
        "cards": card_lines(queries.cards(by).order_by("-on", "stream")[:20], language, clock.today()),
    }
    return render(request, "desk/supervision/cards.html", shown, status=status)


def _simply(request: Request, card_id: UUID, name: str, use: Callable[..., Card], said: str) -> HttpResponse:
    def act(form: Writing, by: Actor) -> object:
        return use(card_id, form.said, by, form.cleaned_data["command_id"], clock.now())

    return _asked(request, card_id, name, act, said)


def _asked(
    request: Request, card_id: UUID, name: str, act: Callable[[Writing, Actor], object], said: str
) -> HttpResponse:
    """One button: its form, its command, and the card again."""
    by, language = asking(request), language_of(request)
    row = queries.card(card_id, by)
    form = FORMS.get(name, Writing)(name, language, request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    try:
        act(form, by)
    except NotPossible as no:
        return _page(request, row, form, _refused(form, no, language), 422 if isinstance(no, BadInput) else 409)
    messages.success(request, said)
    return redirect("desk:card", card_id)


def _refused(form: Writing, no: NotPossible, language: str) -> words.Refusal | None:
    """What is wrong beside its field; else the "no" to stand above the page."""
    if isinstance(no, BadInput):
        for field, code in no.problems:
            form.add_error(field if field in form.fields else None, words.problem(code, language))
        return None
    return words.refusal(no, language)


def _page(
    request: Request,
    row: Card,
    form: Writing | None = None,
    refusal: words.Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    by, language = asking(request), language_of(request)
    finding, at = cards.finding_of(row.stream), clock.now()
    rule, may = rulebook.rule(row.rule), cards.may(row, by, at)
    of_case = _of_case(row, by, language)
    asked = [each for each in cards.ACTS if each in may]
    forms = [form if form and form.act == each else _form(each, row, language) for each in asked]
    supervises = row.region in jurisdiction.regions_of(by)
    units = unit_names(language)
    shown: dict[str, Any] = {
        "card": row,
        "name": telling.rule_named(row.rule, language),
        "grounds": _grounds(rule, language),
        "colour": words.label("card_colours", row.colour, language),
        "status": words.label("card_results", row.result, language)
        if row.result
        else words.label("card_statuses", row.status, language),
        "unit": units.get(row.unit, row.unit),
        "person": display_name(row.person, language) if row.person else "",
        "evidence": telling.evidence(
            finding, language, of_case.steps if of_case else {}, of_case.sentences if of_case else {}
        ),
        "of_case": of_case,
        "history": telling.card_history(row.stream, language)[::-1],
        "forms": forms,
        "refusal": refusal,
        "is_late": row.due_on is not None and row.due_on < clock.today(),
        "orders": order_lines(
            queries.orders(by).filter(card=row.stream).order_by("issued_on"), language, clock.today()
        ),
        "ordering": Ordering([(row.unit, units.get(row.unit, row.unit))], language)
        if supervises and row.status != "closed"
        else None,
    }
    return render(request, "desk/supervision/card.html", shown, status=status)


def _form(act: str, row: Card, language: str) -> Writing:
    initial = {"colour": row.colour} if act == "issue" else {}
    return FORMS.get(act, Writing)(act, language, None, initial)


def _grounds(rule: rulebook.Rule, language: str) -> str:
    if language == "en":
        articles = ", ".join(rule.grounds)
    else:
        articles = "、".join(f"第{each.replace('(', '条第（').replace(')', '）项')}" for each in rule.grounds)
        articles = re.sub(r"第(\d+)(?=、|$)", r"第\1条", articles)
    return (
        words.catalogue.fill(words.label("card_grounds", "ground", language), {"article": articles}) if articles else ""
    )


def _of_case(row: Card, by: Actor, language: str) -> OfCase | None:
    """The case of a card in words: without the texts anybody wrote in it, which lie sealed with the case."""
    if row.case is None:
        return None
    view = cases.view(row.case, clock.now())
    procedure = view.law.procedure

    def others(kind: str, id: str) -> str:
        return (display_name(id, language) or "") if kind == "person" else ""

    names = words.names_of(procedure, language, others)
    sentences, state = {}, None
    for line in view.lines:
        state = fold([line.event]) if state is None else fold([line.event], state)
        text = words.sentence(line.event, language, "staff", names, view.law, state, (by.id,))
        if text:
            sentences[line.position] = text
    told = whose.stretches([line.event for line in view.lines], view.law, view.on)
    english = language == "en"
    return OfCase(
        (english and procedure.english) or procedure.name,
        {each.slug: (english and each.english) or each.name for each in procedure.steps},
        sentences,
        whose.totals(told),
        queries.is_open_to(row.case, by),
    )
