"""The derived rows, recreated from the log: what `banjie rebuild` runs, and what every database test checks."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from banjie.cases import plans, rows
from banjie.cases.handle import STREAM_KIND, kept
from banjie.cases.models import Case, Participant, Task
from banjie.cases.scope import whole_house
from banjie.engine import events as e
from banjie.engine.law import Law
from banjie.engine.state import NEW, fold
from banjie.records import catalogue
from banjie.store.log import read
from banjie.store.log.models import Entry

REBUILDING = 0x72656275696C
"""PostgreSQL's advisory lock of whoever rebuilds ("rebuil" in ASCII)."""
AT_ONCE = 200
"""How many cases are read with one statement a table."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that does not say what the history says. `table`: case, task or participant."""

    stream: UUID
    table: str
    stands: Any
    should: Any


def should_stand(
    facts: Sequence[read.LogEntry], law_of: Callable[[str, int], Law] = catalogue.law
) -> dict[str, set[tuple[Any, ...]]]:
    """The rows that this history of a case gives, by table, each as a tuple in the order of its columns."""
    stream, head = facts[-1].stream, facts[-1].hash
    state = fold([e.decode(each.kind, read.plain(each)) for each in facts], NEW)
    derived = rows.derive(state, law_of(state.procedure, state.procedure_version))
    return {
        "case": {derived.case_row(stream, head, state.version)},
        "task": {(stream, *row) for row in derived.tasks.values()},
        "participant": {(stream, *each) for each in derived.participants},
    }


def stands(streams: Sequence[UUID]) -> dict[str, dict[UUID, set[tuple[Any, ...]]]]:
    """The rows of these cases as they stand in the database, in the same form, by table and case."""
    return {
        "case": _by_stream(map(_case, _rows(Case, streams, rows.CASE_COLUMNS))),
        "task": _by_stream(_rows(Task, streams, rows.TASK_COLUMNS)),
        "participant": _by_stream(_rows(Participant, streams, rows.PARTICIPANT_COLUMNS)),
    }


def _rows(
    model: type[Case] | type[Task] | type[Participant], streams: Sequence[UUID], columns: tuple[str, ...]
) -> Iterable[tuple[Any, ...]]:
    return model.objects.everything().filter(stream__in=streams).values_list(*columns)


def _by_stream(found: Iterable[tuple[Any, ...]]) -> dict[UUID, set[tuple[Any, ...]]]:
    by_stream = defaultdict[UUID, set[tuple[Any, ...]]](set)
    for row in found:
        by_stream[row[0]].add(row)
    return by_stream


def _case(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(bytes(each) if isinstance(each, memoryview) else each for each in row)


def differences() -> Iterator[Difference]:
    """Every derived row that differs from its history; none in a sound house, also while the house is at work."""
    streams = iter(read.streams(STREAM_KIND))
    while some := list(islice(streams, AT_ONCE)):
        with whole_house("rows are compared with their histories"):
            found = _differences(some)
            for stream in dict.fromkeys(each.stream for each in found):
                # Or somebody was writing while we read: look again where nobody can.
                with transaction.atomic():
                    _lock(stream)
                    found = [each for each in found if each.stream != stream] + _differences([stream])
        yield from found
    for stream in _without_history():
        yield Difference(stream, "case", {stream}, set())


def _differences(streams: Sequence[UUID]) -> list[Difference]:
    """What differs in these cases. Few statements for any number of them; each law is asked for once."""
    histories, law_of = read.histories(streams), cache(catalogue.law)
    now = stands(streams)
    return [
        Difference(stream, table, now[table][stream] - wanted, wanted - now[table][stream])
        for stream in streams
        for table, wanted in should_stand(histories[stream], law_of).items()
        if wanted != now[table][stream]
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
                if _differences([stream]):
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
    wanted = should_stand(read.entries(stream))
    for model in (Task, Participant, Case):
        model.objects.everything().filter(stream=stream).delete()
    _insert(Case, rows.CASE_COLUMNS, wanted["case"])
    _insert(Task, ("stream_id", *rows.TASK_COLUMNS[1:]), wanted["task"])
    _insert(Participant, ("stream_id", *rows.PARTICIPANT_COLUMNS[1:]), wanted["participant"])


def _insert(model: type[Case] | type[Task] | type[Participant], columns: tuple[str, ...], wanted: set[Any]) -> None:
    for row in sorted(wanted, key=repr):
        model(**dict(zip(columns, row, strict=True))).save(force_insert=True)
