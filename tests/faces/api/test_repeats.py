"""The same again is the same again: an application under its key, a command under its id, alone or many at once."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest

from banjie.cases.models import Case
from banjie.cases.scope import whole_house
from banjie.records import catalogue
from banjie.web import clock
from tests.county import MONDAY, County
from tests.databases import in_threads
from tests.faces.api.program import FOOD, Answer, Program, applicant, application, staff

pytestmark = pytest.mark.database


def cases() -> int:
    """How many cases there are."""
    with whole_house("a test counts"):
        return Case.objects.everything().count()


def test_the_same_key_and_body_give_the_first_answer_again(county: County) -> None:
    me, clerk = applicant(), staff("hall-window", "clerk")

    first = me.file("a-key-of-mine")
    clerk.ask(first.json["number"], "accept")  # meanwhile the case goes on
    again = me.file("a-key-of-mine")

    assert (first.status, again.status) == (201, 201)
    assert again.content == first.content
    assert "Idempotent-Replay" not in first.headers
    assert again.headers["Idempotent-Replay"] == "true"
    assert cases() == 1


def test_what_was_taken_once_is_repeated_whatever_would_be_said_to_it_today(county: County) -> None:
    me = applicant()
    papers = [{"material": "application_form", "files": [me.upload().json]}]
    first = me.file("a-key-of-mine", provided=papers)  # the file belongs to the case from here on
    catalogue.withdraw(FOOD, 1, "p-keeper", clock.now(), uuid4())

    again = me.file("a-key-of-mine", provided=papers)

    assert again.content == first.content
    assert me.file().code == "version_withdrawn"


def test_a_key_is_kept_for_the_life_of_the_case(county: County) -> None:
    me = applicant()
    first = me.file("a-key-of-mine")

    county.move_to(MONDAY + timedelta(days=366))
    later = Program(me.user)

    assert later.file("a-key-of-mine").content == first.content
    assert later.file("a-key-of-mine", e_service=True).code == "key_reused_with_other_body"


def test_the_order_of_fields_is_not_another_body(county: County) -> None:
    me = applicant()
    turned = dict(reversed(application().items()))

    first, again = me.post("/cases", application(), "a-key-of-mine"), me.post("/cases", turned, "a-key-of-mine")

    assert again.content == first.content


def test_the_same_key_with_another_body_is_refused(county: County) -> None:
    me = applicant()
    me.file("a-key-of-mine")

    other = me.file("a-key-of-mine", e_service=True)

    assert (other.status, other.code) == (422, "key_reused_with_other_body")
    assert other.json["problems"] == []
    assert cases() == 1


def test_somebody_elses_key_is_another_key(county: County) -> None:
    mine, theirs = applicant().file("a-common-key"), applicant("other").file("a-common-key")

    assert mine.json["number"] != theirs.json["number"]


def test_a_refused_application_does_not_use_up_its_key(county: County) -> None:
    me = applicant()

    assert me.file("a-key-of-mine", answers={}).status == 422
    assert me.file("a-key-of-mine").status == 201


def test_a_command_id_gives_the_first_result_again(county: County) -> None:
    me, clerk = applicant(), staff("hall-window", "clerk")
    number = me.file().json["number"]
    body = {"kind": "accept", "command_id": str(uuid4()), "expected_version": 1}

    first = clerk.post(f"/cases/{number}/commands", body)
    me.ask(number, "make_statement", text="请尽快办理")
    again = clerk.post(f"/cases/{number}/commands", body)

    assert first.status == again.status == 200
    assert again.content == first.content
    assert again.headers["Idempotent-Replay"] == "true"
    assert me.get(f"/cases/{number}").json["version"] == 3


def test_twenty_posts_of_one_key_at_once_open_one_case(county: County) -> None:
    me = applicant()
    programs = [Program(me.user) for _ in range(20)]
    body = application()

    def post(program: Program) -> Answer:
        return program.post("/cases", body, "a-key-of-mine")

    answers = in_threads(*(lambda each=each: post(each) for each in programs))

    assert {each.status for each in answers} == {201}
    assert len({each.content for each in answers}) == 1
    assert Counter(each.headers.get("Idempotent-Replay") for each in answers) == {None: 1, "true": 19}
    assert cases() == 1


def test_of_twenty_who_decide_at_once_one_does_and_the_rest_are_told(county: County) -> None:
    number = applicant().file().json["number"]
    clerk = staff("hall-window", "clerk")
    programs = [Program(clerk.user) for _ in range(20)]

    def accept(program: Program) -> Answer:
        body = {"kind": "accept", "command_id": str(uuid4()), "expected_version": 1}
        return program.post(f"/cases/{number}/commands", body)

    answers = in_threads(*(lambda each=each: accept(each) for each in programs))

    assert Counter(each.status for each in answers) == {200: 1, 409: 19}
    assert {each.code for each in answers if each.status == 409} <= {"already_accepted", "changed_meanwhile"}
    assert clerk.get(f"/cases/{number}").json["version"] == 2
