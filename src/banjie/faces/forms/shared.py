"""Forms that several faces show: serving, the contact person, a correction."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.faces.forms.application import add_questions, answers_of
from banjie.faces.forms.asking import Ask, Envelope
from banjie.faces.forms.uploads import Materials
from banjie.records.organisation.queries import display_name, staff_of_unit


class Serve(Ask):
    """登记送达."""

    kind = "serve"

    def prepare(self) -> None:
        self.fields["method"] = self.choice(_("How it was served"), "methods", self.allowed.get("method", ()))
        self.fields["receipt"] = self.line(
            _("Proof of service"), _("Who received it, or the number of the letter."), required=False
        )

    def command(self, envelope: Envelope) -> c.Serve:
        return c.Serve(**envelope, method=self.cleaned_data["method"], receipt=self.personal("receipt"))


class AppointContact(Ask):
    """变更联系人."""

    kind = "appoint_contact"

    def prepare(self) -> None:
        unit = self.page.actor.unit if self.page.actor else ""
        self.fields["contact"] = people(self, _("New contact person"), unit)

    def command(self, envelope: Envelope) -> c.AppointContact:
        return c.AppointContact(**envelope, contact=person(self.cleaned_data["contact"]))


class SubmitCorrection(Ask):
    """提交补正: each material the notice names has room for its files; the questions too where one was named."""

    kind = "submit_correction"
    stands_open = True
    template = "web/correction_fields.html"

    def prepare(self) -> None:
        notice = self.page.state.corrections[-1] if self.page.state.corrections else None
        points = notice.points if notice else ()
        self.named = [each for each in points if each.kind is e.PointKind.MATERIAL]
        self.asks_questions = any(each.kind is e.PointKind.QUESTION for each in points)
        named = list(dict.fromkeys(each.id for each in self.named))
        others = [each.id for each in self.page.procedure.materials if each.id not in named]
        actor = self.page.actor
        self.materials = Materials(
            self.page.procedure,
            self.page.language,
            owner=actor.id if actor else "",
            is_window=actor is not None and actor.kind is e.ActorKind.STAFF,
            data=self.posted,
            files=self.files if self.is_bound else None,
            explained={each: self._wrong_with(each) for each in named},
        )
        self.needed = [self.materials.row(each) for each in named]
        self.others = [self.materials.row(each) for each in others]
        if self.asks_questions:
            add_questions(self, self.page.procedure, self.page.language, self.page.given_answers)

    def _wrong_with(self, material: str) -> str:
        separator = self.page.label("phrases", "between_points")
        texts = self.page.names
        told = []
        for point in self.named:
            if point.id == material:
                text = texts("text", point.text.ref) if point.text and callable(texts) else ""
                told.append(self.page.label("defects", point.defect) + (f" ({text})" if text else ""))
        return separator.join(told)

    @property
    def question_points(self) -> list[tuple[str, str]]:
        """The questions the notice names, with what is wrong."""
        notice = self.page.state.corrections[-1] if self.page.state.corrections else None
        return [
            (self.page.name("question", each.id), self.page.label("defects", each.defect))
            for each in (notice.points if notice else ())
            if each.kind is e.PointKind.QUESTION
        ]

    @property
    def takes_files(self) -> bool:
        return True

    @property
    def is_plain(self) -> bool:
        return False

    def is_valid(self) -> bool:
        """Whether the fields can be read and every file could be received; what was received stays received."""
        return super().is_valid() and not self.materials.has_faults

    def command(self, envelope: Envelope) -> c.SubmitCorrection:
        answers: c.Personal[Any] | None = None
        if self.asks_questions:
            given = answers_of(self.cleaned_data, self.page.procedure)
            answers = c.Personal(given) if given != dict(self.page.given_answers) else None
        return c.SubmitCorrection(**envelope, provided=self.materials.provided, answers=answers)

    def add_problems(self, problems: Any) -> None:
        super().add_problems(self.materials.take_problems(problems))


def people(form: Ask, label: str, unit: str, post: str | None = None) -> forms.ChoiceField:
    """A choice among the people of a unit, by name. Nobody else can be chosen: the engine knows no staff list."""
    choices = those_of(form, unit, post)
    return forms.ChoiceField(
        label=label, choices=choices, widget=forms.RadioSelect() if len(choices) <= 8 else forms.Select()
    )


def those_of(form: Ask, unit: str, post: str | None = None) -> list[tuple[str, str]]:
    """The people of a unit as choices."""
    return [
        (f"{each.user.pseudonym}@{unit}", display_name(each.user.pseudonym, form.page.language) or each.user.username)
        for each in staff_of_unit(unit, post)
    ]


def person(value: str) -> e.Person:
    """The person a choice stands for."""
    pseudonym, _at, unit = value.partition("@")
    return e.Person(pseudonym, unit)
