"""The lists (清单) of the keeper's region: how they stand, adjusting one, recording where it was made public."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.forms.boundfield import BoundField
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie import words
from banjie.engine.not_possible import NotPossible
from banjie.faces.desk.items import mine
from banjie.faces.desk.items.offered import Pairs, agencies_of
from banjie.faces.forms.asking import DayInput
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.catalogue import adjustments, lists, register, rounds
from banjie.records.catalogue.models import ListEntry, ListVersion
from banjie.records.catalogue.register import LEVELS, Action, Change, Entry, ListKind, Medium
from banjie.records.organisation.models import Region
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role

LONGEST = {"id": 60, "name": 200, "holder": 60, "unit": 200, "place": 200}
"""Characters of a line; any other text has room for LONG."""
LONG = 2000
FIELD_OF = {
    "list_reason_needed": "reason",
    "list_notice_needed": "notice",
    "effective_before_previous": "on",
    "not_a_basic_code": "id",
    "entry_already_listed": "id",
    "entry_not_listed": "id",
}
"""The field where a "no" of `adjust` is mended; `entry_incomplete` and `devolve_needs_receiver` name two."""


# The forms


class ListForm(forms.Form):
    """A form about one list. It carries the id of its command, so that a second press of the button changes nothing."""

    name = ""

    def __init__(self, language: str, data: QueryDict | None = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, auto_id=f"f-{self.name}-%s", initial=initial)
        self.language = language
        self.use_required_attribute = False
        self.fields["command_id"] = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4())

    def ready(self) -> None:
        """Give every field the words of the catalogue for what can be wrong with it."""
        for field in self.fields.values():
            invalid = "no_such_date" if isinstance(field, forms.DateField) else "not_possible"
            codes = {"required": "needed", "invalid": invalid, "max_length": "too_long"}
            field.error_messages |= {
                **{key: words.problem(code, self.language) for key, code in codes.items()},
                "invalid_choice": words.problem("unknown_choice", self.language),
            }

    def clean(self) -> dict[str, Any]:
        """A line ends as it does everywhere in the house, whatever the browser sent."""
        lines = {name: each.replace("\r\n", "\n") for name, each in self.cleaned_data.items() if isinstance(each, str)}
        return {**self.cleaned_data, **lines}

    @property
    def shown(self) -> list[BoundField]:
        """The fields one sees."""
        return self.visible_fields()

    def line(self, name: str, label: str, help: str = "") -> forms.CharField:
        """A field for one line; whether it must be filled is for `lists` to say."""
        return forms.CharField(label=label, help_text=help, required=False, max_length=LONGEST[name])

    def text(self, label: str, help: str = "") -> forms.CharField:
        """A field for several lines."""
        area = forms.Textarea(attrs={"rows": 2})
        return forms.CharField(label=label, help_text=help, required=False, max_length=LONG, widget=area)

    def one_of(self, label: str, pairs: Pairs, help: str = "", may_be_none: bool = True) -> forms.ChoiceField:
        """One of these, or none."""
        choices = [("", "–"), *pairs] if may_be_none else pairs
        return forms.ChoiceField(label=label, help_text=help, required=not may_be_none, choices=choices)

    def coded(self, section: str, codes: Iterable[str]) -> Pairs:
        """Codes with their words."""
        return [(code, words.label(section, code, self.language)) for code in codes]


class Adjusting(ListForm):
    """One adjustment of a list (动态调整): what is done with which entry, why, by which notice, from which day on."""

    name = "adjust"

    def __init__(
        self,
        region: str,
        kind: ListKind,
        language: str,
        data: QueryDict | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(language, data, initial)
        self.kind = kind
        self.standing = lists.latest(region).get(kind, {})
        acts = [
            (Action.ADD.value, _("Add an entry")),
            (Action.MODIFY.value, _("Modify an entry")),
            (Action.CANCEL.value, _("Cancel an entry")),
            (Action.DEVOLVE.value, _("Devolve an entry")),
        ]
        agencies = agencies_of(region, language, near=True)
        classes = self.coded("list_item_classes", (*rounds.CLASSES, *rounds.KINDS))
        self.fields["action"] = self.one_of(_("What is done"), acts, may_be_none=False)
        self.fields["id"] = self.line(
            "id",
            _("Number of the entry"),
            _("For items the basic code of 12 digits, otherwise a short name. All that is needed to cancel."),
        )
        self.fields["name"] = self.line("name", _("Name of the entry"))
        self.fields["holder"] = self.one_of(
            _("Held by"), _with_others(agencies, (each.holder for each in self.standing.values()))
        )
        self.fields["basis"] = self.text(_("Basis"))
        self.fields["duty"] = self.text(_("Duty"))
        self.fields["item_class"] = self.one_of(
            _("Class of the item"), _with_others(classes, (each.item_class for each in self.standing.values()))
        )
        self.fields["level"] = self.one_of(
            _("Receiving level"), self.coded("list_levels", LEVELS), _("Only where an entry is devolved.")
        )
        self.fields["unit"] = self.line("unit", _("Receiving unit"), _("Only where an entry is devolved."))
        self.fields["reason"] = self.text(_("Reason"), _("It is published with the list."))
        self.fields["notice"] = self.text(_("Public notice"), _("Its number or its text."))
        self.fields["on"] = forms.DateField(label=_("Counts from"), widget=DayInput())
        self.ready()

    def clean_id(self) -> str:
        """The number of the entry, without which nothing can be cancelled or handed down."""
        given = str(self.cleaned_data.get("id", ""))
        if not given and self.cleaned_data.get("action") in (Action.CANCEL, Action.DEVOLVE):
            raise forms.ValidationError(words.problem("needed", self.language))
        return given

    def change(self) -> Change:
        """What `adjustments.adjust` is asked to do."""
        given = self.cleaned_data
        if given["action"] == Action.CANCEL:
            return register.cancel(given["id"])
        if given["action"] == Action.DEVOLVE:
            return register.devolve(given["id"], given["level"], given["unit"])
        told = {name: given[name] for name in ("id", "name", "holder", "basis", "duty", "item_class")}
        if given["action"] == Action.ADD:
            return register.add(Entry(kind=self.kind, **told))
        stands = self.standing.get(given["id"])  # what was handed down stays where it is, whatever else it says
        return register.modify(Entry(kind=self.kind, level=stands.level if stands else "", **told))


class Publishing(ListForm):
    """Where and when a version of a list was made public; it begins with the newest and what is still missing of it."""

    name = "channel"

    def __init__(
        self, versions: Sequence[ListVersion], language: str, today: date, data: QueryDict | None = None
    ) -> None:
        through = {each["medium"] for each in versions[0].channels}
        waiting = [medium.value for medium in Medium if medium not in through]
        super().__init__(language, data, {"version": versions[0].version, "medium": waiting[0] if waiting else ""})
        self.fields["version"] = self.one_of(
            _("Version"), [(str(each.version), str(each.version)) for each in versions], may_be_none=False
        )
        self.fields["medium"] = self.one_of(_("Channel"), self.coded("list_media", Medium), may_be_none=False)
        self.fields["place"] = self.line("place", _("Which site, paper, station or window"))
        self.fields["on"] = forms.DateField(label=_("Made public on"), widget=DayInput(), initial=today)
        self.ready()


class Founding(ListForm):
    """The first version of a list the region must keep: empty, with its reason, its notice and its day."""

    name = "found"

    def __init__(self, kind: ListKind, language: str, today: date, data: QueryDict | None = None) -> None:
        super().__init__(language, data)
        self.auto_id = f"f-{kind}-%s"
        self.kind = kind
        self.fields["reason"] = self.text(_("Reason"), _("It is published with the list."))
        self.fields["notice"] = self.text(_("Public notice"), _("Its number or its text."))
        self.fields["on"] = forms.DateField(label=_("Counts from"), widget=DayInput(), initial=today)
        self.ready()


def _with_others(pairs: Pairs, values: Iterable[str]) -> Pairs:
    """What is offered, and behind it what stands on the list already and is not among it."""
    known = {value for value, _name in pairs}
    return [*pairs, *((each, each) for each in sorted({*values} - known - {""}))]


# The lists of the region


@dataclass(frozen=True, slots=True)
class ListLine:
    """A list in its newest version, with the channels through which that is still to be made public."""

    kind: ListKind
    version: ListVersion
    is_coming: bool
    missing: list[Medium]


@for_role("catalogue_keeper")
@require_safe
@says_no
def region_lists(request: Request) -> HttpResponse:
    """The lists the region keeps, what is left to do about each, and those it must keep and does not."""
    return _lists(request)


@for_role("catalogue_keeper")
@require_POST
@says_no
def found(request: Request, kind: str) -> HttpResponse:
    """Begin a list that the region must keep; its first version is empty, and lets nothing pass from its day on."""
    region, language, today = mine.region_of(asking(request)), language_of(request), clock.today()
    if kind not in lists.missing_lists(region, today):
        raise NotPossible("no_such_list")
    of = ListKind(kind)
    form = Founding(of, language, today, request.POST)
    if not form.is_valid():
        return _lists(request, form, status=422)
    given, actor = form.cleaned_data, asking(request)
    reason, notice = given["reason"], given["notice"]
    try:
        adjustments.adjust(region, of, (), reason, notice, actor.id, clock.now(), given["command_id"], given["on"])
    except NotPossible as no:
        refusal = words.refusal(no, language)
        if no.code in FIELD_OF and FIELD_OF[no.code] in form.fields:
            form.add_error(FIELD_OF[no.code], refusal.next)
        return _lists(request, form, refusal, status=409)
    messages.success(request, _("The list is kept now. Enter what stands on it."))
    return redirect("desk:list", region, of)


def _lists(
    request: Request, founding: Founding | None = None, refusal: words.Refusal | None = None, status: int = 200
) -> HttpResponse:
    region, today, language = mine.region_of(asking(request)), clock.today(), language_of(request)
    newest: dict[str, ListVersion] = {}
    for each in ListVersion.objects.filter(region=region).order_by("version"):
        newest[each.kind] = each
    missing = lists.missing_channels(region)
    shown = {
        "region": Region.objects.get(code=region),
        "lists": [
            ListLine(kind, newest[kind], newest[kind].on > today, _unpublished(missing, kind))
            for kind in ListKind
            if kind in newest
        ],
        "missing": [
            founding if founding and founding.kind == kind else Founding(kind, language, today)
            for kind in lists.missing_lists(region, today)
        ],
        "refusal": refusal,
    }
    return render(request, "desk/items/lists.html", shown, status=status)


def _unpublished(missing: dict[ListKind, frozenset[Medium]], kind: ListKind) -> list[Medium]:
    return [each for each in Medium if each in missing.get(kind, ())]


# One list


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry with the name of who holds it."""

    entry: ListEntry
    holder: str


