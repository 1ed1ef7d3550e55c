"""How fast a log is audited, and proofs are made and checked; beside it the bare limit of the same work.

The limit of auditing a chain is to read every fact's bytes in order and to hash them, and nothing else: it is measured
in its two halves, on the same rows, in the same process, turn beside turn. Seconds of processor time of one process; on
PostgreSQL that is the client's core, and what the server's does for the chains is measured beside it. Each database is
measured in a process.
"""

import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import each_database
import report

EVENTS = 200_000
LENGTH = 10
BODY = 260
PROOFS = 2_000


def measured(url: str, events: int, rounds: int, seed: int) -> dict[str, Any]:
    """Fill an empty database with a log and time everything on it, in turn, `rounds` times."""
    each_database.set_up(url)
    from django.db import connection

    from banjie.store.evidence import audit, checkpoints, merkle, proofs, tree
    from banjie.store.log import verify
    from banjie.store.log.install import create_installation
    from banjie.store.log.models import Entry

    create_installation(demo=False)
    _fill(events)
    with connection.cursor() as cursor:
        for table in ("log", "feed"):
            cursor.execute(f"VACUUM ANALYZE {table}" if connection.vendor == "postgresql" else f"ANALYZE {table}")
    clock = time.process_time
    chance = random.Random(seed)
    sizes = [len(bytes(body)) + 260 for body in Entry.objects.values_list("body", flat=True)[:100]]
    sample = os.urandom(sum(sizes) // len(sizes))

    def hashing() -> None:
        for _ in range(events):
            sha256(sample).digest()

    def reading() -> None:
        with verify.own_connection() as own:
            if own.vendor == "postgresql":
                with own.connection.transaction():
                    for _each in verify.whole_streams(own.connection):
                        pass
                return
            with verify.plain(own) as driver:
                for _page in verify.pages(driver):
                    pass

    def chains() -> None:
        with verify.own_connection() as own:
            before = _server_seconds(own)
            assert verify.all_hold(own)
            server.append(_server_seconds(own) - before)

    def column_by_column() -> None:
        with verify.own_connection() as own:
            assert not list(verify.column_by_column(own))

    def whole() -> None:
        assert audit.part("tree", audit.leaves).fault is None

    def building() -> None:
        edge = merkle.Frontier()
        for _ in range(events):
            edge.add(sha256(b"\x00" + sample[:32]).digest())
        edge.root()

    began = clock()
    checkpoints.make()
    grown = clock() - began
    stored = tree.stored()
    root = stored.root(events)
    indexes = [chance.randrange(events) for _ in range(PROOFS)]
    places = [(row.stream, row.position) for row in Entry.objects.order_by("stream", "position")[: PROOFS // 10]]
    paths = [stored.inclusion(index, events) for index in indexes]
    leaves = [stored.leaf(index) for index in indexes]

    def making() -> None:
        own = tree.stored()
        for index in indexes:
            own.inclusion(index, events)

    def for_citizens() -> None:
        for stream, position in places:
            proofs.proof_of(stream, position)

    def checking() -> None:
        for index, leaf, path in zip(indexes, leaves, paths, strict=True):
            assert merkle.verify_inclusion(leaf, index, events, path, root)

    signed = checkpoints.newest()
    key = checkpoints.every_key()[0][0]
    assert signed is not None

    def signatures() -> None:
        for _ in range(200):
            assert signed.signed.signed_by(key)

    works: dict[str, tuple[Callable[[], None], int]] = {
        "hashing alone": (hashing, events),
        "reading alone": (reading, events),
        "chains": (chains, events),
        "chains, column by column": (column_by_column, events),
        "tree in memory": (building, events),
        "feed, tree and roots": (whole, events),
        "inclusion proofs made": (making, PROOFS),
        "citizens' proofs made, each by itself": (for_citizens, len(places)),
        "inclusion proofs checked": (checking, PROOFS),
        "checkpoints checked (Ed25519)": (signatures, 200),
    }
    server: list[float] = []
    samples: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, (work, count) in works.items():
            began = clock()
            work()
            samples[name].append(count / (clock() - began))
    return {
        "database": connection.vendor,
        "events": events,
        "bytes": sum(sizes) // len(sizes),
        "hashes_in_a_proof": max(len(each) for each in paths),
        "grown": events / grown,
        "rates": samples,
        "server": events / statistics.median(server) if connection.vendor == "postgresql" else 0,
    }


def _server_seconds(own: Any) -> float:
    """How long PostgreSQL's process of this connection has been at work; 0 on SQLite, which has none."""
    if own.vendor != "postgresql":
        return 0.0
    told = Path(f"/proc/{own.connection.info.backend_pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def _fill(events: int) -> None:
    """A log of streams with ten facts each, and its feed, written straight into the tables."""
    from django.db import connection, transaction

    from banjie.store.log import append, chain, queries, read
    from banjie.store.log.ids import uuid7
    from banjie.store.log.models import Feed

    installation = queries.installation().id
    body = json.dumps({"note": "x" * BODY}).encode()
    number = 0
    while number < events:
        entries = []
        for _ in range(1_000):
            stream, prev = uuid7(), chain.GENESIS
            for position in range(1, LENGTH + 1):
                command = uuid7()
                before = (position, "case", "step_finished", 1_772_000_000_000_000, 1_772_000_000_000_001, "p-9f2c", "")
                link = chain.link(chain.ALG, prev, (stream.hex, *before, command.hex, 0, installation), body)
                entries.append(read.LogEntry(stream, *before, command, 0, installation, body, chain.ALG, prev, link))
                prev = link
        with transaction.atomic():
            append._insert(entries)
            rows = [
                Feed(no=number + at, stream=each.stream, position=each.position) for at, each in enumerate(entries, 1)
            ]
            Feed.objects.bulk_create(rows, batch_size=5_000)
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM unfed")
        number += len(entries)


def main() -> int:
    """Measure every database in its own process, and print."""
    each_database.run(__file__, __doc__ or "", ("events", EVENTS), measured, report.audit, rounds=3)
    return 0


if __name__ == "__main__":
    sys.exit(main())
