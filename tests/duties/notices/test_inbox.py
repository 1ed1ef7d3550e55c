"""The inbox: everybody a fact concerns is told of it, once and in order, and nobody else is."""

from uuid import UUID

import pytest

from banjie import words
from banjie.cases.scope import Scope, whole_house
from banjie.config import worker
from banjie.config.followers import FOLLOWERS
from banjie.duties.notices.follow import Inbox
from banjie.duties.notices.models import Message
from banjie.duties.notices.queries import inbox
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.store.log import read
from banjie.store.log.models import Bookmark
from tests.cases.house import House
from tests.cast import staff
from tests.databases import in_threads
from tests.parties import mandated

pytestmark = pytest.mark.database


@pytest.fixture
def house(database) -> House:
    return House(database)


@pytest.fixture
def demo(database) -> House:
    return House(database, demo=True)


def follow() -> None:
    """Let the worker do what there is to do."""
    while worker.turn():
        pass


def told(actor: c.Actor) -> list[tuple[int, str]]:
    """What somebody was told, oldest first: (position, kind)."""
    return [(each.position, e.NAMES[type(each.event)]) for each in reversed(inbox(Scope.of(actor), most=1000))]


def everything() -> list[tuple[UUID, int, str, str, int]]:
    """Every message there is."""
    with whole_house("a test counts"):
        return sorted(Message.objects.everything().values_list("stream", "position", "who", "kind", "at"))


def test_the_applicant_is_told_of_every_fact_that_concerns_them_in_order(house):
    stream = house.closed()

    follow()

    concerning = [
        (number, kind) for number, kind in enumerate(house.kinds(stream), start=1) if words.tells_applicant(kind)
    ]
    assert told(house.cast.applicant) == concerning
    assert {"submitted", "accepted", "granted", "issued", "served", "closed"} <= {kind for _, kind in concerning}
    assert "joined" in house.kinds(stream)
    assert "joined" not in {kind for _, kind in concerning}


def test_every_message_is_a_sentence_for_the_applicant(house):
    house.closed()
    follow()

    for language in words.LANGUAGES:
        said = [words.sentence(each.event, language, "applicant") for each in inbox(Scope.of(house.cast.applicant))]
        assert all(said)
        assert not [text for text in said if text and "…" in text]


def test_an_agent_is_told_too(house):
    agent = c.Actor("p-agent", e.ActorKind.AGENT, on_behalf_of="p-applicant")
    mandated()
    house.submit(agent, channel="agent")

    follow()

    assert told(agent) == told(house.cast.applicant) == [(1, "submitted")]


def test_a_stranger_is_told_nothing(house):
    house.closed()
    follow()

    for actor in (house.cast.stranger, staff("p-foreign", "labour-relations", "human-resources", "officer")):
        assert inbox(Scope.of(actor)) == []
    assert {who for _, _, who, _, _ in everything()} == {"p-applicant"}


def test_staff_have_no_messages_for_a_case_is_on_their_list(house):
    house.closed()
    follow()

    assert inbox(Scope.of(house.cast.clerk)) == []
    assert inbox(Scope.of(house.cast.decider)) == []


def test_somebody_without_an_account_is_told_at_the_window(house):
    house.submit(house.cast.clerk, party="")

    follow()

    assert everything() == []


def test_what_time_brings_about_is_told(demo):
    demo.submitted()  # in March; the worker's today is later than the statutory limit

    follow()

    assert told(demo.cast.applicant) == [(1, "submitted"), (2, "deemed_accepted"), (3, "limit_passed")]


def test_telling_again_changes_nothing(house):
    stream = house.closed()
    follow()
    before = everything()

    for entry in read.entries(stream):
        Inbox().handle(entry)
    follow()

    assert everything() == before


def test_following_from_the_beginning_recreates_every_message(house):
    for _ in range(3):
        house.decided()
    follow()
    before = everything()

    with whole_house("a test wipes"):
        Message.objects.everything().delete()
    Bookmark.objects.update(no=0)
    follow()

    assert everything() == before
    assert len(before) > 20


def test_many_workers_at_once_tell_everything_once(house):
    streams = [house.assigned() for _ in range(4)]

    in_threads(*[follow] * 4)

    expected = sum(words.tells_applicant(kind) for stream in streams for kind in house.kinds(stream))
    assert len(everything()) == expected


def test_who_is_told_stands_in_the_message_and_nothing_else_about_them(house):
    house.submitted()
    follow()

    columns = {field.column for field in Message._meta.fields if field.column}

    assert columns == {"stream", "position", "who", "kind", "at"}


def test_neighbours_are_told_of_their_right_to_be_heard_and_of_the_end_and_of_nothing_else(demo):
    house = demo.of_item("entertainment-venue")
    stream = house.assigned()
    officer = house.cast.officers("document_review")[0]
    neighbour = c.Actor("p-neighbour", e.ActorKind.THIRD_PARTY)
    named = {
        "parties": (e.Person("p-neighbour"),),
        "particulars": (c.Personal({"name": "示范小区业委会", "phone": "13900000000"}),),
    }

    house.do(stream, c.NameThirdParties, officer, **named)
    house.do(stream, c.TellHearingRight, officer)
    house.do(stream, c.RequestHearing, neighbour)
    house.do(stream, c.WaiveHearing, neighbour)
    follow()

    assert [kind for _, kind in told(neighbour)] == ["hearing_right_told", "hearing_requested", "hearing_waived"]
    assert "third_parties_named" in [kind for _, kind in told(house.cast.applicant)]
    said = words.sentence(inbox(Scope.of(neighbour))[-1].event, "en", "third_party")
    assert said is not None
    assert "right to a hearing" in said


def test_the_inbox_is_one_of_the_houses_followers():
    assert "inbox" in [each.name for each in FOLLOWERS]
