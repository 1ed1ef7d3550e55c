"""What the log itself says of a paper and of the fact it rests on. Nothing here asks a derived row."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from banjie.cases.handle import STREAM_KIND as CASES
from banjie.duties.seals.policy import Rule
from banjie.engine import events as e
from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import fold
from banjie.records import catalogue
from banjie.store.log import read
from banjie.store.log.read import LogEntry
from banjie.words import documents_of

PAPERS = "paper"
AT_RECEPTION = frozenset(
    {
        e.Submitted,
        e.CommitmentSigned,
        e.GapsPromised,
        e.FoundNotNeeded,
        e.Declined,
        e.CorrectionRequested,
        e.CorrectionReminded,
        e.Accepted,
        e.DeemedAccepted,
        e.PapersSent,
    }
)
"""Facts whose paper is the receiving agency's."""
REPLACED_BY = {"extension_notice": "extension_revoked_notice"}
"""A paper that another kind of paper takes the force of."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the stream of a paper says of it: what it rests on, and the digest of its content as it was typeset."""

    kind: str
    agency: str
    about: UUID
    position: int
    template: str
    digest: str
    version: int
    is_voided: bool


def told_of(paper: UUID) -> Told:
    """The paper as its own stream has it. NotPossible("no_such_paper")."""
    history = read.entries(paper)
    if not history or history[0].stream_kind != PAPERS or history[0].kind != "made_out":
        raise NotPossible("no_such_paper")
    first = read.plain(history[0])
    digest, version, voided = "", 1, False
    for entry in history[1:]:
        if entry.kind == "typeset":
            body = read.plain(entry)
            digest, version = body["digest"], int(body.get("version", 1))
        elif entry.kind == "voided":
            voided = True
    return Told(
        first["kind"],
        first["agency"],
        UUID(first["about"]),
        int(first["position"]),
        str(first["template"]),
        digest,
        version,
        voided,
    )


def deciding_agency(procedure: Procedure) -> str:
    """Whose seal a decision bears: the agency that decides, or the one in whose name it does (委托, 许可法 24)."""
    return procedure.guide.entrusting or procedure.agency_of(procedure.decides)


def agency_of(fact: e.Event, procedure: Procedure, rule: Rule | None = None) -> str:
    """The agency whose seal the paper of a fact bears.

    Decisions: the one that decides, whoever pressed. What is told at reception: the receiving one. All else: the one
    the fact names, or that of whoever acted, where it takes part in the case; else the one that decides.
    """
    if rule is not None and rule.agency == "deciding":
        return deciding_agency(procedure)
    if type(fact) in AT_RECEPTION:
        return procedure.home
    known = {each.id for each in procedure.agencies}
    named = str(getattr(fact, "agency", ""))
    if not named and fact.by.unit in {each.id for each in procedure.units}:
        named = procedure.agency_of(fact.by.unit)
    return named if named in known else procedure.agency_of(procedure.decides)


def require(kind: str, rule: Rule, agency: str, stream: UUID, position: int) -> None:
    """The fact is there, produces such a paper, is this agency's, was not taken back and is not overtaken.

    NotPossible no_decision_to_seal, not_the_deciding_agency, decision_taken_back, decision_overtaken.
    """
    history = read.entries(stream)
    entry = next((each for each in history if each.position == position), None)
    if entry is None:
        raise NotPossible("no_decision_to_seal", document=kind)
    if entry.stream_kind == CASES:
        _of_a_case(kind, rule, agency, history, entry)
    elif f"{entry.stream_kind}/{entry.kind}" not in rule.facts:
        raise NotPossible("no_decision_to_seal", document=kind)
    elif read.plain(entry).get("agency", read.plain(history[0]).get("agency", "")) != agency:
        raise NotPossible("not_the_deciding_agency")


def _of_a_case(kind: str, rule: Rule, agency: str, history: Sequence[LogEntry], entry: LogEntry) -> None:
    facts = {each.position: e.decode(each.kind, read.plain(each)) for each in history}
    fact = facts[entry.position]
    if kind not in documents_of(fact) and f"case/{entry.kind}" not in rule.facts:
        raise NotPossible("no_decision_to_seal", document=kind)
    state = fold(facts.values())
    procedure = catalogue.procedure_of(state.procedure, state.procedure_version)
    if agency_of(fact, procedure, rule) != agency:
        raise NotPossible("not_the_deciding_agency")
    gone = {each.position for each in facts.values() if isinstance(each, e.TakenBack)}
    if entry.position in gone:
        raise NotPossible("decision_taken_back")
    later = [each for at, each in facts.items() if at > entry.position and at not in gone]
    if any(isinstance(each, e.Voided) for each in later):
        raise NotPossible("decision_overtaken")
    made = {code for each in later for code in documents_of(each)}
    if (not rule.again and kind in made) or REPLACED_BY.get(kind) in made:
        raise NotPossible("decision_overtaken")
