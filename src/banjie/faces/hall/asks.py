"""What a clerk can ask for: one form for each of the five outcomes, and what stands around them."""

from django import forms
from django.utils.translation import gettext as _

from banjie.engine import commands as c
from banjie.engine.timelimits import Limit
from banjie.faces.forms import citing
from banjie.faces.forms.asking import Ask, Envelope
from banjie.faces.forms.citing import Citing
from banjie.faces.forms.shared import AppointContact, Serve, SubmitCorrection, people, person


class Accept(Ask):
    """受理."""

    kind = "accept"

    def command(self, envelope: Envelope) -> c.Accept:
        return c.Accept(**envelope)


class CorrectOnTheSpot(Citing):
    """当场更正."""

    kind = "correct_on_the_spot"
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

    def prepare(self) -> None:
        self.fields["basis"] = self.line(_("Law by which no licence is needed"), required=False)
        self.fields["text"] = self.text(_("Explanation for the applicant"), required=False)

    def command(self, envelope: Envelope) -> c.FindNotNeeded:
        return c.FindNotNeeded(**envelope, basis=self.cleaned_data["basis"], text=self.personal("text"))


class Decline(Ask):
    """不予受理."""

    kind = "decline"

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


ASKS: tuple[type[Ask], ...] = (
    Accept,
    DecideAtOnce,
    RequestCorrection,
    CorrectOnTheSpot,
    Decline,
    FindNotNeeded,
    RemindCorrection,
    SubmitCorrection,
    Serve,
    AppointContact,
    Void,
)
