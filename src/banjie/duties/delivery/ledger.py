"""What the government pays for sending results (政府购买服务): by month, agency and item. It names no case."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from banjie.duties.delivery.models import Parcel
from banjie.engine.codec import OFFICE_ZONE


@dataclass(frozen=True, slots=True)
class Line:
    """What one item of one agency cost in a month: parcels, and fen."""

    month: date
    agency: str
    code: str
    parcels: int
    cost: int


def of(agencies: list[str], since: date, until: date) -> list[Line]:
    """The months from one day up to and including another, the newest first; cancelled parcels cost nothing."""
    start = datetime.combine(since, time.min, OFFICE_ZONE)
    end = datetime.combine(until + timedelta(days=1), time.min, OFFICE_ZONE)
    rows = Parcel.objects.kept().filter(
        payer="government", agency__in=agencies, dispatched_at__gte=start, dispatched_at__lt=end
    )
    found: dict[tuple[date, str, str], list[int]] = defaultdict(list)
    for at, agency, code, cost in rows.exclude(state="cancelled").values_list(
        "dispatched_at", "agency", "code", "cost"
    ):
        found[at.astimezone(OFFICE_ZONE).date().replace(day=1), agency, code].append(cost)
    lines = [Line(*key, len(costs), sum(costs)) for key, costs in found.items()]
    return sorted(lines, key=lambda each: (-each.month.toordinal(), each.agency, each.code))
