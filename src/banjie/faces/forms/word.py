"""Forms around somebody's word: signing a commitment, promising materials and handing them in, and its verification."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.gaps import open_gaps
from banjie.engine.timelimits import Limit, Unit
from banjie.faces.forms.asking import Ask, Envelope
from banjie.faces.forms.told import Told
from banjie.faces.forms.uploads import Materials


class Signing(Ask):
    """A form that is signed: the text, and the one box that signs it."""

    template = "web/told_fields.html"
    has_page = True
    letter = ""

    def prepare(self) -> None:
        self.fields["told_version"] = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
        self.fields["told_digest"] = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
        told = self.told
        if told:
            self.fields["told_version"].initial = told.declaration.version
            self.fields["told_digest"].initial = told.declaration.digest
        by_staff = self.page.actor is not None and self.page.actor.kind is e.ActorKind.STAFF
        label = _("The applicant has signed this text on paper before me") if by_staff else told and told.sentence
        self.fields["signed"] = forms.BooleanField(label=label or "", required=True)

    @property
    def told(self) -> Told | None:
        """What is told."""
        raise NotImplementedError

    @property
    def is_plain(self) -> bool:
        return False

    @property
    def means(self) -> list[str]:
        """What it means, on the applicant's own page."""
        raise NotImplementedError

    def declared(self) -> e.Declaration:
        """Which text was on the page."""
        given = self.cleaned_data
        return e.Declaration(version=given["told_version"], digest=given["told_digest"])


class SignCommitment(Signing):
    """签署告知承诺."""

    kind = "sign_commitment"
    letter = "commitment"

    @property
    def told(self) -> Told | None:
        return self.page.commitment_told

    @property
    def means(self) -> list[str]:
        return [
            _("You are free to sign or not. Without it your application goes the ordinary way, with the same rights."),
            _("Signed, you need not hand in what the text names, and the decision can come sooner."),
            _("It is verified afterwards. Keep the papers that show it is true."),
        ]

    def command(self, envelope: Envelope) -> c.SignCommitment:
        return c.SignCommitment(**envelope, told=self.declared())


class PromiseGaps(Signing):
    """承诺后补材料."""

    kind = "promise_gaps"
    letter = "gaps"

    def prepare(self) -> None:
        self.fields["materials"] = self.several_materials(_("What follows"), self.allowed.get("materials", ()))
        super().prepare()

    @property
    def told(self) -> Told | None:
        return self.page.gaps_told

    @property
    def means(self) -> list[str]:
        return [
            _("You are free to sign or not. Without it you hand everything in before your application is accepted."),
            _("Signed, your application can be accepted now, and the time for the decision runs from that day."),
            _("If it does not come in time there can be no grant; you may apply again."),
        ]

    def command(self, envelope: Envelope) -> c.PromiseGaps:
        return c.PromiseGaps(**envelope, materials=tuple(self.cleaned_data["materials"]), told=self.declared())

    def field_of(self, path: str) -> str:
        return "materials" if path.startswith("materials") else path


class FillGap(Ask):
    """补交后补材料: room for the files of each material that is to follow."""

    kind = "fill_gap"
    stands_open = True
    template = "web/gap_fields.html"

    def prepare(self) -> None:
        actor = self.page.actor
        waiting = tuple(open_gaps(self.page.state))
        self.materials = Materials(
            self.page.procedure,
            self.page.language,
            owner=actor.id if actor else "",
            is_window=actor is not None and actor.kind is e.ActorKind.STAFF,
            data=self.posted,
            files=self.files if self.is_bound else None,
            explained={},
        )
        self.needed = [self.materials.row(each) for each in waiting]

    @property
    def takes_files(self) -> bool:
        return True

    @property
    def is_plain(self) -> bool:
        return False

    def is_valid(self) -> bool:
        """Whether the fields can be read and every file could be received; what was received stays received."""
        return super().is_valid() and not self.materials.has_faults

    def command(self, envelope: Envelope) -> c.FillGap:
        return c.FillGap(**envelope, provided=self.materials.provided)

    def add_problems(self, problems: Any) -> None:
        super().add_problems(self.materials.take_problems(problems))


# The supervising unit


class VerifyCommitment(Ask):
    """登记核查结论."""

    kind = "verify_commitment"
    stands_open = True

    def prepare(self) -> None:
        self.fields["outcome"] = self.choice(_("What it came to"), "outcomes", self.allowed.get("outcome", ()))
        self.fields["method"] = self.choice(_("How it was verified"), "verify_ways", self.allowed.get("method", ()))
        self.fields["text"] = self.text(_("What was found"), _("The applicant reads it."), required=False)

    def command(self, envelope: Envelope) -> c.VerifyCommitment:
        given = self.cleaned_data
        return c.VerifyCommitment(
            **envelope, outcome=given["outcome"], method=given["method"], text=self.personal("text")
        )


class RecordMeasure(Ask):
    """登记处理措施."""

    kind = "record_measure"
    stands_open = True

    def prepare(self) -> None:
        self.fields["measure"] = self.choice(_("Measure"), "measures", self.allowed.get("measure", ()))
        self.fields["period"] = forms.IntegerField(
            label=_("Working days to put it right"),
            help_text=_("Only for an order to put it right; afterwards it is verified again."),
            required=False,
            min_value=1,
            max_value=366,
        )
        self.fields["text"] = self.text(_("Reasons"), _("The applicant reads it."))

    def command(self, envelope: Envelope) -> c.RecordMeasure:
        number = self.cleaned_data.get("period")
        period = Limit(number, Unit.WORKING_DAY) if number else None
        return c.RecordMeasure(
            **envelope, measure=self.cleaned_data["measure"], period=period, text=self.written("text")
        )


class RestoreCredit(Ask):
    """信用修复."""

    kind = "restore_credit"

    def prepare(self) -> None:
        self.fields["text"] = self.text(_("Why the credit is restored"), _("The applicant reads it."))

    def command(self, envelope: Envelope) -> c.RestoreCredit:
        return c.RestoreCredit(**envelope, text=self.written("text"))
