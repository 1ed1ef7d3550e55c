"""What is filed in the demo county, day by day: by whom, how, when, and what will be special about it.

Made from a seed and a day, and from nothing else: the same county begun on the same day is filed in the same way, and
a county that is told further only gets later filings. What becomes of them, `office` says.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zlib import crc32

from banjie.demo import crowd
from banjie.demo.people import Person
from banjie.engine import rules
from banjie.engine.calendar import Calendar
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.law import Procedure, Question
from banjie.engine.standard import failing
from banjie.engine.steps import KINDS

DAYS_BACK = 183
"""Half a year: how far back the county's life goes when it is begun."""
BUSY_DAYS = 24
"""The last days before the beginning bring more, so that much is under way on the first day one looks."""
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Mix:
    """An item's share of what is filed. `trades`: of the enterprises that need it; () where people apply."""

    cards: int
    trades: tuple[int, ...] = ()
    region: str = crowd.YUNLING


ITEMS: Mapping[str, Mix] = {
    "food-business-new": Mix(13, (0, 1, 4, 13)),
    "public-place-hygiene": Mix(6, (10, 11)),
    "sole-trader-deregistration": Mix(6),
    "company-registration": Mix(5, (2, 3, 12)),
    "social-security-card": Mix(5),
    "subsistence-allowance": Mix(4),
    "road-excavation": Mix(4, (5, 12)),
    "entertainment-venue": Mix(4, (6,)),
    "labour-dispatch": Mix(3, (7,)),
    "construction-permit": Mix(3, (5,)),
    "food-business-renewal": Mix(2, (0, 4)),
    "fireworks-retail": Mix(2, (13, 3)),
    "private-school": Mix(2, (9,)),
    "forest-seed-forwarded": Mix(3, (8,)),
    "food-business-new-yunxi": Mix(5, (0, 1, 4), crowd.YUNXI),
    "public-place-hygiene-yunxi": Mix(3, (10, 11), crowd.YUNXI),
    "sole-trader-deregistration-yunxi": Mix(2, (), crowd.YUNXI),
}
"""By the name of the item's file in the rulebook."""

CHANNELS = ("online",) * 11 + ("window",) * 6 + ("post", "agent", "kiosk")

FATES: Mapping[str, int] = {
    "plain": 15,
    "corrected": 6,
    "corrected_twice": 1,
    "on_the_spot": 2,
    "lapsed": 1,
    "silent": 1,
    "declined": 1,
    "barred": 1,
    "not_needed": 1,
    "refused": 3,
    "withdrawn_early": 1,
    "withdrawn": 1,
    "late": 1,
    "uncollected": 1,
    "extended": 1,
    "sent_back": 1,
    "rectified": 2,
    "not_rectified": 1,
    "paused": 2,
    "paused_out": 1,
    "heard": 2,
    "hearing_waived": 1,
    "third_party_heard": 1,
    "terminated": 1,
    "voided": 1,
    "statement": 1,
    "substituted": 1,
    "contact_changed": 1,
    "outage": 1,
    "erased": 1,
    "misclick": 1,
    "complained": 2,
    "committed": 2,
    "commitment_broken": 1,
    "gap_filled": 2,
    "gap_overdue": 1,
}
"""A pack of cards: how often each turn of events is dealt before the pack is shuffled anew."""


@dataclass(frozen=True, slots=True)
class Filing:
    """One application as it will be handed in. `missing`: necessary materials left out; `flawed`: one that is poor."""

    seed: str
    name: str
    number: int
    at: datetime
    item: str
    person: Person
    channel: str
    fate: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    provided: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    with_files: bool = False

    def chance(self, label: str) -> Random:
        """Chance, the same whenever it is asked about the same thing of the same filing."""
        return Random(f"{self.seed}/{self.name}/{label}")


def filings(
    seed: str,
    begun_on: date,
    until: datetime,
    procedures: Mapping[str, Procedure],
    calendar: Calendar,
    days_back: int = DAYS_BACK,
) -> Iterator[Filing]:
    """Every filing from so many days before `begun_on` up to `until`, in their order."""
    dealer = _Dealer(seed, procedures)
    day, last, number = begun_on - timedelta(days=days_back), until.astimezone(OFFICE_ZONE).date(), 0
    busy_from = begun_on - timedelta(days=BUSY_DAYS)
    while day <= last:
        pick = Random(f"{seed}/day/{day}")
        if day == busy_from:
            dealer.shuffle()
        for nth, at in enumerate(sorted(_moments(pick, day, day >= busy_from and day <= begun_on, calendar))):
            filing = dealer.filing(f"{day}/{nth}", number, at)
            number += 1
            if filing.at <= until:
                yield filing
        day += ONE_DAY


