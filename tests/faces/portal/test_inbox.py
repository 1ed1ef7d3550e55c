"""The inbox: what somebody was told, in sentences, and nobody else's."""

import pytest

from banjie.config import worker
from tests.county import County
from tests.faces.cases import filed
from tests.faces.pages import text_of

pytestmark = pytest.mark.database


def test_the_applicant_is_told_what_happened_in_their_case(county: County) -> None:
    before = text_of(county.client("applicant").get("/inbox/"))
    case = filed(county).accepted()
    while worker.turn():
        pass

    told = text_of(county.client("applicant").get("/inbox/"))
    stranger = text_of(county.client("stranger").get("/inbox/"))

    assert "目前没有消息" in before
    assert "受理" in told
    assert case.state.query_number in told
    assert case.state.query_number not in stranger
