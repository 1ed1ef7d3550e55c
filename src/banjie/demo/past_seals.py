"""The demo's past is sealed in its keepers' names, a few papers at a time: nobody waits for it.

Decisions of the last days are left for whoever visits: they find them in the keeper's queue.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from banjie.duties.papers import batches
from banjie.duties.seals import orders
from banjie.duties.seals.models import Ordered, Seal
from banjie.engine.not_possible import NotPossible
from banjie.records.accounts.models import User
from banjie.records.organisation.queries import actor_of
from banjie.store.log import queries
from banjie.web.every import Every

EVERY = timedelta(seconds=10)
AT_ONCE = 5
LEFT_FOR_VISITORS = timedelta(days=3)
IDS = UUID("3f9d1c52-6a0b-5e7c-8d14-0b7c2e95a6f3")
ASSERTION = "demo"


_last = Every(EVERY)
forget = _last.forget


def work(now: datetime) -> int:
    """Have a few old papers sealed where this is a demo; always 0, for nobody waits. Safe to repeat."""
    if not queries.installation().demo or not _last.taken(now):
        return 0
    for seal in Seal.objects.filter(state="active", use="approval"):
        if seal.keepers:
            _order(seal, now)
    return 0


def _order(seal: Seal, now: datetime) -> None:
    old = [each for each in batches.for_the_keeper([seal.agency], now) if each.at < now - LEFT_FOR_VISITORS]
    known = set(Ordered.objects.filter(paper__in=[each.stream for each in old]).values_list("paper", flat=True))
    papers = [each for each in reversed(old) if each.stream not in known][:AT_ONCE]
    user = User.objects.filter(pseudonym=seal.keepers[0]).first()
    keeper = actor_of(user) if user else None
    if not papers or keeper is None:
        return
    with suppress(NotPossible):  # a visitor was here meanwhile
        wanted = [(each.stream, each.version, each.digest) for each in papers]
        orders.order(wanted, keeper, ASSERTION, now, uuid5(IDS, "/".join(sorted(str(each.stream) for each in papers))))
