"""The pages of the window: what waits for an answer, a case with its outcomes, and applying for somebody who is here.

One button, one view, one command, one call. Which buttons stand on a page is the engine's to say.
"""

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from banjie import words
from banjie.cases import queries
from banjie.cases.handle import handle, submit
from banjie.cases.scope import Scope
from banjie.duties.queue import queries as queue
from banjie.engine import commands as c
from banjie.engine.guards import BadInput
from banjie.engine.law import Law, Procedure
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms import about_licence, drafts, paper_files, shared, word
from banjie.faces.forms.asking import Ask, Face, carry_out, page_of, show
from banjie.faces.forms.dates import DATES, handed_out_dates, handed_out_dates_pdf, shown_dates
from banjie.faces.forms.files import handed_out
from banjie.faces.forms.finding import Line, looked_for
from banjie.faces.forms.guide import if_filed_shown
from banjie.faces.forms.page import receipt_of
from banjie.faces.forms.saying import language_of, says_no
from banjie.faces.forms.uploads import is_too_large, of_files, too_much
from banjie.faces.forms.work import tasks_shown, waiting
from banjie.faces.hall import asks
from banjie.faces.hall.entering import PAGE, WindowForm, begun, typed_of
from banjie.faces.hall.papers import find_slip, paper_of, slip_of, slips_of
from banjie.faces.hall.status import out
from banjie.records import catalogue
from banjie.records.organisation.windows import of_unit, require_taking, takes, taking
from banjie.store.files.refused import Refused
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role
from banjie.words import Refusal

FACE = Face("hall", "hall/case.html", "staff", asks.ASKS)


@for_role("clerk")
@require_safe
@says_no
def home(request: Request) -> HttpResponse:
    """What waits at the window, by time left; `?number=` goes to a case."""
    actor, language, now = asking(request), language_of(request), clock.now()
    number, refusal = request.GET.get("number", "").strip(), None
    if number:
        try:
            return redirect("hall:case", queries.find(number, Scope.of(actor)).query_number)
        except NotPossible as no:
            refusal = words.refusal(no, language)
    lines = queries.tasks(Scope.of(actor), actor, now.date())
    shown = {
        "receipts": tasks_shown([each for each in lines if each.slug == "receipt"], language),
        "others": tasks_shown([each for each in lines if each.slug != "receipt"], language),
        "corrections": waiting(Scope.of(actor), ["correction"], language),
        "out": out(actor, language, now.date()),
        "windows": of_unit(actor.unit),
        "drafts": begun(actor, language, now.date()),
        "inquiries": queue.mine(actor).count(),
        "slips": len(queue.slips(actor)),
        "number": number,
        "refusal": refusal,
    }
    return render(request, "hall/home.html", shown, status=404 if refusal else 200)


@for_role("clerk")
@require_safe
def status(request: Request) -> HttpResponse:
    """The part of the window's page that asks again by itself: how far the back office is."""
    shown = {"out": out(asking(request), language_of(request), clock.today())}
    return render(request, "hall/status.html", shown)


@for_role("clerk")
@require_safe
@says_no
def case(request: Request, number: str) -> HttpResponse:
    """The case with what was handed in, its clocks, and a form for each thing the clerk can ask for."""
    return show(FACE, request, number)


@for_role("clerk", "agent")
@require_safe
@says_no
def receipt(request: Request, number: str) -> HttpResponse:
    """收件凭证, to print and hand over."""
    page = page_of(FACE, request, number)
    return render(request, "hall/receipt.html", {"page": page, "receipt": receipt_of(page)})


@for_role("clerk")
@require_safe
@says_no
def dates(request: Request, number: str) -> HttpResponse:
    """What the dates of the case rest on, to read and print."""
    page = page_of(FACE, request, number)
    places = (reverse(f"{FACE.name}:{each}", args=[page.state.query_number]) for each in ("case", *DATES))
    return shown_dates(request, page, *places)


