"""The cast of the tests: everybody a procedure needs, as actors at the door, and commands in their hands."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine import rules
from banjie.engine.law import Procedure

APPLICANT = {
    "kind": "enterprise",
    "name": "云岭县山居小馆",
    "id_type": "uscc",
    "id_number": "",
    "phone": "13800000000",
    "address": "云岭县城关镇示范街1号",
}

SIGNED = {"reform_office": "p-reform", "service_centre": "p-centre", "e_government": "p-egov"}
"""Who signs off a version in the tests: each of the three offices by a person of its own."""


def staff(name: str, unit: str, agency: str, *posts: str) -> c.Actor:
    """A member of staff."""
    return c.Actor(name, e.ActorKind.STAFF, frozenset(posts), unit, agency)


class Cast:
    """Applicant, staff and stranger for one procedure. People's ids are their roles: readable, and nobody's name."""

    def __init__(self, procedure: Procedure) -> None:
        self.procedure = procedure
        of = procedure.agency_of
        self.applicant = c.Actor("p-applicant", e.ActorKind.APPLICANT)
        self.stranger = c.Actor("p-stranger", e.ActorKind.APPLICANT)
        self.clerk = staff("p-clerk", procedure.receives, of(procedure.receives), "clerk")
        self.decider = staff("p-decider", procedure.decides, of(procedure.decides), "decider")
        self.head = staff("p-head", procedure.decides, of(procedure.decides), "head_of_agency")
        self.licence_clerk = staff("p-licence", procedure.decides, of(procedure.decides), "licence_clerk")
        self.server = staff("p-server", procedure.serves, of(procedure.serves), "clerk")
        self.calendar_keeper = staff("p-keeper", procedure.decides, of(procedure.decides), "calendar_keeper")
        lower = procedure.forwarding.preliminary_unit if procedure.forwarding else ""
        self.forwarder = staff("p-forwarder", lower, of(lower), "officer")
        self.steward = staff("p-steward", procedure.decides, of(procedure.decides), "data_steward")

    def section_head(self, slug: str) -> c.Actor:
        """Who assigns this step."""
        unit = self._unit(slug)
        return staff(f"p-head-{slug}", unit, self.procedure.agency_of(unit), "section_head")

    def officers(self, slug: str) -> list[c.Actor]:
        """Two officers who can carry this step out."""
        unit = self._unit(slug)
        return [staff(f"p-{slug}-{n}", unit, self.procedure.agency_of(unit), "officer") for n in "ab"]

    def _unit(self, slug: str) -> str:
        rule = self.procedure.step(slug)
        assert rule is not None
        return rule.unit


def now() -> datetime:
    """This instant, as a face would say it."""
    return datetime.now(UTC)


def envelope(by: c.Actor, at: datetime | None = None, seen: int | None = None) -> dict[str, Any]:
    """A fresh envelope."""
    return {"command_id": uuid4(), "at": at or now(), "by": by, "expected_version": seen}


def application(
    procedure: Procedure, by: c.Actor, at: datetime | None = None, id_number: str = "", **answers: Any
) -> c.Submit:
    """A complete application with papers seen at the window; every needed question answered plainly."""
    particulars = {**APPLICANT, "id_number": id_number or demo_uscc(1)}
    given = {each.id: answers.get(each.id, _plain_answer(each)) for each in procedure.questions}
    provided = tuple(e.Provided(each.id, form="copy") for each in procedure.materials)
    return c.Submit(
        **envelope(by, at),
        applicant=c.Personal(particulars, find_by=particulars["id_number"]),
        answers=c.Personal(given),
        provided=provided,
        party="" if by.kind is e.ActorKind.APPLICANT else "p-applicant",
        channel="online" if by.kind is e.ActorKind.APPLICANT else "window",
    )


def _plain_answer(question: Any) -> Any:
    if question.id == "expires_on":  # of a licence that is to be renewed: not yet
        return "2099-12-31"
    if question.id == "licence_number":  # of a licence that is to be changed, renewed or given back
        return "JY-26030200001X"
    if question.type == "choice":
        return question.choices[0].value
    return {"text": "示范", "number": 60, "yes_no": False, "date": "2026-01-05"}[question.type]


ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = [3**power % 31 for power in range(17)]


def demo_uscc(number: int) -> str:
    """The number-th credit code of an invented enterprise in the demo county (GB 32100, right check characters)."""
    body = f"{number:08d}"
    inner = 11 - sum(int(digit) * weight for digit, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    first = f"91999921{body}{'X' if inner == 10 else inner % 11}"
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(first, WEIGHTS, strict=True))
    return first + ALPHABET[(31 - total % 31) % 31]


def demo_id_card(number: int) -> str:
    """The number-th identity number of an invented person in the demo county (GB 11643, right check character)."""
    first = f"999921{1950 + number % 50:04d}{number % 12 + 1:02d}{number % 28 + 1:02d}{number % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(first, weights, strict=True))
    return first + "10X98765432"[total % 11]


def whole_life(cast: Cast) -> Iterator[tuple[str, Any]]:
    """The main line after submission of a plain application, as (what, make): `make(seen)` gives the next command."""
    procedure = cast.procedure
    plain = {each.id: _plain_answer(each) for each in procedure.questions}
    steps = [each for each in procedure.steps if rules.applies(each.when, plain, procedure.questions)]
    yield "accept", lambda seen: c.Accept(**envelope(cast.clerk, seen=seen))
    for rule in steps:
        people = tuple(e.Person(each.id, rule.unit) for each in cast.officers(rule.slug))
        yield (
            f"assign {rule.slug}",
            lambda seen, rule=rule, people=people: c.Assign(
                **envelope(cast.section_head(rule.slug)), step=rule.slug, people=people[: max(rule.people, 1)]
            ),
        )
    handing_up = procedure.forwarding
    for rule in steps:
        first = cast.officers(rule.slug)[0]
        if handing_up and first.agency != procedure.agency_of(handing_up.preliminary_unit):
            handing_up = None
            yield "forward", lambda seen: c.Forward(**envelope(cast.forwarder), opinion="recommended")
        outcome = "no_objection" if rule.kind in ("consultation", "public_notice") else "passed"
        yield (
            f"finish {rule.slug}",
            lambda seen, rule=rule, first=first, outcome=outcome: c.FinishStep(
                **envelope(first),
                step=rule.slug,
                outcome=outcome,
                findings=tuple(c.Found(each, True) for each in rule.checks),
            ),
        )
    yield "decide", lambda seen: c.Decide(**envelope(cast.decider, seen=seen), outcome="grant")
    if procedure.licence:
        yield "issue", lambda seen: c.Issue(**envelope(cast.licence_clerk))
    yield "serve", lambda seen: c.Serve(**envelope(cast.server), method="in_person")
