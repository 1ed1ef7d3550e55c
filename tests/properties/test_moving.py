"""Whatever has happened to a case and whatever another version says: moved, it stands as if filed under that version.

Random people lead a case some way under one version. Then a random other version is published, and the case is moved
to it or the state that blocks is named. Where it is moved, its history is decided again under the new version alone,
command by command, and comes to the same case; a step that only the new version has begins on the day of the move.
"""

import dataclasses
import json
import os
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine import moving
from banjie.engine.clocks import clocks, timers
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.decide import RULES, decide, possible
from banjie.engine.law import Criterion, Law, Material, Procedure, StepRule
from banjie.engine.not_possible import NotPossible
from banjie.engine.receipt import acceptance
from banjie.engine.state import NEW, State, fold
from banjie.engine.timelimits import Limit, Unit
from tests.engine.story import Story
from tests.properties.test_engine_model import APPLICANT, LAWS, Case, staff

pytestmark = pytest.mark.property

SOAK = os.environ.get("BANJIE_SOAK") == "1"
WALKS = 3_000 if SOAK else 25
KEEPER = c.Actor("keeper", e.ActorKind.STAFF, frozenset({"catalogue_keeper"}), "legal", "a")
SAID_ANEW = (c.Submit, c.SubmitCorrection, c.Accept, c.Forward)
"""Commands whose facts carry what a version says: they are decided again."""

DIFFERS = {"version", "last_at", "act", "hands", "newly_required", "steps"}
"""What a move leaves of itself, and what it says otherwise on purpose: a new material is new, a new step begins now."""


class Recorded(Story):
    """A story that remembers which command brought which facts; None where time did."""

    def __init__(self, law: Law) -> None:
        super().__init__(law)
        self.groups: list[tuple[c.Command | None, list[e.Event]]] = []

    def carry_out(self, command: c.Command) -> list[e.Event]:
        """What happens, remembered."""
        facts = super().carry_out(command)
        self.groups.append((self.seal(command), facts))
        return facts

    def advance(self, at: str | datetime) -> list[e.Event]:
        """What time brings about, remembered."""
        facts = super().advance(at)
        self.groups += [(None, [fact]) for fact in facts]
        return facts


def varied(old: Procedure, pick: Random) -> Procedure:
    """Another version of a procedure, changed in one to three ways."""
    new = dataclasses.replace(old, version=old.version + 1)
    for _ in range(pick.randint(1, 3)):
        new = pick.choice(CHANGES)(new, pick)
    return new


def _limit(limit: Limit, pick: Random) -> Limit:
    return Limit(max(1, limit.number + pick.choice([-15, -3, 1, 4, 10])), limit.unit)


def _limits(old: Procedure, pick: Random) -> Procedure:
    return dataclasses.replace(
        old,
        statutory_limit=_limit(old.statutory_limit, pick),
        notice_limit=_limit(old.notice_limit, pick),
        committed_limit=old.committed_limit and _limit(old.committed_limit, pick),
    )


def _one_step_less(old: Procedure, pick: Random) -> Procedure:
    if not old.steps:
        return old
    gone = pick.choice(old.steps).slug
    kept = [each for each in old.steps if each.slug != gone]
    steps = [dataclasses.replace(each, after=tuple(one for one in each.after if one != gone)) for each in kept]
    return dataclasses.replace(old, steps=tuple(steps))


def _one_step_more(old: Procedure, pick: Random) -> Procedure:
    if old.step("extra"):
        return old
    after = (pick.choice(old.steps).slug,) if old.steps and pick.random() < 0.6 else ()
    more = StepRule(
        slug="extra", kind="review", name="复核", unit="licensing", after=after, limit=Limit(3, Unit.WORKING_DAY)
    )
    steps = list(old.steps)
    if steps and pick.random() < 0.3:  # an older step waits for it
        place = pick.randrange(len(steps))
        if steps[place].slug not in after:
            steps[place] = dataclasses.replace(steps[place], after=(*steps[place].after, "extra"))
    return dataclasses.replace(old, steps=(*steps, dataclasses.replace(more, after=() if _turns(steps) else after)))


