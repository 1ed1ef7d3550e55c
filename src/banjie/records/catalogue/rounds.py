"""Clean-up rounds (清理): what a county offers is measured, judged and settled, and the round reports what it brought.

Whatever the units in scope decide is measured when a round opens and again when it closes. Every item gets an outcome:
keep, change, cancel or devolve. What the three rules flag cannot be kept, and a round does not close while anything it
cancelled or devolved can still be applied for. The facts lie in one stream of kind "round" a round; rows are copies.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from banjie.engine import codec
from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue import adjustments, lists, queries, register
from banjie.records.catalogue.cleanup import (
    JUDGED,
    Flag,
    Measure,
    Outcome,
    Reason,
    Totals,
    flags,
    item_of,
    leaves,
    measured,
    summed,
)
from banjie.records.catalogue.models import Round, RoundItem
from banjie.records.catalogue.register import LEVELS, OF_ITEMS, Change, ListKind, Lists, basic_code
from banjie.records.organisation.models import Agency
from banjie.store.log import ids, read
from banjie.store.log.append import append

STREAM_KIND = "round"
CLASSES = ("approval", "investment", "qualification")
"""What a batch can be made of (M032): approvals, prerequisite approvals of investment, recognised qualifications."""

KINDS = ("licence", "service")
"""What an item counts as where it is cancelled (M035)."""

CANNOT_STAY = {
    Reason.NOT_LISTED: "must_cancel_unlisted",
    Reason.UNLAWFUL: "must_cancel_unlawful",
    Reason.DUPLICATE: "must_cancel_duplicate",
    Reason.UNREASONABLE: "must_cancel_unreasonable",
    Reason.DEVOLVABLE: "must_be_devolved",
}
"""What whoever would keep a flagged item is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoped:
    """A unit of a round: the agency's id; `excluded` ones (vertical bureaus, say) with the reason why."""

    unit: str
    name: str
    excluded: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a round brought, in items (31 characters), and in the counts of their procedures.

    `outcomes`: items by outcome, "" for those still open. `cancelled`: cancelled items by kind. `by_class`: by class of
    item and outcome. `before` and `after` compare procedures still offered, like with like; `removed` is what the
    others had asked for. Of an open round, `after` is today's.
    """

    units: int
    excluded: int
    items: int
    outcomes: Mapping[str, int]
    cancelled: Mapping[str, int]
    by_class: Mapping[str, Mapping[str, int]]
    before: Totals
    after: Totals
    removed: Totals

    @property
    def sum_of_cancelled(self) -> str:
        """All cancelled items as licences and services: "45 = 31 + 14"."""
        parts = [self.cancelled.get(kind, 0) for kind in KINDS]
        return f"{sum(parts)} = {' + '.join(map(str, parts))}"


def open_round(
    region: str,
    name: str,
    units: Iterable[Scoped],
    by: str,
    at: datetime,
    command_id: UUID,
    on: date,
    classes: Collection[str] = CLASSES,
) -> Round:
    """Open a clean-up round and take its baseline: every procedure in force that a unit in scope decides.

    `classes`: the classes of item this batch clears up. The same command again returns the first row. NotPossible:
    round_name_needed, named_twice, exclusion_needs_reason, unknown_agency, round_name_taken, nothing_in_scope.
    """
    units, name = tuple(units), name.strip()
    with transaction.atomic():
        known = Round.objects.filter(region=region, name=name).first()
        if known and adjustments.recorded(known.stream, command_id):
            return known
        for problem in _scope_problems(name, units, known):
            raise problem
        in_scope = {each.unit for each in units if not each.excluded}
        standing = lists.standing(region, on)
        baseline = []
        for each in _published(region, on):
            line = _line(each, standing)
            if line["unit"] in in_scope and line["item_class"] in classes:
                baseline.append(line)
        if not baseline:
            raise NotPossible("nothing_in_scope", name=name)
        stream = ids.uuid7()
        body = {
            "region": region,
            "name": name,
            "on": on.isoformat(),
            "units": [codec.to_plain(each) for each in units],
            "baseline": baseline,
        }
        try:
            _record(stream, "opened", body, by, at, command_id)
        except IntegrityError as taken:  # somebody opened one of this name while we looked
            raise NotPossible("round_name_taken", name=name) from taken
        return Round.objects.get(stream=stream)


def find(round: UUID, item: str, reason: Reason, text: str, by: str, at: datetime, command_id: UUID) -> None:
    """Record a reviewer's finding about an item: that it is set unreasonably (M017), or can be devolved (M018).

    NotPossible: no_such_round, round_closed, not_in_round, finding_needs_reason. ValueError for another reason.
    """
    if reason not in JUDGED:
        raise ValueError(f"a reviewer finds an item {' or '.join(JUDGED)}, not {reason!r}")
    with transaction.atomic():
        if adjustments.recorded(round, command_id):
            return
        _open(round, item)
        if not text.strip():
            raise NotPossible("finding_needs_reason", item=item)
        body = {"item": item, "reason": reason.value, "text": text.strip()}
        _record(round, "found", body, by, at, command_id)


def settle(
    round: UUID,
    item: str,
    outcome: Outcome,
    reason: str,
    by: str,
    at: datetime,
    command_id: UUID,
    on: date,
    item_class: str = "",
    item_kind: str = "",
    level: str = "",
    unit: str = "",
) -> None:
    """Settle what becomes of an item: keep, change, cancel, or devolve to a unit at a lower level.

    A later outcome replaces an earlier one until the round closes. `item_class`, `item_kind`: where the list says it
    otherwise. NotPossible: no_such_round, round_closed, not_in_round, outcome_needs_reason, devolve_needs_receiver;
    those of CANNOT_STAY where a rule leaves only another outcome. ValueError for an unknown class or kind.
    """
    if item_class not in ("", *CLASSES) or item_kind not in ("", *KINDS):
        raise ValueError(f"no such class or kind of item: {item_class!r}, {item_kind!r}")
    with transaction.atomic():
        if adjustments.recorded(round, command_id):
            return
        row = _open(round, item)
        if not reason.strip():
            raise NotPossible("outcome_needs_reason", item=item)
        if outcome is Outcome.DEVOLVE and (level not in LEVELS or not unit.strip()):
            raise NotPossible("devolve_needs_receiver", id=item)
        for flag in flags_of(row, on):
            if flag.item == item and outcome not in leaves(flag.reason):
                code = CANNOT_STAY[flag.reason]
                raise NotPossible(code, item=item, name=row.items.filter(item=item)[0].name)
        body = {"item": item, "outcome": outcome.value, "reason": reason.strip(), "level": level, "unit": unit}
        body |= {"item_class": item_class, "item_kind": item_kind}
        _record(round, "settled", body, by, at, command_id)


def close(round: UUID, by: str, at: datetime, command_id: UUID, on: date, next_on: date | None = None) -> Report:
    """Close a round: measure everything again, and report. `next_on`: when the next evaluation is due.

    NotPossible: no_such_round, round_closed, effective_before_previous, items_not_settled, item_still_offered (an item
    cancelled or devolved on paper that people can still apply for).
    """
    with transaction.atomic():
        if adjustments.recorded(round, command_id):
            return report(round, on)
        row = _open(round)
        if on < row.opened_on:
            raise NotPossible("effective_before_previous", previous=row.opened_on)
        rows = list(row.items.order_by("code"))
        unsettled = {each.item for each in rows if not each.outcome}
        if unsettled:
            raise NotPossible("items_not_settled", count=len(unsettled))
        now = {each.code: each for each in _offered(row.region, on)}
        for each in rows:
            if each.outcome in (Outcome.CANCEL, Outcome.DEVOLVE) and each.code in now:
                raise NotPossible("item_still_offered", item=each.name)
        body = {
            "on": on.isoformat(),
            "next_on": next_on.isoformat() if next_on else None,
            "after": {each.code: codec.to_plain(measured(now[each.code])) for each in rows if each.code in now},
        }
        _record(round, "closed", body, by, at, command_id)
        return report(round, on)


def flags_of(row: Round, on: date) -> list[Flag]:
    """What the three rules say today about the items of a round, with what its reviewers found."""
    scope, findings = set(), {}
    for each in row.items.order_by("code"):
        scope.add(each.item)
        findings[each.item] = [Flag(each.item, Reason(told["reason"]), told["text"]) for told in each.findings]
    found = flags(_published(row.region, on), lists.standing(row.region, on), findings)
    return [each for each in found if each.item in scope]


def report(round: UUID, on: date) -> Report:
    """What a round has brought, as it closed or, while it is open, by this day. NotPossible no_such_round."""
    row = Round.objects.filter(stream=round).first()
    if row is None:
        raise NotPossible("no_such_round")
    rows = list(row.items.order_by("code"))
    if row.closed_on:
        after = {each.code: _measure(each.after) for each in rows if each.after}
    else:
        offered = {each.code: each for each in _offered(row.region, on)}
        after = {each.code: measured(offered[each.code]) for each in rows if each.code in offered}
    items = list({each.item: each for each in rows}.values())
    by_class = {name: Counter(each.outcome for each in items if each.item_class == name) for name in CLASSES}
    return Report(
        units=sum(not each.get("excluded", False) for each in row.units),
        excluded=sum(each.get("excluded", False) for each in row.units),
        items=len(items),
        outcomes=dict(Counter(each.outcome for each in items)),
        cancelled={
            kind: sum(each.outcome == Outcome.CANCEL and each.item_kind == kind for each in items) for kind in KINDS
        },
        by_class={name: dict(counted) for name, counted in by_class.items() if counted},
        before=summed(_measure(each.before) for each in rows if each.code in after),
        after=summed(after.values()),
        removed=summed(_measure(each.before) for each in rows if each.code not in after),
    )


def list_changes(round: UUID) -> dict[ListKind, list[Change]]:
    """What `adjustments.adjust` must be told so that the lists follow the outcomes of a round, by list."""
    row = Round.objects.get(stream=round)
    standing = lists.latest(row.region)
    found: dict[ListKind, list[Change]] = {}
    done = set()
    for each in row.items.filter(outcome__in=(Outcome.CANCEL, Outcome.DEVOLVE)).order_by("code"):
        id = basic_code(each.item)
        for kind in standing:
            if kind not in OF_ITEMS or id not in standing[kind] or (kind, id) in done:
                continue
            done.add((kind, id))
            is_gone = each.outcome == Outcome.CANCEL
            change = register.cancel(id) if is_gone else register.devolve(id, each.level, each.receiver)
            found.setdefault(kind, []).append(change)
    return found


def evaluation_due(region: str, on: date) -> bool:
    """Whether the periodic evaluation (清单评估清理机制) is due: none yet, or the day the last one named has come."""
    if Round.objects.filter(region=region, closed_on=None).exists():
        return False
    last = Round.objects.filter(region=region).order_by("-closed_on", "-stream").first()
    return last is None or (last.next_on is not None and last.next_on <= on)


def _measure(plain: Any) -> Measure:
    return codec.from_plain(Measure, plain)


def _published(region: str, on: date) -> list[Procedure]:
    """Every procedure of a region in force on a day, by code, whether or not a list lets it be applied for."""
    return [each for each in queries.published(on) if each.region == region]


def _offered(region: str, on: date) -> list[Procedure]:
    """Every procedure that one can apply for in a region on a day, by code."""
    standing = lists.standing(region, on)
    return [each for each in _published(region, on) if not lists.off_the_list(each, standing)]


def _line(procedure: Procedure, standing: Lists) -> dict[str, Any]:
    """A procedure's line of the baseline; its class and kind as the lists say, else as item type and guide say."""
    id = basic_code(procedure.code)
    told = {standing[kind][id].item_class for kind in standing if kind in OF_ITEMS and id in standing[kind]}
    by_guide = "investment" if procedure.guide.category == "investment" else "approval"
    by_type = "licence" if procedure.item_type == "01" else "service"
    return {
        "code": procedure.code,
        "item": item_of(procedure.code),
        "version": procedure.version,
        "name": procedure.name,
        "unit": procedure.agency_of(procedure.decides),
        "item_class": next((each for each in CLASSES if each in told), by_guide),
        "item_kind": next((each for each in KINDS if each in told), by_type),
        "before": codec.to_plain(measured(procedure)),
    }


