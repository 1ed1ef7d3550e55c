"""What each figure of cases counts: conditions on a row of `case`, and the day that puts a case into a period.

A share is `counted` among `among`; a total counts `counted` alone. What is left out of every figure stands in EXCLUDED,
and is shown beside it as a number of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from banjie.engine.state import EX_OFFICIO

EXCLUDED = ("withdrawn", "voided", "lapsed")
"""Results in no rate: withdrawn by the applicant, never an application, and corrections that never came."""
ENDED, RECEIVED = "ended", "received"
PARTS = ("counted", "among", "excluded")

_on = Coalesce("promised_due_on", "legal_due_on")
_in = ~Q(result__in=EXCLUDED) & ~Q(channel=EX_OFFICIO)  # nobody applied for what the agency opened itself
_finished = _in & Q(accepted_on__isnull=False)
_measured = _finished & Q(due__isnull=False)


@dataclass(frozen=True, slots=True)
class Counts:
    """A figure of cases. `by`: ENDED (decided, or closed without a decision) or RECEIVED; `among` None: a total."""

    by: str
    counted: Q
    among: Q | None = None


COUNTS: Mapping[str, Counts] = {
    "received": Counts(RECEIVED, _in),
    "finished": Counts(ENDED, _finished),
    "on_time": Counts(ENDED, _measured & Q(ended_on__lte=F("due")), _measured),
    "early": Counts(ENDED, _measured & Q(ended_on__lt=F("due")), _measured),
    "overdue": Counts(ENDED, _measured & Q(ended_on__gt=F("due")), _measured),
    "past_statutory": Counts(
        ENDED,
        _finished & Q(legal_due_on__isnull=False, ended_on__gt=F("legal_due_on")),
        _finished & Q(legal_due_on__isnull=False),
    ),
    "at_once": Counts(ENDED, _finished & Q(done_at_once=True), _finished & Q(closed_on__isnull=False)),
    "one_visit": Counts(
        ENDED, _finished & Q(closed_on__isnull=False, visits__lte=1), _finished & Q(closed_on__isnull=False)
    ),
    "no_visit": Counts(ENDED, _finished & Q(closed_on__isnull=False, visits=0), _finished & Q(closed_on__isnull=False)),
    "refused": Counts(ENDED, _finished & Q(result="refused"), _finished),
    "corrected": Counts(RECEIVED, _in & Q(corrections__gt=0), _in),
    "declined": Counts(RECEIVED, _in & Q(result="declined"), _in),
}
"""By the code of the figure."""
ADVERSE = frozenset({"overdue", "past_statutory", "corrected", "declined", "refused"})
"""Shares that should be small."""


def dated(found: Any) -> Any:
    """The rows of a query on `Case` with the day they ended and the day they were due."""
    return found.annotate(ended_on=Coalesce("decided_on", "closed_on"), due=_on)


def in_period(by: str, since: date, until: date) -> Q:
    """The condition that puts a case into a period, both days included."""
    name = "ended_on" if by == ENDED else "received_on"
    return Q(**{f"{name}__gte": since, f"{name}__lte": until})


def part_of(code: str, part: str) -> Q:
    """The cases of one part of a figure, whatever the period; KeyError for a figure or a part there is not."""
    counts = COUNTS[code]
    if part == "counted":
        return counts.counted
    if part == "among" and counts.among is not None:
        return counts.among
    if part == "excluded":
        accepted = Q(accepted_on__isnull=False) if counts.by == ENDED else Q()
        return Q(result__in=EXCLUDED) & accepted
    raise KeyError(part)
