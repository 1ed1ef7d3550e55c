"""Looks for gaming once a night: what the detectors need is kept as the facts come, and what they see goes to a person.

The follower only notes which cases have moved on. `look` first makes the traces of those anew from the log, so many a
turn; at night, once a day and region, the detectors look at the traces that are new since the last time, held against
those of the window. What reaches the region's bound is fired as a suspicion (疑点) for a supervisor to look at; it
becomes a card by itself only where the region issues this rule's cards by rule and the score passes the region's
higher bound. Each thing is told once, whoever looks how often.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from banjie.cases.handle import STREAM_KIND
from banjie.duties.supervision import cards
from banjie.duties.supervision.detectors import suspicions
from banjie.duties.supervision.detectors.background import Background
from banjie.duties.supervision.detectors.signs import Bounds, Suspicion, bounds_of
from banjie.duties.supervision.detectors.trace import Line, Trace, trace
from banjie.duties.supervision.models import KeptTrace, Look, Outage
from banjie.engine import codec
from banjie.engine import events as e
from banjie.engine.codec import OFFICE_ZONE, instant
from banjie.engine.not_possible import NotPossible
from banjie.records import catalogue
from banjie.records.catalogue.queries import current_calendar
from banjie.records.organisation.rulebook import BadRulebook
from banjie.records.organisation.rulebook import read as read_file
from banjie.store.log import read
from banjie.store.log.read import LogEntry

log = structlog.get_logger("banjie.supervision")

MOST = 100
"""Traces made anew in one turn of the worker."""
NIGHT = time(2)
"""When the day's look begins, in the office's zone: a day is looked at when it is over."""


class Detecting:
    """The follower of the feed: notes which cases have moved on."""

    name = "detecting"
    kinds = frozenset({STREAM_KIND})

    def handle(self, entry: LogEntry) -> None:
        """One statement a fact; a repeat changes nothing."""
        note([entry.stream])


def note(streams: Iterable[UUID]) -> None:
    """These cases have moved on."""
    rows = (KeptTrace(stream=each, stale=True) for each in streams)
    KeptTrace.objects.kept().bulk_create(
        rows, batch_size=1000, update_conflicts=True, unique_fields=["stream"], update_fields=["stale"]
    )


def look(now: datetime, most: int = MOST) -> int:
    """One turn: traces of cases that moved on, then, at night and where none is left, the detectors; how much was done.

    Any process may call it at any time. Idle it costs one read of an index, by day none of the detectors.
    """
    done = refresh(most)
    if done:
        return done
    local = now.astimezone(OFFICE_ZONE)
    return sum(_detected(region, local.date()) for region in _due(local))


def _detected(region: str, on: date) -> int:
    """The look of a day at a region; one whose data are broken is logged and waits for tomorrow."""
    try:
        return detect(region, on)
    except (NotPossible, ValueError, LookupError) as problem:
        log.exception("not_looked_for_gaming", region=region, problem=type(problem).__name__)
        Look.objects.update_or_create(region=region, defaults={"on": on})
        return 0


def refresh(most: int = MOST) -> int:
    """Make the traces of so many cases that moved on; how many. One that cannot be read keeps no other waiting."""
    rows = list(KeptTrace.objects.kept().filter(stale=True).order_by("stream").values_list("stream", flat=True)[:most])
    for stream in rows:
        with transaction.atomic():
            KeptTrace.objects.kept().filter(stream=stream).update(**_kept(stream))
    return len(rows)


def _kept(stream: UUID) -> dict[str, Any]:
    try:
        told = _trace(stream)
    except (
        NotPossible,
        ValueError,
        LookupError,
        StopIteration,
    ) as problem:  # a case nobody can date says nothing about anybody
        log.warning("no_trace", stream=stream.hex, problem=type(problem).__name__)
        return {"stale": False, "looked": True}
    if told is None:
        return {"stale": False, "looked": True, "is_open": False, "plain": ""}
    made, region = told
    return {
        "stale": False,
        "looked": False,
        "region": region,
        "filed_on": made.filed_at.astimezone(OFFICE_ZONE).date(),
        "is_open": made.decision is None and made.closed_on is None,
        "plain": codec.canonical(codec.to_plain(made)).decode(),
    }


def _trace(stream: UUID) -> tuple[Trace, str] | None:
    """What the detectors need of a case, and its region; None of what the agency opened itself (依职权).

    The detectors look at applications, and at how honest work on those looks: there is none in such a case.
    """
    entries = read.entries(stream)
    lines = [Line(each.position, e.decode(each.kind, read.plain(each)), instant(each.recorded_at)) for each in entries]
    first = lines[0].event
    if isinstance(first, e.OpenedExOfficio):
        return None
    if not isinstance(first, e.Submitted | e.LateEntered):
        raise ValueError("a case begins with its application")
    submitted = next(line.event for line in lines if isinstance(line.event, e.Submitted))
    moved = [line.event.version for line in lines if isinstance(line.event, e.MovedToVersion)]
    law = catalogue.law(submitted.procedure, (submitted.procedure_version, *moved)[-1])
    return trace(stream, lines, law), law.procedure.region


def _due(local: datetime) -> list[str]:
    """The regions not yet looked at today."""
    if local.time() < NIGHT or _today.over == local.date():
        return []
    regions = set(KeptTrace.objects.kept().exclude(region="").values_list("region", flat=True).distinct())
    seen = set(Look.objects.filter(on__gte=local.date()).values_list("region", flat=True))
    if not regions - seen:
        _today.over = local.date()
    return sorted(regions - seen)


class _Today:
    """The day this process knows to be done with; losing it costs a read."""

    def __init__(self) -> None:
        self.over: date | None = None

    def forget(self) -> None:
        """Know of no day any more."""
        self.over = None


_today = _Today()


def detect(region: str, on: date) -> int:
    """Look at what is new in a region since the last time, as of a day; how many suspicions were fired.

    Nothing is fired twice: what a suspicion is about is its key. If it is broken off, nothing has happened.
    """
    rules = rules_of(region, on)
    calendar = current_calendar(region)
    kept = _window(region, on, rules)
    new = [each for each, looked in kept if not looked or (each.decision is None and each.closed_on is None)]
    background = Background((each for each, _ in kept), calendar, on, _outages(region))
    found = list(suspicions(new, background, rules.bounds)) if new else []
    with transaction.atomic():
        fired = sum(fire(each, rules.bounds[each.detector]) for each in found)
        KeptTrace.objects.kept().filter(stream__in=[each.stream for each, looked in kept if not looked]).update(
            looked=True
        )
        Look.objects.update_or_create(region=region, defaults={"on": on})
    log.info("looked_for_gaming", region=region, cases=len(kept), new=len(new), fired=fired)
    return fired


def fire(suspicion: Suspicion, bounds: Bounds) -> bool:
    """Tell the supervisors of a suspicion; whether it is new. Part of the caller's transaction."""
    return cards.fire(suspicion.finding, may_issue=suspicion.score >= bounds.card)


