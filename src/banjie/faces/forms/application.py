"""The application: who applies, the questions of the guide, the materials. Read into one command, shown again as typed.

Its fields are named as the engine names them (`applicant.name`, `answers.area`, `provided.0.files`), so that every
problem the engine finds stands beside its field.
"""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from banjie import words
from banjie.engine import applicant
from banjie.engine import commands as c
from banjie.engine.law import Law, Procedure, Question
from banjie.faces.forms import library, situation
from banjie.faces.forms.asking import DayInput, Offered
from banjie.faces.forms.conditions import in_words
from banjie.faces.forms.uploads import Materials
from banjie.web import clock

WINDOW_CHANNELS = ("window", "post")
Called = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Names:
    """How the ids of questions and materials stand in the names of fields: as they are, unless two items differ."""

    question: Called = str
    material: Called = str


class ApplicationForm(forms.Form):
    """An application for one item, for the applicant's own page and for the window (`is_window`)."""

    def __init__(
        self, law: Law, actor: c.Actor, language: str, is_window: bool = False, data: QueryDict | None = None,
        files: MultiValueDict[str, Any] | None = None, names: Names | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data, files, auto_id="f-%s")
        self.law, self.procedure, self.actor, self.language = law, law.procedure, actor, language
        self.is_window = is_window
        self.names = names or Names()
        self.use_required_attribute = False
        if is_window:
            self.fields["channel"] = self._coded("channel", "channels", WINDOW_CHANNELS, initial="window")
        self._add_applicant()
        add_questions(self, self.procedure, language, {}, self.names.question)
        self.materials = Materials(
            self.procedure, language, owner=actor.id, is_window=is_window, data=data, files=files, explained={},
            called=self.names.material,
        )  # fmt: skip
        number = (data.get("applicant.id_number") or "").strip() if data else ""
        self._held = library.held_for(self.procedure, actor, number, language, clock.today()) if number else {}
        self.materials.take_from_library(self._held)

    def _add_applicant(self) -> None:
        self.fields["applicant.kind"] = self._coded("kind", "applicant_kinds", applicant.KINDS)
        self.fields["applicant.name"] = self._line("name", autocomplete="name")
        self.fields["applicant.id_type"] = self._coded("id_type", "id_types", applicant.ID_TYPES)
        self.fields["applicant.id_number"] = self._line("id_number", autocomplete="off", spellcheck="false")
        self.fields["applicant.phone"] = self._line("phone", autocomplete="tel", inputmode="tel")
        self.fields["applicant.address"] = self._line("address", autocomplete="street-address")
        self.fields["applicant.service_address"] = self._line("service_address", autocomplete="off")
        self.fields["e_service"] = forms.BooleanField(
            label=_("Papers may be served to me electronically"),
            help_text=_("You can read them in “My cases”; without this they are handed over or sent by post."),
            required=False,
        )

    def _line(self, field: str, **attrs: str) -> forms.CharField:
        label = words.label("fields", field, self.language)
        return forms.CharField(label=label, required=False, widget=forms.TextInput(attrs=attrs))

    def _coded(self, field: str, section: str, codes: Sequence[str], initial: str | None = None) -> Offered:
        choices = [(code, words.label(section, code, self.language)) for code in codes]
        label = words.label("fields", field, self.language)
        return Offered(label=label, choices=choices, required=False, widget=forms.RadioSelect(), initial=initial)

    # For templates

    @property
    def about_applicant(self) -> list[BoundField]:
        """The fields about the applicant, in order."""
        return [self[name] for name in self.fields if name.startswith("applicant.")] + [self["e_service"]]

    @property
    def questions(self) -> list[BoundField]:
        """The questions of the guide, in order."""
        return [self[name] for name in self.fields if name.startswith("answers.")]

    @property
    def wrong_fields(self) -> list[tuple[str, str]]:
        """What is wrong, as (id of the field, its label), for the list at the top of the page."""
        found = [(self[name].auto_id, str(self[name].label)) for name in self.errors if name in self.fields]
        return found + [(f"f-file.{row.key}", row.name) for row in self.materials.rows if row.faults]

    # Reading

    @property
    def answers(self) -> dict[str, Any]:
        """The answers as the engine takes them; call it after `is_valid`."""
        return answers_of(self.cleaned_data, self.procedure, self.names.question)

    def command(self, key: uuid.UUID, at: datetime) -> c.Submit:
        """The application as a command; call it after `is_valid`."""
        given = self.cleaned_data
        self.look_at_the_library()
        particulars = {
            name.removeprefix("applicant."): str(value).strip()
            for name, value in given.items()
            if name.startswith("applicant.") and value
        }
        return c.Submit(
            command_id=key,
            at=at,
            by=self.actor,
            applicant=c.Personal(particulars, find_by=particulars.get("id_number", "")),
            answers=c.Personal(self.answers),
            provided=self.materials.provided,
            channel=given.get("channel") or ("window" if self.is_window else "online"),
            e_service=given["e_service"],
            declaration=words.declaration() if given.get("declared") else None,
        )

    def look_at_the_library(self) -> None:
        """Take from the library what applies with these answers, and nothing else; call it after `is_valid`."""
        known = {each.id: each.when for each in self.procedure.materials}
        answers = self.answers
        applying = {
            material: held
            for material, held in self._held.items()
            if situation.standing(known[material], self.procedure, answers) is not False
        }
        self.materials.take_from_library(applying)

    def body(self, command: c.Submit) -> bytes:
        """What was handed in, as bytes that are the same when the same is handed in again: files by their content."""
        told = {
            "applicant": command.applicant.value,
            "answers": command.answers.value,
            "provided": [
                [each.material, each.form, self.materials.digests(each.material)] for each in command.provided
            ],
            "channel": command.channel,
            "e_service": command.e_service,
            **({"declaration": command.declaration.version} if command.declaration else {}),
        }
        return json.dumps(told, sort_keys=True, ensure_ascii=True).encode()

    def add_problems(self, problems: Sequence[tuple[str, str]]) -> None:
        """Put what the engine found wrong beside its field."""
        for path, code in self.materials.take_problems(problems):
            field = self.field_of(path)
            self.add_error(field if field in self.fields else None, words.problem(code, self.language))

    def field_of(self, path: str) -> str:
        """The field that a path of the command is typed into."""
        first, _dot, id = path.partition(".")
        return f"answers.{self.names.question(id)}" if first == "answers" else path


