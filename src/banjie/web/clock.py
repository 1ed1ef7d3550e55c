"""What time it is: faces and workers ask here, nobody below them does (the store stamps its own `recorded_at`)."""

from datetime import date, datetime

from banjie.engine.codec import OFFICE_ZONE


def now() -> datetime:
    """This instant, in the office's zone (UTC+8)."""
    return datetime.now(OFFICE_ZONE)


def today() -> date:
    """The office's civil day."""
    return now().date()
