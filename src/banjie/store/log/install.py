"""Making this installation: once, when the database is created."""

from django.db import transaction

from banjie.store.log import clock, queries
from banjie.store.log.ids import uuid7
from banjie.store.log.models import Installation


class DemoMarkIsFixed(Exception):
    """A demo cannot become a real installation, nor the other way round: their facts would be mixed up for ever."""


def create_installation(demo: bool) -> queries.Installation:
    """The installation, made now if there is none. Safe to repeat with the same mark; DemoMarkIsFixed with the other.

    `demo`: everything in this database is made up, and commands may be dated freely.
    """
    with transaction.atomic():
        known = queries.find_installation()
        if known is None:
            Installation.objects.create(id=uuid7().hex, demo=demo, created_at=clock.now())
            known = queries.find_installation()
    assert known is not None
    if known.demo != demo:
        stands, wanted = ("a demo", "a real one") if known.demo else ("a real one", "a demo")
        raise DemoMarkIsFixed(f"this installation is {stands} and can never become {wanted}: use another database")
    return known
