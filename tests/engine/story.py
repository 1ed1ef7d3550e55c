"""A case driven through the engine alone: `advance`, `decide`, `evolve`, `possible`, and a seal that keeps things.

    story = Story(law)
    story.do(c.Submit, WANG, "2026-03-27 20:30", applicant=PARTICULARS, answers={})

`do` gives the facts that followed, or raises NotPossible; either way what time itself brought about stands. Values are
given plainly: a text or a mapping becomes a `Personal` where the command wants one.
"""

import hashlib
import json
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.calendar import Calendar, Overlay, Year
from banjie.engine.clocks import Running, clock, clocks
from banjie.engine.codec import OFFICE_ZONE, canonical
from banjie.engine.decide import advance, decide, legal_time, possible
from banjie.engine.law import Clock, Law, Procedure, Region
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import NEW, State, fold

RULEBOOK = Path(__file__).parents[2] / "rulebook"
CALENDAR = "rulebook"

PARTICULARS = {
    "kind": "enterprise",
    "name": "云岭县山居小馆",
    "id_type": "uscc",
    "id_number": "91999921000000019D",
    "phone": "13800000000",
    "address": "云岭县城关镇示范街1号",
}
"""An invented applicant whose number has the right check character."""


@cache
def read(name: str) -> Any:
    """A file of the rulebook, as plain data."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((RULEBOOK / name).read_text(encoding="utf-8"), Loader=loader)


@cache
def calendar(version: str = CALENDAR, without: int = 0) -> Calendar:
    """The calendar of all years of the rulebook; of those before the year `without`, where that is given."""
    years = []
    for path in sorted((RULEBOOK / "calendars").glob("*.yaml")):
        content = read(f"calendars/{path.name}")
        named = {
            entry["from"] + timedelta(days=number): entry["name"]
            for entry in content["holidays"]
            for number in range((entry["to"] - entry["from"]).days + 1)
        }
        official = content["status"] == "official"
        years.append(Year(content["year"], official, named, frozenset(content["workdays"])))
    return Calendar.build(version, [each for each in years if not without or each.year < without])


@cache
def busier_calendar(version: str) -> Calendar:
    """The same years with every Saturday of 2026 a working day, so that due dates come earlier."""
    saturdays = frozenset(date(2026, 1, 3) + timedelta(weeks=week) for week in range(52))
    return Calendar.build(version, calendar().years.values(), overlays=[Overlay("test", {}, saturdays)])


def law_of(procedure: Procedure, region: Region) -> Law:
    """The law of this procedure and region, with the rulebook's calendar."""
    return Law(procedure, {CALENDAR: calendar()}, region, CALENDAR, "digest")


def instant(text: str | datetime) -> datetime:
    """An instant of the office's zone from "2026-03-27 20:30", or from "03-27 20:30" of 2026."""
    if isinstance(text, datetime):
        return text if text.tzinfo else text.replace(tzinfo=OFFICE_ZONE)
    text = text if text.index("-") == 4 else f"2026-{text}"
    return datetime.fromisoformat(text).replace(tzinfo=OFFICE_ZONE)


def day(text: str) -> date:
    """A day from "2026-03-27", or from "03-27" of 2026."""
    return date.fromisoformat(text if text.index("-") == 4 else f"2026-{text}")


