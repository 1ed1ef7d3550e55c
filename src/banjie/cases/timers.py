"""What happens if nobody acts: the worker finds the cases whose time has come and opens the door for the clock."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError
from django.db.models import Q

from banjie.cases.handle import carry_out_timers
from banjie.cases.models import Case
from banjie.cases.scope import whole_house
from banjie.engine.codec import microseconds
from banjie.engine.not_possible import NotPossible

log = structlog.get_logger("banjie.timers")

PAGE = 200


def carry_out_due(at: datetime, most: int = PAGE) -> int:
    """Record what time has brought about up to `at`, oldest first, in at most `most` cases; the number of those cases.

    The index only finds cases; whether anything is due is asked of the engine. A worker that stood still for days
    changes no date: every fact carries its legal instant. A case whose timer fails is logged, and keeps no other
    waiting.
    """
    carried = 0
    for stream in _due(at):
        try:
            carried += bool(carry_out_timers(stream, at).events)
        except (InterfaceError, OperationalError):
            raise  # the database is not there: for every case alike
        except NotPossible as no:
            if no.code in ("at_out_of_range", "clock_leapt"):
                raise  # this worker's own clock is wrong, or the store's
            log.exception("timer_failed", stream=str(stream), code=no.code)
        except Exception:
            log.exception("timer_failed", stream=str(stream))
        if carried >= most:
            break
    return carried


def due(at: datetime, most: int, after: tuple[int, UUID] | None = None) -> list[tuple[int, UUID]]:
    """(instant, stream) of the cases whose next timer is due, oldest first, from behind the cursor `after`."""
    with whole_house("the worker looks for timers that are due"):
        found = Case.objects.everything().filter(next_due_at__lte=microseconds(at))
        if after:
            instant, stream = after
            found = found.filter(Q(next_due_at__gt=instant) | Q(next_due_at=instant, stream__gt=stream))
        rows = found.order_by("next_due_at", "stream").values_list("next_due_at", "stream")[:most]
        return [(instant, stream) for instant, stream in rows if instant is not None]


def _due(at: datetime) -> Iterator[UUID]:
    after = None
    while page := due(at, PAGE, after):
        yield from (stream for _, stream in page)
        after = page[-1]
