"""The keeper's queue: papers that wait for the seal, looked at, ticked, sealed at once, and watched until they are."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe

from banjie import words
from banjie.cases import unmask
from banjie.duties.licences import queries as licences
from banjie.duties.papers import batches, make
from banjie.duties.papers import queries as papers
from banjie.duties.papers.models import Paper, SealBatch
from banjie.duties.seals import queries
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.faces.desk.seals import asks, home
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.organisation.queries import display_names
from banjie.web import clock
from banjie.web.evidence.silence import silence
from banjie.web.request import Request, asking
from banjie.web.roles import for_role
from banjie.web.step_up import assertion, is_fresh, show_again

GONE = gettext_noop(
    "Some of these papers wait no longer: somebody else has had them sealed, or what they rest on was taken back. "
    "Nothing was sealed by this. The list shows what waits now: tick again what you want to seal."
)
AT_ONCE = 200
"""Papers on one page; the rest comes after."""


@dataclass(frozen=True, slots=True)
class Line:
    """A paper in words."""

    row: Paper
    kind: str
    refused: str = ""


@for_role("seal_keeper")
@require_safe
@says_no
def waiting(request: Request) -> HttpResponse:
    """What waits for whoever keeps the reader's seals."""
    return _page(request)


@for_role("seal_keeper")
@require_POST
@says_no
def seal(request: Request) -> HttpResponse:
    """用印: the ticked papers, by whoever has just shown who they are."""
    by, language, now = asking(request), language_of(request), clock.now()
    if not is_fresh(request):
        return show_again(request, reverse("desk:seal_waiting"))
    choices = [(str(each.stream), each.number) for each in _mine(request)]
    sent = request.POST.copy()
    if "all" in sent:  # everything that stood on the page, and nothing that came since
        sent.setlist("papers", sent.getlist("listed"))
    form = asks.Sealing(choices, language, sent)
    if not form.is_valid():
        gone = set(sent.getlist("papers")) - {paper for paper, _number in choices}
        return _page(request, 422, problem=_(GONE) if gone else words.problem("needed", language))
    given = form.cleaned_data
    try:
        opened = batches.open_batch(
            [UUID(each) for each in given["papers"]], by, assertion(request), now, given["command_id"]
        )
    except BadInput as bad:
        return _page(request, 422, problem=words.problem(bad.problems[0][1], language))
    except NotPossible as no:
        return _page(request, 409, words.refusal(no, language))
    return redirect("desk:seal_batch", opened.stream)


@for_role("seal_keeper")
@require_safe
@says_no
def batch(request: Request, batch_id: UUID) -> HttpResponse:
    """How far a batch is. Asks again by itself until nothing waits."""
    by, language = asking(request), language_of(request)
    row = SealBatch.objects.filter(stream=batch_id, agency=by.agency).first()
    if row is None:
        raise NotPossible("no_such_paper")
    rows = batches.papers_of(batch_id)
    codes = queries.refused({each.stream for each in rows if not each.file})
    shown = {
        "batch": row,
        "by": display_names([row.by], language).get(row.by, ""),
        "progress": batches.progress(batch_id),
        "lines": [
            Line(
                each,
                words.label("documents", each.kind, language),
                words.refusal_of(codes[each.stream], {}, language).what if each.stream in codes else "",
            )
            for each in rows
        ],
        **silence(),
    }
    return render(request, "desk/seals/batch.html", shown)


@for_role("seal_keeper")
@require_safe
@says_no
def paper(request: Request, paper_id: UUID) -> HttpResponse:
    """A paper of the reader's seals: as it will be sealed (每页标明未用印), or with its seal. It is on record."""
    agencies = {each.agency for each in queries.kept_by(asking(request).id, asking(request).agency)}
    found = papers.find(paper_id)
    if found is None or found.agency not in agencies:
        raise NotPossible("no_such_paper")
    content = papers.sealed_bytes(found) if found.file else make.draft(found)
    if content is None:
        raise NotPossible("case_gone")
    case = licences.case_of(found.about) or found.about
    unmask.read_before_sealing(case, asking(request), found.stream, found.number, clock.now())
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{found.number}.pdf") or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _mine(request: Request) -> list[Paper]:
    by = asking(request)
    agencies = sorted({each.agency for each in queries.kept_by(by.id, by.agency)})
    return batches.for_the_keeper(agencies, clock.now(), AT_ONCE) if agencies else []


def _page(request: Request, status: int = 200, refusal: words.Refusal | None = None, problem: str = "") -> HttpResponse:
    by, language = asking(request), language_of(request)
    rows = _mine(request)
    ticked = set(request.POST.getlist("papers"))
    lines = [Line(each, words.label("documents", each.kind, language)) for each in rows]
    shown = {
        "lines": [(each, str(each.row.stream) in ticked) for each in lines],
        "form": asks.Sealing([], language),
        "is_fresh": is_fresh(request),
        "again": show_again(request, reverse("desk:seal_waiting")).headers["Location"],
        "unauthorised": home.unauthorised(by, language),
        "keeps": bool(queries.kept_by(by.id, by.agency)),
        "batches": batches.of_agency(by.agency, 5),
        "problem": problem,
        "refusal": refusal,
        **silence(),
    }
    return render(request, "desk/seals/waiting.html", shown, status=status)
