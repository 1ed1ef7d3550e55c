"""Papers follow the cases: each fact that the law wants on paper gets one, and what was taken back is void."""

from uuid import UUID, uuid5

from banjie.cases.handle import STREAM_KIND
from banjie.cases.models import Case
from banjie.cases.scope import whole_house
from banjie.duties.papers import contents, register
from banjie.engine import codec
from banjie.engine import events as e
from banjie.engine.law import Procedure
from banjie.records import catalogue
from banjie.store.log import read
from banjie.store.log.read import LogEntry
from banjie.words import documents_of

AT_RECEPTION = (
    e.Submitted,
    e.CommitmentSigned,
    e.GapsPromised,
    e.FoundNotNeeded,
    e.Declined,
    e.CorrectionRequested,
    e.CorrectionReminded,
    e.Accepted,
    e.PapersSent,
)
"""Facts whose paper is the receiving agency's."""
TAKEN_BACK = e.NAMES[e.TakenBack]


class Papers:
    """Makes a paper out for each fact that produces one. Nothing is typeset: that is the worker's."""

    name = "papers"
    kinds = frozenset({STREAM_KIND})

    def handle(self, entry: LogEntry) -> None:
        """A repeat changes nothing."""
        follow(entry)


def follow(entry: LogEntry) -> None:
    """The papers of one fact, part of the caller's transaction."""
    fact = e.decode(entry.kind, read.plain(entry))
    if isinstance(fact, e.TakenBack):
        register.void(entry.stream, fact.position, fact.at, paper_id(entry.stream, entry.position, TAKEN_BACK))
        return
    codes = documents_of(fact)
    if not codes:
        return
    with whole_house("papers follow the cases"):
        case = Case.objects.everything().filter(stream=entry.stream).values_list("procedure", "procedure_version").get()
    procedure = catalogue.law(*case).procedure
    agency = _agency(fact, procedure)
    for code in codes:
        register.make_out(
            code,
            agency,
            entry.stream,
            entry.position,
            codec.instant(entry.at),
            paper_id(entry.stream, entry.position, code),
            data=contents.given(entry.stream, fact, code),
            item=procedure.code,
            agency_name=procedure.agency(agency).name,
        )


def caught_up(stream: UUID) -> None:
    """Make out what the follower has not come to yet: somebody wants a paper of this case now."""
    for entry in read.entries(stream):
        follow(entry)


def paper_id(stream: UUID, position: int, kind: str) -> UUID:
    """The id of the paper of a fact: the same however often it is made out."""
    return uuid5(stream, f"paper/{position}/{kind}")


def _agency(fact: e.Event, procedure: Procedure) -> str:
    """Whose paper it is: the agency the fact names, the receiving one, else that of whoever acted, else the decider."""
    if isinstance(fact, AT_RECEPTION):
        return procedure.home
    named = getattr(fact, "agency", "") or procedure.agency_of(fact.by.unit)
    known = {each.id for each in procedure.agencies}
    return named if named in known else procedure.agency_of(procedure.decides)
