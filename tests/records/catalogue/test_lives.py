"""Every item of the demo county can be lived through, from the application to its end, by the people of the county."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.decide import advance, decide
from banjie.engine.law import Law
from banjie.engine.state import NEW, fold
from banjie.engine.steps import KINDS
from banjie.records.catalogue import rulebook
from banjie.records.organisation.rulebook import Organisation, region_profile
from tests.cast import application
from tests.records.catalogue.test_items import FILES

APPLICANT = c.Actor("p-applicant", e.ActorKind.APPLICANT)
CALENDAR = rulebook.calendar("CN")


class Life:
    """A case in memory, one act a day, by whoever of the county's staff holds the post."""

    def __init__(self, law: Law, organisation: Organisation) -> None:
        self.law = law
        self.state = NEW
        self.day = date(2026, 3, 2)
        self._agency = {unit.id: each.id for each in organisation.agencies for unit in each.units}
        self._staff = organisation.staff

    def people(self, post: str, unit: str = "", agency: str = "") -> list[c.Actor]:
        """Who holds a post in a unit or an agency; at least one."""
        found = [
            c.Actor(f"p-{each.username}", e.ActorKind.STAFF, frozenset(each.posts), each.unit, self._agency[each.unit])
            for each in self._staff
            if post in each.posts and unit in ("", each.unit) and agency in ("", self._agency[each.unit])
        ]
        assert found, f"nobody is {post} in {unit or agency}"
        return found

    def do(self, kind: type[c.Command], by: c.Actor, **told: Any) -> None:
        """An act, at ten o'clock, on the next working day."""
        self.day = CALENDAR.next_working_day(self.day + timedelta(days=1))
        seen = {"expected_version": self.state.version} if kind in c.RESTS_ON_WHAT_WAS_SEEN else {}
        self.take(kind(**self.envelope(by), **seen, **told))

    def envelope(self, by: c.Actor) -> dict[str, Any]:
        at = datetime.combine(self.day, time(10), OFFICE_ZONE)
        return {"command_id": uuid4(), "at": at, "by": by}

    def take(self, command: c.Command) -> None:
        self.state, _ = advance(self.state, self.law, command.at)
        sealed = c.sealed(command, lambda path, personal: e.Ref(path, "0" * 64))
        self.state = fold(decide(self.state, sealed, self.law), self.state)


def examine(life: Life) -> None:
    """Each step in its turn: assigned by its own head to as many as it needs, and passed."""
    procedure = life.law.procedure
    for step in procedure.steps:
        if step.slug not in life.state.steps:
            continue
        forwarding = procedure.forwarding
        if forwarding and step.unit == forwarding.to_unit and not life.state.forwarded:
            opinion = {"opinion": "recommended"}
            life.do(c.Forward, life.people("section_head", forwarding.preliminary_unit)[0], **opinion)
            life.do(c.ConfirmArrival, life.people("officer", forwarding.to_unit)[0])
        busy = {person.id for other in life.state.steps.values() for person in other.people}
        officers = [each for each in life.people("officer", step.unit) if each.id not in busy][: step.people]
        named = tuple(e.Person(each.id, each.unit) for each in officers)
        life.do(c.Assign, life.people("section_head", step.unit)[0], step=step.slug, people=named)
        found = tuple(c.Found(each, True) for each in step.checks)
        life.do(c.FinishStep, officers[0], step=step.slug, outcome=KINDS[step.kind].outcomes[0], findings=found)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_item_can_be_lived_through_by_the_people_of_the_county(path, demo_organisation):
    procedure = rulebook.item(path, demo_organisation, lambda name: f"p-{name}")
    law = Law(procedure, {CALENDAR.version: CALENDAR}, region_profile(procedure.region), CALENDAR.version)
    life = Life(law, demo_organisation)
    deciding = procedure.agency_of(procedure.decides)

    submitted = application(procedure, APPLICANT)
    life.take(
        c.Submit(
            **life.envelope(APPLICANT),
            applicant=submitted.applicant,
            answers=submitted.answers,
            provided=submitted.provided,
            number="N1",
            query_number="Q1",
        )
    )
    clerks = life.people("clerk", procedure.receives)
    if procedure.instant:
        window = [each for each in clerks if "decider" in each.posts]
        life.do(c.DecideAtOnce, window[0], outcome="grant")
    else:
        life.do(c.Accept, clerks[0])
        if procedure.third_parties:
            officer = life.people("officer", agency=deciding)[0]
            party = c.Personal({"name": "邻居"})
            life.do(c.NameThirdParties, officer, parties=(e.Person("p-neighbour"),), particulars=(party,))
            life.do(c.TellHearingRight, officer)
            life.day += timedelta(days=10)
        examine(life)
        life.do(c.Decide, life.people("decider", agency=deciding)[0], outcome="grant")
    if procedure.licence and procedure.licence_act != "cancel":  # what is given back is not made again
        life.do(c.Issue, life.people("licence_clerk", agency=deciding)[0])
    servers = [*clerks, *(life.people("licence_clerk", agency=deciding) if procedure.licence else [])]
    life.do(c.Serve, next(each for each in servers if each.unit == procedure.serves), method="in_person")

    assert life.state.is_closed
    assert life.state.result == "granted"
