"""My licences (我的证照): each with its state, its certificate, its history, and the copies made of it for one use."""

import uuid
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from banjie import words
from banjie.cases.scope import Scope
from banjie.duties.licences import copies, queries
from banjie.duties.licences.models import Licence
from banjie.duties.notices import reading
from banjie.duties.papers import make, sealing
from banjie.duties.papers import queries as papers
from banjie.duties.papers.models import Paper
from banjie.engine.guards import BadInput
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms.asking import DayInput
from banjie.faces.forms.licences import LicenceShown, shown
from banjie.faces.forms.saying import language_of, says_no
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role
from banjie.words import Refusal


class CopyForm(forms.Form):
    """A copy for one use: what for, for whom, until when."""

    def __init__(self, language: str, data: object = None) -> None:
        super().__init__(data, auto_id="copy-%s")  # type: ignore[arg-type]
        self.use_required_attribute = False
        self.language = language
        today = clock.today()
        self.fields["command_id"] = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4())
        self.fields["use"] = forms.CharField(
            label=_("What for"), help_text=_("For example: opening a bank account."), max_length=copies.LONGEST_TEXT
        )
        self.fields["recipient"] = forms.CharField(label=_("For whom"), max_length=copies.LONGEST_TEXT)
        self.fields["until"] = forms.DateField(
            label=_("Good until"),
            help_text=_("At most 180 days from today; after that day whoever checks it is told that it has expired."),
            widget=DayInput(),
            initial=today + copies.USUAL,
        )
        said = {"required": "needed", "invalid": "no_such_date", "max_length": "too_long"}
        for field in self.fields.values():
            field.error_messages |= {key: words.problem(code, language) for key, code in said.items()}

    def add_problems(self, bad: BadInput) -> None:
        """What is wrong, beside its field."""
        for name, code in bad.problems:
            self.add_error(name, words.problem(code, self.language))


@for_role("applicant")
@require_safe
@says_no
def mine(request: Request) -> HttpResponse:
    """Every licence of mine, what it is worth today, and which has to be renewed soon."""
    rows = queries.of_party(Scope.of(asking(request)))
    found = shown(rows, clock.today(), language_of(request))
    return render(request, "portal/licences.html", {"licences": found})


@for_role("applicant")
@require_safe
@says_no
def licence(request: Request, stream: UUID) -> HttpResponse:
    """One licence: what it says, its versions and its history, and the copies made of it. That it runs out is read."""
    row = _mine(request, stream)
    reading.mark_reminders(asking(request), {each.case for each in queries.versions(row.stream)})
    return _page(request, row)


@for_role("applicant")
@never_cache
@require_safe
@says_no
def certificate(request: Request, stream: UUID) -> HttpResponse:
    """The certificate as a PDF: the sealed one, or what will be sealed, marked on every page as not sealed."""
    row = _mine(request, stream)
    version = queries.versions(row.stream)[0] if row.version else None
    paper = papers.find(version.paper) if version and version.paper else None
    if paper is None:
        raise NotPossible("file_not_found")
    return handed_out(paper, f"{row.number}.pdf")


@for_role("applicant")
@require_POST
@says_no
def make_copy(request: Request, stream: UUID) -> HttpResponse:
    """A copy for one use; sealed at once where the agency lets such copies seal themselves."""
    row, now = _mine(request, stream), clock.now()
    form = CopyForm(language_of(request), request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    given = form.cleaned_data
    try:
        made = copies.make(
            row.stream, given["use"], given["recipient"], given["until"],
            by=asking(request), at=now, command_id=given["command_id"],
        )  # fmt: skip
    except BadInput as bad:
        form.add_problems(bad)
        return _page(request, row, form, status=422)
    except NotPossible as no:
        return _page(request, row, form, words.refusal(no, language_of(request)), 409)
    paper = papers.find(made.paper) if made.paper else None
    if paper is not None and paper.status == "made_out":
        sealing.soon(paper, now)
    messages.success(
        request,
        _("The copy %(number)s is made. Whoever gets it can check it, and you can take it back.")
        % {"number": made.number},
    )
    return redirect("portal:licence", row.stream)


@for_role("applicant")
@never_cache
@require_safe
@says_no
def copy(request: Request, stream: UUID, copy: UUID) -> HttpResponse:
    """A copy as a PDF, to hand on."""
    row = _mine(request, stream)
    known = next((each for each in queries.copies(row.stream) if each.id == copy), None)
    paper = papers.find(known.paper) if known and known.paper else None
    if known is None or paper is None:
        raise NotPossible("no_such_copy")
    return handed_out(paper, f"{known.number}.pdf")


@for_role("applicant")
@require_POST
@says_no
def take_back(request: Request, stream: UUID, copy: UUID) -> HttpResponse:
    """From now on whoever checks this copy is told that it was taken back."""
    row = _mine(request, stream)
    copies.take_back(row.stream, copy, by=asking(request), at=clock.now(), command_id=uuid.uuid4())
    messages.success(request, _("Taken back. Whoever checks the copy now is told so."))
    return redirect("portal:licence", row.stream)


def handed_out(paper: Paper, name: str) -> HttpResponse:
    """The sealed PDF of a paper, or its draft that says on every page that it is not sealed; as an attachment."""
    content = papers.sealed_bytes(paper)
    is_draft = content is None
    response = HttpResponse(make.draft(paper) if content is None else content, content_type="application/pdf")
    called = f"{_('not sealed')}-{name}" if is_draft else name
    response.headers["Content-Disposition"] = content_disposition_header(True, called) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _mine(request: Request, stream: UUID) -> Licence:
    row = queries.one(Scope.of(asking(request)), stream)
    if row is None:
        raise NotPossible("unknown_licence")
    return row


def _page(
    request: Request, row: Licence, form: CopyForm | None = None, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    language, today = language_of(request), clock.today()
    version = queries.versions(row.stream)[0] if row.version else None
    paper = papers.find(version.paper) if version and version.paper else None
    told = {
        "licence": LicenceShown(row, today, language),
        "form": form or CopyForm(language),
        "refusal": refusal,
        "paper": paper,
    }
    return render(request, "portal/licence.html", told, status=status)
