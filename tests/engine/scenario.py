"""Runs a story of `rulebook/scenarios/` through the engine and holds every row against what it expects.

A file: `title`, `law`, `requirements`, `procedure` (the engine's Procedure; limits as "10 working_day", pause grounds
by their id), `region` (what differs from the demo county's profile), `people`, `rows`, and `variants`, each of which
keeps the rows up to the one named in `after` (none, where it names none) and goes on with its own. `like`: a file of
`scenarios/like/` whose procedure, people and region hold where the story says nothing else.

A row: `at`, `who`, `does` (a command, or `look`: somebody opens the page), the command's own arguments, and either
`refused: code` or `expect`:

    facts       what followed, by kind, or {kind: {field: value}} (`day`: the one it bears)
    time        what time itself brought about before this row, in the same form; none, where it is not said
    documents   the papers produced, by the name people read; none, where it is not said
    state       the stage        days     fields of the state that hold days
    clocks      clock: due day (`step <slug>` for a step's)         used     clock: counted days so far
    over        exactly the clocks that are over on this day        paused   exactly the clocks that stand
    instants    clock of hours or minutes: "MM-DD HH:MM" at which it is over
    provisional exactly the clocks whose date may still move
"""

import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from banjie.engine import codec
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.clocks import Running, clocks, remedy_clocks
from banjie.engine.law import Law, Procedure, Region
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import State, fold
from banjie.engine.timelimits import Limit, Unit
from banjie.words import documents_of, label
from tests.engine.story import RULEBOOK, Story, instant, law_of, read

FOLDER = RULEBOOK / "scenarios"
FILE_KEYS = {"title", "like", "law", "requirements", "region", "procedure", "people", "rows", "variants"}
VARIANT_KEYS = {"id", "title", "after", "region", "procedure", "people", "rows"}
ROW_KEYS = {"at", "who", "does", "note", "name", "refused", "expect"}
EXPECTED = {"facts", "time", "documents", "state", "days", "clocks", "used", "over", "paused", "contact"}
EXPECTED |= {"instants", "provisional"}
LIMITS = ("limit", "length", "cap", "rectification", "assign_within", "correction_period", "total_promise")


@dataclass(frozen=True)
class Scenario:
    """One story: what it is about, the law it stands under, who takes part, and what happens."""

    name: str
    title: str
    requirements: tuple[str, ...]
    law: Law
    people: Mapping[str, c.Actor]
    rows: tuple[Mapping[str, Any], ...]


@cache
def scenarios() -> dict[str, Scenario]:
    """Every story and variant of the rulebook by name: the file's, or file/variant."""
    found = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for each in _of(path):
            assert each.name not in found
            found[each.name] = each
    return found


def _of(path: Path) -> Iterator[Scenario]:
    plain = read(f"scenarios/{path.name}")
    _known(plain, FILE_KEYS, path.stem)
    plain = _like(plain)
    yield _scenario(path.stem, plain, plain["title"], plain["rows"])
    for variant in plain.get("variants", ()):
        name = f"{path.stem}/{variant['id']}"
        _known(variant, VARIANT_KEYS, name)
        mixed = {**plain, "region": {**plain.get("region", {}), **variant.get("region", {})}}
        for part in ("procedure", "people"):
            mixed[part] = {**plain[part], **variant.get(part, {})}
        names = [row.get("name") for row in plain["rows"]]
        kept = plain["rows"][: names.index(variant["after"]) + 1] if "after" in variant else []
        yield _scenario(name, mixed, variant["title"], [*kept, *variant["rows"]])


def _like(plain: Mapping[str, Any]) -> dict[str, Any]:
    """The story with what it takes from the office it is set in."""
    if "like" not in plain:
        return dict(plain)
    office = read(f"scenarios/like/{plain['like']}.yaml")
    mixed = {part: {**office[part], **plain.get(part, {})} for part in ("procedure", "people")}
    return {**plain, **mixed, "region": {**office.get("region", {}), **plain.get("region", {})}}


