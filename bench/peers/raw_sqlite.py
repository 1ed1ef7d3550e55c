"""The limit on SQLite: the standard library's driver and hand-written SQL, nothing between.

Every command is BEGIN IMMEDIATE, read, guarded update, insert, COMMIT, in WAL mode with synchronous=FULL.
"""

import json
import sqlite3

from peers.lifecycle import CENSUS, Peer, WrongState, form, materials, now, words
from peers.protocol import serve

TABLES = """
CREATE TABLE bench_case (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, form TEXT NOT NULL, state TEXT NOT NULL,
    pending INTEGER NOT NULL, seq INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
CREATE TABLE bench_material (
    id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES bench_case, name TEXT NOT NULL, digest TEXT NOT NULL);
CREATE INDEX bench_material_case ON bench_material (case_id);
CREATE TABLE bench_step (
    id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES bench_case, name TEXT NOT NULL, state TEXT NOT NULL,
    officer TEXT NOT NULL, done_at TEXT, UNIQUE (case_id, name));
CREATE TABLE bench_event (
    id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES bench_case, seq INTEGER NOT NULL, kind TEXT NOT NULL,
    payload TEXT NOT NULL, at TEXT NOT NULL, UNIQUE (case_id, seq));
CREATE TABLE bench_result (
    id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL UNIQUE REFERENCES bench_case, number TEXT NOT NULL,
    issued_at TEXT NOT NULL);
"""
READ = "SELECT state, pending, seq FROM bench_case WHERE id = ?"
MOVE = "UPDATE bench_case SET state = ?, pending = ?, seq = ?, updated_at = ? WHERE id = ? AND seq = ?"
EVENT = "INSERT INTO bench_event (case_id, seq, kind, payload, at) VALUES (?, ?, ?, ?, ?)"
SUBMIT = (
    "INSERT INTO bench_case (number, form, state, pending, seq, created_at, updated_at)"
    " VALUES (?, ?, 'submitted', 0, 1, ?, ?)"
)
MATERIALS = "INSERT INTO bench_material (case_id, name, digest) VALUES " + ", ".join(["(?, ?, ?)"] * 4)
STEPS = "INSERT INTO bench_step (case_id, name, state, officer) VALUES (?, ?, 'open', ?), (?, ?, 'open', ?)"
REVIEW = "UPDATE bench_step SET state = 'done', done_at = ? WHERE case_id = ? AND name = ? AND state = 'open'"
RESULT = "INSERT INTO bench_result (case_id, number, issued_at) VALUES (?, ?, ?)"


class RawSqlite(Peer[int]):
    """Hand-written SQL through the standard library's driver."""

    def open(self, url: str, create: bool) -> None:
        """Connect; foreign keys are enforced as Django does."""
        self.db = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=FULL")
        self.db.execute("PRAGMA foreign_keys=ON")
        if create:
            self.db.executescript(TABLES)

    def census(self) -> dict[str, int]:
        """Counted on a connection of its own, so that only what is committed counts."""
        path = self.db.execute("PRAGMA database_list").fetchone()[2]
        other = sqlite3.connect(path)
        try:
            return {name: other.execute(query).fetchone()[0] for name, query in CENSUS.items()}
        finally:
            other.close()

    def durability(self) -> str:
        """As the connection in use says."""
        mode = self.db.execute("PRAGMA journal_mode").fetchone()[0]
        return f"journal_mode={mode} synchronous={self.db.execute('PRAGMA synchronous').fetchone()[0]}"

    def versions(self) -> dict[str, str]:
        """Only SQLite itself."""
        return {"SQLite": sqlite3.sqlite_version}

    def close_connection(self) -> None:
        """Close it."""
        self.db.close()

    def submit(self, number: str) -> int:
        """Command 1."""
        execute, at = self.db.execute, now()
        execute("BEGIN IMMEDIATE")
        try:
            case = execute(SUBMIT, (number, json.dumps(form(number), ensure_ascii=False), at, at)).lastrowid
            assert case is not None
            execute(MATERIALS, [value for name, digest in materials(number) for value in (case, name, digest)])
            execute(EVENT, (case, 1, "submitted", json.dumps(words("submitted", "applicant")), at))
        except BaseException:
            execute("ROLLBACK")
            raise
        execute("COMMIT")
        return case

    def _command(
        self,
        case: int,
        before: str,
        after: str,
        kind: str,
        review: str | None = None,
        result: str | None = None,
    ) -> None:
        execute, at = self.db.execute, now()
        execute("BEGIN IMMEDIATE")
        try:
            state, pending, seq = execute(READ, (case,)).fetchone()
            if state != before:
                raise WrongState(state)
            if kind == "assigned":
                pending = 2
                execute(STEPS, (case, "a", "officer-a", case, "b", "officer-b"))
            if review is not None:
                if execute(REVIEW, (at, case, review)).rowcount != 1:
                    raise WrongState(review)
                pending -= 1
                after = before if pending else after
            if execute(MOVE, (after, pending, seq + 1, at, case, seq)).rowcount != 1:
                raise WrongState(seq)
            execute(EVENT, (case, seq + 1, kind, json.dumps(words(kind, "officer")), at))
            if result is not None:
                execute(RESULT, (case, result, at))
        except BaseException:
            execute("ROLLBACK")
            raise
        execute("COMMIT")

    def accept(self, case: int) -> None:
        """Command 2."""
        self._command(case, "submitted", "accepted", "accepted")

    def assign(self, case: int) -> None:
        """Command 3."""
        self._command(case, "accepted", "reviewing", "assigned")

    def review(self, case: int, step: str) -> None:
        """Commands 4 and 5."""
        self._command(case, "reviewing", "reviewed", "reviewed", review=step)

    def decide(self, case: int) -> None:
        """Command 6."""
        self._command(case, "reviewed", "decided", "decided")

    def issue(self, case: int) -> None:
        """Command 7."""
        self._command(case, "decided", "issued", "issued", result=f"许可{case:08d}")

    def close(self, case: int) -> None:
        """Command 8."""
        self._command(case, "issued", "closed", "closed")


if __name__ == "__main__":
    serve(RawSqlite)
