"""Papers of the window: the notice that an outcome produces, and the hand-over slip that travels with papers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from banjie import words
from banjie.cases import queries
from banjie.cases.scope import Scope
from banjie.duties.queue.queries import slips
from banjie.engine import events as e
from banjie.engine.commands import Actor
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import Slip, fold
from banjie.faces.forms.page import CasePage
from banjie.faces.forms.paper_files import PaperFile, file_of_fact
from banjie.faces.forms.papers import Point, number_of, point_of, void_facts
from banjie.records.organisation.queries import display_names, unit_names
from banjie.web import clock

MARK = "-slip-"
"""What stands in the number of a slip between the query number of its case and its own."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A notice to hand over: its name and number, to whom, what it says, its points, and whose seal it bears."""

    position: int
    code: str
    number: str
    to: str
    text: str
    points: tuple[Point, ...]
    agency: str
    at: datetime
    is_void: bool
    file: PaperFile | None = None


@dataclass(frozen=True, slots=True)
class SlipShown:
    """材料交接单: its number, what travels from where to where, who sent it and took it over, what is missing."""

    code: str
    materials: tuple[tuple[str, str], ...]
    from_unit: str
    to_unit: str
    sent_at: datetime
    sent_by: str
    received_at: datetime | None
    received_by: str


@dataclass(frozen=True, slots=True)
class SlipLine:
    """A slip in the list: on its way, or arrived with something missing."""

    number: str
    query_number: str
    from_unit: str
    to_unit: str
    sent_at: datetime
    sent_by: str
    papers: int
    missing: int
    is_mine: bool


def papers_of(page: CasePage) -> list[Paper]:
    """The notices of receipt that can be handed over, the newest first; those that were taken back are void."""
    return [_paper(page, line.position) for line in reversed(page.view.lines) if _code(line.event)]


def paper_of(page: CasePage, position: int) -> Paper:
    """The notice of the fact at this position; NotPossible("unknown_case") where that fact produces none."""
    return _paper(page, position, file_of_fact(page, position))


def _paper(page: CasePage, position: int, file: PaperFile | None = None) -> Paper:
    lines = [line for line in page.view.lines if line.position <= position]
    fact = lines[-1].event if lines else None
    code = _code(fact) if fact and lines[-1].position == position else ""
    if fact is None or not code:
        raise NotPossible("unknown_case")
    state = fold(line.event for line in lines)
    told = words.sentence(fact, page.language, "applicant", page.names, page.law, state, ())
    agency = page.procedure.home
    given = page.state.applicant
    known = page.view.opened(given).get(given.ref) if given else None
    return Paper(
        position,
        code,
        file.number if file else number_of(page, fact, position),
        str((known or {}).get("name", "")),
        told or "",
        tuple(point_of(page, each) for each in getattr(fact, "points", ())),
        page.name("agency", agency),
        fact.at,
        position in void_facts(page),
        file,
    )


def _code(fact: e.Event) -> str:
    """The paper of receipt that a fact produces: what is handed over at the window, "" for all others."""
    return "" if isinstance(fact, e.Submitted | e.PapersSent) else next(iter(words.documents_of(fact)), "")


def slip_of(page: CasePage, number: str) -> SlipShown:
    """A slip of this case; NotPossible("unknown_slip")."""
    known = page.state.slips.get(number)
    if known is None:
        raise NotPossible("unknown_slip")
    return SlipShown(
        known.number,
        tuple((page.name("material", each), "missing" if each in known.missing else "") for each in known.materials),
        page.name("unit", known.from_unit),
        page.name("unit", known.to_unit),
        known.sent_at,
        page.person(known.sent_by),
        known.received_at,
        page.person(known.received_by),
    )


def find_slip(number: str, scope: Scope) -> tuple[str, Slip]:
    """The query number of a slip's case, and the slip; NotPossible("unknown_slip") where it is not there or not theirs.

    Read from the case itself: a slip that was just printed can be scanned at once.
    """
    case, mark, _nth = number.strip().rpartition(MARK)
    try:
        found = queries.find(case, scope) if mark else None
    except NotPossible:
        found = None
    entries = queries.view(found.stream, clock.now()).state.slips if found else {}
    if found is None or number.strip() not in entries:
        raise NotPossible("unknown_slip")
    return found.query_number, entries[number.strip()]


def slips_of(actor: Actor, language: str) -> Sequence[SlipLine]:
    """The slips of the actor's unit that are on the way or arrived incomplete, in words."""
    rows, units = slips(actor), unit_names(language)
    people = display_names([each.sent_by for each in rows], language)
    return [
        SlipLine(
            each.number,
            each.number.rpartition(MARK)[0],
            units.get(each.from_unit, each.from_unit),
            units.get(each.to_unit, each.to_unit),
            each.sent_at,
            people.get(each.sent_by, each.sent_by),
            each.papers,
            each.missing,
            each.to_unit == actor.unit,
        )
        for each in rows
    ]
