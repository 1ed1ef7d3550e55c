"""What the licence library has is asked of nobody: neither for it, nor for a better copy of it (政务服务若干规定 7)."""

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine import measures
from banjie.engine.guards import BadInput
from tests.engine.office import CLERK, LAW, filed, flawed, missing, papers
from tests.engine.story import Story

HELD = e.Provided("plan", (), "library", "YYZZ-1")


def with_the_library() -> Story:
    """An application whose plan the library has attached."""
    return filed(provided=(*papers("form"), HELD))


@pytest.mark.parametrize("points", [missing("plan"), flawed("plan"), flawed("plan", e.Defect.EXPIRED)])
def test_a_correction_that_asks_for_what_the_library_has_is_refused(points):
    story = with_the_library()

    no = story.no(c.RequestCorrection, CLERK, "03-03 10:00", points=points)

    assert (no.code, no.facts["number"]) == ("held_in_library", "YYZZ-1")
    assert story.state.corrections == ()


def test_nothing_of_it_is_offered_to_be_named():
    story = with_the_library()

    offered = story.offer(c.RequestCorrection, CLERK, "03-03 10:00")

    named = {(kind, name) for kind, name, _defect in dict(offered.allowed)["point"]}
    assert (e.PointKind.MATERIAL.value, "form") in named
    assert (e.PointKind.MATERIAL.value, "plan") not in named


def test_with_it_the_application_is_complete():
    story = with_the_library()

    facts = story.do(c.Accept, CLERK, "03-03 10:00")

    assert isinstance(facts[0], e.Accepted)


@pytest.mark.parametrize("provided", [e.Provided("plan", (), "library"), e.Provided("plan", (), "copy", "YYZZ-1")])
def test_the_form_library_and_the_licence_go_together(provided):
    with pytest.raises(BadInput) as bad:
        filed(provided=(*papers("form"), provided))

    assert ("provided.1.form", "unknown_choice") in bad.value.problems


def test_it_is_not_counted_as_handed_in():
    state = with_the_library().state

    assert measures.materials(state) == 1
    assert not measures.identity_only(state, LAW.procedure)
