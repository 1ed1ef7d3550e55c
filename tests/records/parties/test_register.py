"""Parties: sealed, found by number alone, assured once, erased for good."""

import pytest

from banjie.engine.commands import Actor
from banjie.engine.events import ActorKind
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.parties import mandates, queries, rebuild, register, seeing, sign_up
from banjie.records.parties.models import Level, Mandate, Party
from banjie.store.keys.models import DataKey, Personal
from banjie.store.log import read, verify
from banjie.store.log.models import Entry
from banjie.web import clock
from tests.cast import demo_id_card, demo_uscc, staff
from tests.parties import mandated, myself, party

pytestmark = pytest.mark.database

STEWARD = staff("p-steward", "data", "bureau", "data_steward")
CLERK = staff("p-clerk", "window", "bureau", "clerk")


def kinds(row: Party | Mandate) -> list[str]:
    return [each.kind for each in read.entries(row.stream)]


def test_nothing_of_a_party_stands_in_clear_in_its_rows_and_facts(installed):
    row = party("p-one", 1, email="one@example.com")

    told = queries.particulars(row)
    assert (told["name"], told["email"]) == ("示范1", "one@example.com")
    written = str([vars(each) for each in (*Party.objects.all(), *Entry.objects.all(), *Personal.objects.all())])
    bodies = b"".join(bytes(each.body) for each in Entry.objects.all())
    for datum in told.values():
        if datum not in ("person", "id_card"):
            assert datum not in written
            assert datum.encode() not in bodies


def test_a_party_is_found_by_its_number_and_by_nothing_like_it(installed):
    row = party("p-one", 1)

    assert register.find_by_number(demo_id_card(1).lower()) == [row]
    assert register.find_by_number(demo_id_card(2)) == []
    assert register.find_assured(demo_id_card(1)) is None


def test_whoever_only_declares_a_number_stands_in_nobodys_way(installed):
    squatter = party("p-squatter", 1)
    owner = party("p-owner", 1)

    register.assure("p-owner", queries.particulars(owner), Level.WINDOW, by="p-clerk", at=clock.now())

    assured = register.find_assured(demo_id_card(1))
    assert assured is not None
    assert assured.id == "p-owner"
    with pytest.raises(NotPossible, match="party_known"):
        register.assure(squatter.id, queries.particulars(squatter), Level.WINDOW, by="p-clerk", at=clock.now())
    assert Party.objects.get(id="p-squatter").level == Level.DECLARED
    assert [each.id for each in register.find_by_number(demo_id_card(1))] == ["p-owner", "p-squatter"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id_number": "999921198108040318"}, "wrong_check_digit_id_card"),
        ({"name": " "}, "needed"),
        ({"phone": ""}, "needed"),
        ({"name": "名" * 201}, "too_long"),
        ({"kind": "ghost"}, "unknown_choice"),
    ],
)
def test_particulars_that_cannot_be_right_open_nothing(installed, changes, code):
    with pytest.raises(BadInput) as bad:
        party("p-one", 1, **changes)

    assert code in [each for _, each in bad.value.problems]
    assert not Party.objects.exists()
    assert not DataKey.objects.exists()


def test_what_was_replaced_is_kept_no_longer_and_the_fact_is(installed):
    row = party("p-one", 1)
    before = row.ref

    register.describe("p-one", {"phone": "13900000099", "name": "别人"}, by="p-one", at=clock.now())

    told = queries.particulars(Party.objects.get(id="p-one"))
    assert (told["phone"], told["name"]) == ("13900000099", "示范1")
    assert not Personal.objects.filter(ref=before).exists()
    assert kinds(row) == ["opened", "described"]


def test_to_see_is_to_say_why_and_that_is_a_fact(installed):
    row = party("p-one", 1)

    with pytest.raises(BadInput):
        seeing.unmask(myself("p-one"), "p-one", " ", clock.now())
    with pytest.raises(NotPossible, match="not_your_particulars"):
        seeing.unmask(myself("p-stranger"), "p-one", "好奇", clock.now())
    assert kinds(row) == ["opened"]
    told = seeing.unmask(CLERK, "p-one", "核对送达地址 13800000001", clock.now(), "delivery")

    fact = read.entries(row.stream)[-1]
    assert told["id_number"] == demo_id_card(1)
    assert (fact.kind, fact.actor, read.plain(fact)["unit"]) == ("unmasked", "p-clerk", "window")
    assert b"13800000001" not in fact.body
    reason = register.sealing.opened(row.stream, read.plain(fact)["reason"]["ref"])
    assert reason == "核对送达地址 13800000001"


