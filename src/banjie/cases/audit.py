"""Whether the numbers given out are those on record: one for each case, none twice, none left out of a day's row."""

import json
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from banjie.cases.models import Counter, Registration
from banjie.cases.numbers import CODE_LENGTH, LAST_SERIAL, case_number
from banjie.store.log.models import Entry

PAGE = 500


class Fault(NamedTuple):
    """What is wrong with a number, and which one."""

    what: str
    where: str


def numbers() -> int:
    """How many have been given out."""
    return Registration.objects.kept().count()


def faults() -> Iterator[Fault]:
    """Numbers that are not what their case recorded, and days whose numbers have a gap."""
    given: dict[str, int] = {}
    rows = Registration.objects.kept().order_by("number")
    page = list(rows[:PAGE])
    while page:
        for row in page:
            day = row.number[:-4]
            given[day] = given.get(day, 0) + 1
        yield from _not_recorded(page)
        page = list(rows.filter(number__gt=page[-1].number)[:PAGE]) if len(page) == PAGE else []
    yield from _gaps(given)


def _not_recorded(page: list[Registration]) -> Iterator[Fault]:
    firsts = Entry.objects.filter(stream__in=[row.stream for row in page], position=1)
    facts = {stream: json.loads(bytes(body)) for stream, body in firsts.values_list("stream", "body")}
    for row in page:
        recorded = facts.get(row.stream, {})
        if recorded.get("number") != row.number:
            yield Fault("is not the number its case recorded", f"number {row.number}")
        elif recorded.get("query_number") != row.query_number:
            yield Fault("does not stand beside the query number its case recorded", f"number {row.number}")


def _gaps(given: dict[str, int]) -> Iterator[Fault]:
    for code, day, last in Counter.objects.order_by("code", "day").values_list("code", "day", "last"):
        prefix = _prefix(code, day)
        count = given.pop(prefix, 0)
        if count != last or last > LAST_SERIAL:
            yield Fault(f"{last} numbers were given out on this day, and {count} are on record", f"numbers {prefix}…")
    for prefix, count in given.items():
        yield Fault(f"{count} numbers are on record, and none was given out on this day", f"numbers {prefix}…")


def _prefix(code: str, day: date) -> str:
    return case_number(code[:CODE_LENGTH], day, 1)[:-4]
