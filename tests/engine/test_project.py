"""A whole investment project: its milestones measured by every profile that holds, one of which binds."""

import json
from datetime import date

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine import project as p
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import Limit, Unit
from tests.engine.story import calendar, day, instant, read

OFFICER = c.Actor("officer", e.ActorKind.STAFF, frozenset({"officer"}), "reform", "county")
APPLICANT = c.Actor("applicant", e.ActorKind.APPLICANT)


def profiles() -> dict[str, p.Profile]:
    """The profiles of the rulebook, by id."""

    def limit(text: str) -> Limit:
        number, unit, *stays = text.split()
        return Limit(int(number), Unit(unit), bool(stays))

    found = {}
    for each in read("project-limits.yaml"):
        told = {
            **each,
            "limit": limit(each["limit"]),
            "types": tuple(each["types"]),
            "starts": p.Milestone(each["starts"]),
            "ends": p.Milestone(each["ends"]),
        }
        found[each["id"]] = p.Profile(**told)
    return found


def opened(type: str = "social_investment_filing", region: str = "999922") -> p.Project:
    command = p.OpenProject(
        at=instant("03-06 09:00"), by=OFFICER, code="2603-999921-04-01-123456", region=region, type=type
    )
    return p.fold(p.decide(p.NEW, command))


def reached(project: p.Project, milestone: p.Milestone, on: str) -> p.Project:
    command = p.ReachMilestone(at=instant(f"{on} 17:00"), by=OFFICER, milestone=milestone, reached_on=day(on))
    return p.fold(p.decide(project, command), project)


def measured(project: p.Project, profile: p.Profile, on: str, *cases: p.Handled, trips: int | None = None) -> p.Measure:
    (found,) = p.measures(project, [profile], cases, calendar(), day(on))
    return found


@pytest.mark.requirement("M154")
def test_the_days_before_construction_are_counted_with_both_ends() -> None:
    """从3月6日立项备案到4月13日核发施工许可用时39天: the difference is 38 days."""
    project = reached(opened(), p.Milestone.FILING, "03-06")
    project = reached(project, p.Milestone.CONSTRUCTION_START, "04-13")

    inclusive = profiles()["before-construction-100"]
    measure = measured(project, inclusive, "11-02")

    assert (measure.used, measure.left, measure.is_over) == (39, 61, False)
    assert measure.ended_on == date(2026, 4, 13)


@pytest.mark.requirement("M154")
def test_the_hundredth_day_is_the_last_and_a_second_trip_is_one_too_many() -> None:
    project = reached(opened(), p.Milestone.FILING, "03-06")
    hundred = profiles()["before-construction-100"]

    last = measured(project, hundred, "06-13", p.Handled(day("03-06"), None, trips=1))
    after = measured(project, hundred, "06-14", p.Handled(day("03-06"), None, trips=2))

    assert (last.due, last.used, last.is_over, last.too_many_trips) == (date(2026, 6, 13), 100, False, False)
    assert (after.used, after.is_over, after.too_many_trips) == (101, True, True)


@pytest.mark.requirement("M145")
@pytest.mark.requirement("M146")
@pytest.mark.requirement("M147")
def test_working_days_are_counted_over_all_steps_each_day_once() -> None:
    """Two parallel approvals count once; the days on which the applicant prepared the next step count for nobody."""
    project = reached(opened("government_investment", "999922"), p.Milestone.FILING, "03-02")
    land = p.Handled(day("03-02"), day("03-13"))  # 9 working days
    planning = p.Handled(day("03-06"), day("03-20"))  # 5 more
    permit = p.Handled(day("04-13"))  # three weeks later; still handled

    measure = measured(project, profiles()["government-60"], "04-17", land, planning, permit)

    assert measure.used == 9 + 5 + 4
    assert measure.left == 60 - 18
    assert measure.due == date(2026, 6, 18)
    between = measured(project, profiles()["government-60"], "04-10", land, planning)
    assert (between.used, between.due) == (14, None)


