"""Its database, with the item, the calendar and the applicant that our side has."""

import hashlib
import secrets
from datetime import date, timedelta
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from peers.drf import models


def found(world: dict[str, Any]) -> str:
    """Make the tables, fill them, and return the token of an applicant."""
    call_command("migrate", verbosity=0, run_syncdb=True)
    models.Item.objects.create(**world["item"])
    models.CalendarDay.objects.bulk_create(
        models.CalendarDay(day=date.fromisoformat(day), is_working=is_working) for day, is_working in world["calendar"]
    )
    user = models.User.objects.create(username="applicant", kind="applicant")
    text = secrets.token_urlsafe(32)
    models.Token.objects.create(
        user=user,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        expires_at=timezone.now() + timedelta(days=30),
    )
    return text
