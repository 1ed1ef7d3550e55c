"""A joint handling (联合办理) in words, for the portal and the desk: its limit, its parts, who holds it up."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.urls import reverse

from banjie import words
from banjie.cases.bundles import BundleView
from banjie.cases.models import Case
from banjie.cases.scope import Scope
from banjie.engine import bundle as b
from banjie.engine.commands import Actor
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import Stage
from banjie.faces.forms.page import ClockShown, shown_clock
from banjie.records import catalogue
from banjie.records.catalogue.joint import Matter, matter
from banjie.records.catalogue.queries import newest_names
from banjie.records.organisation.queries import display_name


@dataclass(frozen=True, slots=True)
class PartShown:
    """A part: its item, who decides, its numbers, where it stands, its own share. `address`: "" where one may not go.

    `is_late`: undecided beyond its share.
    """

    item: str
    agency: str
    number: str
    query_number: str
    stage: str
    result: str
    accepted_on: date | None
    share_due: date | None
    decided_on: date | None
    ended_on: date | None
    is_late: bool
    address: str


class BundlePage:
    """A bundle for one reader at one face."""

    def __init__(self, view: BundleView, actor: Actor, language: str, face: str) -> None:
        assert view.state.opened is not None
        self.view = view
        self.actor = actor
        self.language = language
        self.face = face
        self.opened = view.state.opened
        self.fresh = uuid4()

    @property
    def stream(self) -> UUID:
        """Its address."""
        return self.view.stream

    @cached_property
    def _law(self) -> Any:
        return catalogue.law_in_force(self.opened.parts[0].code, self.opened.on)

    @property
    def title(self) -> str:
        """What it is about."""
        found = matter(self.opened.matter, self.opened.on)
        return called(found, self.language) if found else self.opened.matter

    @property
    def contact(self) -> str:
        """The one contact person of all parts."""
        return display_name(self.opened.contact, self.language) or ""

    @property
    def clock(self) -> ClockShown | None:
        """The joint limit with its light and ledger; None before a part is accepted."""
        running = self.view.clock
        name = words.label("misc", "joint_limit", self.language)
        if running is None:
            return None
        return shown_clock(running, self.language, self.view.on, name=name, region=self._law.region)

    @cached_property
    def parts(self) -> list[PartShown]:
        """The parts, in the order of the matter."""
        state, noted = self.view.state, self.view.state.noted
        names = newest_names([each.code for each in state.parts], self.language)
        late = {part.role for part, _ in self.view.late}
        cases = {each.case for each in noted.values()}
        mine = Case.objects.within(Scope.of(self.actor)).filter(stream__in=cases).values_list("stream", flat=True)
        may_open = {str(each) for each in mine}
        return [self._part(part, noted.get(part.role), names, part.role in late, may_open) for part in state.parts]

    def _part(
        self, part: b.Part, noted: b.PartNoted | None, names: dict[str, str], is_late: bool, may_open: set[str]
    ) -> PartShown:
        law = catalogue.law_in_force(part.code, self.opened.on)
        agency = law.procedure.agency(part.agency)
        opens = noted is not None and noted.case in may_open
        return PartShown(
            item=names.get(part.code, part.code),
            agency=(self.language == "en" and agency.english) or agency.name,
            number=noted.number if noted else "",
            query_number=noted.query_number if noted else "",
            stage=words.label("stages", noted.stage, self.language) if noted else "",
            result=words.label("results", noted.result, self.language) if noted and noted.result else "",
            accepted_on=noted.accepted_on if noted else None,
            share_due=noted.share_due if noted else None,
            decided_on=noted.decided_on if noted else None,
            ended_on=noted.ended_on if noted else None,
            is_late=is_late,
            address=reverse(f"{self.face}:case", args=[noted.query_number]) if noted and opens else "",
        )

    @property
    def extension(self) -> b.JointlyExtended | None:
        """The extension, once it is granted."""
        return self.view.state.extension

    @property
    def extended_by(self) -> str:
        """The office that extended, in words."""
        return words.label("posts", self.opened.extension.authority, self.language)

    # What whoever reads it can ask for

    @cached_property
    def may_extend(self) -> bool:
        """Whether this reader could extend the limit now."""
        try:
            b.may_extend(self.view.state, self.actor, self.view.calendar, self.view.on)
        except NotPossible:
            return False
        return True

    @cached_property
    def may_accept(self) -> bool:
        """Whether parts wait at this reader's window."""
        if "clerk" not in self.actor.posts:
            return False
        waiting = [part for part in self.view.state.parts if self._waits(part)]
        laws = [catalogue.law_in_force(each.code, self.opened.on) for each in waiting]
        return any(law.procedure.receives == self.actor.unit for law in laws)

    def _waits(self, part: b.Part) -> bool:
        noted = self.view.state.noted.get(part.role)
        return noted is not None and noted.stage == Stage.SUBMITTED


def called(found: Matter, language: str) -> str:
    """The name of a matter in the language of the page."""
    return (language == "en" and found.english) or found.name
