"""What ends, suspends, restores or renews a licence in a case stands in the register from its own day on."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from banjie.duties.licences import queries, rebuild, recording, standing
from banjie.duties.licences.follow import Licences
from banjie.duties.licences.models import Licence
from banjie.duties.licences.standing import Standing
from banjie.engine import codec
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.codec import microseconds
from banjie.faces.forms import verifying
from banjie.store.log import read, sequence
from banjie.store.log.append import append
from banjie.store.log.follow import run
from tests.cases.house import House
from tests.duties.licences.test_register import follow, licence, rows

pytestmark = [pytest.mark.database, pytest.mark.tampers]

DAY = date(2026, 6, 1)
BASIS = "中华人民共和国行政许可法 第六十九条"


@pytest.fixture
def house(database) -> House:
    return House(database, demo=True)


def told(house: House, stream: UUID, fact: e.Event) -> None:
    """A fact of the engine at the end of a case, and the register after it."""
    with transaction.atomic():
        body = codec.canonical(codec.to_plain(fact))
        append(stream, "case", [(e.NAMES[type(fact)], body)], command_id=uuid4(), at=microseconds(fact.at), actor="p")
    sequence.sequence()
    run([Licences()], now=microseconds(house.now))


def ended(house: House, row: Licence, act: str, on: date = DAY, **more: Any) -> e.LicenceEnded:
    """The fact that a licence ended."""
    by = e.By("p-decider", e.ActorKind.STAFF)
    told = {"licence": row.type, "number": row.number, "act": act, "effective_on": on, "basis": BASIS}
    return e.LicenceEnded(at=house.now, by=by, **told, **more)


def again(row: Licence) -> Licence:
    """The licence as it stands now."""
    return Licence.objects.kept().get(stream=row.stream)


@pytest.fixture
def held(house: House) -> Iterator[tuple[UUID, Licence]]:
    """A case and the licence that came of it."""
    stream = house.issued()
    follow(house)
    yield stream, licence(house, stream)
    before = rows()
    rebuild.rebuild()
    assert rows() == before, "what follows from the log is what stood there"


@pytest.mark.parametrize(
    ("act", "state"),
    [
        ("revoke", Standing.REVOKED),
        ("withdraw", Standing.WITHDRAWN),
        ("take_away", Standing.TAKEN_AWAY),
        ("cancel", Standing.CANCELLED),
    ],
)
def test_an_end_holds_from_its_own_day_on(house: House, held: tuple[UUID, Licence], act: str, state: Standing) -> None:
    stream, row = held

    told(house, stream, ended(house, row, act))

    row = again(row)
    assert standing.on(row, DAY - timedelta(1)) is Standing.VALID
    assert standing.since(row, DAY) == standing.Since(state, DAY)
    assert standing.on(row, date(2040, 1, 1)) is state, "what was ended does not merely expire"
    assert queries.held_by(row.party, row.type, DAY) == []


def test_a_cancellation_that_follows_keeps_the_days_between(house: House, held: tuple[UUID, Licence]) -> None:
    stream, row = held

    told(house, stream, ended(house, row, "revoke"))
    told(house, stream, ended(house, row, "cancel", DAY + timedelta(10)))

    row = again(row)
    assert standing.on(row, DAY + timedelta(9)) is Standing.REVOKED
    assert standing.since(row, DAY + timedelta(10)) == standing.Since(Standing.CANCELLED, DAY + timedelta(10))


def test_a_suspension_ends_by_itself_or_by_a_decision(house: House, held: tuple[UUID, Licence]) -> None:
    stream, row = held
    last = DAY + timedelta(30)

    told(house, stream, ended(house, row, "suspend", until=last))
    suspended = again(row)
    by = e.By("p-decider", e.ActorKind.STAFF)
    restored = e.LicenceRestored(at=house.now, by=by, licence=row.type, number=row.number, effective_on=DAY)
    told(house, stream, restored)

    assert standing.on(suspended, DAY - timedelta(1)) is Standing.VALID
    assert standing.on(suspended, last) is Standing.SUSPENDED
    assert standing.on(suspended, last + timedelta(1)) is Standing.VALID
    assert standing.on(again(row), DAY) is Standing.VALID
    assert [each.kind for each in queries.history(row.stream)][:2] == ["restored", "suspended"]


def test_a_change_keeps_number_and_end_and_a_renewal_gives_a_new_end(house: House, held: tuple[UUID, Licence]) -> None:
    stream, row = held
    by = e.By("p-clerk", e.ActorKind.STAFF)
    common = {"at": house.now, "by": by, "licence": row.type, "number": row.number, "former": row.number}

    told(house, stream, e.Issued(**common, dated=DAY, act="change"))
    changed = again(row)
    told(house, stream, e.Issued(**common, dated=DAY, valid_to=date(2036, 1, 1), act="renew"))
    renewed = again(row)

    assert (changed.number, changed.valid_to, changed.version) == (row.number, row.valid_to, 2)
    assert (renewed.valid_to, renewed.version) == (date(2036, 1, 1), 3)
    newest, before, first = queries.versions(row.stream)
    assert (newest.former, before.former, first.former) == (before.identifier, first.identifier, "")
    assert len({each.identifier for each in (newest, before, first)}) == 3
    assert queries.content_of(newest)["record"]["关联证照标识"] == before.identifier

    # Nobody relies on a version that another has replaced, however genuine.
    checked = {each: verifying.by_number(each.identifier, house.now, "en") for each in (newest, before, first)}
    assert [each.answer for each in checked.values()] == [verifying.Answer.GENUINE] * 3
    assert [each.state for each in checked.values()] == [Standing.VALID] * 3
    assert [(each.is_good, each.is_replaced) for each in checked.values()] == [(True, False), *[(False, True)] * 2]


def test_a_licence_from_before_this_register_is_known_once_it_ends(house: House, held: tuple[UUID, Licence]) -> None:
    stream, row = held
    old = Licence(type=row.type, number="JY-OLD-1")

    told(house, stream, ended(house, old, "take_away"))

    known = Licence.objects.kept().get(number="JY-OLD-1")
    assert standing.on(known, DAY - timedelta(1)) is Standing.UNKNOWN
    assert standing.on(known, DAY) is Standing.TAKEN_AWAY
    assert queries.content_of(known) is None


def test_who_is_forgotten_in_the_case_is_forgotten_in_the_licence(house: House, held: tuple[UUID, Licence]) -> None:
    stream, row = held
    said = queries.content_of(row)
    assert said["holder"]["name"]

    told(house, stream, e.Erased(at=house.now, by=e.By("p-steward", e.ActorKind.STAFF), key_id="k", basis="个保法47"))

    row = again(row)
    assert (queries.content_of(row), row.party, row.ref) == (None, "", "")
    assert standing.on(row, row.dated) is Standing.VALID
    text = b"".join(each.body for each in read.entries(row.stream)).decode()
    assert said["holder"]["name"] not in text
    assert said["holder"]["id_number"] not in text
    assert recording.FACTS


def test_what_silence_renewed_goes_on_before_its_paper_is_made(house: House, held: tuple[UUID, Licence]) -> None:
    _stream, row = held
    renewing = house.of_item("food-business-renewal")
    asked = renewing.application()
    given = {**asked.answers.value, "licence_number": row.number, "expires_on": row.valid_to.isoformat()}
    stream = renewing.submit(answers=c.Personal(given)).stream
    by_law = e.DeemedRenewed(
        at=house.now,
        by=e.By("timer", e.ActorKind.TIMER),
        calendar=renewing.law.current_calendar,
        agency=renewing.procedure.agency_of(renewing.procedure.decides),
        criteria=(),
        certificate_limit=renewing.procedure.certificate_limit,
        certificate=True,
        expires_on=row.valid_to,
    )

    told(house, stream, by_law)

    renewed = again(row)
    assert (renewed.version, renewed.number) == (1, row.number)
    assert renewed.valid_to == date(house.now.year + 5, house.now.month, house.now.day) - timedelta(1)
    assert queries.history(row.stream)[0].kind == "renewed_by_law"
