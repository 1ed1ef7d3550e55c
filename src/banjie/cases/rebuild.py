"""The derived rows, recreated from the log: what `banjie rebuild` runs, and what every database test checks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from banjie.cases import plans, rows
from banjie.cases.handle import STREAM_KIND, Loaded, kept
from banjie.cases.models import Case, Participant, Task
from banjie.cases.scope import whole_house
from banjie.engine import events as e
from banjie.engine.state import NEW, fold
from banjie.records import catalogue
from banjie.store.log import read
from banjie.store.log.models import Entry

REBUILDING = 0x72656275696C
"""PostgreSQL's advisory lock of whoever rebuilds ("rebuil" in ASCII)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that does not say what the history says. `table`: case, task or participant."""

    stream: UUID
    table: str
    stands: Any
    should: Any


def history(stream: UUID) -> tuple[list[e.Event], bytes]:
    """The facts of a case and the hash of the last."""
    facts, head = [], Loaded(stream).head
    for entry in read.entries(stream):
        facts.append(e.decode(entry.kind, read.plain(entry)))
        head = bytes(entry.hash)
    return facts, head


def should_stand(stream: UUID) -> dict[str, set[tuple[Any, ...]]]:
    """The rows that this case's history gives, by table, each as a tuple in the order of its columns."""
    facts, head = history(stream)
    state = fold(facts, NEW)
    law = catalogue.law(state.procedure, state.procedure_version)
    derived = rows.derive(state, law)
    return {
        "case": {derived.case_row(stream, head, state.version)},
        "task": {(stream, *row) for row in derived.tasks.values()},
        "participant": {(stream, *each) for each in derived.participants},
    }


def stands(stream: UUID) -> dict[str, set[tuple[Any, ...]]]:
    """The rows as they stand in the database, in the same form."""
    return {
        "case": {
            _case(each) for each in Case.objects.everything().filter(stream=stream).values_list(*rows.CASE_COLUMNS)
        },
        "task": set(Task.objects.everything().filter(stream=stream).values_list(*rows.TASK_COLUMNS)),
        "participant": set(
            Participant.objects.everything().filter(stream=stream).values_list(*rows.PARTICIPANT_COLUMNS)
        ),
    }


def _case(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(bytes(each) if isinstance(each, memoryview) else each for each in row)


def differences() -> Iterator[Difference]:
    """Every derived row that differs from its history; none in a sound house, also while the house is at work."""
    for stream in read.streams(STREAM_KIND):
        with whole_house("rows are compared with their histories"):
            found = _differences(stream)
            if found:  # or somebody was writing while we read: look again where nobody can
                with transaction.atomic():
                    _lock(stream)
                    found = _differences(stream)
        yield from found
    for stream in _without_history():
        yield Difference(stream, "case", {stream}, set())


def _differences(stream: UUID) -> list[Difference]:
    should, now = should_stand(stream), stands(stream)
    return [
        Difference(stream, table, now[table] - should[table], should[table] - now[table])
        for table in should
        if should[table] != now[table]
    ]


def _lock(stream: UUID) -> None:
    """Keep everybody else from writing to this case until the transaction ends; one without a row cannot be written."""
    Case.objects.everything().select_for_update().filter(stream=stream).values_list("version").first()


def _without_history() -> list[UUID]:
    """The streams of rows that no history has made."""
    first = Entry.objects.filter(stream=OuterRef("stream"), position=1, stream_kind=STREAM_KIND)
    with whole_house("rows without a history are looked for"):
        return list(Case.objects.everything().filter(~Exists(first)).values_list("stream", flat=True))


def rebuild() -> int:
    """Make every derived row what the log says, case by case; the number of cases. Safe to repeat and to interrupt.

    Cases go on meanwhile: who waits for a case that is being mended finds its row replaced, and decides again.
    """
    count = 0
    with transaction.atomic():
        plans.rebuild()
    strays = _without_history()
    with whole_house("rows are recreated from their histories"):
        for model in (Task, Participant, Case) if strays else ():
            model.objects.everything().filter(stream__in=strays).delete()
        for stream in read.streams(STREAM_KIND):
            with transaction.atomic():
                _queue()
                _lock(stream)
                if _differences(stream):
                    _mend(stream)
            count += 1
    kept.forget()
    return count


def _queue() -> None:
    """Wait until nobody else rebuilds: a row that is replaced cannot be waited for by its lock."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REBUILDING])


def _mend(stream: UUID) -> None:
    wanted = should_stand(stream)
    for model in (Task, Participant, Case):
        model.objects.everything().filter(stream=stream).delete()
    _insert(Case, rows.CASE_COLUMNS, wanted["case"])
    _insert(Task, ("stream_id", *rows.TASK_COLUMNS[1:]), wanted["task"])
    _insert(Participant, ("stream_id", *rows.PARTICIPANT_COLUMNS[1:]), wanted["participant"])


def _insert(model: type[Case] | type[Task] | type[Participant], columns: tuple[str, ...], wanted: set[Any]) -> None:
    for row in sorted(wanted, key=repr):
        model(**dict(zip(columns, row, strict=True))).save(force_insert=True)
