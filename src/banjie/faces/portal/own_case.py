"""What an applicant's page of a case shows beside what every page shows: papers, trips, remedies, complaints."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.utils.translation import gettext as _

from banjie import words
from banjie.engine import events as e
from banjie.engine.clocks import complaint_clock, remedy_clocks
from banjie.engine.guards import holding_agency, remedy_of
from banjie.engine.guide import Place
from banjie.engine.law import Clock
from banjie.engine.measures import visits
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import Original, Stage
from banjie.engine.voices import reads_complaint
from banjie.faces.forms.acts import Act
from banjie.faces.forms.page import CasePage, ClockShown, FileShown, MaterialShown, shown_clock
from banjie.faces.forms.papers import Paper, papers_of, void_facts
from banjie.faces.forms.shared import SubmitCorrection
from banjie.faces.forms.word import FillGap
from banjie.faces.portal import asks
from banjie.records.organisation.queries import display_names, unit_names


@dataclass(frozen=True, slots=True)
class Trip:
    """A time the applicant came. `counts`: whether it cost them a way."""

    on: date
    place: str
    reason: str
    materials: tuple[str, ...]
    counts: bool
    position: int = 0


@dataclass(frozen=True, slots=True)
class OriginalShown:
    """Who saw or kept an original when, and who gave it back when."""

    how: str
    at: datetime
    by: str
    is_kept: bool
    returned_at: datetime | None
    returned_by: str


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A material as it was handed in, with its files and its original."""

    line: MaterialShown
    files: tuple[FileShown, ...]
    original: OriginalShown | None


@dataclass(frozen=True, slots=True)
class Remedy:
    """What can be done against a decision, or against there being none: when it was said, and the text."""

    on: date
    what: str
    text: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class ComplaintShown:
    """A complaint of the reader's own: its words, until when it is answered, and the answer."""

    on: date
    text: str
    due: ClockShown | None
    outcome: str
    answer: str
    answered_on: date | None
    position: int = 0
    answer_position: int = 0


@dataclass(frozen=True, slots=True)
class Milestone:
    """A stage of the way from the application to the result: done on a day, or the one that is open now."""

    name: str
    on: date | None
    is_now: bool
    act: Act | None = None


APPLICANTS = (Clock.CORRECTION, Clock.GAP, Clock.STATEMENT)
"""Clocks that run for the applicant to act."""


