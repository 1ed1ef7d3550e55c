"""The inbox: what somebody was told, in sentences, and nobody else's."""

import re

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


def unread(county: County, role: str) -> str:
    page = county.client(role).get("/").content.decode()
    found = re.search(r'<span class="count">([^<]*)</span><span class="hidden-word"> 条新消息', page)
    return found[1] if found else ""


def follow() -> None:
    while worker.turn():
        pass


def test_what_is_unread_is_counted_in_the_head_for_its_reader_alone(county: County) -> None:
    filed(county).accepted()
    follow()

    assert unread(county, "applicant") == "2"
    assert unread(county, "stranger") == ""
    assert unread(county, "clerk") == ""
    assert unread(county, "") == ""


def test_opening_a_case_reads_its_messages_and_no_others(county: County) -> None:
    first, second = filed(county), filed(county)
    follow()

    county.client("applicant").get(f"/cases/{first.number}/")

    assert unread(county, "applicant") == "1"
    page = text_of(county.client("applicant").get("/inbox/"))
    assert page.count("新消息 ") >= 1
    assert second.number in page


def test_all_is_marked_as_read_at_once_and_stays_to_be_read_again(county: County) -> None:
    case = filed(county).accepted()
    follow()
    client = county.client("applicant")

    page = text_of(client.post("/inbox/read/", follow=True))

    assert "全部消息已标为已读" in page
    assert case.number in page
    assert unread(county, "applicant") == ""


def test_nobody_reads_for_another(county: County) -> None:
    case = filed(county)
    follow()

    county.client("stranger").post("/inbox/read/")
    county.client("stranger").get(f"/cases/{case.number}/")

    assert unread(county, "applicant") == "1"


def test_a_message_leads_to_its_place_on_the_page_of_the_case(county: County) -> None:
    case = filed(county).accepted()
    follow()
    client = county.client("applicant")

    assert f'href="/cases/{case.number}/#fact-2"' in client.get("/inbox/").content.decode()

    assert 'id="fact-2"' in client.get(f"/cases/{case.number}/").content.decode()
