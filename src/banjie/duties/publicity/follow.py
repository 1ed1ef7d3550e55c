"""Disclosures follow the cases: a grant, a renewal by law and the end of a licence are each to be made public."""

from functools import reduce

from banjie.cases.disclosures import disclosure_id
from banjie.cases.handle import STREAM_KIND
from banjie.cases.models import Case
from banjie.cases.scope import whole_house
from banjie.duties.publicity.models import Disclosure
from banjie.engine import events as e
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.state import NEW, evolve
from banjie.engine.timelimits import due
from banjie.records import catalogue
from banjie.records.catalogue.queries import current_calendar
from banjie.records.organisation import made_public
from banjie.store.log import read
from banjie.store.log.read import LogEntry

KINDS = {e.Granted: "granted", e.DeemedRenewed: "renewed"}
WANTED = frozenset(e.NAMES[each] for each in (*KINDS, e.LicenceEnded))


class Publicity:
    """Makes no decision public by itself: that is the worker's, once the time to hold it back is over."""

    name = "publicity"
    kinds = frozenset({STREAM_KIND})

    def handle(self, entry: LogEntry) -> None:
        """A repeat changes nothing."""
        if entry.kind in WANTED:
            row = of_fact(entry)
            if row is not None and not Disclosure.objects.kept().filter(stream=row.stream).exists():
                row.save(force_insert=True)


def of_fact(entry: LogEntry) -> Disclosure | None:
    """The row of a deciding fact, not saved; None where decisions of its kind are not published."""
    fact = e.decode(entry.kind, read.plain(entry))
    with whole_house("disclosures follow the cases"):
        case = Case.objects.everything().get(stream=entry.stream)
    law = catalogue.law(case.procedure, case.procedure_version)
    procedure = law.procedure
    region = procedure.region
    on = fact.at.astimezone(OFFICE_ZONE).date()
    asked = made_public.asked_of(region, on)
    own = procedure.ex_officio  # what an agency ends of its own accord is public, whatever its item is called
    if procedure.item_type not in asked.item_types and own is None:
        return None
    calendar, ground = current_calendar(region), asked.ground(procedure.code)
    until = [each for each in read.entries(entry.stream) if each.position <= entry.position]
    facts = [e.decode(each.kind, read.plain(each)) for each in until]
    decided_on, due_on = on, due(on, asked.within, calendar)
    if own:  # it was decided before it was served, and its limit runs from there
        state = reduce(evolve, facts, NEW)
        if state.ended:
            decided_on = state.ended.on
            due_on = due(decided_on, state.ended.publish_within, law.calendar(state.calendar))
    return Disclosure(
        stream=disclosure_id(entry.stream, entry.position),
        case=entry.stream,
        position=entry.position,
        kind=_kind(fact),
        code=procedure.code,
        version=procedure.version,
        agency=procedure.agency_of(procedure.decides),
        region=region,
        applicant=_applicant(facts),
        decided_on=decided_on,
        after_on=max(due(decided_on, asked.after, calendar), on),
        due_on=due_on,
        status="held_back" if ground else "due",
        ground=ground,
    )


def _kind(fact: e.Event) -> str:
    return fact.act if isinstance(fact, e.LicenceEnded) else KINDS.get(type(fact), "granted")


def _applicant(facts: list[e.Event]) -> str:
    """Where the particulars of whom the decision concerns lie: as they were given when the case began."""
    for fact in facts:
        given = getattr(fact, "applicant", None) or getattr(fact, "holder", None)
        if isinstance(given, e.Ref):
            return given.ref
    return ""
