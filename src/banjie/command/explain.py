"""`banjie explain NUMBER`: why is this case due when it is? Each day counted or not, and why."""

import argparse
import sys

from banjie import words
from banjie.cases import queries
from banjie.engine.not_possible import NotPossible
from banjie.web import clock


def run(given: argparse.Namespace) -> int:
    """Print every clock of the case with its ledger; 1 where there is no such case."""
    language = given.language
    try:
        case = queries.view(queries.stream_of(given.number), clock.now())
    except NotPossible as no:
        refusal = words.refusal(no, language)
        print(f"{refusal.what} {refusal.next}", file=sys.stderr)
        return 1
    state = case.state
    print(f"{state.number} · {state.query_number} · {words.label('stages', state.stage.value, language)}")
    for running in case.clocks:
        print()
        name = words.label("clocks", running.clock.value, language) + (f" ({running.step})" if running.step else "")
        limit = words.limit_in_words(running.limit, language)
        provisional = f" ({words.label('misc', 'provisional', language)})" if running.is_provisional else ""
        print(f"{name}: {limit}, {running.start} → {running.due}{provisional}")
        for day in running.ledger():
            counted = f"{day.number:>4}" if day.counted else "   –"
            note = f" ({day.name})" if day.name else ""
            print(f"  {day.day} {day.day:%a} {counted}  {words.label('ledger', day.reason, language)}{note}")
    return 0
