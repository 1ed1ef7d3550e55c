"""The pages of a case at the desk, with everything one can ask for in it.

One button, one view, one command, one call. Which buttons stand on a page is the engine's to say.
"""

from uuid import uuid4

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from banjie import words
from banjie.cases import unmask as seeing
from banjie.engine.not_possible import BadInput
from banjie.faces.desk import asks, ex_officio_asks
from banjie.faces.forms import paper_files, shared, word
from banjie.faces.forms.asking import Ask, Face, carry_out, page_of, show, shown
from banjie.faces.forms.dates import DATES, handed_out_dates, handed_out_dates_pdf, shown_dates
from banjie.faces.forms.files import handed_out
from banjie.faces.forms.saying import says_no
from banjie.web import clock
from banjie.web.request import Request, asking, command_id_of
from banjie.web.roles import for_role

FACE = Face("desk", "desk/case.html", "staff", (*asks.ASKS[:1], *ex_officio_asks.ASKS, *asks.ASKS[1:]))


@for_role("staff")
@require_safe
@says_no
def case(request: Request, number: str) -> HttpResponse:
    """Everything about a case on one page, with a form for each thing whoever reads it can ask for."""
    return show(FACE, request, number, look=uuid4())


@for_role("staff")
@require_safe
@says_no
def paper_pdf(request: Request, number: str, position: int) -> HttpResponse:
    """A paper of the case as a PDF: sealed, or a draft that says on every page that it is not."""
    return paper_files.handed_out(page_of(FACE, request, number), position, paper_files.NOT_AT_THE_DESK)


@for_role("staff")
@require_safe
@says_no
def dates(request: Request, number: str) -> HttpResponse:
    """What the dates of the case rest on, to read and print."""
    page = page_of(FACE, request, number)
    places = (reverse(f"{FACE.name}:{each}", args=[page.state.query_number]) for each in ("case", *DATES))
    return shown_dates(request, page, *places)


@for_role("staff")
@require_safe
@says_no
def dates_file(request: Request, number: str) -> HttpResponse:
    """The same as a file that anybody can check."""
    return handed_out_dates(page_of(FACE, request, number))


@for_role("staff")
@require_safe
@says_no
def dates_pdf(request: Request, number: str) -> HttpResponse:
    """The same as a PDF to keep or hand over."""
    return handed_out_dates_pdf(request, page_of(FACE, request, number))


@for_role("staff")
@require_safe
@says_no
def file(request: Request, number: str, file_id: str) -> HttpResponse:
    """A file of the case, as an attachment."""
    return handed_out(page_of(FACE, request, number), file_id)


@for_role("staff")
@require_POST
@says_no
def unmask(request: Request, number: str) -> HttpResponse:
    """The page with the applicant's particulars in clear, for a reason that is recorded first. Kept by no browser."""
    page = page_of(FACE, request, number)
    command_id, given = command_id_of(request.POST, "look"), request.POST
    purpose, reason = given.get("purpose", ""), given.get("reason", "")
    try:
        page.in_clear = seeing.unmask(
            page.state.query_number, asking(request), purpose, reason, clock.now(), command_id
        )
    except BadInput as bad:
        wrong = {f"look_{path}_problem": words.problem(code, page.language) for path, code in bad.problems}
        return shown(FACE, request, page, status=422, look=command_id, look_purpose=purpose, **wrong)
    response = shown(FACE, request, page, look=uuid4())
    response.headers["Cache-Control"] = "private, no-store"
    return response


# What one asks for


@for_role("staff")
@says_no
def decide(request: Request, number: str) -> HttpResponse:
    """作出决定."""
    return _ask(request, number, asks.Decide)


@for_role("staff")
@says_no
def finish_step(request: Request, number: str) -> HttpResponse:
    """完成环节."""
    return _ask(request, number, asks.FinishStep)


@for_role("staff")
@says_no
def set_rectification(request: Request, number: str) -> HttpResponse:
    """限期整改."""
    return _ask(request, number, asks.SetRectification)


@for_role("staff")
@says_no
def assign(request: Request, number: str) -> HttpResponse:
    """指定承办人."""
    return _ask(request, number, asks.Assign)


@for_role("staff")
@says_no
def substitute(request: Request, number: str) -> HttpResponse:
    """安排代岗."""
    return _ask(request, number, asks.Substitute)


@for_role("staff")
@says_no
def pause(request: Request, number: str) -> HttpResponse:
    """启动特别程序."""
    return _ask(request, number, asks.Pause)


