"""The work list: what waits for me and my unit by time left, narrowed, saved, and taken on several cases at once."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from banjie import words
from banjie.cases import queries, worklist
from banjie.cases.handle import handle
from banjie.cases.scope import Scope
from banjie.cases.worklist import Wanted
from banjie.engine import commands as c
from banjie.engine.commands import Actor
from banjie.engine.events import Person
from banjie.engine.not_possible import NotPossible
from banjie.faces.desk.models import SavedFilter
from banjie.faces.forms.asking import Offered
from banjie.faces.forms.saying import language_of, says_no
from banjie.faces.forms.work import cases_shown, tasks_shown
from banjie.records.catalogue.calendars import missing_year
from banjie.records.catalogue.queries import law, newest_names
from banjie.records.organisation.queries import unit_names
from banjie.web import clock
from banjie.web.request import Request, asking, command_id_of
from banjie.web.roles import for_role

MOST_FILTERS = 20
MOST_AT_ONCE = worklist.PAGE


class Narrow(forms.Form):
    """The list narrowed. What cannot be read is left out: a list is shown whatever the address says."""

    whose = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    number = forms.CharField(required=False, max_length=40, widget=forms.TextInput(attrs={"data-key": "/"}))
    item = Offered(required=False)
    stage = Offered(required=False)
    unit = Offered(required=False)
    due = forms.ChoiceField(required=False)
    sort = forms.ChoiceField(required=False)
    person = forms.RegexField(r"^[\w.@:/|-]{1,64}$", required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, among: worklist.Among, language: str) -> None:
        super().__init__(data, auto_id="narrow-%s", use_required_attribute=False)
        items, units = newest_names(among.items, language), unit_names(language)
        self._offer("whose", "", [(each, each) for each in (*worklist.WHOSE, "cases")])
        self.fields["number"].label = _("Number begins with")
        self._offer("item", _("Item"), [(each, items.get(each, each)) for each in among.items])
        self._offer("stage", _("Stage"), [(each, words.label("stages", each, language)) for each in among.stages])
        self._offer("unit", _("Unit"), [(each, units.get(each, each)) for each in among.units])
        self._offer("due", _("Due"), list(due_names().items()))
        self._offer("sort", _("Order"), list(sort_names().items()), blank=False)

    def _offer(self, name: str, label: str, choices: list[tuple[str, str]], blank: bool = True) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        # A kept list may ask for what nothing is of today: then it is empty, and says so.
        given = str(self.data.get(name, ""))[:60]
        beside = [(given, given)] if given and isinstance(field, Offered) and given not in dict(choices) else []
        field.label, field.choices = label, [("", _("all")), *choices, *beside] if blank else choices

    @property
    def wanted(self) -> Wanted:
        """What is looked for."""
        self.is_valid()
        given = {name: plain for name, value in self.cleaned_data.items() if (plain := value.replace("\x00", "")[:60])}
        return Wanted(**given)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out beside whose it is."""
        plain = asdict(Wanted())
        return any(value != plain[name] for name, value in asdict(self.wanted).items() if name not in ("whose", "sort"))

    @property
    def seen(self) -> list[Any]:
        """The fields one sees, without a choice that leaves no choice."""
        return [
            each for each in self.visible_fields() if each.name != "unit" or len(getattr(each.field, "choices", ())) > 2
        ]


@dataclass(frozen=True, slots=True)
class Tab:
    """A list one can turn to, with how many tasks stand in it (None: nobody counted)."""

    whose: str
    name: str
    count: int | None
    is_here: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that opens what it counts. `due`: the span of time it counts."""

    due: str
    name: str
    count: int
    address: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of taking one case: the reason where it could not be taken."""

    number: str
    item: str
    refusal: words.Refusal | None = None


def due_names() -> Mapping[str, str]:
    """What the spans of time are called."""
    return {
        "late": _("late"),
        "today": _("today"),
        "week": _("in the next seven days"),
        "later": _("later"),
    }


