"""What a clerk can ask for: one form for each of the five outcomes, and what stands around them."""

from datetime import datetime
from functools import cached_property

from django import forms
from django.utils.translation import gettext as _

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.state import Stage
from banjie.engine.taking_back import WITHIN
from banjie.engine.timelimits import Limit
from banjie.faces.forms import citing, shared
from banjie.faces.forms.asking import Ask, Envelope
from banjie.faces.forms.citing import Citing
from banjie.faces.forms.shared import AppointContact, Serve, SubmitCorrection, people, person
from banjie.faces.forms.word import FillGap, PromiseGaps, SignCommitment

BESIDE = ("take_back", "record_visit")
"""What stands in a place of its own on the page, not in the list of what can be done."""


class Accept(Ask):
    """受理."""

    kind = "accept"
    key = "a"

    def prepare(self) -> None:
        follows = self.allowed.get("gaps", ())
        if follows or (self.posted and self.posted.getlist("gaps")):
            self.fields["gaps"] = self.several_materials(_("These follow, as the applicant signed (容缺)"), follows)
            self.fields["gaps"].initial = list(follows)

    def command(self, envelope: Envelope) -> c.Accept:
        return c.Accept(**envelope, gaps=tuple(self.cleaned_data.get("gaps", ())))


class CorrectOnTheSpot(Citing):
    """当场更正."""

    kind = "correct_on_the_spot"
    key = "x"
    template = "web/points_fields.html"

    def prepare(self) -> None:
        possible = set(self.allowed.get("defect", ()))
        points = [each for each in self.allowed.get("point", ()) if each[2] in possible]
        citing.add_points(self, points, _("What was put right"))

    def command(self, envelope: Envelope) -> c.CorrectOnTheSpot:
        return c.CorrectOnTheSpot(**envelope, points=citing.citations(self))


class RequestCorrection(Citing):
    """一次性告知."""

    kind = "request_correction"
    key = "c"
    template = "web/points_fields.html"

    def prepare(self) -> None:
        citing.add_points(
            self,
            self.allowed.get("point", ()),
            _("What has to be corrected"),
            _("Name everything now: there is one notice."),
        )
        self.least: Limit | None = next(iter(self.allowed.get("period", ())), None)
        if self.least:
            unit = self.page.label("units", self.least.unit)
            self.fields["period"] = forms.IntegerField(
                label=_("Period (%(unit)s)") % {"unit": unit},
                initial=self.least.number,
                min_value=0,
                max_value=366,
                required=False,
            )

    def command(self, envelope: Envelope) -> c.RequestCorrection:
        number = self.cleaned_data.get("period")
        period = Limit(number, self.least.unit) if self.least and number is not None else None
        return c.RequestCorrection(**envelope, points=citing.citations(self), period=period)


class RemindCorrection(Citing):
    """补正提醒."""

    kind = "remind_correction"
    template = "web/points_fields.html"

    def prepare(self) -> None:
        citing.add_points(self, self.allowed.get("point", ()), _("What is still to be corrected"))

    def command(self, envelope: Envelope) -> c.RemindCorrection:
        return c.RemindCorrection(**envelope, points=citing.citations(self))


class FindNotNeeded(Ask):
    """不受理."""

    kind = "find_not_needed"
    key = "e"

    def prepare(self) -> None:
        self.fields["basis"] = self.line(_("Law by which no licence is needed"), required=False)
        self.fields["text"] = self.text(_("Explanation for the applicant"), required=False)

    def command(self, envelope: Envelope) -> c.FindNotNeeded:
        return c.FindNotNeeded(**envelope, basis=self.cleaned_data["basis"], text=self.personal("text"))


class Decline(Ask):
    """不予受理."""

    kind = "decline"
    key = "y"

    def prepare(self) -> None:
        grounds = self.allowed.get("ground", ())
        self.fields["ground"] = self.choice(_("Ground"), ("ground", "grounds"), grounds)
        self.fields["competent"] = self.line(
            _("Agency that is competent"), _("Needed where the matter belongs to another agency."), required=False
        )
        self.fields["text"] = self.text(_("Explanation for the applicant"), required=False)

    def command(self, envelope: Envelope) -> c.Decline:
        given = self.cleaned_data
        return c.Decline(**envelope, ground=given["ground"], competent=given["competent"], text=self.personal("text"))


class DecideAtOnce(Citing):
    """当场办结."""

    kind = "decide_at_once"
    key = "d"
    template = "web/decision_fields.html"

    def prepare(self) -> None:
        outcomes = self.allowed.get("outcome", ())
        self.fields["outcome"] = self.choice(_("Decision"), "outcomes", outcomes)
        citing.add_findings(self, self.page)
        citing.add_criteria(self, self.allowed.get("point", ()))

    def command(self, envelope: Envelope) -> c.DecideAtOnce:
        return c.DecideAtOnce(
            **envelope,
            outcome=self.cleaned_data["outcome"],
            findings=citing.findings(self),
            points=citing.citations(self),
        )


class Void(Ask):
    """作废."""

    kind = "void"

    def prepare(self) -> None:
        self.fields["reason"] = self.choice(_("Reason"), "grounds", self.allowed.get("reason", ()))
        unit = self.page.actor.unit if self.page.actor else ""
        self.fields["second"] = people(self, _("Second person"), unit)

    def command(self, envelope: Envelope) -> c.Void:
        return c.Void(**envelope, reason=self.cleaned_data["reason"], second=person(self.cleaned_data["second"]))


class TakeBack(Ask):
    """撤销误操作."""

    kind = "take_back"

    @property
    def until(self) -> datetime | None:
        """The last instant at which it can be taken back."""
        act = self.page.state.act
        return act.at + WITHIN if act else None

    @property
    def seconds(self) -> int:
        """The seconds left when the page was made."""
        return max(0, int((self.until - self.page.view.at).total_seconds())) if self.until else 0

    @property
    def act(self) -> str:
        """What would be taken back."""
        return self.page.label("commands", next(iter(self.allowed.get("act", ())), ""))

    def command(self, envelope: Envelope) -> c.TakeBack:
        return c.TakeBack(**envelope)


class RecordVisit(shared.RecordVisit):
    """登记到场: with the reason that the case suggests, so that one key records who stands here now."""

    @cached_property
    def guess(self) -> tuple[str, str, tuple[str, ...]]:
        """The likely reason, in words too, and the materials that caused it: those that a notice names."""
        state = self.page.state
        materials: tuple[str, ...] = ()
        if state.stage is Stage.CORRECTION and state.corrections:
            reason = "correct"
            named = (each.id for each in state.corrections[-1].points if each.kind is e.PointKind.MATERIAL)
            materials = tuple(dict.fromkeys(named))
        elif state.stage in (Stage.DECIDED, Stage.CLOSED):
            reason = "collect"
        else:
            reason = "ask"
        return reason, self.page.label("visit_reasons", reason), materials


ASKS: tuple[type[Ask], ...] = (
    TakeBack,
    RecordVisit,
    Accept,
    DecideAtOnce,
    RequestCorrection,
    CorrectOnTheSpot,
    Decline,
    FindNotNeeded,
    RemindCorrection,
    SubmitCorrection,
    SignCommitment,
    PromiseGaps,
    FillGap,
    Serve,
    shared.SeeOriginal,
    shared.ReturnOriginal,
    shared.SendPapers,
    shared.ReceivePapers,
    shared.Note,
    AppointContact,
    Void,
)
