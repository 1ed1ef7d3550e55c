"""What the address of a page of figures asks for: a period, some items, one's own cases or a whole region's."""

from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from banjie.cases.scope import Scope
from banjie.duties.statistics.asked import Asked, below
from banjie.duties.statistics.values import region_of
from banjie.duties.supervision import jurisdiction
from banjie.faces.forms.asking import Offered
from banjie.records.catalogue import naming
from banjie.records.catalogue.models import ProcedureVersion
from banjie.records.organisation.queries import credit_code_places, unit_names, unit_places
from banjie.web import clock
from banjie.web.request import Request, asking

READS = ("section_head", "head_of_agency", "head_of_government", "decider", "supervisor")
CATEGORIES = ("commerce", "social", "investment")
CREDIT_CODE = 18
"""Digits of a unified social credit code (GB 32100), with which an item's code begins."""
LONGEST = 366 * 5
"""Days of the longest period that is counted."""


class Narrow(forms.Form):
    """The period and the items. What cannot be read is left out: figures are shown whatever the address says."""

    since = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    category = Offered(required=False)
    unit = Offered(required=False)
    item = Offered(required=False)
    whole = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, language: str) -> None:
        super().__init__(data, auto_id="narrow-%s", use_required_attribute=False)
        english = language == "en"
        rows = ProcedureVersion.objects.order_by("code", "version").values_list("code", "name", "english")
        items = {code: (english and other) or name for code, name, other in rows}
        self.fields["since"].label, self.fields["until"].label = _("From"), _("To")
        self._offer("category", _("Business category"), [(each, category_name(each, language)) for each in CATEGORIES])
        places = unit_places(language)
        self._offer("unit", _("Unit that decides"), _told_apart(unit_names(language), lambda unit: places[unit]))
        regions = credit_code_places(language)
        self._offer("item", _("Item"), _told_apart(items, lambda code: (regions.get(code[:CREDIT_CODE], code),)))

    def _offer(self, name: str, label: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.label, field.choices = label, [("", _("all")), *choices]

    @property
    def given(self) -> Mapping[str, Any]:
        """What could be read."""
        self.is_valid()
        return {
            name: value.replace("\x00", "")[:60] if isinstance(value, str) else value
            for name, value in self.cleaned_data.items()
            if value
        }


def _told_apart(names: Mapping[str, str], further: Callable[[str], Sequence[str]]) -> list[tuple[str, str]]:
    """Choices in the order of their names; where several have one name, each with as much further as tells it apart."""
    told = dict(names)
    most = max((len(further(each)) for each in told), default=0)
    for number in range(most):
        often = Counter(told.values())
        for each, name in told.items():
            if often[name] > 1:
                told[each] = f"{name} · {further(each)[number]}"
    return sorted(told.items(), key=lambda each: each[1])


@dataclass(frozen=True, slots=True)
class Preset:
    """A period one can turn to."""

    name: str
    query: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Page:
    """What a page of figures was asked: what is counted, as of when, for which place, and how its addresses go on."""

    asked: Asked
    on: date
    region: str
    narrow: Narrow
    may_watch: bool
    is_whole: bool

    @property
    def query(self) -> str:
        """The query string of this page, in one order."""
        return self._with()

    def _with(self, **changes: str) -> str:
        told = QueryDict(mutable=True)
        asked = self.asked
        told["since"], told["until"] = asked.since.isoformat(), asked.until.isoformat()
        for name, value in (("category", asked.category), ("unit", asked.unit), ("item", asked.item)):
            if value:
                told[name] = value
        if self.may_watch and not self.is_whole:
            told["whole"] = "0"
        for name, value in changes.items():
            told[name] = value
            if not value:
                told.pop(name)
        return told.urlencode()

    def narrowed(self, **changes: str) -> str:
        """The query string with something else."""
        return self._with(**changes)

    @property
    def own_query(self) -> str:
        """The same of one's own cases."""
        return self._with(whole="0")

    @property
    def whole_query(self) -> str:
        """The same of the whole region."""
        return self._with(whole="")

    @property
    def presets(self) -> list[Preset]:
        """The periods one can turn to."""
        return [
            Preset(
                name,
                self._with(since=since.isoformat(), until=until.isoformat()),
                (since, until) == (self.asked.since, self.asked.until),
            )
            for name, since, until in periods(self.on)
        ]


def page_of(request: Request, language: str) -> Page:
    """What this request asks for. The period is the last twelve months, where the address names none."""
    actor, on = asking(request), clock.today()
    narrow = Narrow(request.GET, language)
    given = narrow.given
    _name, since, until = periods(on)[0]
    since, until = given.get("since", since), given.get("until", until)
    if since > until:
        since, until = until, since
    if (until - since).days > LONGEST:
        since = date.fromordinal(until.toordinal() - LONGEST)
    region = region_of(actor.agency)
    supervised = jurisdiction.regions_of(actor)
    watched = supervised or (below(region) if "head_of_government" in actor.posts else frozenset())
    is_whole = bool(watched) and given.get("whole") != "0"
    asked = Asked(
        since,
        until,
        Scope.of(actor),
        watched if is_whole else None,
        supervises=is_whole and bool(supervised),
        unit=given.get("unit", ""),
        item=given.get("item", ""),
        category=given.get("category", ""),
    )
    return Page(asked, on, region, narrow, bool(watched), is_whole)


def periods(on: date) -> list[tuple[str, date, date]]:
    """The periods one can turn to, with their first and last day; the first is the one a page begins with."""
    first = on.replace(day=1)
    before = date.fromordinal(first.toordinal() - 1)
    quarter = on.replace(month=3 * ((on.month - 1) // 3) + 1, day=1)
    year_ago = first.replace(year=first.year - 1)
    twelve = date(year_ago.year, year_ago.month, monthrange(year_ago.year, year_ago.month)[1]).toordinal() + 1
    return [
        (_("twelve months"), date.fromordinal(twelve), on),
        (_("this month"), first, on),
        (_("last month"), before.replace(day=1), before),
        (_("this quarter"), quarter, on),
        (_("this year"), on.replace(month=1, day=1), on),
    ]


def category_name(category: str, language: str) -> str:
    """What a business category is called."""
    return naming.value_name("", "category", category, language) or category
