"""Whether guides are on display in the hall (公示, 行政许可法 30, 72(2)): a batch that is not on the wall in time."""

from datetime import date
from uuid import UUID

from banjie.duties.supervision import jurisdiction
from banjie.duties.supervision.findings import Evidence, Finding
from banjie.engine import codec
from banjie.engine.timelimits import ONE_DAY
from banjie.records.catalogue.batches import STREAM_KIND, Channel
from banjie.records.organisation.models import Staff
from banjie.store.log import read

__all__ = ["STREAM_KIND", "due_on", "findings_in"]


def due_on(batch: UUID) -> date | None:
    """The last day on which this batch of guides has to be on display; None where no region supervises."""
    opened = read.plain(read.entries(batch)[0])
    on = codec.instant(opened["at"]).date()
    try:
        choice = jurisdiction.choice(opened["region"], on)
    except LookupError:
        return None
    return jurisdiction.until(opened["region"], on, choice.display)


def findings_in(batch: UUID, on: date) -> list[Finding]:
    """The finding that the batch was not on the wall in time, by a day; none where it was, or still can be.

    The unit is that of whoever opened the batch: they see to it that it is made public.
    """
    first, *later = read.entries(batch)
    opened, last = read.plain(first), due_on(batch)
    shown = [read.plain(each) for each in later]
    on_the_wall = [date.fromisoformat(each["on"]) for each in shown if each["channel"] == Channel.WALL]
    if last is None or on <= last or (on_the_wall and min(on_the_wall) <= last):
        return []
    unit = Staff.objects.filter(user__pseudonym=opened["by"]).values_list("unit_id", flat=True).first()
    if unit is None:
        return []
    values = {
        "number": opened["number"],
        "opened_on": codec.instant(opened["at"]).date(),
        "channel": Channel.WALL.value,
    }
    evidence = Evidence("guide_batch", values, first.position, batch)
    return [Finding("guide_not_displayed", None, "", str(unit), "", last + ONE_DAY, (evidence,))]
