"""Days, instants and limits as a reader of the language writes them. Nothing is computed here."""

from datetime import date, datetime

from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.timelimits import Limit
from banjie.words.catalogue import DEFAULT, catalogue, fill, language_of

ENGLISH_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day_in_words(day: date, language: str = DEFAULT) -> str:
    """A civil day: 2026年9月19日, 19 September 2026."""
    if language_of(language) == "en":
        return f"{day.day} {ENGLISH_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def weekday_in_words(day: date, language: str = DEFAULT) -> str:
    """The day of the week, short: 周六, Sat."""
    return str(catalogue(language)["weekdays"][str(day.isoweekday())])


def instant_in_words(instant: datetime, language: str = DEFAULT) -> str:
    """An instant in the office's zone, to the minute: 2026年9月19日 14:05."""
    local = instant.astimezone(OFFICE_ZONE)
    between = ", " if language_of(language) == "en" else " "
    return f"{day_in_words(local.date(), language)}{between}{local:%H:%M}"


def limit_in_words(limit: Limit, language: str = DEFAULT) -> str:
    """A limit with its unit: 10 个工作日, 10 working days."""
    words = catalogue(language)["units"][limit.unit.value]
    return fill(words["one" if limit.number == 1 else "other"], {"number": str(limit.number)})
