"""Whether the people there are can carry the item, with the duties apart that the law wants apart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from banjie.engine.law import Duty, Procedure
from banjie.engine.not_possible import NotPossible
from banjie.engine.steps import KINDS
from banjie.records.catalogue.gate.around import Around


def problems(procedure: Procedure, around: Around) -> Iterator[NotPossible]:
    """Seals, handbooks, and whether everybody is there; staff is judged only where the organisation names any."""
    guide = procedure.guide
    if procedure.agency_of(procedure.seals) != procedure.agency_of(procedure.decides):
        yield NotPossible("seal_of_another_agency", unit=procedure.seals)
    if guide.entrusting and guide.entrusting not in around.units.values():
        yield NotPossible("unknown_agency", agency=guide.entrusting)
    if procedure.merged and not procedure.instant and not guide.merge_reason.strip():
        yield NotPossible("merge_without_reason", duties=sorted(procedure.merged))
    yield from _handbook(procedure)
    if around.posts:
        yield from _present(procedure, around)


def _handbook(procedure: Procedure) -> Iterator[NotPossible]:
    """Every post that acts on the item has its page in the handbook (业务手册)."""
    written = {(each.unit, each.post) for each in procedure.guide.posts}
    acting = [(procedure.receives, "clerk"), (procedure.decides, "decider")]
    acting += [(step.unit, step.post) for step in procedure.steps]
    for unit, post in dict.fromkeys(acting):
        if procedure.instant and (unit, post) == (procedure.decides, "decider"):
            continue  # whoever receives it decides it
        if (unit, post) not in written:
            yield NotPossible("handbook_post_missing", unit=unit, post=post)
    for unit, post in sorted(written):
        if procedure.agency_of(unit) == "":
            yield NotPossible("handbook_unknown_unit", unit=unit, post=post)


def _present(procedure: Procedure, around: Around) -> Iterator[NotPossible]:
    clerks = around.holders(procedure.receives, "clerk")
    if not clerks:
        yield NotPossible("nobody_receives", unit=procedure.receives)
    deciders = around.holders(procedure.decides, "decider")
    if not procedure.instant and not deciders:
        yield NotPossible("nobody_decides", unit=procedure.decides)
    for step in procedure.steps:
        people = around.holders(step.unit, step.post)
        least = max(step.people, KINDS[step.kind].people)
        if len(people) < least:
            yield NotPossible("too_few_people", step=step.slug, unit=step.unit, needed=least, there=len(people))
        elif not around.holders(step.unit, "section_head"):
            yield NotPossible("nobody_assigns", step=step.slug, unit=step.unit)
    yield from _apart(procedure, around)


def _apart(procedure: Procedure, around: Around) -> Iterator[NotPossible]:
    """Whether every duty finds people who do no other on the same case, for all duties at once."""
    if procedure.instant:
        return
    needs = [Need("receipt", Duty.INTAKE, around.holders(procedure.receives, "clerk"), 1)]
    for step in procedure.steps:
        kind = KINDS[step.kind]
        people = around.holders(step.unit, step.post)
        needs.append(Need(step.slug, kind.duty, people, max(step.people, kind.people)))
    needs.append(Need("decision", Duty.DECIDE, around.holders(procedure.decides, "decider"), 1))
    needs = [each for each in needs if len(each.people) >= each.least]  # who is not there at all is said above
    for number, need in enumerate(needs):
        stuck = not _can_be_kept_apart(needs[: number + 1], procedure.merged)
        if stuck:
            other = next(each.duty for each in reversed(needs[:number]) if each.duty is not need.duty)
            yield NotPossible("duties_cannot_be_separated", step=need.step, one=other, other=need.duty)
            return


@dataclass(frozen=True, slots=True)
class Need:
    """What one step needs: so many of these people, in this duty."""

    step: str
    duty: Duty
    people: frozenset[str]
    least: int


def _can_be_kept_apart(needs: Sequence[Need], merged: frozenset[Duty]) -> bool:
    """Whether people can be given to duties so that nobody has two that are apart and each need is met.

    A duty that the item merges with others is one with them. People of one duty may do several of its steps.
    """
    first = min(merged, default=None)

    def as_one(duty: Duty) -> Duty | None:
        return first if duty in merged else duty

    duties = [(as_one(each.duty), each) for each in needs]
    could = {
        person: {duty for duty, need in duties if person in need.people} for need in needs for person in need.people
    }
    given = {person: next(iter(which)) for person, which in could.items() if len(which) == 1}

    def settled(given: Mapping[str, Duty | None]) -> bool:
        for duty, need in duties:
            there = [person for person in need.people if person in given and given[person] == duty]
            if len(there) >= need.least:
                continue
            return any(settled({**given, person: duty}) for person in sorted(need.people - given.keys()))
        return True

    return settled(given)