@for_role("clerk")
@require_safe
@says_no
def dates_file(request: Request, number: str) -> HttpResponse:
    """The same as a file that anybody can check."""
    return handed_out_dates(page_of(FACE, request, number))


@for_role("clerk")
@require_safe
@says_no
def dates_pdf(request: Request, number: str) -> HttpResponse:
    """The same as a PDF to keep or hand over."""
    return handed_out_dates_pdf(request, page_of(FACE, request, number))


@for_role("clerk")
@require_safe
@says_no
def file(request: Request, number: str, file_id: str) -> HttpResponse:
    """A file of the case, as an attachment."""
    return handed_out(page_of(FACE, request, number), file_id)


@for_role("clerk")
@require_safe
@says_no
def paper(request: Request, number: str, position: int) -> HttpResponse:
    """The paper of an outcome (受理通知书, 一次性告知书, 不予受理决定书, 不受理通知), to print and hand over."""
    page = page_of(FACE, request, number)
    return render(request, "hall/paper.html", {"page": page, "paper": paper_of(page, position)})


@for_role("clerk", "agent")
@require_safe
@says_no
def paper_pdf(request: Request, number: str, position: int) -> HttpResponse:
    """The same as a PDF to keep: sealed, or a draft that says on every page that it is not."""
    return paper_files.handed_out(page_of(FACE, request, number), position)


@for_role("clerk")
@require_safe
@says_no
def letter(request: Request, number: str, letter: str) -> HttpResponse:
    """告知承诺书 or 容缺受理承诺书, to print for a signature; NotPossible where the item has none."""
    page = page_of(FACE, request, number)
    told = page.commitment_told if letter == "commitment" else page.gaps_told
    if told is None:
        raise NotPossible("no_commitment_here" if letter == "commitment" else "nothing_may_follow")
    return render(request, "hall/letter.html", {"page": page, "told": told})


@for_role("staff")
@require_safe
@says_no
def slip(request: Request, number: str, slip: str) -> HttpResponse:
    """材料交接单, to print and to travel with the papers: its number is scanned where they arrive."""
    page = page_of(FACE, request, number)
    address = request.build_absolute_uri(reverse("hall:slips"))
    shown = slip_of(page, slip)
    return render(request, "hall/slip.html", {"page": page, "slip": shown, "address": f"{address}?slip={shown.code}"})


@for_role("staff")
@require_safe
@says_no
def slips(request: Request) -> HttpResponse:
    """The papers on their way to and from the reader's unit; `?slip=` (typed or scanned) leads to its case."""
    actor, language = asking(request), language_of(request)
    # A scanner types what the code says: the whole address, of which the number is the end.
    wanted, refusal = request.GET.get("slip", "").rpartition("slip=")[2].strip(), None
    if wanted:
        try:
            number, known = find_slip(wanted, Scope.of(actor))
        except NotPossible as no:
            refusal = words.refusal(no, language)
        else:
            face = "hall" if "clerk" in actor.posts else "desk"
            anchor = "#ask-receive_papers" if known.is_on_the_way else ""
            return redirect(reverse(f"{face}:case", args=[number]) + anchor)
    shown = {"lines": slips_of(actor, language), "slip": wanted, "refusal": refusal}
    return render(request, "hall/slips.html", shown, status=404 if refusal else 200)


# Applying for somebody at the window


@for_role("clerk", "agent")
@require_safe
def items(request: Request) -> HttpResponse:
    """The items one can apply for, all of them or those that `?q=` finds, and at which windows."""
    looked, mine = looked_for(request), of_unit(asking(request).unit)
    lines = [(line, not mine or any(takes(each, _procedure(line)) for each in mine)) for line in looked.lines]
    return render(request, "hall/items.html", {"looked": looked, "lines": lines})


