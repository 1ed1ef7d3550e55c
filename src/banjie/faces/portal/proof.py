"""The citizen's proof (存证): what they are told happened in their case, and that it stands in the log, as one file.

Their own particulars and answers stand in it in clear with the salts of their commitments, so that they can show what
exactly was handed in; everybody else's data stand in it as commitments alone.
"""

import json

import structlog
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from banjie.faces.forms import proof
from banjie.faces.forms.page import CasePage
from banjie.store.keys.read import openings

log = structlog.get_logger("banjie.case")


def handed_out(page: CasePage) -> HttpResponse:
    """The file as an attachment; that it was taken is logged, by whom and of which case."""
    log.info("proof_taken", stream=str(page.view.stream), actor=page.actor.id if page.actor else "")
    content = json.dumps(_document(page), ensure_ascii=False, indent=1).encode()
    response = HttpResponse(content, content_type="application/json")
    name = f"banjie-proof-{page.state.query_number}.json"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _document(page: CasePage) -> dict[str, object]:
    """Every fact this page tells of, with the salts of what is the applicant's own."""
    own = [each.ref for each in (page.state.applicant, page.state.answers) if each]
    opened = [
        {"ref": ref, "salt": salt.hex(), "value": value.decode()}
        for ref, (salt, value) in openings(page.view.stream, own).items()
    ]
    return proof.document(page.view, [line.position for line in page.history], page.title, opened)
