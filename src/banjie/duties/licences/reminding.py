"""The holder of a licence is reminded before it runs out, so many days before as the region says, each time once.

A fact of the licence (`reminded`); the inbox follows it. Whoever comes late to the register is told once, of what is
nearest. Worker work: a few at a time, safe to kill, and two workers never double.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Q, QuerySet

from banjie.duties.licences import recording, standing
from banjie.duties.licences.models import Licence
from banjie.duties.licences.standing import Standing
from banjie.engine import codec
from banjie.engine.codec import OFFICE_ZONE
from banjie.records.organisation import asked
from banjie.records.organisation.models import Agency
from banjie.web.every import Every

EVERY = timedelta(minutes=10)
BITE = 50
BY = "licences"


@dataclass(frozen=True, slots=True)
class Asked:
    """From `since` on, in the regions whose code begins with `region`. `days`: before the last day, longest first."""

    region: str
    since: date
    days: tuple[int, ...]
    source: str


_last = Every(EVERY)
forget = _last.forget


def days_of(region: str, on: date) -> tuple[int, ...]:
    """How many days before the last day a holder of this region is reminded; LookupError where nobody has said."""
    return asked.asked_of("licence-reminders.yaml", _asked, region, on).days


def work(now: datetime, most: int = BITE) -> int:
    """Remind up to so many holders; how many. Looks again after a while once nobody is left."""
    if not _last.is_due(now):
        return 0
    on, done = now.astimezone(OFFICE_ZONE).date(), 0
    for region in sorted(set(Agency.objects.values_list("region_id", flat=True))):
        for days in sorted(days_of(region, on)):  # the nearest first: it stands for those before it
            done += sum(_told(stream, days, now) for stream in _waiting(region, days, on)[: most - done])
            if done >= most:
                return done
    _last.done(now)
    return done


def _waiting(region: str, days: int, on: date) -> "QuerySet[Licence, UUID]":
    """Whose last day is so near, and who was not reminded of it as near as that."""
    not_told, runs = Q(reminded=None) | Q(reminded__gt=days), Q(suspended_on=None) | Q(suspended_until__lt=on)
    near = Licence.objects.kept().filter(valid_to__gte=on, valid_to__lte=on + timedelta(days), region=region, ends=[])
    rows = near.filter(not_told, runs).exclude(party="").exclude(ref="")
    return rows.order_by("valid_to", "stream").values_list("stream", flat=True)


def _told(stream: UUID, days: int, now: datetime) -> bool:
    """Remind one holder, unless the licence is not worth anything today; whether it was done."""
    on = now.astimezone(OFFICE_ZONE).date()
    with transaction.atomic():
        row = recording.held(stream)
        if row is None or row.valid_to is None or standing.on(row, on) is not Standing.VALID:
            return False
        body = {
            "at": codec.microseconds(now),
            "by": BY,
            "days": days,
            "left": (row.valid_to - on).days,
            "valid_to": row.valid_to.isoformat(),
            "case": row.case.hex,
            "party": row.party,
        }
        return recording.record(stream, "reminded", body, uuid5(stream, f"reminded|{row.valid_to}|{days}"))


def _asked(plain: Mapping[str, Any]) -> Asked:
    made = Asked(**{**plain, "days": tuple(sorted(plain["days"], reverse=True))})
    if not made.days or min(made.days) < 1:
        raise ValueError(f"rulebook/licence-reminders.yaml: {made.region}: days are whole, and at least one")
    return made
