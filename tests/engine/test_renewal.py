"""Renewal (行政许可法 50): asked in time and not decided before the licence runs out, it is renewed by law."""

from dataclasses import replace
from datetime import date

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine import renewal
from banjie.engine.clocks import binding_limit, nearest_limit
from banjie.engine.law import Clock, Law, Question, Renewal
from banjie.engine.lights import case_light
from banjie.engine.not_possible import BadInput
from banjie.engine.state import Stage
from banjie.engine.timelimits import Limit, Unit
from tests.engine.office import (
    ANSWERS,
    APPLICANT,
    CLERK,
    DECIDER,
    LAW,
    LICENCE_CLERK,
    accepted,
    assign,
    filed,
    finish,
    flawed,
    missing,
    papers,
)
from tests.engine.story import Story, calendar, day, kinds, with_procedure

ENDS = Question(id="expires_on", label="有效期届满日", type="date")
LONG = Limit(45, Unit.WORKING_DAY)


def law_of(**changes: object) -> Law:
    """The example licence as a renewal: decided within 45 working days, so that the licence can run out before."""
    procedure = LAW.procedure
    renews = Renewal(ends="expires_on", **changes)  # type: ignore[arg-type]
    return with_procedure(
        LAW, questions=(*procedure.questions, ENDS), renews=renews, statutory_limit=LONG, committed_limit=None
    )


RENEWAL = law_of()


def asked(expires_on: str, at: str = "03-02 09:00", law: Law = RENEWAL) -> Story:
    """An application to renew a licence that runs out on this day, accepted the same day."""
    return accepted(law, at, answers={**ANSWERS, "expires_on": day(expires_on).isoformat()})


def test_a_renewal_nobody_decided_is_renewed_at_the_first_instant_after_the_last_day() -> None:
    story = asked("04-10")
    assert (story.due(Clock.RENEWAL), story.due(Clock.LEGAL)) == (date(2026, 4, 10), date(2026, 5, 8))

    assert story.advance("04-10 23:59") == []
    (fact,) = story.advance("04-20 09:00")

    assert isinstance(fact, e.DeemedRenewed)
    assert (fact.at.isoformat(), fact.by.kind) == ("2026-04-11T00:00:00+08:00", e.ActorKind.TIMER)
    assert (story.state.stage, story.state.result, story.state.decided_on) == (Stage.DECIDED, "granted", day("04-11"))
    assert case_light(story.state, story.law).light(day("04-12")) == "red_plus"
    story.require_replayable()


def test_the_renewed_licence_follows_on_the_old_one_or_begins_with_the_decision_as_the_item_says() -> None:
    follows, begins = asked("04-10"), asked("04-10", law=law_of(term_from="decision"))
    for story in (follows, begins):
        story.advance("04-20 09:00")

    (one,) = follows.do(c.Issue, LICENCE_CLERK, "04-20 10:00")
    (other,) = begins.do(c.Issue, LICENCE_CLERK, "04-20 10:00")

    assert isinstance(one, e.Issued)
    assert isinstance(other, e.Issued)
    assert one.valid_to == date(2031, 4, 10)
    assert other.valid_to == date(2031, 4, 10)


def test_the_term_of_a_renewal_decided_early_begins_when_the_old_one_ends() -> None:
    story, by_decision = asked("04-10"), asked("04-10", law=law_of(term_from="decision"))
    valid = []
    for each in (story, by_decision):
        decide(each, "03-10 10:00")
        (issued,) = each.do(c.Issue, LICENCE_CLERK, "03-11 10:00")
        assert isinstance(issued, e.Issued)
        valid.append(issued.valid_to)

    assert valid == [date(2031, 4, 10), date(2031, 3, 9)]


def test_a_decision_in_time_leaves_nothing_to_be_deemed() -> None:
    story = asked("04-10")
    decide(story, "04-10 23:00")

    assert story.advance("04-20 09:00") == []
    assert story.clock(Clock.RENEWAL).ended_on == day("04-10")


@pytest.mark.parametrize(
    ("expires_on", "timely"),
    [("04-01", True), ("03-31", False)],  # thirty days before 1 April is 2 March
)
def test_thirty_days_before_the_last_day_is_in_time_and_a_day_later_is_not(expires_on: str, timely: bool) -> None:
    story = asked(expires_on)

    assert renewal.is_timely(story.state, story.law) is timely
    assert kinds(story.advance("04-05 09:00")) == (["deemed_renewed"] if timely else [])


def test_the_items_own_period_counts_backwards_in_working_days() -> None:
    """78号: fifteen working days. Counted back from Friday 10 April, past Qingming (6 April), it is 19 March."""
    fifteen = Renewal(ends="expires_on", limit=Limit(15, Unit.WORKING_DAY))

    assert renewal.latest(day("04-10"), fifteen, calendar()) == date(2026, 3, 19)
    assert renewal.latest(day("04-12"), fifteen, calendar()) == date(2026, 3, 20), "from a Sunday"
    assert renewal.latest(day("04-10"), Renewal(ends="expires_on"), calendar()) == date(2026, 3, 11)
    assert renewal.latest(
        day("04-10"), Renewal(ends="expires_on", limit=Limit(0, Unit.WORKING_DAY)), calendar()
    ) == day("04-10")


def test_a_licence_that_runs_out_in_years_nobody_has_a_calendar_for_can_be_renewed_now() -> None:
    story = asked("2099-12-31", law=law_of(limit=Limit(15, Unit.WORKING_DAY)))

    assert renewal.is_timely(story.state, story.law)
    assert story.due(Clock.RENEWAL) == date(2099, 12, 31)


