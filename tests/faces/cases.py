"""Cases brought to a state through the door, for tests of the pages that show them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from banjie.cases import queries
from banjie.cases.handle import handle, submit
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.law import Question
from banjie.engine.state import State
from banjie.web import clock
from tests.county import FOOD, County

Make = Callable[[dict[str, Any]], c.Command]


@dataclass(frozen=True, slots=True)
class Filed:
    """A case on its way."""

    county: County
    stream: UUID
    number: str
    item: str

    @property
    def state(self) -> State:
        """Where it stands now."""
        return queries.view(self.stream, clock.now()).state

    @property
    def facts(self) -> list[str]:
        """The kinds of its facts, in order."""
        return [e.NAMES[type(line.event)] for line in queries.view(self.stream, clock.now()).lines]

    def last(self, kind: type[e.Fact]) -> Any:
        """The newest fact of a kind; AssertionError where there is none."""
        found = [line.event for line in queries.view(self.stream, clock.now()).lines if isinstance(line.event, kind)]
        assert found, f"no {kind.__name__} among {self.facts}"
        return found[-1]

    def do(self, role: str, make: Make) -> "Filed":
        """Somebody asks for something; `make` gets the envelope."""
        seen = self.state.version
        envelope = {
            "command_id": uuid4(),
            "at": clock.now(),
            "by": self.county.actor(role),
            "expected_version": seen,
        }
        handle(self.stream, make(envelope))
        return self

    def accepted(self, role: str = "clerk") -> "Filed":
        """Accepted at the window."""
        return self.do(role, lambda given: c.Accept(**given))

    def assigned(self, step: str, head: str, *roles: str) -> "Filed":
        """A step assigned to these people."""
        rule = self.county.law(self.item).procedure.step(step)
        assert rule is not None
        people = tuple(e.Person(self.county.actor(role).id, rule.unit) for role in roles)
        return self.do(head, lambda given: c.Assign(**given, step=step, people=people))

    def finished(self, step: str, role: str, outcome: str = "passed") -> "Filed":
        """A step finished by somebody."""
        return self.do(role, lambda given: c.FinishStep(**given, step=step, outcome=outcome))

    def examined(self) -> "Filed":
        """A food licence with both steps finished well."""
        self.accepted().assigned("document_review", "section_head", "officer")
        self.assigned("site_survey", "survey_head", "surveyor", "second_surveyor")
        return self.finished("document_review", "officer").finished("site_survey", "surveyor")


def filed(county: County, item: str = FOOD, leave_out: Sequence[str] = (), **answers: Any) -> Filed:
    """A complete application, on line, of the county's applicant (without the materials left out).

    A question answered with None is left open.
    """
    law = county.law(item)
    person, at = county.applicant(), clock.now()
    said = {each.id: answers.get(each.id, plain_answer(each)) for each in law.procedure.questions}
    given = {id: answer for id, answer in said.items() if answer is not None}
    command = c.Submit(
        command_id=uuid4(),
        at=at,
        by=county.actor("applicant"),
        applicant=c.Personal(person.particulars, find_by=person.id_number),
        answers=c.Personal(given),
        provided=tuple(
            e.Provided(each.id, form="copy")
            for each in law.procedure.materials
            if each.necessary and not each.when and each.id not in leave_out
        ),
        e_service=True,
    )
    done = submit(county.code(item), command, key=str(command.command_id))
    return Filed(county, done.stream, done.query_number, item)


def plain_answer(question: Question) -> Any:
    """An ordinary answer."""
    if question.type == "choice":
        return question.choices[0].value
    return {"text": "云岭县城关镇示范街18号", "number": 86, "yes_no": False, "date": "2026-03-20"}[question.type]
