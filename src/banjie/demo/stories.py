"""The demo county's cases: invented people, every state of a case, each driven through the one door on its own day.

The dates lie before today, counted back in working days; only an installation created as a demo lets a command say
when it happens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

from banjie.cases import bundles, queries
from banjie.cases.handle import handle, submit
from banjie.demo.models import Filed
from banjie.demo.people import PEOPLE, Person
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine import rules
from banjie.engine.calendar import Calendar
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.law import Law, Procedure, Question
from banjie.records import catalogue
from banjie.records.accounts.models import User
from banjie.records.catalogue import rulebook
from banjie.records.catalogue.joint import matter
from banjie.records.organisation.queries import actor_of, staff_of_unit
from banjie.records.organisation.rulebook import read

STORY_IDS = UUID("0b9d4b8e-7d4e-5a53-9c57-2f2d7f5b1c11")
LAST = "the last story"
FOOD, INSTANT, HYGIENE = "food-business-new", "sole-trader-deregistration", "public-place-hygiene"
FOOD_NEXT = "food-business-new-yunxi"
TOGETHER = "venue-with-kitchen"


class Teller:
    """Tells stories in the demo: knows today, the calendar, and who holds which post."""

    def __init__(self, now: datetime, codes: dict[str, str], people: Sequence[Person]) -> None:
        self._now = now
        self._codes = codes
        self._people = people
        self._told = 0
        self._today = now.astimezone(OFFICE_ZONE).date()

    def at(self, working_days_ago: int, clock: time = time(10)) -> datetime:
        """Ten o'clock (or another time) on the n-th working day before today (after it, where negative)."""
        calendar = self._calendar()
        day = calendar.working_day_number(calendar.working_days_until(self._today) - working_days_ago)
        when = datetime.combine(day, clock, OFFICE_ZONE)
        return when if working_days_ago < 0 else min(when, self._now - timedelta(seconds=1))

    def _calendar(self) -> Calendar:
        law = self._law(next(iter(self._codes)))
        return law.calendar(law.current_calendar)

    def _law(self, item: str) -> Law:
        return catalogue.law_in_force(self._codes[item], self._today)

    def staff(self, unit: str, post: str, number: int = 0) -> c.Actor:
        """The number-th member of staff of a unit who holds a post; LookupError where there is none."""
        found = staff_of_unit(unit, post)
        if len(found) <= number:
            raise LookupError(f"the demo's organisation has no {post} number {number} in {unit}")
        actor = actor_of(found[number].user)
        assert actor is not None
        return actor

    def filed(self, item: str, at: datetime, leave_out: Sequence[str] = (), **answers: Any) -> "Telling":
        """A case of this item, filed on line by the next applicant."""
        person = self._people[self._told % len(self._people)]
        self._told += 1
        law, code = self._law(item), self._codes[item]
        applicant = actor_of(User.objects.get(username=person.user))
        assert applicant is not None
        command = self.application(code, person, applicant, at, f"{item}/{self._told}", leave_out, **answers)
        done = submit(code, command, key=f"demo-{self._told}", body=code.encode())
        return Telling(self, done.stream, law.procedure, applicant)

    def application(
        self,
        code: str,
        person: Person,
        applicant: c.Actor,
        at: datetime,
        name: str,
        leave_out: Sequence[str] = (),
        **answers: Any,
    ) -> c.Submit:
        """An application of this person, answered plainly."""
        law = catalogue.law_in_force(code, self._today)
        questions = law.procedure.questions
        given: dict[str, Any] = {}
        for question in questions:
            if rules.applies(question.when, given, questions):
                given[question.id] = answers.get(question.id, plain_answer(question))
        provided = tuple(
            e.Provided(each.id, form="copy")
            for each in law.procedure.materials
            if each.necessary and each.id not in leave_out and rules.applies(each.when, given, questions)
        )
        return c.Submit(
            command_id=uuid5(STORY_IDS, name),
            at=at,
            by=applicant,
            applicant=c.Personal(person.particulars, find_by=person.id_number),
            answers=c.Personal(given),
            provided=provided,
            e_service=True,
        )


NAMES = {
    "place_name": "云岭县示范小馆",
    "trader_name": "云岭县示范小馆",
    "venue_name": "云岭县示范歌厅",
    "company_name": "云岭县示范人力资源有限公司",
    "enterprise_name": "云岭县示范种苗有限公司",
    "school_name": "云岭县示范学校",
    "works_name": "示范街综合楼工程",
    "holder_name": "赵示范",
}
"""What the places and companies of the demo are called, by the question that asks for it; all invented."""


