"""Why a clock ends on the day it ends: its limit, its due date, and each day counted or not, with the reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from banjie.engine.clocks import INSTANTS, Running, excluded
from banjie.engine.law import Clock, Law
from banjie.engine.not_possible import NotPossible
from banjie.engine.reckoning import lengthened_by, pauses_of
from banjie.engine.state import State
from banjie.engine.timelimits import ONE_DAY, Day, Limit, Unit, used
from banjie.words.catalogue import DEFAULT, catalogue, label, phrase
from banjie.words.dates import day_in_words, instant_in_words, limit_in_words, weekday_in_words
from banjie.words.names import Names, name_of

RIGHTS = frozenset({Clock.STATEMENT, Clock.HEARING_REQUEST, Clock.RECONSIDERATION, Clock.COURT})
"""Times in which somebody may do something that nobody owes."""


@dataclass(frozen=True, slots=True)
class Line:
    """One day of the ledger. `number`: days counted so far; `text`: the whole line, for a terminal."""

    day: date
    on: str
    weekday: str
    counted: bool
    number: int
    reason: str
    provisional: bool
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A clock in words. `standing`: how much is used and left on the day asked for, "" where no day was given."""

    name: str
    summary: str
    basis: str
    standing: str
    due: date
    provisional: bool
    lines: tuple[Line, ...]

    def __str__(self) -> str:
        head = [self.summary, self.basis, self.standing]
        return "\n".join([each for each in head if each] + [line.text for line in self.lines])


def explain(
    running: Running, language: str = DEFAULT, on: date | None = None, names: Names | None = None
) -> Explanation:
    """The clock in words, day by day from day 0 to the due date.

    Counts by the calendar the clock carries. A clock of a step or of a late material shows its name where `names` knows
    it.
    """
    name = label("clocks", running.clock, language)
    basis = name_of(names, "clock_basis", running.clock.value) or label("clock_basis", running.clock, language)
    facts = {
        "clock": name,
        "step": _of_what(running, names),
        "limit": limit_in_words(running.limit, language),
        "start": day_in_words(running.start, language),
        "due": _until(running, language),
        "ended": day_in_words(running.ended_on, language) if running.ended_on else "",
        "provisional": phrase("provisional_due", language) if running.is_provisional else "",
    }
    return Explanation(
        name=name,
        summary=phrase("clock_summary", language, facts),
        basis=phrase("clock_basis", language, {"basis": basis}),
        standing=_standing(running, on, language) if on else "",
        due=running.due,
        provisional=running.is_provisional,
        lines=tuple(_line(each, language) for each in running.ledger()),
    )


def story(
    running: Running,
    state: State,
    law: Law,
    on: date,
    language: str = DEFAULT,
    names: Names | None = None,
    act: str = "",
) -> tuple[str, ...]:
    """What moved this clock, in sentences: what began it (`act`, in words), how far it is on this day, each pause with
    its ground and the number of its notice, the extension, a rest day at its end."""
    try:
        return tuple(_story(running, state, law, on, language, names, act))
    except NotPossible:  # the calendar of a year that is needed is not loaded
        return ()


def _story(
    running: Running, state: State, law: Law, on: date, language: str, names: Names | None, act: str
) -> Iterator[str]:
    if act:
        yield phrase("story_began", language, {"act": act, "on": day_in_words(running.start, language)})
    if running.ended_on is None:
        total = limit_in_words(running.limit, language)
        left = running.left(on)
        facts = {"on": day_in_words(on, language), "used": str(running.used(on)), "total": total}
        if running.is_over(on):
            late = "right_lapsed" if running.clock in RIGHTS else "clock_over"
            yield phrase(late, language, facts | {"over": str(-left) if left < 0 else ""})
        elif running.limit.unit not in INSTANTS:
            yield phrase("story_day", language, facts | {"left": str(left)})
    for pause in pauses_of(running, state):
        span = excluded(pause, state, law)
        unit = Unit.WORKING_DAY if running.limit.unit is Unit.WORKING_DAY else Unit.CALENDAR_DAY
        days = used(span.stopped - ONE_DAY, span.resumed - ONE_DAY, Limit(0, unit), running.calendar)
        ground = law.procedure.ground(pause.ground)
        facts = {
            "stopped": day_in_words(pause.stopped_on, language),
            "ground": name_of(names, "ground", pause.ground) or label("grounds", pause.ground, language),
            "basis": ground.basis if ground else "",
            "notice": pause.notice,
            "told": day_in_words(pause.expected_end, language),
            "resumed": day_in_words(pause.resumed_on, language) if pause.resumed_on else "",
            "days": limit_in_words(Limit(days, unit), language),
        }
        yield phrase("story_paused", language, facts)
    base, extension = lengthened_by(running, state)
    if extension:
        facts = {
            "length": limit_in_words(extension.length, language),
            "on": day_in_words(extension.on, language),
            "notice": extension.notice,
            "authority": label("posts", extension.authority, language),
            "base": limit_in_words(base, language),
        }
        yield phrase("story_extended", language, facts)
    counted = [each for each in running.ledger() if each.counted]
    if running.limit.unit in (Unit.CALENDAR_DAY, Unit.MONTH) and counted and counted[-1].day < running.due:
        yield phrase("story_rolled", language, {"last": day_in_words(counted[-1].day, language)})


def _until(running: Running, language: str) -> str:
    if running.limit.unit in INSTANTS:
        return instant_in_words(running.due_at, language)
    return phrase("end_of_day", language, {"day": day_in_words(running.due, language)})


def _of_what(running: Running, names: Names | None) -> str:
    """What a clock is of, where the case has several of its kind: a step, or a material that may follow."""
    if not running.step:
        return ""
    kind = "material" if running.clock is Clock.GAP else "step"
    return name_of(names, kind, running.step) or running.step


def _standing(running: Running, on: date, language: str) -> str:
    left = running.left(on)
    facts = {
        "on": day_in_words(on, language),
        "used": str(running.used(on)),
        "left": str(max(left, 0)),
        "over": str(-left) if left < 0 else "",
    }
    if running.is_over(on):  # who may speak, ask or sue is never late: their time runs out
        return phrase("right_lapsed" if running.clock in RIGHTS else "clock_over", language, facts)
    return phrase("clock_paused" if running.is_paused(on) else "clock_standing", language, facts)


def _line(day: Day, language: str) -> Line:
    holiday = str(catalogue(language)["holidays"].get(day.name, day.name)) if day.name else ""
    reason = label("ledger", day.reason, language)
    if holiday:
        reason = phrase("holiday", language, {"reason": reason, "holiday": holiday})
    facts = {
        "on": day_in_words(day.day, language),
        "weekday": weekday_in_words(day.day, language),
        "number": str(day.number) if day.counted else "",
        "reason": reason,
        "provisional": "" if day.official else label("misc", "provisional", language),
    }
    return Line(
        day=day.day,
        on=facts["on"],
        weekday=facts["weekday"],
        counted=day.counted,
        number=day.number,
        reason=reason,
        provisional=not day.official,
        text=phrase("counted_day" if day.counted else "other_day", language, facts),
    )
