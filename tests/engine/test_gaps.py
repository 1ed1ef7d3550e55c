"""Accepting with gaps (容缺受理): what may follow, until when, and what an overdue gap leaves (case-life 23)."""

from dataclasses import replace
from typing import Any

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine import gaps
from banjie.engine.law import Clock, Forwarding, Law, Material
from banjie.engine.lights import turns
from banjie.engine.state import Stage
from banjie.engine.timelimits import Limit, Unit
from tests.engine.office import (
    AGENT,
    APPLICANT,
    CLERK,
    DECIDER,
    FAR_CLERK,
    INSTANT_DUTIES,
    LAW,
    OFFICER,
    STRANGER,
    assign,
    criteria,
    days,
    finish,
    missing,
    papers,
    staff,
    with_steps,
)
from tests.engine.story import Story, day, kinds, with_procedure, with_region


def with_late(limit: Limit | None = days(5), law: Law = LAW, **changes: Any) -> Law:  # noqa: B008 -- a limit never changes
    """The law in which the plan may be handed in later."""
    materials = tuple(
        replace(each, may_be_late=limit) if each.id == "plan" else each for each in law.procedure.materials
    )
    return with_procedure(law, **{"materials": materials, **changes})


LATE = with_late()


def promised(law: Law = LATE, at: str = "03-02 09:00", by: c.Actor = APPLICANT) -> Story:
    """Handed in without the plan, which is promised."""
    story = Story(law)
    text = gaps.told(law, day("03-02"))
    story.do(c.Submit, by, at, answers={"rooms": 8}, provided=papers("form"), gaps=("plan",), gaps_told=text)
    return story


def accepted_with_gap(law: Law = LATE, at: str = "03-02 10:00") -> Story:
    """Accepted on Monday 2 March, the plan to follow."""
    story = promised(law)
    story.do(c.Accept, CLERK, at, gaps=("plan",))
    return story


def examined_with_gap(law: Law = LATE) -> Story:
    """The same, its review finished."""
    story = accepted_with_gap(law)
    assign(story, "review", "03-03 09:00")
    finish(story, "review", "03-03 10:00")
    return story


def test_an_acceptance_with_a_gap_starts_the_clocks_and_tells_the_day():
    story = promised()

    facts = story.do(c.Accept, CLERK, "03-02 10:00", gaps=("plan",))

    assert kinds(facts) == ["accepted"]
    assert facts[0].gaps == (e.Gap("plan", days(5), "both", "in_writing"),)
    assert story.state.stage is Stage.ACCEPTED
    assert {"legal", "promised", "gap"} <= story.running()
    assert story.due(Clock.GAP, "plan") == day("03-09")
    story.require_replayable()


@pytest.mark.parametrize(
    ("committed", "late", "longest"),
    [(10, 5, 5), (10, 9, 8), (10, 20, 8), (40, 30, 20), (3, 5, 1)],
    ids=["its own", "two days before the promise", "the same", "never above twenty", "one day is left"],
)
def test_a_gap_ends_two_working_days_before_the_promise_and_never_after_twenty(committed: int, late: int, longest: int):
    law = with_late(days(late), statutory_limit=days(45), committed_limit=days(committed))

    assert gaps.periods(law) == {"plan": days(longest)}
    story = accepted_with_gap(law)
    calendar = law.calendar(story.state.calendar)
    assert calendar.working_day_after(story.due(Clock.GAP, "plan"), 2) <= story.due(Clock.PROMISED)


@pytest.mark.parametrize(
    "law",
    [
        with_late(committed_limit=days(2)),
        with_late(committed_limit=Limit(1, Unit.MONTH)),
        with_late(counts_from="application"),
        with_region(with_late(), gap_ahead=10),
        with_late(Limit(5, Unit.CALENDAR_DAY)),
    ],
    ids=["no day left", "a promise in months", "counted from the application", "the region", "not in working days"],
)
def test_nothing_is_offered_where_the_limit_leaves_no_room(law: Law):
    story = Story(law)
    no = story.no(
        c.Submit, APPLICANT, "03-02 09:00",
        answers={"rooms": 8}, provided=papers("form"), gaps=("plan",), gaps_told=gaps.told(law, day("03-02")),
    )  # fmt: skip
    assert no.code == "no_room_for_gaps"


def test_only_what_the_guide_lets_follow_can_be_promised_and_only_on_the_text_that_is_told():
    text = gaps.told(LATE, day("03-02"))
    handed_in: dict[str, Any] = {"answers": {"rooms": 8}, "provided": ()}

    story = Story(LATE)
    no = story.no(c.Submit, APPLICANT, "03-02 09:00", **handed_in, gaps=("form",), gaps_told=text)
    assert (no.code, no.facts) == ("may_not_follow", {"material": "form"})
    for other in (None, e.Declaration(version="1", digest="another"), gaps.told(with_late(days(6)), day("03-02"))):
        assert story.no(c.Submit, APPLICANT, "03-02 09:00", **handed_in, gaps=("plan",), gaps_told=other).code == (
            "other_text_signed"
        )
    assert Story(LAW).no(c.Submit, APPLICANT, "03-02 09:00", **handed_in, gaps=("plan",), gaps_told=text).code == (
        "nothing_may_follow"
    )
    barred = {"standing": "false_promise", "gaps": ("plan",), "gaps_told": text}
    assert story.no(c.Submit, APPLICANT, "03-02 09:00", **handed_in, **barred).code == "credit_excludes"


