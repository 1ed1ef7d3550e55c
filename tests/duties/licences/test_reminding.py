"""Before a licence runs out its holder is told, as early as the region says, each time once, and nobody else."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest

from banjie.cases.scope import Scope
from banjie.duties.licences import queries, rebuild, reminding
from banjie.duties.licences.models import Licence
from banjie.duties.notices import queries as notices
from banjie.duties.notices import reading
from banjie.duties.notices.follow import Inbox
from banjie.engine.codec import OFFICE_ZONE, microseconds
from banjie.store.log import sequence
from banjie.store.log.follow import run
from tests.cases.house import House
from tests.duties.licences.test_ends import ended, told
from tests.duties.licences.test_register import follow, licence, rows

pytestmark = pytest.mark.database


@pytest.fixture
def held(database) -> tuple[House, UUID, Licence]:
    house = House(database, demo=True)
    stream = house.issued()
    follow(house)
    return house, stream, licence(house, stream)


def turn(row: Licence, days_before: int) -> int:
    """How many holders the worker reminds so many days before the last day of this licence."""
    reminding.forget()
    assert row.valid_to
    now = datetime.combine(row.valid_to - timedelta(days_before), time(9), OFFICE_ZONE)
    done = reminding.work(now)
    sequence.sequence()
    run([Inbox()], now=microseconds(now))
    return done


def left(house: House) -> list[int]:
    """How many days were left, by each message of the applicant's, newest first."""
    found = notices.reminders(Scope.of(house.cast.applicant))
    return [said.left for each in found if (said := queries.reminded(each.case, each.position))]


def test_a_holder_is_reminded_sixty_and_thirty_days_before_each_time_once(held):
    house, _stream, row = held

    done = [turn(row, days) for days in (61, 60, 60, 45, 30, 29, 0)]

    assert done == [0, 1, 0, 0, 1, 0, 0]
    assert left(house) == [30, 60]
    assert notices.reminders(Scope.of(house.cast.stranger)) == []
    assert notices.reminders(Scope.of(house.cast.clerk)) == []
    before = rows()
    rebuild.rebuild()
    assert rows() == before


def test_who_comes_late_to_the_register_is_told_once_of_what_is_nearest(held):
    house, _, row = held

    assert [turn(row, days) for days in (12, 11)] == [1, 0]
    assert left(house) == [12]


def test_a_licence_with_another_last_day_is_reminded_of_anew(held):
    house, _, row = held
    turn(row, 30)
    Licence.objects.kept().update(valid_to=row.valid_to + timedelta(400), reminded=None)  # as a new term leaves it

    assert turn(Licence.objects.kept().get(), 60) == 1
    assert left(house) == [60, 30]


@pytest.mark.tampers
def test_of_a_licence_that_was_ended_nobody_is_reminded(held):
    house, stream, row = held
    told(house, stream, ended(house, row, "revoke", house.now.date()))

    assert turn(row, 30) == 0


def test_to_open_the_licence_is_to_have_read_it(held):
    house, stream, row = held
    applicant = house.cast.applicant
    reading.mark(applicant)
    turn(row, 60)
    assert reading.unread(applicant) >= 1

    reading.mark(applicant, stream)
    assert reading.unread(applicant) == 1, "the case is another page"
    reading.mark_reminders(applicant, {stream})

    assert reading.unread(applicant) == 0


def test_how_early_is_dated_data_of_the_region():
    assert reminding.days_of("999921", date(2026, 1, 1)) == (60, 30)
    with pytest.raises(LookupError):
        reminding.days_of("999921", date(2020, 1, 1))
