"""How fast the worker finds the cases whose time has come among a million open ones, beside a scan in Python.

Ours is what the worker calls: the pages of `timers.due`, from the index of cases with something still to come. The scan
reads every open case with the instant at which time acts next and compares them in Python. Both must find the same
cases. Measured twice: with nothing due, and with one case in a thousand due. What is then done for a due case (the
engine, one transaction a case) is the same for both and is not in these figures.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import each_database
import report

NOW = datetime(2026, 6, 1, 1, tzinfo=UTC)
ONE_IN = 1000
DAY = 86_400_000_000

Finds = Callable[[datetime], set[UUID]]


def database(url: str, count: int) -> tuple[Finds, Finds, dict[str, Any]]:
    """Fill an empty database with so many open cases: our search, the scan, and what was made."""
    each_database.set_up(url)
    from django.db import connection

    from banjie.cases import timers
    from banjie.engine.codec import microseconds

    _fill(count, microseconds(NOW))
    is_postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute('VACUUM ANALYZE "case"' if is_postgres else 'ANALYZE "case"')

    def ours(at: datetime) -> set[UUID]:
        found: set[UUID] = set()
        after = None
        while page := timers.due(at, timers.PAGE, after):
            found.update(stream for _, stream in page)
            after = page[-1]
        return found

    def scan(at: datetime) -> set[UUID]:
        now = microseconds(at)
        with connection.cursor() as cursor:
            cursor.execute('SELECT stream, next_due_at FROM "case" WHERE closed_on IS NULL')
            rows = cursor.fetchall()
        due = [stream for stream, due_at in rows if due_at is not None and due_at <= now]
        return {each if isinstance(each, UUID) else UUID(each) for each in due}

    return ours, scan, {"database": connection.vendor, "cases": count}


def _fill(count: int, now: int) -> None:
    """Open cases with every other column plain; one in a thousand was due within the last day."""
    from django.db import connection, transaction
    from django.db.models import BinaryField, BooleanField, DateField, TextField

    from banjie.cases.models import Case

    is_postgres = connection.vendor == "postgresql"
    due = f"CASE WHEN n % {ONE_IN} = 0 THEN {now} - n % {DAY} ELSE {now} + {DAY} + n * 1000 END"
    values = {
        "stream": "gen_random_uuid()" if is_postgres else "lower(hex(randomblob(16)))",
        "stage": "'submitted'",
        "number": "'9999' || n",
        "query_number": "'q' || n",
        "next_due_at": due,
    }
    plain = {TextField: "'x'", BinaryField: "''", BooleanField: "FALSE", DateField: "'2026-05-25'"}
    for field in Case._meta.concrete_fields:
        name = field.column
        if name in values or (field.null and name != "next_due_at"):
            continue
        values[name] = plain.get(type(field), "0")
    columns = ", ".join(f'"{name}"' for name in values)
    numbers = (
        f"SELECT n FROM generate_series(1, {count}) AS n"
        if is_postgres
        else f"WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < {count}) SELECT n FROM i"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO "case" ({columns}) SELECT {", ".join(values.values())} FROM ({numbers}) AS i')


def measure(url: str, count: int, rounds: int, seed: int) -> dict[str, Any]:
    """Milliseconds of both in each round, and their ratio; and of ours with nothing due."""
    ours, scan, about = database(url, count)
    before = NOW.replace(year=NOW.year - 1)
    assert ours(NOW) == scan(NOW), "both find the same cases"
    assert not ours(before)
    draw = random.Random(seed)
    both: dict[str, Finds] = {"ours": ours, "scan": scan}
    samples = []
    for _ in range(rounds):
        sample: dict[str, Any] = {}
        for side in draw.sample(sorted(both), 2):
            start = time.perf_counter()
            both[side](NOW)
            sample[side] = (time.perf_counter() - start) * 1000
        nothing = []
        for _ in range(50):
            start = time.perf_counter()
            ours(before)
            nothing.append((time.perf_counter() - start) * 1000)
        sample["nothing"] = statistics.median(nothing)
        sample["worst_nothing"] = max(nothing)
        sample["ratio"] = sample["scan"] / sample["ours"]
        samples.append(sample)
    return {**about, "due": count // ONE_IN, "samples": samples}


def main() -> int:
    """Measure every database in its own process, and print."""
    each_database.run(__file__, __doc__ or "", ("cases", 1_000_000), measure, report.sweep)
    return 0


if __name__ == "__main__":
    sys.exit(main())