@for_role("staff")
@says_no
def resume(request: Request, number: str) -> HttpResponse:
    """恢复计时."""
    return _ask(request, number, asks.Resume)


@for_role("staff")
@says_no
def forward(request: Request, number: str) -> HttpResponse:
    """转报."""
    return _ask(request, number, asks.Forward)


@for_role("staff")
@says_no
def confirm_arrival(request: Request, number: str) -> HttpResponse:
    """登记收到转报."""
    return _ask(request, number, asks.ConfirmArrival)


@for_role("staff")
@says_no
def name_third_parties(request: Request, number: str) -> HttpResponse:
    """列明利害关系人."""
    return _ask(request, number, asks.NameThirdParties)


@for_role("staff")
@says_no
def tell_hearing_right(request: Request, number: str) -> HttpResponse:
    """告知听证权利."""
    return _ask(request, number, asks.TellHearingRight)


@for_role("staff")
@says_no
def appoint_host(request: Request, number: str) -> HttpResponse:
    """指定听证主持人."""
    return _ask(request, number, asks.AppointHost)


@for_role("staff")
@says_no
def give_hearing_notice(request: Request, number: str) -> HttpResponse:
    """发出听证通知."""
    return _ask(request, number, asks.GiveHearingNotice)


@for_role("staff")
@says_no
def close_hearing(request: Request, number: str) -> HttpResponse:
    """登记听证笔录."""
    return _ask(request, number, asks.CloseHearing)


@for_role("staff")
@says_no
def send_back(request: Request, number: str) -> HttpResponse:
    """退回环节."""
    return _ask(request, number, asks.SendBack)


@for_role("staff")
@says_no
def extend(request: Request, number: str) -> HttpResponse:
    """批准延期."""
    return _ask(request, number, asks.Extend)


@for_role("staff")
@says_no
def revoke_extension(request: Request, number: str) -> HttpResponse:
    """撤销延期."""
    return _ask(request, number, asks.RevokeExtension)


@for_role("staff")
@says_no
def verify_commitment(request: Request, number: str) -> HttpResponse:
    """登记核查结论."""
    return _ask(request, number, word.VerifyCommitment)


@for_role("staff")
@says_no
def record_measure(request: Request, number: str) -> HttpResponse:
    """登记处理措施."""
    return _ask(request, number, word.RecordMeasure)


@for_role("staff")
@says_no
def restore_credit(request: Request, number: str) -> HttpResponse:
    """信用修复."""
    return _ask(request, number, word.RestoreCredit)


@for_role("staff")
@says_no
def issue(request: Request, number: str) -> HttpResponse:
    """制作证件."""
    return _ask(request, number, asks.Issue)


@for_role("staff")
@says_no
def serve(request: Request, number: str) -> HttpResponse:
    """登记送达."""
    return _ask(request, number, shared.Serve)


@for_role("staff")
@says_no
def terminate(request: Request, number: str) -> HttpResponse:
    """终止办理."""
    return _ask(request, number, asks.Terminate)


@for_role("staff")
@says_no
def appoint_contact(request: Request, number: str) -> HttpResponse:
    """变更联系人."""
    return _ask(request, number, shared.AppointContact)


@for_role("staff")
@says_no
def answer_complaint(request: Request, number: str) -> HttpResponse:
    """答复投诉."""
    return _ask(request, number, asks.AnswerComplaint)


@for_role("staff")
@says_no
def note(request: Request, number: str) -> HttpResponse:
    """添加备注."""
    return _ask(request, number, shared.Note)


@for_role("staff")
@says_no
def record_visit(request: Request, number: str) -> HttpResponse:
    """登记到场."""
    return _ask(request, number, shared.RecordVisit)


@for_role("staff")
@says_no
def see_original(request: Request, number: str) -> HttpResponse:
    """查验原件."""
    return _ask(request, number, shared.SeeOriginal)


@for_role("staff")
@says_no
def return_original(request: Request, number: str) -> HttpResponse:
    """退还原件."""
    return _ask(request, number, shared.ReturnOriginal)


@for_role("staff")
@says_no
def send_papers(request: Request, number: str) -> HttpResponse:
    """移送纸质材料."""
    return _ask(request, number, shared.SendPapers)


@for_role("staff")
@says_no
def receive_papers(request: Request, number: str) -> HttpResponse:
    """接收纸质材料."""
    return _ask(request, number, shared.ReceivePapers)


def _ask(request: Request, number: str, ask: type[Ask]) -> HttpResponse:
    return carry_out(FACE, request, number, ask)
