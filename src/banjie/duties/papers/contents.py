"""What stands in a paper, as plain data for its template: codes, days, names. The wording is the template's.

Made from the fact itself, from the case as it stood right after it, from the law the case then had, from the sealed
particulars, and from what was given when the paper was made out: from nothing that can change afterwards, so that the
same paper comes out at any time. A person's number stands masked on paper.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from banjie.cases import tracking
from banjie.cases.handle import STREAM_KIND
from banjie.duties.papers.models import Paper
from banjie.engine import codec, commitment, gaps
from banjie.engine import events as e
from banjie.engine.clocks import INSTANTS, Running, legal_clock, notice_clock, promised_clock
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.law import Law
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import State, fold
from banjie.engine.timelimits import Limit, due, is_provisional
from banjie.records import catalogue
from banjie.records.organisation.queries import display_name
from banjie.store import papers as typesetter
from banjie.store.keys.mask import mask_id, mask_phone
from banjie.store.keys.read import open_personal
from banjie.store.log import queries, read
from banjie.store.log.read import LogEntry
from banjie.words import documents_of, label, names_of
from banjie.words.documents import HEARING, MINUTES, OPINION, SERVICE, SLIP
from banjie.words.names import Names, name_of

Plain = dict[str, Any]
NAMES_STAFF = frozenset({HEARING, MINUTES, SERVICE, SLIP, OPINION})
"""Kinds that name a member of staff: their name is kept with the paper, for names change and papers do not."""
SHORT = 16
"""Digits of a hash that are printed; the whole of it is in the log."""


def given(stream: UUID, fact: e.Event, kind: str) -> Plain | None:
    """What is kept with the paper of a fact when it is made out: who of the staff it names, by their name that day."""
    if kind not in NAMES_STAFF:
        return None
    people = {"by": display_name(fact.by.id) or ""}
    if kind in (HEARING, MINUTES):
        hosts = [e.decode(each.kind, read.plain(each)) for each in read.entries(stream) if each.kind == HOST]
        host = hosts[-1] if hosts else None
        people["host"] = (display_name(host.host.id) or "") if isinstance(host, e.HostAppointed) else ""
    return people


HOST = e.NAMES[e.HostAppointed]


def of(paper: Paper) -> Plain:
    """The data of a paper. NotPossible("case_gone") where the key of its personal data was destroyed."""
    lines = [each for each in read.entries(paper.about) if each.position <= paper.position]
    entry = lines[-1] if lines and lines[-1].position == paper.position else None
    told = _common(paper, entry)
    kept = _kept(paper)
    if entry and entry.stream_kind == STREAM_KIND:
        fact = e.decode(entry.kind, read.plain(entry))
        if paper.kind in documents_of(fact):
            told |= OfCase(paper.about, lines, fact).data()
    told |= kept
    if "qr" not in told["verify"]:  # another room has its own place to check what it issues
        told["verify"] = {**told["verify"], "qr": typesetter.qr(told["verify"]["address"])}
    return told


def names_in(data: Any) -> str:
    """Every text in the data of a paper: what has to be printable."""
    if isinstance(data, Mapping):
        return "".join(names_in(each) for key, each in data.items() if key != "verify")
    if isinstance(data, list | tuple):
        return "".join(names_in(each) for each in data)
    return data if isinstance(data, str) else ""


def _common(paper: Paper, entry: LogEntry | None) -> Plain:
    local = paper.at.astimezone(OFFICE_ZONE)
    return {
        "kind": paper.kind,
        "title": label("documents", paper.kind),
        "at": round(paper.at.timestamp() * 1_000_000),
        "on": local.date().isoformat(),
        "time": f"{local:%H:%M}",
        "number": paper.number,
        "agency": paper.agency_name,
        "demo": queries.installation().demo,
        "verify": {"address": paper.address, "qr": typesetter.qr(paper.address)},
        **_evidence(paper),
        "record": {"position": paper.position, "hash": entry.hash.hex()[:SHORT] if entry else ""},
    }


def _evidence(paper: Paper) -> Plain:
    """What the log had proved when the paper was made out: whoever holds the paper holds that checkpoint."""
    told, known = Plain(), paper.evidence.get("checkpoint")
    if known:
        at = codec.instant(known["at"])
        told["checkpoint"] = {"size": known["size"], "root": known["root"], "at": f"{at:%Y-%m-%d %H:%M}"}
    if paper.evidence.get("no_witness"):
        told["no_witness"] = True
    return told


def _kept(paper: Paper) -> Plain:
    """What was given with the paper."""
    if not paper.ref or paper.sealed_in is None:
        return {}
    value = open_personal(paper.sealed_in, [paper.ref])[paper.ref]
    if value is None:
        raise NotPossible("case_gone")
    plain: Plain = json.loads(value)
    return plain


class OfCase:
    """The data of a paper of a case: the case as it stood right after the fact."""

    def __init__(self, stream: UUID, lines: Sequence[LogEntry], fact: e.Event) -> None:
        self.stream, self.fact = stream, fact
        self.facts = [e.decode(each.kind, read.plain(each)) for each in lines]
        self.state: State = fold(self.facts)
        self.law: Law = catalogue.law(self.state.procedure, self.state.procedure_version)
        self.procedure = self.law.procedure
        self.names: Names = names_of(self.procedure)
        opening = self.state.opening
        self.party = self.state.applicant or (opening.holder if opening else None)
        refs = [*_refs_of(fact), *([self.party] if self.party else [])]
        self.opened = open_personal(stream, [each.ref for each in refs])
        if any(value is None for value in self.opened.values()):
            raise NotPossible("case_gone")

    def data(self) -> Plain:
        """Everything the template may show."""
        state, guide = self.state, self.procedure.guide
        received = state.received_at.astimezone(OFFICE_ZONE) if state.received_at else None
        return {
            "case": {
                "number": state.number,
                "query_number": state.query_number,
                "item": self.procedure.name,
                "code": self.procedure.code,
                "received_on": received.date().isoformat() if received else "",
                "received_at": f"{received:%H:%M}" if received else "",
                "channel": state.channel,
                "is_licence": self.procedure.item_type == "01",
                "basis": list(self.procedure.basis),
            },
            "applicant": self.applicant(),
            "opening": self.opening(),
            "places": [
                {"name": each.name, "address": each.address, "hours": each.hours, "phone": each.phone}
                for each in guide.places
            ],
            "enquiries": guide.enquiries,
            "complaints": guide.complaints,
            **self.own(),
        }

    def applicant(self) -> Plain:
        """Who applied, by name; numbers masked."""
        ref = self.party
        known = json.loads(self.opened[ref.ref] or b"{}") if ref else {}
        return {
            "kind": known.get("kind", ""),
            "name": known.get("name", ""),
            "id_type": known.get("id_type", ""),
            "id_number": mask_id(known.get("id_number", "")),
            "phone": mask_phone(known.get("phone", "")),
        }

    def opening(self) -> Plain | None:
        """What a proceeding ex officio is about; None of an application."""
        opened = self.state.opening
        if opened is None:
            return None
        name = self.procedure.guide.result_name or self.procedure.guide.item_name or self.procedure.name
        return {"act": opened.act, "number": opened.licence_number, "name": name, "basis": opened.basis}

    def own(self) -> Plain:
        """What only this kind of fact says; nothing more for a kind that no group knows."""
        return self.received() or self.examined() or self.ended()

    def received(self) -> Plain:
        """What the window and the applicant said to each other, until the acceptance."""
        fact = self.fact
        match fact:
            case e.Submitted():
                return {
                    "materials": [self.material(each) for each in fact.provided],
                    "limit": _limit(fact.notice_limit),
                    "due": self.until(notice_clock(self.state, self.law)),
                    "code": tracking.code_of(self.stream),
                }
            case e.CorrectionRequested():
                return {
                    "points": self.points(fact.points),
                    "limit": _limit(fact.period),
                    "due": self.last(fact, fact.period),
                    "cause": fact.cause,
                }
            case e.CorrectionReminded():
                asked = self.state.corrections[-1] if self.state.corrections else None
                still = self.last(asked, asked.period) if asked else None
                return {"points": self.points(fact.points), "due": still}
            case e.Declined():
                return {
                    "ground": self.ground(fact.ground),
                    "competent": self.named("agency", fact.competent) if fact.competent else "",
                    "text": self.text(fact.text),
                    "remedy": _remedy(fact.remedy),
                }
            case e.FoundNotNeeded():
                return {"basis": fact.basis, "text": self.text(fact.text), "remedy": _remedy(fact.remedy)}
            case e.CommitmentSigned():
                return self.committed(fact)
            case e.GapsPromised():
                longest = gaps.periods(self.law)
                named = [(self.named("material", each), longest.get(each)) for each in fact.materials]
                return {"gaps": [{"name": name, "limit": _limit(limit)} for name, limit in named]}
            case e.Accepted():
                return self.accepted(fact)
            case _:
                return {}

    def examined(self) -> Plain:
        """What stopped, lengthened or belonged to the examination; who was heard."""
        fact = self.fact
        match fact:
            case e.Paused():
                rule = self.procedure.ground(fact.ground)
                return {
                    "ground": self.ground(fact.ground),
                    "basis": rule.basis if rule else "",
                    "clocks": sorted(fact.clocks),
                    "until": fact.expected_end.isoformat(),
                    "step": self.named("step", fact.step),
                    "text": self.text(fact.text),
                    "note": fact.notice,
                }
            case e.Extended():
                return {
                    "limit": _limit(fact.length),
                    "authority": fact.authority,
                    "statutory": _limit(self.state.accepted.statutory_limit) if self.state.accepted else None,
                    "due": self.until(legal_clock(self.state, self.law)),
                    "text": self.text(fact.reasons),
                    "note": fact.notice,
                }
            case e.ExtensionRevoked():
                due_on = self.until(legal_clock(self.state, self.law))
                return {"due": due_on, "text": self.text(fact.reasons), "note": fact.notice}
            case e.HearingRightTold():
                return {"limit": _limit(fact.window), "due": self.last(fact, fact.window)}
            case e.HearingNoticed():
                return {"held_on": fact.held_on.isoformat(), "place": self.text(fact.place)}
            case e.HearingHeld():
                held = self.state.hearing.held_on if self.state.hearing else None
                return {"held_on": held.isoformat() if held else "", "text": self.text(fact.minutes)}
            case e.RectificationSet():
                return {
                    "step": self.named("step", fact.step),
                    "findings": self.findings(each for each in fact.findings if not each.met),
                    "limit": _limit(fact.period),
                    "due": self.last(fact, fact.period),
                    "pauses": fact.pauses,
                    "text": self.text(fact.text),
                }
            case e.Forwarded():
                return {
                    "to": self.named("unit", fact.to_unit),
                    "opinion": fact.opinion,
                    "text": self.text(fact.text),
                    "limit": _limit(fact.statutory_limit),
                    "materials": [self.material(each) for each in self.state.provided.values()],
                }
            case e.PapersSent():
                return {
                    "slip": fact.slip,
                    "materials": [{"name": self.named("material", each)} for each in fact.materials],
                    "from": self.named("unit", fact.from_unit),
                    "to": self.named("unit", fact.to_unit),
                }
            case e.IntentTold():
                return {
                    "act": fact.act,
                    "ground": self.ground(fact.ground),
                    "basis": self.state.opening.basis if self.state.opening else "",
                    "statement": _limit(fact.statement),
                    "statement_due": self.last(fact, fact.statement),
                    "window": _limit(fact.window),
                    "window_due": self.last(fact, fact.window),
                    "until": fact.until.isoformat() if fact.until else "",
                    "text": self.text(fact.text),
                }
            case _:
                return {}

    def ended(self) -> Plain:
        """The decision, its service, and every other end on paper."""
        fact = self.fact
        match fact:
            case e.Granted():
                return self.granted(fact)
            case e.Refused():
                return {
                    "points": self.points(fact.points),
                    "benchmarks": self.benchmarks(fact.benchmarks),
                    "limit": _limit(fact.certificate_limit),
                    "remedy": _remedy(fact.remedy),
                }
            case e.Served():
                return self.served(fact)
            case e.Terminated():
                ground, text = self.ground(fact.ground), self.text(fact.text)
                return {"ground": ground, "text": text, "remedy": _remedy(fact.remedy)}
            case e.EndDecided():
                return {
                    "act": fact.act,
                    "ground": self.ground(fact.ground),
                    "basis": fact.basis,
                    "compensation": fact.compensation,
                    "until": fact.until.isoformat() if fact.until else "",
                    "text": self.text(fact.reasons),
                    "remedy": _remedy(fact.remedy),
                }
            case e.Discontinued():
                return {"ground": self.ground(fact.ground), "text": self.text(fact.text)}
            case e.MeasureRecorded():
                period = self.last(fact, fact.period) if fact.period else None
                return {"measure": fact.measure, "text": self.text(fact.text), "due": period}
            case _:
                return {}

    # Kinds that say more

    def accepted(self, fact: e.Accepted) -> Plain:
        """An acceptance: the limits and until when, what may follow, what may stop the clock."""
        on = fact.accept_on if isinstance(fact, e.DeemedAccepted) else fact.on
        is_lower = fact.preliminary_limit is not None
        return {
            "accepted_on": on.isoformat(),
            "deemed": isinstance(fact, e.DeemedAccepted),
            "counted_from": fact.counted_from.isoformat() if fact.counted_from else "",
            "statutory": _limit(fact.statutory_limit) if self.procedure.has_statutory_limit else None,
            "statutory_due": None if is_lower else self.until(legal_clock(self.state, self.law)),
            "promised": _limit(fact.committed_limit),
            "promised_due": None if is_lower else self.until(promised_clock(self.state, self.law)),
            "preliminary": _limit(fact.preliminary_limit),
            "grounds": [each.name for each in self.procedure.pause_grounds],
            "materials": [self.material(each) for each in self.state.provided.values()],
            "gaps": [
                {
                    "name": self.named("material", each.material),
                    "limit": _limit(each.period),
                    "form": each.form,
                    "auto": each.consequence == gaps.AUTO,
                    "due": self.last(fact, each.period),
                }
                for each in fact.gaps
            ],
        }

    def granted(self, fact: e.Granted) -> Plain:
        """A grant: what it rests on, what is issued and when."""
        return {
            "criteria": [self.criterion(each) for each in fact.criteria],
            "promised": [self.named("criterion", each) for each in fact.on_commitment],
            "benchmarks": self.benchmarks(fact.benchmarks),
            "limit": _limit(fact.certificate_limit),
            "due": self.last(fact, fact.certificate_limit),
            "result": self.procedure.guide.result_name,
            "years": self.procedure.licence_years,
            "deemed": isinstance(fact, e.DeemedRenewed),
            "expires_on": fact.expires_on.isoformat() if isinstance(fact, e.DeemedRenewed) else "",
            "certificate": fact.certificate,
        }

    def served(self, fact: e.Served) -> Plain:
        """A proof of service: what was served, how, to whom."""
        state = self.state
        decided = next((each for each in reversed(self.facts) if isinstance(each, e.Granted | e.Refused)), None)
        code = documents_of(decided)[0] if decided else ""
        made = Paper.objects.kept().filter(about=self.stream, kind=code, voided_at=None).order_by("-position").first()
        documents = [{"kind": code, "name": "", "note": made.number if made else ""}] if code else []
        if state.issued:
            documents.append({"kind": "", "name": self.procedure.guide.result_name, "note": state.issued.number})
        return {
            "method": fact.method,
            "text": self.text(fact.receipt),
            "documents": documents,
        }

    def committed(self, fact: e.CommitmentSigned) -> Plain:
        """A commitment: what was told and signed."""
        offer = self.procedure.commitment
        if offer is None:
            return {}
        return {
            "basis": offer.basis,
            "content": offer.content,
            "materials": [{"name": self.named("material", each)} for each in fact.materials],
            "criteria": [self.criterion(each) for each in fact.criteria],
            "steps": [self.named("step", each) for each in fact.steps],
            "verify_mode": fact.verify_mode,
            "limit": _limit(fact.verify_within) if fact.verify_mode == commitment.AFTER else None,
            "power": offer.power,
            "liability": offer.liability,
            "public": fact.public,
            "text_version": fact.told.version,
            "text_digest": fact.told.digest[:SHORT],
        }

    # Pieces

    def named(self, kind: str, id: str) -> str:
        """What the procedure calls it; its id where it does not know it."""
        return name_of(self.names, kind, id) or id

    def ground(self, code: str) -> Plain:
        """A ground by its code, and by its name where the procedure has one of its own."""
        return {"code": code, "name": name_of(self.names, "ground", code)}

    def text(self, ref: e.Ref | None) -> str:
        """A sealed text."""
        value = self.opened.get(ref.ref) if ref else None
        return str(json.loads(value)).strip() if value else ""

    def material(self, provided: e.Provided) -> Plain:
        """A material as it was handed in."""
        return {"name": self.named("material", provided.material), "form": provided.form, "files": len(provided.files)}

    def criterion(self, id: str) -> Plain:
        """A condition of the licence with its basis."""
        known = self.procedure.criterion(id)
        return {"name": self.named("criterion", id), "basis": known.basis if known else ""}

    def points(self, points: Iterable[e.Point]) -> list[Plain]:
        """What a notice or a refusal cites."""
        kinds = {e.PointKind.MATERIAL: "material", e.PointKind.QUESTION: "question"}
        return [
            {
                "kind": each.kind.value,
                "name": self.named(kinds.get(each.kind, "criterion"), each.id),
                "defect": each.defect.value,
                "text": self.text(each.text),
                "basis": self.criterion(each.id)["basis"] if each.kind is e.PointKind.CRITERION else self.asked(each),
            }
            for each in points
        ]

    def asked(self, point: e.Point) -> str:
        """On what a material is asked for."""
        known = self.procedure.material(point.id) if point.kind is e.PointKind.MATERIAL else None
        return known.basis if known else ""

    def findings(self, findings: Iterable[e.Finding]) -> list[Plain]:
        """What a step found."""
        return [{**self.criterion(each.criterion), "text": self.text(each.text)} for each in findings]

    def benchmarks(self, used: Iterable[e.BenchmarkApplied]) -> list[Plain]:
        """Which lines of the discretion benchmarks were used, or why none."""
        return [
            {
                "criterion": self.named("criterion", each.criterion),
                "line": self.named("benchmark", each.benchmark) if each.benchmark else "",
                "text": self.text(each.reason),
            }
            for each in used
        ]

    def last(self, fact: e.Dated | None, limit: Limit | None) -> Plain | None:
        """The last day of a limit that a fact starts."""
        if fact is None or limit is None or limit.unit in INSTANTS:
            return None
        calendar = self.law.calendars.get(fact.calendar)
        if calendar is None:
            return None
        start = fact.accept_on if isinstance(fact, e.DeemedAccepted) else fact.on
        return _if_loaded(
            lambda: _day(due(start, limit, calendar), is_provisional(start, due(start, limit, calendar), calendar))
        )

    def until(self, running: Running | None) -> Plain | None:
        """The last day of a running clock."""
        if running is None or running.limit.unit in INSTANTS:
            return None
        return _if_loaded(lambda: _day(running.due, is_provisional(running.start, running.due, running.calendar)))


def _day(on: date, provisional: bool) -> Plain:
    return {"on": on.isoformat(), "provisional": provisional}


def _if_loaded(made: Callable[[], Plain]) -> Plain | None:
    """None where the calendar's years do not go so far: the paper does without the date."""
    try:
        return made()
    except NotPossible:
        return None


def _limit(limit: Limit | None) -> Plain | None:
    return {"number": limit.number, "unit": limit.unit.value} if limit else None


def _remedy(remedy: e.Remedy | None) -> Plain | None:
    if remedy is None:
        return None
    return {
        "reconsideration": remedy.reconsideration,
        "court": remedy.court,
        "days": remedy.days,
        "months": remedy.months,
        "online": remedy.online,
    }


def _refs_of(value: Any) -> Iterable[e.Ref]:
    """The sealed texts a fact refers to that a paper may show; the application itself stands apart."""
    if isinstance(value, e.Ref):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _refs_of(each)
    elif hasattr(value, "__dataclass_fields__") and not isinstance(value, e.Submitted):
        for name in value.__dataclass_fields__:
            yield from _refs_of(getattr(value, name))
