"""A second person confirms an outage, and what rests on its days alone is closed as excused."""

from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from banjie.duties.supervision import cards, outages, rulebook, telling, watching
from banjie.duties.supervision.models import Card, Outage
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.commands import Actor
from banjie.engine.not_possible import NotPossible


def confirm(outage: UUID, by: Actor, command_id: UUID, at: datetime) -> int:
    """Confirm an outage that somebody else registered: from here it excuses. How many cards it closed.

    NotPossible no_such_outage, not_for_your_post, second_person_needed, outage_confirmed.
    """
    outages.require_post(by, outages.CONFIRM)
    with transaction.atomic():
        row = Outage.objects.select_for_update().filter(stream=outage).first()
        if row is None:
            raise NotPossible("no_such_outage")
        if telling.knows(outage, command_id):
            return 0
        if row.confirmed_by:
            raise NotPossible("outage_confirmed")
        if row.registered_by == by.id:
            raise NotPossible("second_person_needed")
        outages.record(outage, "confirmed", at, by.id, command_id, {})
        return _excuse(row, by.id, at)


def _excuse(outage: Outage, by: str, at: datetime) -> int:
    """Close what would not have been found without the outage; fire what came true later instead."""
    codes = [each.code for each in rulebook.rules().values() if each.excusable]
    struck = Card.objects.kept().filter(rule__in=codes, case__isnull=False).exclude(status="closed")
    if outage.unit:
        struck = struck.filter(unit=outage.unit)
    excused = 0
    for card in struck.filter(on__gte=outage.since.astimezone(OFFICE_ZONE).date()).order_by("on"):
        assert card.case is not None
        found = watching.findings_in(card.case, at)
        if card.stream not in {each.key for each in found}:
            command_id = uuid5(card.stream, f"excused/{outage.stream}")
            cards.excuse(card.stream, outage.number, by, command_id, at)
            for each in found:
                cards.fire(each)
            excused += 1
    return excused
