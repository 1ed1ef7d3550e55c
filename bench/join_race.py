"""Two officers finish the two parallel reviews of a case at the same instant: does the case go on?

At PostgreSQL's READ COMMITTED a statement's snapshot is taken before it waits for a row lock, so a join that asks "is a
step still open?" in the statement that closes the case does not see the other review, and the case is stuck for ever:
both reviews done, nobody able to decide. The first row is that mistake, as the control that shows the race is reached.
A counter on the case's row, decremented in the UPDATE that locks it, is not fooled.

A case is stuck if both reviews returned and the decision is refused; `reviews refused` counts those that raised.
"""

import argparse
import importlib
import json
import multiprocessing
import os
import statistics
import sys
import time
from contextlib import ExitStack
from ctypes import c_long
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import RawArray
from pathlib import Path
from typing import Any

import postgres
import report
from peers.protocol import Unavailable
from peers.raw_postgres import RawPostgres

ROOT = Path(__file__).resolve().parent.parent
CONTROL = "exists(open step), the control"
NAIVE = (
    "UPDATE bench_case AS c SET state = CASE WHEN EXISTS"
    " (SELECT 1 FROM bench_step AS s WHERE s.case_id = c.id AND s.state = 'open') THEN c.state ELSE %s END,"
    " pending = 0, seq = seq + 1, updated_at = %s WHERE c.id = %s AND c.state = %s RETURNING seq"
)


class NaiveJoin(RawPostgres):
    """The hand-written implementation with the mistake."""

    join = NAIVE


RACERS: dict[str, tuple[str, str]] = {
    CONTROL: ("join_race", "NaiveJoin"),
    "counter on the case's row (raw)": ("peers.raw_postgres", "RawPostgres"),
    "banjie": ("peers.banjie_peer", "Banjie"),
    "plain Django ORM (row lock first)": ("peers.plain_orm", "PlainOrm"),
    "viewflow": ("peers.viewflow_peer", "Viewflow"),
}
"""What can be raced: any implementation of the lifecycle, for the race is between two calls of its `review`."""
USUAL = list(RACERS)[:4]


def officer(racer: tuple[str, str], url: str, side: int, cases: int, gate: Any, wire: Connection) -> None:
    """One of the two processes: side 0 also opens the cases before and tries to decide them after."""
    peer = getattr(importlib.import_module(racer[0]), racer[1])()
    try:
        peer.open(url, side == 0)
    except Unavailable as reason:
        wire.send({"unavailable": str(reason)})
        return
    if side == 0:
        opened = [peer.submit(f"race{number:08d}") for number in range(cases)]
        for case in opened:
            peer.accept(case)
            peer.assign(case)
        wire.send({"cases": opened})
    else:
        wire.send({})
        opened = wire.recv()
    refused, taken = [], []
    for index, case in enumerate(opened):
        gate[side] = index + 1
        while gate[1 - side] <= index:
            os.sched_yield()
        start = time.perf_counter()
        try:
            peer.review(case, "ab"[side])
        except Exception:
            refused.append(index)
        taken.append(time.perf_counter() - start)
    if side == 1:
        wire.send({"refused": refused, "taken": taken})
        return
    wire.send({"refused": refused, "taken": taken})
    unable = wire.recv()
    stuck = 0
    for index, case in enumerate(opened):
        if index in unable:
            continue
        try:
            peer.decide(case)
        except Exception:
            stuck += 1
    wire.send({"stuck": stuck})


def race(racer: tuple[str, str], url: str, cases: int) -> dict[str, Any]:
    """Race one implementation in a new database; raises Unavailable when it cannot be measured here."""
    context = multiprocessing.get_context("spawn")
    gate = RawArray(c_long, 2)
    with ExitStack() as stack:
        wires = []
        for side in (0, 1):
            wire, other = context.Pipe()
            process = context.Process(target=officer, args=(racer, url, side, cases, gate, other), daemon=True)
            process.start()
            other.close()
            stack.callback(process.join, 10)
            wires.append(wire)
            opened = wire.recv()
            if "unavailable" in opened:
                raise Unavailable(opened["unavailable"])
            if side == 0:
                ids = opened["cases"]
            else:
                wire.send(ids)
        answers = [wire.recv() for wire in wires]
        unable = set(answers[0]["refused"]) | set(answers[1]["refused"])
        wires[0].send(unable)
        stuck = wires[0].recv()["stuck"]
    both = [max(pair) for pair in zip(answers[0]["taken"], answers[1]["taken"], strict=True)]
    refused = sum(len(answer["refused"]) for answer in answers)
    return {"cases": cases, "stuck": stuck, "refused": refused, "ms": statistics.median(both) * 1000}


def measure(url: str, cases: int, names: list[str]) -> dict[str, Any]:
    """Each implementation in a database of its own."""
    rows, excluded = [], {}
    for number, name in enumerate(names):
        database = postgres.new_database(url, f"bench_race_{number}")
        try:
            rows.append({"name": name, **race(RACERS[name], database, cases)})
        except Unavailable as reason:
            excluded[name] = str(reason)
    return {"rows": rows, "excluded": excluded}


def main() -> int:
    """Race and print; fails when the control shows no race, or when anything else than the control gets stuck."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument(
        "--only", nargs="+", choices=list(RACERS), default=USUAL, metavar="NAME", help=", ".join(RACERS)
    )
    parser.add_argument("--url", help="of a PostgreSQL server; one is started when it is not given")
    parser.add_argument("--json", action="store_true", help="for a program")
    chosen = parser.parse_args()
    sys.path.append(str(ROOT / "src"))  # the officers' processes are given this path
    with ExitStack() as stack:
        url = chosen.url or stack.enter_context(postgres.running(durable=True))
        result = measure(url, chosen.cases, chosen.only)
    print(json.dumps(result) if chosen.json else report.race(result))
    wrong = [row["name"] for row in result["rows"] if (row["stuck"] > 0) != (row["name"] == CONTROL)]
    if wrong:
        print("Not as expected:", ", ".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
