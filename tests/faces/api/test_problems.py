"""Every kind of "no": its status, its code, words in both languages, a next step, and nothing recorded."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from banjie.faces.api import problems
from banjie.records import catalogue as catalogue_of_items
from banjie.records.accounts.models import Kind, User
from banjie.records.accounts.tokens import issue_token
from banjie.web import clock
from banjie.words.catalogue import catalogue as catalogue_of_words
from tests.county import County
from tests.faces.api.program import APPLICANT, BASE, FOOD, Answer, Program, applicant, application, staff

pytestmark = pytest.mark.database

SHAPE = {"type", "title", "status", "detail", "code", "next"}


def is_problem(answer: Answer, status: int, code: str) -> bool:
    """Whether this is that "no", complete and in words."""
    told = answer.json
    assert answer.headers["Content-Type"] == "application/problem+json", answer
    assert set(told) >= SHAPE, answer
    assert all(told[each] for each in SHAPE), answer
    assert told["type"] == f"urn:banjie:problem:{told['code']}"
    assert told["status"] == answer.status
    assert (answer.status, told["code"]) == (status, code), answer
    return True


# Who asks


def test_without_a_good_token_one_is_asked_to_sign_in(county: County) -> None:
    for given in ("", "Bearer", "Bearer ", "Bearer bj_nothing", "Basic YTpi", "Bearer \xe9", "Token x"):
        answer = Program(None).send("GET", "/cases", Authorization=given)

        assert is_problem(answer, 401, "sign_in_needed")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_an_expired_token_or_one_of_somebody_who_left_is_no_token(county: County) -> None:
    late, gone = applicant("late"), applicant("gone")
    assert late.user
    late.token = issue_token(late.user, "old", 1, clock.now() - timedelta(days=2))
    User.objects.filter(username="gone").update(is_active=False)

    assert is_problem(late.get("/cases"), 401, "sign_in_needed")
    assert is_problem(gone.get("/cases"), 401, "sign_in_needed")


def test_a_session_opens_pages_and_not_the_api(county: County) -> None:
    browser = Client()
    browser.force_login(User.objects.create_user("browser", kind=Kind.APPLICANT))

    answer = browser.get(f"{BASE}/cases")

    assert answer.status_code == 401


def test_who_runs_the_machine_sees_no_case(county: County) -> None:
    operator = Program(User.objects.create_user("root", kind=Kind.OPERATOR))

    assert is_problem(operator.get("/cases"), 403, "not_allowed")
    assert is_problem(operator.file(), 403, "not_allowed")


def test_a_token_lends_no_more_than_it_names(county: County) -> None:
    me = applicant()
    number = me.file().json["number"]

    reads_only = staff("hall-window", "clerk", roles=("staff",))
    clerk_only = staff("hall-window", "clerk", roles=("clerk",))

    assert reads_only.get(f"/cases/{number}").status == 200
    assert is_problem(reads_only.ask(number, "accept"), 403, "needs_clerk")
    assert clerk_only.ask(number, "accept").status == 200


def test_somebody_elses_act_is_forbidden_whatever_the_state(county: County) -> None:
    me, clerk = applicant(), staff("hall-window", "clerk")
    number = me.file().json["number"]

    assert is_problem(clerk.ask(number, "withdraw"), 403, "applicants_own_act")
    assert is_problem(me.ask(number, "accept"), 403, "staff_only")
    assert is_problem(staff("licensing", "officer").file(), 403, "needs_clerk")


# What is not there, and what is not yours


def test_a_stranger_is_told_the_same_as_of_a_case_that_does_not_exist(county: County) -> None:
    number = applicant().file().json["number"]
    stranger, other_unit = applicant("stranger"), staff("health-supervision", "supervisor")
    unknown = number[:-4] + "9999"

    for reader in (stranger, other_unit):
        for path in ("", "/events", "/deadline"):
            of_mine = reader.get(f"/cases/{number}{path}")
            assert is_problem(of_mine, 404, "unknown_case")
            assert of_mine.content == reader.get(f"/cases/{unknown}{path}").content
        asked = [reader.ask(each, "withdraw", expected_version=1) for each in (number, unknown)]
        assert is_problem(asked[0], 404, "unknown_case")
        assert asked[0].content == asked[1].content
        assert reader.get("/cases").json == {"cases": [], "next": None}


def test_a_number_that_cannot_be_one_is_not_there(county: County) -> None:
    me = applicant()

    for name in ("0", "%00", "a%00b", "..%2f", "%f0%9f%98%80", "x" * 3000, "%ff", "案件", "'--"):
        assert me.get(f"/cases/{name}").status == 404
        assert me.get(f"/items/{name}").status == 404
        assert me.post(f"/cases/{name}/commands", {"kind": "issue", "command_id": str(uuid4())}).status == 404


def test_a_guide_that_is_not_in_force_is_not_there_and_cannot_be_applied_under(county: County) -> None:
    me = applicant()
    catalogue_of_items.withdraw(FOOD, 1, "p-keeper", clock.now(), uuid4())

    assert is_problem(me.get(f"/items/{FOOD}"), 404, "version_withdrawn")
    assert is_problem(me.file(), 409, "version_withdrawn")


def test_an_address_that_is_not_there_answers_in_json_too(county: County) -> None:
    assert is_problem(applicant().get("/casess"), 404, "no_such_address")
    assert is_problem(applicant().get("/cases/"), 404, "no_such_address")
    assert is_problem(Program(None).send("POST", "/"), 404, "no_such_address")


def test_other_methods_are_told_which_there_are(county: County) -> None:
    me = applicant()

    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "BREW"):
        answer = me.send(method, "/cases")

        assert answer.status == 405
        assert answer.headers["Allow"] == "GET, POST"


# The request itself


ALWAYS_ASKED = ("business_format", "has_agent", "place_name", "premises", "uses_machines")


def test_every_wrong_field_is_named_with_its_path_at_once(county: County) -> None:
    wrong = {**APPLICANT, "id_number": "91999921000000116N", "kind": "robot"}
    answers = {"area": "large", "is_chain": 1, "nonsense": "x"}

    of_types = applicant().file(
        applicant={**wrong, "x": "y"}, provided=[{"material": 5, "form": "smoke"}], e_service="yes"
    )
    of_content = applicant().file(
        applicant={**wrong, "kind": "enterprise"}, answers=answers, provided=[{"material": "poem"}]
    )

    assert is_problem(of_types, 422, "bad_input")
    assert _named(of_types) == {
        "applicant.kind": "unknown_choice",
        "applicant.x": "unknown_field",
        "provided.0.material": "not_a_text",
        "provided.0.form": "unknown_choice",
        "e_service": "not_yes_or_no",
    }
    assert is_problem(of_content, 422, "bad_input")
    assert _named(of_content) == {
        "applicant.id_number": "wrong_check_digit_uscc",
        "answers.area": "not_a_number",
        "answers.is_chain": "not_yes_or_no",
        "answers.nonsense": "unknown_question",
        **dict.fromkeys((f"answers.{each}" for each in ALWAYS_ASKED), "needed"),
        "provided.0.material": "outside_guide",
        "provided.0.files": "needed",
    }
    assert all(each["detail"] for each in of_content.json["problems"])


def _named(answer: Answer) -> dict[str, str]:
    return {each["field"]: each["code"] for each in answer.json["problems"]}


def body(kind: str, **arguments: Any) -> dict[str, Any]:
    """A command with a fresh id."""
    return {"kind": kind, "command_id": str(uuid4()), **arguments}


NOT_COMMANDS = [
    ({}, "kind", "needed"),
    ({"kind": "dance"}, "kind", "unknown_choice"),
    ({"kind": "submit"}, "kind", "unknown_choice"),
    ({"kind": "lapse"}, "kind", "unknown_choice"),
    ({"kind": "accept", "expected_version": 1}, "command_id", "needed"),
    ({"kind": "accept", "command_id": "x", "expected_version": 1}, "command_id", "wrong_type"),
    (body("accept"), "expected_version", "needed"),
    (body("accept", expected_version=True), "expected_version", "not_a_number"),
    (body("accept", expected_version=2**63), "expected_version", "out_of_range"),
    (body("accept", expected_version=1, at="2026-01-05T09:00:00+08:00"), "at", "unknown_field"),
    (body("accept", expected_version=1, by={}), "by", "unknown_field"),
    (body("pause", ground="x", expected_end="2026-02-30"), "expected_end", "no_such_date"),
    (body("pause", ground="x", expected_end=0), "expected_end", "no_such_date"),
    (body("extend", reasons="x", length={"number": -1, "unit": "month"}), "length.number", "out_of_range"),
    (body("extend", reasons="x" * 10_001), "reasons", "too_long"),
    (body("appoint_host", host={"id": "张三"}), "host.id", "wrong_type"),
    (body("void", reason="test", second={"id": "p-nobody"}), "second", "unknown_choice"),
]


def test_a_command_that_is_not_one_names_the_field(county: County) -> None:
    me, clerk = applicant(), staff("hall-window", "clerk")
    number = me.file().json["number"]

    for wrong, field, code in NOT_COMMANDS:
        answer = clerk.post(f"/cases/{number}/commands", wrong)

        assert is_problem(answer, 422, "bad_input")
        assert _named(answer) == {field: code}
    assert me.get(f"/cases/{number}").json["version"] == 1


def test_a_value_the_law_does_not_know_has_to_change(county: County) -> None:
    clerk = staff("hall-window", "clerk")
    number = applicant().file().json["number"]
    point = {"kind": "material", "id": "poem", "defect": "missing"}

    assert is_problem(clerk.ask(number, "decline", ground="mood"), 422, "no_such_ground_to_decline")
    assert is_problem(clerk.ask(number, "decline", ground="other_agency"), 422, "competent_agency_needed")
    assert is_problem(clerk.ask(number, "request_correction", points=[]), 422, "nothing_cited")
    assert is_problem(clerk.ask(number, "request_correction", points=[point]), 422, "outside_guide")
    assert is_problem(clerk.ask(number, "find_not_needed", basis=" "), 422, "basis_needed")


def test_nobody_is_assigned_in_a_unit_they_are_not_in(county: County) -> None:
    number = applicant().file().json["number"]
    staff("hall-window", "clerk").ask(number, "accept")
    head, stranger = staff("licensing", "section_head"), staff("site-survey", "officer")

    def assigned(unit: str) -> Answer:
        return head.ask(number, "assign", step="document_review", people=[{"id": stranger.id, "unit": unit}])

    assert _named(assigned("licensing")) == {"people.0.unit": "unknown_choice"}
    assert is_problem(assigned("site-survey"), 422, "person_of_other_unit")
    assert is_problem(assigned(""), 422, "person_of_other_unit")


def test_a_file_must_be_there_and_be_ones_own_and_be_the_very_one(county: County) -> None:
    me, other = applicant(), applicant("other")
    mine, theirs = me.upload().json, other.upload().json
    nowhere = {"id": uuid4().hex, "commitment": mine["commitment"]}
    swapped = {"id": mine["id"], "commitment": theirs["commitment"]}

    def named(file: dict[str, str]) -> Answer:
        return me.file(provided=[{"material": "application_form", "files": [file]}])

    assert _named(named(theirs)) == _named(named(nowhere)) == {"provided.0.files.0.id": "unknown_file"}
    assert _named(named(swapped)) == {"provided.0.files.0.id": "unknown_file"}
    assert named(mine).status == 201
    assert _named(named(mine)) == {"provided.0.files.0.id": "unknown_file"}  # it belongs to a case now


def test_unknown_parameters_and_cursors_are_refused(county: County) -> None:
    me = applicant()

    assert _named(me.get("/cases", stages="submitted")) == {"stages": "unknown_field"}
    assert _named(me.get("/cases", stage="lost")) == {"stage": "unknown_choice"}
    assert _named(me.get("/cases", limit=101)) == {"limit": "out_of_range"}
    assert _named(me.get("/cases", cursor="zz")) == {"cursor": "unknown_choice"}
    assert me.get("/items", cursor="\x00").status == 422


def test_an_application_without_a_key_or_for_no_item_is_refused(county: County) -> None:
    me = applicant()

    assert _named(me.post("/cases", application())) == {"Idempotency-Key": "needed"}
    assert _named(me.post("/cases", {}, "a-key-of-mine")) == {"item": "needed", "applicant": "needed"}
    assert _named(me.file("short")) == {"Idempotency-Key": "needed"}
    assert _named(me.file(item=FOOD[:-1] + "9")) == {"item": "unknown_choice"}


# The state of the case


def test_what_the_state_forbids_tells_where_the_case_stands(county: County) -> None:
    me, clerk, colleague = applicant(), staff("hall-window", "clerk"), staff("hall-window", "clerk", 1)
    number = me.file().json["number"]
    clerk.ask(number, "accept")

    answer = colleague.ask(number, "accept")

    assert is_problem(answer, 409, "already_accepted")
    assert (answer.json["version"], answer.json["stage"]) == (2, "accepted")


def test_who_judged_an_older_state_is_told_that_it_changed(county: County) -> None:
    me, clerk = applicant(), staff("hall-window", "clerk")
    number = me.file().json["number"]
    me.ask(number, "make_statement", text="请尽快办理")

    answer = clerk.ask(number, "accept", expected_version=1)

    assert is_problem(answer, 409, "changed_meanwhile")
    assert (answer.json["version"], answer.json["stage"]) == (2, "submitted")
    assert clerk.ask(number, "accept", expected_version=2).status == 200


# Size and kind of what is sent


def test_another_kind_of_body_is_not_read(county: County) -> None:
    me = applicant()
    sent = json.dumps(application()).encode()

    for kind in ("text/plain", "application/xml", "multipart/form-data", "application/json; charset=gbk", ""):
        assert is_problem(
            me.send("POST", "/cases", sent, kind, **{"Idempotency-Key": "a-key-of-mine"}), 415, "wrong_content_type"
        )
    assert is_problem(me.send("POST", "/files", b"%PDF-", "application/pdf"), 415, "wrong_content_type")


def test_a_body_of_ten_megabytes_is_not_read(county: County) -> None:
    me = applicant()

    large = me.file(answers={"premises": "x" * 10 * 1024 * 1024})
    file = me.upload(b"%PDF-" + bytes(settings.LARGEST_UPLOAD))

    assert is_problem(large, 413, "too_large")
    assert is_problem(file, 413, "too_large")
    assert is_problem(me.upload(b""), 422, "upload_empty")
    assert is_problem(me.upload(b"MZ\x90\x00"), 422, "unsupported_type")


# The house


def test_without_a_database_one_is_asked_to_come_back(county: County) -> None:
    me = applicant()
    connection = connections["default"]
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = "/nowhere/at/all"

    try:
        answer = me.get("/cases")
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before

    assert is_problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"]


def test_every_code_has_a_status_and_words_in_every_language() -> None:
    told = {code for codes in problems.BY_STATUS.values() for code in codes}

    for language in ("zh-Hans", "en"):
        known = catalogue_of_words(language)
        assert told <= known["refusals"].keys()
        assert set(problems.FROM_PYDANTIC.values()) | {"unknown_file"} <= known["problems"].keys()
        assert {str(each) for each in (*problems.BY_STATUS, 409)} <= known["statuses"].keys()
