"""What officers, heads and those who decide can ask for: one form a command."""

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from banjie import words
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.examination import fits, lot_of
from banjie.engine.lots import Lot, drawn
from banjie.engine.steps import KINDS
from banjie.engine.timelimits import Limit
from banjie.faces.forms import citing
from banjie.faces.forms.asking import Ask, Envelope, Offered
from banjie.faces.forms.citing import Citing
from banjie.faces.forms.shared import (
    AppointContact,
    Note,
    ReceivePapers,
    RecordVisit,
    ReturnOriginal,
    SeeOriginal,
    SendPapers,
    Serve,
    people,
    person,
    those_of,
)
from banjie.faces.forms.word import RecordMeasure, RestoreCredit, VerifyCommitment
from banjie.records.accounts.models import new_pseudonym
from banjie.records.organisation.queries import display_name, in_office, unit_names

THIRD_PARTIES = 3
"""Rows for interested third parties; more are named by asking again."""


class StepAsk(Ask):
    """A form for one step."""

    per_step = True

    @property
    def unit(self) -> str:
        """The unit that carries the step out."""
        rule = self.page.procedure.step(self.step)
        return rule.unit if rule else ""

    @property
    def outcomes(self) -> tuple[str, ...]:
        """What a step of this kind can come to."""
        rule = self.page.procedure.step(self.step)
        return KINDS[rule.kind].outcomes if rule else ()


