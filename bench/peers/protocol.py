"""How the harness and a peer talk: one JSON object a line, a request on stdin and its answer on stdout.

| request                                        | answer                                            |
|------------------------------------------------|---------------------------------------------------|
| `{"do": "prepare", "url": …, …}`               | `{"versions": …, "durability": …, "per_case": …}` |
| `{"do": "run", "cases": n}`                    | `{"wall": s, "cpu": s, "statements": n}`          |
| `{"do": "census"}`                             | `{"census": …}`                                   |
| `{"do": "quit"}`                               | – (the process ends)                              |

`prepare` may also say `create` (make the tables), `worker` (which of several processes this is), `warm` (lifecycles to
run before anything is timed) and `count` (statements, see below).
`wall` and `cpu` cover the n lifecycles and nothing else; `cpu` is this process, user and system. `statements` is only
counted on SQLite and only when asked (`count`), because counting costs time: such a run is never also a timed run.
On PostgreSQL the harness counts them itself, between the client and the server. Errors answer `{"error": traceback}`;
an implementation that cannot be measured here answers `prepare` with `{"unavailable": reason}`.
"""

import json
import os
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any, TextIO

from peers.lifecycle import Peer

DURABLE: dict[str, str] = {
    "sqlite": "journal_mode=wal synchronous=2",
    "postgresql": "fsync=on synchronous_commit=on",
}
"""What `Peer.durability` must answer: a commit is on the disk before the command returns."""


class Unavailable(Exception):
    """This implementation cannot be measured here; the message says why, for the report."""


class Counter:
    """Counts the statements SQLite says it was sent."""

    statements = 0

    def __call__(self, statement: str) -> None:
        """One more."""
        if not statement.startswith("--"):  # a comment is SQLite's note on a trigger's inner statement
            self.statements += 1


def count_on_every_connection(counter: Counter) -> None:
    """Make every SQLite connection opened from now on, by whatever library, report its statements."""
    connect = sqlite3.connect

    def traced(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        connection = connect(*args, **kwargs)
        connection.set_trace_callback(counter)
        return connection

    sqlite3.connect = sqlite3.dbapi2.connect = traced  # type: ignore[assignment]


class _Session:
    def __init__(self, make: Callable[[], Peer[Any]]) -> None:
        self.make = make
        self.counter = Counter()
        self.worker = ""
        self.done = 0

    def prepare(
        self, url: str, create: bool = True, worker: str = "w", count: bool = False, warm: int = 0
    ) -> dict[str, Any]:
        if count and url.startswith("sqlite"):
            count_on_every_connection(self.counter)
        self.worker = worker
        peer = self.make()
        peer.open(url, create)
        self.peer = peer
        self.run(warm)
        return {
            "versions": self.peer.versions(),
            "durability": self.peer.durability(),
            "per_case": self.peer.per_case,
        }

    def run(self, cases: int) -> dict[str, Any]:
        numbers = [f"{self.worker}{self.done + index:08d}" for index in range(cases)]
        self.done += cases
        lifecycle = self.peer.lifecycle
        statements = self.counter.statements
        cpu, wall = time.process_time(), time.perf_counter()
        for number in numbers:
            lifecycle(number)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        return {"wall": wall, "cpu": cpu, "statements": self.counter.statements - statements}

    def census(self) -> dict[str, Any]:
        return {"census": self.peer.census()}


def _private_stdout() -> TextIO:
    """The harness's end of stdout; whatever a library prints goes to stderr instead."""
    private = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    return private


def serve(make: Callable[[], Peer[Any]]) -> None:
    """Answer requests until `quit` or the end of input."""
    answers = _private_stdout()
    session = _Session(make)
    for line in sys.stdin:
        request = json.loads(line)
        what = request.pop("do")
        if what == "quit":
            break
        try:
            answer = getattr(session, what)(**request)
        except Unavailable as reason:
            answer = {"unavailable": str(reason)}
        except Exception:
            answer = {"error": traceback.format_exc()}
        answers.write(json.dumps(answer) + "\n")
    if hasattr(session, "peer"):
        session.peer.close_connection()
