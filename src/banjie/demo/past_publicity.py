"""What the demo's past decided became public in its own time: on the first day on which the worker would have done it.

Only what is told of the time before the county was begun, or of a filing of its life; what a visitor decides is
published like anywhere.
"""

from datetime import datetime, time, timedelta

from django.db.models import Q

from banjie.demo.models import Filed
from banjie.duties.publicity import publishing
from banjie.duties.publicity.models import Disclosure
from banjie.engine.codec import OFFICE_ZONE, instant
from banjie.store.log import queries

BITE = 50
AT = time(0, 5)


def work(now: datetime) -> int:
    """Publish what was told, each on its day; how many. 0 where this is no demo. Safe to repeat."""
    house = queries.installation()
    if not house.demo:
        return 0
    begun_on = instant(house.created_at).astimezone(OFFICE_ZONE).date()
    told = Q(decided_on__lt=begun_on) | Q(case__in=Filed.objects.values("stream"))
    rows = Disclosure.objects.kept().filter(told, stream__in=publishing.waiting(now)).order_by("after_on", "stream")
    done = 0
    for row in rows[:BITE]:
        then = datetime.combine(row.after_on + timedelta(1), AT, OFFICE_ZONE)
        done += publishing.publish(row.stream, min(then, now))
    return done
