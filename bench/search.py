"""How fast the 20 best of 20,000 items are found: our index, and a scan of the same texts with LIKE, turn beside turn.

Both are asked for the same: every item in force whose texts have the query, ranked by where it stands, then by code.
The scan is one statement over a plain table with the texts in the same normal form, without any index on them. The
answers of both are compared before anything is timed; each database is measured in a process of its own.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import each_database
import report

LENGTHS = (1, 2, 4)
LIMIT = 20
TABLE = (
    "CREATE TABLE bench_guide (code text PRIMARY KEY, effective_from date NOT NULL, until date,"
    " names text NOT NULL, aliases text NOT NULL, topics text NOT NULL, everything text NOT NULL)"
)
SCAN = """
SELECT code FROM bench_guide
WHERE effective_from <= %s AND (until IS NULL OR until > %s)
  AND everything LIKE %s ESCAPE '!'
ORDER BY CASE WHEN names LIKE %s ESCAPE '!' THEN 0 WHEN names LIKE %s ESCAPE '!' THEN 1
  WHEN names LIKE %s ESCAPE '!' THEN 2 WHEN aliases LIKE %s ESCAPE '!' THEN 3 WHEN topics LIKE %s ESCAPE '!' THEN 5
  ELSE 6 END, code LIMIT 20
"""

Answer = Callable[[str], Sequence[str]]


def database(url: str, count: int) -> tuple[Answer, Answer, list[tuple[int, list[str]]], dict[str, Any]]:
    """Fill an empty database: our answer, the scan's, the queries of each length, and what the index took."""
    each_database.set_up(url)
    from django.db import connection, transaction

    from banjie.records.catalogue.search import postings, search
    from banjie.records.catalogue.search.text import normal
    from tests.records.catalogue import many_items

    made = many_items.items(count)
    day = many_items.DAY
    documents = [each.document() for each in made]
    start = time.perf_counter()
    with transaction.atomic():
        postings.fill(documents)
    seconds = time.perf_counter() - start
    # One column has every text, so that an item without the word costs one comparison; the others only rank.
    parts = [["\n".join(["", *part, ""]) for part in item.plain] for item in made]
    rows = [
        (item.code, item.effective_from.isoformat(), item.until and item.until.isoformat(), *each[:3], "".join(each))
        for item, each in zip(made, parts, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        with transaction.atomic():
            cursor.executemany("INSERT INTO bench_guide VALUES (%s, %s, %s, %s, %s, %s, %s)", rows)
        # Once over everything, so that neither side meets statistics or pages of a table just written.
        for table in ("bench_guide", "catalogue_search_document", "catalogue_search_gram"):
            cursor.execute(f"VACUUM ANALYZE {table}" if connection.vendor == "postgresql" else f"ANALYZE {table}")
        cursor.execute("SELECT count(*), sum(length(places)) FROM catalogue_search_gram")
        pieces, size = cursor.fetchone()

    def ours(query: str) -> Sequence[str]:
        return [hit.code for hit in search(query, day, LIMIT).items]

    def scan(query: str) -> Sequence[str]:
        word = normal(query)
        for special in "!%_":
            word = word.replace(special, f"!{special}")
        inside, whole, first = f"%{word}%", f"%\n{word}\n%", f"%\n{word}%"
        patterns = [inside, whole, first, *[inside] * 3]
        with connection.cursor() as cursor:
            cursor.execute(SCAN, [day.isoformat(), day.isoformat(), *patterns])
            return [code for (code,) in cursor.fetchall()]

    # What the rulebook's everyday words add is not asked of the scan.
    everyday = {normal(word) for word in many_items.EVERYDAY}
    asked = [
        (length, [each for each in many_items.queries(made, length, 24) if normal(each) not in everyday][:20])
        for length in LENGTHS
    ]
    about = {"database": connection.vendor, "items": count, "fill_seconds": seconds, "pieces": pieces, "bytes": size}
    return ours, scan, asked, about


def measure(url: str, count: int, rounds: int, seed: int) -> dict[str, Any]:
    """Milliseconds of both, and their ratios query by query, for each length in each round."""
    ours, scan, asked, about = database(url, count)
    draw = random.Random(seed)
    both = {"ours": ours, "scan": scan}
    rows = []
    for length, queries in asked:
        differing = sum(ours(query) != scan(query) for query in queries)
        samples: list[dict[str, Any]] = []
        for _ in range(rounds):
            took: dict[str, list[float]] = {"ours": [], "scan": []}
            for query in draw.sample(queries, len(queries)):
                for side in draw.sample(["ours", "scan"], 2):
                    start = time.perf_counter()
                    both[side](query)
                    took[side].append((time.perf_counter() - start) * 1000)
            ratios = [scanned / found for scanned, found in zip(took["scan"], took["ours"], strict=True)]
            samples.append({**took, "ratio": statistics.median(ratios), "lowest": min(ratios)})
        rows.append({"length": length, "queries": len(queries), "differing": differing, "samples": samples})
    return {**about, "rows": rows}


def main() -> int:
    """Measure every database in its own process, and print; 1 where the two found different items."""
    results = each_database.run(__file__, __doc__ or "", ("items", 20_000), measure, report.search)
    return 1 if any(row["differing"] for result in results for row in result["rows"]) else 0


if __name__ == "__main__":
    sys.exit(main())
