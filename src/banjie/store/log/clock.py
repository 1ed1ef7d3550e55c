"""The store's clock: what `recorded_at` says, whatever a face or a person claims."""

import time

from django.db import connection

POSTGRESQL = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"


def now() -> int:
    """UTC microseconds: PostgreSQL's own clock (one round trip), with SQLite the host's."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(POSTGRESQL)
            return int(cursor.fetchone()[0])
    return time.time_ns() // 1000
