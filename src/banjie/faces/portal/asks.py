"""What an applicant can ask for in a case of theirs: one form a command.

What is asked of them stands open on the page of the case. What they may do of their own accord has a page of its own,
which says what it means, until when it can be done, and what happens then.
"""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext as _

from banjie import words
from banjie.engine import commands as c
from banjie.engine.events import Person
from banjie.faces.forms.asking import Ask, Envelope
from banjie.faces.forms.shared import SubmitCorrection, person
from banjie.faces.forms.word import FillGap, PromiseGaps, SignCommitment


class Right(Ask):
    """Something the applicant may do. `has_page`: the case page leads to its own page."""

    has_page: ClassVar[bool] = True

    @property
    def means(self) -> list[str]:
        """What it means and what happens then, in sentences."""
        raise NotImplementedError


class MakeStatement(Right):
    """陈述、申辩."""

    kind = "make_statement"

    def prepare(self) -> None:
        self.fields["text"] = self.text(_("Your statement"), rows=6)

    @property
    def means(self) -> list[str]:
        return [
            _("You say how you see it: what speaks for you, what the office should know, what you think it got wrong."),
            _("Whoever decides must hear it before deciding. It can be done as often as you like until the decision."),
            _("It costs nothing and moves no date."),
        ]

    def command(self, envelope: Envelope) -> c.MakeStatement:
        return c.MakeStatement(**envelope, text=self.written("text"))


class RequestHearing(Right):
    """要求听证."""

    kind = "request_hearing"

    @property
    def means(self) -> list[str]:
        return [
            _("At a hearing you, the examiner and others who are affected speak before a neutral host; it is public."),
            _("It is held within 20 working days. You are told the time and place at least 7 working days before."),
            _("It costs you nothing. The decision must rest on the signed minutes."),
            _("The time of the hearing does not count in the limit for the decision, so the decision comes later."),
        ]

    def command(self, envelope: Envelope) -> c.RequestHearing:
        return c.RequestHearing(**envelope)


class WaiveHearing(Right):
    """放弃听证."""

    kind = "waive_hearing"

    @property
    def means(self) -> list[str]:
        return [
            _("You give up your own right to a hearing; it cannot be asked for again. Others keep theirs."),
            _("If nobody else asked for it no hearing is held, and the limit for the decision runs on."),
            _("You can still make a statement in writing until the decision."),
        ]

    def command(self, envelope: Envelope) -> c.WaiveHearing:
        return c.WaiveHearing(**envelope)


class ReportRectified(Ask):
    """报告整改完成."""

    kind = "report_rectified"
    per_step = True
    stands_open = True

    def prepare(self) -> None:
        self.fields["text"] = self.text(_("What you put right"), required=False)

    def command(self, envelope: Envelope) -> c.ReportRectified:
        return c.ReportRectified(**envelope, step=self.step, text=self.personal("text"))


class Complain(Right):
    """投诉: about how the case is handled, or about one of those who handle it."""

    kind = "complain"

    def prepare(self) -> None:
        self.fields["text"] = self.text(_("What are you not satisfied with?"), rows=6)
        people = [("", _("About how my case is handled")), *self._handlers()]
        if len(people) > 1:
            label, help = _("Whom is it about?"), _("Whoever is named here does not answer it.")
            self.fields["against"] = forms.ChoiceField(
                label=label, help_text=help, choices=people, required=False, widget=forms.RadioSelect()
            )

    def _handlers(self) -> list[tuple[str, str]]:
        """The people the reader knows by name: the contact person and, for applicants, those who carry out a step."""
        page = self.page
        named: list[Person] = [Person(page.state.contact, page.state.unit)] if page.state.contact else []
        if page.audience == "applicant":
            named += [each for step in page.state.steps.values() for each in step.people]
        known = {each.id: each for each in reversed(named)}
        return [(f"{each.id}@{each.unit}", name) for each in reversed(known.values()) if (name := page.person(each.id))]

    @property
    def means(self) -> list[str]:
        limit = words.limit_in_words(self.page.law.region.complaint_limit, self.page.language)
        unit = self.page.name("unit", self.page.procedure.supervises)
        return [
            _("%(unit)s answers it within %(limit)s; nobody who worked on your case does.")
            % {"unit": unit, "limit": limit},
            _("Only you and the supervising unit read it. The answer stands on the page of your case."),
            _("Your case goes on as before, and no date moves. You can complain after it was closed, too."),
        ]

    def command(self, envelope: Envelope) -> c.Complain:
        chosen = self.cleaned_data.get("against")
        return c.Complain(**envelope, text=self.written("text"), against=person(chosen) if chosen else None)


class Withdraw(Right):
    """撤回申请."""

    kind = "withdraw"

    def prepare(self) -> None:
        self.fields["text"] = self.text(_("Why (you need not say)"), required=False)

    @property
    def means(self) -> list[str]:
        told = [
            _("Your application ends at once: nobody examines it any further, and there will be no decision."),
            _("This cannot be undone. You may apply again whenever you like, with a new number and new dates."),
        ]
        if any(each.is_kept for each in self.page.state.originals.values()):
            told.append(_("The originals we keep are given back to you: ask your contact person."))
        return told

    def command(self, envelope: Envelope) -> c.Withdraw:
        return c.Withdraw(**envelope, text=self.personal("text"))


ASKS: tuple[type[Ask], ...] = (
    SubmitCorrection,
    FillGap,
    ReportRectified,
    SignCommitment,
    PromiseGaps,
    RequestHearing,
    WaiveHearing,
    MakeStatement,
    Complain,
    Withdraw,
)
