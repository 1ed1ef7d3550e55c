"""Who came how often, who saw which original, and where a paper lies: facts, each with a name and a time."""

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.window import VISIT_REASONS
from tests.engine.office import (
    AGENT,
    APPLICANT,
    CLERK,
    DECIDER,
    FAR_CLERK,
    LAW,
    LICENCE_CLERK,
    OFFICER,
    STEWARD,
    STRANGER,
    decided,
    filed,
    missing,
    papers,
    staff,
)
from tests.engine.story import Story, day, instant

ON_PAPER = (e.Provided("form", form="original_kept"), e.Provided("plan", form="copy"))


def brought(**more: object) -> Story:
    """An application brought to the window on paper."""
    story = Story(LAW)
    given = {"provided": ON_PAPER, "channel": "window", "party": "applicant", "answers": {"rooms": 8}, **more}
    story.do(c.Submit, CLERK, "03-02 09:00", **given)
    return story


# Who came


def test_an_application_brought_to_the_window_is_a_visit_and_one_on_line_is_none() -> None:
    (visit,) = brought().state.visits

    assert (visit.on, visit.place, visit.reason, visit.staff) == (day("03-02"), "window", "hand_in", "clerk")
    assert visit.materials == ("form", "plan")
    assert filed().state.visits == ()


@pytest.mark.parametrize("channel", ["post", "agent", "kiosk", "online"])
def test_what_comes_another_way_than_the_window_is_no_visit(channel: str) -> None:
    assert brought(channel=channel).state.visits == ()


def test_an_applicant_who_says_window_on_line_has_not_been_there() -> None:
    assert filed(channel="window").state.visits == ()


def test_a_correction_handed_over_at_the_window_is_a_visit_for_what_was_missing() -> None:
    story = brought(provided=ON_PAPER[:1])
    story.do(c.RequestCorrection, CLERK, "03-02 10:00", points=missing("plan"))

    (fact,) = story.do(c.SubmitCorrection, CLERK, "03-05 09:00", provided=ON_PAPER[1:])

    assert isinstance(fact, e.Corrected)
    assert fact.channel == "window"
    assert [(each.reason, each.materials) for each in story.state.visits] == [
        ("hand_in", ("form", "plan")[:1]),
        ("correct", ("plan",)),
    ]


@pytest.mark.parametrize(("by", "channel"), [(CLERK, "post"), (APPLICANT, ""), (APPLICANT, "window")])
def test_a_correction_that_came_by_post_or_on_line_is_no_visit(by: c.Actor, channel: str) -> None:
    story = filed(provided=papers("form"))
    story.do(c.RequestCorrection, CLERK, "03-02 10:00", points=missing("plan"))

    story.do(c.SubmitCorrection, by, "03-05 09:00", provided=papers("plan"), channel=channel)

    assert story.state.visits == ()
    assert story.no(c.SubmitCorrection, CLERK, "03-05 10:00", channel="shoe", provided=papers("plan")).code


def test_every_time_the_applicant_has_to_come_is_a_fact_with_place_reason_and_cause() -> None:
    story = filed()

    (fact,) = story.do(c.RecordVisit, CLERK, "03-03 09:00", reason="show_originals", materials=("plan",))

    assert fact == e.Visited(
        at=instant("03-03 09:00"), by=CLERK.mark, place="window", reason="show_originals", materials=("plan",)
    )
    assert [each.counts for each in story.state.visits] == [True]
    assert story.state.stage == "submitted"


def test_who_is_visited_on_the_site_has_not_come_anywhere() -> None:
    story = filed()

    story.do(c.RecordVisit, OFFICER, "03-03 09:00", reason="site")

    assert [each.counts for each in story.state.visits] == [False]


def test_somebody_may_come_after_everything_is_over_too() -> None:
    story = decided()
    story.do(c.Issue, LICENCE_CLERK, "03-04 09:00")
    story.do(c.Serve, CLERK, "03-04 10:00", method="post")

    assert story.do(c.RecordVisit, LICENCE_CLERK, "03-09 10:00", reason="collect")
    assert story.state.is_closed
    story.do(c.Erase, STEWARD, "03-10 10:00", basis="示例办法 10")
    assert story.no(c.RecordVisit, CLERK, "03-10 11:00", reason="ask").code == "already_erased"


def test_nobody_is_counted_twice() -> None:
    story = brought()

    again = story.no(c.RecordVisit, CLERK, "03-02 09:05", reason="hand_in")

    assert again.code == "visit_already_counted"
    assert story.do(c.RecordVisit, CLERK, "03-02 15:00", reason="ask")
    assert story.no(c.RecordVisit, CLERK, "03-02 16:00", reason="ask").code == "visit_already_counted"
    assert story.do(c.RecordVisit, CLERK, "03-03 16:00", reason="ask")


@pytest.mark.parametrize(
    ("by", "arguments", "code"),
    [
        (APPLICANT, {"reason": "ask"}, "staff_only"),
        (AGENT, {"reason": "ask"}, "staff_only"),
        (STRANGER, {"reason": "ask"}, "staff_only"),
        (DECIDER, {"reason": "ask"}, "needs_one_of"),
        (FAR_CLERK, {"reason": "ask"}, "not_taking_part"),
        (CLERK, {"reason": "shoe"}, "no_such_reason_to_visit"),
        (CLERK, {"reason": "ask", "place": "far-window"}, "no_such_place"),
        (CLERK, {"reason": "ask", "materials": ("shoe",)}, "outside_guide"),
        (CLERK, {"reason": "ask", "materials": ("form", "form")}, "each_material_once"),
    ],
)
def test_a_visit_is_recorded_by_who_was_there_and_from_the_closed_list(
    by: c.Actor, arguments: dict[str, object], code: str
) -> None:
    assert filed().no(c.RecordVisit, by, "03-03 09:00", **arguments).code == code


def test_before_anything_is_handed_in_nobody_came_for_it() -> None:
    assert Story(LAW).no(c.RecordVisit, CLERK, "03-02 09:00", reason="ask").code == "not_submitted"


def test_what_can_be_chosen_is_offered() -> None:
    offer = filed().offer(c.RecordVisit, staff("b", "licensing", "officer"), "03-03 09:00")

    assert offer.no is None
    assert offer.allowed["reason"] == VISIT_REASONS
    assert {"window", "licensing"} <= set(offer.allowed["place"])
