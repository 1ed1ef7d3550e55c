"""Circulars (通报): what inspections found in a time is made public, regularly (M227)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from banjie.duties.inspections.models import Circular, Problem, Visit
from banjie.duties.inspections.profile import asked_of
from banjie.duties.inspections.recording import once, record, require_supervisor, told
from banjie.engine import codec
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.commands import Actor
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.engine.timelimits import Limit, Unit, due
from banjie.records.catalogue.queries import current_calendar
from banjie.store.log import read

STREAM_KIND = "circular"


def publish(since: date, until: date, by: Actor, command_id: UUID, at: datetime) -> Circular:
    """Make public what the visits of these days found and no circular has told yet; also that nothing was found.

    A repeat returns the first. NotPossible needs_supervisor, time_not_over, nobody_looked; BadInput.
    """
    region = require_supervisor(by)
    day = at.astimezone(OFFICE_ZONE).date()
    if since > until:
        raise BadInput([("until", "ends_before_it_begins")])
    if until > day:
        raise NotPossible("time_not_over", until=until)
    stream = command_id

    def act() -> None:
        visits = Visit.objects.filter(region=region, on__gte=since, on__lte=until)
        if not visits.exists():
            raise NotPossible("nobody_looked")
        untold = Problem.objects.filter(visit__in=visits, circular="").order_by("visit__on", "visit_id", "nth")
        problems = [[each.visit_id.hex, each.nth] for each in untold]
        nth = Circular.objects.filter(region=region, number__startswith=f"{region}-{day.year}-").count() + 1
        body = told(
            by,
            at,
            region=region,
            number=f"{region}-{day.year}-{nth:02d}",
            since=since.isoformat(),
            until=until.isoformat(),
            problems=problems,
        )
        record(STREAM_KIND, stream, "published", body, command_id, 0)
        published(stream, body).save(force_insert=True)
        tell(body)

    once(stream, command_id, act)
    return Circular.objects.get(stream=stream)


def due_since(region: str, on: date) -> date | None:
    """Since when a circular is due: the region's months after the last one's end or the first visit; None: not yet."""
    months = asked_of(region, on).circular_months
    last = Circular.objects.filter(region=region).order_by("-until").values_list("until", flat=True).first()
    first = last or Visit.objects.filter(region=region).order_by("on").values_list("on", flat=True).first()
    if first is None:
        return None
    last_day = due(first, Limit(months, Unit.MONTH, stays=True), current_calendar(region))
    return last_day if on > last_day else None


def published(stream: UUID, body: dict[str, Any]) -> Circular:
    """The row that a `published` fact makes, not saved."""
    return Circular(
        number=body["number"],
        stream=stream,
        region=body["region"],
        since=date.fromisoformat(body["since"]),
        until=date.fromisoformat(body["until"]),
        published_at=codec.instant(body["at"]),
        published_by=body["by"],
        problems=len(body["problems"]),
    )


def tell(body: dict[str, Any]) -> None:
    """Mark the problems this circular tells of."""
    for visit, nth in body["problems"]:
        Problem.objects.filter(visit=UUID(visit), nth=nth).update(circular=body["number"])


def problems_of(number: str) -> list[Problem]:
    """What a circular tells, in its order."""
    stream = Circular.objects.values_list("stream", flat=True).get(number=number)
    order = [(UUID(visit), nth) for visit, nth in read.plain(read.entries(stream)[0])["problems"]]
    rows = {(each.visit_id, each.nth): each for each in Problem.objects.filter(circular=number).select_related("visit")}
    return [rows[each] for each in order]
