"""A change of law as a plan: looked at case by case, released by a second person, carried out once a case, undone.

Cases were accepted on Tuesday 3 March 2026; the notice makes Thursday the 5th a day off.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banjie.cases import plans, rebuild, recount
from banjie.cases.handle import kept, laws
from banjie.cases.models import Plan, PlanLine
from banjie.duties.notices.follow import Inbox
from banjie.duties.notices.models import Message
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records import catalogue
from banjie.records.catalogue import calendars, queries
from banjie.records.catalogue.models import CalendarVersion
from banjie.records.catalogue.notice_file import BadNotice, Notice
from banjie.store.log import read
from tests.cases.house import House, instant
from tests.cast import SIGNED

pytestmark = pytest.mark.database

DAY_OFF = date(2026, 3, 5)


def notice(house: House, *days: date, year: int = 2026, status: str = "official") -> Notice:
    """The year as it counts now, with these days off besides."""
    row = calendars.newest("CN")
    assert row is not None
    known = next(each for each in calendars.plain_of(row)["years"] if each["year"] == year)
    more = [{"name": "示范日", "english": "", "from": str(day), "to": str(day)} for day in days]
    changed = {
        **known, "status": status, "document": "示例通知〔2026〕1号", "published_on": "2026-03-01",
        "holidays": [*known["holidays"], *more],
    }  # fmt: skip
    return Notice((changed,), ())


def second(house: House) -> c.Actor:
    """The other keeper of the calendar."""
    return replace(house.cast.calendar_keeper, id="p-second-keeper")


def proposed(house: House, what: Notice | None = None, region: str = "CN") -> Plan:
    """A plan for this notice, looked at to the end."""
    row = plans.propose_calendar(
        region, what or notice(house, DAY_OFF), "放假安排调整", by=house.cast.calendar_keeper, at=house.now,
        command_id=uuid4(),
    )  # fmt: skip
    while row.stage == plans.PROPOSED:
        recount.look(row, house.now, most=2)
        row.refresh_from_db()
    return row


def released(house: House, row: Plan, by: c.Actor | None = None) -> Plan:
    """The same plan, released by the second person."""
    return plans.release(row.stream, by=by or second(house), at=house.now, command_id=uuid4())


def carried_out(house: House, row: Plan, most: int = 2) -> Plan:
    """The same plan, carried out to its end."""
    for _ in range(20):
        recount.carry(row, lambda: house.now + timedelta(seconds=3), most)
        row.refresh_from_db()
        if row.stage == plans.CARRIED_OUT:
            return row
    raise AssertionError("a plan ends")


def accepted(house: House, number: int) -> list[UUID]:
    """Cases handed in on the 2nd and accepted on the 3rd."""
    house.at = instant("2026-03-02")
    streams = [house.submitted() for _ in range(number)]
    house.at = instant("2026-03-03")
    for stream in streams:
        house.do(stream, c.Accept, house.cast.clerk)
    return sorted(streams)


def refused(do: Callable[[], Any]) -> str:
    """The code of the no."""
    with pytest.raises(NotPossible) as no:
        do()
    return no.value.code


def legal(house: House, stream: UUID) -> date | None:
    """The statutory day as the lists show it."""
    return house.row(stream).legal_due_on


def test_a_plan_shows_every_case_whose_date_moves_and_changes_nothing(demo):
    streams = accepted(demo, 3)
    before = [demo.kinds(each) for each in streams]

    row = proposed(demo)

    lines = {each.stream: each for each in PlanLine.objects.kept().filter(plan=row)}
    assert sorted(lines) == streams
    assert ["legal", "", "2026-03-17", "2026-03-18"] in lines[streams[0]].moved
    assert (row.stage, row.seen, row.moved, row.blocked) == ("previewed", 3, 3, 0)
    assert [demo.kinds(each) for each in streams] == before
    assert {legal(demo, each) for each in streams} == {date(2026, 3, 17)}
    assert calendars.newest("CN").version == "CN-test-1"


def test_only_a_second_person_of_the_post_releases_it(demo):
    accepted(demo, 1)
    row = proposed(demo)

    assert refused(lambda: released(demo, row, demo.cast.calendar_keeper)) == "second_person_needed"
    assert refused(lambda: released(demo, row, demo.cast.clerk)) == "needs_calendar_keeper"
    assert refused(lambda: released(demo, row, demo.cast.applicant)) == "staff_only"
    assert calendars.newest("CN").version == "CN-test-1"

    assert released(demo, row).stage == "released"
    assert calendars.newest("CN").version == row.target


def test_carrying_out_moves_each_case_by_one_fact(demo):
    streams = accepted(demo, 3)
    row = carried_out(demo, released(demo, proposed(demo)))

    for stream in streams:
        (fact,) = [each for each in demo.facts(stream) if isinstance(each, e.Redated)]
        assert (fact.before, fact.calendar, fact.plan) == ("CN-test-1", row.target, row.stream.hex)
        assert fact.basis == "示例通知〔2026〕1号"
        assert e.Moved(e.Clock.LEGAL, date(2026, 3, 17), date(2026, 3, 18)) in fact.moved
        assert fact.by.id == "p-second-keeper"
        assert legal(demo, stream) == date(2026, 3, 18)
    assert (row.seen, row.moved, row.blocked) == (3, 3, 0)
    assert list(rebuild.differences()) == []


def test_new_cases_count_by_it_from_the_release_on(demo):
    (old,) = accepted(demo, 1)
    row = released(demo, proposed(demo))

    new = demo.submitted()

    assert demo.row(new).calendar == row.target
    assert demo.row(old).calendar == "CN-test-1"


def test_broken_off_anywhere_it_goes_on_and_moves_no_case_twice(demo):
    streams = accepted(demo, 5)
    row = released(demo, proposed(demo))
    calls = iter(range(3))

    def clock_that_stops():
        next(calls)
        return demo.now

    with pytest.raises((StopIteration, RuntimeError)):
        recount.carry(row, clock_that_stops, most=5)  # three are moved, and then the worker is killed
    kept.forget()
    laws.forget()
    row.refresh_from_db()
    assert (row.seen, sum("redated" in demo.kinds(each) for each in streams)) == (0, 3)

    row = carried_out(demo, row)

    assert [demo.kinds(each).count("redated") for each in streams] == [1] * 5
    assert (row.seen, row.moved) == (5, 5)


def test_two_workers_at_one_page_count_it_once(demo):
    accepted(demo, 3)
    row = released(demo, proposed(demo))
    other = Plan.objects.kept().get(stream=row.stream)

    recount.carry(row, lambda: demo.now, most=2)
    assert recount.carry(other, lambda: demo.now, most=2) == 0

    row.refresh_from_db()
    assert row.seen == 2


def test_what_happened_since_the_preview_is_looked_at_again(demo):
    withdrawn, other, stays = accepted(demo, 3)
    row = proposed(demo)
    demo.do(withdrawn, c.Withdraw, demo.cast.applicant)
    late = demo.submitted()
    row = carried_out(demo, released(demo, row))

    assert "redated" not in demo.kinds(withdrawn)
    assert {demo.row(each).calendar for each in (other, stays, late)} == {row.target}
    assert row.seen == 3
    assert PlanLine.objects.kept().get(plan=row, stream=withdrawn).done == ""


def test_a_case_that_arrived_while_it_was_released_is_found_at_the_end(demo):
    accepted(demo, 1)
    row = released(demo, proposed(demo))
    recount.carry(row, lambda: demo.now, most=2)
    row.refresh_from_db()
    assert row.stage == "released", "somebody may have been handing in just then"

    assert carried_out(demo, row).stage == "carried_out"


def test_a_case_whose_dates_do_not_move_counts_by_it_without_being_told(demo):
    (stream,) = accepted(demo, 1)
    row = carried_out(demo, released(demo, proposed(demo, notice(demo, date(2026, 12, 24)))))

    (fact,) = [each for each in demo.facts(stream) if isinstance(each, e.Redated)]
    assert fact.moved == ()
    Inbox().handle(read.entries(stream)[-1])
    assert not Message._base_manager.exists(), "a message about a date that stays is noise"
    assert (row.seen, row.moved) == (1, 0)
    assert not PlanLine.objects.kept().filter(plan=row).exists()


def test_undoing_is_a_plan_of_its_own_back_to_the_days_of_before(demo):
    (stream,) = accepted(demo, 1)
    row = carried_out(demo, released(demo, proposed(demo)))

    back = plans.undo(row.stream, "通知有误", by=second(demo), at=demo.now, command_id=uuid4())
    recount.look(back, demo.now)
    back.refresh_from_db()
    assert back.stage == "previewed"
    assert refused(lambda: released(demo, back, second(demo))) == "second_person_needed"
    back = carried_out(demo, released(demo, back, demo.cast.calendar_keeper))

    row.refresh_from_db()
    assert row.undone_by == back.stream
    assert legal(demo, stream) == date(2026, 3, 17)
    assert [each.calendar for each in demo.facts(stream) if isinstance(each, e.Redated)] == [row.target, back.target]
    again = {"by": second(demo), "at": demo.now, "command_id": uuid4()}
    assert refused(lambda: plans.undo(row.stream, "再来", **again)) == "plan_undone"
    assert refused(lambda: plans.undo(uuid4(), "没有", **again)) == "no_such_plan"


def test_what_was_not_released_cannot_be_undone(demo):
    accepted(demo, 1)
    row = proposed(demo)

    undo = {"by": second(demo), "at": demo.now, "command_id": uuid4()}
    assert refused(lambda: plans.undo(row.stream, "撤", **undo)) == "plan_not_carried_out"


def test_a_plan_is_released_only_when_every_case_was_looked_at(demo):
    accepted(demo, 3)
    row = plans.propose_calendar(
        "CN", notice(demo, DAY_OFF), "调整", by=demo.cast.calendar_keeper, at=demo.now, command_id=uuid4()
    )
    recount.look(row, demo.now, most=2)

    assert refused(lambda: released(demo, row)) == "plan_not_previewed"


def test_one_plan_at_a_time_and_one_that_is_put_aside_changes_nothing(demo):
    (stream,) = accepted(demo, 1)
    row = proposed(demo)
    assert refused(lambda: proposed(demo)) == "plan_open"

    plans.drop(row.stream, by=demo.cast.calendar_keeper, at=demo.now, command_id=uuid4())

    row.refresh_from_db()
    assert (row.stage, legal(demo, stream)) == ("dropped", date(2026, 3, 17))
    assert refused(lambda: released(demo, row)) == "plan_not_open"
    assert proposed(demo).stage == "previewed"


def test_a_plan_that_something_else_overtook_is_not_released(demo):
    accepted(demo, 1)
    row = proposed(demo)
    demo.load_calendar("CN-other")

    assert refused(lambda: released(demo, row)) == "plan_overtaken"
    done = {"by": second(demo), "at": demo.now, "command_id": uuid4()}
    plans.drop(row.stream, **done)
    late = carried_out(demo, released(demo, proposed(demo)))
    demo.load_calendar("CN-third")
    assert refused(lambda: plans.undo(late.stream, "撤", **{**done, "command_id": uuid4()})) == "plan_overtaken"


def test_what_changes_nothing_is_not_proposed(demo):
    assert refused(lambda: proposed(demo, notice(demo))) == "calendar_unchanged"


def test_a_notice_that_cannot_follow_the_version_before_is_refused_with_its_year(demo):
    far = {**notice(demo).years[0], "year": 2040, "holidays": [], "workdays": [], "status": "provisional"}
    back = {**notice(demo).years[0], "status": "provisional"}
    over = Notice((), ({"region": "999922", "holidays": [], "workdays": []},))

    told = []
    for each, region in ((Notice((far,), ()), "CN"), (Notice((back,), ()), "CN"), (over, "CN")):
        with pytest.raises(BadNotice) as bad:
            proposed(demo, each, region)
        told.append(bad.value.problems[0].code)

    assert told == ["year_missing_between", "official_stays_official", "overlay_of_a_region"]


def test_a_reason_is_needed(demo):
    with pytest.raises(BadInput):
        plans.propose_calendar(
            "CN", notice(demo, DAY_OFF), " ", by=demo.cast.calendar_keeper, at=demo.now, command_id=uuid4()
        )


def test_cases_of_a_region_with_a_calendar_of_its_own_are_left_alone(demo):
    (here,) = accepted(demo, 1)
    overlay = {
        "region": "999922",
        "holidays": [{"name": "示范节", "english": "", "from": str(DAY_OFF), "to": str(DAY_OFF)}],
    }
    row = carried_out(demo, released(demo, proposed(demo, Notice((), ({**overlay, "workdays": []},)), "999922")))

    assert (row.seen, row.moved) == (0, 0), "it is none of its cases"
    assert demo.row(here).calendar == "CN-test-1"
    assert queries.current_calendar("999922").version == row.target
    assert queries.current_calendar("999921").version == "CN-test-1"

    national = carried_out(demo, released(demo, proposed(demo)))
    assert demo.row(here).calendar == national.target
    assert queries.current_calendar("999922").version == row.target


def test_looking_costs_as_many_statements_for_few_cases_as_for_many(demo):
    def statements(number: int) -> int:
        accepted(demo, number)
        row = plans.propose_calendar(
            "CN", notice(demo, DAY_OFF), "调整", by=demo.cast.calendar_keeper, at=demo.now, command_id=uuid4()
        )
        with CaptureQueriesContext(
            connection,
        ) as asked:
            recount.look(row, demo.now)
        plans.drop(row.stream, by=demo.cast.calendar_keeper, at=demo.now, command_id=uuid4())
        return len(asked)

    statements(1)
    few = statements(1)

    assert statements(6) == few


def test_rows_are_made_again_from_their_streams(demo):
    accepted(demo, 1)
    row = carried_out(demo, released(demo, proposed(demo)))
    back = plans.undo(row.stream, "通知有误", by=second(demo), at=demo.now, command_id=uuid4())
    recount.look(back, demo.now)
    released(demo, back, demo.cast.calendar_keeper)
    before = list(Plan.objects.kept().order_by("stream").values())

    plans.rebuild()

    after = list(Plan.objects.kept().order_by("stream").values())
    for was in (*before, *after):
        was.pop("cursor")
    assert after == before
    assert PlanLine.objects.kept().filter(plan=row).count() == 1


# Versions of a procedure


def next_version(house: House, **changes: Any) -> None:
    """Publish the next version of the item, in force today."""
    new = replace(house.procedure, version=house.procedure.version + 1, effective_from=house.now.date(), **changes)
    catalogue.publish(new, by="p-keeper", at=house.now, command_id=uuid4(), signed=SIGNED)


def keeper(name: str = "p-catalogue") -> c.Actor:
    """A keeper of the catalogue."""
    return c.Actor(name, e.ActorKind.STAFF, frozenset({"catalogue_keeper"}), "legal", "a")


def moving(house: House, before: int = 1, version: int = 2) -> Plan:
    """A plan to move the running cases, looked at to the end."""
    row = plans.propose_version(
        house.code, before, version, "示例办法第二十条", "新办法适用于在办件", by=keeper(), at=house.now,
        command_id=uuid4(),
    )  # fmt: skip
    while row.stage == plans.PROPOSED:
        recount.look(row, house.now, most=2)
        row.refresh_from_db()
    return row


def test_a_case_stays_on_its_version_until_a_plan_moves_it(demo):
    (stream,) = accepted(demo, 1)
    longer = replace(demo.procedure.statutory_limit, number=demo.procedure.statutory_limit.number + 3)
    next_version(demo, statutory_limit=longer)
    assert legal(demo, stream) == date(2026, 3, 17)

    row = moving(demo)
    assert refused(lambda: plans.release(row.stream, by=keeper(), at=demo.now, command_id=uuid4())) == (
        "second_person_needed"
    )
    row = carried_out(demo, plans.release(row.stream, by=keeper("p-other"), at=demo.now, command_id=uuid4()))

    fact = demo.facts(stream)[-1]
    assert isinstance(fact, e.MovedToVersion)
    assert (fact.before, fact.version, fact.second, fact.plan) == (1, 2, "p-catalogue", row.stream.hex)
    assert fact.digest != fact.before_digest
    assert legal(demo, stream) == date(2026, 3, 20)
    assert demo.row(stream).procedure_version == 2
    assert list(rebuild.differences()) == []
    back = plans.undo(row.stream, "撤回", by=keeper(), at=demo.now, command_id=uuid4())
    recount.look(back, demo.now)
    carried_out(demo, plans.release(back.stream, by=keeper("p-other"), at=demo.now, command_id=uuid4()))
    assert (demo.row(stream).procedure_version, legal(demo, stream)) == (1, date(2026, 3, 17))


def test_a_case_that_cannot_follow_is_named_with_its_state_and_stays(demo):
    stays, moves = accepted(demo, 2)
    demo.at = instant("2026-03-16")  # the statutory limit of 10 working days ends on the 17th, one of 8 on the 13th
    fresh = demo.submitted()
    demo.do(fresh, c.Accept, demo.cast.clerk)
    next_version(demo, statutory_limit=demo.procedure.committed_limit)

    row = carried_out(demo, plans.release(moving(demo).stream, by=keeper("p-other"), at=demo.now, command_id=uuid4()))

    told = {each.stream: (each.code, each.done) for each in PlanLine.objects.kept().filter(plan=row)}
    assert told[stays] == told[moves] == ("over_by_new_limit", "stays")
    assert told[fresh] == ("", "moved")
    assert (demo.row(stays).procedure_version, demo.row(fresh).procedure_version) == (1, 2)
    assert (row.moved, row.blocked) == (1, 2)


def test_a_case_is_moved_by_a_process_that_kept_it_from_before(demo):
    (stream,) = accepted(demo, 1)
    next_version(demo)
    row = moving(demo)
    carried_out(demo, plans.release(row.stream, by=keeper("p-other"), at=demo.now, command_id=uuid4()))

    done = demo.do(stream, c.AppointContact, demo.cast.clerk, contact=e.Person("p-new"))

    assert done.version == demo.version(stream)
    assert CalendarVersion.objects.count() == 1


def test_a_plan_between_versions_names_two_that_are_there(demo):
    next_version(demo)

    assert refused(lambda: moving(demo, 1, 1)) == "version_already"
    assert refused(lambda: moving(demo, 1, 7)) == "no_such_version"
    with pytest.raises(BadInput):
        plans.propose_version(demo.code, 1, 2, " ", "理由", by=keeper(), at=demo.now, command_id=uuid4())
    given = {"by": demo.cast.clerk, "at": demo.now, "command_id": uuid4()}
    assert refused(lambda: plans.propose_version(demo.code, 1, 2, "据", "由", **given)) == "needs_catalogue_keeper"
