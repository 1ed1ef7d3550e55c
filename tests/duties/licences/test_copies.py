"""Copies for one use: only of a valid licence, not without number, and only its own can be taken back."""

from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest

from banjie.duties.licences import copies, queries, rebuild
from banjie.duties.licences.models import Licence
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.not_possible import NotPossible
from tests.cases.house import House
from tests.duties.licences.test_ends import ended, told
from tests.duties.licences.test_register import follow, licence, rows

pytestmark = [pytest.mark.database, pytest.mark.tampers]


@pytest.fixture
def held(database) -> tuple[House, UUID, Licence]:
    house = House(database, demo=True)
    stream = house.issued()
    follow(house)
    return house, stream, licence(house, stream)


def made(house: House, row: Licence, until: date | None = None) -> copies.PurposeCopy:
    """A copy, by the holder."""
    by = house.cast.applicant
    return copies.make(row.stream, "银行开户", "云岭农商行", until, by=by, at=house.now, command_id=uuid4())


def test_a_copy_is_of_one_version_for_one_use_and_each_check_is_on_record_once_a_minute(held):
    house, _stream, row = held

    copy = made(house, row, house.now.date() + timedelta(180))
    for seconds in (0, 20, 70):
        copies.checked(copy, house.now + timedelta(seconds=seconds))

    (found,) = queries.copies(row.stream)
    assert (found.version, found.checked) == (1, 2)
    assert copies.terms_of(found) == {"use": "银行开户", "recipient": "云岭农商行"}
    assert queries.copy_by_number(f" {copy.number.lower()} ") == (queries.find(row.type, row.number), found)
    before = rows()
    rebuild.rebuild()
    assert rows() == before


def test_no_copy_lives_longer_than_its_licence(held):
    house, _stream, row = held
    house.at = datetime.combine(row.valid_to - timedelta(days=9), time(10), OFFICE_ZONE)

    assert made(house, row).until == row.valid_to


def test_of_a_licence_that_is_not_valid_no_copy_is_made(held):
    house, stream, row = held
    told(house, stream, ended(house, row, "revoke", house.now.date()))

    with pytest.raises(NotPossible) as no:
        made(house, row)

    assert no.value.code == "licence_not_valid"


def test_there_are_no_more_copies_than_uses(held, monkeypatch):
    house, _stream, row = held
    monkeypatch.setattr(copies, "MOST", 1)
    first = made(house, row)

    with pytest.raises(NotPossible) as no:
        made(house, row)
    copies.take_back(row.stream, first.id, by=house.cast.applicant, at=house.now, command_id=uuid4())

    assert no.value.code == "too_many_copies"
    assert made(house, row).number != first.number
    with pytest.raises(NotPossible) as other:
        copies.take_back(row.stream, uuid4(), by=house.cast.applicant, at=house.now, command_id=uuid4())
    assert other.value.code == "no_such_copy"
