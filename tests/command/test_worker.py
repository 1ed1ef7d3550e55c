"""`banjie worker`: the feed, the followers and the clock; any number of them, stopped and started at will."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from banjie.cases.scope import Scope
from banjie.config import worker
from banjie.duties.notices.queries import inbox
from banjie.store.evidence import checkpoints
from banjie.store.log import sequence
from banjie.store.log.models import Bookmark, Entry, Feed
from tests.cases.tampering import run
from tests.command.conftest import in_a_process

pytestmark = pytest.mark.database

SOAK = bool(os.environ.get("BANJIE_SOAK"))
CASES = 200 if SOAK else 40
KILLS = 20 if SOAK else 2


def test_once_does_all_there_is_to_do_and_stops(demo, banjie):
    stream = demo.submitted()  # in March: time has brought something about since

    code, _, err = banjie("worker", "--once")

    assert (code, err) == (0, "")
    assert demo.kinds(stream) == ["submitted", "deemed_accepted", "limit_passed"]
    assert sequence.waiting() == 0
    assert Bookmark.objects.get(follower="inbox").no == Feed.objects.count()
    assert len(inbox(Scope.of(demo.cast.applicant))) == 3


def test_once_more_does_nothing(demo, banjie):
    stream = demo.submitted()
    banjie("worker", "--once")
    before = demo.kinds(stream), Feed.objects.count()

    assert banjie("worker", "--once")[0] == 0

    assert (demo.kinds(stream), Feed.objects.count()) == before
    assert worker.turn() == 0


def test_in_a_real_installation_nothing_happens_before_its_day(house):
    stream = house.submitted()

    done = in_a_process("worker", "--once")

    assert done.returncode == 0, done.stderr
    assert house.kinds(stream) == ["submitted"]
    assert sequence.waiting() == 0


def test_two_at_once_do_everything_once(demo):
    streams = [demo.submitted() for _ in range(5)]
    command = [sys.executable, "-m", "banjie.command", "worker", "--once"]

    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    ended = [(each.communicate(timeout=120)[1], each.returncode) for each in both]

    assert ended == [("", 0), ("", 0)]
    assert [demo.kinds(stream) for stream in streams] == [["submitted", "deemed_accepted", "limit_passed"]] * 5
    assert Feed.objects.count() == len(set(Feed.objects.values_list("stream", "position")))


@pytest.mark.slow
def test_a_worker_that_is_killed_anywhere_loses_nothing_and_does_nothing_twice(demo):
    streams = [demo.submitted() for _ in range(CASES)]
    dice = random.Random(7)
    command = [sys.executable, "-m", "banjie.command", "worker"]

    for _ in range(KILLS):
        both = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(2)]
        began = sum(len(demo.kinds(each)) for each in streams)
        patience = time.monotonic() + 60
        while sum(len(demo.kinds(each)) for each in streams) == began < 3 * CASES and time.monotonic() < patience:
            time.sleep(0.02)
        time.sleep(dice.uniform(0, 0.1))  # it is at work now: anywhere in it
        for each in both:
            each.kill()
            each.wait()
    assert in_a_process("worker", "--once").returncode == 0

    assert {tuple(demo.kinds(each)) for each in streams} == {("submitted", "deemed_accepted", "limit_passed")}
    assert sequence.waiting() == 0
    assert Feed.objects.count() == Entry.objects.count()
    assert len(inbox(Scope.of(demo.cast.applicant), most=10 * CASES)) == 3 * CASES, "each message once"


@pytest.mark.slow
def test_it_works_until_it_is_told_to_stop(demo):
    stream = demo.submitted()
    command = [sys.executable, "-m", "banjie.command", "worker"]

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        waited_until = time.monotonic() + 60
        while demo.kinds(stream)[-1] != "limit_passed" and time.monotonic() < waited_until:
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=30)

    assert process.returncode == 0
    assert demo.kinds(stream)[-1] == "limit_passed"
    assert "worker_started" in said
    assert "worker_stopped" in said


def test_a_turn_that_fails_is_tried_again_and_ends_nothing(demo, capsys):
    stream = demo.submitted()
    pauses: list[float] = []

    def stopped(pause: float) -> bool:
        pauses.append(pause)
        if len(pauses) == 1:
            run("ALTER TABLE bookmark RENAME TO bookmark_away")
        if len(pauses) == 2:
            run("ALTER TABLE bookmark_away RENAME TO bookmark")
        return len(pauses) == 5

    worker.run(stopped)

    assert pauses[:2] == [0.0, worker.TROUBLED_SECONDS]
    assert "worker_troubled" in capsys.readouterr().out
    assert demo.kinds(stream) == ["submitted", "deemed_accepted", "limit_passed"]
    assert len(inbox(Scope.of(demo.cast.applicant))) == 3


def test_a_job_that_fails_keeps_no_other_from_its_turn(demo, capsys):
    demo.submitted()
    pauses: list[float] = []

    def stopped(pause: float) -> bool:
        pauses.append(pause)
        if len(pauses) == 1:
            for table in ("archive_record", "paper_waiting"):
                run(f"ALTER TABLE {table} RENAME TO {table}_away")
        return len(pauses) == 3

    try:
        worker.run(stopped)
    finally:
        for table in ("archive_record", "paper_waiting"):
            run(f"ALTER TABLE {table}_away RENAME TO {table}")

    assert pauses[1:] == [worker.TROUBLED_SECONDS] * 2
    assert "several jobs of the worker failed" in capsys.readouterr().out
    assert checkpoints.newest() is not None, "the log is signed whatever the archive does"
