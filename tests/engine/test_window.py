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


# Originals


def test_what_is_handed_in_at_the_window_says_who_saw_the_original_and_when() -> None:
    story = brought(provided=(e.Provided("form", form="original_kept"), e.Provided("plan", form="original_seen")))

    form, plan = story.state.originals["form"], story.state.originals["plan"]
    assert (form.how, form.at, form.staff, form.unit) == ("kept", instant("03-02 09:00"), "clerk", "window")
    assert (plan.how, plan.is_kept) == ("seen_and_returned", False)
    assert filed().state.originals == {}


def test_an_original_is_seen_later_with_name_and_time() -> None:
    story = filed()

    (fact,) = story.do(c.SeeOriginal, CLERK, "03-03 09:00", material="plan", how="copy_compared")

    assert isinstance(fact, e.OriginalSeen)
    seen = story.state.originals["plan"]
    assert (seen.how, seen.at, seen.staff, seen.is_kept) == ("copy_compared", instant("03-03 09:00"), "clerk", False)
    assert story.do(c.SeeOriginal, OFFICER, "03-04 09:00", material="plan", how="seen_and_returned")


def test_an_original_that_is_kept_is_given_back_also_after_everything_is_over() -> None:
    story = filed()
    story.do(c.SeeOriginal, CLERK, "03-03 09:00", material="plan", how="kept")
    again = story.no(c.SeeOriginal, OFFICER, "03-03 10:00", material="plan", how="kept")
    elsewhere = story.no(c.ReturnOriginal, OFFICER, "03-03 10:00", material="plan")
    story.do(c.Withdraw, APPLICANT, "03-04 09:00")

    (fact,) = story.do(c.ReturnOriginal, CLERK, "03-05 09:00", material="plan")

    assert (again.code, elsewhere.code) == ("original_already_kept", "paper_elsewhere")
    assert isinstance(fact, e.OriginalReturned)
    original = story.state.originals["plan"]
    assert (original.staff, original.returned_at, original.returned_by) == ("clerk", instant("03-05 09:00"), "clerk")
    assert story.no(c.ReturnOriginal, CLERK, "03-05 10:00", material="plan").code == "no_original_kept"
    assert story.no(c.SeeOriginal, CLERK, "03-05 10:00", material="plan", how="kept").code == "already_closed"


@pytest.mark.parametrize(
    ("by", "arguments", "code"),
    [
        (APPLICANT, {"material": "plan", "how": "kept"}, "staff_only"),
        (STRANGER, {"material": "plan", "how": "kept"}, "staff_only"),
        (DECIDER, {"material": "plan", "how": "kept"}, "needs_one_of"),
        (FAR_CLERK, {"material": "plan", "how": "kept"}, "not_taking_part"),
        (CLERK, {"material": "shoe", "how": "kept"}, "outside_guide"),
        (CLERK, {"material": "photo", "how": "kept"}, "original_of_nothing"),
        (CLERK, {"material": "plan", "how": "smelt"}, "no_such_way_to_see"),
    ],
)
def test_an_original_is_seen_by_who_may_of_what_was_handed_in(
    by: c.Actor, arguments: dict[str, object], code: str
) -> None:
    assert filed().no(c.SeeOriginal, by, "03-03 09:00", **arguments).code == code


def test_only_what_is_kept_can_be_given_back() -> None:
    story = brought(provided=(e.Provided("form", form="original_kept"), e.Provided("plan", form="copy")))

    assert story.no(c.ReturnOriginal, CLERK, "03-03 09:00", material="plan").code == "original_not_kept"
    assert filed(provided=()).no(c.SeeOriginal, CLERK, "03-03 09:00", material="plan", how="kept").code == (
        "no_original_to_see"
    )


# Papers that travel


def sent() -> Story:
    """Both papers on their way to the officers."""
    story = brought()
    story.do(c.SendPapers, CLERK, "03-03 09:00", materials=("form", "plan"), to_unit="licensing")
    return story


def test_papers_travel_with_a_numbered_slip_and_lie_where_they_were_taken_over() -> None:
    story = brought()
    assert story.state.papers_at == {"form": "window", "plan": "window"}

    (out,) = story.do(c.SendPapers, CLERK, "03-03 09:00", materials=("form", "plan"), to_unit="licensing")
    assert isinstance(out, e.PapersSent)
    on_the_way = story.state.papers_at
    (taken,) = story.do(c.ReceivePapers, OFFICER, "03-03 10:00", slip=out.slip, missing=("plan",))

    assert (out.slip, on_the_way) == ("Q1-slip-2", {})
    assert isinstance(taken, e.PapersReceived)
    assert story.state.papers_at == {"form": "licensing", "plan": "window"}, "what did not arrive is the sender's"
    slip = story.state.slips[out.slip]
    assert (slip.sent_by, slip.received_by, slip.missing) == ("clerk", "officer", ("plan",))
    (back,) = story.do(c.SendPapers, OFFICER, "03-04 09:00", materials=("form",), to_unit="window")
    assert isinstance(back, e.PapersSent)
    assert back.slip != out.slip


