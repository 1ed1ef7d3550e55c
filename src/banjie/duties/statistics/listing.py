"""The cases behind a number: always those that whoever asks may see, newest first, page by page."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from banjie.cases.models import Case
from banjie.duties.statistics.asked import Asked, Versions, listed
from banjie.duties.statistics.figures import COUNTS, EXCLUDED, PARTS, dated, in_period, part_of
from banjie.duties.statistics.models import Handled, Surveyed
from banjie.duties.statistics.values import DAILY, TIMES, WITHIN, Table

PAGE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Some cases, the cursor of the next ones (None: there are none), and how many one may see in all."""

    cases: tuple[Case, ...]
    after: UUID | None
    total: int


def behind(table: Table, code: str, part: str, after: UUID | None = None) -> Page:
    """The cases of a part of a figure; each carries `ended_on` and `due`. KeyError for a figure of no cases."""
    asked = table.asked
    code = DAILY.get(code, code)
    if code in COUNTS:
        wanted = part_of(code, part) & in_period(COUNTS[code].by, asked.since, asked.until)
        return page(wanted, asked, table.versions, after)
    with listed(Case, asked) as cases:  # the parts of one statement are read together
        wanted = Q(stream__in=_streams(table, code, part, cases))
        return page(wanted, asked, table.versions, after)


def parts(code: str) -> tuple[str, ...]:
    """The parts of a figure that are cases; none for a figure of items."""
    code = DAILY.get(code, code)
    if code in COUNTS:
        return PARTS if COUNTS[code].among is not None else ("counted", "excluded")
    if code.startswith(WITHIN):
        return ("counted", "among")
    return {"surveys": ("counted",), **dict.fromkeys(TIMES, ("among",))}.get(code, ())


def _streams(table: Table, code: str, part: str, cases: QuerySet[Case]) -> QuerySet[Any]:
    """The streams behind a figure of times or of surveys, as a part of a statement."""
    asked = table.asked
    if part not in parts(code):
        raise KeyError(part)
    if code == "surveys":
        with listed(Surveyed, asked) as done:
            return done.filter(finished_on__gte=asked.since, finished_on__lte=asked.until).values("stream")
    with listed(Handled, asked) as found:
        decided = found.filter(decided_on__gte=asked.since, decided_on__lte=asked.until)
    decided = decided.exclude(stream__in=cases.filter(result__in=EXCLUDED).values("stream"))
    if code == "instant_minutes":
        return decided.filter(minutes__isnull=False).values("stream")
    if code in TIMES:
        return decided.filter(days__isnull=False).values("stream")
    ceiling = table.ceiling(code)
    if ceiling is None:
        raise KeyError(code)
    bound = Q(pk__in=())
    for version in table.versions.known:
        if table.bound_by(version, ceiling):
            bound |= Q(procedure=version[0], procedure_version=version[1])
    decided = decided.filter(bound, days__isnull=False)
    return (decided.filter(days__lte=ceiling.limit.number) if part == "counted" else decided).values("stream")


def page(
    wanted: Q, asked: Asked, versions: Versions, after: UUID | None = None, *, most: int = PAGE, first: str = ""
) -> Page:
    """The cases one may see that fulfil a condition on dated rows (`figures.dated`): newest first, or by the day named
    in `first`; those cannot be paged. Two statements."""
    with listed(Case, asked) as rows:
        found = dated(rows).filter(wanted, versions.meant(asked))
        total = found.count()
        if after and not first:
            found = found.filter(stream__lt=after)
        cases = list(found.order_by(*([first, "stream"] if first else ["-stream"]))[: most + 1])
    here = cases[:most]
    return Page(tuple(here), here[-1].stream if len(cases) > most else None, total)


def open_to(asked: Asked, cases: Iterable[Case]) -> frozenset[UUID]:
    """Those of these cases whose page whoever asks may open."""
    streams = [each.stream for each in cases]
    return frozenset(Case.objects.within(asked.scope).filter(stream__in=streams).values_list("stream", flat=True))