def sort_names() -> Mapping[str, str]:
    """What the orders are called."""
    return {"due": _("by time left"), "waiting": _("by how long it has waited"), "item": _("by item")}


@for_role("staff")
@require_safe
@says_no
def home(request: Request) -> HttpResponse:
    """What waits for me, or another list; `?number=` with a whole number goes to its case."""
    actor, language, on = asking(request), language_of(request), clock.today()
    scope = Scope.of(actor)
    number = request.GET.get("number", "").strip()
    refusal = None
    if number:
        try:
            return redirect("desk:case", queries.find(number, scope).query_number)
        except NotPossible as no:
            refusal = words.refusal(no, language)
    mine = SavedFilter.objects.filter(owner=actor.id).order_by("name")
    saved = list(mine)
    begins = next((each for each in saved if each.is_default), None) if not request.GET else None
    narrow = Narrow(QueryDict(begins.query) if begins else request.GET, worklist.among(scope), language)
    wanted, cursor = narrow.wanted, request.GET.get("after", "")[:400]
    counted = worklist.counts(scope, actor, on)
    shown: dict[str, Any] = {
        "narrow": narrow,
        "tabs": _tabs(wanted.whose, counted),
        "figures": _figures(counted),
        "saved": saved,
        "begins": begins,
        "query": _query(wanted),
        "batch": uuid.uuid4(),
    }
    if wanted.whose == "cases":
        page = _cases(scope, wanted.stage, cursor)
        shown |= {"cases": cases_shown(page.rows, language), "after": page.after, "is_first": not cursor}
    else:
        lines = _page(scope, actor, on, wanted, cursor)
        shown["tasks"] = tasks_shown(lines.lines, language, on)
        shown |= {"after": lines.after, "is_first": lines.is_first}
        shown["takes"] = actor.unit if any(each.is_free and each.unit == actor.unit for each in shown["tasks"]) else ""
        if refusal and shown["tasks"]:
            refusal = None  # the beginning of a number narrows the list
    shown["refusal"] = refusal
    if "calendar_keeper" in actor.posts:
        shown["calendar_missing"] = sorted(set(missing_year(on).values()))
    return render(request, "desk/home.html", shown, status=404 if refusal else 200)


@dataclass(frozen=True, slots=True)
class CasesPage:
    """Some cases, and the cursor of the next ones."""

    rows: list[Any]
    after: str


def _cases(scope: Scope, stage: str, cursor: str) -> CasesPage:
    try:
        after = uuid.UUID(cursor) if cursor else None
    except ValueError:
        after = None
    rows = queries.cases(scope, (stage,) if stage else (), after, most=worklist.PAGE + 1)
    here = rows[: worklist.PAGE]
    return CasesPage(here, str(here[-1].stream) if len(rows) > worklist.PAGE else "")


def _page(scope: Scope, actor: Actor, on: date, wanted: Wanted, cursor: str) -> worklist.Page:
    try:
        return worklist.tasks(scope, actor, on, wanted, cursor)
    except ValueError:  # an address that was put together by hand: from the beginning
        return worklist.tasks(scope, actor, on, wanted)


def _query(wanted: Wanted) -> str:
    """The query string of a list, in one order, without what says nothing."""
    plain, given = asdict(Wanted()), QueryDict(mutable=True)
    for name, value in asdict(wanted).items():
        if value != plain[name]:
            given[name] = value
    return given.urlencode()


def _tabs(here: str, counted: Mapping[str, int]) -> list[Tab]:
    names = {"mine": _("Mine"), "unit": _("My unit's"), "nobody": _("Nobody's yet")}
    tabs = [Tab(whose, name, counted[whose], whose == here) for whose, name in names.items()]
    if counted["all"] > counted["unit"] or here == "all":
        tabs.append(Tab("all", _("Everything I see"), counted["all"], here == "all"))
    return [*tabs, Tab("cases", _("Cases"), None, here == "cases")]


