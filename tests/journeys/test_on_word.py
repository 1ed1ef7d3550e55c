"""A licence on somebody's word, by six people over their pages: signed, accepted with a gap, granted, verified."""

import re
from datetime import timedelta

import pytest

from banjie.cases import queries
from banjie.engine import commitment
from banjie.engine import events as e
from tests.county import DISPATCH, MONDAY, County
from tests.faces.applying import opened, particulars, pdf, send
from tests.faces.pages import press, text_of
from tests.faces.test_on_word import DISPATCHING, HANDED_IN, SAMPLE

pytestmark = pytest.mark.database

DAY = timedelta(days=1)


@pytest.mark.requirement("M161", "M162", "M163")
def test_a_labour_dispatch_licence_on_a_commitment_with_a_gap(county: County) -> None:
    # The applicant signs the commitment for the premises, and that the sample agreement follows.
    applicant, code = county.client("applicant"), county.code(DISPATCH)
    address = opened(applicant, code)
    send(applicant, address, "applicant", particulars(county))
    send(applicant, address, "questions", DISPATCHING)
    send(applicant, address, "materials", {f"file.{each}": pdf(f"{each}.pdf", each.encode()) for each in HANDED_IN})
    digest = commitment.told(county.law(DISPATCH)).digest
    send(applicant, address, "word", {f"word.commit.{code}": digest, f"word.gap.{code}": SAMPLE})
    receipt = send(applicant, address, "check", {"declared": "on", "e_service": "on"}, follow=True)
    found = re.search(r"/cases/(\w+)/receipt/", receipt.redirect_chain[-1][0])  # type: ignore[attr-defined]
    assert found
    number = found.group(1)
    stream = queries.stream_of(number)

    # The clerk accepts with the gap; the review is done while it is open, and nothing is decided.
    assert "容缺受理" in press(county.client("clerk"), f"/hall/cases/{number}/", "accept")
    head, officer = county.client("labour_head"), county.client("labour_officer")
    person = f"{county.actor('labour_officer').id}@labour-relations"
    press(head, f"/desk/cases/{number}/", "assign/document_review", people=person)
    press(officer, f"/desk/cases/{number}/", "finish_step/document_review", outcome="passed")
    decider = county.client("labour_decider")
    assert "还有后补的材料没有交" in text_of(decider.get(f"/desk/cases/{number}/"))

    # Three days later the applicant hands it in; it is granted on the commitment.
    county.move_to(MONDAY + 3 * DAY)
    applicant = county.client("applicant")
    press(applicant, f"/cases/{number}/", "fill_gap", **{f"file.{SAMPLE}": pdf("sample.pdf")})
    press(county.client("labour_decider"), f"/desk/cases/{number}/", "decide", outcome="grant")

    # Weeks later the inspection team verifies it. A stranger has seen nothing of all this.
    county.move_to(MONDAY + 30 * DAY)
    inspector = county.client("labour_supervisor")
    press(inspector, f"/desk/cases/{number}/", "verify_commitment", outcome="kept", method="field_check", text="属实")
    kinds = [e.NAMES[type(line.event)] for line in county.view(stream).lines]
    assert kinds[:4] == ["submitted", "commitment_signed", "gaps_promised", "accepted"]
    assert kinds[-4:] == ["gap_filled", "granted", "verification_opened", "commitment_verified"]
    assert "承诺属实" in text_of(county.client("applicant").get(f"/cases/{number}/"))
    assert county.client("stranger").get(f"/cases/{number}/").status_code == 404
