"""A joint handling driven through the engine alone, as the door of bundles drives it: three agencies, one registration.

joint = Joint.registered("08-03 09:00");  joint.accept("08-03 09:00");  joint.served("fire", "08-31 10:00")
"""

import json
from dataclasses import dataclass, field, replace
from typing import Any

from banjie.engine import bundle as b
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.clocks import Running
from banjie.engine.law import Agency, Extension, Law
from tests.engine.office import (
    ANSWERS,
    APPLICANT,
    CLERK,
    DECIDER,
    LAW,
    LICENCE_CLERK,
    MET,
    OFFICER,
    SECTION_HEAD,
    days,
    papers,
    people,
    staff,
)
from tests.engine.story import CALENDAR, Story, calendar, instant, with_procedure

MAYOR = staff("mayor", "government-office", "head_of_government", agency="county-government")
HEAD_OF_BUREAU = staff("head", "licensing", "head_of_agency", agency="housing")
STREAM = "bundle-1"
ROLES = ("housing", "land", "fire")
REASONS = e.Ref("reasons", "commitment")


def law_of_part(role: str) -> Law:
    """The example licence, decided by an agency of this name."""
    units = tuple(replace(each, agency=role if each.agency == "bureau" else "other") for each in LAW.procedure.units)
    agencies = tuple(
        Agency(id=each, name=each, reconsideration="云岭县人民政府", court="云岭县人民法院") for each in (role, "other")
    )
    return with_procedure(LAW, code=f"item-{role}", home=role, units=units, agencies=agencies, committed_limit=None)


def opened(at: str, *parts: b.Part) -> b.BundleOpened:
    """The registration of these parts: 45 working days and 15 more."""
    return b.BundleOpened(
        at=instant(at),
        by=CLERK.mark,
        number="J-1",
        matter="three",
        lead="housing",
        government="county-government",
        contact="first-contact",
        party="applicant",
        applicant=e.Ref("applicant", "commitment"),
        channel="window",
        calendar=CALENDAR,
        limit=days(45),
        extension=Extension(length=days(15), authority="head_of_government"),
        parts=parts,
    )


def part(role: str, agency: str = "") -> b.Part:
    """A part that this agency decides on."""
    return b.Part(role=role, code=f"item-{role}", unit="licensing", agency=agency or role, share=days(20))


@dataclass
class Joint:
    """A bundle and its parts, each a story of its own."""

    bundle: b.Bundle = b.NEW
    facts: list[b.BundleEvent] = field(default_factory=list)
    parts: dict[str, Story] = field(default_factory=dict)

    @classmethod
    def registered(cls, at: str) -> "Joint":
        """Three parts registered together."""
        joint = cls()
        joint.do(b.OpenBundle(opened=opened(at, *map(part, ROLES))))
        for role in ROLES:
            story = Story(law_of_part(role))
            story.do(
                c.Submit,
                APPLICANT,
                at,
                provided=papers("form", "plan"),
                answers=ANSWERS,
                number=f"N-{role}",
                query_number=f"Q-{role}",
                part_of=e.PartOf(STREAM, role),
                joint=e.Joint(days(45), days(20)),
            )
            joint.parts[role] = story
        joint.settle(at)
        return joint

    def do(self, command: b.BundleCommand) -> list[b.BundleEvent]:
        """Carry out a command of the bundle."""
        facts = b.decide(self.bundle, command, calendar())
        self.bundle = b.fold(facts, self.bundle)
        self.facts += facts
        return facts

    def note(self, role: str) -> list[b.BundleEvent]:
        """Let the bundle hear of a part."""
        story = self.parts[role]
        return self.do(b.NotePart(noted=b.noted(role, f"case-{role}", story.state, story.law)))

    def settle(self, at: str) -> None:
        """Hear of every part and carry the joint limit over, as the door does after every act."""
        for role in self.parts:
            self.note(role)
        for each in self.bundle.to_carry:
            self.parts[each.role].do(c.CarryJointLimit, c.TIMER, at, **b.carried(self.bundle, STREAM))
            self.note(each.role)
        assert not self.bundle.owes

    def accept(self, at: str, *roles: str) -> None:
        """The window accepts every part, or those named."""
        for role in roles or ROLES:
            self.parts[role].do(c.Accept, CLERK, at)
        self.settle(at)

    def decided(self, role: str, at: str) -> None:
        """One agency examines and grants."""
        story = self.parts[role]
        story.do(c.Assign, SECTION_HEAD, at, step="review", people=people(OFFICER))
        story.do(c.FinishStep, OFFICER, at, step="review", outcome="passed", findings=MET)
        story.do(c.Decide, replace(DECIDER, agency=role), at, outcome="grant")

    def served(self, role: str, at: str) -> None:
        """One agency decides, makes its licence, and the window serves it."""
        self.decided(role, at)
        self.parts[role].do(c.Issue, replace(LICENCE_CLERK, agency=role), at)
        self.parts[role].do(c.Serve, CLERK, at, method="in_person")

    def extend(self, at: str, by: c.Actor = MAYOR, **more: Any) -> list[b.BundleEvent]:
        """Ask for the extension of the joint limit."""
        return self.do(b.ExtendJointly(at=instant(at), by=by, reasons=REASONS, **more))

    @property
    def clock(self) -> Running:
        """The joint clock."""
        running = b.joint_clock(self.bundle, calendar())
        assert running is not None
        return running

    def require_replayable(self) -> None:
        """The facts, as bytes and back, fold to the same bundle."""
        back = [b.decode(kind, json.loads(body)) for kind, body in map(b.encode, self.facts)]
        assert b.fold(back) == self.bundle
        for story in self.parts.values():
            story.require_replayable()
