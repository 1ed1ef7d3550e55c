"""What one can ask for in supervision: one form a button, each with the id of its command."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from banjie.duties.supervision import orders, rulebook
from banjie.engine.codec import OFFICE_ZONE
from banjie.faces.desk.items.lists import ListForm
from banjie.faces.forms.asking import DayInput


class Moment(forms.DateTimeInput):
    """A moment of the office, in the one form browsers send."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class Writing(ListForm):
    """A text, and the button that sends it. `act`: what is asked for; `button`, `says`: its words."""

    def __init__(
        self, act: str, language: str, data: QueryDict | None = None, initial: dict[str, Any] | None = None
    ) -> None:
        self.name = self.act = act
        super().__init__(language, data, initial)
        self.title, label, self.help = WORDS[act]()
        self.before()
        self.fields["text"] = self.text(label)
        self.ready()

    def before(self) -> None:
        """Fields that stand before the text."""

    @property
    def said(self) -> str:
        """What was written."""
        return str(self.cleaned_data["text"])


class Issuing(Writing):
    """A card is issued: its colour, and what the unit is told."""

    def before(self) -> None:
        self.fields["colour"] = forms.ChoiceField(
            label=_("Which card"),
            choices=self.coded("card_colours", rulebook.COLOURS),
            widget=forms.RadioSelect,
        )


class Deciding(Writing):
    """An appeal is decided."""

    def before(self) -> None:
        self.fields["upheld"] = forms.ChoiceField(
            label=_("The card"),
            choices=[("yes", _("stands")), ("no", _("is revoked"))],
            widget=forms.RadioSelect,
        )


class ClosingOrder(Writing):
    """An order is closed with its result."""

    def before(self) -> None:
        self.fields["result"] = forms.ChoiceField(
            label=_("What came of it"),
            choices=self.coded("order_results", orders.RESULTS),
            widget=forms.RadioSelect,
        )


class Ordering(Writing):
    """A supervision order to a unit."""

    def __init__(self, units: list[tuple[str, str]], language: str, data: QueryDict | None = None) -> None:
        self.units = units
        super().__init__("order", language, data)

    def before(self) -> None:
        self.fields["unit"] = forms.ChoiceField(label=_("To which unit"), choices=self.units)
        self.fields["number"] = forms.CharField(
            label=_("Case number"), help_text=_("Where it is about one case."), required=False, max_length=60
        )


class Reporting(Writing):
    """A finding that no fact of the house can show, entered with what proves it."""

    def __init__(self, units: list[tuple[str, str]], language: str, data: QueryDict | None = None) -> None:
        self.units = units
        super().__init__("report", language, data)

    def before(self) -> None:
        entered = [each for each in rulebook.rules().values() if each.by == "person"]
        self.fields["rule"] = forms.ChoiceField(
            label=_("What was found"), choices=[(each.code, each.said(self.language)) for each in entered]
        )
        self.fields["unit"] = forms.ChoiceField(label=_("Responsible unit"), choices=self.units)
        self.fields["reference"] = forms.CharField(
            label=_("Number of the paper that proves it"),
            help_text=_("A number alone; what it says stands in the text."),
            max_length=60,
        )
        self.fields["on"] = forms.DateField(label=_("When it happened"), widget=DayInput())


class Registering(ListForm):
    """An outage: from when until when, whom it struck, and what proves it."""

    name = "outage"

    def __init__(self, units: list[tuple[str, str]], language: str, data: QueryDict | None = None) -> None:
        super().__init__(language, data)
        self.fields["number"] = forms.CharField(
            label=_("Number"), help_text=_("How papers entered late cite it."), max_length=40
        )
        for name, label in (("since", _("Out from")), ("until", _("Out until"))):
            self.fields[name] = forms.DateTimeField(label=label, widget=Moment(), input_formats=["%Y-%m-%dT%H:%M"])
        self.fields["unit"] = forms.ChoiceField(
            label=_("Whom it struck"), choices=[("", _("everybody in the region")), *units], required=False
        )
        self.fields["evidence"] = forms.CharField(
            label=_("What proves it"), help_text=_("The number of the notice or of the log."), max_length=100
        )
        self.ready()

    def moment(self, name: str) -> datetime:
        """A moment that was given, as the office's clocks show it."""
        given: datetime = self.cleaned_data[name]
        return given.replace(tzinfo=OFFICE_ZONE)


WORDS: dict[str, Callable[[], tuple[str, str, str]]] = {
    "issue": lambda: (_("Issue a card"), _("What the unit is told (may be left empty)"), ""),
    "dismiss": lambda: (_("No card"), _("Why not"), _("The finding is closed and speaks against nobody.")),
    "explain": lambda: (_("Explain"), _("How it came about"), ""),
    "rectify": lambda: (_("Report what was put right"), _("What was put right"), ""),
    "appeal": lambda: (_("Appeal"), _("Why the card is wrong"), _("Once. Somebody else than the issuer decides.")),
    "decide_appeal": lambda: (_("Decide the appeal"), _("Reasons"), ""),
    "close": lambda: (_("Close the card"), _("What was checked"), _("The result follows from where the card stands.")),
    "order": lambda: (_("Issue a supervision order"), _("What is to be done"), ""),
    "reply": lambda: (_("Reply"), _("What was done"), ""),
    "close_order": lambda: (_("Close the order"), _("What was checked"), ""),
    "report": lambda: (_("Enter a finding"), _("What happened"), _("For what no fact of a case can show.")),
}
"""The button, the label of the text, and a line of help, by what is asked for."""