def _figures(counted: Mapping[str, int]) -> list[Figure]:
    home = reverse("desk:home")
    names = {"late": _("late"), "today": _("due today"), "week": _("due in seven days")}
    return [Figure(due, name, counted[due], f"{home}?whose=mine&due={due}") for due, name in names.items()]


# Saved filters


@for_role("staff")
@require_POST
def save_filter(request: Request) -> HttpResponse:
    """Give the list one is looking at a name; the same name again replaces it."""
    actor = asking(request)
    name = request.POST.get("name", "").replace("\x00", "").strip()[:40]
    narrow = Narrow(QueryDict(request.POST.get("query", "")[:300]), worklist.among(Scope.of(actor)), "zh-hans")
    query = _query(narrow.wanted)
    back = f"{reverse('desk:home')}?{query or 'whose=mine'}"
    mine = SavedFilter.objects.filter(owner=actor.id)
    if not name:
        messages.warning(request, _("Give the list a name. Nothing was saved."))
        return redirect(back)
    if mine.exclude(name=name).count() >= MOST_FILTERS:
        messages.warning(request, _("You keep %(number)d lists already. Remove one first.") % {"number": MOST_FILTERS})
        return redirect(back)
    begins = "begin" in request.POST
    with transaction.atomic():
        if begins:
            mine.filter(is_default=True).update(is_default=False)
        SavedFilter.objects.update_or_create(owner=actor.id, name=name, defaults={"query": query, "is_default": begins})
    messages.success(request, _("Saved: %(name)s.") % {"name": name})
    return redirect(back)


@for_role("staff")
@require_POST
def drop_filter(request: Request, filter_id: int) -> HttpResponse:
    """Forget one of one's own lists."""
    SavedFilter.objects.filter(owner=asking(request).id, id=filter_id).delete()
    return redirect(f"{reverse('desk:home')}?whose=mine")


# Taking several cases at once


@for_role("staff")
@require_POST
@says_no
def take(request: Request) -> HttpResponse:
    """Take each chosen step oneself: one command a case, each with its own answer; pressing again changes nothing."""
    actor, language = asking(request), language_of(request)
    scope, batch = Scope.of(actor), command_id_of(request.POST, "batch")
    chosen = list(dict.fromkeys(request.POST.getlist("task")))
    taken = [_take(scope, actor, batch, each, language) for each in chosen[:MOST_AT_ONCE]]
    shown = {
        "taken": [each for each in taken if each.refusal is None],
        "left": [each for each in taken if each.refusal],
        "beyond": len(chosen) - len(taken),
        "query": request.POST.get("query", "")[:300],
    }
    return render(request, "desk/taken.html", shown)


def _take(scope: Scope, actor: Actor, batch: uuid.UUID, chosen: str, language: str) -> Taken:
    number, _slash, slug = chosen[:120].partition("/")
    item = ""
    names = None
    try:
        case = queries.find(number, scope)
        procedure = law(case.procedure, case.procedure_version).procedure
        item = (language == "en" and procedure.english) or procedure.name
        names = words.names_of(procedure, language)
        command = c.Assign(
            command_id=uuid.uuid5(batch, chosen),
            at=clock.now(),
            by=actor,
            step=slug,
            people=(Person(actor.id, actor.unit),),
        )
        handle(case.stream, command)
    except NotPossible as no:
        return Taken(number, item, words.refusal(no, language, names))
    return Taken(number, item)


# One after the other


@for_role("staff")
@require_safe
@says_no
def following(request: Request, number: str) -> HttpResponse:
    """The case after this one in my list by time left; the first one where this one is done."""
    actor, on = asking(request), clock.today()
    page = worklist.tasks(Scope.of(actor), actor, on, Wanted(), most=500)
    numbers = list(dict.fromkeys(each.query_number for each in page.lines))
    place = numbers.index(number) + 1 if number in numbers else 0
    others = [each for each in [*numbers[place:], *numbers[:place]] if each != number]
    if not others:
        messages.info(request, _("Nothing else waits for you."))
        return redirect(f"{reverse('desk:home')}?whose=nobody")
    return redirect("desk:case", others[0])
