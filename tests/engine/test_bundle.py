"""Joint handling (行政许可法 26(2), 42(2)): 45 + 15 working days for all agencies together, each with its own share.

The story with its dates: three agencies of one county, accepted on 2026-08-03; the make-up days 09-20 and 10-10 count.
"""

from dataclasses import replace
from datetime import date

import pytest

from banjie.engine import bundle as b
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.law import Clock
from banjie.engine.lights import turns
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import Limit
from tests.engine.joint import HEAD_OF_BUREAU, MAYOR, REASONS, ROLES, Joint, opened, part
from tests.engine.office import APPLICANT, EXPERTS, GROUNDS, HEAD, OFFICER, REGION, accepted, days, people
from tests.engine.story import busier_calendar, calendar, day, kinds

ACCEPTED = "08-03 09:00"


@pytest.fixture
def joint() -> Joint:
    """Three agencies, registered and accepted on 3 August."""
    joint = Joint.registered(ACCEPTED)
    joint.accept(ACCEPTED)
    return joint


def no(joint: Joint, at: str, by: c.Actor = MAYOR, length: Limit | None = None) -> NotPossible:
    """The refusal of an extension."""
    with pytest.raises(NotPossible) as refused:
        joint.extend(at, by, length=length)
    return refused.value


def test_the_joint_clock_is_the_bundles_and_each_agency_keeps_its_own_share(joint: Joint) -> None:
    assert joint.clock.due == date(2026, 10, 10)
    for role in ROLES:
        story = joint.parts[role]
        assert (story.due(Clock.LEGAL), story.due(Clock.SHARE)) == (date(2026, 10, 10), date(2026, 8, 31))
        assert story.state.number == f"N-{role}"
        assert not isinstance(story.facts[-1], e.JointLimitCarried), "the limit was there from the submission"
    joint.require_replayable()


def test_two_agencies_that_finish_in_the_same_second_lose_nothing_whoever_is_heard_first() -> None:
    histories = []
    for order in (("housing", "land"), ("land", "housing")):
        joint = Joint.registered(ACCEPTED)
        joint.accept(ACCEPTED)
        for role in ("housing", "land"):
            joint.served(role, "08-31 10:00")
        for role in order:
            joint.note(role)
        assert joint.bundle.closed_on is None, "no join yet"
        histories.append({role: noted.ended_on for role, noted in joint.bundle.noted.items()})

    assert histories[0] == histories[1] == {"housing": date(2026, 8, 31), "land": date(2026, 8, 31), "fire": None}


def test_news_that_comes_late_or_twice_changes_nothing(joint: Joint) -> None:
    story = joint.parts["fire"]
    old = b.noted("fire", "case-fire", story.state, story.law)
    joint.served("fire", "08-31 10:00")
    joint.note("fire")

    assert joint.note("fire") == []
    assert joint.do(b.NotePart(noted=old)) == []
    assert joint.bundle.noted["fire"].ended_on == date(2026, 8, 31)


def test_a_branch_over_its_share_is_named_with_its_unit_while_the_case_is_green(joint: Joint) -> None:
    for role in ("housing", "land"):
        joint.served(role, "08-31 10:00")
    joint.settle("08-31 10:00")

    assert b.over_share(joint.bundle, day("08-31")) == ()
    ((late, noted),) = b.over_share(joint.bundle, day("09-01"))
    assert (late.role, late.unit, noted.share_due) == ("fire", "licensing", date(2026, 8, 31))
    fire = joint.parts["fire"]
    assert turns(fire.clock(Clock.SHARE), REGION).light(day("09-01")) == "red"
    assert turns(joint.clock, REGION).light(day("09-01")) == "green"


def test_the_light_of_the_joint_clock_changes_on_these_days(joint: Joint) -> None:
    light = turns(joint.clock, REGION)

    shown = {on: light.light(day(on)) for on in ("08-31", "09-28", "10-10", "10-11")}

    assert shown == {"08-31": "green", "09-28": "yellow", "10-10": "orange", "10-11": "red"}


