"""`banjie deadline`: when is it due, and why? Needs no database: the rulebook's calendars and the engine answer."""

import argparse
import json
import sys
from datetime import MAXYEAR

from banjie import words
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import Limit, Unit, due, is_provisional, ledger
from banjie.records.catalogue import rulebook

REGION = "CN"
"""Whose calendar the rulebook holds: what a region adds of its own is loaded into its installation."""


def run(given: argparse.Namespace) -> int:
    """Print the due date; 1 with words (on stderr, or as JSON) where it cannot be computed."""
    limit = Limit(given.limit, Unit(given.unit), given.stays)
    calendar = rulebook.calendar(REGION)
    try:
        if given.region != REGION:
            raise NotPossible("no_calendar_loaded", region=given.region)
        ends = due(given.start, limit, calendar, given.pause)
        provisional = is_provisional(given.start, ends, calendar)
        lines = ledger(given.start, limit, calendar, given.pause) if given.explain or given.json else ()
    except NotPossible as no:
        return _refused(no, given)
    except (OverflowError, ValueError):  # past the last day a date can name
        return _refused(NotPossible("calendar_not_loaded", year=MAXYEAR + 1), given)
    if given.json:
        days = [
            {"day": each.day.isoformat(), "counted": each.counted, "number": each.number, "reason": each.reason}
            for each in lines
        ]
        answer = {"due": ends.isoformat(), "provisional": provisional, "calendar": calendar.version, "ledger": days}
        print(json.dumps(answer, ensure_ascii=False))
        return 0
    for each in lines:
        counted = f"{each.number:>4}" if each.counted else "   –"
        name = f" ({each.name})" if each.name else ""
        print(f"{each.day} {each.day:%a} {counted}  {words.label('ledger', each.reason, given.language)}{name}")
    if provisional:
        print(words.label("misc", "provisional", given.language))
    print(ends.isoformat())
    return 0


def _refused(no: NotPossible, given: argparse.Namespace) -> int:
    refusal = words.refusal(no, given.language)
    if given.json:
        print(json.dumps({"code": refusal.code, "what": refusal.what, "next": refusal.next}, ensure_ascii=False))
    else:
        print(f"{refusal.what} {refusal.next}", file=sys.stderr)
    return 1
