"""Mandates: given by the party, accepted by whoever is named, reaching no further than they say."""

from datetime import date, timedelta

import pytest

from banjie.engine.commands import Actor
from banjie.engine.events import ActorKind
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.accounts.models import Kind, User
from banjie.records.parties import mandates, queries
from banjie.records.parties.mandates import Terms
from banjie.records.parties.models import Mandate, MandateKind
from banjie.store.log import read
from banjie.web import clock
from tests.cast import demo_id_card, staff
from tests.parties import mandated, myself, party

pytestmark = pytest.mark.database

CLERK = staff("p-clerk", "window", "bureau", "clerk")
FOOD = "11999921009900208U400013102900001"


def terms(**changes) -> Terms:
    today = clock.today()
    told = {"kind": MandateKind.POWER_OF_ATTORNEY, "since": today, "until": today + timedelta(days=30)}
    return Terms(**{**told, **changes})


@pytest.fixture
def people(installed):
    party("p-giver", 1)
    party("p-agent", 2)
    party("p-stranger", 3)


def test_whoever_is_named_accepts_with_the_code_and_may_act(people):
    row, code = mandates.give(myself("p-giver"), "示范2", demo_id_card(2), terms(), clock.now())
    assert not queries.reach("p-agent", "p-giver", clock.today())

    mandates.accept(myself("p-agent"), code.lower(), clock.now())

    assert queries.may_act_for(myself("p-agent"), "p-giver", FOOD, clock.today())
    assert [each.party for each in queries.acting_for(myself("p-agent"), clock.today())] == ["p-giver"]
    assert queries.acting_for(myself("p-agent"), clock.today())[0].name == "示范1"
    facts = [(each.kind, each.actor) for each in read.entries(row.stream)]
    assert facts == [("given", "p-giver"), ("accepted", "p-agent")]
    assert "示范2".encode() not in b"".join(each.body for each in read.entries(row.stream))


def test_code_and_number_are_both_needed_and_every_wrong_try_reads_the_same(people):
    _, code = mandates.give(myself("p-giver"), "示范2", demo_id_card(2), terms(), clock.now())

    told = []
    for who, text in (("p-stranger", code), ("p-agent", "AAAA-BBBB-CCCC"), ("p-agent", ""), ("p-nobody", code)):
        with pytest.raises(NotPossible) as no:
            mandates.accept(myself(who), text, clock.now())
        told.append((no.value.code, no.value.facts))
    mandates.accept(myself("p-agent"), code, clock.now())
    with pytest.raises(NotPossible) as again:
        mandates.accept(myself("p-agent"), code, clock.now())

    assert {each[0] for each in told} == {"mandate_not_found"}
    assert again.value.code == "mandate_not_found"
    assert code.replace("-", "") not in str(vars(Mandate.objects.get()))


def test_a_mandate_reaches_its_items_and_its_days_and_no_further(people):
    mandated("p-giver", "p-agent", items=(FOOD,))
    today = clock.today()

    def may(item: str, on: date) -> bool:
        return queries.may_act_for(myself("p-agent"), "p-giver", item, on)

    assert may(FOOD, today)
    assert may(FOOD[:31] + "99", today)
    assert not may("2" * 33, today)
    assert not may(FOOD, date(2024, 1, 1))
    assert queries.may_act_for(myself("p-giver"), "p-giver", "2" * 33, today)
    assert not queries.may_act_for(myself("p-stranger"), "p-giver", FOOD, today)


def test_the_last_day_counts_and_the_next_does_not(people):
    until = clock.today() + timedelta(days=30)
    _, code = mandates.give(myself("p-giver"), "示范2", demo_id_card(2), terms(until=until), clock.now())
    mandates.accept(myself("p-agent"), code, clock.now())

    assert queries.reach("p-agent", "p-giver", until)
    assert not queries.reach("p-agent", "p-giver", until + timedelta(days=1))


@pytest.mark.parametrize("who", ["p-giver", "p-agent"])
def test_either_side_can_end_it_at_once_and_nobody_else_can(people, who):
    mandate = mandated("p-giver", "p-agent")
    with pytest.raises(NotPossible, match="mandate_not_found"):
        mandates.end(mandate, myself("p-stranger"), clock.now())

    mandates.end(mandate, myself(who), clock.now())
    mandates.end(mandate, myself(who), clock.now())

    assert not queries.reach("p-agent", "p-giver", clock.today())
    assert [each.kind for each in read.entries(mandate)] == ["given", "accepted", "ended"]


def test_a_code_that_was_taken_back_opens_nothing(people):
    row, code = mandates.give(myself("p-giver"), "示范2", demo_id_card(2), terms(), clock.now())
    mandates.end(row.stream, myself("p-giver"), clock.now())

    with pytest.raises(NotPossible, match="mandate_not_found"):
        mandates.accept(myself("p-agent"), code, clock.now())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"until": None}, "until"),
        ({"until": date(2020, 1, 1)}, "until"),
        ({"until": date(2099, 1, 1)}, "until"),
    ],
)
def test_terms_that_cannot_be_are_said_beside_their_field(people, changes, field):
    with pytest.raises(BadInput) as bad:
        mandates.give(myself("p-giver"), "示范2", demo_id_card(2), terms(**changes), clock.now())

    assert [each for each, _ in bad.value.problems] == [field]
    assert not Mandate.objects.exists()


def test_nobody_gives_one_to_themselves_nor_for_another(people):
    agent = Actor("p-agent", ActorKind.AGENT, on_behalf_of="p-giver")

    with pytest.raises(NotPossible, match="mandate_to_oneself"):
        mandates.give(myself("p-giver"), "示范1", demo_id_card(1), terms(), clock.now())
    with pytest.raises(NotPossible, match="party_themselves_only"):
        mandates.give(agent, "示范3", demo_id_card(3), terms(), clock.now())
    with pytest.raises(NotPossible, match="no_such_party"):
        mandates.give(myself("p-nobody"), "示范3", demo_id_card(3), terms(), clock.now())


def test_a_clerk_records_a_paper_that_stands_at_once(people):
    with pytest.raises(NotPossible, match="staff_only"):
        mandates.record_paper("p-giver", "p-agent", terms(), "委字1号", myself("p-agent"), clock.now())
    with pytest.raises(BadInput):
        mandates.record_paper("p-giver", "p-agent", terms(), " ", CLERK, clock.now())

    row = mandates.record_paper("p-giver", "p-agent", terms(), "委字1号", CLERK, clock.now())

    assert (row.consent, row.paper, row.recorded_by) == ("paper", "委字1号", "p-clerk")
    assert queries.reach("p-agent", "p-giver", clock.today())
    mandates.end(row.stream, CLERK, clock.now())
    assert not queries.reach("p-agent", "p-giver", clock.today())


def test_an_account_is_the_agent_of_whom_it_chose_only_while_the_mandate_stands(people):
    user = User.objects.create_user("agent", None, Kind.APPLICANT, pseudonym="p-agent")
    mandate = mandated("p-giver", "p-agent")

    acting = queries.actor_of(user, on_behalf_of="p-giver")
    mandates.end(mandate, myself("p-giver"), clock.now())
    after = queries.actor_of(user, on_behalf_of="p-giver")

    assert acting == Actor("p-agent", ActorKind.AGENT, on_behalf_of="p-giver")
    assert queries.known_about(acting)["name"] == "示范1"
    assert after == Actor("p-agent", ActorKind.APPLICANT)
    assert queries.actor_of(user, on_behalf_of="p-stranger") == after
    user.is_active = False
    assert queries.actor_of(user, on_behalf_of="p-giver") is None
