"""The calendar itself: its first and its last day, the last word of several notices, and what was known when."""

from datetime import UTC, date, datetime, timedelta

import pytest

from banjie.engine.calendar import Calendar, Overlay, Year, as_known
from banjie.engine.not_possible import NotPossible
from tests.engine.story import day


def year(number: int, off: tuple[str, ...] = (), work: tuple[str, ...] = (), official: bool = True) -> Year:
    """A year with these holidays and make-up days."""
    return Year(number, official, {day(each): "休" for each in off}, frozenset(map(day, work)))


def plain() -> Calendar:
    """Two years without a holiday, the first provisional."""
    return Calendar.build("plain", [year(2026), year(2025, official=False)])


def test_a_calendar_without_years_or_with_a_gap_between_them_is_none() -> None:
    with pytest.raises(ValueError, match="at least one year"):
        Calendar.build("none", [])
    with pytest.raises(ValueError, match=r"must be consecutive, not \[2024, 2026\]"):
        Calendar.build("gap", [year(2026), year(2024)])


def test_the_years_may_come_in_any_order() -> None:
    assert list(plain().years) == [2025, 2026]
    assert plain().version == "plain"
    assert plain().region == "CN"


def test_every_day_from_the_first_to_the_last_is_known_and_none_beyond() -> None:
    """1 January 2025 was a Wednesday, 31 December 2026 is a Thursday."""
    assert plain().is_workday(date(2025, 1, 1))
    assert plain().is_workday(date(2026, 12, 31))
    assert not Calendar.build("off", [year(2025, ("2025-01-01",))]).is_workday(date(2025, 1, 1))
    for outside in (date(2024, 12, 31), date(2027, 1, 1)):
        for ask in (plain().is_workday, plain().reason, plain().working_days_until, plain().next_working_day):
            with pytest.raises(NotPossible) as no:
                ask(outside)
            assert (no.value.code, no.value.facts) == ("calendar_not_loaded", {"year": outside.year})


def test_the_first_day_may_be_day_zero_and_the_day_before_it_may_not() -> None:
    assert plain().working_day_after(date(2025, 1, 1), 1) == date(2025, 1, 2)
    assert plain().working_days_until(date(2025, 1, 1)) == 1
    assert plain().working_day_number(1) == date(2025, 1, 1)
    for before in (date(2024, 12, 31), date(2024, 6, 1)):
        with pytest.raises(NotPossible) as no:
            plain().working_day_after(before, 1)
        assert no.value.facts == {"year": 2024}


def test_the_last_working_day_is_found_and_the_next_one_is_in_a_year_nobody_has_loaded() -> None:
    assert plain().working_day_after(date(2026, 12, 30), 1) == date(2026, 12, 31)
    assert plain().working_day_number(plain().working_days_until(date(2026, 12, 31))) == date(2026, 12, 31)
    for ask in (lambda: plain().working_day_after(date(2026, 12, 31), 1), lambda: plain().working_day_number(9999)):
        with pytest.raises(NotPossible) as no:
            ask()
        assert no.value.facts == {"year": 2027}


def test_weekends_rest_unless_a_notice_makes_them_work_and_weekdays_work_unless_it_lets_them_rest() -> None:
    known = Calendar.build("2026", [year(2026, ("03-04", "03-07"), ("03-08",))])
    week = {number: known.is_workday(date(2026, 3, number)) for number in range(2, 10)}

    assert week == {2: True, 3: True, 4: False, 5: True, 6: True, 7: False, 8: True, 9: True}
    assert [known.reason(date(2026, 3, number)) for number in (3, 4, 7, 8, 14)] == [
        ("working_day", ""),
        ("holiday", "休"),
        ("holiday", "休"),
        ("make_up_day", ""),
        ("weekend", ""),
    ]
    assert known.next_working_day(date(2026, 3, 7)) == date(2026, 3, 8)
    assert known.next_working_day(date(2026, 3, 9)) == date(2026, 3, 9)


def test_a_notice_speaks_of_its_own_year_alone() -> None:
    """What the notice of 2026 says of a day of 2025 has no force there."""
    known = Calendar.build("both", [year(2025), year(2026, ("2025-12-31",), ("2025-12-28",))])

    assert known.is_workday(date(2025, 12, 31))
    assert not known.is_workday(date(2025, 12, 28))


def test_of_several_layers_the_last_word_wins_and_says_why() -> None:
    national = year(2026, ("03-04",), ("03-07",))
    layers = [
        Overlay("province", {day("03-07"): "三月三", day("03-10"): "三月三"}, frozenset({day("03-04")})),
        Overlay("county", {day("03-04"): "县庆"}, frozenset({day("03-10"), day("03-14")})),
    ]
    known = Calendar.build("layers", [national], "county", layers)

    told = {
        each: (known.is_workday(day(each)), *known.reason(day(each))) for each in ("03-04", "03-07", "03-10", "03-14")
    }
    assert told == {
        "03-04": (False, "holiday", "县庆"),
        "03-07": (False, "holiday", "三月三"),
        "03-10": (True, "make_up_day", ""),
        "03-14": (True, "make_up_day", ""),
    }
    assert known.region == "county"


def test_a_day_that_one_notice_calls_both_works() -> None:
    both = Calendar.build("both", [year(2026, ("03-04", "03-07"), ("03-04", "03-07"))])
    layer = Calendar.build(
        "layer", [year(2026)], overlays=[Overlay("x", {day("03-04"): "休"}, frozenset({day("03-04")}))]
    )

    for known in (both, layer):
        assert known.is_workday(day("03-04"))
        assert known.reason(day("03-04")) == ("make_up_day", "")


def test_only_a_loaded_year_with_its_notice_is_official() -> None:
    assert plain().is_official(2026)
    assert not plain().is_official(2025)
    assert not plain().is_official(2027)


# Two times: the days a calendar is about, and since when it has been known


def test_as_known_on_a_day_the_old_calendar_gives_the_old_answer() -> None:
    loaded = [datetime(2025, 11, 4, 9, tzinfo=UTC), datetime(2026, 2, 1, 9, tzinfo=UTC)]
    first, second = (
        Calendar.build(name, [year(2026, off)], known_from=at)
        for name, off, at in (("first", (), loaded[0]), ("second", ("03-04",), loaded[1]))
    )

    for order in ([first, second], [second, first]):
        assert as_known(order, loaded[0]) is first
        assert as_known(order, loaded[1] - timedelta(seconds=1)) is first
        assert as_known(order, loaded[1]) is second
        with pytest.raises(NotPossible, match="no_calendar_loaded"):
            as_known(order, loaded[0] - timedelta(seconds=1))


def test_a_version_without_a_time_was_known_from_the_beginning() -> None:
    always = plain()
    later = Calendar.build("later", [year(2026)], known_from=datetime(2026, 1, 1, tzinfo=UTC))

    assert as_known([later, always], datetime(2025, 1, 1, tzinfo=UTC)) is always
    assert as_known([later, always], datetime(2026, 6, 1, tzinfo=UTC)) is later
    assert always.known_from is None