def test_only_the_head_of_this_government_extends_once_and_in_time(joint: Joint) -> None:
    other_mayor = replace(MAYOR, agency="other-government")

    assert no(joint, "10-10 11:00", HEAD_OF_BUREAU).code == "needs_head_of_government"
    assert no(joint, "10-10 11:00", other_mayor).code == "not_your_unit"
    assert no(joint, "10-10 11:00", APPLICANT).code == "staff_only"
    assert no(joint, "10-10 11:00", length=days(16)).code == "extension_too_long"
    (fact,) = joint.extend("10-10 11:30")
    joint.settle("10-10 11:30")

    assert isinstance(fact, b.JointlyExtended)
    assert (fact.notice, fact.reasons, fact.authority) == ("J-1-extension", REASONS, "head_of_government")
    assert joint.clock.due == date(2026, 10, 30)
    assert no(joint, "10-12 09:00").code == "already_extended"
    for role in ROLES:
        story = joint.parts[role]
        assert kinds(story.facts)[-1] == "joint_limit_carried"
        assert (story.due(Clock.LEGAL), story.due(Clock.SHARE)) == (date(2026, 10, 30), date(2026, 8, 31))
    joint.require_replayable()


def test_signed_on_the_sunday_after_it_is_too_late(joint: Joint) -> None:
    assert no(joint, "10-11 09:00").code == "limit_already_over"
    assert joint.clock.due == date(2026, 10, 10)


def test_an_extension_given_in_time_and_carried_over_late_takes_back_what_was_told(joint: Joint) -> None:
    """A crash between the bundle and its parts: the statutory limit did not pass, whatever was recorded meanwhile."""
    joint.extend("10-10 11:30")
    story = joint.parts["fire"]
    assert kinds(story.advance("10-11 00:00")) == ["limit_passed"]

    joint.settle("10-12 09:00")

    assert not story.state.limit_passed
    assert story.due(Clock.LEGAL) == date(2026, 10, 30)
    assert kinds(story.advance("10-31 00:00")) == ["limit_passed"], "and it is told again when it really passes"


def test_no_part_is_extended_by_itself(joint: Joint) -> None:
    story = joint.parts["housing"]

    assert story.no(c.Extend, HEAD, "08-20 09:00", reasons="x").code == "extended_for_all_together"


def test_three_decisions_and_the_bundle_closes_when_the_last_is_served(joint: Joint) -> None:
    joint.extend("10-10 11:30")
    for role, at in zip(ROLES, ("08-31 10:00", "08-31 10:00", "10-29 15:00"), strict=True):
        joint.served(role, at)
        joint.settle(at)

    assert joint.bundle.closed_on == date(2026, 10, 29)
    assert [each for each in joint.facts if isinstance(each, b.BundleClosed)] == joint.facts[-1:]
    assert {role: noted.number for role, noted in joint.bundle.noted.items()} == {
        "housing": "N-housing",
        "land": "N-land",
        "fire": "N-fire",
    }
    assert no(joint, "10-29 16:00").code == "already_closed"
    joint.require_replayable()


def test_when_every_agency_has_decided_there_is_nothing_to_extend(joint: Joint) -> None:
    for role in ROLES:
        joint.decided(role, "08-31 10:00")
    joint.settle("08-31 10:00")

    assert joint.clock.ended_on == date(2026, 8, 31)
    assert no(joint, "09-01 09:00").code == "already_decided"


def test_a_part_accepted_later_is_bound_by_the_day_on_which_the_first_was() -> None:
    joint = Joint.registered(ACCEPTED)
    joint.accept("08-03 10:00", "housing")
    joint.accept("08-06 10:00", "land", "fire")

    assert joint.clock.start == date(2026, 8, 3)
    assert joint.parts["fire"].due(Clock.LEGAL) == date(2026, 10, 10)
    assert joint.parts["fire"].due(Clock.SHARE) == date(2026, 9, 3), "its own share is its own"


def test_while_one_part_lawfully_stands_the_joint_clock_stands() -> None:
    joint = Joint.registered(ACCEPTED)
    story = joint.parts["fire"]
    procedure = replace(story.law.procedure, steps=(EXPERTS,), pause_grounds=(GROUNDS["expert_review"],))
    joint.parts["fire"] = story = replace(story, law=replace(story.law, procedure=procedure))
    story.state = replace(story.state, applicable=("experts",))
    joint.accept(ACCEPTED)
    head = replace(HEAD, posts=frozenset({"section_head"}))
    story.do(c.Assign, head, "08-04 09:00", step="experts", people=people(OFFICER))
    story.do(c.Pause, OFFICER, "08-05 09:00", ground="expert_review", expected_end=day("08-10"))
    joint.settle("08-05 09:00")

    assert joint.clock.due == date(2026, 10, 14), "three working days later"
    assert story.due(Clock.LEGAL) == date(2026, 10, 14)
    assert story.due(Clock.SHARE) == date(2026, 9, 3)
    assert joint.parts["land"].due(Clock.LEGAL) == date(2026, 10, 10)


