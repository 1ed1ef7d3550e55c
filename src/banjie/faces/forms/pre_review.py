"""网上预审: what an online applicant is told of their material before any visit (M197).

The pre-review of a submitted application is its examination by 行政许可法 art. 32: there is no second one. So its
result is read from the facts of the case: taken, to be corrected once with everything named, or not taken; and whether
anybody has to come at all, with what, follows from the guide and from what was seen already.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from banjie.engine import events as e
from banjie.engine.clocks import Running
from banjie.engine.law import Clock
from banjie.engine.state import Stage
from banjie.faces.forms.acts import Act
from banjie.faces.forms.page import CasePage, ClockShown


class Result(StrEnum):
    """What came of the pre-review so far."""

    WAITING = "waiting"
    TO_CORRECT = "to_correct"
    ACCEPTED = "accepted"
    NOT_TAKEN = "not_taken"


@dataclass(frozen=True, slots=True)
class Named:
    """A point of the one notice: the material or question, what is wrong with it, and the words about it."""

    name: str
    wrong: str
    text: str


@dataclass(frozen=True, slots=True)
class PreReview:
    """`due`: until when there is an answer, or a correction. `visits`: how often one comes, and what to `bring`."""

    result: Result
    on: date | None
    due: ClockShown | None
    points: tuple[Named, ...]
    visits: int
    bring: tuple[str, ...]
    why_come: str
    places: tuple[str, ...]
    act: Act | None = None

    @property
    def is_without_visit(self) -> bool:
        """Whether nobody need come."""
        return self.visits == 0


def pre_review_of(page: CasePage) -> PreReview | None:
    """The pre-review of a case that was handed in online; None for one that began at a window or in a letter."""
    state, guide = page.state, page.procedure.guide
    if state.channel != "online" or state.stage is Stage.NEW:
        return None
    result = _result(page)
    visits = page.procedure.visits if result is not Result.NOT_TAKEN else 0
    return PreReview(
        result=result,
        on=_on(page, result),
        due=_due(page, result),
        points=_points(page) if result is Result.TO_CORRECT else (),
        visits=visits,
        bring=_originals(page) if visits else (),
        why_come=guide.visit_reason if visits else "",
        places=tuple(" · ".join(filter(None, (each.name, each.address, each.hours))) for each in guide.places)
        if visits
        else (),
        act=page.days["accepted"],
    )


def _result(page: CasePage) -> Result:
    state = page.state
    if state.accepted is not None:
        return Result.ACCEPTED
    if state.is_closed:
        return Result.NOT_TAKEN
    return Result.TO_CORRECT if state.stage is Stage.CORRECTION else Result.WAITING


def _on(page: CasePage, result: Result) -> date | None:
    state = page.state
    if result is Result.ACCEPTED:
        return state.accepted_on
    if result is Result.NOT_TAKEN:
        return state.closed_on
    return state.corrections[-1].on if result is Result.TO_CORRECT else None


def _due(page: CasePage, result: Result) -> ClockShown | None:
    clock = {Result.WAITING: Clock.NOTICE, Result.TO_CORRECT: Clock.CORRECTION}.get(result)
    running: list[ClockShown] = [each for each in page.running_clocks if _is(each.running, clock)]
    return running[0] if running else None


def _is(running: Running, clock: Clock | None) -> bool:
    return clock is not None and running.clock is clock


def _points(page: CasePage) -> tuple[Named, ...]:
    """Everything the one notice names: nothing comes later that was there already."""
    named = []
    for point in page.state.corrections[-1].points:
        kind = {e.PointKind.MATERIAL: "material", e.PointKind.QUESTION: "question"}.get(point.kind, "criterion")
        text = page.name("text", point.text.ref) if point.text else ""
        is_known = point.text is not None and text != point.text.ref
        named.append(Named(page.name(kind, point.id), page.label("defects", point.defect), text if is_known else ""))
    return tuple(named)


def _originals(page: CasePage) -> tuple[str, ...]:
    """The originals to bring: of what was handed in as a file, as far as nobody has seen them yet."""
    state = page.state
    return tuple(
        page.name("material", each.id)
        for each in page.procedure.materials
        if each.originals and each.id in state.required and each.id not in state.originals
    )
