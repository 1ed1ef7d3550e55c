"""A change of law for running cases as a plan of its own: proposed, looked at, released by a second person, undone.

A plan is a stream: proposed → previewed → released → carried_out, or dropped before its release; `stays` for each case
that could not follow. What it would do is worked out by `recount`, which also carries it out. Undoing is another plan,
back to the version before, on the same way. Releasing a calendar loads it: from then on new cases count by it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import QuerySet

from banjie.cases.models import Plan, PlanLine
from banjie.engine import codec
from banjie.engine.commands import Actor
from banjie.engine.guards import require_plain, require_staff
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.catalogue import calendars, queries
from banjie.records.catalogue.models import CalendarVersion, ProcedureVersion
from banjie.records.catalogue.notice_file import Notice
from banjie.records.catalogue.versions import version_of
from banjie.store.log import read
from banjie.store.log.append import append

STREAM_KIND = "plan"
CALENDAR, VERSION = "calendar", "version"
KEEPER = {CALENDAR: "calendar_keeper", VERSION: "catalogue_keeper"}
"""The post that proposes and releases plans of this kind."""

PROPOSED, PREVIEWED, RELEASED = "proposed", "previewed", "released"
CARRIED_OUT, DROPPED = "carried_out", "dropped"
OPEN = (PROPOSED, PREVIEWED, RELEASED)

IDS = UUID("0d5c8a3e-6d0e-5b7c-9a39-2a1f0b3b6d11")
"""Name space of the ids of what a plan does: computed, so that a repeat after a kill is recognised."""


def propose_calendar(region: str, notice: Notice, reason: str, *, by: Actor, at: datetime, command_id: UUID) -> Plan:
    """Propose the next version of a calendar. A repeat of the command returns the first plan.

    BadNotice, BadInput; NotPossible: needs_calendar_keeper, calendar_unchanged, plan_open.
    """
    require_staff(by, KEEPER[CALENDAR])
    _require_reason(reason)
    if known := Plan.objects.kept().filter(stream=command_id).first():
        return known
    if region not in calendars.regions():
        raise BadInput([("region", "unknown_choice")])
    base = calendars.counted_by(region)
    content = calendars.content_with(notice, region, base)
    document = "、".join(dict.fromkeys(str(each["document"]) for each in notice.years if each["document"]))
    return _propose(
        by, at, command_id, kind=CALENDAR, scope=region, before=base.version if base else "",
        target=content["version"], content=content, document=document[:200], reason=reason,
    )  # fmt: skip


def propose_version(
    code: str, before: int, version: int, basis: str, reason: str, *, by: Actor, at: datetime, command_id: UUID
) -> Plan:
    """Propose to move the running cases of one published version of a procedure to another.

    BadInput; NotPossible: needs_catalogue_keeper, unknown_item, no_such_version, version_already, plan_open.
    """
    require_staff(by, KEEPER[VERSION])
    _require_reason(reason)
    if not basis.strip():
        raise BadInput([("basis", "needed")])
    require_plain("basis", basis)
    if known := Plan.objects.kept().filter(stream=command_id).first():
        return known
    version_of(code, before)
    version_of(code, version)
    if before == version:
        raise NotPossible("version_already", version=version)
    return _propose(
        by, at, command_id, kind=VERSION, scope=code, before=str(before), target=str(version), content=None,
        document=basis, reason=reason,
    )  # fmt: skip


def undo(plan: UUID, reason: str, *, by: Actor, at: datetime, command_id: UUID) -> Plan:
    """Propose the way back: the version before under a new name, or the version the cases came from.

    NotPossible: plan_not_carried_out, plan_undone already, plan_overtaken where a newer calendar counts.
    """
    row = _known(plan)
    require_staff(by, KEEPER[row.kind])
    _require_reason(reason)
    if known := Plan.objects.kept().filter(stream=command_id).first():
        return known
    if row.stage not in (RELEASED, CARRIED_OUT) or not row.before:
        raise NotPossible("plan_not_carried_out")
    if row.undone_by:
        raise NotPossible("plan_undone")
    content = None
    before, target = row.target, row.before
    if row.kind == CALENDAR:
        newest = calendars.newest(row.scope)
        if newest is None or newest.version != row.target:
            raise NotPossible("plan_overtaken")
        former = calendars.plain_of(CalendarVersion.objects.get(version=row.before))
        year = int(row.target.rpartition("-")[2].partition(".")[0])
        target = calendars.next_name(row.scope, year)
        content = {**former, "region": row.scope, "version": target}
    return _propose(
        by, at, command_id, kind=row.kind, scope=row.scope, before=before, target=target, content=content,
        document=row.document, reason=reason, undoes=row.stream.hex,
    )  # fmt: skip


def drop(plan: UUID, *, by: Actor, at: datetime, command_id: UUID) -> Plan:
    """Put a plan aside that nobody has released. NotPossible: plan_not_open."""
    with transaction.atomic():
        row = _locked(plan)
        require_staff(by, KEEPER[row.kind])
        if row.stage == DROPPED:
            return row
        if row.stage not in (PROPOSED, PREVIEWED):
            raise NotPossible("plan_not_open")
        return _recorded(row, "dropped", _told(at, by), command_id, by.id)


def release(plan: UUID, *, by: Actor, at: datetime, command_id: UUID) -> Plan:
    """Release a plan that was looked at: by a second person of the post. A calendar counts for new cases from here on.

    NotPossible: second_person_needed, plan_not_previewed, plan_not_open, plan_overtaken.
    """
    with transaction.atomic():
        row = _locked(plan)
        require_staff(by, KEEPER[row.kind])
        if row.stage in (RELEASED, CARRIED_OUT) and row.released_by == by.id:
            return row
        if row.stage == PROPOSED:
            raise NotPossible("plan_not_previewed")
        if row.stage != PREVIEWED:
            raise NotPossible("plan_not_open")
        if row.proposed_by == by.id:
            raise NotPossible("second_person_needed")
        if row.kind == CALENDAR:
            _load(row, by, at)
        elif row.undoes is None:
            _require_published(row)
        if row.undoes:
            Plan.objects.kept().filter(stream=row.undoes).update(undone_by=row.stream)
        body = _told(at, by, unit=by.unit, agency=by.agency)
        return _recorded(row, "released", body, command_id, by.id)


def _load(row: Plan, by: Actor, at: datetime) -> None:
    base = calendars.counted_by(row.scope)
    if (base.version if base else "") != row.before:
        raise NotPossible("plan_overtaken")
    assert row.content is not None
    calendars.load_calendar(
        row.target, row.content["years"], by=row.proposed_by, at=at, second_person=by.id,
        command_id=uuid5(IDS, f"{row.stream}/load"), region=row.scope, overlays=row.content["overlays"],
    )  # fmt: skip


def _require_published(row: Plan) -> None:
    if ProcedureVersion.objects.filter(code=row.scope, version=int(row.target)).exclude(withdrawn_on=None).exists():
        raise NotPossible("plan_overtaken")


# What the worker records


def previewed(row: Plan, at: datetime) -> None:
    """Every case was looked at: the plan may be released."""
    body = {"at": codec.microseconds(at), "by": "timer", "seen": row.seen, "moved": row.moved, "blocked": row.blocked}
    with transaction.atomic():
        _recorded(_locked(row.stream), "previewed", body, uuid5(IDS, f"{row.stream}/previewed"), "timer")


def stays(plan: UUID, stream: UUID, no: NotPossible, at: datetime) -> None:
    """A case could not follow, and why. Safe to repeat."""
    body = {"at": codec.microseconds(at), "by": "timer", "case": stream.hex, "code": no.code}
    with transaction.atomic():
        _append(plan, "stays", body, uuid5(IDS, f"{plan}/stays/{stream}"), "timer")


def carried_out(row: Plan, at: datetime) -> None:
    """Every case was gone through."""
    body = {"at": codec.microseconds(at), "by": "timer", "seen": row.seen, "moved": row.moved, "blocked": row.blocked}
    with transaction.atomic():
        _recorded(_locked(row.stream), "carried_out", body, uuid5(IDS, f"{row.stream}/carried-out"), "timer")


# Rows from facts


def proposed(stream: UUID, body: Mapping[str, Any]) -> Plan:
    """The row that a `proposed` fact makes, not saved."""
    return Plan(
        stream=stream,
        kind=body["kind"],
        scope=body["scope"],
        before=body["before"],
        target=body["target"],
        document=body["document"],
        reason=body["reason"],
        content=body["content"],
        stage=PROPOSED,
        proposed_by=body["by"],
        proposed_at=codec.instant(body["at"]),
        undoes=UUID(body["undoes"]) if body.get("undoes") else None,
    )


def changed(row: Plan, kind: str, body: Mapping[str, Any]) -> None:
    """Let a later fact change a row; saves nothing."""
    if kind in ("previewed", "carried_out"):
        row.seen, row.moved, row.blocked = body["seen"], body["moved"], body["blocked"]
    if kind == "released":
        row.released_by, row.released_unit, row.released_agency = body["by"], body["unit"], body["agency"]
        row.released_at, row.cursor = codec.instant(body["at"]), None
        row.seen = row.moved = row.blocked = 0
    if kind in ("carried_out", "dropped"):
        row.ended_at = codec.instant(body["at"])
    if kind != "stays":
        row.stage = kind


def rebuild() -> int:
    """Make every row again from its facts; how many there are. What is under way is gone through again."""
    kept = list(PlanLine.objects.kept().values())
    Plan.objects.kept().all().delete()
    undone: dict[UUID, UUID] = {}
    for stream in read.streams(STREAM_KIND):
        first, *later = read.entries(stream)
        row = proposed(stream, read.plain(first))
        for entry in later:
            changed(row, entry.kind, read.plain(entry))
        if row.undoes and row.released_at:
            undone[row.undoes] = stream
        row.save(force_insert=True)
    for plan, by in undone.items():
        Plan.objects.kept().filter(stream=plan).update(undone_by=by)
    PlanLine.objects.kept().bulk_create([PlanLine(**each) for each in kept])
    return Plan.objects.kept().count()


def find(plan: UUID) -> Plan:
    """A plan; NotPossible("no_such_plan")."""
    return _known(plan)


def newest(most: int) -> list[Plan]:
    """The plans proposed last. Which of them somebody may see, the page asks: a plan names no case."""
    return list(Plan.objects.kept().order_by("-proposed_at")[:most])


def lines(row: Plan) -> QuerySet[PlanLine]:
    """What a plan does, case by case: numbers and dates and nobody's data, for the keepers who propose and release."""
    return PlanLine.objects.kept().filter(plan=row)