def _scope_problems(name: str, units: tuple[Scoped, ...], known: Round | None) -> Iterator[NotPossible]:
    if not name:
        yield NotPossible("round_name_needed")
    if known:
        yield NotPossible("round_name_taken", name=name)
    counted = Counter(each.unit for each in units)
    for unit in (each for each, times in counted.items() if times > 1):
        yield NotPossible("named_twice", name=unit)
    agencies = frozenset(Agency.objects.values_list("id", flat=True))
    for each in units:
        if each.excluded and not each.reason.strip():
            yield NotPossible("exclusion_needs_reason", unit=each.name)
        if not each.excluded and each.unit not in agencies:
            yield NotPossible("unknown_agency", agency=each.unit)


def _open(round: UUID, item: str | None = None) -> Round:
    """The row of an open round that has this item, held to the end of the transaction."""
    row = Round.objects.select_for_update().filter(stream=round).first()
    if row is None:
        raise NotPossible("no_such_round")
    if row.closed_on:
        raise NotPossible("round_closed", on=row.closed_on)
    if item is not None and not row.items.filter(item=item).exists():
        raise NotPossible("not_in_round", item=item)
    return row


# Rows from facts


def _record(stream: UUID, kind: str, body: dict[str, Any], by: str, at: datetime, command_id: UUID) -> None:
    """Record a fact of a round and make its rows."""
    when = codec.microseconds(at)
    body = {"at": when, "by": by, **body}
    append(stream, STREAM_KIND, [(kind, codec.canonical(body))], command_id=command_id, at=when, actor=by)
    _apply(stream, kind, body)


