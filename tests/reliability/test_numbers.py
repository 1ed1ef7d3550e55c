"""T06: case numbers have no gap and no double, whatever fails between asking and writing, whoever asks at once."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from banjie.cases import audit
from banjie.cases.handle import submit
from banjie.cases.models import Registration
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.guards import BadInput
from banjie.engine.not_possible import NotPossible
from tests.cases.house import DISPATCH, House
from tests.databases import Database, in_threads

SOAK = bool(os.environ.get("BANJIE_SOAK"))
SEED = int(os.environ.get("BANJIE_SOAK_SEED", "20260101"))
DAYS = 20 if SOAK else 2
CLIENTS = 12
STEPS = 20 if SOAK else 3
"""Of each client on each day: 4,800 in all at full length."""
KILLED = (
    "import django, os, signal, sys; django.setup()\n"
    "from datetime import date\n"
    "from banjie.cases import sql\n"
    "with sql.reading_and_writing(plainly=False) as wire:\n"
    "    for day in sys.argv[2:]:\n"
    "        sql.next_serial(wire, sys.argv[1], date.fromisoformat(day))\n"
    "    os.kill(os.getpid(), signal.SIGKILL)\n"
)
"""A process that takes numbers and dies before it could commit."""


class Book:
    """What the clients were told: by idempotency key the number, of every key they ever used."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.numbers: dict[str, str] = {}
        self.failed = 0

    def told(self, key: str, number: str) -> None:
        """An answer: the same as to the same key before, or the first."""
        with self._lock:
            assert self.numbers.setdefault(key, number) == number, "one key, two numbers"

    def refused(self) -> None:
        """No answer but a refusal: it must cost no number."""
        with self._lock:
            self.failed += 1

    def a_key(self, dice: random.Random) -> str:
        """A key that somebody has used, perhaps while it is still under way; a new one where there is none."""
        with self._lock:
            known = sorted(self.numbers)
        return dice.choice(known) if known else uuid4().hex


@pytest.mark.database
@pytest.mark.slow
def test_numbers_have_no_gap_and_no_double_whatever_happens_in_between(database: Database) -> None:
    """Applications, refused ones, repeated ones and killed processes, day after day, on two items at once."""
    house, book = House(database, demo=True), Book()
    houses = [house, House(database, demo=True)]
    houses[1].at = house.at
    houses[1].of_item(DISPATCH)
    dice = random.Random(SEED)
    codes = {each.code[:31] for each in houses}
    assert len(codes) == 2

    for _ in range(DAYS):
        seeds = [dice.randrange(2**32) for _ in range(CLIENTS)]
        clients = [partial(_client, houses, book, random.Random(seed)) for seed in seeds]
        killed = partial(_die, house) if SOAK else _nothing
        in_threads(killed, *clients)
        assert list(audit.faults()) == []
        for each in houses:
            assert each.at is not None
            each.at += timedelta(days=1)

    on_record = Counter(Registration.objects.kept().values_list("number", flat=True))
    assert on_record == Counter(book.numbers.values()), "every number on record was told once, and none else"
    serials: dict[str, list[str]] = {}
    for number in on_record:
        serials.setdefault(number[:-4], []).append(number[-4:])
    assert {each[:31] for each in serials} == codes
    for prefix, given in serials.items():
        assert sorted(given) == [f"{at:04d}" for at in range(1, len(given) + 1)], prefix
    assert book.failed > 0


def _client(houses: list[House], book: Book, dice: random.Random) -> None:
    for _ in range(STEPS):
        dice.choices((_submits, _is_refused, _breaks_off, _repeats), (6, 2, 1, 2))[0](dice.choice(houses), book, dice)


def _submits(house: House, book: Book, dice: random.Random) -> None:
    key = uuid4().hex
    book.told(key, submit(house.code, house.application(), key, house.code.encode()).number)


def _is_refused(house: House, book: Book, dice: random.Random) -> None:
    """A file that never came, or an answer that is none: found out before and after the number is taken."""
    plain = house.application()
    lost = (replace(plain.provided[0], files=(e.FileRef(uuid4().hex, "0" * 64),)), *plain.provided[1:])
    wrong = [replace(plain, provided=lost), replace(plain, answers=c.Personal({"place_name": 7}))]
    with pytest.raises(BadInput):
        submit(house.code, dice.choice(wrong), uuid4().hex, b"")
    book.refused()


def _breaks_off(house: House, book: Book, dice: random.Random) -> None:
    """The same command under another key: the number is taken and given back when the fact is written twice."""
    command, key, other = house.application(), uuid4().hex, uuid4().hex
    book.told(key, submit(house.code, command, key, house.code.encode()).number)
    try:
        book.told(other, submit(house.code, command, other, house.code.encode()).number)
    except NotPossible:
        book.refused()


def _repeats(house: House, book: Book, dice: random.Random) -> None:
    """A key again, on either item: the first answer, or a refusal; never a number."""
    key = book.a_key(dice)
    try:
        book.told(key, submit(house.code, house.application(), key, house.code.encode()).number)
    except NotPossible as no:
        if no.code != "key_reused_with_other_body":
            raise
        book.refused()


def _die(house: House) -> None:
    arguments = [house.code[:31], house.now.date().isoformat()]
    done = subprocess.run([sys.executable, "-c", KILLED, *arguments], env=os.environ, capture_output=True, timeout=300)
    assert done.returncode == -signal.SIGKILL, done.stderr


def _nothing() -> None:
    """In the short form nobody is killed: `tests/cases/test_submit.py` does that once."""
