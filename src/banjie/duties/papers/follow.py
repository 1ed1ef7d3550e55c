"""Papers follow the cases: each fact that the law wants on paper gets one, and what was taken back is void."""

from uuid import UUID, uuid5

from banjie.cases.handle import STREAM_KIND
from banjie.cases.models import Case
from banjie.cases.scope import whole_house
from banjie.duties.papers import contents, register
from banjie.duties.seals import policy
from banjie.duties.seals.grounds import agency_of
from banjie.engine import codec
from banjie.engine import events as e
from banjie.engine.codec import OFFICE_ZONE
from banjie.records import catalogue
from banjie.store.log import read
from banjie.store.log.read import LogEntry
from banjie.words import documents_of

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
    at = codec.instant(entry.at)
    for code in codes:
        agency = agency_of(fact, procedure, policy.rule(code, at.astimezone(OFFICE_ZONE).date()))
        register.make_out(
            code,
            agency,
            entry.stream,
            entry.position,
            at,
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