def rebuilt() -> int:
    """Make every row of the rounds again from its facts; how many rounds there are."""
    Round.objects.all().delete()
    for stream in read.streams(STREAM_KIND):
        for entry in read.entries(stream):
            _apply(stream, entry.kind, read.plain(entry))
    return Round.objects.count()


def _apply(stream: UUID, kind: str, body: dict[str, Any]) -> None:
    if kind == "opened":
        row = Round(stream=stream, region=body["region"], name=body["name"], units=body["units"])
        row.opened_on = date.fromisoformat(body["on"])
        row.save(force_insert=True)
        RoundItem.objects.bulk_create([RoundItem(round=row, **line) for line in body["baseline"]])
        return
    rows = RoundItem.objects.filter(round_id=stream)
    if kind == "found":
        for each in rows.filter(item=body["item"]):
            each.findings = [*each.findings, {"reason": body["reason"], "text": body["text"]}]
            each.save(update_fields=["findings"])
    elif kind == "settled":
        told = {name: body[name] for name in ("item_class", "item_kind") if body[name]}
        told |= {"outcome": body["outcome"], "outcome_reason": body["reason"]}
        rows.filter(item=body["item"]).update(level=body["level"], receiver=body["unit"], **told)
    elif kind == "closed":
        for code, measure in body["after"].items():
            rows.filter(code=code).update(after=measure)
        next_on = date.fromisoformat(body["next_on"]) if body["next_on"] else None
        Round.objects.filter(stream=stream).update(closed_on=date.fromisoformat(body["on"]), next_on=next_on)
    else:
        raise ValueError(f"a round cannot have the fact {kind!r}")
