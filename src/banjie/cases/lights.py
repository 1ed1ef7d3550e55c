"""The lights of cases, read from their rows: counted by stage and unit, listed by colour, for an office or a scope.

`light(row, on)` is the light of a row on a day. The same question as a condition of the database is `is_light`, so that
a list of a million open cases is read from an index; a test holds the two together.
"""

from collections import Counter
from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import Count, Q, QuerySet

from banjie.cases.models import LIGHTS as LIGHTS_INDEX
from banjie.cases.models import Case
from banjie.cases.scope import Scope, whole_house
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.lights import CaseLight, Watched

LIGHTS = ("green", "yellow", "orange", "red", "red_plus", "blue")
"""Of a case that is not over."""
STAGES = tuple(each for each in Watched if each)
PAGE = 50


def light(row: Case, at: datetime) -> str:
    """The light of a case at a moment, from its row; grey once it is over."""
    hour = None if row.yellow_minute is None else time(*divmod(row.yellow_minute, 60))
    days = CaseLight(
        Watched(row.watched),
        row.yellow_on,
        row.orange_on,
        row.red_on,
        row.red_plus_on,
        row.blue_from,
        row.blue_until,
        hour,
    )
    local = at.astimezone(OFFICE_ZONE)
    return days.light(local.date(), local.time())


def is_light(name: str, at: datetime) -> Q:
    """The condition under which the row of an open case has this light at a moment. ValueError for no light."""
    local = at.astimezone(OFFICE_ZONE)
    on, minute = local.date(), local.hour * 60 + local.minute
    worst = Q(red_plus_on__isnull=False, red_plus_on__lte=on)
    waits = Q(blue_from__isnull=False, blue_from__lte=on) & (Q(blue_until=None) | Q(blue_until__gt=on))
    counts = ~worst & ~waits
    early = Q(yellow_minute__isnull=False, yellow_on=on, yellow_minute__gt=minute)
    not_yet = Q(yellow_on=None) | Q(yellow_on__gt=on) | early
    conditions = {
        "red_plus": worst,
        "blue": ~worst & waits,
        "red": Q(red_on__lte=on) & counts,
        "orange": Q(red_on__gt=on, orange_on__lte=on) & counts,
        "yellow": Q(red_on__gt=on, orange_on__gt=on, yellow_on__lte=on) & ~early & counts,
        "green": (Q(red_on=None) | (Q(red_on__gt=on, orange_on__gt=on) & not_yet)) & counts,
    }
    if name not in conditions:
        raise ValueError(f"{name!r} is no light of an open case")
    return Q(closed_on=None) & conditions[name]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many open cases of a unit, watched at a stage, have a light."""

    home: str
    unit: str
    watched: str
    light: str
    cases: int


def counted(at: datetime, homes: Collection[str] | None = None, scope: Scope | None = None) -> list[Counted]:
    """The open cases by unit, stage and light, of these receiving agencies or of a scope. One statement.

    The database counts the cases whose light turns on the same days, in the order of the index; the light is then asked
    for once a group.
    """
    columns = [each for each in LIGHTS_INDEX if each != "closed_on"]
    with _reading(scope):
        rows = _open(homes, scope).order_by().values(*columns).annotate(number=Count("*"))
        groups = list(rows)
    found: Counter[tuple[str, str, str, str]] = Counter()
    for each in groups:
        number = each.pop("number")
        found[each["home"], each["with_unit"], each["watched"], light(Case(**each), at)] += number
    return [Counted(*key, number) for key, number in sorted(found.items())]


def listed(
    name: str,
    at: datetime,
    homes: Collection[str] | None = None,
    scope: Scope | None = None,
    *,
    stage: str = "",
    unit: str = "",
    most: int = PAGE,
) -> list[Case]:
    """The open cases with this light, those whose day has passed longest first."""
    with _reading(scope):
        found = _open(homes, scope).filter(is_light(name, at))
        if stage:
            found = found.filter(watched=stage)
        if unit:
            found = found.filter(with_unit=unit)
        return list(found.order_by("red_on", "stream")[:most])


def _open(homes: Collection[str] | None, scope: Scope | None) -> QuerySet[Case]:
    rows = Case.objects.within(scope) if scope else Case.objects.everything()
    rows = rows.filter(closed_on=None)
    return rows if homes is None else rows.filter(home__in=sorted(homes))


def _reading(scope: Scope | None) -> AbstractContextManager[None]:
    return nullcontext() if scope else whole_house("who supervises sees the lights of their region")