def _moments(pick: Random, day: date, is_busy: bool, calendar: Calendar) -> Iterator[datetime]:
    """When somebody files on this day: at the counter in office hours, on line until late, a little on rest days."""
    if calendar.is_workday(day):
        many = pick.choice((4, 4, 5, 6) if is_busy else (1, 2, 2, 2, 3, 3))
    else:
        many = pick.choice((0, 0, 1))
    for _ in range(many):
        yield datetime.combine(
            day,
            time(pick.choice((7, 8, 9, 9, 10, 10, 11, 14, 14, 15, 16, 19, 20, 21, 22)), pick.randint(0, 59)),
            OFFICE_ZONE,
        )


class _Dealer:
    """Deals items and turns of events from shuffled packs, so that none is left to chance."""

    def __init__(self, seed: str, procedures: Mapping[str, Procedure]) -> None:
        self._seed = seed
        self._procedures = procedures
        self._packs = 0
        self._items: list[str] = []
        self._fates: list[str] = []
        self._filed: dict[str, int] = {}

    def shuffle(self) -> None:
        """Begin a new pack of events."""
        self._fates = []

    def filing(self, name: str, number: int, at: datetime) -> Filing:
        """The next filing."""
        if not self._items:
            self._items = self._shuffled([each for each, mix in ITEMS.items() for _ in range(mix.cards)])
        item = self._items.pop()
        procedure, mix = self._procedures[item], ITEMS[item]
        fate = self._fate(procedure)
        pick = Random(f"{self._seed}/filing/{name}")
        serial = self._filed[item] = self._filed.get(item, -1) + 1
        person = _applicant(mix, serial, self._seed)
        channel = pick.choice(CHANNELS)
        if fate in APPLICANTS_OWN:
            channel = "online"
        elif fate == "outage":
            channel = "window"
        if channel not in ("online", "kiosk"):
            at = _in_office_hours(at, pick)
        answers = _answers(procedure, person, at.date(), pick)
        for _again in range(0 if fate == "refused" else MOST_DRAWS):
            if not failing(procedure, answers) and _is_open(procedure, answers, fate):
                break
            answers = _answers(procedure, person, at.date(), pick)
        needed = tuple(
            each.id
            for each in procedure.materials
            if each.necessary and rules.applies(each.when, answers, procedure.questions)
        )
        missing: tuple[str, ...] = ()
        if fate in ON_WORD:
            missing = tuple(each for each in on_word(procedure, fate) if each in needed)
        if fate in CORRECTED and len(needed) > 1:
            missing = tuple(
                pick.sample(
                    needed[1:], min(2 if fate == "corrected_twice" else pick.choice((1, 1, 2)), len(needed) - 1)
                )
            )
        provided = tuple(each for each in needed if each not in missing)
        with_files = channel in ("online", "kiosk") and bool(provided)
        return Filing(self._seed, name, number, at, item, person, channel, fate, answers, provided, missing, with_files)

    def _fate(self, procedure: Procedure) -> str:
        """The topmost card that fits this item; what does not fit waits for one that it does."""
        while True:
            for place in range(len(self._fates) - 1, -1, -1):
                if _fits(self._fates[place], procedure):
                    return self._fates.pop(place)
            self._fates[:0] = self._shuffled([each for each, cards in FATES.items() for _ in range(cards)])

    def _shuffled(self, cards: list[str]) -> list[str]:
        self._packs += 1
        Random(f"{self._seed}/pack/{self._packs}").shuffle(cards)
        return cards


CORRECTED = frozenset({"corrected", "corrected_twice", "lapsed"})
COMMITTED, GAPS = frozenset({"committed", "commitment_broken"}), frozenset({"gap_filled", "gap_overdue"})
ON_WORD = COMMITTED | GAPS
"""Turns of events in which something rests on the applicant's word."""
APPLICANTS_OWN = (
    frozenset({"withdrawn", "withdrawn_early", "rectified", "heard", "hearing_waived", "statement", "complained"})
    | ON_WORD
)
WITHOUT_STEPS = frozenset(
    {
        "plain", "corrected", "on_the_spot", "lapsed", "declined", "barred", "not_needed", "refused", "withdrawn_early",
        "voided", "erased", "uncollected", "contact_changed",
    }
)  # fmt: skip
HEARINGS = frozenset({"heard", "hearing_waived", "third_party_heard"})