def plain_answer(question: Question) -> Any:
    """An ordinary answer to a question of a demo item: a name where it asks for one, else an address."""
    if question.type == "choice":
        return question.choices[0].value
    if question.id in NAMES:
        return NAMES[question.id]
    return {"text": "云岭县城关镇示范街18号", "number": 86, "yes_no": False, "date": "2026-01-05"}[question.type]


@dataclass(slots=True)
class Telling:
    """One case on its way."""

    teller: Teller
    stream: UUID
    procedure: Procedure
    applicant: c.Actor
    sent: int = 0

    def do(self, kind: type[c.Command], by: c.Actor, at: datetime, **arguments: Any) -> "Telling":
        """Send one command. Its id follows from its place in the story: safe to repeat."""
        self.sent += 1
        command_id = uuid5(STORY_IDS, f"{self.stream}/{self.sent}")
        seen = queries.version(self.stream)
        handle(self.stream, kind(command_id=command_id, at=at, by=by, expected_version=seen, **arguments))
        return self

    def clerk(self) -> c.Actor:
        """Who receives."""
        return self.teller.staff(self.procedure.receives, "clerk")

    def accepted(self, at: datetime) -> "Telling":
        """Accepted at the window."""
        return self.do(c.Accept, self.clerk(), at)

    def correction(self, at: datetime, *materials: str) -> "Telling":
        """Materials that are missing, named once."""
        points = tuple(c.Citation(e.PointKind.MATERIAL, each, e.Defect.MISSING) for each in materials)
        return self.do(c.RequestCorrection, self.clerk(), at, points=points)

    def corrected(self, at: datetime, *materials: str) -> "Telling":
        """What was asked for, handed in."""
        provided = tuple(e.Provided(each, form="copy") for each in materials)
        return self.do(c.SubmitCorrection, self.applicant, at, provided=provided)

    def assigned(self, at: datetime) -> "Telling":
        """Every open step, to the people its rule asks for."""
        for rule in self.procedure.steps:
            officers = [self.teller.staff(rule.unit, "officer", number) for number in range(max(rule.people, 1))]
            people = tuple(e.Person(each.id, rule.unit) for each in officers)
            head = self.teller.staff(rule.unit, "section_head")
            self.do(c.Assign, head, at, step=rule.slug, people=people)
        return self

    def finished(self, at: datetime, slug: str, outcome: str = "", unmet: str = "") -> "Telling":
        """One step, by the first person it was assigned to."""
        rule = self.procedure.step(slug)
        assert rule is not None
        favourable = "no_objection" if rule.kind in ("consultation", "public_notice") else "passed"
        against = c.Personal("经核查与申报不符。")
        looked_at = [] if rule.kind in ("consultation", "public_notice") else self.procedure.criteria
        findings = tuple(
            c.Found(each.id, each.id != unmet, against if each.id == unmet else None) for each in looked_at
        )
        officer = self.teller.staff(rule.unit, "officer")
        return self.do(c.FinishStep, officer, at, step=slug, outcome=outcome or favourable, findings=findings)

    def examined(self, at: datetime) -> "Telling":
        """Every step, favourably."""
        for rule in self.procedure.steps:
            self.finished(at, rule.slug)
        return self

    def granted(self, at: datetime) -> "Telling":
        """The decision."""
        return self.do(c.Decide, self._decider(), at, outcome="grant")

    def refused(self, at: datetime, criterion: str) -> "Telling":
        """The decision, citing a criterion."""
        point = c.Citation(e.PointKind.CRITERION, criterion, e.Defect.UNMET, c.Personal("现场核查未达到该项条件。"))
        return self.do(c.Decide, self._decider(), at, outcome="refuse", points=(point,))

    def issued(self, at: datetime) -> "Telling":
        """The licence."""
        clerk = self.teller.staff(self.procedure.serves, "licence_clerk")
        return self.do(c.Issue, clerk, at)

    def served(self, at: datetime) -> "Telling":
        """Handed over, and closed."""
        post = "clerk" if self.procedure.serves == self.procedure.receives else "licence_clerk"
        clerk = self.teller.staff(self.procedure.serves, post)
        return self.do(c.Serve, clerk, at, method="in_person")

    def granted_at_once(self, at: datetime) -> "Telling":
        """An instant item: accepted, examined and granted in one act at the window."""
        both = self.teller.staff(self.procedure.receives, "decider")
        return self.do(c.DecideAtOnce, both, at, outcome="grant")

    def paused(self, at: datetime, ground: str, until: date) -> "Telling":
        """The clock stops on a ground, by whoever works on the step that may."""
        rule = next(each for each in self.procedure.steps if ground in each.may_pause_on)
        officer = self.teller.staff(rule.unit, "officer")
        return self.do(c.Pause, officer, at, ground=ground, expected_end=until, step=rule.slug)

    def withdrawn(self, at: datetime) -> "Telling":
        """Taken back by the applicant."""
        return self.do(c.Withdraw, self.applicant, at)

    def _decider(self) -> c.Actor:
        return self.teller.staff(self.procedure.decides, "decider")


