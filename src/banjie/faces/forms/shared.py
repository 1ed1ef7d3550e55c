"""Forms that several faces show: serving, the contact person, a correction."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.faces.forms import about_licence
from banjie.faces.forms.application import add_questions, answers_of
from banjie.faces.forms.asking import Ask, Envelope
from banjie.faces.forms.uploads import Materials
from banjie.records.organisation.queries import display_name, staff_of_unit
from banjie.web import clock


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


class Note(Ask):
    """添加备注."""

    kind = "note"

    def prepare(self) -> None:
        self.fields["text"] = self.text(_("Note"), _("Only staff who take part in the case read it."), rows=2)

    def command(self, envelope: Envelope) -> c.Note:
        return c.Note(**envelope, text=self.written("text"))


class RecordVisit(Ask):
    """登记到场."""

    kind = "record_visit"

    def prepare(self) -> None:
        self.fields["reason"] = self.choice(_("Why they came"), "visit_reasons", self.allowed.get("reason", ()))
        self.fields["material"] = self.several_materials(_("Which material caused it (if one did)"), required=False)

    def command(self, envelope: Envelope) -> c.RecordVisit:
        given = self.cleaned_data
        return c.RecordVisit(**envelope, reason=given["reason"], materials=tuple(given["material"]))


class SeeOriginal(Ask):
    """查验原件."""

    kind = "see_original"

    def prepare(self) -> None:
        self.fields["material"] = self.choice(_("Material"), ("material", "misc"), self.allowed.get("material", ()))
        self.fields["how"] = self.choice(
            _("What was done with the original"), "ways_to_see", self.allowed.get("how", ())
        )

    def command(self, envelope: Envelope) -> c.SeeOriginal:
        return c.SeeOriginal(**envelope, material=self.cleaned_data["material"], how=self.cleaned_data["how"])


class ReturnOriginal(Ask):
    """退还原件."""

    kind = "return_original"

    def prepare(self) -> None:
        self.fields["material"] = self.choice(_("Material"), ("material", "misc"), self.allowed.get("material", ()))

    def command(self, envelope: Envelope) -> c.ReturnOriginal:
        return c.ReturnOriginal(**envelope, material=self.cleaned_data["material"])


class SendPapers(Ask):
    """移送纸质材料."""

    kind = "send_papers"

    def prepare(self) -> None:
        self.fields["material"] = self.several_materials(_("What travels"))
        self.fields["to_unit"] = self.choice(_("To"), ("unit", "misc"), self.allowed.get("to_unit", ()))

    def command(self, envelope: Envelope) -> c.SendPapers:
        given = self.cleaned_data
        return c.SendPapers(**envelope, materials=tuple(given["material"]), to_unit=given["to_unit"])


class ReceivePapers(Ask):
    """接收纸质材料."""

    kind = "receive_papers"

    def prepare(self) -> None:
        slips = self.allowed.get("slip", ())
        self.fields["slip"] = self.choice(_("Number of the hand-over slip"), "misc", slips)
        on_them = [
            material
            for slip in slips
            if slip in self.page.state.slips
            for material in self.page.state.slips[slip].materials
        ]
        self.fields["missing"] = self.several_materials(_("What did not arrive"), on_them, required=False)

    def command(self, envelope: Envelope) -> c.ReceivePapers:
        given = self.cleaned_data
        return c.ReceivePapers(**envelope, slip=given["slip"], missing=tuple(given["missing"]))


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
        if answers is not None:
            about_licence.require_corrected(self.page.procedure, self.page.view, answers.value, clock.today())
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
