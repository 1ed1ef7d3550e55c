"""A house for tests: an installation with calendars and a published item, its cast, and cases at every stage.

    house.submitted()  .accepted()  .assigned()  .examined()  .decided()  .issued()  .closed()

each take a new case along the main line and return its stream. `house.do(stream, c.Serve, by, method=…)` is one more
command. In a demo installation the clock is the test's own: `house.at` is when the next command happens.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from banjie.cases.handle import Done, handle, submit
from banjie.cases.models import Case, Participant, Task
from banjie.cases.scope import whole_house
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.codec import OFFICE_ZONE, canonical, to_plain
from banjie.engine.law import Law, Procedure
from banjie.engine.state import State, fold
from banjie.records import catalogue
from banjie.records.catalogue import rulebook
from banjie.records.organisation import load
from banjie.records.organisation.rulebook import Organisation, organisation
from banjie.store.log import read
from banjie.store.log.install import create_installation
from tests.cast import SIGNED, Cast, application, envelope, whole_life
from tests.databases import Database

RULEBOOK = Path(__file__).resolve().parents[2] / "rulebook"
CALENDAR = "CN-test-1"
Years = list[dict[str, Any]]
"""The years of a calendar, shaped as the files of rulebook/calendars."""
FOOD, HYGIENE, DISPATCH, INSTANT = (
    "food-business-new",
    "public-place-hygiene",
    "labour-dispatch",
    "sole-trader-deregistration",
)


def instant(day: str, clock: str = "10:00") -> datetime:
    """A moment of the office: instant("2026-03-02", "09:30")."""
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), OFFICE_ZONE)


class House:
    """One installation. `demo`: commands may be dated, and `at` says when the next one happens; else it is now."""

    def __init__(self, database: Database, demo: bool = False) -> None:
        """A house in this fresh database: built for the first test, copied for all after it."""
        self.demo = demo
        self.at = instant("2026-03-02") if demo else None
        self._take_up(_item(FOOD))
        database.filled("demo-house" if demo else "house", self._build)

    def _build(self) -> None:
        create_installation(demo=self.demo)
        load.load(_county())
        self.load_calendar(CALENDAR)
        self._publish()

    def publish(self, item: str, **changes: Any) -> Procedure:
        """Publish an item of the rulebook, changed as the test needs it, and go on with it and its cast."""
        self._take_up(replace(_item(item), **changes))
        self._publish()
        return self.procedure

    def _take_up(self, procedure: Procedure) -> None:
        self.procedure = procedure
        self.cast = Cast(procedure)
        self.code = procedure.code

    def _publish(self) -> None:
        catalogue.publish(self.procedure, by="p-keeper", at=self.now, command_id=uuid4(), signed=SIGNED)

    def of_item(self, item: str) -> "House":
        """This house, at work on another item."""
        self.publish(item)
        return self

    def load_calendar(self, version: str, change: Callable[[Years], object] = lambda years: None) -> None:
        """Load the rulebook's years, or what `change` makes of them, as a version of the calendar."""
        years = deepcopy(_years())
        change(years)
        keepers = {"by": "p-keeper", "second_person": "p-second-keeper"}
        catalogue.load_calendar(version, years, at=self.now, command_id=uuid4(), **keepers)

    @property
    def now(self) -> datetime:
        """When the next command happens."""
        return self.at or datetime.now(OFFICE_ZONE)

    @property
    def law(self) -> Law:
        """The law of the item."""
        return catalogue.law(self.code, self.procedure.version)

    # Commands

    def application(self, by: c.Actor | None = None, **changes: Any) -> c.Submit:
        """A complete application, by the applicant unless it says otherwise."""
        return replace(application(self.procedure, by or self.cast.applicant, self.now), **changes)

    def submit(self, by: c.Actor | None = None, key: str = "", body: bytes | None = None, **changes: Any) -> Done:
        """Hand in an application with a key of its own."""
        command = self.application(by, **changes)
        content = canonical([to_plain(each) for each in command.provided]) if body is None else body
        return submit(self.code, command, key or uuid4().hex, content)

    def do(self, stream: UUID, kind: type[c.Command], by: c.Actor, seen: int | None = None, **arguments: Any) -> Done:
        """One command; what rests on what was seen, rests on the newest version unless `seen` says otherwise."""
        if seen is None and kind in c.RESTS_ON_WHAT_WAS_SEEN:
            seen = self.version(stream)
        return handle(stream, kind(**envelope(by, self.now, seen), **arguments))

    # Cases along the main line

    def submitted(self, **changes: Any) -> UUID:
        """A new case."""
        return self.submit(**changes).stream

    def accepted(self) -> UUID:
        """A case that was accepted."""
        return self._until("accept")

    def assigned(self) -> UUID:
        """A case whose steps all have their people."""
        return self._until(f"assign {self.procedure.steps[-1].slug}")

    def examined(self) -> UUID:
        """A case whose steps are all finished."""
        return self._until(f"finish {self.procedure.steps[-1].slug}")

    def decided(self) -> UUID:
        """A case that was granted."""
        return self._until("decide")

    def issued(self) -> UUID:
        """A case whose licence is made."""
        return self._until("issue")

    def closed(self) -> UUID:
        """A case with nothing left to do."""
        return self._until("serve")

    def life(self, stream: UUID) -> Iterator[tuple[str, Done]]:
        """Lead a submitted case through the rest of the main line, command by command, as (what, what came of it)."""
        for what, make in whole_life(self.cast):
            command = make(self.version(stream))
            yield what, handle(stream, replace(command, at=self.at) if self.at else command)

    def _until(self, last: str) -> UUID:
        stream = self.submitted()
        for what, _ in self.life(stream):
            if what == last:
                return stream
        raise AssertionError(f"the main line of this item has no {last!r}")

    def finish(self, stream: UUID, slug: str, **arguments: Any) -> Done:
        """Bring a step to a good outcome."""
        by = self.cast.officers(slug)[0]
        return self.do(stream, c.FinishStep, by, step=slug, **({"outcome": "passed"} | arguments))

    # Looking

    def facts(self, stream: UUID) -> list[e.Event]:
        """What happened so far."""
        return [e.decode(entry.kind, read.plain(entry)) for entry in read.entries(stream)]

    def kinds(self, stream: UUID) -> list[str]:
        """The kinds of what happened so far."""
        return [entry.kind for entry in read.entries(stream)]

    def state(self, stream: UUID) -> State:
        """The case, folded from nothing."""
        return fold(self.facts(stream))

    def version(self, stream: UUID) -> int:
        """The position of the newest fact."""
        return read.entries(stream)[-1].position

    def row(self, stream: UUID) -> Case:
        """The row of a case."""
        with whole_house("a test looks"):
            return Case.objects.everything().get(stream=stream)

    def tasks(self, stream: UUID) -> dict[str, Task]:
        """The open tasks of a case by slug."""
        with whole_house("a test looks"):
            return {each.slug: each for each in Task.objects.everything().filter(stream=stream)}

    def participants(self, stream: UUID) -> set[tuple[str, str]]:
        """(who, capacity) of a case."""
        with whole_house("a test looks"):
            return set(Participant.objects.everything().filter(stream=stream).values_list("who", "capacity"))


@cache
def _county() -> Organisation:
    """The demo county's agencies and units; the people are the cast's."""
    return replace(organisation(RULEBOOK / "organisation" / "demo.yaml"), staff=(), delegations=())


@cache
def _item(name: str) -> Procedure:
    return rulebook.item(RULEBOOK / "items" / f"{name}.yaml", _county(), lambda user: f"p-{user}")


@cache
def _years() -> Years:
    """The rulebook's years and, for whoever runs the tests long after they were written, the years to come."""
    years = rulebook.years()
    coming = range(max(each["year"] for each in years) + 1, datetime.now(OFFICE_ZONE).year + 3)
    bare = {"status": "provisional", "document": "", "holidays": [], "workdays": []}
    return [*years, *({**bare, "year": year} for year in coming)]
