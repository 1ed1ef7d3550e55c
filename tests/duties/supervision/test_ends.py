"""A grant, and the end of a licence that an agency decided on of its own accord, are found where not public in time."""

from datetime import timedelta
from uuid import uuid4

import pytest

from banjie.duties.publicity import publishing
from banjie.duties.publicity.follow import Publicity
from banjie.duties.publicity.models import Disclosure
from banjie.duties.supervision import ends, watching
from banjie.duties.supervision.models import Card, Watch
from banjie.duties.supervision.rebuild import rebuild
from banjie.engine import commands as c
from banjie.engine.codec import microseconds
from banjie.store.log import sequence
from banjie.store.log.follow import run
from banjie.web import clock
from tests.county import County
from tests.duties.supervision.cases import later
from tests.faces.cases import Filed, filed
from tests.faces.desk.test_ex_officio import DAY, licensed, opened
from tests.faces.pages import press

pytestmark = pytest.mark.database


def decided(county: County) -> str:
    """A proceeding to revoke a licence in which the decision was just taken; the address of its page."""
    _, row = licensed(county)
    address = f"/desk/cases/{opened(county, row)}/"
    people = [f"{county.actor(each).id}@site-survey" for each in ("surveyor", "second_surveyor")]
    press(county.client("survey_head"), address, "assign/investigation", people=people)
    press(county.client("surveyor"), address, "finish_step/investigation", outcome="confirmed")
    press(county.client("officer"), address, "tell_intent", text="拟撤销，理由如前")
    county.move_to(county.view_time() + 8 * DAY)
    press(county.client("decider"), address, "decide_end", reasons="不符合法定条件")
    worked()
    return address


def worked() -> None:
    """What of the worker's work this is about, in its order."""
    sequence.sequence()
    while run([Publicity(), watching.Watching()], now=microseconds(clock.now())):
        pass
    watching.look_at_due(clock.now())
    if publishing.work(clock.now()):
        sequence.sequence()
        run([watching.Watching()], now=microseconds(clock.now()))


def served(county: County, address: str) -> None:
    press(county.client("licence_clerk"), address, "serve", method="post")


def found() -> list[Card]:
    return list(Card.objects.kept().filter(rule=ends.RULE))


def test_an_end_that_is_decided_and_not_public_in_seven_working_days_is_found_once(county: County) -> None:
    decided(county)
    on = clock.today()

    later(county, 9)
    worked()
    assert found() == [], "the seventh working day, over one weekend"
    later(county, 1)
    worked()
    worked()

    (card,) = found()
    assert (card.on, card.unit, card.colour) == (on + timedelta(days=10), "decision-office", "yellow")
    assert card.number


def test_a_worker_that_stood_still_hides_no_late_publication(county: County) -> None:
    address = decided(county)
    served(county, address)

    later(county, 30)
    worked()

    (card,) = found()
    assert card.case is not None
    row = Disclosure.objects.kept().get(case=card.case)
    assert row.published_on is not None
    assert row.due_on < row.published_on == clock.today(), "published, and late"


@pytest.mark.parametrize("held_back", [False, True])
def test_what_is_public_or_held_back_on_a_ground_of_the_law_in_time_is_found_nowhere(
    county: County, held_back: bool
) -> None:
    served(county, decided(county))
    worked()
    row = Disclosure.objects.kept().get(kind="revoke")
    if held_back:
        publishing.hold_back(row.stream, "state_secret", county.actor("decider"), clock.now(), uuid4())
    else:
        later(county, 3)
    worked()
    assert not Watch.objects.kept().filter(stream=row.case).exists(), "nothing is waited for any more"
    later(county, 30)
    worked()

    assert found() == []


def granted(county: County) -> Filed:
    case = filed(county).examined().do("decider", lambda given: c.Decide(**given, outcome="grant"))
    looked()
    return case


def looked() -> None:
    """What was recorded is followed, and supervision looks; nobody publishes."""
    sequence.sequence()
    while run([Publicity(), watching.Watching()], now=microseconds(clock.now())):
        pass
    watching.look_at_due(clock.now())


def late_grants() -> list[Card]:
    return list(Card.objects.kept().filter(rule=ends.OF_GRANTS))


def test_a_grant_that_is_not_public_in_seven_working_days_is_found_once_and_put_right_by_publishing_it(
    county: County,
) -> None:
    case = granted(county)
    row = Disclosure.objects.kept().get(case=case.stream)

    later(county, (row.due_on - clock.today()).days)
    looked()
    assert late_grants() == [], "its last day"
    later(county, 1)
    looked()
    looked()

    (card,) = late_grants()
    assert (card.on, card.case, card.status, card.colour) == (clock.today(), case.stream, "fired", "yellow")
    assert publishing.work(clock.now()) == 1
    looked()
    (card,) = late_grants()
    assert (card.status, card.result) == ("closed", "rectified")
    later(county, 30)
    looked()
    assert [each.stream for each in late_grants()] == [card.stream]
    before = list(Card.objects.kept().order_by("stream").values())
    rebuild()
    assert list(Card.objects.kept().order_by("stream").values()) == before


@pytest.mark.parametrize("held_back", [False, True])
def test_a_grant_that_is_public_or_held_back_on_a_ground_of_the_law_in_time_raises_no_card(
    county: County, held_back: bool
) -> None:
    case = granted(county)
    row = Disclosure.objects.kept().get(case=case.stream)
    if held_back:
        publishing.hold_back(row.stream, "business_secret", county.actor("decider"), clock.now(), uuid4())
    else:
        later(county, (row.due_on - clock.today()).days)
        assert publishing.work(clock.now()) == 1, "on its last day"

    later(county, 30)
    looked()

    assert late_grants() == []
