"""What one can ask for in delivery and fees: one form a button, each with the id of its command."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from banjie.duties.delivery import choosing, handing
from banjie.duties.fees import reconciling
from banjie.engine.law import Law
from banjie.engine.state import State
from banjie.faces.desk.items.lists import ListForm


class Handing(ListForm):
    """Somebody takes the result across the window."""

    name = "hand"

    def __init__(self, language: str, data: Any = None) -> None:
        super().__init__(language, data)
        self.fields["code"] = forms.CharField(
            label=_("Collection code"),
            help_text=_("The collector shows it on the page of their case."),
            max_length=12,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )
        self.fields["taker"] = forms.ChoiceField(
            label=_("Who takes it"), choices=self.coded("collectors", handing.TAKERS), widget=forms.RadioSelect
        )
        self.fields["taker_name"] = forms.CharField(
            label=_("Name of the agent"), help_text=_("Only where an agent takes it."), required=False, max_length=60
        )
        self.fields["checked"] = forms.ChoiceField(
            label=_("What showed who they are"), choices=self.coded("identity_checks", handing.CHECKED)
        )
        self.ready()


class ChoosingFor(ListForm):
    """What the applicant has said at the window about how the result is to reach them."""

    name = "choose"

    def __init__(self, language: str, state: State, law: Law, method: str, data: Any = None) -> None:
        super().__init__(language, data, {"method": method})
        self.fields["method"] = forms.ChoiceField(
            label=_("How the applicant wants the result"),
            choices=self.coded("delivery_methods", choosing.methods(state, law)),
            widget=forms.RadioSelect,
        )
        self.ready()


class Answering(ListForm):
    """What a difference is about."""

    def __init__(self, language: str, which: str, data: Any = None) -> None:
        self.name = f"answer-{which}"
        super().__init__(language, data)
        self.fields["answer"] = forms.ChoiceField(
            label=_("What is it about?"), choices=self.coded("difference_answers", reconciling.ANSWERS)
        )
        self.ready()