def _scenario(name: str, plain: Mapping[str, Any], title: str, rows: list[Mapping[str, Any]]) -> Scenario:
    # What the demo county promises of all items at once is no part of a story, unless it says so.
    demo = {key: value for key, value in read("regions/demo.yaml").items() if key != "ceilings"}
    region = codec.from_plain(Region, {**demo, **plain.get("region", {})}, name)
    procedure = codec.from_plain(Procedure, _with_limits(_with_grounds(plain["procedure"])), name)
    people = {
        who: c.Actor(
            who,
            e.ActorKind(each.get("kind", "staff")),
            frozenset(each.get("posts", ())),
            each.get("unit", ""),
            procedure.agency_of(each.get("unit", "")),
        )
        for who, each in plain["people"].items()
    }
    return Scenario(name, title, tuple(plain["requirements"]), law_of(procedure, region), people, tuple(rows))


def _known(plain: Mapping[str, Any], keys: set[str], where: str) -> None:
    assert not plain.keys() - keys, f"{where}: unknown {sorted(plain.keys() - keys)}"


def _with_grounds(plain: Mapping[str, Any]) -> dict[str, Any]:
    """The procedure with its pause grounds filled in from the rulebook: a name, or a name with what is its own."""
    known = {each["id"]: each for each in read("grounds.yaml")}
    named = [{"id": each} if isinstance(each, str) else each for each in plain.get("pause_grounds", ())]
    return {**plain, "pause_grounds": [{**known[each["id"]], **each} for each in named]}


def _with_limits(plain: Any) -> Any:
    if isinstance(plain, list):
        return [_with_limits(each) for each in plain]
    if not isinstance(plain, dict):
        return plain
    return {
        key: codec.to_plain(limit_of(value))
        if isinstance(value, str) and (key in LIMITS or key.endswith("_limit"))
        else _with_limits(value)
        for key, value in plain.items()
    }


def limit_of(text: str) -> Limit:
    """A limit from "10 working_day"."""
    number, unit = text.split()
    return Limit(int(number), Unit(unit))


# Running a story


def run(scenario: Scenario, worker: bool = False) -> Story:
    """Play every row; AssertionError where something differs. `worker`: time acts at every midnight in between too."""
    story = Story(scenario.law)
    for number, row in enumerate(scenario.rows, start=1):
        where = f"{scenario.name}, row {number} ({row['at']}, {row['does']})"
        try:
            _play(story, scenario, row, worker)
            story.require_replayable()
        except AssertionError as problem:
            raise AssertionError(f"{where}: {problem}") from problem
        except NotPossible as no:
            raise AssertionError(f"{where}: refused, {no}") from no
    return story


def _play(story: Story, scenario: Scenario, row: Mapping[str, Any], worker: bool) -> None:
    _known({key: row[key] for key in row if key in ROW_KEYS or key == "expect"}, ROW_KEYS, "row")
    at, who = instant(row["at"]), scenario.people[row["who"]]
    before = len(story.facts)
    if worker:
        for midnight in _midnights(story.state, at):
            story.advance(midnight)
    story.advance(at)
    timely, facts = story.facts[before:], []
    if row["does"] != "look":
        facts = _carry_out(story, scenario, row, at, who)
    _hold(story, row.get("expect", {}), timely, facts, at.astimezone(codec.OFFICE_ZONE).date())


def _carry_out(story: Story, scenario: Scenario, row: Mapping[str, Any], at: datetime, who: c.Actor) -> list[e.Event]:
    cls = c.KINDS[row["does"]]
    hints = typing.get_type_hints(cls)
    arguments = {
        key: _argument(hints[key], value, scenario.people) for key, value in row.items() if key not in ROW_KEYS
    }
    offer = story.offer(cls, who, at)
    if "refused" in row:
        no = story.no(cls, who, at, **arguments)
        assert no.code == row["refused"], f"refused with {no}"
        if isinstance(offer.no, NotPossible):
            assert offer.no.code == no.code, f"offered with {offer.no}"
        return []
    assert offer.no is None, f"not offered: {offer.no}"
    state = story.state
    facts = story.do(cls, who, at, **arguments)
    assert story.state == fold(facts, state)
    assert "facts" in row.get("expect", {}), f"the row does not say what follows: {[e.NAMES[type(f)] for f in facts]}"
    return facts


def _midnights(state: State, at: datetime) -> Iterator[datetime]:
    if state.last_at is None:
        return
    on = state.last_at.astimezone(codec.OFFICE_ZONE).date()
    while (midnight := datetime.combine(on := on + timedelta(days=1), time(0), codec.OFFICE_ZONE)) <= at:
        yield midnight


