"""What one can ask for in inspections: one form a button, each with the id of its command."""

from collections.abc import Iterable
from datetime import date, timedelta

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from banjie.duties.inspections import sampling, visits
from banjie.faces.desk.items.lists import ListForm
from banjie.faces.forms.asking import DayInput

Pairs = list[tuple[str, str]]
ROWS = 3
"""Rows for problems on a form; more are recorded as another visit."""


class Period(ListForm):
    """From a day to a day."""

    def __init__(self, name: str, language: str, since: date, until: date, data: QueryDict | None = None) -> None:
        self.name = name
        super().__init__(language, data, {"since": since, "until": until})
        self.fields["since"] = forms.DateField(label=_("From"), widget=DayInput())
        self.fields["until"] = forms.DateField(label=_("Until"), widget=DayInput())
        self.ready()


class Beacon(ListForm):
    """The public half of a seed."""

    name = "beacon"

    def __init__(self, language: str, data: QueryDict | None = None) -> None:
        super().__init__(language, data)
        self.fields["beacon"] = forms.CharField(
            label=_("Public number, and where it stands"),
            help_text=_(
                "One that came out after the list was fixed: a lottery draw, a closing index. Anybody looks it up."
            ),
            max_length=200,
        )
        self.ready()


class Reviewing(ListForm):
    """What a reviewer found in a case."""

    name = "review"

    def __init__(self, language: str, data: QueryDict | None = None) -> None:
        super().__init__(language, data)
        self.fields["outcome"] = forms.ChoiceField(
            label=_("What was found"),
            choices=self.coded("review_outcomes", sampling.OUTCOMES),
            widget=forms.RadioSelect,
        )
        self.fields["defects"] = forms.MultipleChoiceField(
            label=_("In what"),
            choices=self.coded("review_defects", sampling.DEFECTS),
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
        self.fields["text"] = self.text(
            _("In words"), _("What was looked at and what it showed. No names of applicants.")
        )
        self.ready()

    def found(self) -> sampling.Found:
        """As the room takes it."""
        given = self.cleaned_data
        return sampling.Found(given["outcome"], tuple(given["defects"]), given["text"])


class Visiting(ListForm):
    """An inspection or a patrol, with what it found."""

    name = "visit"

    def __init__(
        self, units: Pairs, windows: Pairs, people: Pairs, language: str, today: date, data: QueryDict | None = None
    ) -> None:
        super().__init__(language, data, {"on": today})
        self.fields["kind"] = forms.ChoiceField(
            label=_("What it was"), choices=self.coded("inspection_kinds", visits.KINDS), widget=forms.RadioSelect
        )
        self.fields["unit"] = forms.ChoiceField(label=_("Where"), choices=units)
        self.fields["window"] = self.one_of(_("Window"), windows)
        self.fields["on"] = forms.DateField(label=_("Day"), widget=DayInput())
        self.fields["inspectors"] = forms.MultipleChoiceField(
            label=_("Who looked (an inspection is made by two)"), choices=people, widget=forms.CheckboxSelectMultiple
        )
        for nth in range(1, ROWS + 1):
            self.fields[f"about_{nth}"] = self.one_of(
                _("Problem %(nth)d") % {"nth": nth}, self.coded("inspection_about", visits.ABOUT)
            )
            self.fields[f"text_{nth}"] = self.text(_("What was seen"), _("It may be made public: no names."))
        self.ready()

    def look(self) -> visits.Look:
        """As the room takes it."""
        given = self.cleaned_data
        problems = tuple(
            (given[f"about_{nth}"], given[f"text_{nth}"])
            for nth in range(1, ROWS + 1)
            if given[f"about_{nth}"] or given[f"text_{nth}"]
        )
        people = tuple(given["inspectors"])
        return visits.Look(given["kind"], given["unit"], given["on"], people, problems, given["window"])


class Settling(ListForm):
    """How a problem was put right."""

    name = "settle"

    def __init__(self, language: str, data: QueryDict | None = None) -> None:
        super().__init__(language, data)
        self.fields["how"] = self.text(_("How it was put right"))
        self.ready()


class Placing(ListForm):
    """The day for which windows are drawn."""

    name = "place"

    def __init__(self, language: str, today: date, data: QueryDict | None = None) -> None:
        super().__init__(language, data, {"on": today + timedelta(days=1)})
        self.fields["on"] = forms.DateField(label=_("For which day"), widget=DayInput())
        self.ready()


def last_month(today: date) -> tuple[date, date]:
    """The first and the last day of the month before."""
    until = today.replace(day=1) - timedelta(days=1)
    return until.replace(day=1), until


def pairs(named: Iterable[tuple[str, str]]) -> Pairs:
    """Choices by name."""
    return sorted(named, key=lambda each: each[1])