def test_a_late_renewal_is_accepted_and_the_licence_runs_out() -> None:
    story = asked("03-20")

    assert story.due(Clock.RENEWAL) == date(2026, 3, 20), "the agency still has to decide before"
    assert story.advance("04-20 09:00") == []
    assert story.state.stage is Stage.ACCEPTED
    decide(story, "04-21 10:00")
    assert story.state.result == "granted"


def test_where_the_item_says_so_a_late_renewal_is_a_new_application() -> None:
    story = asked("03-20", law=law_of(late="as_new"))
    timely = asked("04-10", law=law_of(late="as_new"))

    assert Clock.RENEWAL.value not in story.running()
    assert kinds(timely.advance("04-20 09:00")) == ["deemed_renewed"]


@pytest.mark.parametrize("ends", ["declined", "withdrawn", "lapsed", "terminated"])
def test_an_application_that_does_not_stand_is_not_deemed(ends: str) -> None:
    answers = {**ANSWERS, "expires_on": "2026-04-10"}
    if ends == "terminated":
        story = asked("04-10")
        story.do(c.Terminate, DECIDER, "03-20 09:00", ground="applicants_request")
    else:
        provided = papers("form") if ends == "lapsed" else papers("form", "plan")
        story = filed(RENEWAL, "03-02 09:00", provided=provided, answers=answers)
        if ends == "declined":
            story.do(c.Decline, CLERK, "03-03 09:00", ground="not_a_resident")
        elif ends == "withdrawn":
            story.do(c.Withdraw, APPLICANT, "03-03 09:00")
        else:
            story.do(c.RequestCorrection, CLERK, "03-03 09:00", points=missing("plan"))

    story.advance("05-20 09:00")

    assert "deemed_renewed" not in kinds(story.facts)
    assert story.state.result == ends


def test_silence_at_receipt_and_silence_on_the_renewal_follow_one_another() -> None:
    """Nobody answered at all: accepted by law after five working days, renewed by law at the end."""
    story = filed(RENEWAL, "03-02 09:00", answers={**ANSWERS, "expires_on": "2026-04-10"})

    assert kinds(story.advance("04-20 09:00")) == ["deemed_accepted", "deemed_renewed"]


def test_corrected_on_the_last_day_it_is_deemed_once_it_is_accepted() -> None:
    provided = papers("form")
    story = filed(RENEWAL, "03-02 09:00", provided=provided, answers={**ANSWERS, "expires_on": "2026-04-02"})
    period = Limit(25, Unit.WORKING_DAY)
    story.do(c.RequestCorrection, CLERK, "03-06 09:00", points=missing("plan"), period=period)
    story.do(c.SubmitCorrection, APPLICANT, "04-02 09:00", provided=papers("plan"))
    assert story.advance("04-03 08:00") == []

    story.do(c.Accept, CLERK, "04-03 09:00")
    (fact,) = story.advance("04-07 09:00")

    assert (type(fact), fact.on) == (e.DeemedRenewed, day("04-04"))


def test_a_correction_may_put_the_last_day_right() -> None:
    story = filed(RENEWAL, "03-02 09:00", answers={**ANSWERS, "expires_on": "2026-04-10"})
    story.do(c.RequestCorrection, CLERK, "03-03 09:00", points=flawed("plan"))
    answers = {**ANSWERS, "expires_on": "2026-05-10"}
    story.do(c.SubmitCorrection, APPLICANT, "03-04 09:00", provided=papers("plan"), answers=answers)

    assert story.state.expires_on == day("05-10")


def test_a_licence_that_has_run_out_cannot_be_renewed_and_one_of_today_can() -> None:
    with pytest.raises(BadInput) as refused:
        Story(RENEWAL).do(c.Submit, APPLICANT, "03-02 09:00", answers={**ANSWERS, "expires_on": "2026-03-01"})
    assert refused.value.problems == [("answers.expires_on", "already_expired")]

    with pytest.raises(BadInput) as unsaid:
        Story(RENEWAL).do(c.Submit, APPLICANT, "03-02 09:00", answers=ANSWERS)
    assert unsaid.value.problems == [("answers.expires_on", "needed")]
    assert Story(RENEWAL).do(
        c.Submit, APPLICANT, "03-02 09:00", answers={**ANSWERS, "expires_on": "2026-03-02"}, provided=papers("form")
    )


def test_the_binding_day_is_the_earlier_of_the_law_and_the_expiry() -> None:
    expiry_first, law_first = asked("04-10"), asked("12-10")

    found = [binding_limit(each.state, each.law) for each in (expiry_first, law_first)]
    nearest = [nearest_limit(each.state, each.law) for each in (expiry_first, law_first)]

    assert [(each.clock, each.due) for each in found if each] == [
        (Clock.RENEWAL, date(2026, 4, 10)),
        (Clock.LEGAL, date(2026, 5, 8)),
    ]
    assert nearest == found


def test_an_item_that_renews_nothing_has_no_such_clock() -> None:
    story = accepted()

    assert renewal.expiry(LAW.procedure, {"expires_on": "2026-04-10"}) is None
    assert renewal.expiry(RENEWAL.procedure, {"expires_on": "no day"}) is None
    assert Clock.RENEWAL.value not in story.running()
    assert not renewal.is_timely(story.state, story.law)


@pytest.mark.parametrize("wrong", [{"late": "x"}, {"term_from": "x"}, {"limit": Limit(3, Unit.HOUR)}])
def test_a_rule_nobody_has_thought_about_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        replace(Renewal(ends="expires_on"), **wrong)  # type: ignore[arg-type]


def decide(story: Story, at: str) -> None:
    """Examine and grant."""
    assign(story, "review", at)
    finish(story, "review", at)
    story.do(c.Decide, DECIDER, at, outcome="grant")
