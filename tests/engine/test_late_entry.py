"""补录: what was done on paper in an outage is entered late, by two, with its own legal time."""

from dataclasses import replace
from typing import Any

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.decide import SLACK, legal_time
from banjie.engine.law import Clock
from tests.engine.office import APPLICANT, CLERK, DECIDER, LAW, OTHER_CLERK, filed
from tests.engine.story import Story, day, instant, kinds

LATE = c.LateEntry(instant("03-03 10:00"), e.FileRef("scan-1", "commitment"), "outage-7", OTHER_CLERK.id)


def entered(story: Story, **changes: Any) -> c.Command:
    """An acceptance on paper of the third, entered on the fifth."""
    return story.command(c.Accept, CLERK, "03-05 09:00", late=replace(LATE, **changes))


def test_the_papers_own_instant_starts_the_clock() -> None:
    story = filed()

    facts = story.carry_out(entered(story))

    assert kinds(facts) == ["late_entered", "accepted"]
    late = facts[0]
    assert isinstance(late, e.LateEntered)
    assert (late.entering, late.second, late.outage) == ("accept", OTHER_CLERK.id, "outage-7")
    assert {fact.on for fact in facts} == {day("03-03")}
    assert story.due(Clock.LEGAL) == day("03-31")


def test_time_acts_up_to_the_paper_and_no_further() -> None:
    story = filed(at="02-24 09:00")
    command = entered(story)

    assert legal_time(command) == instant("03-03 10:00")
    assert story.no(c.Accept, CLERK, "03-05 09:00", late=LATE).code == "already_accepted_by_law"
    on_time = filed(at="02-27 09:00")
    assert kinds(on_time.carry_out(entered(on_time))) == ["late_entered", "accepted"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"second": ""}, "second_person_needed"),
        ({"second": CLERK.id}, "second_person_needed"),
        ({"second": "李四"}, "bad_input"),
        ({"outage": " "}, "outage_reference_needed"),
        ({"outage": "停" * 201}, "bad_input"),
        ({"paper_at": instant("03-05 09:01")}, "paper_from_the_future"),
        ({"paper_at": instant("03-01 09:00")}, "late_entry_out_of_order"),
    ],
)
def test_two_people_an_outage_and_a_date_that_fits(changes: dict[str, Any], code: str) -> None:
    story = filed()

    no = story.no(c.Accept, CLERK, "03-05 09:00", late=replace(LATE, **changes))

    assert no.code == code


def test_only_staff_enters_late_and_only_what_they_may_do_at_all() -> None:
    story = filed()

    assert story.no(c.Withdraw, APPLICANT, "03-05 09:00", late=LATE).code == "staff_only"
    assert story.no(c.Withdraw, CLERK, "03-05 09:00", late=LATE).code == "applicants_own_act"
    assert story.no(c.Accept, DECIDER, "03-05 09:00", late=LATE).code == "needs_clerk"
    assert story.no(c.DeemAccepted, c.TIMER, "03-05 09:00", late=LATE).code == "staff_only"


def test_an_application_on_paper_is_filed_late_too() -> None:
    story = Story(LAW)

    facts = story.do(c.Submit, CLERK, "03-05 09:00", late=LATE, answers={"rooms": 8}, channel="window")

    assert kinds(facts) == ["late_entered", "submitted"]
    assert story.state.received_on == day("03-03")


# Order


def test_clocks_of_two_people_may_differ_a_little_and_not_more() -> None:
    story = filed(at="03-02 09:00")

    assert story.do(c.Accept, CLERK, instant("03-02 09:00") - SLACK)
    story = filed(at="03-02 09:00")
    no = story.no(c.Accept, CLERK, instant("03-02 09:00") - 2 * SLACK)
    assert no.code == "earlier_than_history"