@for_role("catalogue_keeper")
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def one(request: Request, region: str, kind: str) -> HttpResponse:
    """A list with its entries and the form to adjust it; `?entry=` fills the form with what that entry says."""
    of = _own(request, region, kind)
    language = language_of(request)
    if request.method != "POST":
        return _page(request, region, of, adjusting=Adjusting(region, of, language, initial=_said(request, region, of)))
    form = Adjusting(region, of, language, request.POST)
    if not form.is_valid():
        return _page(request, region, of, adjusting=form, status=422)
    given, actor = form.cleaned_data, asking(request)
    try:
        row = adjustments.adjust(
            region,
            of,
            [form.change()],
            given["reason"],
            given["notice"],
            actor.id,
            clock.now(),
            given["command_id"],
            given["on"],
        )
    except NotPossible as no:
        refusal = words.refusal(no, language)
        if no.code in FIELD_OF:
            form.add_error(FIELD_OF[no.code], refusal.next)
        return _page(request, region, of, adjusting=form, refusal=refusal, status=409)
    told = {"version": row.version, "day": words.day_in_words(row.on, language)}
    messages.success(request, _("Adjusted: version %(version)d counts from %(day)s. Now make it public.") % told)
    return redirect("desk:list", region, of)


@for_role("catalogue_keeper")
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def made_public(request: Request, region: str, kind: str) -> HttpResponse:
    """Record a channel through which a version of the list was made public."""
    of = _own(request, region, kind)
    if request.method != "POST":
        return redirect("desk:list", region, of)
    language = language_of(request)
    form = Publishing(_versions(region, of), language, clock.today(), request.POST)
    if not form.is_valid():
        return _page(request, region, of, publishing=form, status=422)
    given, actor = form.cleaned_data, asking(request)
    medium, version = Medium(given["medium"]), int(given["version"])
    adjustments.publish_channel(
        region, of, version, medium, given["on"], actor.id, clock.now(), given["command_id"], given["place"]
    )
    told = {"version": version, "channel": words.label("list_media", medium, language)}
    messages.success(request, _("Recorded: version %(version)d was made public. Channel: %(channel)s.") % told)
    return redirect("desk:list", region, of)


