"""The door of projects: milestones and cases, measured by every profile that holds."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from banjie.cases import projects
from banjie.engine import project as p
from banjie.engine.not_possible import NotPossible
from tests.cases.house import House, instant
from tests.cast import staff

pytestmark = pytest.mark.database

OFFICER = staff("p-reform", "reform-office", "county-government", "officer")


@pytest.mark.requirement("M147")
def test_a_project_is_measured_across_its_cases_by_the_profile_of_its_own_region(demo: House) -> None:
    stream, opens = uuid4(), uuid4()
    opening = p.OpenProject(
        at=demo.now, by=OFFICER, code="2603-999921-04-01-123456", region="999921", type="government_investment"
    )
    filed = p.ReachMilestone(at=demo.now, by=OFFICER, milestone=p.Milestone.FILING, reached_on=date(2026, 3, 2))
    projects.carry_out(stream, opening, opens)
    assert projects.carry_out(stream, opening, opens).version == 1, "a repeat changes nothing"
    projects.carry_out(stream, filed, uuid4())
    case = demo.accepted()
    projects.carry_out(stream, p.JoinProject(at=demo.now, by=OFFICER, case=str(case)), uuid4())
    waiting = p.JoinProject(at=demo.now, by=OFFICER, case=str(demo.submitted()))
    projects.carry_out(stream, waiting, uuid4())

    binding, other = projects.measured(stream, instant("2026-03-13"))

    assert (binding.profile.id, binding.binding, binding.used) == ("pilot-45", True, 9)
    assert (other.profile.id, other.binding, other.left) == ("government-60", False, 51)
    assert projects.project(stream).cases[0] == str(case)


def test_what_is_no_project_and_what_is_no_case_is_told(demo: House) -> None:
    stream = uuid4()
    opening = p.OpenProject(at=demo.now, by=OFFICER, code="x", region="999921", type="government_investment")
    joining = p.JoinProject(at=demo.now, by=OFFICER, case=str(uuid4()))

    def code(call: object, *given: object) -> str:
        with pytest.raises(NotPossible) as no:
            call(*given)  # type: ignore[operator]
        return no.value.code

    assert code(projects.project, stream) == "unknown_project"
    assert code(projects.project, demo.submitted()) == "unknown_project"
    projects.carry_out(stream, opening, uuid4())
    assert code(projects.carry_out, stream, joining, uuid4()) == "unknown_case"
    assert code(projects.carry_out, stream, replace(opening, code="y"), uuid4()) == "project_open"
    assert projects.project(stream).version == 1
