"""What is done once in a while."""

from datetime import UTC, datetime, timedelta

from banjie.web.every import Every

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_whoever_takes_it_keeps_the_others_waiting_for_the_period() -> None:
    every = Every(5 * MINUTE)

    assert [every.taken(NOON + n * MINUTE) for n in (0, 1, 4, 5, 6, 10)] == [True, False, False, True, False, True]


def test_what_was_not_done_is_due_still_and_a_clock_put_back_holds_nothing_up() -> None:
    every = Every(5 * MINUTE)

    assert every.is_due(NOON)
    assert every.is_due(NOON)
    every.done(NOON)
    assert not every.is_due(NOON + MINUTE)
    assert every.is_due(NOON - MINUTE)
    every.forget()
    assert every.is_due(NOON + MINUTE)
