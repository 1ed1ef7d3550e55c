"""First-inquiry responsibility and wrong doors: on record, with whoever is responsible now; rebuilt from the log."""

from typing import Any
from uuid import uuid4

import pytest

from banjie.duties.queue import inquiries, queries, rebuild
from banjie.duties.queue.inquiries import Door
from banjie.duties.queue.models import Inquiry, WrongDoor
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.store.log import read
from banjie.web import clock
from tests.county import County

pytestmark = pytest.mark.database

QUESTION = "开小饭馆要办什么证？"


def asked(county: County, role: str = "clerk") -> Inquiry:
    return inquiries.inquire(county.actor(role), QUESTION, county.code(), uuid4(), clock.now())


def refused(code: str, act: Any) -> None:
    with pytest.raises(NotPossible) as no:
        act()
    assert no.value.code == code


@pytest.mark.requirement("M094")
def test_whoever_is_asked_first_stays_responsible_until_somebody_has_taken_it_over(county: County) -> None:
    first, second = county.actor("clerk"), county.actor("deciding_clerk")
    inquiry = asked(county)

    inquiries.hand_over(inquiry.stream, second.id, first, uuid4(), clock.now())

    assert [each.holder for each in queries.mine(first)] == [first.id]
    inquiries.take_over(inquiry.stream, second, uuid4(), clock.now())
    assert not queries.mine(first)
    row = queries.mine(second).get()
    assert (row.first, row.holder, row.hand_overs) == (first.id, second.id, 1)
    refused("not_yours_to_answer", lambda: inquiries.answer(row.stream, "好", first, uuid4(), clock.now()))
    inquiries.answer(row.stream, "办理食品经营许可。", second, uuid4(), clock.now())
    assert not queries.mine(second)
    kinds = [each.kind for each in read.entries(inquiry.stream)]
    assert kinds == ["inquired", "handed_over", "taken_over", "answered"]


def test_a_second_press_records_nothing_twice(county: County) -> None:
    actor, command_id = county.actor("clerk"), uuid4()
    first = inquiries.inquire(actor, QUESTION, "", command_id, clock.now())
    answer_id = uuid4()

    again = inquiries.inquire(actor, QUESTION, "", command_id, clock.now())
    for _ in range(2):
        inquiries.answer(first.stream, "请到综合窗口。", actor, answer_id, clock.now())

    assert again.stream == first.stream
    assert len(read.entries(first.stream)) == 2


def test_what_cannot_be_is_refused_in_words(county: County) -> None:
    actor, other = county.actor("clerk"), county.actor("deciding_clerk")
    inquiry, at = asked(county), clock.now()

    refused("hand_over_to_oneself", lambda: inquiries.hand_over(inquiry.stream, actor.id, actor, uuid4(), at))
    refused("no_such_colleague", lambda: inquiries.hand_over(inquiry.stream, "p-nobody", actor, uuid4(), at))
    refused("not_offered_to_you", lambda: inquiries.take_over(inquiry.stream, other, uuid4(), at))
    inquiries.answer(inquiry.stream, "好", actor, uuid4(), at)
    refused("inquiry_answered", lambda: inquiries.answer(inquiry.stream, "好", actor, uuid4(), at))
    refused("staff_only", lambda: inquiries.inquire(county.actor("applicant"), QUESTION, "", uuid4(), at))
    with pytest.raises(BadInput):
        inquiries.inquire(actor, "  ", "", uuid4(), at)


@pytest.mark.requirement("M053")
def test_a_wrong_door_is_recorded_against_the_item(county: County) -> None:
    actor, command_id = county.actor("officer"), uuid4()
    door = Door(county.code(), "licensing", "hall-window", "guide")

    for _ in range(2):
        inquiries.misdirected(door, actor, command_id, clock.now())

    assert queries.counted(county.code(), clock.today()).wrong_doors == 1
    assert [each.told for each in queries.doors_of(county.code())] == ["guide"]
    right = Door(county.code(), "hall-window", "hall-window", "signs")
    refused("right_door", lambda: inquiries.misdirected(right, actor, uuid4(), clock.now()))


def test_nothing_that_was_asked_stands_in_clear_in_the_log(county: County) -> None:
    inquiry = asked(county)

    assert all(QUESTION.encode() not in each.body for each in read.entries(inquiry.stream))
    assert inquiries.question_of(inquiry) == QUESTION


def test_every_row_can_be_made_again_from_the_log(county: County) -> None:
    inquiry = asked(county)
    second = county.actor("deciding_clerk")
    inquiries.hand_over(inquiry.stream, second.id, county.actor("clerk"), uuid4(), clock.now())
    inquiries.take_over(inquiry.stream, second, uuid4(), clock.now())
    door = Door(county.code(), "licensing", "hall-window", "nobody")
    inquiries.misdirected(door, second, uuid4(), clock.now())
    before = [list(model._base_manager.values()) for model in (Inquiry, WrongDoor)]

    assert rebuild.rebuild() == 2

    assert [list(model._base_manager.values()) for model in (Inquiry, WrongDoor)] == before
