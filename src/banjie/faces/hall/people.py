"""Who somebody is, seen at the window: identity raised, a paper mandate recorded, a code for a forgotten password.

Whoever stands there shows an original. The number on it finds the party; nothing of them is shown that is not masked,
and each act is a fact on the party's stream with the clerk who did it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from banjie import words
from banjie.engine import applicant
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.faces.forms.asking import DayInput, Offered
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.parties import mandates, register, resetting
from banjie.records.parties import queries as parties
from banjie.records.parties.mandates import Terms
from banjie.records.parties.models import ASSURED, Level, MandateKind, Party
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role


class Shown(forms.Form):
    """A form of this page; what is wrong stands beside its field."""

    def __init__(self, language: str, data: Any = None) -> None:
        super().__init__(data, auto_id="f-%s", use_required_attribute=False)
        self.language = language
        self.prepare()

    def prepare(self) -> None:
        """Add the fields."""

    def line(self, name: str, label: str = "", help: str = "") -> None:
        """A line of text."""
        told = label or words.label("fields", name, self.language)
        self.fields[name] = forms.CharField(label=told, help_text=help, required=False, max_length=200)

    def chosen(self, name: str, label: str, section: str, codes: Sequence[str]) -> None:
        """One of several codes."""
        choices = [(code, words.label(section, code, self.language)) for code in codes]
        self.fields[name] = Offered(label=label, choices=choices, required=False, widget=forms.RadioSelect())

    def text(self, name: str) -> str:
        """What was typed, without spaces around it."""
        return str(self.cleaned_data.get(name) or "").strip()

    def add_problems(self, problems: Sequence[tuple[str, str]]) -> None:
        """Put each problem beside its field."""
        for path, code in problems:
            name = path.removeprefix("applicant.")
            self.add_error(name if name in self.fields else None, words.problem(code, self.language))

    def needs(self, *names: str) -> None:
        """What may not be empty; BadInput."""
        empty = [(each, "needed") for each in names if not self.cleaned_data.get(each)]
        if empty:
            raise BadInput(empty)


class Seen(Shown):
    """What stands on the original that was shown."""

    def prepare(self) -> None:
        self.line("username", _("User name"))
        self.chosen("kind", words.label("fields", "kind", self.language), "applicant_kinds", applicant.KINDS)
        self.line("name")
        self.chosen("id_type", words.label("fields", "id_type", self.language), "id_types", applicant.ID_TYPES)
        self.line("id_number")
        self.fields["seen"] = forms.BooleanField(label=_("I have seen the original and the person"), required=False)


class OnPaper(Shown):
    """A mandate that was signed on paper."""

    def prepare(self) -> None:
        self.line("giver", _("Identity number of whoever gives the mandate"))
        self.line("agent", _("Identity number of whoever is to act"))
        self.chosen("kind", _("Why they act"), "mandate_kinds", [each.value for each in MandateKind])
        self.line("paper", _("Number of the mandate on paper (委托书)"))
        for name, label in (("since", _("From")), ("until", _("Until"))):
            self.fields[name] = forms.DateField(label=label, required=False, widget=DayInput())
        self.fields["may_commit"] = forms.BooleanField(
            label=_("The paper says that the agent may sign commitments (告知承诺)"), required=False
        )
        self.fields["seen"] = forms.BooleanField(
            label=_("I have seen the signed paper and the papers of both"), required=False
        )


class Forgotten(Shown):
    """Whose password was forgotten, and the number on the original they show."""

    def prepare(self) -> None:
        self.line("username", _("User name"))
        self.line("id_number")
        self.fields["seen"] = forms.BooleanField(label=_("I have seen the original and the person"), required=False)


@for_role("clerk")
@require_safe
def people(request: Request) -> HttpResponse:
    """What can be done for somebody about who they are."""
    return render(request, "hall/people.html")


@for_role("clerk")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def see_identity(request: Request) -> HttpResponse:
    """核验身份: the name and number of the original are the account's from now on."""
    form = Seen(language_of(request), request.POST if request.method == "POST" else None)
    return _answered(request, form, _("Identity seen at the window"), _see)


def _see(request: Request, form: Any, at: datetime) -> HttpResponse:
    form.needs("username", "seen")
    party = resetting.party_of(form.text("username"))
    seen = {name: form.text(name) for name in ("kind", "name", "id_type", "id_number")}
    if party.level in ASSURED and register.find_assured(seen["id_number"]) != party:
        raise NotPossible("assured_otherwise")  # an account that somebody has looked at does not change hands here
    register.assure(party.id, seen, Level.WINDOW, by=asking(request).id, at=at)
    messages.success(request, _("Recorded: the original was seen. From now on this account is assured."))
    return redirect("hall:people")


@for_role("clerk")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def record_mandate(request: Request) -> HttpResponse:
    """登记纸质委托书."""
    form = OnPaper(language_of(request), request.POST if request.method == "POST" else None)
    return _answered(request, form, _("Record a mandate on paper"), _record)


def _record(request: Request, form: Any, at: datetime) -> HttpResponse:
    form.needs("giver", "agent", "kind", "paper", "seen")
    giver, agent = _assured(form.text("giver")), _assured(form.text("agent"))
    given = form.cleaned_data
    kind, may_commit = MandateKind(given["kind"]), bool(given["may_commit"])
    terms = Terms(kind, given["since"] or clock.today(), given["until"], may_commit=may_commit)
    mandates.record_paper(giver.id, agent.id, terms, form.text("paper"), asking(request), at)
    messages.success(request, _("Recorded: the mandate stands."))
    return redirect("hall:people")


def _assured(number: str) -> Party:
    found = register.find_assured(number.upper())
    if found is None:
        raise NotPossible("no_such_party")
    return found


@dataclass(frozen=True, slots=True)
class Given:
    """A code that was given: shown once, and for whom, masked."""

    code: str
    name: str


@for_role("clerk")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def give_code(request: Request) -> HttpResponse:
    """重置密码: a code for whoever shows the original of the account's own identity, good for an hour."""
    form = Forgotten(language_of(request), request.POST if request.method == "POST" else None)
    return _answered(request, form, _("A code for a forgotten password"), _give)


def _give(request: Request, form: Any, at: datetime) -> HttpResponse:
    form.needs("username", "id_number", "seen")
    party, code = resetting.give_code(form.text("username"), form.text("id_number"), asking(request), at)
    name = parties.masked(parties.particulars(party)).get("name", "")
    return render(request, "hall/code.html", {"given": Given(code, name)})


def _answered(request: Request, form: Shown, heading: str, carry_out: Any) -> HttpResponse:
    """The form, or what came of it; what was typed stays where it could not be done."""
    refusal = None
    if form.is_bound and form.is_valid():
        try:
            answer: HttpResponse = carry_out(request, form, clock.now())
        except BadInput as bad:
            form.add_problems(bad.problems)
        except NotPossible as no:
            refusal = words.refusal(no, form.language)
        else:
            return answer
    shown = {"form": form, "heading": heading, "refusal": refusal}
    return render(request, "hall/person.html", shown, status=422 if refusal or form.errors else 200)