def rebuild() -> int:
    """Make every trace again from the log; how many. What was fired stays fired, and is not fired again."""
    with transaction.atomic():
        KeptTrace.objects.kept().all().delete()
        note(read.streams(STREAM_KIND))
        while refresh():
            pass
        return KeptTrace.objects.kept().count()


def plain_of(text: str) -> Any:
    """What a row keeps, as plain values."""
    return json.loads(text)


def _of(text: str) -> Trace:
    return codec.from_plain(Trace, plain_of(text))


def _window(region: str, on: date, rules: "Rules") -> list[tuple[Trace, bool]]:
    """The traces of the window, and whether each was looked at; of more than the region's most, the newest.

    One of a shape this release no longer reads is noted, so that it is made anew for the next look.
    """
    rows = KeptTrace.objects.kept().filter(region=region, stale=False).exclude(plain="")
    rows = rows.filter(Q(filed_on__gt=on - timedelta(rules.window_days)) | Q(is_open=True))
    newest = rows.order_by("-filed_on", "-stream").values_list("stream", "plain", "looked")[: rules.most_cases]
    kept, outgrown = [], []
    for stream, plain, looked in newest:
        try:
            kept.append((_of(plain), looked))
        except ValueError:  # made by an older release of Banjie
            outgrown.append(stream)
    note(outgrown)
    return kept


def _outages(region: str) -> set[str]:
    return set(Outage.objects.filter(region=region).exclude(confirmed_by="").values_list("number", flat=True))


# The region's data


@dataclass(frozen=True, slots=True)
class Rules:
    """How a region looks for gaming from a day on."""

    valid_from: date
    window_days: int
    most_cases: int
    bounds: Mapping[str, Bounds]


def rules_of(region: str, on: date) -> Rules:
    """The region's own data of this day, or those of every region; LookupError where the rulebook has none."""
    every = _rules(str(settings.RULEBOOK))
    for name in (region, ""):
        come = [each for each in every.get(name, ()) if each.valid_from <= on]
        if come:
            return max(come, key=lambda each: each.valid_from)
    raise LookupError(f"rulebook/supervision/detectors.yaml has nothing for {on}")


@lru_cache(maxsize=4)
def _rules(root: str) -> Mapping[str, tuple[Rules, ...]]:
    path = Path(root) / "supervision" / "detectors.yaml"
    found: dict[str, tuple[Rules, ...]] = {}
    for told in read_file(path):
        try:
            one = Rules(
                told["valid_from"],
                int(told["window_days"]),
                int(told["most_cases"]),
                bounds_of(told["detectors"], f"supervision/detectors.yaml: {told['region'] or 'every region'}"),
            )
        except (KeyError, TypeError, ValueError) as problem:
            raise BadRulebook(f"supervision/detectors.yaml: {problem}") from problem
        found[told["region"]] = (*found.get(told["region"], ()), one)
    return found
