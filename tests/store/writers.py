"""Writers for the tests of the feed, in a process of their own: python -m tests.store.writers.

Each line on stdin is an order (JSON): url, streams (hex), threads, facts (per thread), delay (longest wait before a
commit, in seconds), seed. Each order done is answered with a line.
"""

import json
import random
import sys
import time
from collections.abc import Sequence
from functools import partial
from uuid import UUID

import django
from django.conf import settings

settings.INSTALLED_APPS = ["banjie.store.log"]  # they need no more, and there are several of them to start
django.setup()

from django.db import connection, transaction  # noqa: E402

from banjie.store.log.append import append  # noqa: E402
from banjie.store.log.ids import uuid7  # noqa: E402
from tests import databases  # noqa: E402


def write(streams: Sequence[UUID], facts: int, delay: float, seed: int) -> None:
    """Record facts in random streams, several to a command, each command committed after a random wait."""
    chance = random.Random(seed)
    left = facts
    while left > 0:
        stream, several = chance.choice(streams), min(left, chance.randint(1, 24))
        with transaction.atomic():
            if chance.random() < 0.3 and connection.vendor == "postgresql":
                # It takes its transaction id and its place in the sequence before it touches the stream.
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_current_xact_id(), nextval('unfed_seq_seq')")
                time.sleep(chance.random() * delay)
            body = b'{"note":"%d"}' % chance.getrandbits(256)
            append(stream, "test", [("noted", body)] * several, command_id=uuid7(), at=0, actor="writer")
            time.sleep(chance.random() * delay)
        left -= several


def main() -> None:
    for line in sys.stdin:
        orders = json.loads(line)
        databases.use(orders["url"])
        streams = [UUID(each) for each in orders["streams"]]
        seeds = range(orders["seed"], orders["seed"] + orders["threads"])
        databases.in_threads(*(partial(write, streams, orders["facts"], orders["delay"], seed) for seed in seeds))
        print("done", flush=True)


if __name__ == "__main__":
    main()
