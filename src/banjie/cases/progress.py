"""How the cases of each item went, for everybody: counted, never listed, and of nobody in particular (阳光审批)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Max, Q

from banjie.cases.models import Case
from banjie.cases.scope import whole_house
from banjie.engine.state import EX_OFFICIO
from banjie.web import clock

PERIOD = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Counted:
    """Of the cases of one item received in the period: how many came how far, and how long a decision took.

    `days`: calendar days from acceptance to decision, on average; None before the first. `in_time`: decided by the
    promised day, or the statutory day where nothing was promised; `measured`: decided ones that had such a day.
    """

    procedure: str
    version: int
    received: int
    accepted: int
    decided: int
    running: int
    days: float | None
    in_time: int
    measured: int

    @property
    def share_in_time(self) -> int | None:
        """Per cent, rounded down: a single late one is never hidden; None before the first decision."""
        return 100 * self.in_time // self.measured if self.measured else None


@dataclass(frozen=True, slots=True)
class Progress:
    """The counts of every item with a case in the period, and the instant they were counted."""

    since: date
    as_of: datetime
    items: tuple[Counted, ...]


def counted() -> Progress:
    """The counts now: one statement, whatever the number of items."""
    now = clock.now()
    since = clock.today() - PERIOD
    due = Q(decided_on__lte=F("promised_due_on")) | Q(promised_due_on=None, decided_on__lte=F("legal_due_on"))
    has_due = Q(decided_on__isnull=False) & (Q(promised_due_on__isnull=False) | Q(legal_due_on__isnull=False))
    took = ExpressionWrapper(F("decided_on") - F("accepted_on"), output_field=DurationField())
    with whole_house("counts of an item name no case"):
        cases = Case.objects.everything().filter(received_on__gte=since).exclude(result="voided")
        cases = cases.exclude(channel=EX_OFFICIO)  # what nobody applied for is in no count of applications
        rows = list(
            cases.values("procedure")
            .order_by("procedure")
            .annotate(
                version=Max("procedure_version"),
                received=Count("stream"),
                accepted=Count("stream", filter=Q(accepted_on__isnull=False)),
                decided=Count("stream", filter=Q(decided_on__isnull=False)),
                running=Count("stream", filter=Q(closed_on=None)),
                days=Avg(took, filter=Q(decided_on__isnull=False, accepted_on__isnull=False)),
                in_time=Count("stream", filter=due),
                measured=Count("stream", filter=has_due),
            )
        )
    return Progress(since, now, tuple(_count(row) for row in rows))


def _count(row: Mapping[str, Any]) -> Counted:
    days = row["days"]
    taken = days / timedelta(days=1) if isinstance(days, timedelta) else None
    return Counted(**{**row, "days": taken})