class Assign(StepAsk):
    """指定承办人."""

    kind = "assign"

    def prepare(self) -> None:
        rule = self.page.procedure.step(self.step)
        among = those_of(self, self.unit, rule.post if rule else None)
        if only := self.allowed.get("people"):  # not a head: one takes it oneself
            among = [each for each in among if each[0].partition("@")[0] in only]
        needed = max(rule.people, KINDS[rule.kind].people) if rule else 1
        self.fields["people"] = forms.MultipleChoiceField(
            label=_("Who carries it out (at least %(number)d)") % {"number": needed},
            choices=among,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.needed, self.could = needed, [person(each) for each, _name in among]
        if len(self.could) > needed:
            self.fields["by_lot"] = forms.BooleanField(
                label=_("Draw by lot among those who may (人员随机轮岗)"),
                help_text=_("Nobody chooses: names ticked above are not looked at. The draw stays on record."),
                required=False,
            )

    def command(self, envelope: Envelope) -> c.Assign:
        if self.cleaned_data.get("by_lot"):
            return self._drawn(envelope)
        chosen = tuple(person(each) for each in self.cleaned_data["people"])
        return c.Assign(**envelope, step=self.step, people=chosen)

    def _drawn(self, envelope: Envelope) -> c.Assign:
        """By a seed nobody has chosen, among those who may carry this step out."""
        state, law = self.page.state, self.page.view.law
        able = {each.id: each for each in self.could if fits(state, each, self.step, law)}
        lot = Lot(tuple(sorted(able)), secrets.token_hex(16))
        names = drawn(lot.eligible, self.needed, lot.seed, lot_of(state, self.step))
        return c.Assign(**envelope, step=self.step, people=tuple(able[each] for each in names), lot=lot)


class Substitute(StepAsk):
    """安排代岗."""

    kind = "substitute"

    def prepare(self) -> None:
        step = self.page.state.steps.get(self.step)
        assigned = [(each.id, self.page.person(each.id) or each.id) for each in step.people] if step else []
        self.fields["leaver"] = Offered(label=_("Who is away"), choices=assigned, widget=forms.RadioSelect())
        self.fields["joiner"] = people(self, _("Who stands in"), self.unit)
        self.fields["until"] = self.day(_("Until"), required=False)

    def command(self, envelope: Envelope) -> c.Substitute:
        given = self.cleaned_data
        return c.Substitute(
            **envelope, step=self.step, leaver=given["leaver"], joiner=person(given["joiner"]), until=given["until"]
        )


class FinishStep(StepAsk, Citing):
    """完成环节."""

    kind = "finish_step"
    stands_open = True
    template = "web/findings_fields.html"

    def prepare(self) -> None:
        citing.add_findings(self, self.page, self.step)
        follows = _("It follows from the findings: whoever reviews, the same findings come to the same outcome.")
        self.fields["outcome"] = self.choice(_("Outcome"), "outcomes", self.outcomes, follows)
        self.fields["opinion"] = self.text(_("Opinion"), required=False)

    def command(self, envelope: Envelope) -> c.FinishStep:
        return c.FinishStep(
            **envelope,
            step=self.step,
            outcome=self.cleaned_data["outcome"],
            findings=citing.findings(self),
            opinion=self.personal("opinion"),
        )


class SendBack(StepAsk):
    """退回环节."""

    kind = "send_back"

    def prepare(self) -> None:
        self.fields["reasons"] = self.text(_("Reasons"))

    def command(self, envelope: Envelope) -> c.SendBack:
        return c.SendBack(**envelope, step=self.step, reasons=self.written("reasons"))


class SetRectification(StepAsk, Citing):
    """限期整改."""

    kind = "set_rectification"
    template = "web/findings_fields.html"

    def prepare(self) -> None:
        self.fields["consent"] = people(self, _("Head who agreed"), self.unit, "section_head")
        citing.add_findings(self, self.page)
        self.fields["text"] = self.text(_("What has to be put right"), required=False)

    def command(self, envelope: Envelope) -> c.SetRectification:
        return c.SetRectification(
            **envelope,
            step=self.step,
            consent=person(self.cleaned_data["consent"]),
            findings=citing.findings(self),
            text=self.personal("text"),
        )


class Pause(Ask):
    """启动特别程序."""

    kind = "pause"

    def prepare(self) -> None:
        grounds = self.allowed.get("ground", ())
        self.fields["ground"] = self.choice(_("Ground"), ("ground", "grounds"), grounds)
        self.fields["expected_end"] = self.day(
            _("The clock runs again on"), _("This day is told to the applicant; only the told time is left out.")
        )
        self.fields["text"] = self.text(_("Explanation for the applicant"), required=False)

    def command(self, envelope: Envelope) -> c.Pause:
        given = self.cleaned_data
        return c.Pause(
            **envelope, ground=given["ground"], expected_end=given["expected_end"], text=self.personal("text")
        )


class Resume(Ask):
    """恢复计时."""

    kind = "resume"

    def prepare(self) -> None:
        self.fields["ground"] = self.choice(_("Ground"), ("ground", "grounds"), self.allowed.get("ground", ()))
        self.fields["ended_on"] = self.day(
            _("It was over on"), _("Only where that was before today: the clock runs again from that day."), False
        )

    def command(self, envelope: Envelope) -> c.Resume:
        given = self.cleaned_data
        return c.Resume(**envelope, ground=given["ground"], ended_on=given["ended_on"])


class Extend(Ask):
    """批准延期."""

    kind = "extend"

    def prepare(self) -> None:
        self.most: Limit | None = next(iter(self.allowed.get("length", ())), None)
        if self.most:
            most = words.limit_in_words(self.most, self.page.language)
            self.fields["length"] = forms.IntegerField(
                label=_("Length (%(unit)s)") % {"unit": self.page.label("units", self.most.unit)},
                help_text=_("At most %(limit)s.") % {"limit": most},
                initial=self.most.number,
                min_value=0,
                max_value=366,
            )
        self.fields["reasons"] = self.text(_("Reasons"))

    def command(self, envelope: Envelope) -> c.Extend:
        length = Limit(self.cleaned_data["length"], self.most.unit) if self.most else None
        return c.Extend(**envelope, reasons=self.written("reasons"), length=length)


class RevokeExtension(Ask):
    """撤销延期."""

    kind = "revoke_extension"

    def prepare(self) -> None:
        self.fields["reasons"] = self.text(_("Reasons"))

    def command(self, envelope: Envelope) -> c.RevokeExtension:
        return c.RevokeExtension(**envelope, reasons=self.written("reasons"))


class Forward(Ask):
    """转报."""

    kind = "forward"

    def prepare(self) -> None:
        self.fields["opinion"] = self.choice(_("Opinion"), "outcomes", self.allowed.get("opinion", ()))
        self.fields["text"] = self.text(_("Reasons"), required=False)

    def command(self, envelope: Envelope) -> c.Forward:
        return c.Forward(**envelope, opinion=self.cleaned_data["opinion"], text=self.personal("text"))


class ConfirmArrival(Ask):
    """登记收到转报."""

    kind = "confirm_arrival"

    def command(self, envelope: Envelope) -> c.ConfirmArrival:
        return c.ConfirmArrival(**envelope)


class NameThirdParties(Ask):
    """列明利害关系人."""

    kind = "name_third_parties"

    def prepare(self) -> None:
        for number in range(1, THIRD_PARTIES + 1):
            told = {"number": number}
            self.fields[f"name_{number}"] = self.line(_("Third party %(number)d: name") % told, required=False)
            self.fields[f"contact_{number}"] = self.line(
                _("Third party %(number)d: how to reach them") % told, required=False
            )

    def command(self, envelope: Envelope) -> c.NameThirdParties:
        given = self.cleaned_data
        rows: list[dict[str, str]] = [
            {"name": given[f"name_{number}"], "contact": given[f"contact_{number}"]}
            for number in range(1, THIRD_PARTIES + 1)
            if given[f"name_{number}"]
        ]
        return c.NameThirdParties(
            **envelope,
            parties=tuple(e.Person(new_pseudonym()) for _each in rows),
            particulars=tuple(c.Personal(row) for row in rows),
        )


class TellHearingRight(Ask):
    """告知听证权利."""

    kind = "tell_hearing_right"

    def command(self, envelope: Envelope) -> c.TellHearingRight:
        return c.TellHearingRight(**envelope)


class AppointHost(Ask):
    """指定听证主持人."""

    kind = "appoint_host"

    def prepare(self) -> None:
        agency = self.page.procedure.agency_of(self.page.procedure.decides)
        staff = in_office(self.page.view.on).filter(unit__agency_id=agency).order_by("unit_id", "user__username")
        units = unit_names(self.page.language)  # a host comes from any unit of the agency, not of the procedure alone
        choices = [
            (
                f"{each.user.pseudonym}@{each.unit_id}",
                f"{display_name(each.user.pseudonym, self.page.language)} · {units.get(each.unit_id, each.unit_id)}",
            )
            for each in staff
        ]
        self.fields["host"] = forms.ChoiceField(label=_("Host"), choices=choices)

    def command(self, envelope: Envelope) -> c.AppointHost:
        return c.AppointHost(**envelope, host=person(self.cleaned_data["host"]))


class GiveHearingNotice(Ask):
    """发出听证通知."""

    kind = "give_hearing_notice"

    def prepare(self) -> None:
        days: tuple[Any, ...] = self.allowed.get("held_on", ())
        shown = [words.day_in_words(each, self.page.language) for each in days]
        help = _("From %(first)s to %(last)s.") % {"first": shown[0], "last": shown[-1]} if shown else ""
        self.fields["held_on"] = self.day(_("Day of the hearing"), help)
        self.fields["place"] = self.line(_("Place"), required=False)

    def command(self, envelope: Envelope) -> c.GiveHearingNotice:
        return c.GiveHearingNotice(**envelope, held_on=self.cleaned_data["held_on"], place=self.personal("place"))


class CloseHearing(Ask):
    """登记听证笔录."""

    kind = "close_hearing"

    def prepare(self) -> None:
        self.fields["minutes"] = self.text(_("Minutes"), rows=8)

    def command(self, envelope: Envelope) -> c.CloseHearing:
        return c.CloseHearing(**envelope, minutes=self.written("minutes"))


class Decide(Citing):
    """作出决定."""

    kind = "decide"
    stands_open = True
    template = "web/decision_fields.html"

    def prepare(self) -> None:
        self.fields["outcome"] = self.choice(_("Decision"), "outcomes", self.allowed.get("outcome", ()))
        hearing = self.page.state.hearing
        citing.add_criteria(self, self.allowed.get("point", ()), minutes=bool(hearing and hearing.minutes_on))
        citing.add_benchmarks(self, self.page)

    def command(self, envelope: Envelope) -> c.Decide:
        given = self.cleaned_data
        return c.Decide(
            **envelope,
            outcome=given["outcome"],
            points=citing.citations(self),
            benchmarks=citing.benchmarks(self),
        )


class AnswerComplaint(Ask):
    """答复投诉."""

    kind = "answer_complaint"
    stands_open = True

    def prepare(self) -> None:
        complaints = self.page.state.complaints
        choices = []
        for each in self.allowed.get("complaint", ()):
            known = complaints.get(each)
            on = words.day_in_words(known.on, self.page.language) if known else ""
            text = self.page.name("text", known.text.ref) if known else each
            choices.append((each, f"{on} {text}"))
        self.fields["complaint"] = Offered(label=_("Complaint"), choices=choices, widget=forms.RadioSelect())
        if len(choices) == 1:
            self.fields["complaint"].initial = choices[0][0]
        self.fields["outcome"] = self.choice(_("Result of the complaint"), "outcomes", self.allowed.get("outcome", ()))
        self.fields["text"] = self.text(_("Answer"), _("It is sent to whoever complained."))

    def command(self, envelope: Envelope) -> c.AnswerComplaint:
        given = self.cleaned_data
        return c.AnswerComplaint(
            **envelope, complaint=given["complaint"], outcome=given["outcome"], text=self.written("text")
        )


class Issue(Ask):
    """制作证件."""

    kind = "issue"

    def command(self, envelope: Envelope) -> c.Issue:
        return c.Issue(**envelope)


class Terminate(Ask):
    """终止办理."""

    kind = "terminate"

    def prepare(self) -> None:
        self.fields["ground"] = self.choice(_("Ground"), "grounds", self.allowed.get("ground", ()))
        self.fields["text"] = self.text(_("Explanation for the applicant"), required=False)

    def command(self, envelope: Envelope) -> c.Terminate:
        return c.Terminate(**envelope, ground=self.cleaned_data["ground"], text=self.personal("text"))


ASKS: tuple[type[Ask], ...] = (
    Decide,
    FinishStep,
    AnswerComplaint,
    VerifyCommitment,
    RecordMeasure,
    RestoreCredit,
    SetRectification,
    Assign,
    Substitute,
    Pause,
    Resume,
    Forward,
    ConfirmArrival,
    NameThirdParties,
    TellHearingRight,
    AppointHost,
    GiveHearingNotice,
    CloseHearing,
    SendBack,
    Extend,
    RevokeExtension,
    Issue,
    Serve,
    ReceivePapers,
    SendPapers,
    SeeOriginal,
    ReturnOriginal,
    RecordVisit,
    Note,
    Terminate,
    AppointContact,
)
