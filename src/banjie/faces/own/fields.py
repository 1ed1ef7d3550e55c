"""Forms of one's own account: labels and what is wrong come from the words of the engine."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from banjie import words
from banjie.records.parties.mandates import Terms
from banjie.records.parties.models import MandateKind
from banjie.records.parties.sign_up import CONSENTS


class Plain(forms.Form):
    """A form whose fields are named as the room below names them, so that each problem stands beside its field."""

    def __init__(self, language: str, data: QueryDict | None = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, auto_id="f-%s")
        self.language = language
        self.use_required_attribute = False
        self.prepare()

    def prepare(self) -> None:
        """Add the fields."""

    def line(self, name: str, label: str = "", help: str = "", **attrs: str) -> None:
        """A line of text."""
        told = label or words.label("fields", name, self.language)
        widget = forms.TextInput(attrs=attrs)
        self.fields[name] = forms.CharField(label=told, required=False, help_text=help, widget=widget)

    def secret(self, name: str, label: str, help: str = "", autocomplete: str = "new-password") -> None:
        """A password: never shown again."""
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        self.fields[name] = forms.CharField(
            label=label, required=False, help_text=help, strip=False, max_length=1000, widget=widget
        )

    def day(self, name: str, label: str, help: str = "", initial: date | None = None) -> None:
        """A day."""
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        field = forms.DateField(label=label, required=False, help_text=help, initial=initial, widget=widget)
        field.error_messages["invalid"] = words.problem("no_such_date", self.language)
        self.fields[name] = field

    def chosen(self, name: str, label: str, choices: Sequence[tuple[str, str]], initial: str = "") -> None:
        """One of several."""
        field = forms.ChoiceField(label=label, choices=choices, initial=initial, widget=forms.RadioSelect())
        field.error_messages |= {
            "required": words.problem("needed", self.language),
            "invalid_choice": words.problem("unknown_choice", self.language),
        }
        self.fields[name] = field

    def ticked(self, name: str, label: str, help: str = "") -> None:
        """A box to tick."""
        self.fields[name] = forms.BooleanField(label=label, help_text=help, required=False)

    def add_problems(self, problems: Sequence[tuple[str, str]]) -> None:
        """Put each problem beside its field; those of the consents beside the box that is not ticked."""
        for path, code in problems:
            name = path.removeprefix("applicant.")
            if name == "consents":
                for each in CONSENTS:
                    if not self.cleaned_data.get(each):
                        self.add_error(each, words.problem(code, self.language))
                continue
            self.add_error(name if name in self.fields else None, words.problem(code, self.language))

    @property
    def wrong_fields(self) -> list[tuple[str, str]]:
        """What is wrong, as (id of the field, its label)."""
        return [(self[name].auto_id, str(self[name].label)) for name in self.errors if name in self.fields]

    def text(self, name: str) -> str:
        """What was typed, without spaces around it."""
        return str(self.cleaned_data.get(name) or "").strip()


class SignUp(Plain):
    """Who one is, and how one signs in from now on."""

    kind = "person"

    def prepare(self) -> None:
        self.line("name", autocomplete="name" if self.kind == "person" else "organization")
        number = _("Identity card number") if self.kind == "person" else _("Unified social credit code")
        self.line("id_number", number, autocomplete="off", spellcheck="false")
        if self.kind == "enterprise":
            self.line("legal_representative", autocomplete="off")
        self.line("phone", autocomplete="tel", inputmode="tel")
        self.line("address", help=_("You need not say it now; every application asks for it."), autocomplete="off")
        self.line(
            "username",
            _("User name"),
            _("Small letters, digits, dots and hyphens; not your name and not your number."),
            autocomplete="username",
            autocapitalize="none",
            spellcheck="false",
        )
        self.secret(
            "password", _("Password"), _("At least 10 characters. Three words that do not belong together are good.")
        )
        self.ticked(
            "privacy",
            _("I agree that these particulars are kept encrypted and used for my applications."),
            _("Nobody sees them without a reason, and every look at them is recorded. You can have them erased."),
        )
        self.ticked("true_particulars", _("What I say of myself is true; false statements have consequences in law."))

    @property
    def particulars(self) -> dict[str, str]:
        """As the register of parties takes them."""
        names = ("name", "id_number", "legal_representative", "phone", "address")
        id_type = "id_card" if self.kind == "person" else "uscc"
        return {"kind": self.kind, "id_type": id_type, **{name: self.text(name) for name in names}}

    @property
    def consents(self) -> list[str]:
        """What was ticked."""
        return [each for each in CONSENTS if self.cleaned_data.get(each)]


class EnterpriseSignUp(SignUp):
    """The same for an enterprise."""

    kind = "enterprise"


class Reached(Plain):
    """How one is reached."""

    def prepare(self) -> None:
        self.line("phone", autocomplete="tel", inputmode="tel")
        self.line("email", help=_("Only if you like."), autocomplete="email", inputmode="email")
        self.line("address", autocomplete="street-address")
        self.line("registered_address", autocomplete="off")


class Forgotten(Plain):
    """A new password for a code."""

    def prepare(self) -> None:
        self.line("username", _("User name"), autocomplete="username", autocapitalize="none", spellcheck="false")
        self.line(
            "code",
            _("Recovery code, or the code from the window"),
            autocomplete="one-time-code",
            autocapitalize="none",
            spellcheck="false",
        )
        self.secret("password", _("New password"), _("At least 10 characters."))


class NewPassword(Plain):
    """Another password, by whoever knows the present one."""

    def prepare(self) -> None:
        self.secret("present", _("Present password"), autocomplete="current-password")
        self.secret("password", _("New password"), _("At least 10 characters."))


class Reason(Plain):
    """Why one wants to see what is masked."""

    def prepare(self) -> None:
        self.line(
            "reason", _("Why do you want to see them in full?"), _("The reason is recorded, and so is that you looked.")
        )


class Giving(Plain):
    """A mandate for somebody, who is named as on their identity card."""

    def __init__(
        self,
        language: str,
        is_enterprise: bool,
        items: Sequence[tuple[str, str]],
        today: date,
        data: QueryDict | None = None,
    ) -> None:
        self.is_enterprise, self.items, self.today = is_enterprise, items, today
        super().__init__(language, data)

    def prepare(self) -> None:
        kinds = [MandateKind.EMPLOYEE, MandateKind.LEGAL_REPRESENTATIVE] if self.is_enterprise else []
        kinds.append(MandateKind.POWER_OF_ATTORNEY)
        choices = [(each.value, words.label("mandate_kinds", each.value, self.language)) for each in kinds]
        self.line("name", _("Name of the agent, as on the identity card"), autocomplete="off")
        self.line("id_number", _("Identity card number of the agent"), autocomplete="off", spellcheck="false")
        self.chosen("kind", _("Why they act for you"), choices, initial=choices[0][0])
        self.day("since", _("First day"), initial=self.today)
        self.day(
            "until", _("Last day"), _("Three years at most. A legal representative acts until the mandate is ended.")
        )
        field = forms.MultipleChoiceField(
            label=_("For which items"),
            help_text=_("Tick none, and it holds for every item."),
            choices=self.items,
            required=False,
            widget=forms.CheckboxSelectMultiple(),
        )
        self.fields["items"] = field
        self.ticked(
            "may_commit",
            _("The agent may also sign commitments (告知承诺) in my name"),
            _("Without this the agent can do everything else. A false commitment is yours to answer for."),
        )
        self.ticked(
            "consent",
            _("I give this mandate: what the agent hands in and receives within it counts as done by me."),
            _("You can end it at any time, under My account."),
        )

    @property
    def terms(self) -> Terms:
        """What the mandate says."""
        given = self.cleaned_data
        return Terms(
            kind=MandateKind(given["kind"]),
            since=given.get("since") or self.today,
            until=given.get("until"),
            items=tuple(given.get("items") or ()),
            may_commit=bool(given.get("may_commit")),
        )


class Accepting(Plain):
    """The code of a mandate."""

    def prepare(self) -> None:
        self.line(
            "code",
            _("Code of the mandate"),
            _("Twelve letters and digits, from whoever gave it."),
            autocomplete="off",
            autocapitalize="characters",
            spellcheck="false",
        )
