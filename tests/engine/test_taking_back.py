"""撤销误操作: for two minutes a slip of the hand never was; after that, or for anybody else, it stands."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.clocks import clocks, timers
from banjie.engine.state import State, fold
from tests.engine.office import (
    APPLICANT,
    CLERK,
    DECIDER,
    INSTANT_DUTIES,
    LAW,
    OFFICER,
    OTHER_CLERK,
    REVIEW,
    SECTION_HEAD,
    STRANGER,
    filed,
    flawed,
    missing,
    papers,
    people,
    staff,
    with_steps,
)
from tests.engine.story import instant, kinds, with_procedure

REMAINS = {"version", "last_at", "papers", "acted", "hands", "taken_back"}
"""What a case keeps of an act that was taken back."""

OUTCOMES: list[tuple[str, type[c.Command], dict[str, Any]]] = [
    ("accept", c.Accept, {}),
    ("decline", c.Decline, {"ground": "not_a_resident"}),
    ("find_not_needed", c.FindNotNeeded, {"basis": "示例办法 9"}),
    ("request_correction", c.RequestCorrection, {"points": flawed("plan")}),
    ("correct_on_the_spot", c.CorrectOnTheSpot, {"points": flawed("plan", e.Defect.UNSIGNED)}),
]
every_outcome = pytest.mark.parametrize(("name", "cls", "arguments"), OUTCOMES, ids=[name for name, *_ in OUTCOMES])


def apart(one: State, other: State) -> set[str]:
    """The fields in which two states differ."""
    return {each.name for each in fields(State) if getattr(one, each.name) != getattr(other, each.name)}


@every_outcome
def test_what_is_taken_back_never_was(name: str, cls: type[c.Command], arguments: dict[str, Any]) -> None:
    story = filed()
    before = story.state
    due = [(each.clock, each.due, each.ended_on) for each in clocks(before, LAW)]
    told = [(when, type(each)) for when, each in timers(before, LAW)]
    story.do(cls, CLERK, "03-02 09:01", **arguments)

    (fact,) = story.do(c.TakeBack, CLERK, "03-02 09:02:59")

    assert isinstance(fact, e.TakenBack)
    assert (fact.act, fact.position) == (name, 2)
    assert apart(story.state, before) <= REMAINS
    assert [(each.clock, each.due, each.ended_on) for each in clocks(story.state, LAW)] == due
    assert [(when, type(each)) for when, each in timers(story.state, LAW)] == told
    assert (story.state.version, story.state.taken_back) == (3, 1)
    story.require_replayable()


@every_outcome
def test_the_history_folds_to_the_same_with_or_without_it(
    name: str, cls: type[c.Command], arguments: dict[str, Any]
) -> None:
    story = filed()
    before = list(story.facts)
    story.do(cls, CLERK, "03-02 09:01", **arguments)
    story.do(c.TakeBack, CLERK, "03-02 09:02")

    assert apart(fold(story.facts), fold(before)) <= REMAINS
    assert story.do(cls, CLERK, "03-02 09:03", **arguments), "and what was meant can be done"


def test_a_second_notice_is_taken_back_and_the_first_one_stands() -> None:
    story = filed(provided=papers("form"))
    story.do(c.RequestCorrection, CLERK, "03-03 10:00", points=missing("plan"))
    story.do(c.SubmitCorrection, APPLICANT, "03-05 10:00", provided=papers("plan"))
    before = story.state
    story.do(c.RequestCorrection, CLERK, "03-06 10:00", points=flawed("plan"))

    story.do(c.TakeBack, CLERK, "03-06 10:01")

    assert apart(story.state, before) <= REMAINS
    assert len(story.state.corrections) == 1


def test_no_number_of_a_paper_is_used_twice() -> None:
    story = filed()
    story.do(c.Accept, CLERK, "03-02 09:01")
    used = story.state.papers
    story.do(c.TakeBack, CLERK, "03-02 09:02")
    story.do(c.Accept, CLERK, "03-02 09:03")

    assert story.state.papers == used + 1


def test_whoever_pressed_accept_has_taken_part_in_receipt_for_good() -> None:
    both = staff("clerk", "licensing", "decider")
    story = filed()
    story.do(c.Accept, CLERK, "03-02 09:01")
    story.do(c.TakeBack, CLERK, "03-02 09:02")
    story.do(c.Accept, OTHER_CLERK, "03-02 09:03")
    story.do(c.Assign, SECTION_HEAD, "03-02 10:00", step="review", people=people(OFFICER))
    story.do(c.FinishStep, OFFICER, "03-03 10:00", step="review", outcome="passed")

    assert story.no(c.Decide, both, "03-03 11:00", outcome="grant").code == "receiver_may_not_decide"


@every_outcome
def test_after_two_minutes_it_stands(name: str, cls: type[c.Command], arguments: dict[str, Any]) -> None:
    story = filed()
    story.do(cls, CLERK, "03-02 09:01", **arguments)

    on_time, late = instant("03-02 09:03"), instant("03-02 09:03") + timedelta(microseconds=1)

    assert story.offer(c.TakeBack, CLERK, on_time).no is None
    assert story.no(c.TakeBack, CLERK, late).code == "too_late_to_take_back"
    assert str(story.offer(c.TakeBack, CLERK, late).no) == f"too_late_to_take_back(act={name}, minutes=2)"


@pytest.mark.parametrize(
    ("by", "code"),
    [(OTHER_CLERK, "not_yours_to_take_back"), (APPLICANT, "staff_only"), (STRANGER, "staff_only")],
)
def test_nobody_else_takes_it_back(by: c.Actor, code: str) -> None:
    story = filed()
    story.do(c.Accept, CLERK, "03-02 09:01")

    assert story.no(c.TakeBack, by, "03-02 09:02").code == code


def test_what_something_else_has_followed_stands() -> None:
    story = filed()
    story.do(c.Accept, CLERK, "03-02 09:01")
    story.do(c.MakeStatement, APPLICANT, "03-02 09:02", text="谢谢")

    assert story.no(c.TakeBack, CLERK, "03-02 09:02:30").code == "changed_since"


def test_nothing_is_taken_back_twice_and_nothing_but_an_outcome_at_all() -> None:
    story = filed()
    assert story.no(c.TakeBack, CLERK, "03-02 09:01").code == "cannot_be_taken_back"
    story.do(c.Accept, CLERK, "03-02 09:01")
    story.do(c.TakeBack, CLERK, "03-02 09:02")

    assert story.no(c.TakeBack, CLERK, "03-02 09:02").code == "cannot_be_taken_back"
    story.do(c.Withdraw, APPLICANT, "03-02 09:03")
    assert story.no(c.TakeBack, CLERK, "03-02 09:04").code == "cannot_be_taken_back"


def test_an_acceptance_of_an_item_without_steps_is_taken_back_whole() -> None:
    law = with_procedure(LAW, steps=())
    story = filed(law)
    before = story.state
    assert kinds(story.do(c.Accept, CLERK, "03-02 09:01")) == ["accepted", "examined"]

    story.do(c.TakeBack, CLERK, "03-02 09:02")

    assert apart(story.state, before) <= REMAINS


@pytest.mark.parametrize("steps", [(REVIEW,), ()])
def test_what_was_decided_at_once_stands(steps: Any) -> None:
    law = with_procedure(with_steps(*steps), instant=True, merged=INSTANT_DUTIES, receives="licensing")
    both = staff("both", "licensing", "clerk", "decider")
    story = filed(law)
    story.do(c.DecideAtOnce, both, "03-02 09:01", outcome="grant")

    assert story.no(c.TakeBack, both, "03-02 09:02").code == "changed_since"


def test_what_the_law_accepted_nobody_takes_back() -> None:
    story = filed()
    story.advance("03-10 00:00")

    assert story.no(c.TakeBack, CLERK, "03-10 00:01").code == "cannot_be_taken_back"


def test_the_acceptance_that_time_brought_about_cannot_be_undone_by_an_older_act() -> None:
    """Pressed a minute before the limit passed: the clock went on as if the act had not been."""
    story = filed()
    story.do(c.Decline, CLERK, "03-09 23:59", ground="not_a_resident")
    story.do(c.TakeBack, CLERK, "03-10 00:00")

    facts = story.advance("03-10 00:00:01")

    assert kinds(facts) == ["deemed_accepted"]


def test_what_was_entered_late_from_paper_is_no_misclick() -> None:
    story = filed()
    late = c.LateEntry(instant("03-02 09:01"), e.FileRef("scan", "c"), "outage-7", "second")
    story.do(c.Accept, CLERK, "03-04 09:01", late=late)

    no = story.no(c.TakeBack, CLERK, "03-04 09:02", late=replace(late, paper_at=instant("03-02 09:02")))

    assert no.code == "cannot_be_taken_back"
    assert story.no(c.TakeBack, CLERK, "03-04 09:02").code == "too_late_to_take_back"
    assert story.no(c.TakeBack, DECIDER, "03-04 09:02").code == "not_yours_to_take_back"
