"""The offices of the invented county: six of a kind, each with its people, its items and its habits.

Working time is counted in minutes from the first working day of March 2026, 9:00, on the rulebook's calendar: 390 a
day (9:00-12:00, 13:30-17:00), as the demo region's hall is open. `moment` and `minute` translate.
"""

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.codec import OFFICE_ZONE, from_plain
from banjie.engine.law import (
    Agency,
    Criterion,
    Duty,
    Law,
    Material,
    PauseGround,
    Procedure,
    Question,
    Region,
    StepRule,
    WorkUnit,
)
from banjie.engine.timelimits import Limit, Unit
from tests.engine.story import calendar, law_of, read

DAY = 390
FIRST = date(2026, 3, 2)
ITEMS = ("eatery", "lab", "double", "chain", "register", "counter")
REGION = from_plain(Region, read("regions/demo.yaml"))
GROUNDS = {each["id"]: from_plain(PauseGround, each) for each in read("grounds.yaml")}


@cache
def workdays() -> tuple[date, ...]:
    """The working days from the first one on."""
    return tuple(each for each in calendar().workdays if each >= FIRST)


def moment(x: float) -> datetime:
    """The instant of a working minute."""
    number, minute = divmod(x, DAY)
    opens, after = (time(9), minute) if minute < 180 else (time(13, 30), minute - 180)
    since = datetime.combine(workdays()[int(number)], opens, OFFICE_ZONE)
    return since + timedelta(seconds=int(after * 60))


def minute(at: datetime) -> float:
    """The working minute of an instant; of the next opening where the hall is closed."""
    days = workdays()
    number = bisect_left(days, at.date())
    if days[number] != at.date():
        return number * DAY
    clock = at.hour * 60 + at.minute + at.second / 60
    return number * DAY + min(max(clock - 540, 0), 180) + min(max(clock - 810, 0), 209.9)


def day_number(on: date) -> int:
    """Which working day this is; the next one for a rest day."""
    return bisect_left(workdays(), on)


def days(number: int) -> Limit:
    """So many working days."""
    return Limit(number, Unit.WORKING_DAY)


