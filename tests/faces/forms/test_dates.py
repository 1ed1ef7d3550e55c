"""Every date of a case opens into why, and its receipt is had by whoever may see the case and by nobody else."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from banjie import words
from banjie.cases import tracking
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.law import Clock
from banjie.engine.reckoning import differences
from banjie.web import verifier
from tests.county import HYGIENE, County
from tests.faces.api.program import BASE
from tests.faces.cases import Filed, filed
from tests.faces.pages import text_of

pytestmark = pytest.mark.database


def paused(county: County) -> Filed:
    """A case whose clock stands for a test of samples, a day after its acceptance."""
    case = filed(county, HYGIENE).accepted()
    case.assigned("hygiene_inspection", "survey_head", "surveyor", "second_surveyor")
    county.move_to(county.view_time() + timedelta(days=1))
    until = (county.view_time() + timedelta(days=3)).date()
    told = {"ground": "testing", "step": "hygiene_inspection", "expected_end": until}
    return case.do("surveyor", lambda given: c.Pause(**given, **told))


def followed(county: County, case: Filed) -> Client:
    """Somebody who holds the receipt and has given its code."""
    client = county.client()
    opened = client.post("/track/", {"number": case.number, "code": tracking.code_of(case.stream)})
    assert opened.status_code == 302, opened.status_code
    return client


# The receipt


@pytest.mark.parametrize(
    ("role", "address"), [("applicant", "/cases/"), ("clerk", "/hall/cases/"), ("section_head", "/desk/cases/")]
)
def test_whoever_may_see_the_case_gets_its_receipt(county: County, role: str, address: str) -> None:
    case = filed(county).accepted()
    client = county.client(role)

    page = client.get(f"{address}{case.number}/dates/")
    file = client.get(f"{address}{case.number}/dates/file/")

    document = json.loads(file.content)
    assert differences(document) == []
    assert page.status_code == 200
    assert document["digest"] in text_of(page)
    assert words.day_in_words(case.state.accepted_on) in text_of(page)  # type: ignore[arg-type]
    assert file.headers["Content-Disposition"] == f'attachment; filename="banjie-{case.number}-dates.json"'
    assert f"{address}{case.number}/dates/" in client.get(f"{address}{case.number}/").content.decode()


def test_the_holder_of_the_receipt_gets_it_and_a_visitor_does_not(county: County) -> None:
    case = filed(county).accepted()

    holder, visitor = followed(county, case), county.client()

    file = holder.get(f"/track/{case.number}/dates/file/")
    assert differences(json.loads(file.content)) == []
    assert f"/track/{case.number}/dates/" in holder.get(f"/track/{case.number}/").content.decode()
    assert holder.get(f"/track/{case.number}/dates/").status_code == 200
    for address in ("dates/", "dates/file/"):
        assert visitor.get(f"/track/{case.number}/{address}").status_code == 302


def test_a_stranger_gets_nothing(county: County) -> None:
    case = filed(county).accepted()
    stranger = county.client("stranger")

    for address in (f"/cases/{case.number}/dates/", f"/cases/{case.number}/dates/file/"):
        assert stranger.get(address).status_code == 404
    assert county.client("other_agency").get(f"/desk/cases/{case.number}/dates/file/").status_code == 404
    for address in (f"/hall/cases/{case.number}/dates/", f"/desk/cases/{case.number}/dates/"):
        assert stranger.get(address).status_code == 403


def test_the_page_the_file_and_a_program_get_the_very_same(county: County) -> None:
    from tests.faces.api.program import Program

    case = filed(county).accepted()
    mine = county.client("applicant")
    page = text_of(mine.get(f"/cases/{case.number}/dates/"))
    file = json.loads(mine.get(f"/cases/{case.number}/dates/file/").content)

    program = Program(county.user("applicant")).get(f"/cases/{case.number}/receipt").json

    assert program == file
    assert file["digest"] in page


# The dates


def test_a_paused_clock_tells_its_story_where_its_date_opens(county: County) -> None:
    case = paused(county)
    fact = case.state.pauses[0]

    page = text_of(county.client("applicant").get(f"/cases/{case.number}/"))

    assert f"通知书编号 {fact.notice}" in page
    assert words.day_in_words(fact.expected_end) in page
    assert "现由" in page
    assert "起算：受理" in page


def test_every_fact_of_the_history_opens_into_what_it_rests_on(county: County) -> None:
    case = filed(county).examined()
    answer = county.client("applicant").get(f"/cases/{case.number}/")

    page = answer.content.decode()

    assert "行政许可法第三十二条第一款第五项、第二款" in page
    for line in county.view(case.stream).lines:
        if f'id="act-{line.position}"' in page:
            assert f"{line.hash[:16]}…" in page
    assert page.count('class="ledger act"') >= 3


def test_a_decision_opens_into_criteria_facts_article_unit_version_and_remedy(county: County) -> None:
    case = filed(county).examined()
    law = county.law()
    criterion = law.procedure.criteria[0]
    case.do("decider", lambda given: refuse(given, criterion.id))

    page = text_of(county.client("applicant").get(f"/cases/{case.number}/"))

    assert "行政许可法第三十八条第二款" in page
    assert criterion.text in page
    assert criterion.basis in page
    assert "申请行政复议" in page
    assert law.procedure.basis[0] in page
    assert f"第 {law.procedure.version} 版" in page


def refuse(given: dict[str, Any], criterion: str) -> c.Decide:
    """A refusal that cites one criterion."""
    point = c.Citation(e.PointKind.CRITERION, criterion, e.Defect.UNMET)
    return c.Decide(**given, outcome="refuse", points=(point,))


def test_the_days_of_the_tracking_page_open_without_a_word_about_a_person(county: County) -> None:
    case = filed(county).accepted()
    clerk = county.user("clerk")

    page = county.client().get("/track/", {"number": case.number})

    assert 'class="ledger act"' in page.content.decode()
    text = text_of(page)
    assert "行政许可法第三十二条" in text
    for private in (county.applicant().name, county.applicant().phone, clerk.pseudonym, clerk.username):
        assert private not in text
    assert "/dates/" not in page.content.decode()


def test_in_english_the_story_is_english(county: County) -> None:
    case = paused(county)
    client = county.client("applicant")
    client.cookies["django_language"] = "en"

    page = text_of(client.get(f"/cases/{case.number}/"))

    assert "It began with: Accepted" in page
    assert "notice no." in page
    assert "Now with" in page


# Before filing


def test_the_guide_says_by_when_for_any_day(county: County) -> None:
    code = county.code()

    today = text_of(county.client().get(f"/items/{code}/"))
    later = text_of(county.client().get(f"/items/{code}/", {"on": "2026-12-28"}))
    slip = county.client().get(f"/items/{code}/", {"on": "2026-02-31"})

    due = {each["clock"]: each for each in ask(county, "?on=2026-12-28")["clocks"]}
    assert "今天" in today
    assert "如果在 2026年12月28日 提交" in later
    assert due["notice"]["provisional"] is True
    assert "暂定" in later
    assert words.problem("no_such_date") in text_of(slip)


def test_the_window_can_say_by_when(county: County) -> None:
    page = county.client("clerk").get(f"/hall/apply/{county.code()}/", follow=True)

    assert "现在提交，什么时候办完？" in text_of(page)
    due = ask(county, "")["clocks"]
    for each in due:
        assert words.day_in_words(date.fromisoformat(each["on"])) in text_of(page)


def ask(county: County, query: str) -> Any:
    """What a program is told."""
    return county.client().get(f"{BASE}/items/{county.code()}/deadline{query}").json()


def test_a_program_is_told_what_a_case_then_gets(county: County) -> None:
    told = ask(county, "")
    case = filed(county).accepted()

    due = {each["clock"]: each["on"] for each in told["clocks"]}
    for which in (Clock.PROMISED, Clock.LEGAL):
        real = next(each for each in county.view(case.stream).clocks if each.clock is which)
        assert due[which.value] == real.due.isoformat()
    assert told["counts_from"] == "acceptance"
    assert told["latest"]["on"] > due["promised"]
    assert told["readings"]["after_hours"] in ("same_day", "next_working_day")


def test_a_program_gets_a_no_for_a_day_no_guide_is_in_force(county: County) -> None:
    client = county.client()

    far = client.get(f"{BASE}/items/{county.code()}/deadline?on=9999-12-31")
    past = client.get(f"{BASE}/items/{county.code()}/deadline?on=2001-01-01")
    slip = client.get(f"{BASE}/items/{county.code()}/deadline?on=yesterday")

    assert (far.status_code, far.json()["code"]) == (409, "calendar_not_loaded")
    assert text_of(client.get(f"/items/{county.code()}/", {"on": "9999-12-31"})).count("9999") >= 1
    assert past.status_code == 404
    assert slip.status_code == 422


# The page that checks


def test_the_page_that_checks_may_ask_nobody(county: County) -> None:
    page = county.client().get("/check-a-date/")
    kept = county.client().get("/check-a-date/?save=1")

    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "connect-src" not in policy
    assert "unsafe" not in policy
    assert kept.headers["Content-Disposition"].startswith("attachment")
    assert kept.content == page.content
    text = page.content.decode()
    assert "import " not in verifier.script()
    assert all(each not in text for each in ('src="', "http://", "https://", "@import"))