@pytest.mark.parametrize(
    ("by", "arguments", "code"),
    [
        (APPLICANT, {"materials": ("form",), "to_unit": "licensing"}, "staff_only"),
        (FAR_CLERK, {"materials": ("form",), "to_unit": "licensing"}, "not_taking_part"),
        (OFFICER, {"materials": ("form",), "to_unit": "window"}, "no_papers_here"),
        (CLERK, {"materials": ("form",), "to_unit": "window"}, "sender_is_receiver"),
        (CLERK, {"materials": ("form",), "to_unit": "far-window"}, "no_such_place"),
        (CLERK, {"materials": (), "to_unit": "licensing"}, "nothing_to_send"),
        (CLERK, {"materials": ("shoe",), "to_unit": "licensing"}, "outside_guide"),
        (CLERK, {"materials": ("form", "form"), "to_unit": "licensing"}, "each_material_once"),
        (CLERK, {"materials": ("photo",), "to_unit": "licensing"}, "not_held_on_paper"),
    ],
)
def test_only_what_lies_here_on_paper_leaves_for_another_unit(
    by: c.Actor, arguments: dict[str, object], code: str
) -> None:
    assert brought().no(c.SendPapers, by, "03-03 09:00", **arguments).code == code


def test_a_file_and_an_original_that_was_only_shown_cannot_travel() -> None:
    story = brought(
        provided=(*papers("form"), e.Provided("plan", form="original_seen"), e.Provided("photo", form="copy"))
    )

    for material in ("form", "plan"):
        no = story.no(c.SendPapers, CLERK, "03-03 09:00", materials=(material,), to_unit="licensing")
        assert no.code == "not_held_on_paper"
    assert filed().no(c.SendPapers, CLERK, "03-03 09:00", materials=("plan",), to_unit="licensing").code == (
        "no_papers_here"
    )


def test_what_is_on_its_way_leaves_no_second_time() -> None:
    story = brought()
    story.do(c.SendPapers, CLERK, "03-03 09:00", materials=("form",), to_unit="licensing")

    no = story.no(c.SendPapers, CLERK, "03-03 10:00", materials=("form",), to_unit="supervision")

    assert no.code == "paper_on_its_way"
    assert story.no(c.ReturnOriginal, CLERK, "03-03 10:00", material="form").code == "paper_on_its_way"


@pytest.mark.parametrize(
    ("by", "arguments", "code"),
    [
        (APPLICANT, {}, "staff_only"),
        (staff("b", "window", "officer"), {}, "not_your_unit"),
        (staff("clerk", "licensing", "clerk"), {}, "sender_is_receiver"),
        (OFFICER, {"slip": "Q1-slip-9"}, "unknown_slip"),
        (OFFICER, {"missing": ("photo",)}, "not_on_slip"),
        (OFFICER, {"missing": ("plan", "plan")}, "each_material_once"),
    ],
)
def test_papers_are_taken_over_by_somebody_else_of_the_unit_on_the_slip(
    by: c.Actor, arguments: dict[str, object], code: str
) -> None:
    assert sent().no(c.ReceivePapers, by, "03-03 10:00", **{"slip": "Q1-slip-2", **arguments}).code == code


def test_a_slip_is_taken_over_once() -> None:
    story = sent()
    story.do(c.ReceivePapers, OFFICER, "03-03 10:00", slip="Q1-slip-2")

    assert story.no(c.ReceivePapers, OFFICER, "03-03 11:00", slip="Q1-slip-2").code == "no_papers_on_the_way"
    story.do(c.SendPapers, OFFICER, "03-03 12:00", materials=("form",), to_unit="window")
    story.do(c.SendPapers, OFFICER, "03-03 12:01", materials=("plan",), to_unit="window")
    story.do(c.ReceivePapers, CLERK, "03-03 13:00", slip="Q1-slip-3")
    assert story.no(c.ReceivePapers, CLERK, "03-03 13:01", slip="Q1-slip-3").code == "slip_already_received"
    story.require_replayable()
