"""特别程序: a clock stands on a published lawful ground, from its written notice, for at most the told time."""

from dataclasses import replace

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.clocks import clocks, elapsed
from banjie.engine.law import Clock, PauseGround
from banjie.engine.steps import KINDS
from tests.engine.office import (
    APPLICANT,
    CLERK,
    DECIDER,
    EXPERTS,
    GROUNDS,
    HEAD,
    LAB,
    OFFICER,
    OTHER_OFFICER,
    REVIEW,
    SECTION_HEAD,
    SURVEY,
    SURVEY_HEAD,
    SURVEYOR,
    THIRD_SURVEYOR,
    accepted,
    capped,
    carried,
    days,
    decided,
    filed,
    finish,
    people,
    with_steps,
)
from tests.engine.story import Story, day, kinds, with_procedure

LAW = with_steps(EXPERTS, LAB, SURVEY, grounds=("expert_review", "inspection", "testing", "site_survey"))


def pause(story: Story, at: str, until: str, by: c.Actor = OFFICER, ground: str = "expert_review") -> list[e.Event]:
    """Stop the clock until a told day."""
    return story.do(c.Pause, by, at, ground=ground, expected_end=day(until))


def test_a_pause_stops_the_legal_and_the_promised_clock_by_a_numbered_notice() -> None:
    story = carried(LAW)

    (fact,) = pause(story, "03-04 09:00", "03-11")

    assert isinstance(fact, e.Paused)
    assert fact.clocks == {Clock.LEGAL, Clock.PROMISED}
    assert fact.notice == "Q1-pause-3"
    assert (story.due(Clock.LEGAL), story.due(Clock.PROMISED)) == (day("04-07"), day("03-23"))
    assert story.clock(Clock.LEGAL).is_paused(day("03-04"))
    assert not story.clock(Clock.LEGAL).is_paused(day("03-11"))


def test_a_promised_special_step_stops_the_promise_only() -> None:
    story = carried(LAW)

    (fact,) = pause(story, "03-04 09:00", "03-11", SURVEYOR, "site_survey")

    assert isinstance(fact, e.Paused)
    assert fact.clocks == {Clock.PROMISED}
    assert (story.due(Clock.LEGAL), story.due(Clock.PROMISED)) == (day("03-30"), day("03-23"))


def test_the_total_clock_and_the_elapsed_time_never_stop() -> None:
    story = carried(with_procedure(LAW, total_promise=days(30)))
    before = story.due(Clock.TOTAL)

    pause(story, "03-04 09:00", "03-20")

    assert story.due(Clock.TOTAL) == before
    assert elapsed(story.state, story.law, day("03-20")) == 18
    assert elapsed(Story(LAW).state, LAW, day("03-20")) == 0


@pytest.mark.parametrize("clock", [Clock.TOTAL, Clock.NOTICE, Clock.CERTIFICATE, Clock.HEARING_HOLD])
def test_no_ground_stops_any_other_clock(clock: Clock) -> None:
    """行政许可法 45 speaks of the limits of its own section."""
    ground = replace(GROUNDS["expert_review"], clocks=frozenset({Clock.LEGAL, clock}))
    story = carried(with_procedure(LAW, pause_grounds=(ground,)))

    (fact,) = pause(story, "03-04 09:00", "03-11")

    assert isinstance(fact, e.Paused)
    assert fact.clocks == {Clock.LEGAL}


def test_only_a_ground_the_item_publishes_for_a_step_somebody_works_on() -> None:
    unpublished = carried(with_steps(EXPERTS))
    story = carried(LAW)

    for case, by, ground in (
        (unpublished, OFFICER, "expert_review"),
        (story, OFFICER, "inspection"),
        (story, OFFICER, "hearing"),
        (story, OFFICER, "lunch"),
        (story, OTHER_OFFICER, "expert_review"),
    ):
        no = case.no(c.Pause, by, "03-04 09:00", ground=ground, expected_end=day("03-11"))
        assert no.code == "no_lawful_ground_to_pause"
    no = story.no(c.Pause, OFFICER, "03-04 09:00", ground="expert_review", step="lab", expected_end=day("03-11"))
    assert no.code == "no_lawful_ground_to_pause"
    assert story.no(c.Pause, APPLICANT, "03-04 09:00", ground="lunch", expected_end=day("03-11")).code == "staff_only"
    assert filed().no(c.Pause, OFFICER, "03-04 09:00", ground="lunch", expected_end=day("03-11")).code == "not_accepted"


def test_a_ground_that_would_stop_no_running_clock_is_not_offered() -> None:
    law = with_procedure(with_steps(SURVEY, grounds=("site_survey",)), committed_limit=None)

    no = carried(law).no(c.Pause, SURVEYOR, "03-04 09:00", ground="site_survey", expected_end=day("03-11"))

    assert no.code == "no_lawful_ground_to_pause"


