"""What is counted of a case stands in its row, comes back byte for byte, and adds up item by item in one statement."""

from datetime import date
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banjie.cases import queries
from banjie.cases.models import Case
from banjie.cases.rebuild import differences, rebuild
from banjie.cases.scope import whole_house
from banjie.engine import commands as c
from banjie.engine import events as e
from tests.cases.house import DISPATCH, House, instant
from tests.cast import whole_life

pytestmark = pytest.mark.database

COLUMNS = ("visits", "materials", "identity_only", "hand_offs", "done_at_once")


def counted(house: House, stream: UUID) -> tuple[object, ...]:
    """What stands in the row of a case."""
    row = house.row(stream)
    return tuple(getattr(row, name) for name in COLUMNS)


def brought(house: House, *others: str) -> UUID:
    """An application brought to the window, with these materials (all of them where none is named)."""
    provided = house.application().provided
    chosen = tuple(each for each in provided if not others or each.material in others)
    return house.submit(house.cast.clerk, provided=chosen).stream


def closed(house: House, stream: UUID) -> UUID:
    """The case led to its end on one day."""
    for _, make in whole_life(house.cast):
        house_at = make(house.version(stream))
        house.do(stream, type(house_at), house_at.by, **arguments(house_at))
    return stream


def arguments(command: c.Command) -> dict[str, object]:
    """The arguments of a command without its envelope."""
    return {name: getattr(command, name) for name in command.__dataclass_fields__ if name not in c.ENVELOPE}


@pytest.mark.requirement("M096", "M112", "M376")
def test_the_row_counts_trips_papers_and_hand_offs_as_they_happen(demo):
    stream = brought(demo)
    handed_in = len(demo.procedure.materials)
    assert counted(demo, stream) == (1, handed_in, False, 0, False)

    demo.at = instant("2026-03-03")
    demo.do(stream, c.RecordVisit, demo.cast.clerk, reason="show_originals")
    paper = demo.procedure.materials[0].id
    demo.do(stream, c.SendPapers, demo.cast.clerk, materials=(paper,), to_unit=demo.procedure.decides)

    assert counted(demo, stream) == (2, handed_in, False, 1, False)
    assert list(differences()) == []


@pytest.mark.requirement("M111")
def test_what_was_done_at_once_stands_in_the_row(demo):
    stream = closed(demo, brought(demo))

    assert demo.row(stream).done_at_once is True


@pytest.mark.requirement("M112")
def test_who_showed_only_a_business_licence_or_an_identity_card_stands_apart(demo):
    demo.of_item(DISPATCH)

    assert demo.row(brought(demo, "identity")).identity_only is True
    assert demo.row(brought(demo, "identity", "business_licence")).identity_only is True
    assert demo.row(brought(demo, "identity", "articles")).identity_only is False


def test_the_counts_come_back_byte_for_byte(demo):
    stream = closed(demo, brought(demo))
    before = counted(demo, stream)
    with whole_house("a test spoils the counts"):
        Case.objects.everything().update(visits=7, materials=0, identity_only=True, hand_offs=3, done_at_once=False)

    assert len(list(differences())) == 1
    assert rebuild() == 1
    assert (counted(demo, stream), list(differences())) == (before, [])


@pytest.mark.requirement("M096", "M111", "M112", "M376")
def test_the_shares_of_an_item_add_up_in_one_statement(demo):
    paper = demo.procedure.materials[0].id
    once, on_line, twice = brought(demo, paper), demo.submitted(), brought(demo)
    demo.do(twice, c.SendPapers, demo.cast.clerk, materials=(paper,), to_unit=demo.procedure.decides)
    demo.at = instant("2026-03-03")
    demo.do(twice, c.RecordVisit, demo.cast.clerk, reason="correct", materials=(paper,))
    for stream in (once, on_line, twice):
        demo.do(stream, c.Withdraw, demo.cast.applicant)
    demo.submitted()  # still open: not counted

    with CaptureQueriesContext(
        connection,
    ) as asked:
        (totals,) = queries.totals(date(2026, 3, 1), date(2026, 3, 31))

    assert len([each for each in asked.captured_queries if '"case"' in each["sql"]]) == 1
    every = len(demo.procedure.materials)
    assert (totals.procedure, totals.cases, totals.visits) == (demo.code, 3, 3)
    assert (totals.no_visit, totals.one_visit, totals.over_promise) == (1, 2, 2), "the item announces none"
    assert (totals.materials, totals.five_materials) == (2 * every + 1, 1 if every > 5 else 3)
    assert (totals.hand_offs, totals.at_once, totals.identity_only) == (1, 0, 0)
    assert [totals.share(each) for each in (totals.one_visit, totals.cases)] == [67, 100]
    assert queries.totals(date(2026, 4, 1), date(2026, 4, 30)) == []
    assert queries.totals(date(2026, 3, 1), date(2026, 3, 31), "00000") == []
    assert isinstance(demo.facts(twice)[-1], e.Withdrawn)
