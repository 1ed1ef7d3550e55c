"""What anybody may look up: published decisions, with nothing that is nobody's business."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from banjie.cases.scope import whole_house
from banjie.duties.papers.models import Paper
from banjie.duties.publicity.models import Disclosure
from banjie.engine import events as e
from banjie.engine.commands import Actor
from banjie.records.catalogue.queries import newest_names
from banjie.records.organisation.models import Agency
from banjie.store.keys import mask
from banjie.store.keys.read import open_many
from banjie.store.log import read
from banjie.store.log.models import Entry

END = "decision_to_end"
DECISIONS = ("decision_to_grant", END)


@dataclass(frozen=True, slots=True)
class Shown:
    """A decision in public. `holder`: in full for an enterprise, masked for a person, "" once erased; `credit_code`: of
    an enterprise. `document`: the number of the decision paper; `licence`, `valid_to`: of the licence it led to."""

    row: Disclosure
    item: str
    agency: str
    holder: str
    credit_code: str
    document: str
    licence: str
    valid_to: date | None


def published(
    text: str = "", agency: str = "", since: date | None = None, until: date | None = None
) -> QuerySet[Disclosure]:
    """Published decisions, the newest first; by the code of an item (or several, comma between), agency, days."""
    rows = Disclosure.objects.opened().filter(status="published")
    if text:
        rows = rows.filter(code__in=text.split(","))
    if agency:
        rows = rows.filter(agency=agency)
    if since:
        rows = rows.filter(decided_on__gte=since)
    if until:
        rows = rows.filter(decided_on__lte=until)
    return rows.order_by("-decided_on", "-stream")


def held_back(region: str = "") -> dict[str, int]:
    """How many decisions are held back on which ground: that much anybody may know."""
    rows = Disclosure.objects.kept().filter(status="held_back", region__startswith=region).values("ground")
    return {each["ground"]: each["many"] for each in rows.annotate(many=Count("stream")).order_by("ground")}


def of_agency(by: Actor, on: date) -> dict[str, QuerySet[Disclosure]]:
    """What waits to be published, what was published too late or is overdue, and what is held back, of one's agency."""
    mine = Disclosure.objects.opened(agency=[by.agency]).filter(agency=by.agency)
    late = Q(status="due", due_on__lt=on) | Q(status="published", published_on__gt=F("due_on"))
    return {
        "due": mine.filter(status="due").order_by("due_on", "stream"),
        "late": mine.filter(late).order_by("-due_on", "stream"),
        "held_back": mine.filter(status="held_back").order_by("-decided_on", "stream"),
        "published": mine.filter(status="published").order_by("-decided_on", "-stream"),
    }


def shown(rows: Sequence[Disclosure], language: str) -> list[Shown]:
    """The rows in words, in the same number of statements however many they are."""
    names = newest_names({each.code for each in rows}, language)
    agencies = {id: (language == "en" and english) or name for id, name, english in _agencies()}
    papers: dict[tuple[object, int], str] = {}
    ends: dict[object, str] = {}  # what ends a licence was decided before it was served, and the end is what is public
    for paper in Paper.objects.kept().filter(about__in={each.case for each in rows}, kind__in=DECISIONS).order_by("at"):
        papers[paper.about, paper.position] = paper.number
        if paper.kind == END:
            ends[paper.about] = paper.number
    holders, licences = _holders(rows), _licences(rows)
    found = []
    for each in rows:
        holder, credit_code = holders.get(each.stream, ("", ""))
        licence, valid_to = licences.get(each.stream, ("", None))
        found.append(
            Shown(
                each,
                names.get(each.code, each.code),
                agencies.get(each.agency, each.agency),
                holder,
                credit_code,
                papers.get((each.case, each.position)) or ends.get(each.case, ""),
                licence,
                valid_to,
            )
        )
    return found


def _agencies() -> list[tuple[str, str, str]]:
    return list(Agency.objects.values_list("id", "name", "english"))


def _holders(rows: Sequence[Disclosure]) -> dict[UUID, tuple[str, str]]:
    """Whom each of them concerns, by its stream; without those who are erased."""
    with whole_house("published decisions name whom they concern"):
        opened = open_many((each.case, each.applicant) for each in rows if each.applicant)
    found = {}
    for each in rows:
        plain = opened.get((each.case, each.applicant))
        if plain is not None:
            found[each.stream] = _named(json.loads(plain))
    return found


def _named(told: Mapping[str, Any]) -> tuple[str, str]:
    """What of somebody is public: a person's name masked; an enterprise's in full, and its credit code."""
    name = str(told.get("name", ""))
    if told.get("kind") == "person":
        return mask.mask_name(name), ""
    return name, str(told.get("id_number", "")) if told.get("id_type") == "uscc" else ""


def _licences(rows: Sequence[Disclosure]) -> dict[UUID, tuple[str, date | None]]:
    """The licence that came of each, by its stream: its number is on the licence itself, for everybody to read."""
    kinds = (e.NAMES[e.Issued], e.NAMES[e.LicenceEnded])
    wanted = Entry.objects.filter(stream__in={each.case for each in rows}, kind__in=kinds).order_by("position")
    of_case: dict[UUID, list[read.LogEntry]] = {}
    for values in wanted.values_list(*read.LogEntry._fields):
        entry = read.entry(values)
        of_case.setdefault(entry.stream, []).append(entry)
    found: dict[UUID, tuple[str, date | None]] = {}
    for each in rows:
        later = [entry for entry in of_case.get(each.case, ()) if entry.position >= each.position][:1]
        for entry in later:
            fact = e.decode(entry.kind, read.plain(entry))
            if isinstance(fact, e.Issued):
                found[each.stream] = fact.number, fact.valid_to
            elif isinstance(fact, e.LicenceEnded):
                found[each.stream] = fact.number, None
    return found
