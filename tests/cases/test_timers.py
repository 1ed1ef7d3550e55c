"""What time brings about if nobody acts: at its legal instant, once, whoever notices it and however late."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from banjie import words
from banjie.cases import timers
from banjie.cases.handle import carry_out_timers, handle, kept
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.guards import BadInput
from banjie.engine.guide import Removal
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import Limit, Unit
from tests.cases.house import House, instant
from tests.cases.tampering import key, run, without_guards
from tests.cast import envelope
from tests.databases import in_threads

pytestmark = pytest.mark.database

MIDNIGHT = instant("2026-03-10", "00:00")
"""When an application of Monday 2 March is accepted by law: five working days passed on Monday the 9th."""


def test_nothing_happens_before_its_day(demo):
    stream = demo.submitted()

    assert timers.carry_out_due(MIDNIGHT - timedelta(microseconds=1)) == 0
    assert carry_out_timers(stream, MIDNIGHT - timedelta(microseconds=1)).events == ()
    assert demo.kinds(stream) == ["submitted"]


def test_an_application_nobody_answered_is_accepted_by_law_from_the_day_it_came(demo):
    stream = demo.submitted()

    assert timers.carry_out_due(MIDNIGHT) == 1

    fact = demo.facts(stream)[-1]
    assert isinstance(fact, e.DeemedAccepted)
    assert (fact.at, fact.accept_on, fact.by.kind) == (MIDNIGHT, date(2026, 3, 2), e.ActorKind.TIMER)
    row = demo.row(stream)
    assert (row.stage, row.accepted_on, row.promised_due_on) == ("accepted", date(2026, 3, 2), date(2026, 3, 12))
    assert timers.carry_out_due(MIDNIGHT) == 0


def test_a_refused_command_still_records_what_time_has_brought_about(demo):
    stream = demo.submitted()
    demo.at = instant("2026-03-11")

    with pytest.raises(NotPossible) as no:
        demo.do(stream, c.Decline, demo.cast.clerk, seen=1, ground="barred_78")

    assert no.value.code == "already_accepted_by_law"
    assert "2026" in words.refusal(no.value, "en").what
    assert demo.kinds(stream) == ["submitted", "deemed_accepted"]
    assert demo.facts(stream)[-1].at == MIDNIGHT
    assert demo.row(stream).stage == "accepted"


def test_it_is_recorded_once_however_often_somebody_is_refused(demo):
    stream = demo.submitted()
    demo.at = instant("2026-03-11")

    for _ in range(3):
        with pytest.raises(NotPossible):
            demo.do(stream, c.Accept, demo.cast.clerk, seen=1)
    timers.carry_out_due(demo.at)

    assert demo.kinds(stream) == ["submitted", "deemed_accepted"]


def test_a_command_that_is_possible_comes_after_what_time_brought_about(demo):
    stream = demo.submitted()
    demo.at = instant("2026-03-11")

    done = demo.do(stream, c.Withdraw, demo.cast.applicant, seen=2)

    assert [type(fact) for fact in done.events] == [e.DeemedAccepted, e.Withdrawn]
    assert demo.kinds(stream) == ["submitted", "deemed_accepted", "withdrawn"]


def test_who_saw_the_case_before_time_moved_it_is_told(demo):
    stream = demo.submitted()
    demo.at = instant("2026-03-11")

    with pytest.raises(NotPossible) as no:
        demo.do(stream, c.Withdraw, demo.cast.applicant, seen=1)

    assert no.value.code == "changed_meanwhile"
    assert demo.kinds(stream) == ["submitted", "deemed_accepted"]


def test_a_command_with_a_bad_file_still_records_what_time_has_brought_about(demo):
    stream = demo.examined()
    demo.at = instant("2026-03-20")
    lost = e.FileRef("f" * 32, "0" * 64)
    entry = c.LateEntry(paper_at=demo.at, scan=lost, outage="停机登记 3 号", second="p-second")
    decide = c.Decide(**envelope(demo.cast.decider, demo.at, seen=demo.version(stream) + 1), outcome="grant")

    with pytest.raises(BadInput):
        handle(stream, replace(decide, late=entry))

    assert demo.kinds(stream)[-2:] == ["examined", "limit_passed"]
    assert demo.facts(stream)[-1].at == instant("2026-03-17", "00:00")


def test_a_correction_that_comes_too_late_finds_the_case_lapsed(demo):
    provided = demo.application().provided
    stream = demo.submit(provided=provided[1:]).stream
    missing = c.Citation(e.PointKind.MATERIAL, provided[0].material, e.Defect.MISSING)
    demo.do(stream, c.RequestCorrection, demo.cast.clerk, points=(missing,))

    demo.at = instant("2026-03-17", "00:00")
    with pytest.raises(NotPossible) as no:
        demo.do(stream, c.SubmitCorrection, demo.cast.applicant, provided=provided[:1])

    assert no.value.code == "already_closed"
    assert demo.kinds(stream)[-1] == "lapsed"
    assert demo.facts(stream)[-1].at == instant("2026-03-17", "00:00")


def test_many_workers_at_once_record_it_once(demo):
    streams = [demo.submitted() for _ in range(6)]

    touched = in_threads(*[lambda: timers.carry_out_due(MIDNIGHT)] * 8)

    assert sum(touched) == 6
    assert [demo.kinds(stream) for stream in streams] == [["submitted", "deemed_accepted"]] * 6


def test_worker_and_clerk_at_once_record_it_once(demo):
    streams = [demo.submitted() for _ in range(10)]
    demo.at = MIDNIGHT

    def clerk() -> None:
        for stream in streams:
            with pytest.raises(NotPossible):
                handle(stream, c.Accept(**envelope(demo.cast.clerk, MIDNIGHT, seen=1)))

    in_threads(clerk, clerk, lambda: timers.carry_out_due(MIDNIGHT), lambda: timers.carry_out_due(MIDNIGHT))

    assert [demo.kinds(stream) for stream in streams] == [["submitted", "deemed_accepted"]] * 10


@pytest.mark.parametrize("asleep", [0, 4, 40])
def test_a_worker_that_stood_still_for_days_changes_no_date(demo, asleep):
    stream = demo.submitted()

    timers.carry_out_due(MIDNIGHT + timedelta(days=asleep))

    deemed, *later = demo.facts(stream)[1:]
    assert (deemed.at, deemed.accept_on) == (MIDNIGHT, date(2026, 3, 2))
    assert [(fact.at, fact.due) for fact in later] == (
        [(instant("2026-03-17", "00:00"), date(2026, 3, 16))] if asleep == 40 else []
    )
    row = demo.row(stream)
    assert (row.promised_due_on, row.legal_due_on) == (date(2026, 3, 12), date(2026, 3, 16))


def test_waking_late_leaves_the_very_facts_of_being_awake(demo):
    awake, asleep = demo.submitted(), demo.submitted()

    for hours in range(0, 24 * 30, 7):
        carry_out_timers(awake, demo.now + timedelta(hours=hours))
    carry_out_timers(asleep, demo.now + timedelta(days=30))

    assert demo.facts(awake)[1:] == demo.facts(asleep)[1:]
    assert demo.kinds(awake) == ["submitted", "deemed_accepted", "limit_passed"]


def test_time_acts_late_but_never_early_in_a_real_installation(house):
    stream = house.submitted()
    later = datetime.now(OFFICE_ZONE) + timedelta(days=40)

    with pytest.raises(NotPossible) as no:
        carry_out_timers(stream, later)
    with pytest.raises(NotPossible) as by_command:
        handle(stream, c.DeemAccepted(**envelope(c.TIMER, later)))
    with pytest.raises(NotPossible):
        timers.carry_out_due(later)

    assert (no.value.code, by_command.value.code) == ("at_out_of_range", "at_out_of_range")
    assert house.kinds(stream) == ["submitted"]


def test_nobody_but_time_itself_can_speak_for_it(demo):
    stream = demo.submitted()

    for who in (demo.cast.clerk, demo.cast.applicant, demo.cast.stranger):
        with pytest.raises(NotPossible) as no:
            handle(stream, c.DeemAccepted(**envelope(who, MIDNIGHT)))
        assert no.value.code == "not_allowed"


@pytest.mark.parametrize(
    ("breaks", "mends"),
    [
        ('UPDATE "case" SET version = 7 WHERE stream = %s', 'UPDATE "case" SET version = 1 WHERE stream = %s'),
        ("UPDATE log SET kind = 'fable' WHERE stream = %s", "UPDATE log SET kind = 'submitted' WHERE stream = %s"),
    ],
)
def test_a_case_whose_timer_fails_keeps_no_other_waiting(demo, breaks, mends):
    first, broken, last = (demo.submitted() for _ in range(3))
    kept.forget()
    with without_guards():
        run(breaks, key(broken))

    touched = timers.carry_out_due(MIDNIGHT)
    again = timers.carry_out_due(MIDNIGHT)

    with without_guards():
        run(mends, key(broken))
    assert (touched, again) == (2, 0)
    assert [demo.kinds(each)[-1] for each in (first, broken, last)] == [
        "deemed_accepted",
        "submitted",
        "deemed_accepted",
    ]


def test_a_turn_ends_after_so_many_cases_and_the_next_goes_on(demo):
    streams = [demo.submitted() for _ in range(5)]

    turns = [timers.carry_out_due(MIDNIGHT, most=2) for _ in range(4)]

    assert turns == [2, 2, 1, 0]
    assert {demo.kinds(stream)[-1] for stream in streams} == {"deemed_accepted"}


def test_a_pause_ends_at_its_told_time_and_the_clock_runs_on(demo):
    house = demo.of_item("public-place-hygiene")
    stream = house.assigned()
    officer = house.cast.officers("hygiene_inspection")[0]
    house.do(stream, c.Pause, officer, ground="testing", expected_end=date(2026, 3, 9), step="hygiene_inspection")

    assert timers.carry_out_due(instant("2026-03-09", "00:00")) == 1

    fact = house.facts(stream)[-1]
    assert isinstance(fact, e.Resumed)
    assert (fact.at, fact.by.kind) == (instant("2026-03-09", "00:00"), e.ActorKind.TIMER)
    assert house.state(stream).open_pauses == ()


def test_silence_at_a_steps_limit_is_recorded_and_joins(demo):
    stream = with_consultation(demo)
    demo.finish(stream, "document_review")

    timers.carry_out_due(instant("2026-03-05", "00:00"))

    assert demo.kinds(stream)[-3:] == ["step_silent", "joined", "examined"]
    assert "decision" in demo.tasks(stream)


def with_consultation(house: House) -> UUID:
    """A case in which a unit is asked for its opinion within two days, and its silence is no objection."""
    review = house.procedure.steps[0]
    asked = replace(
        review, slug="opinion", kind="consultation", unit="site-survey",
        limit=Limit(2, Unit.WORKING_DAY), silence_is_no_objection=True,
    )  # fmt: skip
    survey = Removal(kind="step", id="site_survey", reason="测试", reviewer="p-lawyer", on=date(2026, 1, 5))
    guide = replace(house.procedure.guide, removals=(survey,))
    house.publish("food-business-new", version=2, steps=(review, asked), guide=guide)
    return house.assigned()
