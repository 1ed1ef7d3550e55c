"""How fast "20 working days after" is answered: ours, `holidays` and `chinese_calendar`, alternating.

The question is the same for all: the last day of a limit of 20 working days that starts the day after the given date,
by the national calendar of 2026 with its make-up working days. Every answer is compared before anything is timed.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import report

ROOT = Path(__file__).resolve().parent.parent
NUMBER = 20
OURS = "banjie"
SECONDS = 0.3
"""How long one turn is, about."""

Answer = Callable[[date], date]


def starts() -> list[date]:
    """Days of 2026 from which 20 working days end inside 2026."""
    return [date(2026, 1, 1) + timedelta(days=n) for n in range(325)]


def banjie() -> Answer:
    """Our engine, given the same holidays and make-up days as data."""
    if str(ROOT / "src") not in sys.path:
        sys.path.insert(0, str(ROOT / "src"))
    from chinese_calendar import constants

    from banjie.engine.calendar import Calendar, Year
    from banjie.engine.timelimits import Limit, Unit, due

    off = {day: str(name) for day, name in constants.holidays.items() if day.year == 2026}
    made_up = frozenset(day for day in constants.workdays if day.year == 2026)
    year = Year(year=2026, official=True, holidays=off, workdays=made_up)
    calendar = Calendar.build(version="bench", years=[year])
    limit = Limit(NUMBER, Unit.WORKING_DAY)
    return lambda start: due(start, limit, calendar)


def holidays() -> Answer:
    """The `holidays` package, its country object made beforehand."""
    from holidays import country_holidays

    china = country_holidays("CN", years=2026)
    return lambda start: china.get_nth_working_day(start, NUMBER)


def chinese_calendar() -> Answer:
    """`chinese_calendar.is_workday`, day by day, as its users write it."""
    from chinese_calendar import is_workday

    def answer(start: date) -> date:
        day, counted = start, 0
        while counted < NUMBER:
            day += timedelta(days=1)
            counted += is_workday(day)
        return day

    return answer


IMPLEMENTATIONS: dict[str, Callable[[], Answer]] = {
    OURS: banjie,
    "holidays": holidays,
    "chinese_calendar": chinese_calendar,
}


def turn(answer: Answer, days: list[date], times: int) -> float:
    """Answers a second."""
    start = time.perf_counter()
    for _ in range(times):
        for day in days:
            answer(day)
    return len(days) * times / (time.perf_counter() - start)


def measure(rounds: int, seed: int) -> dict[str, Any]:
    """Rates of every implementation in each round, and its ratio to ours in the same round."""
    answers: dict[str, Answer] = {}
    excluded: dict[str, str] = {}
    for name, make in IMPLEMENTATIONS.items():
        try:
            answers[name] = make()
        except ImportError as missing:
            excluded[name] = f"cannot be imported: {missing}"
    days, draw = starts(), random.Random(seed)
    truth = [chinese_calendar()(day) for day in days]
    differing = {
        name: sum(answer(day) != right for day, right in zip(days, truth, strict=True))
        for name, answer in answers.items()
    }
    times = {name: max(1, round(SECONDS * turn(answer, days, 1) / len(days))) for name, answer in answers.items()}
    rates: dict[str, list[float]] = {name: [] for name in answers}
    ratios: dict[str, list[float]] = {name: [] for name in answers}
    for _ in range(rounds):
        others = [name for name in answers if name != OURS]
        draw.shuffle(others)
        for other in others:
            pair = [name for name in (OURS, other) if name in answers]
            draw.shuffle(pair)
            took = {name: turn(answers[name], days, times[name]) for name in pair}
            for name, rate in took.items():
                rates[name].append(rate)
            if OURS in took:
                ratios[other].append(took[OURS] / took[other])
    rows = [
        {"name": name, "per_second": rates[name], "ratios": ratios[name], "differing": differing[name]}
        for name in answers
    ]
    return {"rows": rows, "excluded": excluded, "dates": len(days)}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="for a program")
    chosen = parser.parse_args()
    result = measure(chosen.rounds, chosen.seed)
    print(json.dumps(result) if chosen.json else report.deadlines(result))
    return 1 if any(row["differing"] for row in result["rows"]) else 0


if __name__ == "__main__":
    sys.exit(main())