def tell(now: datetime, codes: dict[str, str], people: Sequence[Person] = PEOPLE) -> list[UUID]:
    """Drive the demo's cases, in every state, and return their streams. `codes`: item code by the name of its file."""
    teller = Teller(now, codes, people)
    at = teller.at
    told = [
        teller.filed(FOOD, at(0, time(8, 40))),
        teller.filed(HYGIENE, at(2)),
        teller.filed(FOOD, at(4), ("rules_list", "process_flow")).correction(at(2), "rules_list", "process_flow"),
        teller.filed(FOOD, at(3)).accepted(at(2)),
        teller.filed(FOOD, at(5), ("safety_manager",))
        .correction(at(4), "safety_manager")
        .corrected(at(3), "safety_manager")
        .accepted(at(3, time(15)))
        .assigned(at(2)),
        teller.filed(FOOD, at(7)).accepted(at(6)).assigned(at(6, time(14))).finished(at(4), "document_review"),
        teller.filed(FOOD, at(8)).accepted(at(7)).assigned(at(7, time(14))).examined(at(3)),
        teller.filed(HYGIENE, at(12)).accepted(at(11)).assigned(at(9)).paused(at(5), "testing", at(-5).date()),
        teller.filed(FOOD, at(12)).accepted(at(11)).assigned(at(10)).examined(at(7)).granted(at(4)),
        teller.filed(FOOD, at(14)).accepted(at(13)).assigned(at(12)).examined(at(9)).granted(at(7)).issued(at(6)),
        teller.filed(FOOD, at(20), ("rules_list",))
        .correction(at(19), "rules_list")
        .corrected(at(17), "rules_list")
        .accepted(at(16))
        .assigned(at(15))
        .examined(at(12))
        .granted(at(10))
        .issued(at(9))
        .served(at(8)),
        teller.filed(FOOD, at(18))
        .accepted(at(17))
        .assigned(at(16))
        .finished(at(14), "document_review")
        .finished(at(13), "site_survey", "failed", "c3")
        .refused(at(11), "c3")
        .served(at(10)),
        teller.filed(HYGIENE, at(9)),  # nobody answered in time: accepted by law
        teller.filed(INSTANT, at(1)).granted_at_once(at(1, time(10, 20))).served(at(1, time(10, 40))),
        # The next county, where departments decide at the centre themselves.
        teller.filed(FOOD_NEXT, at(1)),
        teller.filed(FOOD_NEXT, at(6)).accepted(at(5)).assigned(at(4)),
        teller.filed(FOOD_NEXT, at(15))
        .accepted(at(14))
        .assigned(at(13))
        .examined(at(9))
        .granted(at(8))
        .issued(at(7))
        .served(at(6)),
        teller.filed(FOOD, at(6)).withdrawn(at(5)),
    ]
    Filed.objects.get_or_create(name=LAST, defaults={"stream": told[-1].stream})
    return [each.stream for each in told]


def handed_in_together(now: datetime, person: Person = PEOPLE[0], days_ago: int = 4) -> UUID:
    """A joint handling (联合办理) of two agencies, registered on line and accepted at the window; its stream."""
    codes = item_codes()
    teller = Teller(now, codes, [person])
    at = teller.at(days_ago)
    found = matter(TOGETHER, at.date())
    applicant = actor_of(User.objects.get(username=person.user))
    assert found is not None
    assert applicant is not None
    commands = {each.code: teller.application(each.code, person, applicant, at, each.role) for each in found.parts}
    stream = bundles.register(bundles.Register.of(found, commands), f"demo-{TOGETHER}")
    bundles.accept(stream, teller.staff("hall-window", "clerk"), teller.at(days_ago - 1), uuid5(STORY_IDS, TOGETHER))
    return stream


def are_told() -> bool:
    """Whether the last of the stories has its last fact."""
    return Filed.objects.filter(name=LAST).exists()


def item_codes() -> dict[str, str]:
    """The code of every item of the rulebook, by the name of its file."""
    return {path.stem: read(path)["code"] for path in rulebook.items()}
