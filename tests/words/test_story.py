"""What moved a clock, in sentences of both languages: its beginning, its pauses by notice, its extension, its end."""

from datetime import date

import pytest

from banjie import words
from banjie.engine import commands as c
from banjie.engine.law import Clock
from banjie.engine.timelimits import Limit, Unit
from tests.engine.office import EXPERTS, HEAD, LAW, OFFICER, accepted, carried, with_steps
from tests.engine.story import Story, day, with_procedure

PAUSING = with_steps(EXPERTS, grounds=("expert_review",))


def told(story: Story, which: Clock, on: str, language: str = "en", act: str = "") -> str:
    """The sentences of a clock on a day."""
    story.advance(f"{on} 09:00")
    return " ".join(words.story(story.clock(which), story.state, story.law, day(on), language, None, act))


def paused() -> Story:
    """A case whose clock stood from 4 to 11 March for an expert review."""
    story = carried(PAUSING)
    story.do(c.Pause, OFFICER, "03-04 09:00", ground="expert_review", expected_end=day("03-11"))
    return story


def test_it_begins_with_its_act_and_says_which_day_it_is() -> None:
    text = told(accepted(LAW), Clock.LEGAL, "03-11", act="Accepted")

    assert text.startswith(
        "It began with: Accepted, 2 March 2026. On 11 March 2026: day 7 of 20 working days, 13 left."
    )


def test_a_pause_names_its_ground_its_notice_and_the_days_that_do_not_count() -> None:
    text = told(paused(), Clock.LEGAL, "03-12")

    assert "From 4 March 2026 the clock stood for:" in text
    assert "notice no. Q1-pause-3, told until 11 March 2026; it runs again from 11 March 2026" in text
    assert "not counted: 5 working days" in text


def test_an_extension_names_its_length_its_notice_and_who_approved_it() -> None:
    story = paused()
    story.advance("03-12 09:00")
    story.do(c.Extend, HEAD, "03-20 09:00", reasons="材料复杂")

    text = told(story, Clock.LEGAL, "03-23")

    assert "Extended by 10 working days on 20 March 2026, notice no. " in text
    assert "approved by: head of the agency" in text
    assert "before that: 20 working days" in text
    assert "Extended" not in told(story, Clock.PROMISED, "03-23")


def test_a_limit_that_rolls_says_so() -> None:
    story = accepted(with_procedure(LAW, committed_limit=Limit(5, Unit.CALENDAR_DAY)))

    text = told(story, Clock.PROMISED, "03-03")

    assert story.due(Clock.PROMISED) == date(2026, 3, 9)
    assert "The last day, 7 March 2026, is a rest day, so the limit ends on the next working day." in text


def test_what_is_over_is_over_by_so_many_days_and_not_day_31_of_20() -> None:
    text = told(carried(LAW), Clock.PROMISED, "06-30")

    assert "overdue, days over" in text
    assert "day " not in text.split("overdue")[0]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_sentence_is_whole_in_both_languages(language: str) -> None:
    story = paused()
    story.advance("03-12 09:00")
    story.do(c.Extend, HEAD, "03-20 09:00", reasons="材料复杂")

    text = told(story, Clock.LEGAL, "03-23", language, words.act_name("accepted", language))

    assert "…" not in text
    assert "{" not in text