def test_one_who_is_erased_is_gone_for_good_and_the_neighbour_is_not(installed):
    row, neighbour = party("p-one", 1), party("p-two", 2)
    register.assure("p-one", queries.particulars(row), Level.WINDOW, by="p-clerk", at=clock.now())
    mandate = mandated("p-one", "p-two")

    with pytest.raises(NotPossible, match="needs_data_steward"):
        register.erase("p-one", by=CLERK, at=clock.now(), basis="个人信息保护法 47")
    register.erase("p-one", by=STEWARD, at=clock.now(), basis="个人信息保护法 47")
    register.erase("p-one", by=STEWARD, at=clock.now(), basis="个人信息保护法 47")

    gone = Party.objects.get(id="p-one")
    assert queries.particulars(gone) == {}
    assert register.find_by_number(demo_id_card(1)) == []
    assert register.find_assured(demo_id_card(1)) is None
    assert not queries.reach("p-two", "p-one", clock.today())
    assert queries.named_in(Mandate.objects.get(stream=mandate)) == {}
    assert queries.known_about(myself("p-one")) == {}
    for ask in (
        lambda: seeing.unmask(myself("p-one"), "p-one", "本人", clock.now()),
        lambda: register.describe("p-one", {}, by="p-one", at=clock.now()),
    ):
        with pytest.raises(NotPossible, match="party_erased"):
            ask()
    assert queries.particulars(neighbour)["name"] == "示范2"
    assert kinds(gone) == ["opened", "assured", "erased"]
    assert list(verify.verify()) == []
    party("p-again", 1)


def test_every_row_can_be_made_anew(installed):
    one = party("p-one", 1)
    register.assure("p-one", queries.particulars(one), Level.WINDOW, by="p-clerk", at=clock.now())
    party("p-two", 2)
    mandates.end(mandated("p-one", "p-two"), myself("p-two"), clock.now())
    mandated("p-one", "p-two", items=("1" * 31,))
    party("p-three", 3)
    register.erase("p-three", by=STEWARD, at=clock.now(), basis="个人信息保护法 47")

    def rows() -> list[dict[str, object]]:
        found = [*Party.objects.order_by("id").values(), *Mandate.objects.order_by("stream").values()]
        return [{name: bytes(v) if isinstance(v, memoryview) else v for name, v in row.items()} for row in found]

    before = rows()

    assert rebuild.rebuild() == 5
    assert rows() == before


@pytest.mark.parametrize(
    ("told", "masked"),
    [
        ({"kind": "person", "name": "白小禾", "id_type": "id_card", "id_number": demo_id_card(1)}, "白*禾"),
        (
            {"kind": "enterprise", "name": "云岭县山居小馆", "id_type": "uscc", "id_number": demo_uscc(1)},
            "云岭县山居小馆",
        ),
    ],
)
def test_a_person_is_masked_and_an_enterprise_whose_name_is_public_is_not(told, masked):
    shown = queries.masked(told | {"email": "bai@example.com", "phone": "13800000003"})

    assert shown["name"] == masked
    assert (shown["email"], shown["phone"]) == ("b***@example.com", "138****0003")
    assert (shown["id_number"] == told["id_number"]) is (told["kind"] == "enterprise")


def test_signing_up_says_everything_that_is_wrong_at_once_and_leaves_nothing(installed):
    told = {"kind": "person", "name": "白禾", "id_type": "id_card", "id_number": "1", "phone": "13800000003"}

    with pytest.raises(BadInput) as bad:
        sign_up.sign_up("13800000003", "short", told, consents=["privacy"], at=clock.now())

    assert {field for field, _ in bad.value.problems} == {"applicant.id_number", "username", "password", "consents"}
    assert not Party.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.parametrize("name", ["白禾", "a@example.com", "13800000003", "bai13800000003", "abc", "x" * 31, "Bai He"])
def test_a_user_name_tells_nothing_of_a_person(installed, name):
    told = {"kind": "person", "name": "白禾", "id_type": "id_card", "id_number": demo_id_card(1), "phone": "1"}

    with pytest.raises(BadInput) as bad:
        sign_up.sign_up(name, "three unlike words", told, consents=sign_up.CONSENTS, at=clock.now())

    assert {field for field, _ in bad.value.problems} == {"username"}


def test_an_account_bears_the_pseudonym_of_its_party(installed):
    told = {"kind": "person", "name": "白禾", "id_type": "id_card", "id_number": demo_id_card(1), "phone": "1"}

    user = sign_up.sign_up("Bai.He", "three unlike words", told, consents=sign_up.CONSENTS, at=clock.now())

    assert user.username == "bai.he"
    assert user.check_password("three unlike words")
    row = Party.objects.get(id=user.pseudonym)
    assert (row.level, row.kind) == (Level.DECLARED, "person")
    assert queries.known_about(Actor(user.pseudonym, ActorKind.APPLICANT))["name"] == "白禾"
