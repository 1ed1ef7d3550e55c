"""Watches the cases: fires what their facts show as they come, and what time shows when it has come.

The follower looks at a case when a fact came by which a rule can fire, and notes when the next of its limits will have
passed; `look_at_due` looks at those whose time has come. Both ask the same function, and what it finds twice is fired
once. A worker that stood still for days changes nothing but when it is seen.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Min, Q

from banjie.cases import disclosures
from banjie.cases.handle import STREAM_KIND
from banjie.cases.models import Case, Task
from banjie.cases.scope import whole_house
from banjie.duties.supervision import cards, displays, ends, orders, outages, rulebook, rules
from banjie.duties.supervision.findings import Finding
from banjie.duties.supervision.models import Card, Order, Watch
from banjie.engine import events as e
from banjie.engine.codec import OFFICE_ZONE, instant, microseconds
from banjie.engine.state import Stage
from banjie.engine.timelimits import ONE_DAY
from banjie.records import catalogue
from banjie.records.organisation.models import Agency
from banjie.store.log import read
from banjie.store.log.read import LogEntry

log = structlog.get_logger("banjie.supervision")

MOST = 200
"""Looked at in one turn of the worker."""
ENDS = frozenset({e.NAMES[each] for each in (e.Closed, e.Served, e.Forwarded, e.StepFinished)})
"""Facts that end a limit: what passed before them is seen at once, whether or not a worker came by in between."""


class Watching:
    """The follower of the feed."""

    name = "supervision"
    kinds = frozenset({STREAM_KIND, displays.STREAM_KIND, disclosures.STREAM_KIND})

    def handle(self, entry: LogEntry) -> None:
        """A repeat fires nothing again."""
        if entry.stream_kind == displays.STREAM_KIND:
            watch_display(entry.stream)
            return
        if entry.stream_kind == disclosures.STREAM_KIND:
            case = UUID(read.plain(entry)["case"])
            if Watch.objects.kept().filter(stream=case).exists():
                watch(case, entry.at)
            if entry.kind == "published":
                _public_at_last(case, instant(entry.at))
            return
        if entry.kind in _fires() or entry.kind in ENDS:
            look_at(entry.stream, instant(entry.at))
        watch(entry.stream, entry.at)


def _fires() -> frozenset[str]:
    return frozenset(fact for each in rulebook.rules().values() for fact in each.facts)


def look_at(stream: UUID, at: datetime) -> list[Finding]:
    """Fire what speaks against the procedure in this case by a moment, and return what is new.

    A finding nobody has looked at yet and that is true no more (a pause was closed in hindsight, a calendar came) is
    closed as such. Part of the caller's transaction.
    """
    found = findings_in(stream, at)
    keys = {each.key for each in found}
    of_facts = [each.code for each in rulebook.rules().values() if each.by == "facts"]
    waiting = Card.objects.kept().filter(case=stream, status="fired", rule__in=of_facts)
    for card in waiting.filter(on__lte=at.astimezone(OFFICE_ZONE).date()):
        if card.stream not in keys:
            cards.drop(card.stream, at)
    return [each for each in found if cards.fire(each)]


def findings_in(stream: UUID, at: datetime) -> list[Finding]:
    """What speaks against the procedure in this case by a moment, outages taken out."""
    lines = _lines(stream)
    first, on = lines[0][1], at.astimezone(OFFICE_ZONE).date()
    assert isinstance(first, e.Submitted | e.OpenedExOfficio)
    law = catalogue.law(first.procedure, first.procedure_version)
    region = Agency.objects.filter(id=first.home).values_list("region_id", flat=True).first() or ""
    spans = outages.spans(region)
    late = ends.findings_in(stream, lines, law, spans, on)
    if isinstance(first, e.OpenedExOfficio):  # the rules are those of applications; its light tells of its limit
        return late
    return [*rules.findings(rules.history(stream, lines, law, spans), on), *late]


def _lines(stream: UUID) -> list[tuple[int, e.Event]]:
    return [(each.position, e.decode(each.kind, read.plain(each))) for each in read.entries(stream)]


def watch(stream: UUID, after: int) -> None:
    """Note when the next limit of this case will have passed, from its rows; nothing of a case that is over."""
    day = instant(after).astimezone(OFFICE_ZONE).date()
    with whole_house("supervision watches every limit"):
        rows = Case.objects.everything().filter(stream=stream)
        row = rows.values("stage", "red_on", "legal_due_on", "result", "procedure", "procedure_version").first()
        waits = Task.objects.everything().filter(stream=stream, red_on__gt=day).aggregate(first=Min("red_on"))
    public = _to_be_public(stream, row["procedure"], row["procedure_version"], row["result"]) if row else None
    if row is None or (row["stage"] == Stage.CLOSED and waits["first"] is None and public is None):
        Watch.objects.kept().filter(stream=stream).delete()
        return
    legal = row["legal_due_on"] + ONE_DAY if row["legal_due_on"] else None
    open_days = [] if row["stage"] == Stage.CLOSED else [row["red_on"], legal]
    days = [each for each in (*open_days, waits["first"], public) if each and each > day]
    if days:
        due_at = microseconds(rules.midnight(min(days)))
        Watch.objects.kept().update_or_create(stream=stream, defaults={"next_due_at": due_at})
    else:
        Watch.objects.kept().filter(stream=stream).delete()


def _to_be_public(stream: UUID, code: str, version: int, result: str) -> date | None:
    """The day from which a grant, or an end that the agency decided on, would not have been public in time; None
    without one."""
    law = catalogue.law(code, version)
    return ends.next_on(stream, _lines(stream), law) if result == "granted" or law.procedure.ex_officio else None


def _public_at_last(case: UUID, at: datetime) -> None:
    """A grant was published after its limit: the card that nobody has taken up yet is closed as put right."""
    for card in Card.objects.kept().filter(case=case, rule=ends.OF_GRANTS, status="fired"):
        cards.made_good(card.stream, at)


def watch_display(batch: UUID) -> None:
    """Note when a batch of guides will have to be on display."""
    last = displays.due_on(batch)
    if last and not cards.is_known(displays.findings_in(batch, last + ONE_DAY)):
        due_at = microseconds(rules.midnight(last + ONE_DAY))
        Watch.objects.kept().update_or_create(stream=batch, defaults={"next_due_at": due_at})


def look_at_due(at: datetime, most: int = MOST) -> int:
    """Look at every case, card and order whose time has come by `at`; how many. Safe in any number of workers.

    One that cannot be looked at is logged and keeps no other waiting.
    """
    due = Q(next_due_at__lte=microseconds(at))
    looked = 0
    for stream, when in list(
        Watch.objects.kept().filter(due).order_by("next_due_at").values_list("stream", "next_due_at")[:most]
    ):
        looked += _safely("watch", stream, lambda stream=stream, when=when: _look_again(stream, when, at))
    for stream in list(Card.objects.kept().filter(due).order_by("next_due_at").values_list("stream", flat=True)[:most]):
        looked += _safely("card", stream, lambda stream=stream: _overdue(stream, at))
    for stream in list(
        Order.objects.kept().filter(due).order_by("next_due_at").values_list("stream", flat=True)[:most]
    ):
        looked += _safely("order", stream, lambda stream=stream: _escalate(stream, at))
    return looked


def _look_again(stream: UUID, when: int, at: datetime) -> None:
    with transaction.atomic():
        if read.entries(stream)[0].stream_kind == displays.STREAM_KIND:
            for each in displays.findings_in(stream, at.astimezone(OFFICE_ZONE).date()):
                cards.fire(each)
            Watch.objects.kept().filter(stream=stream).delete()
            return
        look_at(stream, at)
        watch(stream, max(when, microseconds(at)))


def _overdue(stream: UUID, at: datetime) -> None:
    with transaction.atomic():
        row = Card.objects.kept().select_for_update().get(stream=stream)
        if row.next_due_at and row.next_due_at <= microseconds(at):
            orders.overdue(row)


def _escalate(stream: UUID, at: datetime) -> None:
    with transaction.atomic():
        row = Order.objects.kept().select_for_update().get(stream=stream)
        if row.next_due_at and row.next_due_at <= microseconds(at):
            orders.escalate(row)


def _safely(what: str, stream: UUID, look: Any) -> int:
    try:
        look()
    except Exception as problem:
        log.exception("supervision_failed", what=what, stream=str(stream), problem=type(problem).__name__)
        return 0
    return 1