@for_role("clerk", "agent")
@require_safe
@says_no
def open_form(request: Request, code: str) -> HttpResponse:
    """A fresh form: its key stands in its address, so that a reload or a second press hands in once."""
    law = catalogue.law_in_force(code, clock.today())
    try:
        require_taking(asking(request).unit, law.procedure)
    except NotPossible as no:
        shown = {"refusal": words.refusal(no, language_of(request)), "procedure": law.procedure}
        return render(request, "hall/other_window.html", {**shown, "windows": taking(law.procedure)}, status=409)
    return redirect("hall:apply", code, uuid.uuid4())


@for_role("clerk", "agent")
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def apply(request: Request, code: str, key: uuid.UUID) -> HttpResponse:
    """The application of somebody at the window, on one screen: looked up, kept, or handed in.

    `key` stands in the address: however often the same form is handed in, it is one application.
    """
    actor, language, now = asking(request), language_of(request), clock.now()
    law, owner = catalogue.law_in_force(code, now.date()), drafts.owner_of(actor)
    require_taking(actor.unit, law.procedure)
    draft = drafts.find(key, owner) or drafts.Draft(key, owner, (code,))
    if draft.is_handed_in:
        return _to_the_outcomes(draft.numbers[0][1], actor, law)
    if request.method != "POST":
        return _form(request, WindowForm(law, actor, language, draft.typed))
    is_too_much, made = is_too_large(request), []

    def merge(_before: drafts.Typed) -> tuple[drafts.Typed, list[str]]:
        files = None if is_too_much else request.FILES
        dropped = [each for name in request.POST if name.startswith("drop.") for each in request.POST.getlist(name)]
        typed = typed_of(request.POST) or draft.typed
        made.append(WindowForm(law, actor, language, typed, files, dropped, request.POST.get("all", "")))
        return made[-1].typed, made[-1].file_ids

    saved = drafts.save(key, owner, (code,), PAGE, now, merge)
    if saved is None:
        raise NotPossible("unknown_item")
    if saved.is_handed_in:
        return _to_the_outcomes(saved.numbers[0][1], actor, law)
    form: WindowForm = made[-1]
    if is_too_much:
        return _form(request, form, words.refusal(too_much(), language), 413)
    if {"keep", "find", "all"} & set(request.POST):
        return _form(request, form)
    if not form.is_valid() or form.materials.has_faults:
        return _form(request, form, words.refusal(NotPossible("bad_input"), language), 422)
    try:
        told = form.mandate(now)
        command = form.command(key, now)
        about_licence.require(law.procedure, command, clock.today())
        done = submit(code, command, str(key), form.body(command))
        if told:
            note = c.Note(command_id=uuid.uuid5(key, "mandate"), at=now, by=actor, text=c.Personal(told))
            handle(done.stream, note)
    except BadInput as bad:
        form.add_problems(bad.problems)
        return _form(request, form, words.refusal(bad, language), 422)
    except Refused as refused:
        return _form(request, form, words.refusal(of_files(refused), language), 409)
    except NotPossible as no:
        return _form(request, form, words.refusal(no, language), 409)
    drafts.handed_in(saved, code, done.query_number)
    return _to_the_outcomes(done.query_number, actor, law)


def _to_the_outcomes(number: str, actor: c.Actor, law: Law) -> HttpResponse:
    """On to the case with its outcomes for a clerk who may answer it; to the receipt for everybody else."""
    may_answer = "clerk" in actor.posts and actor.unit == law.procedure.receives
    return redirect("hall:case" if may_answer else "hall:receipt", number)


def _procedure(line: Line) -> Procedure:
    return catalogue.law_in_force(line.item.code, clock.today()).procedure


def _form(request: Request, form: WindowForm, refusal: Refusal | None = None, status: int = 200) -> HttpResponse:
    law = catalogue.law_in_force(form.procedure.code, clock.today())
    told = if_filed_shown(law, clock.now(), language_of(request))
    shown = {"form": form, "procedure": form.procedure, "refusal": refusal, "is_kept": "keep" in request.POST}
    shown["told"] = told
    return render(request, "hall/apply.html", shown, status=status)


# What a clerk asks for