def _turns(steps: list[StepRule]) -> bool:
    return any("extra" in each.after for each in steps)


def _step_changes(old: Procedure, pick: Random) -> Procedure:
    if not old.steps:
        return old
    place, steps = pick.randrange(len(old.steps)), list(old.steps)
    change: dict[str, Any] = pick.choice(
        [{"limit": Limit(pick.choice([1, 6, 12]), Unit.WORKING_DAY)}, {"unit": "legal"}, {"people": 2}, {"after": ()}]
    )
    steps[place] = dataclasses.replace(steps[place], **change)
    return dataclasses.replace(old, steps=tuple(steps))


def _materials(old: Procedure, pick: Random) -> Procedure:
    if pick.random() < 0.5:
        return dataclasses.replace(old, materials=(*old.materials, Material(id=f"more-{pick.random()}", name="新材料")))
    return dataclasses.replace(old, materials=tuple(pick.sample(old.materials, len(old.materials) - 1)))


def _criteria(old: Procedure, pick: Random) -> Procedure:
    if pick.random() < 0.5 or not old.criteria:
        return dataclasses.replace(
            old, criteria=(*old.criteria, Criterion(id=f"c-{pick.random()}", text="新", basis="新"))
        )
    return dataclasses.replace(old, criteria=tuple(pick.sample(old.criteria, len(old.criteria) - 1)))


def _others(old: Procedure, pick: Random) -> Procedure:
    change: dict[str, Any] = pick.choice(
        [
            {"pause_grounds": ()},
            {"questions": old.questions[:-1]},
            {"home": "another"},
            {"effective_from": date(2027, 1, 1)},
            {"contact": "another-contact"},
            {"forwarding": None},
        ]
    )
    return dataclasses.replace(old, **change)


CHANGES = (_limits, _limits, _one_step_less, _one_step_more, _step_changes, _materials, _criteria, _others)


def led(pick: Random) -> Case:
    """A case that random people have led some way, and that is not closed."""
    case = Case()
    case.now = datetime.combine(date(2026, 1, 5) + timedelta(days=pick.randrange(200)), time(9), OFFICE_ZONE)
    case.fresh = 0
    case.story = Recorded(
        LAWS[
            pick.choice([each for each in sorted(LAWS) if "newer" not in each and not LAWS[each].procedure.ex_officio])
        ]
    )
    case._take(pick, pick.choice([APPLICANT, staff("ann", "window")]), "submit")
    for _ in range(pick.randrange(14)):
        _one_more(case, pick)
        case.now += timedelta(hours=pick.choice([0, 1, 5, 20, 40]))
        if case.story.state.is_closed:
            break
    case.story.advance(case.now)
    return case


ENDS = {"withdraw", "decline", "find_not_needed", "terminate", "void", "decide_at_once", "erase", "take_back", "redate"}
"""What would end the case too soon, or is not what this is about."""


def _one_more(case: Case, pick: Random) -> None:
    """Somebody takes one of the things that are offered, rather what leads on."""
    offered: dict[str, list[c.Actor]] = {}
    for actor in case._cast(pick):
        for each in possible(case.story.state, actor, case.story.law, case.now):
            if each.no is None and each.kind not in ENDS:
                offered.setdefault(each.kind, []).append(actor)
    leads = [each for each in ("accept", "assign", "finish_step", "forward") if each in offered]
    kind = pick.choice(leads if leads and pick.random() < 0.6 else sorted(offered)) if offered else ""
    if kind:
        case._take(pick, pick.choice(offered[kind]), kind)


def with_target(story: Story, new: Procedure) -> Law:
    """The law of the case, with that version to move to, as it applies to what was answered."""
    answers = story.sealed[story.state.answers.ref] if story.state.answers else {}
    return dataclasses.replace(story.law, targets={new.version: moving.target(new, "digest-2", answers)})


