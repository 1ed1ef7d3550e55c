"""A food business licence (食品经营许可) from the guide to the closed case, through the API alone."""

from datetime import timedelta

import pytest

from tests.county import MONDAY, County
from tests.faces.api.program import FOOD, MATERIALS, Program, applicant, staff

pytestmark = pytest.mark.database


def test_a_licence_is_applied_for_examined_granted_and_served_through_the_api_alone(county: County) -> None:
    me, clerk = applicant(), staff("hall-window", "clerk")
    reviewer, surveyors = staff("licensing", "officer"), [staff("site-survey", "officer", n) for n in (0, 1)]
    decider, licence_clerk = staff("decision-office", "decider"), staff("licence-desk", "licence_clerk")

    guide = me.get(f"/items/{FOOD}").json
    scan = me.upload().json
    papers = [{"material": each, "form": "electronic", "files": [scan]} for each in MATERIALS[:-1]]
    receipt = me.file(provided=papers)
    number = receipt.json["number"]

    assert [each["id"] for each in guide["materials"] if each["necessary"] and not each["when"]] == list(MATERIALS)
    assert [each["clock"] for each in guide["if_filed_today"]] == ["notice", "promised", "legal"]
    assert receipt.status == 201
    assert receipt.json["due"]["on"] == guide["if_filed_today"][0]["on"]

    missing = {"kind": "material", "id": MATERIALS[-1], "defect": "missing", "text": "请补交名单"}
    assert clerk.ask(number, "request_correction", points=[missing]).status == 200
    late = me.upload(name="名单.pdf").json
    assert me.ask(number, "submit_correction", provided=[{"material": MATERIALS[-1], "files": [late]}]).status == 200
    assert clerk.ask(number, "accept").status == 200
    _assigned(number, "licensing", "document_review", [reviewer])
    _assigned(number, "site-survey", "site_survey", surveyors)
    finding = {"criterion": "c1", "met": True, "text": "材料齐全"}
    assert (
        reviewer.ask(number, "finish_step", step="document_review", outcome="passed", findings=[finding]).status == 200
    )
    assert surveyors[0].ask(number, "finish_step", step="site_survey", outcome="passed").status == 200
    assert decider.ask(number, "decide", outcome="grant").status == 200
    assert licence_clerk.ask(number, "issue").status == 200
    closing = licence_clerk.ask(number, "serve", method="in_person", receipt="本人签收")

    case = me.get(f"/cases/{number}").json
    assert [each["kind"] for each in closing.json["events"]] == ["served", "closed"]
    assert (case["stage"], case["result"], case["version"]) == ("closed", "granted", closing.json["version"])
    assert {each["slug"]: each["outcome"] for each in case["steps"]} == {
        "document_review": "passed",
        "site_survey": "passed",
    }
    assert all(each["ended_on"] for each in case["clocks"] if each["clock"] != "hearing_request")
    assert _kinds(me, number)[:4] == ["submitted", "correction_requested", "corrected", "accepted"]
    assert _kinds(clerk, number)[-4:] == ["granted", "issued", "served", "closed"]


def _assigned(number: str, unit: str, step: str, people: list[Program]) -> None:
    named = [{"id": each.id, "unit": unit} for each in people]
    assert staff(unit, "section_head").ask(number, "assign", step=step, people=named).status == 200


def _kinds(reader: Program, number: str) -> list[str]:
    """The kinds of the history as this reader pages through it, three at a time."""
    kinds: list[str] = []
    cursor: str | None = "0"
    while cursor is not None:
        page = reader.get(f"/cases/{number}/events", limit=3, cursor=cursor).json
        kinds += [each["kind"] for each in page["events"]]
        cursor = page["next"]
    return kinds


def test_a_case_offers_what_would_be_accepted_and_says_why_not_to_the_rest(county: County) -> None:
    me, clerk = applicant(), staff("hall-window", "clerk")
    number = me.file().json["number"]

    offers = {each["kind"]: each for each in clerk.get(f"/cases/{number}").json["offers"]}
    mine = {each["kind"]: each for each in me.get(f"/cases/{number}").json["offers"]}

    assert offers["accept"]["possible"]
    assert "barred_food_law" in offers["decline"]["allowed"]["ground"]
    assert {"kind": "material", "id": "equipment_layout", "defect": "expired"} in offers["request_correction"][
        "allowed"
    ]["point"]
    assert offers["withdraw"]["no"]["code"] == "applicants_own_act"
    assert mine["withdraw"]["possible"]
    assert mine["accept"]["no"]["code"] == "staff_only"
    assert mine["accept"]["no"]["next"]
    assert "submit" not in mine


