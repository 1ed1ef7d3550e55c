"""Complaints have a limit and an answer of their own, notes are for the staff; neither moves anything in the case."""

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.clocks import clocks, complaint_clock
from banjie.engine.law import Clock
from banjie.engine.timelimits import Limit, Unit
from banjie.engine.voices import reads_complaint
from tests.engine.office import (
    AGENT,
    APPLICANT,
    CLERK,
    FAR_CLERK,
    LAW,
    LICENCE_CLERK,
    NEIGHBOUR,
    OFFICER,
    STEWARD,
    STRANGER,
    accepted,
    carried,
    days,
    decided,
    filed,
    person,
    staff,
    told,
)
from tests.engine.story import CALENDAR, Story, calendar, day, with_region

SUPERVISOR = staff("supervisor", "supervision", "supervisor")
OTHER_SUPERVISOR = staff("other-supervisor", "supervision", "supervisor")


def complained(story: Story, at: str = "03-04 09:00", by: c.Actor = APPLICANT, **more: object) -> Story:
    """A case with a complaint."""
    story.do(c.Complain, by, at, text="窗口让我跑了三趟", **more)
    return story


def closed() -> Story:
    """A case with nothing left to do."""
    story = decided()
    story.do(c.Issue, LICENCE_CLERK, "03-04 09:00")
    story.do(c.Serve, CLERK, "03-04 10:00", method="post")
    return story


def of_the_case(story: Story) -> list[tuple[Clock, object, object]]:
    """The clocks of the case itself."""
    return [(each.clock, each.due, each.ended_on) for each in clocks(story.state, story.law)]


# Complaints


@pytest.mark.parametrize("by", [APPLICANT, AGENT])
def test_a_complaint_is_a_fact_with_a_limit_for_the_supervising_unit(by: c.Actor) -> None:
    story = accepted()
    before, running = story.state, of_the_case(story)

    (fact,) = story.do(c.Complain, by, "03-04 09:00", text="窗口让我跑了三趟", against=person(CLERK))

    assert isinstance(fact, e.Complained)
    assert (fact.complaint, fact.limit, fact.against) == ("complaint-1", days(10), "clerk")
    assert story.sealed[fact.text.ref] == "窗口让我跑了三趟"
    complaint = story.state.complaints["complaint-1"]
    assert complaint_clock(complaint, LAW).due == day("03-18")
    assert of_the_case(story) == running
    assert story.state.stage == before.stage


def test_a_third_party_of_the_case_may_complain_and_is_told_alone() -> None:
    story = complained(told(LAW), by=NEIGHBOUR)
    (fact,) = (each for each in story.facts if isinstance(each, e.Complained))

    assert e.concerns(fact, frozenset({"neighbour"}))
    assert not e.concerns(fact, frozenset({"applicant"}))
    (answer,) = story.do(
        c.AnswerComplaint, SUPERVISOR, "03-05 09:00", complaint="complaint-1", outcome="unfounded", text="经核实"
    )
    assert isinstance(answer, e.ComplaintAnswered)
    assert answer.to == ("neighbour",)
    assert [e.concerns(answer, frozenset({who})) for who in ("neighbour", "applicant", "agent")] == [True, False, False]


def test_what_an_agent_complains_of_the_applicant_is_told_too() -> None:
    (fact,) = accepted().do(c.Complain, AGENT, "03-04 09:00", text="慢")

    assert e.concerns(fact, frozenset({"applicant"}))
    assert e.concerns(filed().facts[0], frozenset()), "everything else concerns everybody"


@pytest.mark.parametrize("by", [STRANGER, CLERK, OFFICER, c.Actor("neighbour", e.ActorKind.THIRD_PARTY), c.TIMER])
def test_nobody_else_complains_here(by: c.Actor) -> None:
    assert accepted().no(c.Complain, by, "03-04 09:00", text="慢").code == "applicants_own_act"
    assert Story(LAW).no(c.Complain, by, "03-04 09:00", text="慢").code == "not_submitted"


def test_after_closing_too_and_the_case_stays_closed() -> None:
    story = complained(closed(), "03-20 09:00")

    assert story.state.is_closed
    assert all(each.ended_on for each in clocks(story.state, LAW))
    assert complaint_clock(story.state.complaints["complaint-1"], LAW).due == day("04-03")


def test_the_limit_is_the_regions_and_the_newest_calendar_counts() -> None:
    story = accepted(with_region(LAW, complaint_limit=Limit(5, Unit.CALENDAR_DAY)))
    story.law = type(LAW)(LAW.procedure, {CALENDAR: calendar(), "newer": calendar("newer")}, story.law.region, "newer")

    complained(story)

    complaint = story.state.complaints["complaint-1"]
    assert (complaint.limit.number, complaint.calendar, story.state.calendar) == (5, "newer", CALENDAR)
    assert story.state.calendars == {"newer", CALENDAR}
    assert complaint_clock(complaint, story.law).due == day("03-09")


def test_a_complaint_in_a_year_no_calendar_knows_is_taken_all_the_same() -> None:
    story = accepted(type(LAW)(LAW.procedure, {CALENDAR: calendar(CALENDAR, 2027)}, LAW.region, CALENDAR))
    story.do(c.Withdraw, APPLICANT, "03-03 09:00")

    assert complained(story, "2026-12-31 09:00").state.complaints["complaint-1"].is_open


