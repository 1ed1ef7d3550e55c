"""Whether the end of a licence that an agency decided on of its own accord is public in time (行政许可法 40, 双公示).

The limit is the one the holder was told of, from the day of the decision, served or not. What the law lets nobody
publish, or what was held back on a ground of the law before the limit was over, has none.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import reduce
from uuid import UUID

from banjie.cases.disclosures import disclosure_id
from banjie.duties.supervision.findings import Evidence, Finding
from banjie.engine import events as e
from banjie.engine.codec import OFFICE_ZONE, instant
from banjie.engine.law import Law
from banjie.engine.state import NEW, State, evolve
from banjie.engine.timelimits import ONE_DAY, Span, due
from banjie.records.organisation import made_public
from banjie.store.log import read

RULE = "end_not_published"
Line = tuple[int, e.Event]


def due_on(lines: Iterable[Line], law: Law, outages: Mapping[str, Sequence[Span]] | None = None) -> date | None:
    """The last day on which the end decided in this case has to be public; None where nothing has to be.

    `outages`: days on which the system was out, by unit ("": everybody); they are taken out of the limit.
    """
    state = _state(lines)
    procedure, ended, out = law.procedure, state.ended, outages or {}
    if ended is None or ended.act == "restore" or state.result == "voided":
        return None
    if made_public.asked_of(procedure.region, ended.on).ground(procedure.code):
        return None
    spans = (*out.get("", ()), *out.get(procedure.decides, ()))
    return due(ended.on, ended.publish_within, law.calendar(state.calendar), spans)


def findings_in(
    stream: UUID, lines: Sequence[Line], law: Law, outages: Mapping[str, Sequence[Span]], on: date
) -> list[Finding]:
    """The finding that the end was not public in time, by a day; none where it was, or still can be."""
    last = due_on(lines, law, outages)
    if last is None or on <= last or _was_settled(stream, lines, last):
        return []
    position, decided = _decided(lines)
    number = _state(lines).number
    evidence = Evidence("end_not_public", {"decided_on": decided.on, "due_on": last}, position)
    subject = f"publication/{position}/{last + ONE_DAY}"
    return [Finding(RULE, stream, number, law.procedure.decides, "", last + ONE_DAY, (evidence,), subject)]


def next_on(stream: UUID, lines: Sequence[Line], law: Law) -> date | None:
    """The day from which the end will not have been public in time; None where nothing waits to be public."""
    last = due_on(lines, law)
    return None if last is None or _was_settled(stream, lines, last) else last + ONE_DAY


def _was_settled(case: UUID, lines: Iterable[Line], last: date) -> bool:
    """Whether the end was published, or held back on a ground of the law, when the limit was over."""
    position = next((each for each, event in lines if isinstance(event, e.LicenceEnded)), None)
    if position is None:
        return False
    stands = ""
    for entry in read.entries(disclosure_id(case, position)):
        if instant(entry.at).astimezone(OFFICE_ZONE).date() <= last:
            stands = entry.kind
    return stands in ("published", "held_back")


def _decided(lines: Sequence[Line]) -> tuple[int, e.EndDecided]:
    return next((at, event) for at, event in reversed(lines) if isinstance(event, e.EndDecided))


def _state(lines: Iterable[Line]) -> State:
    return reduce(lambda state, line: evolve(state, line[1]), lines, NEW)
