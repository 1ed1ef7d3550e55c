"""The work list: by time left, narrowed, saved, paged, and taken on several cases at once."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banjie.cases import worklist
from banjie.cases.scope import Scope
from banjie.cases.worklist import Wanted
from banjie.engine import events as e
from banjie.faces.desk.models import SavedFilter
from tests.county import FOOD, HYGIENE, MONDAY, County
from tests.faces.cases import filed
from tests.faces.pages import text_of

pytestmark = pytest.mark.database

DAY = timedelta(days=1)


def taken(county: County, role: str, *tasks: str, batch: str = "") -> str:
    """The answer to the button that takes these tasks."""
    sent = {"task": tasks, "batch": batch or str(uuid.uuid4()), "query": "whose=nobody"}
    return text_of(county.client(role).post("/desk/take/", sent))


# The lists


def test_mine_and_my_units_and_nobodys_stand_in_lists_of_their_own(county: County) -> None:
    mine = filed(county).accepted().assigned("document_review", "section_head", "officer")
    free = filed(county).accepted()
    client = county.client("officer")

    first, units = text_of(client.get("/desk/")), text_of(client.get("/desk/", {"whose": "unit"}))
    nobodys = text_of(client.get("/desk/", {"whose": "nobody"}))

    assert mine.number in first
    assert free.number not in first
    assert "陈瑜" in first
    assert mine.number in units
    assert free.number in units
    assert mine.number not in nobodys
    assert free.number in nobodys


def test_what_waits_for_my_post_is_mine_though_nobody_names_me(county: County) -> None:
    case = filed(county).examined()

    assert case.number in text_of(county.client("decider").get("/desk/"))
    assert case.number not in text_of(county.client("section_head").get("/desk/"))


def test_a_stranger_is_counted_nothing(county: County) -> None:
    case = filed(county).accepted()
    client = county.client("other_agency")

    for whose in (*worklist.WHOSE, "cases"):
        assert case.number not in text_of(client.get("/desk/", {"whose": whose}))
    assert set(
        worklist.counts(Scope.of(county.actor("other_agency")), county.actor("other_agency"), MONDAY.date()).values()
    ) == {0}
    assert county.client("applicant").get("/desk/").status_code == 403


def test_every_number_at_the_top_opens_as_many_lines(county: County) -> None:
    for _ in range(3):
        filed(county).accepted().assigned("document_review", "section_head", "officer")
        county.move_to(county.view_time() + DAY)
    actor, scope = county.actor("officer"), Scope.of(county.actor("officer"))

    seen = set()
    for days in range(12):
        county.move_to(MONDAY + days * DAY)
        on = county.view_time().date()
        counted = worklist.counts(scope, actor, on)
        for due in worklist.DUE:
            found = worklist.tasks(scope, actor, on, Wanted(due=due)).lines
            assert len(found) == counted[due]
            seen |= {due} if found else set()
        assert sum(counted[due] for due in worklist.DUE) == counted["mine"]
        assert f"{counted['late']} 逾期" in text_of(county.client("officer").get("/desk/"))
    assert seen == set(worklist.DUE)


def test_the_list_is_narrowed_by_item_stage_and_number(county: County) -> None:
    food = filed(county).accepted()
    baths = filed(county, HYGIENE).accepted()
    client = county.client("section_head")

    by_item = text_of(client.get("/desk/", {"whose": "all", "item": county.code(FOOD)}))
    assert food.number in by_item
    assert baths.number not in by_item
    beginning = food.number[:-1]
    assert food.number in text_of(client.get("/desk/", {"whose": "all", "number": beginning}))
    assert food.number not in text_of(client.get("/desk/", {"whose": "all", "stage": "examining"}))
    assert food.number in text_of(client.get("/desk/", {"whose": "all", "stage": "accepted"}))


def test_whatever_the_address_says_a_list_is_shown(county: County) -> None:
    case = filed(county).accepted()
    client = county.client("section_head")

    for wrong in ("sort=%00", "due=never", "after=abc", "after=W10=", "after=WyIxIiwiMiIsIjMiLCI0Il0=", "person=%27"):
        assert case.number in text_of(client.get(f"/desk/?whose=unit&{wrong}"))
    assert client.get("/desk/?whose=theirs").status_code == 200
    assert case.number not in text_of(client.get("/desk/?whose=unit&item=x%27%00"))


def test_pages_follow_one_another_and_leave_nothing_out(county: County) -> None:
    numbers = {filed(county).accepted().number for _ in range(7)}
    actor, scope, on = county.actor("section_head"), Scope.of(county.actor("section_head")), MONDAY.date()

    for sort in worklist.SORTS:
        found, after = [], ""
        while True:
            page = worklist.tasks(scope, actor, on, Wanted("unit", sort=sort), after, most=3)
            found += [each.query_number for each in page.lines]
            after = page.after
            if not after:
                break
        assert (len(found), set(found)) == (7, numbers)


def test_as_many_statements_for_any_number_of_lines(county: County) -> None:
    client = county.client("section_head")

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/desk/", {"whose": "unit"}).status_code == 200
        return len(captured)

    filed(county).accepted().assigned("document_review", "section_head", "officer")
    statements()
    few = statements()
    for item in (FOOD, FOOD, HYGIENE):
        filed(county, item).accepted()
    filed(county).accepted().assigned("document_review", "section_head", "colleague")

    assert statements() == few
    assert few <= 14


# Saved filters


def test_a_list_is_kept_by_name_and_the_desk_begins_with_it(county: County) -> None:
    free = filed(county).accepted()
    client = county.client("officer")

    client.post("/desk/filters/", {"name": "待认领的", "query": "whose=nobody&sort=waiting&x=1", "begin": "1"})
    assert free.number in text_of(client.get("/desk/"))
    assert "待认领的" in text_of(client.get("/desk/"))
    client.post("/desk/filters/", {"name": "我的", "query": "", "begin": "1"})

    kept = {each.name: (each.query, each.is_default) for each in SavedFilter.objects.all()}
    assert kept == {"待认领的": ("whose=nobody&sort=waiting", False), "我的": ("", True)}
    assert free.number not in text_of(client.get("/desk/"))
    assert free.number in text_of(client.get("/desk/", {"whose": "nobody"}))


def test_nobody_sees_or_removes_somebody_elses_list(county: County) -> None:
    county.client("officer").post("/desk/filters/", {"name": "我自己的单子", "query": "due=late"})
    kept = SavedFilter.objects.get()

    assert "我自己的单子" not in text_of(county.client("colleague").get("/desk/"))
    county.client("colleague").post(f"/desk/filters/{kept.id}/drop/")
    assert SavedFilter.objects.exists()
    assert county.client("applicant").post("/desk/filters/", {"name": "x"}).status_code == 403
    county.client("officer").post(f"/desk/filters/{kept.id}/drop/")

    assert not SavedFilter.objects.exists()


# Taking several at once


def test_several_steps_are_taken_and_what_could_not_be_is_said_with_its_reason(county: County) -> None:
    one, two = filed(county).accepted(), filed(county).accepted()
    theirs = filed(county).accepted().assigned("document_review", "section_head", "colleague")
    unseen = "26030212345678"

    answer = taken(
        county, "officer", *(f"{each}/document_review" for each in (one.number, theirs.number, two.number, unseen))
    )

    for case in (one, two):
        assert case.state.steps["document_review"].people == (e.Person(county.actor("officer").id, "licensing"),)
    assert theirs.state.steps["document_review"].people == (e.Person(county.actor("colleague").id, "licensing"),)
    assert "您新承办了 2 个环节" in answer
    assert "已经有人承办" in answer
    assert unseen in answer
    assert "没有找到这件办件" in answer


def test_a_step_for_two_is_not_taken_by_one(county: County) -> None:
    case = filed(county).accepted()

    answer = taken(county, "surveyor", f"{case.number}/site_survey")

    assert "不少于 2 人" in answer
    assert case.state.steps["site_survey"].people == ()


def test_pressing_again_takes_nothing_twice(county: County) -> None:
    case, batch = filed(county).accepted(), str(uuid.uuid4())
    first = taken(county, "officer", f"{case.number}/document_review", batch=batch)
    facts = case.facts

    again = taken(county, "officer", f"{case.number}/document_review", batch=batch)

    assert again == first
    assert case.facts == facts


def test_a_stranger_takes_nothing(county: County) -> None:
    case = filed(county).accepted()
    facts = case.facts

    answer = taken(county, "other_agency", f"{case.number}/document_review")

    assert case.facts == facts
    assert "食品经营许可" not in answer
    assert county.client("applicant").post("/desk/take/", {"task": f"{case.number}/document_review"}).status_code == 403


# One after the other


def test_the_next_case_is_the_next_by_time_left(county: County) -> None:
    cases = []
    for _ in range(3):
        cases.append(filed(county).accepted().assigned("document_review", "section_head", "officer"))
        county.move_to(county.view_time() + DAY)
    client = county.client("officer")
    first, second, third = (f"/desk/cases/{each.number}/" for each in cases)

    assert client.get(f"{first}next/").headers["Location"] == second
    assert client.get(f"{third}next/").headers["Location"] == first
    cases[0].finished("document_review", "officer")
    assert client.get(f"{first}next/").headers["Location"] == second
    assert county.client("colleague").get(f"{first}next/").headers["Location"].startswith("/desk/?whose=nobody")


# What is late, who is blocked


def test_a_leader_sees_numbers_that_open_their_cases(county: County) -> None:
    late = filed(county).accepted().assigned("document_review", "section_head", "officer")
    filed(county).accepted()
    county.move_to(MONDAY + 60 * DAY)
    client = county.client("head_of_agency")

    page = client.get("/desk/overview/")

    assert "陈瑜" in text_of(page)
    assert late.number in text_of(page)
    person = f"whose=all&amp;person={county.actor('officer').id}"
    assert f"{person}&amp;due=late" in page.content.decode()
    opened = text_of(client.get("/desk/", {"whose": "all", "person": county.actor("officer").id, "due": "late"}))
    assert opened.count(late.number) == 1
    assert county.client("officer").get("/desk/overview/").status_code == 403
    assert late.number not in text_of(county.client("venue_head").get("/desk/overview/"))
