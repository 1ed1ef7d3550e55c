"""Who supervises whom: the supervision office of a region over every agency in it and in the regions below it."""

from datetime import date

from banjie.duties.supervision import rulebook
from banjie.engine.commands import Actor
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import Limit, due
from banjie.records.catalogue.queries import current_calendar
from banjie.records.organisation.models import Agency, Region, Unit


def regions_of(actor: Actor) -> frozenset[str]:
    """The regions this member of staff supervises: their office's own and those below it; empty for everybody else."""
    if "supervisor" not in actor.posts:
        return frozenset()
    own = {region for region, office in rulebook.offices().items() if office == actor.unit}
    found, grew = set(own), set(own)
    while grew:
        below = Region.objects.filter(parent_id__in=grew).values_list("code", flat=True)
        grew = set(below) - found
        found |= grew
    return frozenset(found)


def agencies_in(regions: frozenset[str]) -> list[str]:
    """The agencies of these regions, by id."""
    return sorted(Agency.objects.filter(region_id__in=regions).values_list("id", flat=True))


def place_of(unit: str) -> tuple[str, str]:
    """The agency of a unit and its region's code; ("", "") for a unit nobody knows."""
    row = Unit.objects.filter(id=unit).values_list("agency_id", "agency__region_id").first()
    return (str(row[0]), str(row[1])) if row else ("", "")


def choosing(region: str) -> str:
    """The region whose choices hold here: itself, or the nearest one above it that has made any."""
    asked: str | None = region
    while asked:
        if asked in rulebook.offices():
            return asked
        asked = Region.objects.filter(code=asked).values_list("parent_id", flat=True).first()
    raise LookupError(f"no region over {region!r} supervises")


def choice(region: str, on: date) -> rulebook.Choice:
    """How whoever supervises this region does it on a day."""
    return rulebook.choice(choosing(region), on)


def until(region: str, start: date, limit: Limit) -> date:
    """The last day of a limit of supervision that begins on a day, by the calendar of the region."""
    return due(start, limit, current_calendar(choosing(region)))


def require_office(actor: Actor, region: str) -> None:
    """NotPossible("not_your_region") for whoever does not supervise it."""
    if region not in regions_of(actor):
        raise NotPossible("not_your_region", region=region)


def is_answerable(actor: Actor, unit: str, agency: str, person: str = "") -> bool:
    """Whether somebody answers for this unit: who works in it, who is meant, and the head of its agency."""
    heads = "head_of_agency" in actor.posts and actor.agency == agency
    return bool(actor.unit) and (actor.unit == unit or heads or actor.id == person)
