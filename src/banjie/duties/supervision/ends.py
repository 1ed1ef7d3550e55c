"""Whether a grant, or the end of a licence that an agency decided on of its own accord, is public in time (许可法 40).

The limit of an end is the one its holder was told of, from the day of the decision, served or not; that of a grant is
what the region asks, from the day it was granted. What the law lets nobody publish, or what was held back on a ground
of the law before the limit was over, has none. A card about a grant that nobody has taken up yet is closed, as put
right, when the grant is published after all; that it was late stays in its history.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
from banjie.records.catalogue.queries import current_calendar
from banjie.records.organisation import made_public
from banjie.store.log import read

RULE, OF_GRANTS = "end_not_published", "grant_not_published"
Line = tuple[int, e.Event]
Outages = Mapping[str, Sequence[Span]]


@dataclass(frozen=True, slots=True)
class Awaited:
    """A decision that has to be public. `position`: of the deciding fact; `public`: of the fact that is published, None
    until there is one (an end is published once it was served); `last`: the last day."""

    rule: str
    position: int
    public: int | None
    decided_on: date
    last: date


def awaited(lines: Sequence[Line], law: Law, outages: Outages | None = None) -> Awaited | None:
    """What has to be public of this case; None where nothing has to be.

    `outages`: days on which the system was out, by unit ("": everybody); they are taken out of the limit.
    """
    spans = (*(outages or {}).get("", ()), *(outages or {}).get(law.procedure.decides, ()))
    return (_end if law.procedure.ex_officio else _grant)(lines, law, spans)


def _end(lines: Sequence[Line], law: Law, spans: Sequence[Span]) -> Awaited | None:
    state, procedure = _state(lines), law.procedure
    ended = state.ended
    if ended is None or ended.act == "restore" or state.result == "voided":
        return None
    if made_public.asked_of(procedure.region, ended.on).ground(procedure.code):
        return None
    position, decided = next((at, event) for at, event in reversed(lines) if isinstance(event, e.EndDecided))
    public = next((at for at, event in lines if isinstance(event, e.LicenceEnded)), None)
    last = due(ended.on, ended.publish_within, law.calendar(state.calendar), tuple(spans))
    return Awaited(RULE, position, public, decided.on, last)


def _grant(lines: Sequence[Line], law: Law, spans: Sequence[Span]) -> Awaited | None:
    procedure = law.procedure
    position, granted = next(((at, event) for at, event in reversed(lines) if isinstance(event, e.Granted)), (0, None))
    if granted is None or any(isinstance(event, e.Voided) for _, event in lines):
        return None
    on = granted.at.astimezone(OFFICE_ZONE).date()
    asked = made_public.asked_of(procedure.region, on)
    if procedure.item_type not in asked.item_types or asked.ground(procedure.code):
        return None
    last = due(on, asked.within, current_calendar(procedure.region), tuple(spans))
    return Awaited(OF_GRANTS, position, position, on, last)


def findings_in(stream: UUID, lines: Sequence[Line], law: Law, outages: Outages, on: date) -> list[Finding]:
    """The finding that a decision was not public in time, by a day; none where it was, or still can be."""
    told = awaited(lines, law, outages)
    if told is None or on <= told.last or _was_settled(stream, told):
        return []
    evidence = Evidence("end_not_public", {"decided_on": told.decided_on, "due_on": told.last}, told.position)
    number, late = _state(lines).number, told.last + ONE_DAY
    subject = f"publication/{told.position}/{late}"
    return [Finding(told.rule, stream, number, law.procedure.decides, "", late, (evidence,), subject)]


def next_on(stream: UUID, lines: Sequence[Line], law: Law) -> date | None:
    """The day from which a decision will not have been public in time; None where nothing waits to be public."""
    told = awaited(lines, law)
    return None if told is None or _was_settled(stream, told) else told.last + ONE_DAY


def _was_settled(case: UUID, told: Awaited) -> bool:
    """Whether it was published, or held back on a ground of the law, when the limit was over."""
    if told.public is None:
        return False
    stands = ""
    for entry in read.entries(disclosure_id(case, told.public)):
        if instant(entry.at).astimezone(OFFICE_ZONE).date() <= told.last:
            stands = entry.kind
    return stands in ("published", "held_back")


def _state(lines: Iterable[Line]) -> State:
    return reduce(lambda state, line: evolve(state, line[1]), lines, NEW)