@dataclass
class Story:
    """One case: its law, its state, every fact so far, and what was sealed on the way."""

    law: Law
    state: State = NEW
    facts: list[e.Event] = field(default_factory=list)
    sealed: dict[str, Any] = field(default_factory=dict)
    commands: int = 0

    def do(self, cls: type[c.Command], by: c.Actor, at: str | datetime, **arguments: Any) -> list[e.Event]:
        """Carry out a command of this kind; the facts that followed from it."""
        return self.carry_out(self.command(cls, by, at, **arguments))

    def command(self, cls: type[c.Command], by: c.Actor, at: str | datetime, **arguments: Any) -> c.Command:
        """The command, with a new id; numbers for an application as the door would give them."""
        self.commands += 1
        if cls is c.Submit:
            given = {"applicant": PARTICULARS, "answers": {}, "number": "999921-0001", "query_number": "Q1"}
            arguments = {**given, **arguments}
        shape: Any = cls
        hints = _hints(shape)
        arguments = {name: _personal(hints[name], value) for name, value in arguments.items()}
        return cls(command_id=UUID(int=self.commands), at=instant(at), by=by, **arguments)

    def carry_out(self, command: c.Command) -> list[e.Event]:
        """Advance, seal, decide, fold: what the door does, without a store."""
        self.advance(legal_time(command))
        facts = decide(self.state, self.seal(command), self.law)
        self._keep(facts)
        return facts

    def seal(self, command: c.Command) -> c.Command:
        """The command with its personal data kept in `sealed` and a reference in their place."""

        def keep(path: str, personal: c.Personal[Any]) -> e.Ref:
            ref = f"{command.command_id.hex}/{path}"
            self.sealed[ref] = personal.value
            return e.Ref(ref, hashlib.sha256(b"salt" + canonical(personal.value)).hexdigest())

        return c.sealed(command, keep)

    def advance(self, at: str | datetime) -> list[e.Event]:
        """What time has brought about up to this instant."""
        _, done = advance(self.state, self.law, instant(at))
        facts = [fact for _, each in done for fact in each]
        self._keep(facts)
        return facts

    def _keep(self, facts: list[e.Event]) -> None:
        self.state = fold(facts, self.state)
        self.facts += facts

    def no(self, cls: type[c.Command], by: c.Actor, at: str | datetime, **arguments: Any) -> NotPossible:
        """The refusal of this command; AssertionError where it is carried out."""
        before = self.state
        try:
            facts = self.do(cls, by, at, **arguments)
        except NotPossible as refusal:
            timely = Story(self.law, before)
            timely.advance(at)
            assert self.state == timely.state, "a refused command leaves nothing but what time brought about"
            return refusal
        raise AssertionError(f"not refused: {kinds(facts)}")

    def offer(self, cls: type[c.Command], by: c.Actor, at: str | datetime) -> c.Offer:
        """What `possible` says of this kind of command."""
        (offer,) = possible(self.state, by, self.law, instant(at), (cls,))
        return offer

    def clock(self, which: Clock, step: str = "") -> Running:
        """One clock of the case."""
        found = clock(self.state, self.law, which, step)
        assert found is not None, f"no clock {which} {step}"
        return found

    def due(self, which: Clock, step: str = "") -> date:
        """When a clock of the case is due."""
        return self.clock(which, step).due

    def running(self) -> set[str]:
        """The names of the clocks that have not ended."""
        return {each.clock.value for each in clocks(self.state, self.law) if each.ended_on is None}

    def require_replayable(self) -> None:
        """The facts, as bytes and back, give the same bytes and fold to the same state."""
        stored = [e.encode(fact) for fact in self.facts]
        read_back = [e.decode(kind, json.loads(body)) for kind, body in stored]
        assert [e.encode(fact) for fact in read_back] == stored
        assert fold(read_back) == self.state
        assert set(vars(self.state)) == {each.name for each in fields(State)}


def kinds(facts: list[e.Event]) -> list[str]:
    """The kind names of facts."""
    return [e.NAMES[type(each)] for each in facts]


@cache
def _hints(cls: type[c.Command]) -> Mapping[str, Any]:
    return typing.get_type_hints(cls)


def _personal(hint: Any, value: Any) -> Any:
    """The value as `Personal` where the command's field wants one."""
    if value is None or isinstance(value, c.Personal):
        return value
    if _wants_personal(hint):
        return c.Personal(value)
    if typing.get_origin(hint) is tuple and _wants_personal(typing.get_args(hint)[0]):
        return tuple(each if isinstance(each, c.Personal) else c.Personal(each) for each in value)
    return value


def _wants_personal(hint: Any) -> bool:
    parts = typing.get_args(hint) if type(None) in typing.get_args(hint) else (hint,)
    return any(typing.get_origin(each) is c.Personal for each in parts)


def with_procedure(law: Law, **changes: Any) -> Law:
    """The law with another procedure."""
    return replace(law, procedure=replace(law.procedure, **changes))


def with_region(law: Law, **changes: Any) -> Law:
    """The law with another region's choices."""
    return replace(law, region=replace(law.region, **changes))