def _argument(hint: Any, value: Any, people: Mapping[str, c.Actor]) -> Any:
    parts = typing.get_args(hint)
    if type(None) in parts:
        hint = next(each for each in parts if each is not type(None))
    if hint is Limit:
        return limit_of(value)
    if hint is e.Person:
        return _person(value, people)
    if hint == tuple[e.Person, ...]:
        return tuple(_person(each, people) for each in value)
    if hint == tuple[c.Citation, ...]:
        return tuple(_citation(each) for each in value)
    if hint == tuple[c.Found, ...]:
        return tuple(c.Found(each["criterion"], each["met"], _text(each)) for each in value)
    if hint == tuple[e.Provided, ...]:
        return tuple(e.Provided(each, (e.FileRef(f"file-{each}", "commitment"),)) for each in value)
    return tuple(value) if isinstance(value, list) else value


def _person(name: str, people: Mapping[str, c.Actor]) -> e.Person:
    return e.Person(name, people[name].unit)


def _citation(plain: Mapping[str, Any]) -> c.Citation:
    kind = next(each for each in e.PointKind if each.value in plain)
    return c.Citation(kind, str(plain[kind.value]), e.Defect(plain.get("is", "unmet")), _text(plain))


def _text(plain: Mapping[str, Any]) -> c.Text | None:
    return c.Personal(plain["says"]) if "says" in plain else None


# What a row expects


def _hold(story: Story, expect: Mapping[str, Any], timely: list[e.Event], facts: list[e.Event], on: date) -> None:
    _known(expect, EXPECTED, "expect")
    _same_facts(expect.get("time", []), timely, "time")
    if "facts" in expect:
        _same_facts(expect["facts"], facts, "facts")
    papers = [label("documents", code) for fact in (*timely, *facts) for code in documents_of(fact)]
    assert papers == expect.get("documents", []), f"documents: {papers}"
    if "state" in expect:
        assert story.state.stage == expect["state"], f"state: {story.state.stage}"
    for name, value in expect.get("days", {}).items():
        assert getattr(story.state, name) == value, f"{name}: {getattr(story.state, name)}"
    if "contact" in expect:
        assert story.state.contact == expect["contact"], f"contact: {story.state.contact}"
    running = {_name(each): each for each in (*clocks(story.state, story.law), *remedy_clocks(story.state, story.law))}
    for name, value in expect.get("clocks", {}).items():
        assert name in running, f"no clock {name}, only {sorted(running)}"
        assert running[name].due == value, f"{name} due {running[name].due}"
    for name, number in expect.get("used", {}).items():
        assert running[name].used(on) == number, f"{name} used {running[name].used(on)}"
    for name, value in expect.get("instants", {}).items():
        assert running[name].due_at == instant(value), f"{name} over at {running[name].due_at}"
    if "provisional" in expect:
        unsure = sorted(name for name, each in running.items() if each.is_provisional)
        assert unsure == sorted(expect["provisional"]), f"provisional: {unsure}"
    if "over" in expect:
        over = sorted(name for name, each in running.items() if each.is_over(on))
        assert over == sorted(expect["over"]), f"over: {over}"
    if "paused" in expect:
        stands = sorted(name for name, each in running.items() if each.is_paused(on))
        assert stands == sorted(expect["paused"]), f"paused: {stands}"


def _name(running: Running) -> str:
    return f"{running.clock} {running.step}".strip()


def _same_facts(expected: list[Any], facts: list[e.Event], what: str) -> None:
    found = [e.NAMES[type(each)] for each in facts]
    named = [each if isinstance(each, str) else next(iter(each)) for each in expected]
    assert found == named, f"{what}: {found}"
    for wanted, fact in zip(expected, facts, strict=True):
        for key, value in ({} if isinstance(wanted, str) else next(iter(wanted.values()))).items():
            shown = fact.on.isoformat() if key == "day" else codec.to_plain(fact).get(key)
            if key == "by":
                shown = fact.by.id
            plain = value.isoformat() if isinstance(value, date) else value
            assert shown == plain, f"{found}: {key} is {shown}"
