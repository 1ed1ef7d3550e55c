"""What a plan does to the running cases, worked out beforehand and then carried out, one case at a time.

Both go through the cases in the order of their streams, a page at a time, in a bounded number of statements a page,
and keep a cursor: broken off anywhere, they go on where they were. Carrying out trusts nothing that was worked out
before: it asks the door, case by case, under an id computed from plan and case, so that a case is moved at most once.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import structlog
from django.db import InterfaceError, OperationalError
from django.db.models import F, Q

from banjie.cases import plans
from banjie.cases.handle import handle
from banjie.cases.models import Case, Participant, Plan, PlanLine
from banjie.cases.scope import whole_house
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine import moving
from banjie.engine.calendar import Calendar
from banjie.engine.decide import advance, decide
from banjie.engine.law import Law
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import State, fold
from banjie.records.catalogue import calendars, queries
from banjie.records.catalogue.models import CalendarVersion
from banjie.records.catalogue.notices import calendar_of
from banjie.store.keys.read import open_many
from banjie.store.log.models import Entry

log = structlog.get_logger("banjie.plans")

PAGE = 200
AT_ONCE = 25
"""Cases that are moved in one turn of the worker, so that nothing else waits for long."""
SETTLING = timedelta(seconds=2)
"""How long after the release a case may still arrive under the law of before: whoever was handing in just then."""

SOMEBODY = "second-person"
"""Whoever will release the plan, in the question that is asked beforehand."""


def work(now: Callable[[], datetime]) -> int:
    """One turn of the worker: look on, or carry on, with every open plan; how many cases were gone through."""
    done = 0
    for row in list(Plan.objects.kept().filter(stage__in=(plans.PROPOSED, plans.RELEASED)).order_by("proposed_at")):
        done += look(row, now()) if row.stage == plans.PROPOSED else carry(row, now)
    return done


# Looking: nothing is recorded of a case


def look(row: Plan, at: datetime, most: int = PAGE) -> int:
    """Work out what the plan would do to the next cases; how many those were. The last page makes it previewed."""
    page = _page(row, most)
    lines, seen, moved, blocked = [], 0, 0, 0
    if page:
        cases = _read(row, page, at)
        told = _with_account([case.stream for case in page])
        for case in page:
            line = _line(row, case, case.stream in told)
            try:
                if case.stream not in cases:
                    continue  # its region counts by another calendar
                facts = decide(*_asked(row, cases[case.stream], at))
                line.moved = [list(each) for each in _plain(facts)]
            except NotPossible as no:
                if no.code in OVER_OR_DONE:
                    continue
                line.code, line.facts = no.code, _facts(no)
            seen, moved, blocked = seen + 1, moved + bool(line.moved), blocked + bool(line.code)
            if line.moved or line.code or row.kind == plans.VERSION:
                lines.append(line)
        PlanLine.objects.kept().bulk_create(
            lines, update_conflicts=True, unique_fields=["plan", "stream"], update_fields=["moved", "code", "facts"]
        )
    if not _step_on(row, page, seen, moved, blocked):
        return 0  # another worker did this page
    if len(page) < most:
        row.refresh_from_db()
        if row.stage == plans.PROPOSED:
            plans.previewed(row, at)
    return len(page)


# Carrying out: the door, case by case


def carry(row: Plan, now: Callable[[], datetime], most: int = AT_ONCE) -> int:
    """Move the next cases through the door; how many were gone through. When none is left, the plan is carried out."""
    page = _page(row, most)
    laws, follow = _laws(page), calendars.following(row.scope)
    seen, moved, blocked = 0, 0, 0
    for case in page:
        if row.kind == plans.CALENDAR and laws[case.procedure, case.procedure_version].region.code not in follow:
            continue
        done, facts = _move(row, case, now())
        seen += done != "over"
        moved, blocked = moved + (done == "moved"), blocked + (done == "stays")
        if done in ("moved", "stays") or row.kind == plans.VERSION:
            line = _line(row, case, False)
            PlanLine.objects.kept().update_or_create(
                plan=row, stream=case.stream,
                defaults={"done": done, **({"moved": facts} if done in ("moved", "same") else {})},
                create_defaults={**_columns(line), "done": done, "moved": facts},
            )  # fmt: skip
        else:
            PlanLine.objects.kept().filter(plan=row, stream=case.stream).update(done=done, moved=facts)
    if not _step_on(row, page, seen, moved, blocked):
        return 0
    if len(page) < most and row.released_at and now() >= row.released_at + SETTLING and not _late_comers(row):
        row.refresh_from_db()
        if row.stage == plans.RELEASED:
            plans.carried_out(row, now())
    return len(page)


def _move(row: Plan, case: Case, at: datetime) -> tuple[str, list[list[str]]]:
    command = _command(row, case.stream, at)
    try:
        done = handle(case.stream, command)
    except (InterfaceError, OperationalError):
        raise  # the database is not there: for every case alike
    except NotPossible as no:
        if no.code in OVER_OR_DONE:
            return "over", []
        if no.code in ("at_out_of_range", "changed_meanwhile", "clock_leapt"):
            raise  # this worker's own clock, or a case in great demand: the page is done again
        log.warning("case_stays", plan=str(row.stream), stream=str(case.stream), code=no.code)
        plans.stays(row.stream, case.stream, no, at)
        PlanLine.objects.kept().filter(plan=row, stream=case.stream).update(code=no.code, facts=_facts(no))
        return "stays", []
    found = [list(each) for each in _plain(done.events)]
    return ("moved" if found or row.kind == plans.VERSION else "same"), found


OVER_OR_DONE = frozenset({"already_closed", "no_newer_calendar", "version_already"})
"""A case that is over, or that stands under the target already, is no concern of a plan any more."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """A case as it stands: its facts folded, under the law of its own version."""

    state: State
    law: Law


def _page(row: Plan, most: int) -> list[Case]:
    """The next cases the plan may concern, behind its cursor. One statement."""
    with whole_house("a plan names numbers and dates, and nobody's data"):
        found = _concerned(row, moved_too=row.stage == plans.RELEASED)
        if row.cursor:
            found = found.filter(stream__gt=row.cursor)
        return list(found.order_by("stream")[:most])


def _concerned(row: Plan, moved_too: bool = False) -> Any:
    """The running cases a plan concerns; `moved_too`: with those that stand under its target already, so that a page
    that is done again after a kill counts them: the door knows them by the id of the command."""
    running = Case.objects.everything().filter(closed_on=None)
    if row.kind == plans.VERSION:
        versions = {int(row.before), *([int(row.target)] if moved_too else [])}
        concerned = running.filter(procedure=row.scope, procedure_version__in=versions)
        if row.undoes:
            back = PlanLine.objects.kept().filter(plan=row.undoes, done="moved").values("stream")
            concerned = concerned.filter(stream__in=back)
        return concerned
    known = CalendarVersion.objects.filter(region__in={queries.NATIONAL, row.scope})
    counted_by = known if moved_too else known.exclude(version=row.target)
    return running.filter(calendar__in=counted_by.values("version"))


def _late_comers(row: Plan) -> bool:
    """Whether a case behind the cursor still counts by the version before; then the plan goes through them again."""
    stayed = PlanLine.objects.kept().filter(plan=row).exclude(done="").values("stream")
    with whole_house("a plan looks whether it is through"):
        rest = _concerned(row).exclude(stream__in=stayed).order_by("stream")
        if row.kind == plans.VERSION:
            is_any = bool(rest.exists())
        else:
            versions = set(rest.order_by().values_list("procedure", "procedure_version").distinct())
            follow = calendars.following(row.scope)
            is_any = any(each.region.code in follow for each in queries.laws(versions).values())
    if is_any:
        Plan.objects.kept().filter(stream=row.stream).update(cursor=None)
    return is_any


def _step_on(row: Plan, page: Sequence[Case], seen: int, moved: int, blocked: int) -> bool:
    """Put the cursor behind this page and count it, unless somebody else has: then False."""
    if not page:
        return True
    mine = Q(cursor=row.cursor) if row.cursor else Q(cursor=None)
    return bool(
        Plan.objects.kept()
        .filter(mine, stream=row.stream, stage=row.stage)
        .update(cursor=page[-1].stream, seen=F("seen") + seen, moved=F("moved") + moved, blocked=F("blocked") + blocked)
    )


def _read(row: Plan, page: Sequence[Case], at: datetime) -> dict[UUID, _Standing]:
    """Those of these cases the plan concerns, folded and advanced, with what it needs of the law: a fixed number of
    statements."""
    rows = Entry.objects.filter(stream__in=[each.stream for each in page]).order_by("stream", "position")
    facts: dict[UUID, list[e.Event]] = {each.stream: [] for each in page}
    for stream, kind, body in rows.values_list("stream", "kind", "body"):
        facts[stream].append(e.decode(kind, json.loads(bytes(body))))
    states = {stream: fold(each) for stream, each in facts.items()}
    laws = _laws(page)
    follow = calendars.following(row.scope)
    coming = calendar_of(row.content) if row.content else None
    found = {}
    for stream, state in states.items():
        law = laws[state.procedure, state.procedure_version]
        if coming is None or law.region.code in follow:
            found[stream] = _Standing(advance(state, law, at)[0], _with_calendar(law, coming) if coming else law)
    return found if coming else _with_targets(row, found)


def _laws(page: Iterable[Case]) -> dict[tuple[str, int], Law]:
    return queries.laws({(each.procedure, each.procedure_version) for each in page})


def _with_calendar(law: Law, coming: Calendar) -> Law:
    return replace(law, calendars={**law.calendars, coming.version: coming}, current_calendar=coming.version)


def _with_targets(row: Plan, found: dict[UUID, _Standing]) -> dict[UUID, _Standing]:
    """The same with the version they may be moved to, as it applies to what each applicant has answered."""
    other = queries.law(row.scope, int(row.target))
    refs = {(stream, each.state.answers.ref) for stream, each in found.items() if each.state.answers}
    answers = open_many(refs)
    told = {}
    for stream, each in found.items():
        plain = answers.get((stream, each.state.answers.ref)) if each.state.answers else None
        there = moving.target(other.procedure, other.digest, json.loads(plain) if plain else {})
        told[stream] = replace(each, law=replace(each.law, targets={other.procedure.version: there}))
    return told


def _asked(row: Plan, case: _Standing, at: datetime) -> tuple[State, c.Command, Law]:
    """What the door will be asked, of the case as it stands now: the very question, and nothing is recorded."""
    command = _command(row, UUID(int=0), at, c.Actor(SOMEBODY, e.ActorKind.STAFF, frozenset({plans.KEEPER[row.kind]})))
    return case.state, c.sealed(command, lambda path, _: e.Ref(path, "")), case.law


def _command(row: Plan, stream: UUID, at: datetime, by: c.Actor | None = None) -> c.Command:
    released = c.Actor(
        row.released_by, e.ActorKind.STAFF, frozenset({plans.KEEPER[row.kind]}), row.released_unit, row.released_agency
    )
    id = uuid5(plans.IDS, f"{row.stream}/{stream}")
    if row.kind == plans.CALENDAR:
        return c.Redate(
            command_id=id, at=at, by=by or released, calendar=row.target, basis=row.document, plan=row.stream.hex
        )
    return c.MoveToVersion(
        command_id=id, at=at, by=by or released, version=int(row.target), basis=row.document,
        reasons=c.Personal(row.reason), second=e.Person(row.proposed_by), plan=row.stream.hex,
    )  # fmt: skip


def _plain(facts: Iterable[e.Event]) -> Iterator[tuple[str, str, str, str]]:
    for fact in facts:
        if isinstance(fact, e.Redated | e.MovedToVersion):
            for each in fact.moved or ():
                yield each.clock.value, each.step, each.before.isoformat(), each.after.isoformat()


def _facts(no: NotPossible) -> dict[str, Any]:
    return {
        name: [str(each) for each in value] if isinstance(value, tuple | list) else str(value)
        for name, value in no.facts.items()
    }


def _line(row: Plan, case: Case, account: bool) -> PlanLine:
    return PlanLine(
        plan=row, stream=case.stream, number=case.query_number, procedure=case.procedure,
        procedure_version=case.procedure_version, unit=case.unit, since=case.received_on, account=account,
    )  # fmt: skip


def _columns(line: PlanLine) -> dict[str, Any]:
    names = ("number", "procedure", "procedure_version", "unit", "since", "account")
    return {name: getattr(line, name) for name in names}


def _with_account(streams: Sequence[UUID]) -> set[UUID]:
    with whole_house("a plan says whether a message reaches anybody"):
        told = Participant.objects.everything().filter(stream__in=streams, capacity__in=("applicant", "agent"))
        return set(told.values_list("stream", flat=True))
