"""Reads of inspections for pages: draws with what was looked at, the share that was reached, my reviews, visits."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from banjie.cases.models import Case
from banjie.cases.scope import whole_house
from banjie.duties.inspections.models import Circular, Draw, Problem, Sampled, Visit
from banjie.duties.inspections.profile import asked_of
from banjie.engine.codec import OFFICE_ZONE, instant
from banjie.records.organisation.models import Agency
from banjie.store.log.queries import installation


@dataclass(frozen=True, slots=True)
class Reached:
    """The share of the cases finished in a time that was drawn and looked at. Shares in thousandths."""

    finished: int
    drawn: int
    looked_at: int
    with_defects: int
    asked: int

    @property
    def share_drawn(self) -> int:
        """Of the finished cases."""
        return self.drawn * 1000 // self.finished if self.finished else 0

    @property
    def share_looked_at(self) -> int:
        """Of the finished cases: what is held against what the region asks of itself."""
        return self.looked_at * 1000 // self.finished if self.finished else 0

    @property
    def is_enough(self) -> bool:
        """Whether as many were looked at as the region asks."""
        return self.share_looked_at >= self.asked


def reached(region: str, since: date, until: date) -> Reached:
    """What was reached among the cases finished from `since` to `until`."""
    agencies = list(Agency.objects.filter(region_id=region).values_list("id", flat=True))
    with whole_house("the share of cases looked at names no case"):
        rows = Case.objects.everything().filter(home__in=agencies, closed_on__gte=since, closed_on__lte=until)
        numbers = list(rows.exclude(result="voided").values_list("number", flat=True))
    told = (
        Sampled.objects.kept()
        .filter(number__in=numbers)
        .aggregate(
            drawn=Count("number"),
            looked=Count("number", filter=~Q(outcome="")),
            defects=Count("number", filter=Q(outcome="defects")),
        )
    )
    asked = asked_of(region, until).least_share
    return Reached(len(numbers), told["drawn"], told["looked"], told["defects"], asked)


def draws(region: str, most: int = 24) -> list[Draw]:
    """The newest draws of a region, each with how many cases of it were looked at (`looked`)."""
    counted = Draw.objects.annotate(looked=Count("sampled__number", filter=~Q(sampled__outcome="")))
    return list(counted.filter(region=region).order_by("-since", "-opened_at")[:most])


def drawn(draw: Draw) -> QuerySet[Sampled]:
    """The cases of a draw, in the order in which they were drawn."""
    return Sampled.objects.kept().filter(draw=draw).order_by("nth")


def my_reviews(who: str) -> QuerySet[Sampled]:
    """The cases this person was drawn for and has not looked at yet."""
    return (
        Sampled.objects.kept()
        .filter(reviewer=who, outcome="")
        .select_related("draw")
        .order_by("draw__opened_at", "nth")
    )


def visits(region: str, most: int = 50) -> list[Visit]:
    """The newest inspections and patrols of a region."""
    return list(
        Visit.objects.filter(region=region)
        .prefetch_related("problems")
        .order_by("-on", "-recorded_at", "-stream")[:most]
    )


def watched_since(region: str, on: date) -> date:
    """The day of a region's first visit, or that on which this installation was made, whichever came first."""
    made = instant(installation().created_at).astimezone(OFFICE_ZONE).date()
    first = Visit.objects.filter(region=region).order_by("on").values_list("on", flat=True).first()
    return min(made, first or on, on)


def open_problems(unit: str) -> QuerySet[Problem]:
    """What was found wrong in a unit and is not put right."""
    return Problem.objects.filter(unit=unit, settled_at=None).select_related("visit").order_by("visit__on", "nth")


def circulars(region: str = "", most: int = 24) -> list[Circular]:
    """The newest circulars, of one region or of all."""
    rows = Circular.objects.filter(region=region) if region else Circular.objects.all()
    return list(rows.order_by("-published_at")[:most])