@pytest.mark.requirement("M145")
@pytest.mark.requirement("M146")
def test_the_limit_is_over_one_working_day_after_its_last() -> None:
    project = reached(opened("social_investment_filing", "999922"), p.Milestone.FILING, "03-02")
    running = p.Handled(day("03-02"))

    last = measured(project, profiles()["filing-42"], "04-30", running)
    after = measured(project, profiles()["filing-42"], "05-06", running)

    assert (last.used, last.due, last.is_over) == (42, date(2026, 4, 30), False)
    assert (after.used, after.is_over) == (43, True)


@pytest.mark.requirement("M147")
def test_the_regions_own_profile_binds_and_the_others_are_shown_beside_it() -> None:
    every = profiles().values()

    pilot = p.holding(every, ("999921", "999900"), "social_investment_filing", day("03-06"))
    other = p.holding(every, ("999922", "999900"), "social_investment_filing", day("03-06"))
    early = p.holding(every, ("999921", "999900"), "social_investment_filing", date(2018, 2, 1))

    assert [each.id for each in pilot] == ["pilot-45", "filing-42", "before-construction-100"]
    assert [each.id for each in other] == ["filing-42", "before-construction-100"]
    assert [each.id for each in early] == ["before-construction-100"]
    project = reached(opened(region="999921"), p.Milestone.FILING, "03-06")
    shown = p.measures(project, pilot, [], calendar(), day("03-06"))
    assert [each.binding for each in shown] == [True, False, False]


def test_a_project_is_opened_once_and_reaches_each_milestone_once() -> None:
    project = reached(opened(), p.Milestone.FILING, "03-06")

    def no(state: p.Project, command: p.ProjectCommand) -> str:
        with pytest.raises(NotPossible) as refused:
            p.decide(state, command)
        return refused.value.code

    at = instant("04-01 09:00")
    again = p.OpenProject(at=at, by=OFFICER, code="x", region="999921", type="government_investment")
    assert no(project, again) == "project_open"
    assert no(p.NEW, p.JoinProject(at=at, by=OFFICER, case="a")) == "unknown_project"
    filing = p.ReachMilestone(at=at, by=OFFICER, milestone=p.Milestone.FILING, reached_on=day("04-01"))
    assert no(project, filing) == "milestone_reached"
    tomorrow = p.ReachMilestone(at=at, by=OFFICER, milestone=p.Milestone.LAND, reached_on=day("04-02"))
    assert no(project, tomorrow) == "milestone_in_the_future"
    joined = p.fold(p.decide(project, p.JoinProject(at=at, by=OFFICER, case="a")), project)
    assert no(joined, p.JoinProject(at=at, by=OFFICER, case="a")) == "case_in_project"
    assert no(joined, p.JoinProject(at=at, by=APPLICANT, case="b")) == "staff_only"
    assert no(p.NEW, p.OpenProject(at=at, by=OFFICER, code="x", region="", type="house")) == ("no_such_project_type")


def test_a_projects_facts_survive_as_bytes() -> None:
    at = instant("04-01 09:00")
    facts = p.decide(p.NEW, p.OpenProject(at=at, by=OFFICER, code="x", region="999921", type="government_investment"))
    project = p.fold(facts)
    facts += p.decide(
        project,
        p.ReachMilestone(at=at, by=OFFICER, milestone=p.Milestone.FILING, reached_on=day("04-01"), case="k"),
    )

    back = [p.decode(kind, json.loads(body)) for kind, body in map(p.encode, facts)]

    assert p.fold(back) == p.fold(facts)
    assert p.fold(back).cases == ("k",)


def test_a_profile_that_nobody_has_thought_about_is_refused() -> None:
    good = profiles()["filing-42"]
    fields = {name: getattr(good, name) for name in p.Profile.__dataclass_fields__}

    for wrong in ({"counts": "guesses"}, {"types": ("house",)}, {"limit": Limit(3, Unit.HOUR)}):
        with pytest.raises(ValueError, match=r"counts|types|limit"):
            p.Profile(**{**fields, **wrong})
