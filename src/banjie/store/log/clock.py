"""The store's clock: what `recorded_at` says, whatever a face or a person claims."""

import time

from django.db import connection

from banjie.store.log.watch import watch

POSTGRESQL = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
FRESH = 10_000_000
"""Microseconds for which what a process heard of PostgreSQL's clock is carried on by its own steady one."""
TOLERANCE = 1_000_000
"""Microseconds by which such an estimate may be off; the store itself looks, and writes nothing where it is more."""

_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # goes on while the machine sleeps, where it can
_heard: tuple[int, int] | None = None


def now() -> int:
    """UTC microseconds: PostgreSQL's own clock (one round trip), with SQLite the host's."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(POSTGRESQL)
            return looked(int(cursor.fetchone()[0]))
    return hosts()


def looked(store_now: int) -> int:
    """What PostgreSQL's clock has just said; whoever watches the clocks sees it."""
    watch.look(store_now, steady())
    return store_now


def hosts() -> int:
    """UTC microseconds by this machine's clock: the store's, where that is SQLite."""
    host_now = time.time_ns() // 1000
    watch.look(host_now, steady())
    return host_now


def hear(store_now: int) -> None:
    """Remember what PostgreSQL's clock says at this moment."""
    global _heard
    _heard = (store_now, steady())
    watch.look(*_heard)


def estimate() -> int | None:
    """What PostgreSQL's clock says by now, without asking; None where it was not heard within FRESH.

    Only for a statement that lets the store look at its own clock (TOLERANCE).
    """
    if _heard is None:
        return None
    store_then, steady_then = _heard
    now = steady()
    passed = now - steady_then
    if not 0 <= passed < FRESH:
        return None
    watch.look(store_then + passed, now)
    return store_then + passed


def forget() -> None:
    """Forget what was heard: another database has another clock."""
    global _heard
    _heard = None


def steady() -> int:
    """Microseconds of the clock that nobody can set, from the start of the machine."""
    return time.clock_gettime_ns(_STEADY) // 1000