def open_plan(kind: str, scope: str) -> Plan | None:
    """The plan of this scope that is not over, if there is one: one change at a time."""
    return Plan.objects.kept().filter(kind=kind, scope=scope, stage__in=OPEN).order_by("-proposed_at").first()


def _propose(by: Actor, at: datetime, command_id: UUID, **told: Any) -> Plan:
    with transaction.atomic():
        if open_plan(told["kind"], told["scope"]):
            raise NotPossible("plan_open")
        body = {"at": codec.microseconds(at), "by": by.id, **told}
        _append(command_id, "proposed", body, command_id, by.id)
        row = proposed(command_id, body)
        row.save(force_insert=True)
        return row


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise BadInput([("reason", "needed")])
    require_plain("reason", reason)


def _recorded(row: Plan, kind: str, body: dict[str, Any], command_id: UUID, by: str) -> Plan:
    _append(row.stream, kind, body, command_id, by)
    changed(row, kind, body)
    row.save()
    return row


def _append(stream: UUID, kind: str, body: dict[str, Any], command_id: UUID, by: str) -> None:
    append(stream, STREAM_KIND, [(kind, codec.canonical(body))], command_id=command_id, at=body["at"], actor=by)


def _told(at: datetime, by: Actor, **more: Any) -> dict[str, Any]:
    return {"at": codec.microseconds(at), "by": by.id, **more}


def _known(plan: UUID) -> Plan:
    row = Plan.objects.kept().filter(stream=plan).first()
    if row is None:
        raise NotPossible("no_such_plan")
    return row


def _locked(plan: UUID) -> Plan:
    row = Plan.objects.kept().select_for_update().filter(stream=plan).first()
    if row is None:
        raise NotPossible("no_such_plan")
    return row


def item_of(row: Plan, language: str) -> str:
    """What the procedure of a plan is called; "" for a calendar."""
    return queries.newest_names([row.scope], language).get(row.scope, row.scope) if row.kind == VERSION else ""