def add_questions(
    form: forms.Form, procedure: Procedure, language: str, given: Mapping[str, Any], called: Called = str
) -> None:
    """Add a field for each question of the guide; its help says when it is asked."""
    for question in procedure.questions:
        field = _question(question, procedure, language, given.get(question.id))
        form.fields[f"answers.{called(question.id)}"] = field


def _question(question: Question, procedure: Procedure, language: str, given: Any) -> forms.Field:
    label = (language == "en" and question.english) or question.label
    condition = in_words(question.when, procedure, language)
    helps = [question.help, _("Only if %(condition)s.") % {"condition": condition} if condition else ""]
    if not question.needed:
        helps.append(_("Not required."))
    told: dict[str, Any] = {"label": label, "help_text": " ".join(each for each in helps if each), "required": False}
    if question.type == "yes_no":
        choices = [(code, words.label("misc", code, language)) for code in ("yes", "no")]
        initial = {True: "yes", False: "no"}.get(given)
        return Offered(choices=choices, widget=forms.RadioSelect(), initial=initial, **told)
    if question.type == "choice":
        choices = [(each.value, (language == "en" and each.english) or each.label) for each in question.choices]
        widget = forms.RadioSelect() if len(choices) <= 8 else forms.Select()
        return Offered(choices=choices, widget=widget, initial=given, **told)
    if question.type == "date":
        return forms.CharField(widget=DayInput(), initial=given, **told)
    if question.type == "number":
        return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "numeric"}), initial=given, **told)
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), initial=given, **told)


def answers_of(given: Mapping[str, Any], procedure: Procedure, called: Called = str) -> dict[str, Any]:
    """The answers as the engine takes them: what was left empty is left out, what is no number stays a text."""
    answers: dict[str, Any] = {}
    for question in procedure.questions:
        typed = str(given.get(f"answers.{called(question.id)}") or "").strip()
        if not typed:
            continue
        if question.type == "yes_no":
            answers[question.id] = {"yes": True, "no": False}.get(typed, typed)
        elif question.type == "number":
            answers[question.id] = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 13 else typed
        else:
            answers[question.id] = typed
    return answers
