"""The catalogue's edition: one number that changes with every publication, so that others may keep what they read.

Whoever files a case asks for the edition in a statement it sends anyway, and asks for the Law only where the edition is
new to its process (`queries.law_of_edition`). The number says nothing else and is no truth: `rebuild` moves it on too.
"""

from django.db.models import F

from banjie.records.catalogue.models import Edition

SQL = "(SELECT coalesce(max(number), 0) FROM catalogue_edition)"
"""The edition as an expression inside another statement."""


def move_on() -> None:
    """Something was published, withdrawn, loaded or rebuilt; inside the transaction that did it."""
    Edition.objects.bulk_create([Edition(pk=1, number=0)], ignore_conflicts=True)  # two may be the first at once
    Edition.objects.filter(pk=1).update(number=F("number") + 1)


def current() -> int:
    """The edition now, in one statement."""
    return Edition.objects.filter(pk=1).values_list("number", flat=True).first() or 0
