"""T21: a clock that leaps changes no case, and somebody is told and says when it is right; one that drifts is followed.

A leap of the real clock is made by its other half: the moment the process looks back to is moved the other way.
"""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from banjie.cases import timers
from banjie.cases.handle import handle
from banjie.config import measures
from banjie.engine import commands as c
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.not_possible import NotPossible
from banjie.store.log import clock, pulse
from banjie.store.log.models import Entry, Pulse
from banjie.store.log.watch import Watch, watch
from tests.cast import envelope

SECOND = 1_000_000
MINUTE, HOUR = 60 * SECOND, 3600 * SECOND
DAY = 24 * HOUR
NOON = 1_800_000_000 * SECOND


def leap(by: int) -> None:
    """Let the store's clock have leapt by so many microseconds since this process looked last."""
    watch.hold_against(clock.now() - by, clock.steady())


@pytest.mark.parametrize("by", [40 * DAY, 2 * HOUR, HOUR + SECOND, -2 * HOUR, -61 * SECOND], ids=str)
def test_a_leap_is_seen_at_the_next_look_and_is_over_when_the_clock_is_right_again(by):
    own = Watch()
    own.look(NOON, 0)

    own.look(NOON + 10 * SECOND + by, 10 * SECOND)
    assert own.leapt == by
    own.look(NOON + 2 * HOUR + by, 2 * HOUR)
    assert own.leapt == by, "hours later it is still a leap"
    own.look(NOON + 2 * HOUR, 2 * HOUR)
    assert own.leapt == 0


@pytest.mark.parametrize("by", [SECOND, 59 * SECOND, 59 * MINUTE, -59 * SECOND], ids=str)
def test_a_small_step_is_followed_and_hides_no_leap_after_it(by):
    own = Watch()
    own.look(NOON, 0)

    own.look(NOON + by + SECOND, SECOND)
    assert own.leapt == 0
    own.look(NOON + by + 2 * HOUR, 2 * SECOND)
    assert own.leapt > 0


def test_a_clock_that_is_a_second_a_day_fast_is_followed_for_forty_years():
    own = Watch()

    for days in range(0, 365 * 40, 5):
        own.look(NOON + days * (DAY + SECOND), days * DAY)
        assert own.leapt == 0


def test_the_year_2038_and_a_leap_second_are_seconds_like_others():
    own = Watch()
    before_2038 = (2**31 - 2) * SECOND
    own.look(before_2038, 0)
    own.look(before_2038 + 5 * SECOND, 5 * SECOND)
    own.look(before_2038 + 5 * SECOND, 6 * SECOND)  # the host repeats a second

    assert own.leapt == 0


@pytest.mark.database
@pytest.mark.parametrize("by", [40 * DAY, -2 * HOUR], ids=["forty days forward", "two hours back"])
def test_while_the_clock_has_leapt_nothing_is_recorded_and_once_it_is_right_work_goes_on(house, by):
    stream = house.submitted()
    before = list(Entry.objects.values_list("stream", "position", "hash"))
    leap(by)

    with pytest.raises(NotPossible) as at_the_door:
        handle(stream, c.MakeStatement(**envelope(house.cast.applicant, house.now), text=c.Personal("在吗")))
    with pytest.raises(NotPossible) as at_the_counter:
        house.submit()
    with pytest.raises(NotPossible) as of_the_worker:
        timers.carry_out_timers(stream, house.now)

    codes = {each.value.code for each in (at_the_door, at_the_counter, of_the_worker)}
    assert codes == {"clock_leapt"}
    assert list(Entry.objects.values_list("stream", "position", "hash")) == before

    leap(0)
    done = handle(stream, c.MakeStatement(**envelope(house.cast.applicant, house.now), text=c.Personal("在吗")))
    assert done.events


@pytest.mark.database
def test_the_worker_raises_the_alarm_and_only_the_operators_word_ends_it(house):
    stream = house.submitted()
    pulse.beat()
    leap(40 * DAY)

    assert pulse.beat() > 39 * DAY
    assert measures.clock_leap() > 39 * 86_400
    pulse.confirm("p-operator", uuid4())

    assert pulse.beat() == 0
    assert measures.clock_leap() == 0
    assert handle(stream, c.MakeStatement(**envelope(house.cast.applicant, house.now), text=c.Personal("在吗"))).events
    fact = Entry.objects.get(stream_kind="clock")
    assert (fact.kind, fact.actor) == ("confirmed", "p-operator")


@pytest.mark.database
def test_another_process_hears_of_the_confirmation_at_the_next_command(house):
    stream = house.submitted()
    pulse.beat()
    Pulse.objects.update(confirmed_at=clock.now(), leapt=0)  # the operator was with another process
    leap(40 * DAY)

    done = handle(stream, c.MakeStatement(**envelope(house.cast.applicant, house.now), text=c.Personal("在吗")))

    assert done.events


@pytest.mark.database
def test_nobody_confirms_a_clock_that_is_right(house):
    pulse.beat()

    pulse.confirm("p-operator", uuid4())

    assert not Entry.objects.filter(stream_kind="clock").exists()


@pytest.mark.database
@pytest.mark.parametrize(
    ("since", "same_boot", "leapt"),
    [
        (40 * DAY, True, True),  # set while nothing ran, on a machine that ran on
        (40 * DAY, False, True),  # or off for forty days: somebody is asked
        (8 * DAY, False, False),  # off over a long holiday
        (-2 * HOUR, False, True),  # it cannot be earlier than it was
        (0, True, False),
    ],
)
def test_a_process_that_starts_looks_back_to_the_last_pulse(house, since, same_boot, leapt):
    pulse.beat()
    boot = Pulse.objects.get().boot if same_boot else "another start of the machine"
    Pulse.objects.update(store_at=clock.now() - since, steady_at=clock.steady(), boot=boot)
    watch.start_anew()

    pulse.recall()

    assert bool(watch.leapt) is leapt


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Apia", "Asia/Shanghai"])
def test_a_date_is_the_offices_whatever_zone_the_machine_is_in(zone):
    told = "from datetime import datetime; from banjie.web import clock; print(clock.now().utcoffset(), clock.today())"
    environment = os.environ | {"TZ": zone}
    answer = subprocess.run([sys.executable, "-c", told], env=environment, capture_output=True, text=True, check=True)

    offset, day = answer.stdout.split()
    assert offset == "8:00:00"
    today = datetime.now(OFFICE_ZONE).date()
    assert datetime.fromisoformat(day).date() - today <= timedelta(days=1)
