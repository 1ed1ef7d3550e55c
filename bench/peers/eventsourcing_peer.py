"""The eventsourcing library: an aggregate whose events are the record, replayed for every command.

Its own store is all there is: no case row, no materials or steps to query, no result table. The events are written
with its default recorder and transcoder; the originator's version is the sequence number, unique in its table.
"""

from importlib.metadata import version
from typing import Any, ClassVar
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from psycopg.conninfo import conninfo_to_dict

from peers.lifecycle import COMMANDS, REVIEWS, Peer, WrongState, form, materials, words
from peers.protocol import serve


class Case(Aggregate):
    """A case; each method checks the state first, so that a refused command records nothing."""

    @event("Submitted")
    def __init__(self, number: str, form: dict[str, Any], materials: list[list[str]], note: dict[str, str]) -> None:
        self.number = number
        self.form = form
        self.materials = materials
        self.state = "submitted"
        self.open: list[str] = []
        self.result = ""

    def _guard(self, state: str) -> None:
        if self.state != state:
            raise WrongState(self.state)

    def accept(self) -> None:
        """Command 2."""
        self._guard("submitted")
        self._accepted(words("accepted", "officer"))

    @event("Accepted")
    def _accepted(self, note: dict[str, str]) -> None:
        self.state = "accepted"

    def assign(self) -> None:
        """Command 3."""
        self._guard("accepted")
        self._assigned(list(REVIEWS), words("assigned", "officer"))

    @event("Assigned")
    def _assigned(self, steps: list[str], note: dict[str, str]) -> None:
        self.state, self.open = "reviewing", list(steps)

    def review(self, step: str) -> None:
        """Commands 4 and 5."""
        self._guard("reviewing")
        if step not in self.open:
            raise WrongState(step)
        self._reviewed(step, words("reviewed", "officer"))

    @event("Reviewed")
    def _reviewed(self, step: str, note: dict[str, str]) -> None:
        self.open.remove(step)
        self.state = "reviewing" if self.open else "reviewed"

    def decide(self) -> None:
        """Command 6."""
        self._guard("reviewed")
        self._decided(words("decided", "officer"))

    @event("Decided")
    def _decided(self, note: dict[str, str]) -> None:
        self.state = "decided"

    def issue(self, number: str) -> None:
        """Command 7."""
        self._guard("decided")
        self._issued(number, words("issued", "officer"))

    @event("Issued")
    def _issued(self, number: str, note: dict[str, str]) -> None:
        self.state, self.result = "issued", number

    def close(self) -> None:
        """Command 8."""
        self._guard("issued")
        self._closed(words("closed", "officer"))

    @event("Closed")
    def _closed(self, note: dict[str, str]) -> None:
        self.state = "closed"


class Cases(Application[UUID]):
    """The library's application object: a repository and a recorder."""


class EventSourcing(Peer[UUID]):
    """Aggregates saved by an application."""

    per_case: ClassVar[dict[str, int]] = {"closed": 1, "events": COMMANDS, "whole_histories": 1}

    def open(self, url: str, create: bool) -> None:
        """The application makes its tables itself when they are not there."""
        self.sqlite = url.startswith("sqlite")
        if self.sqlite:
            where = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": url.removeprefix("sqlite:///")}
        else:
            parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
            where = {
                "PERSISTENCE_MODULE": "eventsourcing.postgres",
                "POSTGRES_DBNAME": parts.get("dbname", ""),
                "POSTGRES_HOST": parts.get("host", ""),
                "POSTGRES_PORT": parts.get("port", "5432"),
                "POSTGRES_USER": parts.get("user", ""),
                "POSTGRES_PASSWORD": parts.get("password", ""),
            }
        self.app = Cases(env=where)

    def _query(self, query: str) -> Any:
        datastore: Any = self.app.factory.datastore  # type: ignore[attr-defined]
        if self.sqlite:
            with datastore.transaction(commit=False) as cursor:
                cursor.execute(query)
                return cursor.fetchone()[0]
        with datastore.get_connection() as connection:
            return next(iter(connection.execute(query).fetchone().values()))

    def census(self) -> dict[str, int]:
        """From the event table; a whole history is the versions 1 to 8."""
        table = self.app.recorder.events_table_name  # type: ignore[attr-defined]
        return {
            "closed": self._query(f"SELECT count(*) FROM {table} WHERE topic LIKE '%Closed'"),
            "events": self._query(f"SELECT count(*) FROM {table}"),
            "whole_histories": self._query(
                f"SELECT count(*) FROM (SELECT originator_id FROM {table} GROUP BY originator_id"
                " HAVING count(*) = 8 AND min(originator_version) = 1 AND max(originator_version) = 8) AS whole"
            ),
        }

    def durability(self) -> str:
        """As a connection of the library's own pool says."""
        if self.sqlite:
            mode = self._query("PRAGMA journal_mode")
            return f"journal_mode={mode} synchronous={self._query('PRAGMA synchronous')}"
        return f"fsync={self._query('SHOW fsync')} synchronous_commit={self._query('SHOW synchronous_commit')}"

    def versions(self) -> dict[str, str]:
        """The library and the database."""
        found = {"eventsourcing": version("eventsourcing")}
        if self.sqlite:
            return found | {"SQLite": self._query("SELECT sqlite_version()")}
        return found | {"psycopg": version("psycopg"), "PostgreSQL": self._query("SHOW server_version")}

    def close_connection(self) -> None:
        """Close the pool."""
        self.app.close()

    def submit(self, number: str) -> UUID:
        """Command 1."""
        handed_in = [[name, digest] for name, digest in materials(number)]
        case = Case(number, form(number), handed_in, words("submitted", "applicant"))
        self.app.save(case)
        return case.id

    def _load(self, case: UUID) -> Case:
        return self.app.repository.get(case)

    def accept(self, case: UUID) -> None:
        """Command 2."""
        aggregate = self._load(case)
        aggregate.accept()
        self.app.save(aggregate)

    def assign(self, case: UUID) -> None:
        """Command 3."""
        aggregate = self._load(case)
        aggregate.assign()
        self.app.save(aggregate)

    def review(self, case: UUID, step: str) -> None:
        """Commands 4 and 5."""
        aggregate = self._load(case)
        aggregate.review(step)
        self.app.save(aggregate)

    def decide(self, case: UUID) -> None:
        """Command 6."""
        aggregate = self._load(case)
        aggregate.decide()
        self.app.save(aggregate)

    def issue(self, case: UUID) -> None:
        """Command 7."""
        aggregate = self._load(case)
        aggregate.issue(f"许可{aggregate.number}")
        self.app.save(aggregate)

    def close(self, case: UUID) -> None:
        """Command 8."""
        aggregate = self._load(case)
        aggregate.close()
        self.app.save(aggregate)


if __name__ == "__main__":
    serve(EventSourcing)