def test_a_supervisor_answers_and_the_clock_of_the_complaint_ends() -> None:
    story = complained(complained(carried(LAW)), "03-05 09:00")

    (fact,) = story.do(
        c.AnswerComplaint,
        SUPERVISOR,
        "03-06 09:00",
        complaint="complaint-1",
        outcome="founded",
        text="属实，已改正",
    )

    assert isinstance(fact, e.ComplaintAnswered)
    first, second = story.state.complaints["complaint-1"], story.state.complaints["complaint-2"]
    assert (first.answered_on, first.answered_by, first.outcome) == (day("03-06"), "supervisor", "founded")
    assert complaint_clock(first, LAW).ended_on == day("03-06")
    assert second.is_open
    again = {"complaint": "complaint-1", "outcome": "founded", "text": "再次"}
    assert story.no(c.AnswerComplaint, SUPERVISOR, "03-06 10:00", **again).code == "complaint_answered"
    more = {**again, "complaint": "complaint-2"}
    assert story.do(c.AnswerComplaint, SUPERVISOR, "03-06 10:00", **more), "who answered one has not acted in the case"
    assert story.no(c.AnswerComplaint, SUPERVISOR, "03-06 11:00", **more).code == "no_complaint_open"
    story.require_replayable()


@pytest.mark.parametrize(
    ("by", "arguments", "code"),
    [
        (APPLICANT, {}, "staff_only"),
        (OFFICER, {}, "needs_supervisor"),
        (staff("s", "licensing", "supervisor"), {}, "not_your_unit"),
        (staff("clerk", "supervision", "supervisor"), {}, "acted_in_the_case"),
        (staff("officer", "supervision", "supervisor"), {}, "acted_in_the_case"),
        (staff("first-supervisor", "supervision", "supervisor"), {}, "complained_of"),
        (SUPERVISOR, {"complaint": "complaint-7"}, "unknown_complaint"),
        (SUPERVISOR, {"outcome": "granted"}, "no_such_outcome"),
    ],
)
def test_a_complaint_is_answered_by_a_supervisor_who_had_no_part_in_it(
    by: c.Actor, arguments: dict[str, object], code: str
) -> None:
    story = complained(carried(LAW), against=e.Person("first-supervisor", "supervision"))
    given = {"complaint": "complaint-1", "outcome": "founded", "text": "答复", **arguments}

    assert story.no(c.AnswerComplaint, by, "03-05 09:00", **given).code == code


def test_whoever_one_of_several_complaints_is_about_answers_the_others() -> None:
    story = complained(complained(accepted(), against=person(SUPERVISOR)), "03-04 10:00")

    assert story.offer(c.AnswerComplaint, SUPERVISOR, "03-05 09:00").allowed["complaint"] == ("complaint-2",)
    given = {"outcome": "founded", "text": "答复"}
    no = story.no(c.AnswerComplaint, SUPERVISOR, "03-05 09:00", complaint="complaint-1", **given)
    assert no.code == "complained_of"
    assert story.do(c.AnswerComplaint, OTHER_SUPERVISOR, "03-05 09:00", complaint="complaint-1", **given)


def test_a_complaint_names_a_member_of_staff_by_pseudonym_or_not_at_all() -> None:
    assert accepted().no(c.Complain, APPLICANT, "03-04 09:00", text="慢", against=e.Person("张三")).code == "bad_input"


def test_personal_data_are_not_erased_while_a_complaint_waits() -> None:
    story = complained(closed(), "03-20 09:00")
    assert story.no(c.Erase, STEWARD, "03-21 09:00", basis="示例办法 10").code == "complaint_open"
    story.do(c.AnswerComplaint, SUPERVISOR, "03-22 09:00", complaint="complaint-1", outcome="unfounded", text="经核实")

    assert story.do(c.Erase, STEWARD, "03-23 09:00", basis="示例办法 10")
    assert story.no(c.Complain, APPLICANT, "03-24 09:00", text="慢").code == "already_erased"


def test_the_words_of_a_complaint_are_read_by_its_author_and_by_those_who_answer_it() -> None:
    complaint = complained(accepted(), against=person(OTHER_SUPERVISOR)).state.complaints["complaint-1"]

    readers = [APPLICANT, AGENT, STRANGER, NEIGHBOUR, CLERK, OFFICER, SUPERVISOR, OTHER_SUPERVISOR]

    assert [each.id for each in readers if reads_complaint(complaint, each, LAW)] == [
        "applicant",
        "agent",
        "supervisor",
    ]


# Notes


@pytest.mark.parametrize("by", [CLERK, OFFICER, SUPERVISOR])
def test_staff_of_the_units_that_take_part_leave_notes_for_one_another(by: c.Actor) -> None:
    story = closed()
    before, running = story.state, of_the_case(story)

    (fact,) = story.do(c.Note, by, "03-05 09:00", text="申请人下周三再来")

    assert isinstance(fact, e.Noted)
    assert story.sealed[fact.text.ref] == "申请人下周三再来"
    assert not e.concerns(fact, frozenset({"applicant", "agent", by.id})), "no applicant is ever told"
    assert of_the_case(story) == running
    unchanged = {name: value for name, value in vars(before).items() if name not in ("version", "last_at")}
    assert {name: getattr(story.state, name) for name in unchanged} == unchanged


@pytest.mark.parametrize(
    ("by", "code"),
    [(APPLICANT, "staff_only"), (AGENT, "staff_only"), (STRANGER, "staff_only"), (FAR_CLERK, "not_taking_part")],
)
def test_nobody_else_leaves_a_note(by: c.Actor, code: str) -> None:
    assert accepted().no(c.Note, by, "03-05 09:00", text="备注").code == code


def test_who_left_a_note_may_still_answer_a_complaint() -> None:
    story = complained(carried(LAW))
    story.do(c.Note, SUPERVISOR, "03-05 09:00", text="正在核实")

    assert story.offer(c.AnswerComplaint, SUPERVISOR, "03-05 10:00").no is None
