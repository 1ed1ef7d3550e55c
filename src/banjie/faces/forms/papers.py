"""The papers of a case as its applicant reads them: which fact made each, its number, and what it says."""

from dataclasses import dataclass
from datetime import datetime

from banjie import words
from banjie.engine import events as e
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms.page import CasePage
from banjie.faces.forms.paper_files import PaperFile, files_of

TO_OFFICES = frozenset({e.NAMES[e.PapersSent], e.NAMES[e.Forwarded], e.NAMES[e.Served]})
"""Facts whose paper stays with the offices: a slip, an opinion, a proof of service."""


@dataclass(frozen=True, slots=True)
class Point:
    """A numbered point of a paper: what is wrong with what, and the words about it."""

    name: str
    wrong: str
    text: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper by its name and number. `is_void`: what it says was taken back; `position`: of the fact that made it.

    `file`: as it stands in the register, None in the moment before it is made out; its number then is the case's own.
    """

    position: int
    code: str
    name: str
    number: str
    at: datetime
    agency: str
    text: str
    points: tuple[Point, ...]
    is_void: bool
    file: PaperFile | None = None


def papers_of(page: CasePage) -> list[Paper]:
    """Every paper that was made out to the applicant, the newest first."""
    void, files = void_facts(page), {(each.position, each.kind): each for each in files_of(page)}
    told = {each.position: each.sentence for each in page.history}
    found = []
    for line in page.view.lines:
        if e.NAMES[type(line.event)] in TO_OFFICES or line.position not in told:
            continue
        for code in words.documents_of(line.event):
            file = files.get((line.position, code))
            found.append(
                Paper(
                    line.position,
                    code,
                    page.label("documents", code),
                    file.number if file else number_of(page, line.event, line.position),
                    line.event.at,
                    page.name("agency", getattr(line.event, "agency", "") or page.procedure.home),
                    told[line.position],
                    tuple(point_of(page, each) for each in getattr(line.event, "points", ())),
                    line.position in void,
                    file,
                )
            )
    return found[::-1]


def paper_of(page: CasePage, position: int) -> Paper:
    """The paper that the fact at this position made; NotPossible("file_not_found")."""
    for each in papers_of(page):
        if each.position == position:
            return each
    raise NotPossible("file_not_found")


def void_facts(page: CasePage) -> frozenset[int]:
    """The positions of what was taken back."""
    return frozenset(line.event.position for line in page.view.lines if isinstance(line.event, e.TakenBack))


def number_of(page: CasePage, fact: e.Event, position: int) -> str:
    """The number on the paper that a fact made: the one it names, else that of the case and of the fact in it."""
    return getattr(fact, "notice", "") or f"{page.state.query_number}-{position:02d}"


def point_of(page: CasePage, point: e.Point) -> Point:
    """A point of the guide as a paper names it; without its words where the reader may not read them."""
    kind = {e.PointKind.MATERIAL: "material", e.PointKind.QUESTION: "question"}.get(point.kind, "criterion")
    text = page.name("text", point.text.ref) if point.text else ""
    is_known = point.text is not None and text != point.text.ref
    return Point(page.name(kind, point.id), page.label("defects", point.defect), text if is_known else "")