def test_opening_a_step_stops_no_clock() -> None:
    story = carried(LAW)

    assert not story.state.pauses
    assert story.due(Clock.LEGAL) == day("03-30")


def test_the_told_end_lies_after_the_day_of_the_notice() -> None:
    story = carried(LAW)

    for until in ("03-03", "03-04"):
        no = story.no(c.Pause, OFFICER, "03-04 09:00", ground="expert_review", expected_end=day(until))
        assert no.code == "pause_must_end_later"
    assert pause(story, "03-04 09:00", "03-05")


def test_a_told_end_that_nobody_can_date_is_refused_and_harms_nothing() -> None:
    story = carried(LAW)

    for until in ("2027-12-20", "2999-01-01"):
        no = story.no(c.Pause, OFFICER, "03-04 09:00", ground="expert_review", expected_end=day(until))
        assert no.code == "calendar_not_loaded"
    assert story.advance("03-05 09:00") == []


def test_only_the_told_time_is_excluded_and_the_clock_runs_again_by_itself() -> None:
    story = carried(LAW)
    pause(story, "03-04 09:00", "03-11")

    assert story.advance("03-10 23:59") == []
    (fact,) = story.advance("03-11 00:00")

    assert isinstance(fact, e.Resumed)
    assert (fact.on, fact.by.kind) == (day("03-11"), "timer")
    assert story.due(Clock.LEGAL) == day("04-07")
    assert story.no(c.Resume, OFFICER, "03-11 09:00", ground="expert_review").code == "nothing_paused"


def test_who_stopped_it_may_let_it_run_again_earlier() -> None:
    story = carried(LAW)
    pause(story, "03-04 09:00", "03-11")

    assert story.no(c.Resume, OTHER_OFFICER, "03-06 09:00", ground="expert_review").code == "nothing_paused"
    assert story.no(c.Resume, OFFICER, "03-06 09:00", ground="testing").code == "nothing_paused"
    assert kinds(story.do(c.Resume, OFFICER, "03-06 09:00", ground="expert_review")) == ["resumed"]
    assert story.due(Clock.LEGAL) == day("04-01")


def test_a_pause_of_no_day_changes_nothing() -> None:
    story = carried(LAW)
    pause(story, "03-04 09:00", "03-11")

    story.do(c.Resume, OFFICER, "03-04 17:00", ground="expert_review")

    assert story.due(Clock.LEGAL) == day("03-30")


def test_longer_than_told_needs_a_second_notice_and_loses_no_day() -> None:
    story = carried(LAW)
    pause(story, "03-04 09:00", "03-11")

    again = {"ground": "expert_review", "expected_end": day("03-13")}
    assert story.no(c.Pause, OFFICER, "03-10 09:00", **again).code == "no_lawful_ground_to_pause"
    (_, second) = (*story.advance("03-11 00:00"), *story.do(c.Pause, OFFICER, "03-11 09:00", **again))
    assert isinstance(second, e.Paused)
    assert story.due(Clock.LEGAL) == day("04-09")
    assert len({each.notice for each in story.state.pauses}) == 2


def test_pauses_that_overlap_exclude_each_day_once() -> None:
    story = carried(LAW)
    pause(story, "03-04 09:00", "03-11")
    pause(story, "03-06 09:00", "03-13", SURVEYOR, "inspection")

    assert story.due(Clock.LEGAL) == day("04-09")
    story.do(c.Resume, OFFICER, "03-09 09:00", ground="expert_review")
    assert story.clock(Clock.LEGAL).is_paused(day("03-10"))
    assert story.due(Clock.LEGAL) == day("04-09")


def test_two_branches_may_stop_the_clock_on_the_same_ground_each_by_its_own_notice() -> None:
    law = with_steps(EXPERTS, replace(EXPERTS, slug="others", unit="surveys"), grounds=("expert_review",))
    story = accepted(law)
    story.do(c.Assign, SURVEY_HEAD, "03-02 11:00", step="others", people=people(THIRD_SURVEYOR))
    story.do(c.Assign, SECTION_HEAD, "03-02 11:00", step="experts", people=people(OFFICER))
    pause(story, "03-04 09:00", "03-11")
    pause(story, "03-04 09:00", "03-13", THIRD_SURVEYOR)

    story.do(c.Resume, OFFICER, "03-05 09:00", ground="expert_review")

    assert [each.step for each in story.state.open_pauses] == ["others"]
    assert finish(story, "experts", "03-05 10:00")
    no = story.no(c.FinishStep, THIRD_SURVEYOR, "03-05 10:00", step="others", outcome="passed")
    assert no.code == "step_is_paused"


