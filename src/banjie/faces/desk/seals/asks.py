"""What one can ask for about seals: one form a button, each with the id of its command."""

from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from banjie import words
from banjie.duties.seals import register
from banjie.duties.seals.models import Authority
from banjie.faces.desk.items.lists import ListForm
from banjie.faces.forms.asking import DayInput

Pairs = list[tuple[str, str]]


class Taking(ListForm):
    """A seal for the register."""

    name = "take"

    def __init__(self, people: Pairs, language: str, data: QueryDict | None = None) -> None:
        super().__init__(language, data)
        self.fields["use"] = forms.ChoiceField(
            label=_("What it is for"), choices=self.coded("seal_uses", register.USES), widget=forms.RadioSelect
        )
        self.fields["title"] = forms.CharField(
            label=_("Name of the use, as it is engraved"),
            help_text=_("It stands below the star; the agency's name runs along the rim."),
            max_length=30,
        )
        self.fields["code"] = forms.CharField(
            label=_("Code of the seal (13 digits)"),
            help_text=_("As the public security bureau gave it (GA 241)."),
            max_length=13,
        )
        self.fields["keepers"] = forms.MultipleChoiceField(
            label=_("Who keeps it"), choices=people, widget=forms.CheckboxSelectMultiple
        )
        self.ready()

    def given(self, agency: str) -> register.Given:
        """As the room takes it."""
        told = self.cleaned_data
        return register.Given(agency, told["use"], told["title"], told["code"], tuple(told["keepers"]))


class Holding(ListForm):
    """A ceremony that was held."""

    def __init__(
        self,
        what: str,
        people: Pairs,
        language: str,
        today: date,
        data: QueryDict | None = None,
        files: "MultiValueDict[str, UploadedFile[Any]] | None" = None,
    ) -> None:
        self.name = what
        super().__init__(language, data, {"on": today})
        self.files = files or MultiValueDict()
        self.fields["on"] = forms.DateField(label=_("Day of the ceremony"), widget=DayInput())
        self.fields["present"] = forms.MultipleChoiceField(
            label=_("Who else was there"),
            choices=people,
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
        self.fields["text"] = self.text(
            _("What was done, in words"), _("For instance: where the old seal was put and under whose lock.")
        )
        self.fields["record"] = forms.FileField(
            label=_("Photograph or minutes, if there are any"), help_text=_("PDF, JPEG or PNG."), required=False
        )
        self.ready()


class Confirming(ListForm):
    """The second person of a ceremony."""

    name = "confirm"

    def __init__(self, language: str, data: QueryDict | None = None) -> None:
        super().__init__(language, data)
        self.ready()


class Dropping(Confirming):
    """Taking a ceremony back."""

    name = "drop"


class Authorising(ListForm):
    """Kinds of papers that may be sealed by themselves, or no longer."""

    def __init__(self, name: str, papers: list[tuple[str, str]], language: str, data: QueryDict | None = None) -> None:
        self.name = name
        super().__init__(language, data)
        known = [(f"{kind} {template}", named(kind, template, language)) for kind, template in papers]
        self.fields["papers"] = forms.MultipleChoiceField(
            label=_("Kinds of papers"), choices=known, widget=forms.CheckboxSelectMultiple
        )
        self.ready()

    def papers(self) -> list[tuple[str, str]]:
        """(kind, template) of each that was ticked."""
        return [
            (kind, template) for kind, _blank, template in (each.partition(" ") for each in self.cleaned_data["papers"])
        ]


class Naming(ListForm):
    """Who keeps a seal from now on."""

    name = "keepers"

    def __init__(self, people: Pairs, keepers: list[str], language: str, data: QueryDict | None = None) -> None:
        super().__init__(language, data, {"keepers": keepers})
        self.fields["keepers"] = forms.MultipleChoiceField(
            label=_("Who keeps it"), choices=people, widget=forms.CheckboxSelectMultiple
        )
        self.ready()


class Sealing(ListForm):
    """Papers to be sealed: their ids, as they were ticked."""

    name = "seal"

    def __init__(self, papers: Pairs, language: str, data: QueryDict | None = None) -> None:
        super().__init__(language, data)
        self.fields["papers"] = forms.MultipleChoiceField(
            label=_("Kinds of papers"), choices=papers, widget=forms.CheckboxSelectMultiple
        )
        self.ready()


def in_words(row: Authority, language: str) -> str:
    """What an authority is about."""
    return named(row.kind, row.template, language)


def named(kind: str, template: str, language: str) -> str:
    """A kind of paper and the version of its template, in words."""
    version = template.rpartition("/")[2]
    return _("%(paper)s, template %(version)s") % {
        "paper": words.label("documents", kind, language),
        "version": version if template.startswith(kind) else template,
    }