def test_the_ledger_says_of_each_day_whether_it_counted_and_why(county: County) -> None:
    me = applicant()
    number = me.file().json["number"]

    told = me.get(f"/cases/{number}/deadline").json
    (notice,) = told["clocks"]

    assert notice["clock"] == "notice"
    assert notice["days"][0]["reason"] == "day_zero"
    assert notice["days"][-1]["day"] == notice["due_on"]
    assert [each["number"] for each in notice["days"] if each["counted"]] == [1, 2, 3, 4, 5]


def test_lists_are_paged_by_cursor_without_a_case_or_item_twice(county: County) -> None:
    me = applicant()
    numbers = [me.file().json["number"] for _ in range(5)]

    pages: list[list[str]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = me.get("/cases", limit=2, cursor=cursor).json
        pages.append([each["number"] for each in page["cases"]])
        cursor = page["next"]
    items: list[str] = []
    cursor = ""
    while cursor is not None:
        page = me.get("/items", limit=2, cursor=cursor).json
        items += [each["code"] for each in page["items"]]
        cursor = page["next"]

    assert [len(each) for each in pages] == [2, 2, 1]
    assert [number for page in pages for number in page] == numbers[::-1]
    assert len(items) == len(set(items)) > 4
    assert items == sorted(items)


def test_a_list_can_be_narrowed_to_a_stage_and_to_oneself(county: County) -> None:
    me, clerk, reviewer = applicant(), staff("hall-window", "clerk"), staff("licensing", "officer")
    first, second, third = (me.file().json["number"] for _ in range(3))

    clerk.ask(first, "accept")
    clerk.ask(second, "accept")
    _assigned(first, "licensing", "document_review", [reviewer])

    def numbers(reader: Program, **narrowed: str) -> list[str]:
        return [each["number"] for each in reader.get("/cases", **narrowed).json["cases"]]

    assert numbers(clerk) == [third, second, first]
    assert numbers(clerk, stage="submitted") == [third]
    assert numbers(reviewer) == [second, first]
    assert numbers(reviewer, mine="true") == [first]


def test_what_time_has_brought_about_is_shown_and_counts_as_seen(county: County) -> None:
    me, clerk = applicant(), staff("hall-window", "clerk")
    number = me.file().json["number"]

    county.move_to(MONDAY + timedelta(days=8))  # nobody answered for five working days, and no worker ran
    case = me.get(f"/cases/{number}").json
    line = me.get("/cases").json["cases"][0]
    withdrawn = me.ask(number, "withdraw", expected_version=case["version"])

    assert (case["stage"], case["accepted_on"]) == ("accepted", MONDAY.date().isoformat())
    assert line["stage"] == "submitted"  # a list shows the rows as they were last written
    assert [each["kind"] for each in withdrawn.json["events"]] == ["deemed_accepted", "withdrawn"]
    assert clerk.get(f"/cases/{number}").json["result"] == "withdrawn"


def test_a_case_is_found_by_its_query_number_too(county: County) -> None:
    me = applicant()
    filed = me.file().json

    assert me.get(f"/cases/{filed['query_number']}").json["number"] == filed["number"]


def test_what_is_said_is_said_in_the_language_asked_for_and_codes_stay(county: County) -> None:
    me = applicant()
    english = applicant(language="en-GB,zh;q=0.5")
    number = me.file().json["number"]

    told, asked = me.get(f"/cases/{number}"), english.get(f"/cases/{number}")
    refused = english.ask(number, "accept")

    assert told.headers["Content-Language"] == "zh-Hans"
    assert asked.headers["Content-Language"] == "en"
    assert told.json["stage"] == asked.json["stage"] == "submitted"
    assert told.json["stage_name"] != asked.json["stage_name"]
    assert asked.json["name"] == "Food business licence, new (hot dishes)"
    assert refused.json["detail"].isascii()
    assert english.get(f"/cases/{number}/events").json["events"][0]["sentence"].isascii()
    assert applicant(language="fr, *;q=0.1").get("/cases/1").json["detail"] == me.get("/cases/1").json["detail"]
