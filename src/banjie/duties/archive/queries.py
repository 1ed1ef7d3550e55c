"""Reads of the archive for the pages of its agency."""

from datetime import date

from django.db.models import Count, Q, QuerySet

from banjie.duties.archive.models import ArchiveRecord
from banjie.engine.commands import Actor


def found(by: Actor, text: str = "", status: str = "", year: int | None = None) -> QuerySet[ArchiveRecord]:
    """The records of the reader's agency, the newest first: by number, item code, status, year."""
    rows = _own(by)
    if text:
        numbers = Q(number__icontains=text) | Q(case_number=text) | Q(query_number=text)
        rows = rows.filter(numbers | Q(code__startswith=text))
    if status:
        rows = rows.filter(status=status)
    if year:
        rows = rows.filter(closed_on__year=year)
    return rows.order_by("-closed_on", "-stream")


def counted(by: Actor) -> dict[str, int]:
    """How many records of the reader's agency stand how."""
    rows = _own(by).values("status").annotate(many=Count("stream"))
    return {each["status"]: each["many"] for each in rows.order_by("status")}


def over(by: Actor, on: date) -> QuerySet[ArchiveRecord]:
    """What may be appraised (鉴定): its time of retention is over. Nothing is destroyed by itself."""
    return _own(by).filter(keep_until__lt=on).order_by("keep_until", "number")


def _own(by: Actor) -> QuerySet[ArchiveRecord]:
    return ArchiveRecord.objects.opened(agency=[by.agency]).filter(agency=by.agency)