def _own(request: Request, region: str, kind: str) -> ListKind:
    """The kind of a list that the keeper's region keeps; NotPossible("no_such_list")."""
    is_own = region == mine.region_of(asking(request)) and kind in set(ListKind)
    if not is_own or not ListVersion.objects.filter(region=region, kind=kind).exists():
        raise NotPossible("no_such_list")
    return ListKind(kind)


def _said(request: Request, region: str, kind: ListKind) -> dict[str, Any]:
    """What the form begins with: today, and what the entry says that is to be modified."""
    newest = _versions(region, kind)[0]
    begun: dict[str, Any] = {"on": max(clock.today(), newest.on)}
    entry = lists.latest(region).get(kind, {}).get(request.GET.get("entry", ""))
    if entry:
        told = ("id", "name", "holder", "basis", "duty", "item_class")
        begun |= {"action": Action.MODIFY.value, **{name: getattr(entry, name) for name in told}}
    return begun


def _versions(region: str, kind: ListKind) -> list[ListVersion]:
    """The versions of a list, the newest first."""
    return list(ListVersion.objects.filter(region=region, kind=kind).order_by("-version"))


def _page(
    request: Request,
    region: str,
    kind: ListKind,
    *,
    adjusting: Adjusting | None = None,
    publishing: Publishing | None = None,
    refusal: words.Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    language, today, versions = language_of(request), clock.today(), _versions(region, kind)
    agencies = dict(agencies_of(region, language, near=True))
    rows = ListEntry.objects.filter(region=region, kind=kind).order_by("entry")

    def lines(found: QuerySet[ListEntry]) -> list[EntryLine]:
        return [EntryLine(each, agencies.get(each.holder, each.holder)) for each in found]

    shown = {
        "region": Region.objects.get(code=region),
        "kind": kind,
        "newest": versions[0],
        "is_coming": versions[0].on > today,
        "missing": _unpublished(lists.missing_channels(region), kind),
        "entries": lines(rows.filter(since__lte=today).exclude(until__lte=today)),
        "coming": lines(rows.filter(since__gt=today)),
        "adjusting": adjusting or Adjusting(region, kind, language, initial=_said(request, region, kind)),
        "publishing": publishing or Publishing(versions, language, today),
        "refusal": refusal,
    }
    return render(request, "desk/items/list.html", shown, status=status)