@for_role("clerk")
@says_no
def accept(request: Request, number: str) -> HttpResponse:
    """受理."""
    return _ask(request, number, asks.Accept)


@for_role("clerk")
@says_no
def decide_at_once(request: Request, number: str) -> HttpResponse:
    """当场办结."""
    return _ask(request, number, asks.DecideAtOnce)


@for_role("clerk")
@says_no
def request_correction(request: Request, number: str) -> HttpResponse:
    """一次性告知."""
    return _ask(request, number, asks.RequestCorrection)


@for_role("clerk")
@says_no
def correct_on_the_spot(request: Request, number: str) -> HttpResponse:
    """当场更正."""
    return _ask(request, number, asks.CorrectOnTheSpot)


@for_role("clerk")
@says_no
def decline(request: Request, number: str) -> HttpResponse:
    """不予受理."""
    return _ask(request, number, asks.Decline)


@for_role("clerk")
@says_no
def find_not_needed(request: Request, number: str) -> HttpResponse:
    """不受理."""
    return _ask(request, number, asks.FindNotNeeded)


@for_role("clerk")
@says_no
def remind_correction(request: Request, number: str) -> HttpResponse:
    """补正提醒."""
    return _ask(request, number, asks.RemindCorrection)


@for_role("clerk")
@says_no
def submit_correction(request: Request, number: str) -> HttpResponse:
    """补正, handed over at the window."""
    return _ask(request, number, shared.SubmitCorrection)


@for_role("clerk")
@says_no
def sign_commitment(request: Request, number: str) -> HttpResponse:
    """签署告知承诺, on paper at the window."""
    return _ask(request, number, word.SignCommitment)


@for_role("clerk")
@says_no
def promise_gaps(request: Request, number: str) -> HttpResponse:
    """承诺后补材料, on paper at the window."""
    return _ask(request, number, word.PromiseGaps)


@for_role("clerk")
@says_no
def fill_gap(request: Request, number: str) -> HttpResponse:
    """补交后补材料, handed over at the window."""
    return _ask(request, number, word.FillGap)


@for_role("clerk")
@says_no
def serve(request: Request, number: str) -> HttpResponse:
    """登记送达."""
    return _ask(request, number, shared.Serve)


@for_role("clerk")
@says_no
def appoint_contact(request: Request, number: str) -> HttpResponse:
    """变更联系人."""
    return _ask(request, number, shared.AppointContact)


@for_role("clerk")
@says_no
def void(request: Request, number: str) -> HttpResponse:
    """作废."""
    return _ask(request, number, asks.Void)


@for_role("clerk")
@says_no
def take_back(request: Request, number: str) -> HttpResponse:
    """撤销误操作."""
    return _ask(request, number, asks.TakeBack)


@for_role("clerk")
@says_no
def record_visit(request: Request, number: str) -> HttpResponse:
    """登记到场."""
    return _ask(request, number, asks.RecordVisit)


@for_role("clerk")
@says_no
def see_original(request: Request, number: str) -> HttpResponse:
    """查验原件."""
    return _ask(request, number, shared.SeeOriginal)


@for_role("clerk")
@says_no
def return_original(request: Request, number: str) -> HttpResponse:
    """退还原件."""
    return _ask(request, number, shared.ReturnOriginal)


@for_role("clerk")
@says_no
def send_papers(request: Request, number: str) -> HttpResponse:
    """移送纸质材料."""
    return _ask(request, number, shared.SendPapers)


@for_role("clerk")
@says_no
def receive_papers(request: Request, number: str) -> HttpResponse:
    """接收纸质材料."""
    return _ask(request, number, shared.ReceivePapers)


@for_role("clerk")
@says_no
def note(request: Request, number: str) -> HttpResponse:
    """添加备注."""
    return _ask(request, number, shared.Note)


def _ask(request: Request, number: str, ask: type[Ask]) -> HttpResponse:
    return carry_out(FACE, request, number, ask)
