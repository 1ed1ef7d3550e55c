"""Guessing a password takes long: by name and address together, and by name alone, and nobody is locked out for ever.

After five tries for a name from one address that address waits a quarter of an hour, then half an hour, then an hour
(等保三级: 登录失败处理). After twenty for a name from anywhere, every address waits a minute, growing to five, except
those from which its owner has signed in within 90 days: so guessing from elsewhere keeps no owner out. A try is
counted before the password is looked at, so many at once gain nothing; a right one forgets them. Counted in the
database, for all processes together, under keyed digests: whoever reads the table reads no names and no addresses.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from banjie.web import clock
from banjie.web.models import Tries

TRIES = 5
SECONDS = 15 * 60
LONGEST = 60 * 60
TRIES_OF_ALL = 20
SECONDS_OF_ALL = 60
LONGEST_OF_ALL = 5 * 60
FORGOTTEN_AFTER = timedelta(hours=24)
KNOWN_FOR = timedelta(days=90)


def count_try(username: str, address: str, told: Callable[[str, int], None] | None = None) -> bool:
    """Count a try; whether it may be made. `told`: is called with the name and the minutes where a wait begins."""
    now = clock.now()
    with transaction.atomic():
        waits = _count(_key(username, address), now, TRIES, SECONDS, LONGEST)
        if waits is None:
            return False
        of_all = None
        if not _is_known(username, address, now):
            of_all = _count(_key(username, ""), now, TRIES_OF_ALL, SECONDS_OF_ALL, LONGEST_OF_ALL)
            if of_all is None:
                return False
    if told and (first := max(waits, of_all or 0)):
        told(username, first // 60)
    return True


def rests(username: str, address: str) -> bool:
    """Whether somebody has to wait now; counts nothing."""
    keys = [_key(username, address), _key(username, "")]
    return Tries.objects.filter(key__in=keys, until__gt=clock.now()).exists()


def seconds_left(username: str, address: str) -> int:
    """How long somebody has to wait who may not try now."""
    keys = [_key(username, address), _key(username, "")]
    until = Tries.objects.filter(key__in=keys, until__gt=clock.now()).order_by("-until").values_list("until", flat=True)
    latest = until.first()
    return int((latest - clock.now()).total_seconds()) + 1 if latest else SECONDS


def forgive(username: str, address: str) -> None:
    """A right password: the next mistake is the first again, and this address is the owner's."""
    Tries.objects.filter(key__in=[_key(username, address), _key(username, "")]).delete()
    now = clock.now()
    Tries.objects.update_or_create(key=_key(username, address, "known"), defaults={"count": 0, "last_at": now})


def sweep(at: datetime) -> int:
    """Forget what is older than anything that counts; how many rows."""
    return Tries.objects.filter(last_at__lt=at - KNOWN_FOR).delete()[0]


def _count(key: str, now: datetime, most: int, first: int, longest: int) -> int | None:
    """One more try under this key: None where it must wait, else the seconds of a wait that begins with it, or 0."""
    Tries.objects.bulk_create([Tries(key=key, count=0, last_at=now)], ignore_conflicts=True)
    row = Tries.objects.select_for_update().get(key=key)
    if row.until and now < row.until:
        return None
    rested = now - row.last_at
    if rested > FORGOTTEN_AFTER or (row.count < most and rested > timedelta(seconds=SECONDS)):
        row.count = 0
    row.count, row.last_at, row.until = row.count + 1, now, None
    wait = 0
    if row.count >= most:
        wait = min(first << min(row.count - most, 10), longest)
        row.until = now + timedelta(seconds=wait)
    row.save(update_fields=["count", "last_at", "until"])
    return wait


def _is_known(username: str, address: str, now: datetime) -> bool:
    return Tries.objects.filter(key=_key(username, address, "known"), last_at__gt=now - KNOWN_FOR).exists()


def _key(username: str, address: str, what: str = "tries") -> str:
    told_apart = f"{what}\x00{username.strip().casefold()}\x00{address}"
    return salted_hmac("banjie.throttle", told_apart, settings.SECRET_KEY, algorithm="sha256").hexdigest()