def test_not_before_it_was_signed_and_whoever_accepts_names_every_gap():
    story = Story(LATE)
    story.do(c.Submit, APPLICANT, "03-02 09:00", answers={"rooms": 8}, provided=papers("form"))
    assert story.no(c.Accept, CLERK, "03-02 09:10").code == "materials_missing"
    assert story.no(c.Accept, CLERK, "03-02 09:10", gaps=("plan",)).code == "materials_missing"

    story.do(c.PromiseGaps, APPLICANT, "03-02 09:20", materials=("plan",), told=gaps.told(LATE, day("03-02")))

    assert story.offer(c.Accept, CLERK, "03-02 09:30").allowed == {"gaps": ("plan",)}
    assert story.no(c.Accept, CLERK, "03-02 09:30").code == "gaps_to_confirm"
    assert story.no(c.Accept, CLERK, "03-02 09:30", gaps=("plan", "form")).code == "gap_not_promised"
    assert kinds(story.do(c.Accept, CLERK, "03-02 09:30", gaps=("plan",))) == ["accepted"]


def test_the_window_records_who_signed_there_and_no_stranger_signs():
    story = Story(LATE)
    story.do(c.Submit, APPLICANT, "03-02 09:00", answers={"rooms": 8}, provided=papers("form"))
    signed = {"materials": ("plan",), "told": gaps.told(LATE, day("03-02"))}

    assert story.no(c.PromiseGaps, STRANGER, "03-02 09:10", **signed).code == "applicants_own_act"
    assert story.no(c.PromiseGaps, OFFICER, "03-02 09:10", **signed).code == "needs_clerk"
    assert story.no(c.PromiseGaps, FAR_CLERK, "03-02 09:10", **signed).code == "not_your_unit"
    assert story.no(c.PromiseGaps, CLERK, "03-02 09:10", **{**signed, "materials": ()}).code == "nothing_promised"
    assert kinds(story.do(c.PromiseGaps, CLERK, "03-02 09:10", **signed)) == ["gaps_promised"]
    assert story.no(c.PromiseGaps, AGENT, "03-02 09:20", **signed).code == "nothing_may_follow"


def test_what_is_promised_cannot_be_named_as_missing_and_a_promise_answers_a_correction():
    story = promised()
    assert story.no(c.RequestCorrection, CLERK, "03-02 10:00", points=missing("plan")).code == "promised_for_later"
    named = story.offer(c.RequestCorrection, CLERK, "03-02 10:00").allowed["point"]
    assert ("material", "plan", "missing") not in named

    other = Story(LATE)
    other.do(c.Submit, APPLICANT, "03-02 09:00", answers={"rooms": 8}, provided=papers("form"))
    other.do(c.RequestCorrection, CLERK, "03-02 10:00", points=missing("plan"))
    assert other.state.stage is Stage.CORRECTION
    other.do(c.PromiseGaps, APPLICANT, "03-03 09:00", materials=("plan",), told=gaps.told(LATE, day("03-02")))
    assert other.state.stage is Stage.SUBMITTED
    assert other.due(Clock.NOTICE) == day("03-10")


@pytest.mark.requirement("M163")
def test_while_a_gap_is_open_there_is_no_decision_and_filling_it_is_a_fact():
    story = examined_with_gap()
    for outcome in ("grant", "refuse"):
        no = story.no(c.Decide, DECIDER, "03-04 09:00", outcome=outcome, points=criteria("space"))
        assert (no.code, no.facts["until"]) == ("gap_open", day("03-09"))

    assert story.no(c.FillGap, STRANGER, "03-09 10:00", provided=papers("plan")).code == "applicants_own_act"
    assert story.no(c.FillGap, APPLICANT, "03-09 10:00", provided=papers("form")).code == "no_gap_of_this"
    assert story.no(c.FillGap, APPLICANT, "03-09 10:00", provided=()).code == "bad_input"
    facts = story.do(c.FillGap, APPLICANT, "03-09 23:30", provided=papers("plan"))

    assert kinds(facts) == ["gap_filled"]
    assert story.state.provided["plan"].files
    assert story.clock(Clock.GAP, "plan").ended_on == day("03-09")
    assert kinds(story.do(c.Decide, DECIDER, "03-10 09:00", outcome="grant")) == ["granted"]
    story.require_replayable()


