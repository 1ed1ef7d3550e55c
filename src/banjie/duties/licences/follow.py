"""What is decided about licences in cases becomes history of the licences: issued, ended, restored, renewed by law.

The register follows and judges nothing: whether it may be done was settled in the case. The same fact read twice
leaves one fact here, for the command is made from its place in the case.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from banjie.cases.handle import STREAM_KIND as CASES
from banjie.duties.licences import content, papers, recording, types
from banjie.duties.licences.identifier import LONGEST_SERIAL, Identifier
from banjie.duties.licences.models import Licence
from banjie.duties.licences.queries import content_of
from banjie.engine import events as e
from banjie.engine.decision import term_until
from banjie.engine.law import Law
from banjie.engine.state import State, fold
from banjie.records import catalogue
from banjie.records.organisation.models import Agency
from banjie.records.parties import sealing
from banjie.store.keys.read import open_personal
from banjie.store.log import read
from banjie.store.log.read import LogEntry

ISSUED, ENDED, RESTORED = e.NAMES[e.Issued], e.NAMES[e.LicenceEnded], e.NAMES[e.LicenceRestored]
BY_LAW, ERASED = e.NAMES[e.DeemedRenewed], e.NAMES[e.Erased]
BEGINS = frozenset({e.NAMES[e.Submitted], e.NAMES[e.Corrected], e.NAMES[e.OpenedExOfficio]})
CONCERN_US = frozenset({ISSUED, ENDED, RESTORED, BY_LAW, ERASED}) | BEGINS
COPIES = frozenset({"renew", "reissue"})
"""延续、补办: acts that leave what the licence says as it was, whatever was typed; to change it is another act."""


class Licences:
    """Keeps the register of licences."""

    name = "licences"
    kinds = frozenset({CASES})

    def handle(self, entry: LogEntry) -> None:
        """A repeat changes nothing."""
        if entry.kind in CONCERN_US:
            follow(entry)


def follow(entry: LogEntry) -> None:
    """What this fact of a case does to a licence; part of the caller's transaction."""
    fact = e.decode(entry.kind, read.plain(entry))
    match fact:
        case e.Issued():
            _issued(entry, fact)
        case e.LicenceEnded():
            told = {"effective_on": fact.effective_on.isoformat(), "basis": fact.basis}
            if fact.until:
                told["until"] = fact.until.isoformat()
            _moved(entry, fact, recording.ENDS[fact.act], told)
        case e.LicenceRestored():
            _moved(entry, fact, "restored", {"effective_on": fact.effective_on.isoformat(), "basis": fact.basis})
        case e.DeemedRenewed():
            _renewed_by_law(entry, fact)
        case e.Submitted() | e.Corrected() | e.OpenedExOfficio():
            _asked_about(entry, fact)
        case e.Erased():
            _erased(entry, fact)


def _issued(entry: LogEntry, fact: e.Issued) -> None:
    state, law = _case(entry)
    type = types.of(fact.licence, fact.dated)
    if type is None:  # nobody has said what such a licence is: the case has issued it, this register knows no such type
        return
    stream = recording.stream_of(fact.licence, fact.number)
    if any(each.command_id == _command(entry) for each in read.entries(stream)):
        return
    before = Licence.objects.kept().filter(stream=stream).first()
    version = before.version + 1 if before else 1
    deciding = law.procedure.guide.entrusting or law.procedure.agency_of(law.procedure.decides)
    agency = Agency.objects.filter(id=deciding).first()
    issuer = agency.credit_code if agency else law.procedure.region
    applicant, answers = _opened(entry.stream, state)
    identifier = str(Identifier(type.identifier, issuer, _serial(fact, stream), version))
    valid_to = fact.valid_to
    if valid_to is None and before and fact.act in ("change", "reissue", "correct"):
        valid_to = before.valid_to
    if valid_to is None and type.ends:
        valid_to = content.day_of(answers.get(type.ends))
    told: dict[str, Any] = {
        "number": fact.number,
        "identifier": identifier,
        "former": before.identifier if before else "",
        "version": version,
        "dated": fact.dated,
        "valid_to": valid_to,
    }
    body: dict[str, Any] = {
        "at": entry.at,
        "by": fact.by.id,
        "type": fact.licence,
        "party": state.party,
        "agency": agency.id if agency else "",
        "region": law.procedure.region,
        "case": entry.stream.hex,
        "position": entry.position,
        **{name: value.isoformat() if isinstance(value, date) else value for name, value in told.items() if value},
    }
    if applicant:
        earlier = content_of(before) if before else None
        holder = _holder(type, applicant, answers, earlier, law.procedure.region)
        asked = {} if fact.act in COPIES and earlier else answers
        lines = content.lines_of(type, asked, law.procedure, (earlier or {}).get("lines", ()))
        said = {
            "holder": {name: getattr(holder, name) for name in content.Holder.__slots__},
            "lines": lines,
            "record": content.record(type, holder, agency, **told),
        }
        key = sealing.key_of(stream) or sealing.new_key(stream)
        body["content"] = sealing.seal(key, "content", said, holder.id_number, field=content.FIELD)
        if agency:
            body["paper"] = papers.certificate(type, said, body, agency.id).hex
    recording.record(stream, recording.ISSUES[fact.act], body, _command(entry))


