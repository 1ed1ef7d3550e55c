"""The calendars of the rulebook against two independent libraries and the known totals.

An official year follows the yearly notice of the General Office of the State Council on days off and
make-up working days (调休); a provisional year holds only weekends and the statutory days of
全国年节及纪念日放假办法 Art. 2.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
import holidays
import pytest
import yaml

FOLDER = Path(__file__).parents[2] / "rulebook" / "calendars"
KEYS = {"year", "status", "document", "published_on", "holidays", "workdays"}
BY_MONTH_2026 = [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]


def load(path: Path) -> dict[str, Any]:
    """One calendar file as plain data."""
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


YEARS: dict[int, dict[str, Any]] = {int(path.stem): load(path) for path in sorted(FOLDER.glob("*.yaml"))}
OFFICIAL = [year for year, content in YEARS.items() if content["status"] == "official"]
PROVISIONAL = [year for year, content in YEARS.items() if content["status"] == "provisional"]


def span(first: date, last: date) -> Iterator[date]:
    """Every day from ``first`` to ``last``, both included."""
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)


def days_off(content: dict[str, Any]) -> list[date]:
    """Every day off that the file names, in the order of the file."""
    return [day for entry in content["holidays"] for day in span(entry["from"], entry["to"])]


def is_workday(day: date, content: dict[str, Any]) -> bool:
    """A make-up day works, a named day off does not, any other day works from Monday to Friday."""
    if day in content["workdays"]:
        return True
    return day not in days_off(content) and day.weekday() < 5


def test_the_years_in_use_are_there() -> None:
    assert set(range(2020, 2028)) <= set(YEARS)
    assert sorted(YEARS) == list(range(min(YEARS), max(YEARS) + 1)), "a year is missing in between"


@pytest.mark.parametrize("year", YEARS)
def test_a_file_is_well_formed(year: int) -> None:
    path = FOLDER / f"{year}.yaml"
    content = YEARS[year]
    assert path.read_text(encoding="utf-8").startswith("# ")
    assert set(content) == KEYS
    assert content["year"] == year
    assert content["status"] in ("official", "provisional")
    assert content["document"].strip()
    for entry in content["holidays"]:
        assert set(entry) == {"name", "english", "from", "to"}
        assert all(entry.values())
        assert type(entry["from"]) is date
        assert type(entry["to"]) is date
        assert date(year, 1, 1) <= entry["from"] <= entry["to"] <= date(year, 12, 31)
    assert all(type(day) is date and day.year == year for day in content["workdays"])
    assert content["workdays"] == sorted(set(content["workdays"]))


@pytest.mark.parametrize("year", YEARS)
def test_days_off_and_make_up_days_do_not_overlap(year: int) -> None:
    named = days_off(YEARS[year])
    assert named == sorted(set(named)), "holidays are in order and do not overlap one another"
    assert not set(named) & set(YEARS[year]["workdays"])


@pytest.mark.parametrize("year", YEARS)
def test_a_make_up_day_is_a_weekend_day(year: int) -> None:
    assert all(day.weekday() >= 5 for day in YEARS[year]["workdays"])


@pytest.mark.parametrize("year", YEARS)
def test_every_statutory_day_is_a_day_off(year: int) -> None:
    """The days of 全国年节及纪念日放假办法 Art. 2, as the second library has them, are all off."""
    statutory = holidays.country_holidays("CN", years=year, observed=False)
    assert statutory
    assert [day for day in statutory if is_workday(day, YEARS[year])] == []


@pytest.mark.parametrize("year", OFFICIAL)
def test_an_official_year_agrees_with_the_library_on_every_day(year: int) -> None:
    wrong = [
        day
        for day in span(date(year, 1, 1), date(year, 12, 31))
        if is_workday(day, YEARS[year]) != chinese_calendar.is_workday(day)
    ]
    assert wrong == []


@pytest.mark.parametrize("year", OFFICIAL)
def test_an_official_year_names_its_notice(year: int) -> None:
    content = YEARS[year]
    assert f"国务院办公厅关于{year}年部分节假日安排的通知" in content["document"]
    assert "国办发明电〔" in content["document"]
    assert type(content["published_on"]) is date
    assert content["published_on"].year == year - 1


def test_2026_has_248_working_days() -> None:
    by_month = [0] * 12
    for day in span(date(2026, 1, 1), date(2026, 12, 31)):
        by_month[day.month - 1] += is_workday(day, YEARS[2026])
    assert by_month == BY_MONTH_2026
    assert sum(by_month) == 248


def test_2020_holds_the_prolonged_spring_festival() -> None:
    """The notice of 2020-01-26 prolonged 春节 to 02-02 and so took back the make-up day of 02-01."""
    assert not is_workday(date(2020, 2, 1), YEARS[2020])
    assert is_workday(date(2020, 2, 3), YEARS[2020])


def test_2027_is_provisional() -> None:
    assert 2027 in PROVISIONAL


@pytest.mark.parametrize("year", PROVISIONAL)
def test_a_provisional_year_has_no_make_up_days_and_says_so(year: int) -> None:
    content = YEARS[year]
    assert content["status"] == "provisional"
    assert content["workdays"] == []
    assert content["published_on"] is None
    assert "全国年节及纪念日放假办法" in content["document"]
    first_line = (FOLDER / f"{year}.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert "rovisional" in first_line


@pytest.mark.parametrize("year", PROVISIONAL)
def test_a_provisional_year_has_exactly_the_statutory_days(year: int) -> None:
    """13 days since the revision in force from 2025: 春节 four of them, 劳动节 two."""
    statutory = holidays.country_holidays("CN", years=year, observed=False)
    assert days_off(YEARS[year]) == sorted(statutory)
    assert len(statutory) == 13


@pytest.mark.parametrize("year", PROVISIONAL)
def test_no_official_data_is_known_for_a_provisional_year(year: int) -> None:
    """Fails on the day the library learns the notice: then the file has to become official."""
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_workday(date(year, 7, 1))
