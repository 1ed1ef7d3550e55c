"""Reads of licences: whose they are, which can stand for a material, one by its number, its history."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from banjie.cases import queries as cases
from banjie.cases.scope import Scope
from banjie.duties.licences import content, recording, standing, types
from banjie.duties.licences.identifier import looks_like_one, parse
from banjie.duties.licences.models import Licence, PurposeCopy, Version
from banjie.duties.licences.standing import Standing
from banjie.engine.commands import Actor
from banjie.engine.events import ActorKind
from banjie.records.parties import queries as parties
from banjie.store.keys.read import find as streams_with
from banjie.store.keys.read import open_many, open_personal
from banjie.store.log import read


def of_party(scope: Scope) -> list[Licence]:
    """Every licence of the people of this scope, the newest first."""
    found = Licence.objects.within(scope).filter(party__in=[each for each in scope.who if each])
    return list(found.order_by("-dated", "stream"))


def one(scope: Scope, stream: UUID) -> Licence | None:
    """A licence of these people by its stream; None for what is not there or not theirs."""
    return Licence.objects.within(scope).filter(stream=stream).exclude(party="").first()


def held_by(party: str, type: str, on: date) -> list[Licence]:
    """The licences of this type that this party's account holds and that are valid on a day, the longest first."""
    rows = Licence.objects.kept().filter(party=party, type=type) if party else ()
    return _valid(rows, on)


def standing_for(material: str, actor: Actor, id_number: str, on: date) -> list[Licence]:
    """The valid licences of the holder with this identity number that can stand for a material of this type.

    For whoever acts: the holder's own account, an agent of it, whoever is known to have that number, or the office. A
    stranger who types somebody else's number is told of nothing but what the type makes public.
    """
    wanted = types.that_stand_for(material, on)
    if not wanted or not id_number.strip():
        return []
    streams = streams_with(content.FIELD, id_number)
    rows = Licence.objects.kept().filter(stream__in=streams, type__in=wanted).exclude(ref="")
    return [each for each in _valid(rows, on) if _may_use(each, actor, id_number, on)]


def _may_use(row: Licence, actor: Actor, id_number: str, on: date) -> bool:
    if actor.kind is ActorKind.STAFF:
        return True
    party = actor.on_behalf_of if actor.kind is ActorKind.AGENT else actor.id
    if row.party == party:
        return True
    type, known = types.of(row.type, on), parties.find(party)
    own = str(parties.particulars(known).get("id_number", "")) if known else ""
    return own.upper() == id_number.strip().upper() or bool(type and type.is_public)


def _valid(rows: Any, on: date) -> list[Licence]:
    valid = [each for each in rows if standing.on(each, on) is Standing.VALID]
    return sorted(valid, key=lambda each: (each.valid_to or date.max, each.number), reverse=True)


def by_number(text: str) -> list[tuple[Licence, Version | None]]:
    """The licences with this number or identifier, and the version that was named; none where there is none.

    The same number may stand on licences of two types. ValueError for an identifier whose check character is wrong.
    """
    plain = re.sub(r"\s", "", text)
    if looks_like_one(plain):
        parse(plain)
        named = Version.objects.kept().filter(identifier=plain.upper()).first()
        row = Licence.objects.kept().filter(stream=named.stream).first() if named else None
        return [(row, named)] if row else []
    return [(row, None) for row in Licence.objects.kept().filter(number=plain).order_by("type")[:5]]


def find(type: str, number: str) -> Licence | None:
    """The licence of this type under this number; None where the register does not know it."""
    return Licence.objects.kept().filter(stream=recording.stream_of(type, number)).first()


def of_paper(paper: UUID) -> tuple[Licence, Version] | None:
    """The licence and version that a certificate in the register of papers is of."""
    version = Version.objects.kept().filter(paper=paper).first()
    row = Licence.objects.kept().filter(stream=version.stream).first() if version else None
    return (row, version) if row and version else None


def case_of(stream: UUID) -> UUID | None:
    """The case the newest version of a licence came from; None for a stream that is no licence's."""
    return Licence.objects.kept().filter(stream=stream).values_list("case", flat=True).first()


def copy_by_number(number: str) -> tuple[Licence, PurposeCopy] | None:
    """A copy for a purpose by its own number, with its licence."""
    return _with_licence(PurposeCopy.objects.kept().filter(number=number.strip().upper()).first())


def copy_of_paper(paper: UUID) -> tuple[Licence, PurposeCopy] | None:
    """A copy for a purpose by its paper, with its licence."""
    return _with_licence(PurposeCopy.objects.kept().filter(paper=paper).first())


def _with_licence(copy: PurposeCopy | None) -> tuple[Licence, PurposeCopy] | None:
    row = Licence.objects.kept().filter(stream=copy.stream).first() if copy else None
    return (row, copy) if row and copy else None


def versions(stream: UUID) -> list[Version]:
    """The versions of a licence, the newest first; the caller has made sure that it may be seen."""
    return list(Version.objects.kept().filter(stream=stream).order_by("-version"))


def copies(stream: UUID) -> list[PurposeCopy]:
    """The copies of a licence, the newest first; the caller has made sure that it may be seen."""
    return list(PurposeCopy.objects.kept().filter(stream=stream).order_by("-made_at", "number"))