def test_a_gap_filled_at_the_window_is_a_visit_with_its_original():
    story = accepted_with_gap()

    brought = (e.Provided("plan", (), "original_kept"),)
    story.do(c.FillGap, CLERK, "03-05 10:00", provided=brought)

    assert [(each.reason, each.materials) for each in story.state.visits] == [("correct", ("plan",))]
    assert story.state.originals["plan"].is_kept
    assert story.no(c.FillGap, CLERK, "03-05 11:00", provided=brought).code == "no_gap_open"


@pytest.mark.requirement("M163")
def test_an_overdue_gap_leaves_only_an_ending_in_writing_with_remedy_and_closes_nothing_by_itself():
    story = examined_with_gap()

    facts = story.advance("03-10 00:00")

    assert kinds(facts) == ["gap_passed"]
    assert facts[0].at.isoformat() == "2026-03-10T00:00:00+08:00"
    assert not story.state.is_closed
    assert {"legal", "promised"} <= story.running()
    assert story.no(c.FillGap, APPLICANT, "03-10 09:00", provided=papers("plan")).code == "gap_overdue"
    offer = story.offer(c.Decide, DECIDER, "03-10 09:00")
    assert offer.allowed["outcome"] == ("refuse",)
    assert story.no(c.Decide, DECIDER, "03-10 09:00", outcome="grant").code == "no_grant_after_gap"
    assert "gap_overdue" in story.offer(c.Terminate, DECIDER, "03-10 09:00").allowed["ground"]

    refused = replace(story, facts=list(story.facts), sealed=dict(story.sealed))
    ended = refused.do(c.Decide, DECIDER, "03-10 09:00", outcome="refuse", points=criteria("space"))
    assert ended[0].remedy.reconsideration
    ended = story.do(c.Terminate, DECIDER, "03-10 09:00", ground="gap_overdue")
    assert ended[0].remedy.reconsideration
    assert story.state.result == "terminated"


def test_without_an_overdue_gap_nobody_terminates_for_one():
    story = accepted_with_gap()
    assert "gap_overdue" not in story.offer(c.Terminate, DECIDER, "03-03 09:00").allowed["ground"]
    assert story.no(c.Terminate, DECIDER, "03-03 09:00", ground="gap_overdue").code == "no_such_ground_to_terminate"


def test_it_ends_by_itself_only_where_the_region_has_it_so_and_the_signed_text_said_it():
    auto = with_region(LATE, gap_overdue="auto")
    assert gaps.told(auto, day("03-02")) != gaps.told(LATE, day("03-02"))
    story = accepted_with_gap(auto)

    facts = story.advance("03-10 00:00")

    assert kinds(facts) == ["gap_passed", "terminated"]
    assert facts[1].remedy.court
    assert story.state.is_closed
    # A case whose promise was signed under the other reading is not ended by a region that changes its mind.
    before = accepted_with_gap()
    before.law = auto
    assert kinds(before.advance("03-10 00:00")) == ["gap_passed"]


def test_an_acceptance_taken_back_takes_its_gaps_with_it_and_silence_opens_none():
    story = promised()
    story.do(c.Accept, CLERK, "03-02 10:00", gaps=("plan",))
    story.do(c.TakeBack, CLERK, "03-02 10:01")
    assert not story.state.gaps
    assert story.state.promised == {"plan"}

    silent = promised()
    assert kinds(silent.advance("03-10 00:00"))[0] == "deemed_accepted"
    assert not silent.state.gaps


def test_an_instant_item_is_not_decided_at_once_while_something_is_promised():
    law = with_late(instant=True, merged=INSTANT_DUTIES)
    both = staff("both", "window", "clerk", "decider")
    story = promised(law)
    assert story.offer(c.DecideAtOnce, both, "03-02 10:00").no.code == "gap_promised"
    story.do(c.Accept, both, "03-02 10:00", gaps=("plan",))


def test_nothing_follows_where_a_lower_agency_examines_first():
    forwarding = Forwarding(preliminary_unit="fire-section", to_unit="licensing")
    assert gaps.periods(with_late(forwarding=forwarding)) == {}


def test_two_gaps_have_a_clock_each_and_the_first_that_passes_is_told_first():
    materials = (*LATE.procedure.materials, Material(id="list", name="清单", may_be_late=days(2)))
    law = with_procedure(with_steps(law=with_late(materials=tuple(
        replace(each, may_be_late=days(5)) if each.id == "plan" else each for each in materials
    ))))  # fmt: skip
    story = Story(law)
    text = gaps.told(law, day("03-02"))
    story.do(
        c.Submit, APPLICANT, "03-02 09:00",
        answers={"rooms": 8}, provided=papers("form"), gaps=("plan", "list"), gaps_told=text,
    )  # fmt: skip
    story.do(c.Accept, CLERK, "03-02 10:00", gaps=("list", "plan"))

    assert story.due(Clock.GAP, "list") == day("03-04")
    assert turns(story.clock(Clock.GAP, "list"), law.region).red_on == day("03-05")
    assert [each.material for each in story.advance("03-10 00:00")] == ["list", "plan"]