def _fits(fate: str, procedure: Procedure) -> bool:
    """Whether this can happen to a case of this item."""
    steps = procedure.steps
    if fate in COMMITTED:
        return procedure.commitment is not None
    if fate in GAPS:
        return any(each.may_be_late and not each.when for each in procedure.materials)
    if procedure.instant or not steps:
        return fate in WITHOUT_STEPS
    if fate in ("corrected", "corrected_twice", "lapsed"):
        return len([each for each in procedure.materials if each.necessary and not each.when]) > (
            2 if fate == "corrected_twice" else 1
        )
    if fate in HEARINGS:
        return procedure.third_parties
    if fate in ("rectified", "not_rectified"):
        return any(each.rectification for each in steps)
    if fate in ("paused", "paused_out"):
        return any(each.may_pause_on & KINDS[each.kind].may_pause_on and not each.when for each in steps)
    if fate == "extended":
        return procedure.extension is not None and procedure.forwarding is None
    if fate == "barred":
        return bool(procedure.decline_grounds)
    return fate != "not_needed" or procedure.item_type == "01"


def on_word(procedure: Procedure, fate: str) -> tuple[str, ...]:
    """The materials that are not handed in, because the applicant commits, or promises them for later."""
    if fate in COMMITTED and procedure.commitment:
        return procedure.commitment.materials
    return tuple(each.id for each in procedure.materials if each.may_be_late)


def _is_open(procedure: Procedure, answers: Mapping[str, Any], fate: str) -> bool:
    """Whether these answers leave the commitment open, where somebody is to sign it."""
    offer = procedure.commitment
    return fate not in COMMITTED or offer is None or rules.applies(offer.when, answers, procedure.questions)


def _applicant(mix: Mix, serial: int, seed: str) -> Person:
    """Somebody who needs this item: now and then somebody who was here before."""
    if not mix.trades:
        return crowd.individual(serial * 3 % 90, mix.region, seed)
    trade = mix.trades[serial % len(mix.trades)]
    return crowd.enterprise(trade + len(crowd.TRADES) * (serial // len(mix.trades) % 8), mix.region, seed)


def _in_office_hours(at: datetime, pick: Random) -> datetime:
    hour = pick.choice((9, 9, 10, 10, 11, 14, 14, 15, 16))
    return datetime.combine(at.date(), time(hour, at.minute), OFFICE_ZONE)


def _answers(procedure: Procedure, person: Person, on: date, pick: Random) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for question in procedure.questions:
        if rules.applies(question.when, given, procedure.questions):
            given[question.id] = _answer(question, person, on, pick)
    return given


NUMBERS: Mapping[str, Sequence[int]] = {
    "area": (38, 52, 66, 86, 120, 160, 240),
    "capital": (200, 200, 260, 300, 500),
    "shareholders": (1, 2, 2, 3, 5),
    "machines": (2, 4, 6, 20),
    "guests": (60, 90, 120),
    "places": (90, 120, 180),
    "household_size": (1, 2, 3, 4),
    "monthly_income": (480, 900, 1200, 1650),
    "metres_to_next": (60, 80, 120, 300),
    "floor_area": (1800, 4200, 12600),
    "nursery_area": (20, 45, 110),
    "pool_volume": (250, 400),
}
SELDOM_YES = 0.2
MOST_DRAWS = 12
"""Who would fail by their answers alone mostly does not apply: answers are drawn anew until they pass, so often."""


def _answer(question: Question, person: Person, on: date, pick: Random) -> Any:
    """An ordinary answer: names and places are the applicant's own."""
    if question.type == "choice":
        return pick.choice(question.choices).value
    if question.id == "licence_number":  # of a licence from before this register: the same for the same person
        return f"JY1{crc32(person.id_number.encode()):010d}"
    if question.type == "yes_no":
        return pick.random() < SELDOM_YES
    if question.type == "number":
        return pick.choice(NUMBERS.get(question.id, (1, 2, 3)))
    if question.type == "date":
        ahead = 75 if question.id.startswith("expires") else 30 if question.id.startswith("ends") else 14
        return (on + timedelta(days=ahead)).isoformat()
    place = ("premises", "address", "place", "residence", "point")
    if question.id in place:
        return person.address
    if question.id == "project_code":
        return f"{on.year}-{person.id_number[2:8]}-{pick.randint(1, 99):02d}-{pick.randint(100000, 999999)}"
    if question.id == "works_name":
        return pick.choice(("供水支管改造工程", "综合楼新建工程", "燃气入户工程", "老街外立面修缮工程"))
    if question.id == "business_scope":
        return "食品销售；日用百货销售；信息咨询服务（依法须经批准的项目，经相关部门批准后方可开展经营活动）"
    return person.name.removeprefix("云岭县").removeprefix("云溪县")
