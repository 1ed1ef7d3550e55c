"""Inspections, patrols, circulars and windows by lot: M226-M229, M303."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from banjie.duties.inspections import circulars, queries, rotation, visits
from banjie.duties.inspections.models import Circular, Problem, Standing, Visit
from banjie.duties.inspections.rebuild import rebuild
from banjie.duties.inspections.visits import Look
from banjie.engine.lots import drawn
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.organisation import windows
from banjie.records.organisation.queries import staff_of_unit
from banjie.store.log import read
from banjie.web import clock
from tests.county import County

pytestmark = pytest.mark.database

REGION, HALL = "999921", "hall-window"
WRONG = (("attitude", "对来办事的人说“没看到在忙吗”。"), ("discipline", "9时20分窗口无人。"))


def look(
    county: County, kind: str, on: date, *problems: tuple[str, str], people: int = 2, by: str = "inspector"
) -> Visit:
    inspectors = (county.actor("inspector").id, county.actor("second_inspector").id)[:people]
    made = Look(kind, HALL, on, inspectors, problems, "hall-1")
    return visits.record_visit(made, county.actor(by), uuid4(), clock.now())


@pytest.mark.requirement("M226")
def test_a_month_without_an_inspection_is_named(county: County) -> None:
    county.move_to(clock.now().replace(month=6, day=10))
    look(county, "open", date(2026, 3, 12))
    look(county, "undercover", date(2026, 5, 20))
    look(county, "daily", date(2026, 4, 2), people=1)

    missed = visits.months_without(REGION, date(2026, 2, 1), date(2026, 6, 10))

    assert missed == [(2026, 2), (2026, 4)], "a patrol is no inspection, and June is not over"
    assert visits.months_without(REGION, date(2025, 12, 3), date(2026, 2, 1)) == [(2025, 12), (2026, 1)]


@pytest.mark.requirement("M228", "M229")
def test_patrols_are_recorded_with_what_they_found_and_with_nothing_too(county: County) -> None:
    today = clock.today()
    quiet = look(county, "daily", today, people=1)
    loud = look(county, "unscheduled", today, *WRONG, people=1)

    assert [each.stream for each in queries.visits(REGION)] == [loud.stream, quiet.stream]
    found = list(queries.open_problems(HALL))
    assert [(each.about, visits.written(each.visit_id, each.ref)) for each in found] == list(WRONG)
    assert WRONG[0][1].encode() not in b"".join(bytes(each.body) for each in read.entries(loud.stream))


def test_what_was_wrong_is_put_right_by_the_head_of_the_unit_alone(county: County) -> None:
    look(county, "daily", clock.today(), WRONG[0], people=1)
    (problem,) = queries.open_problems(HALL)

    for role in ("clerk", "inspector"):
        with pytest.raises(NotPossible):
            visits.settle(problem.visit_id, problem.nth, "已谈话", county.actor(role), uuid4(), clock.now())
    with pytest.raises(NotPossible) as no:
        visits.settle(problem.visit_id, problem.nth, "已谈话", county.actor("section_head"), uuid4(), clock.now())
    assert no.value.code == "not_your_unit"
    visits.settle(problem.visit_id, problem.nth, "已谈话、道歉。", county.actor("hall_head"), uuid4(), clock.now())

    problem.refresh_from_db()
    assert problem.settled_at
    assert visits.written(problem.visit_id, problem.answer_ref) == "已谈话、道歉。"
    assert not queries.open_problems(HALL).exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"people": 1}, "two_inspectors"),
        ({"by": "clerk"}, "needs_one_of"),
        ({"on": date(2027, 1, 1)}, "bad_input"),
        ({"kind": "surprise"}, "bad_input"),
    ],
)
def test_what_is_no_inspection_is_refused(county: County, change: dict[str, object], code: str) -> None:
    given = {"kind": "undercover", "on": clock.today(), **change}

    with pytest.raises(NotPossible) as no:
        look(county, given.pop("kind"), given.pop("on"), **given)  # type: ignore[arg-type]

    assert no.value.code == code
    assert not Visit.objects.exists()


@pytest.mark.requirement("M227")
def test_what_was_found_is_made_public_once_and_a_circular_that_is_late_is_named(county: County) -> None:
    look(county, "open", date(2026, 3, 2), *WRONG)
    county.move_to(clock.now().replace(month=6, day=5))
    assert circulars.due_since(REGION, date(2026, 6, 1)) is None
    assert circulars.due_since(REGION, date(2026, 6, 5)) == date(2026, 6, 2)

    by = county.actor("inspector")
    first = circulars.publish(date(2026, 3, 1), date(2026, 5, 31), by, uuid4(), clock.now())

    assert (first.number, first.problems) == ("999921-2026-01", 2)
    assert [each.about for each in circulars.problems_of(first.number)] == ["attitude", "discipline"]
    assert circulars.due_since(REGION, date(2026, 6, 5)) is None
    again = circulars.publish(date(2026, 3, 1), date(2026, 5, 31), by, uuid4(), clock.now())
    assert (again.number, again.problems) == ("999921-2026-02", 0), "what was told is not told twice"
    with pytest.raises(NotPossible) as no:
        circulars.publish(date(2025, 1, 1), date(2025, 2, 1), by, uuid4(), clock.now())
    assert no.value.code == "nobody_looked"


@pytest.mark.requirement("M303")
def test_who_stands_at_a_window_is_drawn_and_anybody_can_draw_again(county: County) -> None:
    day = clock.today() + timedelta(days=1)

    places = rotation.draw_places(day, county.actor("hall_head"), uuid4(), clock.now())

    clerks = {each.user.pseudonym for each in staff_of_unit(HALL, "clerk", day)}
    assert {each.person for each in places} <= clerks
    assert len(places) == min(len(clerks), len(windows.of_unit(HALL)))
    (fact,) = read.entries(places[0].stream)
    told = read.plain(fact)
    again = drawn(told["people"], len(told["windows"]), told["seed"], f"{HALL}/{day}")
    assert [each.person for each in places] == list(again)[: len(places)]
    with pytest.raises(NotPossible) as no:
        rotation.draw_places(day, county.actor("hall_head"), uuid4(), clock.now())
    assert no.value.code == "already_drawn"
    with pytest.raises(NotPossible):
        rotation.draw_places(day, county.actor("clerk"), uuid4(), clock.now())


def test_the_rows_are_what_the_facts_say(county: County) -> None:
    look(county, "open", clock.today(), *WRONG)
    (first, _) = queries.open_problems(HALL)
    visits.settle(first.visit_id, first.nth, "已改正。", county.actor("hall_head"), uuid4(), clock.now())
    circulars.publish(clock.today(), clock.today(), county.actor("inspector"), uuid4(), clock.now())
    rotation.draw_places(clock.today(), county.actor("hall_head"), uuid4(), clock.now())
    models = (Visit, Problem, Circular, Standing)
    before = [sorted(map(str, model._base_manager.values_list())) for model in models]

    rebuild()

    assert [sorted(map(str, model._base_manager.values_list())) for model in models] == before


def test_nonsense_is_told_and_nothing_is_recorded(county: County) -> None:
    with pytest.raises(BadInput):
        look(county, "daily", clock.today(), ("attitude", "  "), people=1)
    with pytest.raises(BadInput):
        look(county, "daily", clock.today(), ("weather", "下雨"), people=1)

    assert not Visit.objects.exists()
