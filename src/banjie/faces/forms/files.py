"""A file of a case, handed out as an attachment: never shown by the browser, whatever it claims to be."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from banjie.cases import unmask
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms.page import CasePage
from banjie.store.files.read import open_file
from banjie.web import clock


def handed_out(page: CasePage, file_id: str) -> HttpResponse:
    """The decrypted bytes of a file of this case; NotPossible("file_not_found") for any other file.

    That staff opened it is on record for the applicant before they have it.
    """
    belongs = {each.id for provided in page.state.provided.values() for each in provided.files}
    if file_id not in belongs:
        raise NotPossible("file_not_found")
    file = open_file(file_id)
    if file is None:
        raise NotPossible("case_gone")
    if page.actor is not None:
        unmask.material_opened(page.view.stream, page.actor, page.state.query_number, clock.now())
    response = HttpResponse(file.content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