def content_of(row: Licence | Version) -> dict[str, Any] | None:
    """What a licence (its newest version), or a version, says in clear; None once it is erased."""
    return opened(row.stream, row.ref if isinstance(row, Licence) else row.content)


def opened(stream: UUID, ref: str) -> dict[str, Any] | None:
    """What lies sealed there, in clear; None where there is nothing (any more)."""
    value = open_personal(stream, [ref])[ref] if ref else None
    return None if value is None else json.loads(value)


def contents_of(rows: Sequence[Licence]) -> dict[UUID, dict[str, Any]]:
    """What these licences say, in two statements for any number of them; without those that are erased."""
    places = open_many((each.stream, each.ref) for each in rows if each.ref)
    return {stream: json.loads(value) for (stream, _ref), value in places.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Happened:
    """One fact of a licence: its place, what, when, by whom, and what it says."""

    position: int
    kind: str
    at: int
    by: str
    body: Mapping[str, Any]


def history(stream: UUID) -> list[Happened]:
    """The facts of a licence, the newest first; the caller has made sure that it may be seen."""
    return [Happened(each.position, each.kind, each.at, each.actor, read.plain(each)) for each in read.entries(stream)][
        ::-1
    ]


@dataclass(frozen=True, slots=True)
class Running:
    """A proceeding about a licence that runs: its case, and the version of the procedure it began under."""

    case: UUID
    procedure: str
    version: int


def running(row: Licence) -> list[Running]:
    """The proceedings about a licence that have neither ended nor made a version of it, the oldest first.

    Who may know of which, the caller says: for the house it is enough that there is one.
    """
    about = [Running(UUID(case), procedure, version) for case, procedure, version in row.about]
    if not about:
        return []
    still = cases.open_among([each.case for each in about])
    done = Version.objects.kept().filter(stream=row.stream, case__in=still).values_list("case", flat=True)
    still -= set(done) if still else set()
    return [each for each in about if each.case in still]


@dataclass(frozen=True, slots=True)
class Reminded:
    """That its holder was reminded: of which licence, its last day, and how many days were left."""

    stream: UUID
    type: str
    number: str
    valid_to: date
    left: int


def reminded(case: UUID, position: int) -> Reminded | None:
    """What stands at this place in the history of the licence a case led to; the caller may see the case."""
    stream = Version.objects.kept().filter(case=case).values_list("stream", flat=True).first()
    row = Licence.objects.kept().filter(stream=stream).first() if stream else None
    entries = read.entries(row.stream, after=position - 1)[:1] if row else []
    if row is None or not entries or entries[0].kind != "reminded":
        return None
    body = read.plain(entries[0])
    return Reminded(row.stream, row.type, row.number, date.fromisoformat(body["valid_to"]), body["left"])


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the register somebody looks for. `soon`: valid ones whose last day is at most so many days away.

    `text`: a number or an identifier; `holder`: the holder's whole number.
    """

    text: str = ""
    type: str = ""
    state: str = ""
    soon: int = 0
    holder: str = ""


PAGE = 200
"""So many licences are read at a time, where those that fit have to be picked out of them."""


def register(actor: Actor, wanted: Wanted, on: date, after: str = "", most: int = 50) -> list[Licence]:
    """The licences an officer's agency has issued, by number."""
    if not actor.agency:
        return []
    rows = Licence.objects.opened(agency=[actor.agency]).filter(agency=actor.agency)
    if wanted.type:
        rows = rows.filter(type=wanted.type)
    if wanted.text.strip():
        text = re.sub(r"\s", "", wanted.text)
        named = Version.objects.kept().filter(identifier=text.upper()).values("stream")
        rows = rows.filter(Q(number__istartswith=text) | Q(stream__in=named))
    if wanted.holder:
        rows = rows.filter(stream__in=streams_with(content.FIELD, wanted.holder))
    if after:
        rows = rows.filter(number__gt=after)
    found: list[Licence] = []
    rows = rows.order_by("number", "type")
    page = list(rows[:PAGE])
    while page and len(found) < most:
        found += [each for each in page if _fits(each, wanted, on)]
        last = page[-1]
        further = Q(number__gt=last.number) | Q(number=last.number, type__gt=last.type)
        page = list(rows.filter(further)[:PAGE]) if len(page) == PAGE and len(found) < most else []
    return found[:most]


def _fits(row: Licence, wanted: Wanted, on: date) -> bool:
    if wanted.state and standing.on(row, on) != wanted.state:
        return False
    if not wanted.soon:
        return True
    if row.valid_to is None or standing.on(row, on) is not Standing.VALID:
        return False
    return (row.valid_to - on).days <= wanted.soon


def of_agency(actor: Actor, stream: UUID) -> Licence | None:
    """A licence this officer's agency has issued; None for what is not there or another's."""
    rows = Licence.objects.opened(agency=[actor.agency]).filter(stream=stream, agency=actor.agency)
    return rows.first() if actor.agency else None


def stream_of(type: str, number: str) -> UUID:
    """The stream of a licence by its type and number, whether there is one or not."""
    return recording.stream_of(type, number)
