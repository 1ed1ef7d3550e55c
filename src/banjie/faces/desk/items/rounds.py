"""Clean-up rounds (清理) of the keeper's region: opening one, what the rules flag, settling item by item, closing.

Every form carries the id of its command, so that a second press of its button changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie import words
from banjie.engine.not_possible import NotPossible
from banjie.faces.desk.items import mine
from banjie.faces.desk.items.lists import ListForm
from banjie.faces.desk.items.offered import agencies_of
from banjie.faces.forms.asking import DayInput
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.catalogue import rounds
from banjie.records.catalogue.cleanup import JUDGED, Flag, Outcome, Reason, Totals
from banjie.records.catalogue.models import Round, RoundItem
from banjie.records.catalogue.register import LEVELS
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role


class Opening(ListForm):
    """A new round: its name, whose items it is about, who is left out and why, and which classes it clears up."""

    name = "round"

    def __init__(self, region: str, language: str, data: QueryDict | None = None) -> None:
        super().__init__(language, data)
        self.agencies = agencies_of(region, language)
        self.fields["title"] = forms.CharField(label=_("Name of the round"), required=False, max_length=100)
        self.fields["units"] = forms.MultipleChoiceField(
            label=_("Agencies whose items are cleared up"),
            choices=self.agencies,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            initial=[id for id, _name in self.agencies],
        )
        self.fields["reason"] = self.text(_("Why the others are left out"), _("Needed where an agency is not ticked."))
        self.fields["classes"] = forms.MultipleChoiceField(
            label=_("Classes of item"),
            choices=self.coded("list_item_classes", rounds.CLASSES),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            initial=rounds.CLASSES,
        )
        self.ready()

    def scope(self) -> list[rounds.Scoped]:
        """Every agency of the region, those that were not ticked as excluded."""
        given = self.cleaned_data
        return [
            rounds.Scoped(
                unit=id, name=name, excluded=id not in given["units"],
                reason="" if id in given["units"] else given["reason"],
            )
            for id, name in self.agencies
        ]  # fmt: skip


class Finding(ListForm):
    """What a reviewer finds of an item: set unreasonably, or that a lower level can do it."""

    name = "find"

    def __init__(self, item: str, language: str, data: QueryDict | None = None) -> None:
        super().__init__(language, data)
        self.auto_id = f"f-find-{item}-%s"
        self.fields["item"] = forms.CharField(widget=forms.HiddenInput, initial=item, max_length=31)
        self.fields["reason"] = self.one_of(
            _("What was found"), self.coded("cleanup_reasons", JUDGED), may_be_none=False
        )
        self.fields["text"] = self.text(_("Why"))
        self.ready()


class Settling(ListForm):
    """What becomes of an item, and why; where it is handed down, to whom."""

    name = "settle"

    def __init__(self, item: str, language: str, data: QueryDict | None = None, initial: Any = None) -> None:
        super().__init__(language, data, initial)
        self.auto_id = f"f-settle-{item}-%s"
        self.fields["item"] = forms.CharField(widget=forms.HiddenInput, initial=item, max_length=31)
        self.fields["outcome"] = self.one_of(
            _("What becomes of it"), self.coded("cleanup_outcomes", Outcome), may_be_none=False
        )
        self.fields["reason"] = self.text(_("Reason"))
        self.fields["level"] = self.one_of(
            _("Receiving level"), self.coded("list_levels", LEVELS), _("Only where it is handed down.")
        )
        self.fields["unit"] = self.line("unit", _("Receiving unit"), _("Only where it is handed down."))
        self.ready()


class Closing(ListForm):
    """The end of a round, and when the next evaluation is due."""

    name = "close"

    def __init__(self, language: str, data: QueryDict | None = None) -> None:
        super().__init__(language, data)
        self.fields["next_on"] = forms.DateField(
            label=_("The next evaluation is due on"), required=False, widget=DayInput()
        )
        self.ready()


@dataclass(frozen=True, slots=True)
class ItemShown:
    """An item in a round: what the rules flag, what was found, what becomes of it, and the forms."""

    item: str
    name: str
    variants: int
    item_class: str
    flags: tuple[str, ...]
    outcome: str
    reason: str
    finding: Finding
    settling: Settling


@dataclass(frozen=True, slots=True)
class Measured:
    """One count before and after."""

    name: str
    before: str
    after: str


@for_role("catalogue_keeper")
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def all_rounds(request: Request) -> HttpResponse:
    """The rounds of the region, and a form to open one."""
    actor, language = asking(request), language_of(request)
    region = mine.region_of(actor)
    form = Opening(region, language, request.POST if request.method == "POST" else None)
    refusal, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given, status = form.cleaned_data, 409
            try:
                row = rounds.open_round(
                    region, given["title"], form.scope(), actor.id, clock.now(), given["command_id"], clock.today(),
                    given["classes"],
                )  # fmt: skip
            except NotPossible as no:
                refusal = words.refusal(no, language)
            else:
                messages.success(request, _("The round is open; what it found stands below."))
                return redirect("desk:round", row.stream)
    found = Round.objects.filter(region=region).order_by("-opened_on", "name")
    return render(request, "desk/items/rounds.html", {"rounds": found, "form": form, "refusal": refusal}, status=status)


@for_role("catalogue_keeper")
@require_safe
@says_no
def one(request: Request, round_id: UUID) -> HttpResponse:
    """A round: what it brought so far, and item by item what is flagged and what becomes of it."""
    return _page(request, _own(request, round_id))


@for_role("catalogue_keeper")
@require_POST
@says_no
def find(request: Request, round_id: UUID) -> HttpResponse:
    """Record a reviewer's finding."""
    row, language = _own(request, round_id), language_of(request)
    form = Finding(request.POST.get("item", "")[:31], language, request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    given = form.cleaned_data
    command = (asking(request).id, clock.now(), given["command_id"])
    try:
        rounds.find(row.stream, given["item"], Reason(given["reason"]), given["text"], *command)
    except NotPossible as no:
        return _page(request, row, form, words.refusal(no, language), 409)
    return redirect(f"{_address(row)}#i-{given['item']}")


@for_role("catalogue_keeper")
@require_POST
@says_no
def settle(request: Request, round_id: UUID) -> HttpResponse:
    """Settle what becomes of an item."""
    row, language = _own(request, round_id), language_of(request)
    form = Settling(request.POST.get("item", "")[:31], language, request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    given = form.cleaned_data
    command = (asking(request).id, clock.now(), given["command_id"], clock.today())
    outcome = Outcome(given["outcome"])
    handed_down = (given["level"], given["unit"]) if outcome is Outcome.DEVOLVE else ("", "")
    try:
        rounds.settle(
            row.stream, given["item"], outcome, given["reason"], *command, level=handed_down[0], unit=handed_down[1]
        )
    except NotPossible as no:
        return _page(request, row, form, words.refusal(no, language), 409)
    return redirect(f"{_address(row)}#i-{given['item']}")


@for_role("catalogue_keeper")
@require_POST
@says_no
def close(request: Request, round_id: UUID) -> HttpResponse:
    """Close the round and report."""
    row, language = _own(request, round_id), language_of(request)
    form = Closing(language, request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    given = form.cleaned_data
    command = (asking(request).id, clock.now(), given["command_id"], clock.today())
    try:
        rounds.close(row.stream, *command, next_on=given["next_on"])
    except NotPossible as no:
        return _page(request, row, form, words.refusal(no, language), 409)
    messages.success(request, _("The round is closed."))
    return redirect("desk:round", row.stream)


def _own(request: Request, round_id: UUID) -> Round:
    row = Round.objects.filter(stream=round_id, region=mine.region_of(asking(request))).first()
    if row is None:
        raise NotPossible("no_such_round")
    return row


def _address(row: Round) -> str:
    return f"/desk/items/rounds/{row.stream}/"


def _page(
    request: Request, row: Round, form: ListForm | None = None, refusal: words.Refusal | None = None, status: int = 200
) -> HttpResponse:
    language, today = language_of(request), clock.today()
    report = rounds.report(row.stream, today)
    closing = form if isinstance(form, Closing) else Closing(language)
    shown = {
        "round": row,
        "report": report,
        "outcomes": [
            (words.label("cleanup_outcomes", each, language), report.outcomes.get(each, 0)) for each in Outcome
        ],
        "open": report.outcomes.get("", 0),
        "measured": _measured(report.before, report.after, language),
        "items": _items(row, language, form),
        "excluded": [each for each in row.units if each.get("excluded")],
        "closing": closing,
        "refusal": refusal,
    }
    return render(request, "desk/items/round.html", shown, status=status)


def _items(row: Round, language: str, form: ListForm | None) -> list[ItemShown]:
    flagged: dict[str, list[Flag]] = {}
    for flag in rounds.flags_of(row, clock.today()):
        flagged.setdefault(flag.item, []).append(flag)
    by_item: dict[str, list[RoundItem]] = {}
    for each in row.items.order_by("code"):
        by_item.setdefault(each.item, []).append(each)
    sent = str(form.data.get("item", "")) if form is not None else ""
    found = []
    for item, variants in by_item.items():
        first = variants[0]
        told = {"outcome": first.outcome, "reason": first.outcome_reason, "level": first.level, "unit": first.receiver}
        is_sent = item == sent
        found.append(
            ItemShown(
                item=item,
                name=first.name,
                variants=len(variants),
                item_class=words.label("list_item_classes", first.item_class, language),
                flags=tuple(_said(each, language) for each in flagged.get(item, ())),
                outcome=words.label("cleanup_outcomes", first.outcome, language) if first.outcome else "",
                reason=first.outcome_reason,
                finding=form if is_sent and isinstance(form, Finding) else Finding(item, language),
                settling=form if is_sent and isinstance(form, Settling) else Settling(item, language, initial=told),
            )
        )
    return sorted(found, key=lambda each: (bool(each.outcome), not each.flags))


def _said(flag: Flag, language: str) -> str:
    reason = words.label("cleanup_reasons", flag.reason, language)
    return f"{reason} ({flag.of})" if flag.of else reason


def _measured(before: Totals, after: Totals, language: str) -> list[Measured]:
    def days(counted: Mapping[str, int]) -> str:
        return " · ".join(f"{number} {words.label('units', unit, language)}" for unit, number in counted.items()) or "0"

    return [
        Measured(_("Items one can apply for"), str(before.procedures), str(after.procedures)),
        Measured(_("Steps"), str(before.steps), str(after.steps)),
        Measured(_("Materials"), str(before.materials), str(after.materials)),
        Measured(_("Statutory limits together"), days(before.statutory), days(after.statutory)),
        Measured(_("Promised limits together"), days(before.committed), days(after.committed)),
    ]