class OwnCase:
    """A case as one of those whose it is reads it; of a third party's, only what they may know."""

    def __init__(self, page: CasePage) -> None:
        self.page = page
        self.state = page.state

    @property
    def is_applicants(self) -> bool:
        """Whether the reader applied, or acts for whoever did: a third party sees nothing that was handed in."""
        return self.page.audience == "applicant"

    @property
    def can_open(self) -> bool:
        """Whether files can be opened: only by somebody who is signed in."""
        return self.is_applicants and self.page.actor is not None

    # Where it stands

    @cached_property
    def milestones(self) -> list[Milestone]:
        """Received, accepted, decided, handed over: with their days as far as they came."""
        state, acts = self.state, self.page.days
        days = (
            self._of_proceeding()
            if state.opening
            else [
                (_("Received"), state.received_on, acts["received"]),
                (_("Accepted"), state.accepted_on, acts["accepted"]),
                (_("Decided"), state.decided_on, acts["decided"]),
                (_("Result handed over"), state.served_on, acts["served"]),
            ]
        )
        if state.is_closed:  # what it did not come to is left out
            days = [*(each for each in days if each[1]), (_("Closed"), state.closed_on, acts["closed"])]
        waits_for = next((name for name, on, _act in days if on is None), "")
        told = {each.position for each in self.page.history}
        return [
            Milestone(name, on, name == waits_for, act if act and act.position in told else None)
            for name, on, act in days
        ]

    def _of_proceeding(self) -> list[tuple[str, date | None, Act | None]]:
        """The way of a proceeding the agency opened itself: nobody applied, and nothing is accepted."""
        state, acts = self.state, self.page.days
        told_on = state.intent.on if state.intent else None
        decided = acts["decided"]
        return [
            (_("Opened by the agency"), state.received_on, acts["received"]),
            (_("You were told what is intended"), told_on, acts["told"]),
            (_("Decided"), state.decided_on, decided),
            (_("Decision served"), state.served_on, acts["served"]),
        ]

    @property
    def next_date(self) -> ClockShown | None:
        """The date by which the office acts next; None where no clock of the office runs."""
        return next((each for each in self.page.due_dates if each.running.clock not in APPLICANTS), None)

    @property
    def is_anything_asked(self) -> bool:
        """Whether something waits for the reader: a correction, a rectification, the choice of a hearing."""
        waits_for = (SubmitCorrection, FillGap, asks.ReportRectified, asks.RequestHearing)
        offers = [self.page.offers.get(each.kind) for each in waits_for]
        if self.state_until and (stating := self.page.offers.get(asks.MakeStatement.kind)):
            offers.append(stating)
        return any(offer is not None and offer.no is None for offer in offers)

    @property
    def hearing_until(self) -> ClockShown | None:
        """Until when a hearing can be asked for."""
        return self._running(Clock.HEARING_REQUEST)

    @property
    def state_until(self) -> ClockShown | None:
        """Until when the holder may state and defend with nothing being decided; None once that time is over."""
        shown = self._running(Clock.STATEMENT)
        return None if shown is None or shown.running.is_over(self.page.view.on) else shown

    @property
    def correct_until(self) -> ClockShown | None:
        """Until when the correction can be handed in."""
        return self._running(Clock.CORRECTION)

    def _running(self, clock: Clock) -> ClockShown | None:
        return next((each for each in self.page.running_clocks if each.running.clock is clock), None)

    @property
    def places(self) -> tuple[Place, ...]:
        """Where the contact person is reached."""
        return self.page.procedure.guide.places

    @property
    def phones(self) -> list[str]:
        """The numbers of these places."""
        return [each.phone for each in self.places]

    @property
    def supervises(self) -> str:
        """The unit that supervises the item."""
        return self.page.name("unit", self.page.procedure.supervises)

    @property
    def answers_within(self) -> str:
        """How soon a complaint is answered."""
        return words.limit_in_words(self.page.law.region.complaint_limit, self.page.language)

    # Trips

    @cached_property
    def trips(self) -> list[Trip]:
        """Every time the applicant came, and what brought them."""
        units = unit_names(self.page.language)
        return [
            Trip(
                each.on,
                units.get(each.place, each.place),
                self.page.label("visit_reasons", each.reason),
                tuple(self.page.name("material", material) for material in each.materials),
                each.counts,
                next((line.position for line in self.page.history if line.at == each.at), 0),
            )
            for each in self.state.visits
        ]

    @property
    def counts_trips(self) -> bool:
        """Whether a guide promised the reader how often they come: nobody did in a proceeding of the agency itself."""
        return self.is_applicants and (self.state.opening is None or bool(self.trips))

    @property
    def came(self) -> int:
        """How often they had to make the way."""
        return visits(self.state)

    @property
    def promised(self) -> int:
        """How often the guide says that one comes."""
        return self.page.procedure.visits

    @property
    def came_too_often(self) -> bool:
        """Whether the promise of the guide is broken."""
        return self.came > self.promised

    # Papers and what was handed in

    @cached_property
    def papers(self) -> list[Paper]:
        """The papers made out to the applicant, the newest first."""
        return papers_of(self.page) if self.is_applicants else []

    @cached_property
    def handed_in(self) -> list[HandedIn]:
        """The materials with their files, and who saw or keeps the originals."""
        seen = self.state.originals.values()
        staff = display_names([who for each in seen for who in (each.staff, each.returned_by)], self.page.language)
        return [
            HandedIn(each, each.files, self._original(self.state.originals.get(each.material.id), staff))
            for each in self.page.materials
        ]

    def _original(self, original: Original | None, staff: dict[str, str]) -> OriginalShown | None:
        if original is None:
            return None
        return OriginalShown(
            self.page.label("ways_to_see", original.how),
            original.at,
            staff.get(original.staff, ""),
            original.is_kept,
            original.returned_at,
            staff.get(original.returned_by, ""),
        )

    # What can be done against it

    @cached_property
    def remedies(self) -> list[Remedy]:
        """What the law gives against a "no", and against a limit that passed without a decision (复议法 11, 20, 23)."""
        return list(self._remedies()) if self.is_applicants else []

    def _remedies(self) -> Iterator[Remedy]:
        page, void = self.page, void_facts(self.page)
        if self.state.limit_passed and not self.state.is_decided and self.state.stage is not Stage.CLOSED:
            remedy = remedy_of(page.law, holding_agency(self.state, page.law), self.state.e_service)
            legal = next((each for each in page.clocks if each.running.clock is Clock.LEGAL), None)
            on = legal.running.due if legal else page.view.on
            yield Remedy(
                on, _("The statutory limit passed without a decision"), words.remedy_text(remedy, page.language, True)
            )
        for line in page.view.lines:
            given = getattr(line.event, "remedy", None)
            if given is None or line.position in void or isinstance(line.event, e.LimitPassed):
                continue
            what = page.label("documents", next(iter(words.documents_of(line.event)), ""))
            yield Remedy(line.event.on, what, words.remedy_text(given, page.language), line.position)

    @property
    def challenges(self) -> list[ClockShown]:
        """Until when reconsideration and the court can be asked, once a refusal was served."""
        if not self.is_applicants:
            return []
        return [shown_clock(each, self.page.language) for each in remedy_clocks(self.state, self.page.law)]

    @cached_property
    def complaints(self) -> list[ComplaintShown]:
        """The reader's own complaints with their answers, the newest first."""
        page, found = self.page, []
        for each in self.state.complaints.values():
            if page.actor is None or not reads_complaint(each, page.actor, page.law):
                continue
            opened = page.view.opened(each.text, each.answer)
            gone = page.label("misc", "erased")
            found.append(
                ComplaintShown(
                    each.on,
                    opened.get(each.text.ref) or gone,
                    shown_clock(complaint_clock(each, page.law), page.language) if each.is_open else None,
                    page.label("outcomes", each.outcome) if each.outcome else "",
                    (opened.get(each.answer.ref) or gone) if each.answer else "",
                    each.answered_on,
                    self._position(e.Complained, each.id),
                    self._position(e.ComplaintAnswered, each.id),
                )
            )
        return found[::-1]

    def _position(self, kind: type[e.Fact], complaint: str) -> int:
        """Where a complaint or its answer stands in the history; 0 where it does not."""
        lines = self.page.view.lines
        found = (each for each in lines if isinstance(each.event, kind))
        return next((each.position for each in found if getattr(each.event, "complaint", "") == complaint), 0)


def require_applicants(page: CasePage) -> CasePage:
    """The page again; NotPossible("unknown_case") for a third party, to whom what was handed in does not exist."""
    if page.audience != "applicant":
        raise NotPossible("unknown_case")
    return page
