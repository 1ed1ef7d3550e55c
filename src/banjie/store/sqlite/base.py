"""A connection that refuses to work unless what it acknowledges survives a power cut.

Every new connection is set to a write-ahead log, a full sync at every commit, foreign keys and recursive triggers (the
log's guard against INSERT OR REPLACE), and the settings are read back: ImproperlyConfigured where one did not take.
Transactions begin IMMEDIATE, so that none fails half-way for having read before somebody else wrote.
"""

import sqlite3
from typing import Any
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.sqlite3 import base

from banjie.store.sqlite.lock import WriteLock

TIMEOUT = 20.0
"""Seconds a writer waits where OPTIONS names no timeout."""
MAPPED_BYTES = 256 * 1024 * 1024
CACHE_KIBIBYTES = 32 * 1024
LARGEST_IDLE_LOG = 67_108_864
"""Bytes of the write-ahead log that stay on the disk when it is not in use."""

REQUIRED = (
    ("journal_mode", "wal", "the write-ahead log keeps readers and the writer apart"),
    ("synchronous", 2, "FULL: an acknowledged receipt survives a power cut"),
    ("recursive_triggers", 1, "without it INSERT OR REPLACE could overwrite the log"),
    ("foreign_keys", 1, "without it rows could refer to nothing"),
)

sqlite3.register_adapter(UUID, lambda each: each.hex)  # for hand-written SQL: as Django keeps one (and a date, itself)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own SQLite connection, durable and queueing.

    `write_lock()` is for code that talks to the driver's connection itself:

        with connection.write_lock():
            driver.execute("BEGIN IMMEDIATE")
            ...
            driver.execute("COMMIT")

    Transactions of Django take the same lock. It may be nested within one connection.
    """

    _write_lock: WriteLock | None = None
    _locked_name: Any = None
    _transaction_is_locked = False

    def write_lock(self) -> WriteLock:
        """The right to write to this database file, as a context manager; OperationalError after OPTIONS' timeout."""
        name = self.settings_dict["NAME"]
        if self._write_lock is None or self._locked_name != name:
            path = None if self.is_in_memory_db() else f"{name}.lock"
            timeout = float(self.settings_dict["OPTIONS"].get("timeout", TIMEOUT))
            self._write_lock, self._locked_name = WriteLock(path, timeout), name
        return self._write_lock

    def get_connection_params(self) -> dict[str, Any]:
        """Django's parameters, with transactions that begin IMMEDIATE whatever OPTIONS says."""
        parameters: dict[str, Any] = super().get_connection_params()
        parameters.setdefault("timeout", TIMEOUT)
        self.transaction_mode = "IMMEDIATE"
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        """Connect, set what durability needs, and read it back; ImproperlyConfigured where it did not take."""
        driver: sqlite3.Connection = super().get_new_connection(conn_params)
        try:
            self._set(driver)
            self._require(driver)
        except BaseException:
            driver.close()
            raise
        return driver

    def _set(self, driver: sqlite3.Connection) -> None:
        if not self.is_in_memory_db() and _pragma(driver, "journal_mode") != "wal":
            # The change needs the file to itself: several processes may start at once.
            with self.write_lock():
                driver.execute("PRAGMA journal_mode=WAL")
        driver.execute("PRAGMA synchronous=FULL")
        driver.execute("PRAGMA foreign_keys=ON")
        driver.execute("PRAGMA recursive_triggers=ON")
        driver.execute("PRAGMA secure_delete=ON")  # a destroyed key is overwritten, not only unlinked
        driver.execute(f"PRAGMA mmap_size={MAPPED_BYTES}")
        driver.execute(f"PRAGMA cache_size=-{CACHE_KIBIBYTES}")
        driver.execute(f"PRAGMA journal_size_limit={LARGEST_IDLE_LOG}")

    def _require(self, driver: sqlite3.Connection) -> None:
        for name, needed, reason in REQUIRED:
            stands = _pragma(driver, name)
            if stands == needed or (name == "journal_mode" and self.is_in_memory_db()):
                continue
            raise ImproperlyConfigured(
                f"SQLite says {name}={stands} for {self.settings_dict['NAME']}, and Banjie needs {name}={needed} "
                f"({reason}). Put the database on a local disk, and let no OPTIONS change this setting."
            )

    def _set_autocommit(self, autocommit: bool) -> None:
        with self.wrap_database_errors:
            self.connection.isolation_level = None if autocommit else "IMMEDIATE"

    def _start_transaction_under_autocommit(self) -> None:
        lock = self.write_lock()
        lock.acquire()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            lock.release()
            raise
        self._transaction_is_locked = True

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            self._transaction_may_have_ended()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._transaction_may_have_ended()

    def close(self) -> None:
        """Close the connection and let the next writer in."""
        super().close()
        if self.connection is None or self.closed_in_transaction:
            self._transaction_is_locked = False
            if self._write_lock is not None:
                self._write_lock.close()

    def _transaction_may_have_ended(self) -> None:
        """Let the next writer in, unless the commit failed and the transaction still stands."""
        if not self._transaction_is_locked or (self.connection is not None and self.connection.in_transaction):
            return
        self._transaction_is_locked = False
        self.write_lock().release()


def _pragma(driver: sqlite3.Connection, name: str) -> Any:
    return driver.execute(f"PRAGMA {name}").fetchone()[0]
