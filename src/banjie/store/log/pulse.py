"""The worker's pulse: what was seen of the clock, carried over to processes that start later.

A leap while nothing ran is seen as well, and somebody is asked about a machine that was off for longer than any
holiday. A clock that has leapt and is right as it stands is confirmed by the operator, which is a fact.
"""

from pathlib import Path
from uuid import UUID

from django.db import transaction

from banjie.engine import codec
from banjie.store.log import clock, ids
from banjie.store.log.append import append
from banjie.store.log.models import Pulse
from banjie.store.log.watch import BACK, MINUTE, watch

BEAT_EVERY = MINUTE // 4
LONGEST_SILENCE = 10 * 24 * 60 * MINUTE
STREAM_KIND = "clock"


def recall() -> None:
    """Look back to the newest pulse, at the start of a process: a leap since then is a leap."""
    known = Pulse.objects.first()
    if known is None:
        return
    _recalled(known, clock.now(), clock.steady())


def _recalled(known: Pulse, store_now: int, steady: int) -> None:
    watch.confirmed_at = known.confirmed_at
    if known.boot and known.boot == _boot():
        watch.hold_against(known.store_at, known.steady_at)
        watch.look(store_now, steady)
    elif store_now < known.store_at - BACK or store_now > known.store_at + LONGEST_SILENCE:
        watch.leapt = store_now - known.store_at
        watch.hold_against(known.store_at, steady)  # what it should be cannot be known; a person says


def beat() -> int:
    """Write the pulse unless the last one is fresh, and return by how much the clock has leapt (0: it is right)."""
    store_now, steady = clock.now(), clock.steady()
    watch.look(store_now, steady)
    known = Pulse.objects.first()
    if known is None:
        Pulse.objects.bulk_create(
            [Pulse(pk=1, store_at=store_now, steady_at=steady, boot=_boot())], ignore_conflicts=True
        )
        return 0
    if watch.leapt and known.confirmed_at > watch.confirmed_at:
        watch.start_anew(known.confirmed_at)
        watch.look(store_now, steady)
    if known.leapt != watch.leapt and (watch.leapt == 0 or known.leapt == 0):
        Pulse.objects.filter(pk=1, confirmed_at=known.confirmed_at).update(leapt=watch.leapt)
    if not watch.leapt and abs(store_now - known.store_at) > BEAT_EVERY:
        Pulse.objects.filter(pk=1).update(store_at=store_now, steady_at=steady, boot=_boot())
    return watch.leapt


def is_confirmed() -> bool:
    """Whether the operator has confirmed the clock since this process saw it leap; it is trusted again then."""
    known = Pulse.objects.first()
    if known is None or known.confirmed_at <= watch.confirmed_at:
        return False
    watch.start_anew(known.confirmed_at)
    return True


def leapt_by() -> int:
    """Microseconds by which the worker, or this process, has seen the clock leap; 0: it is right."""
    return watch.leapt or (Pulse.objects.values_list("leapt", flat=True).first() or 0)


def confirm(by: str, command_id: UUID) -> None:
    """Somebody who looked says that the clock is right as it stands: a fact, and work goes on. Safe to repeat."""
    now = clock.now()
    with transaction.atomic():
        known = Pulse.objects.select_for_update().first()
        leapt = watch.leapt or (known.leapt if known else 0)
        if not leapt:
            return
        body = codec.canonical({"at": now, "by": by, "leapt": leapt})
        append(
            ids.uuid7(),
            STREAM_KIND,
            [("confirmed", body)],
            command_id=command_id,
            at=now,
            actor=by,
            expected_position=0,
        )
        told = {"store_at": now, "steady_at": clock.steady(), "boot": _boot(), "leapt": 0, "confirmed_at": now}
        Pulse.objects.update_or_create(pk=1, defaults=told)
    watch.start_anew(now)


def _boot() -> str:
    """Which start of the machine this is: the steady clock counts from there. "" where the machine does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
