"""The register of licences follows what is decided: one licence a number, a version an act, a state on every day."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from banjie.duties.licences import queries, rebuild, signing, standing
from banjie.duties.licences.follow import Licences
from banjie.duties.licences.models import Licence, PurposeCopy, Version
from banjie.duties.licences.standing import Standing
from banjie.engine import events as e
from banjie.engine.codec import canonical, microseconds
from banjie.records.parties import sealing
from banjie.store.log import read, sequence
from banjie.store.log.follow import run
from banjie.store.signing.provider import Sm2
from tests.cases.house import House

pytestmark = pytest.mark.database

MODELS = (Licence, Version, PurposeCopy)


@pytest.fixture
def house(database) -> House:
    return House(database, demo=True)


def follow(house: House) -> None:
    """Let the register read on, and what is to be signed be signed."""
    sequence.sequence()
    run([Licences()], now=microseconds(house.now))
    signing.work(house.now)


def rows() -> list[tuple]:
    """Every row of the register, but for which paper it was printed on."""
    return [
        sorted(model.objects.kept().values_list(*[each.name for each in model._meta.fields]), key=repr)
        for model in MODELS
    ]


def licence(house: House, stream: UUID) -> Licence:
    """The licence that came of a case."""
    issued = next(each for each in house.facts(stream) if isinstance(each, e.Issued))
    return Licence.objects.kept().get(stream=queries.stream_of(issued.licence, issued.number))


def test_what_is_issued_is_a_licence_with_an_identifier_and_a_signed_record(house):
    stream = house.closed()

    follow(house)

    row = licence(house, stream)
    (version,) = queries.versions(row.stream)
    said = queries.content_of(row)
    assert row.identifier.startswith("1.2.156.3005.2.11999900009900312J001.11999921009900208U.")
    assert row.party == house.cast.applicant.id
    assert said["record"]["持证主体"] == house.application().applicant.value["name"]
    assert said["record"]["关联证照标识"] if version.former else "关联证照标识" not in said["record"]
    assert {each["id"] for each in said["lines"]} >= {"place_name", "premises"}
    assert signing.is_signed(version) is True
    assert standing.on(row, row.dated) is Standing.VALID


def test_a_record_that_was_touched_is_not_the_signed_one(house, monkeypatch):
    stream = house.closed()
    follow(house)
    (version,) = queries.versions(licence(house, stream).stream)
    said = queries.content_of(version)
    said["record"]["持证主体"] += "x"

    monkeypatch.setattr(signing, "content_of", lambda row: said)

    assert signing.is_signed(version) is False


def test_a_record_that_somebody_else_signed_is_not_signed_by_us(house):
    stream = house.closed()
    follow(house)
    (version,) = queries.versions(licence(house, stream).stream)
    record, forger, key = queries.content_of(version)["record"], Sm2(b"\1" * 32), sealing.key_of(version.stream)
    told = {"signature": forger.sign(canonical(record)).hex(), "key": forger.public_pem}

    version.signature = sealing.seal(key, "signature/1", told)["ref"]

    assert forger.verify(canonical(record), bytes.fromhex(told["signature"]), told["key"])
    assert signing.is_signed(version) is False


def test_time_alone_lets_a_licence_expire(house):
    stream = house.closed()
    follow(house)
    row = licence(house, stream)

    assert row.valid_to == date(row.dated.year + 5, row.dated.month, row.dated.day) - timedelta(1)
    assert standing.on(row, row.valid_to) is Standing.VALID
    assert standing.on(row, row.valid_to + timedelta(1)) is Standing.EXPIRED
    assert standing.due(row, row.valid_to - timedelta(91)) is standing.Due.NOT_YET
    assert standing.due(row, row.valid_to - timedelta(90)) is standing.Due.SOON
    assert standing.due(row, row.valid_to - timedelta(29)) is standing.Due.LAST


def test_following_again_changes_nothing_and_a_rebuild_makes_the_same_rows(house):
    stream = house.closed()
    follow(house)
    before, facts = rows(), len(read.entries(licence(house, stream).stream))

    for entry in read.entries(stream):
        Licences().handle(entry)
    rebuild.rebuild()

    assert rows() == before
    assert len(read.entries(licence(house, stream).stream)) == facts
