"""What officers and those who decide can ask for in a proceeding of the agency itself (依职权): one form a command."""

from django import forms
from django.utils.translation import gettext as _

from banjie import words
from banjie.engine import commands as c
from banjie.faces.forms.asking import Ask, Envelope, Offered


class TellIntent(Ask):
    """送达告知书."""

    kind = "tell_intent"
    stands_open = True

    def prepare(self) -> None:
        said = _(
            "The holder reads it: what was found, on which law, what is intended. It cannot be changed afterwards."
        )
        self.fields["text"] = self.text(_("Facts, reasons and what is intended"), said, rows=6)
        latest = self.allowed.get("until", ())
        if latest:
            told = words.day_in_words(latest[0], self.page.language)
            self.fields["until"] = self.day(_("Suspended until"), _("At the latest %(day)s.") % {"day": told})

    def command(self, envelope: Envelope) -> c.TellIntent:
        return c.TellIntent(**envelope, text=self.written("text"), until=self.cleaned_data.get("until"))


class AnswerStatement(Ask):
    """复核陈述、申辩."""

    kind = "answer_statement"
    stands_open = True

    def prepare(self) -> None:
        waiting = {each.id: each for each in self.page.state.statements}
        choices = []
        for each in self.allowed.get("statement", ()):
            said = waiting[each]
            on = words.day_in_words(said.on, self.page.language)
            choices.append((each, f"{on} {self.page.name('text', said.text.ref)}"))
        first = choices[0][0] if len(choices) == 1 else None
        self.fields["statement"] = Offered(
            label=_("Statement"), choices=choices, widget=forms.RadioSelect(), initial=first
        )
        self.fields["outcome"] = self.choice(_("What came of it"), "outcomes", self.allowed.get("outcome", ()))
        self.fields["text"] = self.text(_("Answer"), _("It is sent to whoever stated it."))

    def command(self, envelope: Envelope) -> c.AnswerStatement:
        given = self.cleaned_data
        return c.AnswerStatement(
            **envelope, statement=given["statement"], outcome=given["outcome"], text=self.written("text")
        )


class DecideEnd(Ask):
    """作出决定."""

    kind = "decide_end"
    stands_open = True

    def prepare(self) -> None:
        told = _("It is decided as it was announced in the notice, and takes effect when it is served.")
        self.fields["reasons"] = self.text(_("Reasons"), told, rows=6)

    def command(self, envelope: Envelope) -> c.DecideEnd:
        return c.DecideEnd(**envelope, reasons=self.written("reasons"))


class Discontinue(Ask):
    """终结程序."""

    kind = "discontinue"

    def prepare(self) -> None:
        self.fields["ground"] = self.choice(_("Ground"), "grounds", self.allowed.get("ground", ()))
        self.fields["text"] = self.text(_("Reasons"), _("The holder reads them. The licence stays as it is."))

    def command(self, envelope: Envelope) -> c.Discontinue:
        return c.Discontinue(**envelope, ground=self.cleaned_data["ground"], text=self.written("text"))


class RecordCancellation(Ask):
    """登记注销立案."""

    kind = "record_cancellation"
    stands_open = True

    def prepare(self) -> None:
        told = _("Open the cancellation on the page of the agency's own proceedings first; its number stands there.")
        self.fields["case"] = self.line(_("Number of the case that cancels the licence"), told)

    def command(self, envelope: Envelope) -> c.RecordCancellation:
        return c.RecordCancellation(**envelope, case=str(self.cleaned_data["case"]).strip())


class MakeStatement(Ask):
    """陈述、申辩, as the holder made it on paper or in person."""

    kind = "make_statement"

    def prepare(self) -> None:
        told = _("In their own words, as they stand on the paper or in the record that was read to them.")
        self.fields["text"] = self.text(_("What the holder stated on paper or in person"), told, rows=6)

    def command(self, envelope: Envelope) -> c.MakeStatement:
        return c.MakeStatement(**envelope, text=self.written("text"))


class RequestHearing(Ask):
    """要求听证, as the holder asked for it on paper or in person."""

    kind = "request_hearing"

    def command(self, envelope: Envelope) -> c.RequestHearing:
        return c.RequestHearing(**envelope)


class WaiveHearing(Ask):
    """放弃听证, as whoever asked on paper gave it up."""

    kind = "waive_hearing"

    def command(self, envelope: Envelope) -> c.WaiveHearing:
        return c.WaiveHearing(**envelope)


ASKS: tuple[type[Ask], ...] = (
    DecideEnd,
    TellIntent,
    AnswerStatement,
    RecordCancellation,
    MakeStatement,
    RequestHearing,
    WaiveHearing,
    Discontinue,
)
