"""A county of six offices and half a year of cases, honest or with planted misconduct, made by a seed.

Where the parameters come from: limits, pause grounds, opening hours and the calendar are the demo region's. How long
things take, how often papers are missing, how often people withdraw are assumptions, chosen wide (each office draws its
own) and stated in `offices.office_of` and `life.Life`; no figure was fitted to any detector, and nothing of the
detectors is imported here. Misconduct is done by people who do it again: each kind has an office or two with a rate and
a boldness of its own, and even they are honest most of the time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from uuid import UUID

from tests.synthetic_county.life import Life, Told, Twist
from tests.synthetic_county.offices import DAY, Office, moment, office_of

KINDS: Mapping[str, tuple[str, ...]] = {
    "back_filled": ("eatery", "double", "chain"),
    "off_system": ("eatery", "double", "chain"),
    "last_day_pause": ("lab",),
    "pause_chain": ("lab",),
    "second_correction": ("eatery", "lab", "double", "chain", "register"),
    "coaxed_withdrawal": ("eatery", "lab", "double", "chain"),
    "mass_closing": ("eatery", "lab", "double", "chain"),
    "one_person": ("double",),
    "blocked_node": ("eatery", "lab", "double", "chain"),
}
"""The kinds of misconduct, and the items on which each is possible."""
SHARES = {"eatery": 0.17, "lab": 0.17, "double": 0.16, "chain": 0.15, "register": 0.15, "counter": 0.2}
LENGTH = 120
"""Working days in which cases are filed: March to August 2026."""
OUTAGES = frozenset({"outage-1", "outage-2"})
"""The registered outages, which lawful late entries refer to."""


@dataclass
class County:
    """What was told, and what was planted in it: by kind, what it is about, and how boldly.

    What a misdeed is about is a stream; of mass closing a unit and a month, "o1-decide/2026-04".
    """

    seed: int
    cases: list[Told]
    planted: dict[str, dict[str, float]]
    until: date


@dataclass(frozen=True)
class Bad:
    """Somebody who does a kind of misconduct: how often of the cases where it is possible, and how boldly."""

    rate: float
    boldness: float
    clerk_days: frozenset[int]


def county(seed: int, cases: int = 2400, honest: bool = False, offices: int = 6) -> County:
    """The county of this seed."""
    rng = Random(f"county/{seed}")
    houses = [office_of(f"o{number}", rng) for number in range(offices)]
    bad = {} if honest else _who_is_bad(houses, rng)
    told: list[Told] = []
    planted: dict[str, dict[str, float]] = {kind: {} for kind in KINDS}
    parties = [f"p-{number:05d}" for number in range(cases)]
    heaps: dict[str, list[float]] = {}
    number = 0
    todo = [(_filing(rng), None) for _ in range(cases)]
    again: list[tuple[float, Office, str, str, bool]] = []
    for filed, _ in todo:
        office = rng.choice(houses)
        item = rng.choices(list(SHARES), list(SHARES.values()))[0]
        party = rng.choice(parties)
        number += 1
        life = _life(seed, number, office, item, party, filed, bad, rng)
        one = life.tell()
        told.append(one)
        _note_planted(one, planted, heaps)
        if life.refile is not None:
            again.append((life.refile, office, item, party, life.twist is None))
    for filed, office, item, party, own_will in again:
        number += 1
        better = rng.random() < (0.5 if own_will else 0.1)
        if filed < (LENGTH + 40) * DAY:
            once_more = Random(f"{seed}/{number}")
            stream = _stream(seed, number)
            told.append(Life(office, item, once_more, stream, party, filed, better=better).tell())
    for month, boldness in heaps.items():
        if len(boldness) >= 4:
            planted["mass_closing"][month] = sum(boldness) / len(boldness)
    until = moment((LENGTH + 45) * DAY).date()
    return County(seed, told, planted, until)


def _filing(rng: Random) -> float:
    """When somebody files: more at month ends, fewer after lunch."""
    while True:
        x = rng.uniform(0, LENGTH) * DAY
        month_end = (moment(x).date() + timedelta(days=4)).month != moment(x).date().month
        if rng.random() < (1.0 if month_end else 0.65):
            return x


def _who_is_bad(houses: list[Office], rng: Random) -> dict[tuple[str, str], Bad]:
    bad = {}
    for kind in KINDS:
        for office in rng.sample(houses, rng.choice((1, 1, 2))):
            rate = rng.uniform(0.06, 0.3)
            bad[office.name, kind] = Bad(rate, rng.betavariate(1.5, 1.3), frozenset(rng.sample(range(LENGTH), 14)))
    return bad


def _life(
    seed: int,
    number: int,
    office: Office,
    item: str,
    party: str,
    filed: float,
    bad: Mapping[tuple[str, str], Bad],
    rng: Random,
) -> Life:
    own = Random(f"{seed}/{number}")
    twist = None
    kinds = [kind for kind, items in KINDS.items() if item in items and (office.name, kind) in bad]
    rng.shuffle(kinds)
    for kind in kinds:
        who = bad[office.name, kind]
        rate = who.rate if kind != "mass_closing" else _in_bad_month(filed, who)
        if rng.random() < rate:
            twist = Twist(kind, min(max(who.boldness + rng.gauss(0, 0.12), 0.0), 1.0))
            if kind == "back_filled" and rng.random() < who.boldness:  # a pile of them on one afternoon
                day = min(who.clerk_days, key=lambda each: abs(each - filed // DAY))
                filed = day * DAY + 270 + rng.uniform(0, 60)
            break
    life = Life(office, item, own, _stream(seed, number), party, filed, twist)
    day = int(filed // DAY)
    if twist is None and item in ("eatery", "chain") and day % 60 == 31:  # the network was down that day
        life.outage = "outage-1"
    return life


def _in_bad_month(filed: float, who: Bad) -> float:
    """Two months of three are as they should be."""
    return 0.25 + 0.7 * who.boldness if int(filed // (20 * DAY)) % 3 == len(who.clerk_days) % 3 else 0.0


def _note_planted(one: Told, planted: dict[str, dict[str, float]], heaps: dict[str, list[float]]) -> None:
    for kind, boldness in one.planted.items():
        if kind != "mass_closing":
            planted[kind][one.stream.hex] = boldness
            continue
        for _, fact, _ in one.lines:
            if type(fact).__name__ in ("Granted", "Refused"):
                heaps.setdefault(f"{fact.by.unit}/{fact.on:%Y-%m}", []).append(boldness)


def _stream(seed: int, number: int) -> UUID:
    return UUID(int=(0x5EED << 112) | (seed << 64) | (number << 16))