@dataclass
class Office:
    """An office: its people, how it works, and what each of its items is in law.

    `pace`: how long everything takes beside the county's usual; `puts_off`: how often a decision waits for the end of
    its limit; `meets`: whether decisions are made in a meeting each Thursday; `quick`: how often a case is done while
    the applicant waits for it; `sick`: the weeks in which a single officer holds the fort; `writes_later`: how often
    an officer types several steps of a day in at its end; `fast_lane`: how often everything was prepared beforehand
    and a case is done in an hour; `backlog`: how often a case lies until somebody is back and clears the pile in an
    afternoon; `bad_scanner`: how much more often a corrected paper cannot be read; `window`: minutes until the window
    answers; `short`: the month (of twenty working days) in which people are missing and much is decided at the last
    moment.
    """

    name: str
    pace: float
    puts_off: float
    meets: bool
    quick: float
    sick: frozenset[int]
    writes_later: float
    officers: int
    fast_lane: float = 0.0
    backlog: float = 0.0
    bad_scanner: float = 1.0
    window: float = 200.0
    short: int = -1
    laws: dict[str, Law] = field(default_factory=dict)

    def unit(self, kind: str) -> str:
        """The id of a unit."""
        return f"{self.name}-{kind}"

    def staff(self, kind: str, number: int, *posts: str) -> c.Actor:
        """A member of staff."""
        agency = f"{self.name}-fire" if kind == "fire" else self.name
        return c.Actor(f"{self.name}-{kind}-{number}", e.ActorKind.STAFF, frozenset(posts), self.unit(kind), agency)

    def present(self, x: float) -> int:
        """How many officers are at their desks."""
        return 1 if int(x // (5 * DAY)) in self.sick else self.officers


def office_of(name: str, rng: Random) -> Office:
    """An honest office with its own habits."""
    office = Office(
        name=name,
        pace=rng.uniform(0.6, 1.5),
        puts_off=rng.choice((0.02, 0.08, 0.18, 0.3)),
        meets=rng.random() < 0.25,
        quick=rng.choice((0.0, 0.01, 0.04)),
        sick=frozenset(week for week in range(30) if rng.random() < 0.1),
        writes_later=rng.choice((0.02, 0.06, 0.12)),
        officers=rng.choice((2, 3, 3, 4)),
        fast_lane=rng.choice((0.0, 0.01, 0.03)),
        backlog=rng.choice((0.0, 0.01, 0.03)),
        bad_scanner=rng.choice((1.0, 1.0, 1.5, 3.0)),
        window=rng.choice((150.0, 200.0, 300.0, 800.0)),
        short=rng.choice((-1, -1, 0, 1, 2, 3, 4, 5)),
    )
    office.laws = {item: law_of(_procedure(office, item), REGION) for item in ITEMS}
    return office


def _procedure(office: Office, item: str) -> Procedure:
    unit = office.unit
    review = StepRule(slug="review", kind="review", name="审查", unit=unit("review"))
    second = StepRule(slug="second", kind="review", name="复核", unit=unit("review"), after=("review",))
    survey = StepRule(
        slug="survey", kind="survey", name="现场核查", unit=unit("survey"), limit=days(5), limit_from="assigned"
    )
    lab = StepRule(
        slug="lab",
        kind="inspection",
        name="检验",
        unit=unit("survey"),
        after=("review",),
        may_pause_on=frozenset({"inspection", "testing"}),
    )
    fire = StepRule(slug="fire", kind="consultation", name="消防意见", unit=unit("fire"), limit=days(4))
    steps = {
        "eatery": (review, survey),
        "lab": (review, lab),
        "double": (review, second),
        "chain": (review, fire),
        "register": (review,),
        "counter": (),
    }[item]
    committed, statutory = {
        "eatery": (10, 20),
        "lab": (12, 20),
        "double": (8, 20),
        "chain": (10, 20),
        "register": (3, 10),
        "counter": (1, 3),
    }[item]
    merged = {
        "register": frozenset({Duty.REVIEW, Duty.DECIDE}),
        "counter": frozenset({Duty.INTAKE, Duty.REVIEW, Duty.DECIDE}),
    }
    return Procedure(
        code=f"{item}-{office.name}",
        version=1,
        name="示例许可",
        effective_from=date(2026, 1, 1),
        basis=("行政许可法",),
        home=office.name,
        receives=unit("window"),
        decides=unit("decide"),
        seals=unit("decide"),
        supervises=unit("supervise"),
        serves=unit("window"),
        contact=f"{office.name}-window-0",
        statutory_limit=days(statutory),
        committed_limit=days(committed),
        units=(
            *(
                WorkUnit(id=unit(kind), name=kind, agency=office.name)
                for kind in ("window", "review", "survey", "decide", "supervise")
            ),
            WorkUnit(id=unit("fire"), name="消防", agency=f"{office.name}-fire"),
        ),
        agencies=(
            Agency(id=office.name, name="某局", reconsideration="某县人民政府", court="某县人民法院"),
            Agency(id=f"{office.name}-fire", name="某消防局", reconsideration="某县人民政府", court="某县人民法院"),
        ),
        materials=(
            Material(id="form", name="申请书"),
            Material(id="plan", name="平面图"),
            Material(id="lease", name="租赁合同", when="rooms > 10"),
        ),
        questions=(Question(id="rooms", label="房间数", type="number"),),
        criteria=(Criterion(id="space", text="场所合格", basis="示例办法 1", materials=("plan",)),),
        steps=steps,
        pause_grounds=(GROUNDS["inspection"], GROUNDS["testing"]) if item == "lab" else (),
        merged=merged.get(item, frozenset()),
        instant=item == "counter",
        licence="" if item == "counter" else "example",
        licence_years=5,
    )
