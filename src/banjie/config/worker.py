"""The worker: sequences the feed, lets the followers read on, and opens the door for the clock. Any number may run."""

import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from time import monotonic

import structlog
from django.db import close_old_connections

from banjie.cases import bundles, recount, timers
from banjie.config import rewrapping
from banjie.config.followers import AT_ONCE, FOLLOWERS
from banjie.demo import life, past_publicity, past_seals
from banjie.duties.archive import filing
from banjie.duties.delivery import sending
from banjie.duties.fees import paying, reconciling
from banjie.duties.licences import reminding, signing
from banjie.duties.papers import sealing
from banjie.duties.publicity import publishing
from banjie.duties.seals import reconciling as counters
from banjie.duties.supervision import detecting, watching
from banjie.engine.codec import microseconds
from banjie.faces.forms import drafts
from banjie.records.accounts import sessions
from banjie.records.organisation import grants
from banjie.store.evidence import checkpoints, witnesses
from banjie.store.files.sweep import sweep
from banjie.store.log import follow, pulse, sequence
from banjie.store.postgresql.reading import as_the_house
from banjie.web import clock, throttle

log = structlog.get_logger("banjie.worker")

IDLE_SECONDS = 0.5
TROUBLED_SECONDS = 5.0
SWEEP_EVERY = timedelta(hours=1)
BEAT_SECONDS = 15.0


@as_the_house()
def turn() -> int:
    """One round of the worker's three jobs; how much there was to do."""
    now = clock.now()
    is_told = not life.waking()
    # While the demo's past is told, only what people wait for is followed; who counts and watches reads on afterwards.
    followers = FOLLOWERS if is_told else tuple(each for each in FOLLOWERS if each.name in AT_ONCE)
    done = sequence.sequence() + follow.run(followers, now=microseconds(now))
    # And time belongs to whoever tells it: what is due by now is not due on those days.
    if not is_told:
        return done
    return done + _each(
        rewrapping.work,
        lambda: grants.carry_out_due(now),
        # An extension given to a bundle is carried into its parts before time acts on them.
        lambda: bundles.carry_on(now) + timers.carry_out_due(now),
        # What a demo's past made public stands before anybody asks whether it was public in time.
        lambda: past_publicity.work(now) or watching.look_at_due(now),
        lambda: detecting.look(now),
        lambda: recount.work(clock.now),
        lambda: signing.work(now),
        lambda: reminding.work(now),
        lambda: sealing.work(now),
        lambda: filing.work(now),
        lambda: publishing.work(now),
        lambda: counters.look(now),
        lambda: past_seals.work(now),
        lambda: sending.work(clock.now()),
        lambda: paying.work(clock.now()),
        lambda: reconciling.work(clock.now()),
        checkpoints.work,
        witnesses.work,
    )


def _each(*jobs: Callable[[], int]) -> int:
    """Let every job have its turn, whatever became of those before it; how much there was to do.

    What failed is raised when all have had it: an archive that stumbles keeps no checkpoint from being signed.
    """
    done, failed = 0, list[Exception]()
    for job in jobs:
        try:
            done += job()
        except Exception as problem:  # from anywhere: it is told at the end of the turn
            failed.append(problem)
    if len(failed) == 1:
        raise failed[0]
    if failed:
        raise ExceptionGroup("several jobs of the worker failed", failed)
    return done


@as_the_house()
def run(stopped: Callable[[float], bool] | None = None) -> None:
    """Work until told to stop. A failure is logged and tried again; it never ends the worker."""
    wait = stopped or _until_signalled()
    swept = clock.now() - SWEEP_EVERY
    log.info("worker_started", followers=[each.name for each in FOLLOWERS])
    pulse.recall()
    pause, beaten = 0.0, monotonic() - BEAT_SECONDS
    while not wait(pause):
        try:
            close_old_connections()
            if monotonic() - beaten >= BEAT_SECONDS:
                beaten = monotonic()
                pulse.beat()
            pause = 0.0 if turn() else IDLE_SECONDS
            if clock.now() - swept > SWEEP_EVERY:
                swept = clock.now()
                drafts.sweep(swept.date())
                sessions.sweep(swept)
                throttle.sweep(swept)
                sweep(microseconds(swept), spared=drafts.waiting_for)
        except Exception as problem:
            log.exception("worker_troubled", problem=type(problem).__name__)
            pause = TROUBLED_SECONDS
    log.info("worker_stopped")


def _until_signalled() -> Callable[[float], bool]:
    event = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: event.set())
    return event.wait