def decided_again(story: Recorded, law: Law) -> State:
    """The history under another version from its first fact on: commands that said what a version says say it anew."""
    state = NEW
    for command, facts in story.groups:
        if isinstance(command, SAID_ANEW):
            facts = RULES[type(command)].answer(state, _fitting(command, law), law)
        elif command is None and isinstance(facts[0], e.DeemedAccepted):
            fixed = acceptance(state, law, facts[0].accept_on)
            facts = [dataclasses.replace(facts[0], **fixed), *facts[1:]]
        state = fold(facts, state)
    return state


def _fitting(command: c.Command, law: Law) -> c.Command:
    """The command without answers to what that version does not ask: a correction has put others in their place."""
    answers = getattr(command, "answers", None)
    if answers is None:
        return command
    asked = {each.id for each in law.procedure.questions}
    kept = {name: value for name, value in answers.value.items() if name in asked}
    return dataclasses.replace(command, answers=dataclasses.replace(answers, value=kept))  # type: ignore[call-arg]


def test_a_case_that_was_moved_stands_as_if_it_had_been_filed_under_the_other_version() -> None:
    moved, blocked = 0, dict[str, int]()
    for seed in range(WALKS):
        pick = Random(seed)
        story = led(pick).story
        assert isinstance(story, Recorded)
        if story.state.is_closed:
            continue
        at = story.state.last_at
        assert at is not None
        for _ in range(8):
            new = varied(story.law.procedure, pick)
            law = with_target(story, new)
            offers = _offered(story.state, law, at)
            command = story.seal(
                story.command(
                    c.MoveToVersion, KEEPER, at, version=new.version, basis="示例办法 20", reasons="机密",
                    second=e.Person("second"),
                )
            )  # fmt: skip
            try:
                (fact,) = decide(story.state, command, law)
            except NotPossible as no:
                blocked[no.code] = blocked.get(no.code, 0) + 1
                assert new.version not in offers
                continue
            moved += 1
            _holds(story, law, fact, seed)
    assert moved >= WALKS / 2, blocked
    assert len(blocked) >= 8, blocked


def _offered(state: State, law: Law, at: datetime) -> tuple[int, ...]:
    """The versions that are offered at the end of that day: what is refused then is not offered."""
    try:
        return tuple(moving.may_move(state, KEEPER, law, at.astimezone(OFFICE_ZONE).date())["version"])
    except NotPossible:
        return ()


def _holds(story: Recorded, law: Law, fact: e.Event, seed: int) -> None:
    assert isinstance(fact, e.MovedToVersion)
    before, after = story.state, fold([fact], story.state)
    under = moving.law_after(law, after)
    again = decided_again(story, under)

    assert (after.procedure_version, under.procedure.version) == (fact.version, fact.version)
    differing = {
        each.name
        for each in dataclasses.fields(State)
        if each.name not in DIFFERS and getattr(after, each.name) != getattr(again, each.name)
    }
    assert differing == set(), (seed, differing)
    assert after.steps.keys() == again.steps.keys()
    begin_now = {
        slug for slug, step in after.steps.items() if slug not in before.steps or not before.steps[slug].opened_on
    }
    for slug, step in after.steps.items():
        fresh = again.steps[slug]
        if slug in begin_now:
            assert step.opened_on in (None, fact.on)
            step, fresh = (dataclasses.replace(each, opened_on=None) for each in (step, fresh))
        assert step == fresh, (seed, slug)
    due = {(each.clock, each.step): each.due for each in clocks(again, under)}
    for each in clocks(after, under):
        if each.step not in begin_now:
            assert each.due == due[each.clock, each.step], (seed, each.clock)
    assert {each.clock for each in fact.moved} <= {each.clock for each in clocks(after, under)}
    assert [when for when, _ in timers(after, under) if when <= fact.at] == []
    assert fold([e.decode(*_stored(each)) for each in [*story.facts, fact]]) == after


def _stored(fact: e.Event) -> tuple[str, Any]:
    kind, body = e.encode(fact)
    assert "机密" not in body.decode()
    return kind, json.loads(body)
