"""What an applicant can ask for in a case of theirs: one form a command."""

from django.utils.translation import gettext as _

from banjie.engine import commands as c
from banjie.faces.forms.asking import Ask, Envelope
from banjie.faces.forms.shared import SubmitCorrection


class MakeStatement(Ask):
    """陈述、申辩."""

    kind = "make_statement"

    def prepare(self) -> None:
        self.fields["text"] = self.text(_("Your statement"), rows=6)

    def command(self, envelope: Envelope) -> c.MakeStatement:
        return c.MakeStatement(**envelope, text=self.written("text"))


class RequestHearing(Ask):
    """要求听证."""

    kind = "request_hearing"

    def command(self, envelope: Envelope) -> c.RequestHearing:
        return c.RequestHearing(**envelope)


class WaiveHearing(Ask):
    """放弃听证."""

    kind = "waive_hearing"

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


class Withdraw(Ask):
    """撤回申请."""

    kind = "withdraw"

    def prepare(self) -> None:
        self.fields["text"] = self.text(_("Why (you need not say)"), required=False)

    def command(self, envelope: Envelope) -> c.Withdraw:
        return c.Withdraw(**envelope, text=self.personal("text"))


ASKS: tuple[type[Ask], ...] = (
    SubmitCorrection,
    ReportRectified,
    RequestHearing,
    WaiveHearing,
    MakeStatement,
    Withdraw,
)
