"""Papers as PDFs: whoever sees the case takes them away, sealed or plainly not; a stranger gets nothing."""

import pytest
from django.test import Client

from banjie.cases import tracking
from banjie.config import worker
from banjie.duties.papers import queries
from banjie.engine import commands as c
from banjie.store.files.models import File
from tests.county import County
from tests.faces.cases import Filed, filed
from tests.store.test_papers import text_of

pytestmark = pytest.mark.database


def downloaded(client: Client, address: str) -> str:
    """The text of a PDF that is handed out, without blanks; AssertionError for any other answer."""
    answer = client.get(address)
    assert answer.status_code == 200, answer
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert answer["Cache-Control"].startswith("private, no-store")
    assert answer["X-Content-Type-Options"] == "nosniff"
    return "".join(text_of(answer.content).split())


def test_each_face_hands_out_the_papers_of_a_case_and_says_whether_they_are_sealed(county: County):
    case = filed(county).accepted()
    position, number = case.state.version, case.number
    name = county.applicant().name
    mine, clerk, officer = (county.client(each) for each in ("applicant", "clerk", "officer"))
    places = {face: f"/{face}cases/{number}/papers/{{}}.pdf" for face in ("", "hall/", "desk/")}

    # Before the worker came by: made out at once, and plainly a draft.
    draft = downloaded(mine, places[""].format(position))
    assert "受理通知书" in draft
    assert name in draft
    assert "尚未盖章" in draft
    page = mine.get(f"/cases/{number}/papers/{position}/").content.decode()
    assert "尚未盖章" in page
    assert "云岭审受字〔2026〕00001号" in page

    while worker.turn():
        pass

    for client, face in ((mine, ""), (clerk, "hall/"), (officer, "desk/")):
        sealed = downloaded(client, places[face].format(position))
        assert "受理通知书" in sealed
        assert "尚未盖章" not in sealed
    assert "已盖章" in mine.get(f"/cases/{number}/papers/{position}/").content.decode()
    assert "云岭审受字〔2026〕00001号" in officer.get(f"/desk/cases/{number}/").content.decode()
    code = tracking.code_of(case.stream)
    assert code.replace("-", "") in downloaded(clerk, places["hall/"].format(1)).replace("-", "")

    # Nothing for a stranger, for a position without a paper, and no code of the receipt for those who decide.
    assert county.client("stranger").get(places[""].format(position)).status_code == 404
    assert county.client("stranger").get(places["desk/"].format(position)).status_code in (302, 403, 404)
    assert county.client().get(places[""].format(position)).status_code == 302
    assert mine.get(places[""].format(99)).status_code == 404
    assert officer.get(places["desk/"].format(1)).status_code == 404

    # Whoever holds the receipt reads them with its code, and with nothing else.
    visitor = Client()
    assert visitor.get(f"/track/{number}/papers/{position}.pdf").status_code == 302
    visitor.post("/track/", {"number": number, "code": code})
    assert "受理通知书" in downloaded(visitor, f"/track/{number}/papers/{position}.pdf")

    # Once the personal data are erased, the papers are gone, sealed or not.
    erased(case)
    assert "已经按规定删除" in mine.get(places[""].format(position)).content.decode()
    paper = queries.of_fact(case.stream, position, "acceptance_notice")
    assert paper is not None
    assert File.objects.filter(id=paper.file, stream=case.stream).exists()


def erased(case: Filed) -> None:
    """Withdrawn, and then its personal data are destroyed."""
    case.do("applicant", lambda given: c.Withdraw(**given))
    case.do("data_steward", lambda given: c.Erase(**given, basis="个人信息保护法 第四十七条"))


def test_the_receipt_of_the_dates_is_a_pdf_too(county: County):
    case = filed(county).accepted()

    for role, face in (("applicant", ""), ("clerk", "hall/"), ("officer", "desk/")):
        client = county.client(role)
        assert (
            f"/{face}cases/{case.number}/dates.pdf" in client.get(f"/{face}cases/{case.number}/dates/").content.decode()
        )
        text = downloaded(client, f"/{face}cases/{case.number}/dates.pdf")
        assert "时限计算凭据" in text
        assert "承诺时限" in text
        assert case.number in text
    assert county.client("stranger").get(f"/cases/{case.number}/dates.pdf").status_code == 404
