"""T07: commands on one case behave as if they came one after another, whoever sends them from wherever."""

import os
import random
import threading
import time
from functools import partial
from math import ceil

import pytest

from banjie.cases import queries
from banjie.cases.handle import handle
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.not_possible import NotPossible
from tests.cast import envelope, now
from tests.databases import in_threads
from tests.reliability.linearizable import Operation, explained

CLIENTS = 12
SOAK = bool(os.environ.get("BANJIE_SOAK"))
COMMANDS = 200_000 if SOAK else 600 if os.environ.get("BANJIE_SMALL") else 5_000
PER_CASE = 60


def test_the_checker_finds_a_lost_write() -> None:
    history = [
        Operation(0, 1, "swap", "a", seen=1, version=2),
        Operation(0, 1, "swap", "b", seen=1, version=2),
        Operation(2, 3, "read", value="b", version=2),
    ]

    assert not explained(history, "", 1)
    assert explained([history[1], Operation(0, 1, "swap", "a", seen=1, ok=False), history[2]], "", 1)


@pytest.mark.database
def test_commands_on_a_hot_case_have_one_order(house) -> None:  # type: ignore[no-untyped-def]
    """At least 5,000 commands (200,000 in the soak) of twelve clients on hot cases: no history unexplained."""
    seed = int(os.environ.get("BANJIE_SOAK_SEED", "20260101"))
    cases = [house.submitted() for _ in range(ceil(COMMANDS / PER_CASE / 4))]
    unexplained, counted = [], 0

    for number, case in enumerate(cases * 4):
        start = queries.view(case, now())
        history = _storm(case, house.cast.clerk, random.Random(seed + number))
        counted += len(history)
        if not explained(history, start.state.contact, start.version):
            unexplained.append((number, history))

    assert counted >= COMMANDS
    assert unexplained == []


def _storm(stream, clerk, dice: random.Random) -> list[Operation]:  # type: ignore[no-untyped-def]
    """Twelve clients, five commands each, at once."""
    history: list[Operation] = []
    lock = threading.Lock()
    seeds = [dice.randrange(2**32) for _ in range(CLIENTS)]

    def client(number: int) -> None:
        mine = random.Random(seeds[number])
        seen, operations = 0, []
        for turn in range(PER_CASE // CLIENTS):
            operation = _one(stream, clerk, f"p-{number}-{turn}", mine.choice(("write", "swap", "read")), seen)
            seen = operation.version or seen
            operations.append(operation)
        with lock:
            history.extend(operations)

    in_threads(*(partial(client, number) for number in range(CLIENTS)))
    return history


def _one(stream, clerk, name: str, kind: str, seen: int) -> Operation:  # type: ignore[no-untyped-def]
    began = time.perf_counter()
    if kind == "read" or (kind == "swap" and not seen):
        view = queries.view(stream, now())
        value, version = view.state.contact, view.version
        return Operation(began, time.perf_counter(), "read", value=value, version=version)
    expected = seen if kind == "swap" else None
    command = c.AppointContact(**envelope(clerk, seen=expected), contact=e.Person(name))
    try:
        done = handle(stream, command)
    except NotPossible as no:
        if no.code != "changed_meanwhile":
            raise
        kind = "swap" if kind == "swap" else "gave up"
        return Operation(began, time.perf_counter(), kind, name, seen, ok=False)
    return Operation(began, time.perf_counter(), kind, name, seen, version=done.version)
