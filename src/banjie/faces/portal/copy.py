"""A copy of one's file (知情权): everything that was handed in, what happened in sentences and as data, the papers.

Written into the answer file by file: no more than one of them is in memory, and nothing touches the disk.
"""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar

import structlog
from django.http import StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header

from banjie import words
from banjie.cases.reckoning import receipt_of
from banjie.duties.fees import queries as fees
from banjie.engine import events as e
from banjie.engine.codec import to_plain
from banjie.faces.forms.dates import file_of
from banjie.faces.forms.page import CasePage
from banjie.faces.forms.paper_files import pdf_about, pdf_of
from banjie.faces.portal.own_case import OwnCase
from banjie.store.files.read import FileDamaged, open_file
from banjie.store.files.refused import Refused
from banjie.store.keys.keyring import SealBroken
from banjie.web import damaged

LONGEST_NAME = 80
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The first instant an archive can name."""

T = TypeVar("T")

log = structlog.get_logger("banjie.case")


def handed_out(page: CasePage) -> StreamingHttpResponse:
    """The archive as an attachment; that it was taken is logged, by whom and of which case."""
    log.info("copy_of_file", stream=str(page.view.stream), actor=page.actor.id if page.actor else "")
    response = StreamingHttpResponse(archive(page), content_type="application/zip")
    name = f"banjie-{page.state.query_number}.zip"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def archive(page: CasePage) -> Iterator[bytes]:
    """The bytes of the archive, piece by piece."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, content in contents(page):
            whole.writestr(_entry(page, name), content, zipfile.ZIP_DEFLATED)
            yield sink.taken()
    yield sink.taken()


def contents(page: CasePage) -> Iterator[tuple[str, bytes]]:
    """What lies in it, by name: each file, each paper, the data, and the story as a page that leads to all of them."""
    mine = OwnCase(page)
    files, missing = list[str](), list[str]()
    for name, shown, id in _files(mine):
        content = _opened(id)
        if content is None:
            missing.append(shown)
        else:
            files.append(name)
            yield name, content
    told = {"page": page, "mine": mine, "language": words.language_of(page.language), "missing": missing}
    for paper in mine.papers:
        text = render_to_string("portal/copy_paper.html", {**told, "paper": paper}).encode()
        yield f"papers/{paper.position:02d}-{_plain(paper.name)}.html", text
        if not page.is_erased:
            pdf = _had(partial(pdf_of, page, paper.position))
            if pdf is None:
                missing.append(paper.name)
            else:
                yield f"papers/{paper.position:02d}-{_plain(paper.name)}.pdf", pdf[1]
    called = words.label("documents", "fee_receipt", page.language)
    for nth, fee in enumerate(fees.receipted(page.view.stream), 1):
        receipt = _had(partial(pdf_about, fee, "fee_receipt"))
        if receipt is None:
            missing.append(called)
        else:
            yield f"papers/fee-{nth:02d}-{_plain(called)}.pdf", receipt
    yield "dates.json", file_of(receipt_of(page.view))
    yield "case.json", json.dumps(data(page), ensure_ascii=False, indent=1, default=str).encode()
    yield "case.html", render_to_string("portal/copy.html", {**told, "files": files}).encode()


def data(page: CasePage) -> dict[str, Any]:
    """The case as data: what was handed in, in clear, and every fact the applicant is told of."""
    told = {each.position: each.sentence for each in page.history}
    given = page.view.opened(page.state.applicant)
    return {
        "number": page.state.number,
        "query_number": page.state.query_number,
        "item": page.title,
        "procedure": page.state.procedure,
        "procedure_version": page.state.procedure_version,
        "stage": page.state.stage.value,
        "as_of": page.view.at.isoformat(),
        "applicant": given.get(page.state.applicant.ref) if page.state.applicant else None,
        "answers": page.given_answers,
        "facts": [
            {
                "position": line.position,
                "kind": e.NAMES[type(line.event)],
                "at": line.event.at.isoformat(),
                "told": told[line.position],
                "fact": to_plain(line.event),
            }
            for line in page.view.lines
            if line.position in told
        ],
    }


def _files(mine: OwnCase) -> Iterator[tuple[str, str, str]]:
    """Every file that was handed in: its name in the archive, its name on the page, its id."""
    for nth, each in enumerate(mine.handed_in, 1):
        for place, file in enumerate(each.files, 1):
            folder = f"materials/{nth:02d}-{_plain(each.line.name)}"
            yield f"{folder}/{place:02d}-{_plain(file.name)}", f"{each.line.name}: {file.name}", file.id


def _opened(id: str) -> bytes | None:
    """The bytes of a file; None where they cannot be read any more, which the page in the archive says."""
    try:
        opened = _had(partial(open_file, id))
    except (Refused, SealBroken):
        log.exception("copy_lacks_a_file", file=id)
        return None
    return opened.content if opened else None


def _had(ask: Callable[[], T]) -> T | None:
    """What is asked for; None where its bytes are gone or damaged, which is logged and counted."""
    try:
        return ask()
    except FileDamaged as lost:
        damaged.told(lost)
        return None


def _plain(name: str) -> str:
    """A name that is one name on any machine: no folder, no dot in front, nothing that cannot be seen."""
    kept = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*]+', "_", name).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if dot and len(ending) <= 8:
        return f"{stem[:LONGEST_NAME]}.{ending}"
    return kept[:LONGEST_NAME] or "_"


def _entry(page: CasePage, name: str) -> zipfile.ZipInfo:
    when = page.view.at.timetuple()[:6]
    return zipfile.ZipInfo(name, max(when, EARLIEST))


class _Sink(io.RawIOBase):
    """Where the archive is written to, and taken from as it grows."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        """What was written since it was asked last."""
        pieces, self._pieces = b"".join(self._pieces), []
        return pieces