def test_of_several_steps_the_command_says_which_one_pauses() -> None:
    law = with_steps(EXPERTS, replace(EXPERTS, slug="others"), grounds=("expert_review",))
    story = carried(law)

    offer = story.offer(c.Pause, OFFICER, "03-04 09:00")
    assert offer.allowed == {"ground": ("expert_review",) * 2, "step": ("experts", "others")}
    story.do(c.Pause, OFFICER, "03-04 09:00", ground="expert_review", step="others", expected_end=day("03-11"))
    assert [each.step for each in story.state.open_pauses] == ["others"]
    pause(story, "03-04 10:00", "03-11")
    assert [each.step for each in story.state.open_pauses] == ["others", "experts"]


def test_no_pause_is_opened_after_the_limit() -> None:
    story = carried(LAW)
    tried = {"ground": "expert_review", "expected_end": day("04-20")}

    no = story.no(c.Pause, OFFICER, "03-31 00:00", **tried)

    assert (no.code, no.facts) == ("limit_already_over", {"due": day("03-30")})


def test_one_opened_on_the_last_counted_day_revives_the_limit() -> None:
    story = carried(LAW)

    pause(story, "03-30 23:00", "04-07")

    assert story.due(Clock.LEGAL) == day("04-07")


def test_after_the_promise_only_what_stops_the_promise_comes_too_late() -> None:
    story = carried(LAW)
    on_promise = {"ground": "site_survey", "expected_end": day("03-20")}

    assert story.no(c.Pause, SURVEYOR, "03-17 09:00", **on_promise).code == "no_lawful_ground_to_pause"
    assert pause(story, "03-17 09:00", "03-20")


def test_a_published_time_bounds_all_pauses_on_its_ground_together() -> None:
    law = with_procedure(with_steps(SURVEY), pause_grounds=(capped("site_survey", days(3)),))
    story = carried(law)

    no = story.no(c.Pause, SURVEYOR, "03-03 09:00", ground="site_survey", expected_end=day("03-09"))
    assert (no.code, no.facts) == ("pause_longer_than_published", {"latest": day("03-06")})
    pause(story, "03-03 09:00", "03-05", SURVEYOR, "site_survey")
    no = story.no(c.Pause, SURVEYOR, "03-09 09:00", ground="site_survey", expected_end=day("03-12"))
    assert (no.code, no.facts) == ("pause_longer_than_published", {"latest": day("03-10")})
    pause(story, "03-09 09:00", "03-10", SURVEYOR, "site_survey")
    no = story.no(c.Pause, SURVEYOR, "03-12 09:00", ground="site_survey", expected_end=day("03-13"))
    assert no.code == "pause_longer_than_published"


def test_a_step_whose_clock_stands_is_not_finished() -> None:
    story = carried(LAW)
    pause(story, "03-04 09:00", "03-11")

    assert story.no(c.FinishStep, OFFICER, "03-05 09:00", step="experts", outcome="passed").code == "step_is_paused"
    assert finish(story, "lab", "03-05 09:00")
    assert finish(story, "experts", "03-11 00:00")


def test_a_pause_holds_the_clock_of_its_own_step_too() -> None:
    law = with_steps(replace(EXPERTS, limit=days(5)), REVIEW, grounds=("expert_review",))
    story = carried(law)

    pause(story, "03-04 09:00", "03-11")

    assert story.due(Clock.STEP, "experts") == day("03-16")


def test_when_a_case_ends_every_clock_has_ended() -> None:
    for end in ("withdraw", "terminate"):
        story = carried(LAW)
        pause(story, "03-04 09:00", "03-11")
        if end == "withdraw":
            story.do(c.Withdraw, APPLICANT, "03-05 09:00")
        else:
            story.do(c.Terminate, DECIDER, "03-05 09:00", ground="force_majeure")

        assert story.running() == set()
        assert story.advance("05-01 00:00") == []
        assert not any(each.is_paused(day("03-06")) for each in clocks(story.state, LAW))
    assert decided().no(c.Resume, OFFICER, "03-04 09:00", ground="expert_review").code == "already_decided"
    assert filed().no(c.Pause, HEAD, "03-04 09:00", ground="x", expected_end=day("03-09")).code == "not_accepted"
    assert filed().no(c.Pause, CLERK, "03-04 09:00", ground="x", expected_end=day("03-09")).code == "not_accepted"


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_ground_a_kind_of_step_may_pause_on_is_in_the_rulebook(kind: object) -> None:
    assert kind.may_pause_on <= GROUNDS.keys()  # type: ignore[attr-defined]


@pytest.mark.parametrize("ground", GROUNDS.values(), ids=GROUNDS)
def test_only_the_grounds_of_the_law_stop_the_legal_clock(ground: PauseGround) -> None:
    in_article_45 = {
        *("hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review")
    }

    assert (Clock.LEGAL in ground.clocks) == (ground.id in in_article_45)
    assert Clock.PROMISED in ground.clocks
    assert ground.name
    assert ground.english
    assert ground.basis
