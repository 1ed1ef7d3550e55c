"""A stored file that is gone from the disk is said in words on every page that hands it out; nothing else is lost."""

import io
import zipfile
from uuid import UUID

import pytest

from banjie.config import worker
from banjie.duties.papers.models import Paper
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.codec import microseconds
from banjie.store.evidence import audit, sealed
from banjie.store.files.receive import path, receive
from banjie.web import clock, metrics
from tests.county import County
from tests.faces.cases import filed
from tests.faces.pages import text_of

PDF = b"%PDF-1.7 a plan"

pytestmark = [pytest.mark.database, pytest.mark.tampers]


def test_a_file_that_is_gone_from_the_disk_is_said_in_words_logged_counted_and_named_by_the_audit(
    county: County, capsys: pytest.CaptureFixture[str]
) -> None:
    case = filed(county, leave_out=["equipment_layout"])
    upload = receive(PDF, "plan.pdf", county.actor("applicant").id, microseconds(clock.now()))
    material = e.FileRef(upload.id, upload.commitment)
    lacks = c.Citation(e.PointKind.MATERIAL, "equipment_layout", e.Defect.MISSING)
    case.do("clerk", lambda given: c.RequestCorrection(**given, points=(lacks,)))
    provided = (e.Provided("equipment_layout", (material,)),)
    case.do("applicant", lambda given: c.SubmitCorrection(**given, provided=provided))
    while worker.turn():
        pass
    receipt = Paper.objects.kept().get(about=case.stream, kind="collection_receipt")
    assert receipt.file
    assert audit.part("files", sealed.files).fault is None
    applicant, clerk = county.client("applicant"), county.client("clerk")
    whole = _names(applicant.get(f"/cases/{case.number}/copy/"))

    for id, asked in (
        (receipt.file, (applicant, f"/cases/{case.number}/papers/{receipt.position}.pdf")),
        (material.id, (clerk, f"/hall/cases/{case.number}/files/{material.id}/")),
    ):
        kept = path(UUID(id)).read_bytes()
        for how in ("gone", "changed"):
            path(UUID(id)).unlink() if how == "gone" else path(UUID(id)).write_bytes(kept[:-1])
            client, address = asked

            answer = client.get(address)

            said = text_of(answer)
            assert answer.status_code == 500
            assert "这份文件在服务器上缺失或者损坏" in said
            assert "其他文件都在" in said
            assert f"请把文件编号 {id} 告诉系统管理员" in said
            assert f'"file": "{id}", "how": "{how}", "event": "file_damaged"' in capsys.readouterr().out
            fault = audit.part("files", sealed.files).fault
            assert fault is not None
            assert (fault.where, how in fault.what, id[-2:] in fault.what) == (f"file {id}", True, True)
        counted = metrics.page().decode()
        assert 'banjie_files_damaged_total{how="gone"}' in counted
        less = applicant.get(f"/cases/{case.number}/copy/")
        assert len(_names(less)) == len(whole) - 1, "the copy of the whole case comes without it, and says so"
        path(UUID(id)).write_bytes(kept)

    assert _names(applicant.get(f"/cases/{case.number}/copy/")) == whole


def _names(answer: object) -> list[str]:
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        return whole.namelist()