def _holder(
    type: types.LicenceType,
    applicant: Mapping[str, str],
    answers: Mapping[str, Any],
    earlier: Mapping[str, Any] | None,
    region: str,
) -> content.Holder:
    """The holder; a registration gives its credit code once, and every later version keeps it."""
    code = ""
    if type.credit_code:
        code = earlier["holder"]["id_number"] if earlier else ""
        given = Licence.objects.kept().filter(type=type.code).count()
        code = code or content.credit_code(type.credit_code, region, given + 1)
    return content.holder_of(type, applicant, answers, code)


def _moved(entry: LogEntry, fact: e.LicenceEnded | e.LicenceRestored, kind: str, told: dict[str, str]) -> None:
    """An end, a suspension or a restoration, also of a licence that was issued before this register."""
    stream = recording.stream_of(fact.licence, fact.number)
    body = {
        "at": entry.at,
        "by": fact.by.id,
        "type": fact.licence,
        "number": fact.number,
        "case": entry.stream.hex,
        "position": entry.position,
        **told,
    }
    recording.record(stream, kind, body, _command(entry))


def _renewed_by_law(entry: LogEntry, fact: e.DeemedRenewed) -> None:
    """许可法 50: from 00:00 of the day after it ran out the licence goes on; its new paper follows."""
    state, law = _case(entry)
    number, type = state.former, law.procedure.licence
    stream = recording.stream_of(type, number)
    if not number or not Licence.objects.kept().filter(stream=stream).exists():
        return
    until = term_until(state, law)
    body: dict[str, Any] = {
        "at": entry.at,
        "by": fact.by.id,
        "type": type,
        "number": number,
        "case": entry.stream.hex,
        "position": entry.position,
    }
    if until:
        body["valid_to"] = until.isoformat()
    recording.record(stream, "renewed_by_law", body, _command(entry))


def _asked_about(entry: LogEntry, fact: e.Submitted | e.Corrected | e.OpenedExOfficio) -> None:
    """A proceeding about a licence of this register has begun, or, with the answers corrected, is about another one."""
    number = fact.licence_number if isinstance(fact, e.OpenedExOfficio) else fact.former
    if not number:
        return
    state, law = _case(entry)
    before = _state(entry, entry.position - 1).former if entry.position > 1 else ""
    if number == before:
        return
    told = {"at": entry.at, "by": fact.by.id, "case": entry.stream.hex, "position": entry.position}
    for each, kind in ((before, "asked_elsewhere"), (number, "asked_about")):
        stream = recording.stream_of(law.procedure.licence, each)
        if not each or not Licence.objects.kept().filter(stream=stream, version__gt=0).exists():
            continue
        body = {**told, "procedure": state.procedure, "procedure_version": state.procedure_version}
        recording.record(stream, kind, body, _command(entry, kind))


def _erased(entry: LogEntry, fact: e.Erased) -> None:
    """Whoever is forgotten in the case is forgotten in the licences that came of it; the licences stay."""
    for row in Licence.objects.kept().filter(case=entry.stream).exclude(ref=""):
        key_id = sealing.destroyed(row.stream)
        body = {"at": entry.at, "by": fact.by.id, "key_id": key_id, "basis": fact.basis}
        recording.record(row.stream, "erased", body, _command(entry, row.stream.hex))


def _case(entry: LogEntry) -> tuple[State, Law]:
    """The case as this very fact left it, whatever has come since."""
    state = _state(entry, entry.position)
    return state, catalogue.law(state.procedure, state.procedure_version)


def _state(entry: LogEntry, position: int) -> State:
    return fold([e.decode(each.kind, read.plain(each)) for each in read.entries(entry.stream)[:position]])


def _opened(case: UUID, state: State) -> tuple[dict[str, str], dict[str, Any]]:
    """The applicant's particulars and the answers; empty where the case was erased meanwhile."""
    refs = [each.ref for each in (state.applicant, state.answers) if each]
    opened = [json.loads(value) if value else {} for value in open_personal(case, refs).values()]
    applicant, answers = (*opened, {}, {})[:2]
    return applicant, answers


def _serial(fact: e.Issued, stream: UUID) -> str:
    """The serial number of the identifier: the licence's own number without its type, where that can stand there."""
    plain = fact.number.removeprefix(f"{fact.licence}-").upper()
    is_fit = plain.isascii() and plain.isalnum() and len(plain) <= LONGEST_SERIAL
    return plain if is_fit else stream.hex.upper()


def _command(entry: LogEntry, more: str = "") -> UUID:
    return uuid5(entry.stream, f"licence|{entry.position}|{more}")