def test_sections_of_one_agency_have_its_limit_and_no_joint_one() -> None:
    """Art. 26(1) is not art. 26(2): after the transfer to the bureau its sections work in parallel, inside 20 + 10."""
    sections = [part(role, agency="bureau") for role in ROLES]
    with pytest.raises(NotPossible) as refused:
        b.decide(b.NEW, b.OpenBundle(opened=opened(ACCEPTED, *sections)), calendar())
    assert refused.value.code == "joint_limit_alone"

    story = accepted(at=ACCEPTED)
    assert story.due(Clock.LEGAL) == date(2026, 8, 31)
    story.do(c.Extend, HEAD, "08-31 09:00", reasons="x")
    assert story.due(Clock.LEGAL) == date(2026, 9, 14)


def test_a_part_that_ends_otherwise_leaves_the_others_going(joint: Joint) -> None:
    joint.parts["land"].do(c.Withdraw, APPLICANT, "08-10 09:00")
    for role in ("housing", "fire"):
        joint.served(role, "08-31 10:00")
    joint.settle("08-31 10:00")

    assert joint.bundle.noted["land"].result == "withdrawn"
    assert joint.bundle.closed_on == date(2026, 8, 31)


def test_a_newer_calendar_of_every_part_is_the_bundles_too(joint: Joint) -> None:
    newer = busier_calendar("newer")
    for story in joint.parts.values():
        story.law = replace(story.law, calendars={**story.law.calendars, "newer": newer}, current_calendar="newer")
        keeper = c.Actor("keeper", e.ActorKind.STAFF, frozenset({"calendar_keeper"}), "legal", "bureau")
        story.do(c.Redate, keeper, "08-10 09:00", calendar="newer")
    joint.note("housing")
    joint.note("land")
    assert joint.bundle.calendar == "rulebook"

    facts = joint.note("fire")

    assert [type(each) for each in facts] == [b.PartNoted, b.BundleRedated]
    assert joint.bundle.calendar == "newer"


def test_the_limit_of_a_bundle_binds_its_own_parts_and_no_other_case(joint: Joint) -> None:
    told = b.carried(joint.bundle, "bundle-1")
    alone = accepted(at=ACCEPTED)
    fire = joint.parts["fire"]

    assert alone.no(c.CarryJointLimit, c.TIMER, "08-04 09:00", **told).code == "not_a_part"
    assert fire.no(c.CarryJointLimit, c.TIMER, "08-04 09:00", **{**told, "bundle": "x"}).code == "not_a_part"
    assert fire.no(c.CarryJointLimit, c.TIMER, "08-04 09:00", **told).code == "nothing_to_carry"
    assert fire.no(c.CarryJointLimit, MAYOR, "08-04 09:00", **told).code == "not_allowed"
    longer = {**told, "limit": days(60)}
    unaccepted = Joint.registered(ACCEPTED).parts["fire"]
    assert unaccepted.no(c.CarryJointLimit, c.TIMER, "08-03 10:00", **longer).code == "not_accepted"
    joint.decided("fire", "08-31 10:00")
    assert fire.no(c.CarryJointLimit, c.TIMER, "09-01 09:00", **longer).code == "already_decided"


def test_a_bundle_is_opened_once_hears_of_its_own_parts_and_has_no_clock_before_an_acceptance() -> None:
    joint = Joint.registered(ACCEPTED)

    with pytest.raises(NotPossible) as again:
        joint.do(b.OpenBundle(opened=opened(ACCEPTED, part("a"), part("b"))))
    assert again.value.code == "already_submitted"
    story = joint.parts["fire"]
    with pytest.raises(NotPossible) as foreign:
        joint.do(b.NotePart(noted=b.noted("garden", "case-x", story.state, story.law)))
    assert foreign.value.code == "not_a_part"
    assert b.joint_clock(joint.bundle, calendar()) is None
    assert no(joint, "08-03 10:00").code == "not_accepted"
