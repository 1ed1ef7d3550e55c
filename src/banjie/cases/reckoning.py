"""The receipt of the dates of a case (时限计算凭据): made from the log, and held against it.

`receipt_of` makes it for whoever may see the case. `faults` looks at one from outside: it counts it anew and, where it
names a case of this installation, makes it once more from the log as it then stood: whatever was put in, left out or
changed shows, even where somebody made the digest fit.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import Any
from uuid import UUID

from banjie.cases.models import Registration
from banjie.cases.queries import CaseView, Line
from banjie.cases.rows import derive
from banjie.engine import events as e
from banjie.engine import reckoning
from banjie.engine.clocks import clocks, remedy_clocks
from banjie.engine.codec import OFFICE_ZONE, instant
from banjie.engine.decide import advance
from banjie.engine.law import Law, Region
from banjie.engine.not_possible import NotPossible
from banjie.engine.reckoning import Difference, Plain, Recorded, Source
from banjie.engine.state import Stage, fold
from banjie.records import catalogue
from banjie.records.catalogue.models import CalendarVersion
from banjie.store.log import queries as log
from banjie.store.log import read, verify

DERIVED = ("case", "procedure", "region", "now_with", "log", "calendars", "clocks")
"""What of a receipt follows from the log of its case, the law and an instant."""


def receipt_of(view: CaseView) -> Plain:
    """The receipt of every clock of the case on the day of looking. Nothing in it says who anybody is.

    It is as of the beginning of that day, or of the newest fact where that is later: time itself acts at midnight only,
    so the page, the file and a program get the very same receipt until something happens or the day is over.
    """
    morning = datetime.combine(view.at.astimezone(OFFICE_ZONE).date(), time(0), OFFICE_ZONE)
    newest = view.lines[-1].event.at.astimezone(OFFICE_ZONE)
    as_of = replace(view, at=min(max(morning, newest), view.at.astimezone(OFFICE_ZONE)))
    return _receipt(as_of, log.installation().id)


def _receipt(view: CaseView, installation: str) -> Plain:
    state, law = view.state, view.law
    running = [*clocks(state, law), *remedy_clocks(state, law)]
    recorded = [Recorded(each.position, each.event, each.hash) for each in view.lines]
    versions = {each.calendar.version for each in running}
    return reckoning.reckoning(
        state, law, running, view.at, recorded, installation, _sources(versions), list(_now_with(view))
    )


def _sources(versions: set[str]) -> dict[str, Source]:
    found = {}
    for row in CalendarVersion.objects.filter(version__in=versions):
        content = json.loads(bytes(row.content))
        documents = {each["year"]: each.get("document", "") for each in content["years"]}
        found[row.version] = Source(row.digest, documents)
    return found


def units_now(view: CaseView) -> tuple[tuple[str, str], ...]:
    """The units that have to act now with the post that does, by id; none where it waits for the applicant."""
    if view.state.stage in (Stage.CORRECTION, Stage.CLOSED):
        return ()
    tasks = derive(view.state, view.law).tasks.values()
    return tuple(dict.fromkeys((each[2], each[3]) for each in tasks if each[1] != "complaint"))


def _now_with(view: CaseView) -> Iterator[Mapping[str, str]]:
    names = {each.id: each for each in view.law.procedure.units}
    for unit, post in units_now(view):
        known = names.get(unit)
        yield {"name": known.name if known else unit, "english": known.english if known else "", "post": post}


# A receipt from outside


def faults(document: Any) -> list[Difference]:
    """What does not agree in a receipt, with itself and with the log it names; empty where all of it does."""
    found = reckoning.differences(document)
    if any(each.code in ("malformed", "unknown_format") for each in found):
        return found
    try:
        return [*found, *_against_the_log(document)]
    except (KeyError, TypeError, ValueError, AttributeError, NotPossible) as problem:
        return [*found, Difference("malformed", type(problem).__name__, str(problem))]


def is_ours(document: Any) -> bool:
    """Whether this installation gave it, by its own word: another's log is not here to be asked."""
    ours = log.find_installation()
    return ours is not None and document["log"]["installation"] == ours.id


def _against_the_log(document: Any) -> Iterator[Difference]:
    known = Registration.objects.kept().filter(number=document["case"]["number"]).first()
    if known is None:
        yield Difference("not_on_record", "case.number", document["case"]["number"])
        return
    for each in verify.verify([known.stream]):
        yield Difference("not_on_record", f"log.{each.position}", each.what)
    head = document["log"]["head"]
    lines = _lines(known.stream, head["position"])
    if not lines or (lines[-1].position, lines[-1].hash) != (head["position"], head["hash"]):
        yield Difference("not_on_record", "log.head", head, lines[-1].hash if lines else None)
        return
    again = _made_again(known.stream, lines, document)
    for name in DERIVED:
        yield from _apart(name, document[name], again[name])


def _made_again(stream: UUID, lines: tuple[Line, ...], document: Any) -> Plain:
    """The same receipt from the log as it stood then; the readings are those the receipt names."""
    at = datetime.fromisoformat(document["as_of"])
    state = fold(line.event for line in lines)
    law = _as_read(catalogue.law(state.procedure, state.procedure_version), document)
    state, _ = advance(state, law, at)
    return _receipt(CaseView(stream, state, law, lines, at), document["log"]["installation"])


def _as_read(law: Law, document: Any) -> Law:
    told: Region = reckoning.region_of(document)
    readings = {name: getattr(told, name) for name in document["region"]["readings"]}
    return replace(law, region=replace(law.region, readings=(), **readings))


def _apart(where: str, says: Any, should: Any) -> Iterator[Difference]:
    """The innermost places where two plain values differ."""
    if isinstance(says, dict) and isinstance(should, dict):
        for name in sorted(says.keys() | should.keys()):
            yield from _apart(f"{where}.{name}", says.get(name), should.get(name))
    elif isinstance(says, list) and isinstance(should, list) and len(says) == len(should):
        for place, (each, other) in enumerate(zip(says, should, strict=True)):
            yield from _apart(f"{where}.{place}", each, other)
    elif says != should or type(says) is not type(should):
        yield Difference("not_on_record", where, says, should)


def _lines(stream: UUID, until: int) -> tuple[Line, ...]:
    return tuple(
        Line(each.position, e.decode(each.kind, read.plain(each)), instant(each.recorded_at), each.hash.hex())
        for each in read.entries(stream)
        if each.position <= until
    )
