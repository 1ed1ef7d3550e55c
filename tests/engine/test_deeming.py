"""What happens if nobody acts follows from the law and the time, not from a program that has to be awake."""

from typing import Any

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.clocks import clocks, timers
from banjie.engine.decide import advance, decide
from banjie.engine.law import Clock
from banjie.engine.not_possible import NotPossible
from tests.engine.office import APPLICANT, CLERK, LAW, OFFICER, SURVEY, filed, missing, papers, with_steps
from tests.engine.story import day, instant, kinds


def test_silence_on_an_application_is_acceptance_from_the_day_of_receipt() -> None:
    story = filed(at="03-02 09:00")

    assert story.advance("03-09 23:59") == []
    (fact,) = story.advance("03-10 00:00")

    assert isinstance(fact, e.DeemedAccepted)
    assert (fact.on, fact.accept_on, fact.by.kind) == (day("03-10"), day("03-02"), "timer")
    assert story.due(Clock.LEGAL) == day("03-30")
    assert story.clock(Clock.NOTICE).is_over(day("03-10")), "the agency was late, for ever"
    assert story.state.contact == "first-contact"


def test_an_application_with_papers_missing_is_deemed_accepted_too() -> None:
    story = filed(provided=())

    assert kinds(story.advance("03-10 00:00")) == ["deemed_accepted"]


def test_silence_on_a_correction_is_acceptance_from_the_day_of_the_correction() -> None:
    story = filed(provided=papers("form"))
    story.do(c.RequestCorrection, CLERK, "03-03 10:00", points=missing("plan"))
    story.do(c.SubmitCorrection, APPLICANT, "03-05 22:00", provided=papers("plan"))

    (fact,) = story.advance("03-13 00:00")

    assert isinstance(fact, e.DeemedAccepted)
    assert fact.accept_on == day("03-05")


def test_whoever_comes_too_late_is_told_what_the_law_has_done() -> None:
    story = filed()

    no = story.no(c.Decline, CLERK, "03-20 10:00", ground="barred_78")

    assert (no.code, no.facts) == ("already_accepted_by_law", {"accept_on": day("03-02")})
    assert kinds(story.facts) == ["submitted", "deemed_accepted"]


def test_an_item_with_nothing_to_examine_is_examined_with_its_deemed_acceptance() -> None:
    story = filed(with_steps())

    assert kinds(story.advance("03-10 00:00")) == ["deemed_accepted", "examined"]


def test_time_acts_in_the_order_of_its_days_however_late_somebody_looks() -> None:
    story = filed(with_steps(SURVEY))

    story.advance("12-01 00:00")

    assert [(fact.on, kind) for fact, kind in zip(story.facts, kinds(story.facts), strict=True)][1:] == [
        (day("03-10"), "deemed_accepted"),
        (day("03-31"), "limit_passed"),
    ]


def test_time_does_nothing_twice() -> None:
    story = filed()
    story.advance("03-10 00:00")

    state, done = advance(story.state, LAW, instant("03-10 00:00"))

    assert (state, done) == (story.state, [])


def test_a_timer_is_recognised_when_it_comes_again() -> None:
    first, again = filed(), filed()

    assert timers(first.state, LAW) == timers(again.state, LAW)
    assert len({command.command_id for _, command in timers(first.state, LAW)}) == 1


@pytest.mark.parametrize(
    "command",
    [c.DeemAccepted, c.Lapse, c.CountSilence, c.EndPause, c.TellLimitPassed],
)
def test_nobody_can_give_the_commands_of_time(command: type[c.Command]) -> None:
    named: dict[Any, dict[str, str]] = {c.CountSilence: {"step": "review"}, c.EndPause: {"ground": "hearing"}}
    more = named.get(command, {})

    for actor in (CLERK, OFFICER, APPLICANT):
        assert filed().no(command, actor, "03-20 10:00", **more).code == "not_allowed"


@pytest.mark.parametrize(
    ("command", "more", "code"),
    [
        (c.DeemAccepted, {}, "not_due"),
        (c.Lapse, {}, "not_due"),
        (c.CountSilence, {"step": "review"}, "no_such_step"),
        (c.EndPause, {"ground": "hearing"}, "not_due"),
        (c.TellLimitPassed, {}, "not_due"),
    ],
)
def test_a_command_of_time_that_is_not_due_does_nothing(
    command: type[c.Command], more: dict[str, str], code: str
) -> None:
    story = filed()

    with pytest.raises(NotPossible, match=code):
        decide(story.state, story.command(command, c.TIMER, "03-03 00:00", **more), LAW)


def test_the_page_shows_what_time_has_done_without_anybody_recording_it() -> None:
    story = filed()

    offer = story.offer(c.Accept, CLERK, "03-10 00:00")

    assert isinstance(offer.no, NotPossible)
    assert offer.no.code == "already_accepted_by_law"
    assert story.state.stage == "submitted"


def test_from_arrival_to_closing_a_clock_runs() -> None:
    story = filed()
    seen = [{each.clock for each in clocks(story.state, LAW) if each.ended_on is None}]
    story.advance("03-10 00:00")
    seen.append({each.clock for each in clocks(story.state, LAW) if each.ended_on is None})

    assert seen == [{Clock.NOTICE}, {Clock.LEGAL, Clock.PROMISED}]
