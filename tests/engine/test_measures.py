"""What is counted follows from facts, and what is possible without a visit from the procedure: nobody types it."""

from dataclasses import replace
from typing import Any

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine import measures
from banjie.engine.law import Forwarding, Law, Material, Procedure, Provider, StepRule
from banjie.engine.state import fold
from tests.engine.office import (
    ANSWERS,
    APPLICANT,
    CLERK,
    CONSULTATION,
    INSTANT_DUTIES,
    LAW,
    LICENCE_CLERK,
    OFFICER,
    REVIEW,
    SECTION_HEAD,
    decided,
    filed,
    missing,
    papers,
    people,
    staff,
    with_steps,
)
from tests.engine.story import Story, with_procedure

PROMISED_ONE = with_procedure(LAW, visits=1)
COPIES = (e.Provided("form", form="copy"), e.Provided("plan", form="copy"))


def brought(law: Law = PROMISED_ONE, at: str = "03-02 09:00") -> Story:
    """An application brought to the window."""
    story = Story(law)
    given = {"answers": ANSWERS, "provided": COPIES, "channel": "window", "party": "applicant"}
    story.do(c.Submit, CLERK, at, **given)
    return story


# Of a case


@pytest.mark.requirement("M096")
def test_the_trips_of_a_case_are_counted_and_held_against_what_the_item_announced() -> None:
    story = brought()
    assert (measures.visits(story.state), measures.visits_over_promise(story.state, story.law.procedure)) == (1, 0)

    story.do(c.RecordVisit, CLERK, "03-04 09:00", reason="show_originals", materials=("plan",))

    assert measures.visits(story.state) == 2
    assert measures.visits_over_promise(story.state, story.law.procedure) == 1
    assert measures.visits_over_promise(story.state, replace(story.law.procedure, visits=2)) == 0
    assert story.state.visits[-1].materials == ("plan",), "and the case says which material caused the second one"


@pytest.mark.requirement("M096")
def test_two_things_done_in_one_go_are_one_trip_and_a_survey_on_the_site_is_none() -> None:
    story = brought()
    story.do(c.RecordVisit, CLERK, "03-02 09:05", reason="pay")
    story.do(c.RecordVisit, OFFICER, "03-03 09:00", reason="site")

    assert measures.visits(story.state) == 1
    story.do(c.RecordVisit, OFFICER, "03-03 10:00", reason="ask")
    assert measures.visits(story.state) == 2


@pytest.mark.requirement("M096")
def test_who_files_on_line_and_gets_it_by_post_never_came() -> None:
    story = decided()
    story.do(c.Issue, LICENCE_CLERK, "03-04 09:00")
    story.do(c.Serve, CLERK, "03-04 10:00", method="post")

    assert measures.visits(story.state) == 0


@pytest.mark.requirement("M112")
def test_every_material_handed_in_is_counted_once() -> None:
    story = filed(provided=papers("form"))
    story.do(c.RequestCorrection, CLERK, "03-02 10:00", points=missing("plan"))
    story.do(c.SubmitCorrection, APPLICANT, "03-03 10:00", provided=papers("plan", "form"))

    assert measures.materials(story.state) == 2
    assert measures.materials(filed(provided=()).state) == 0


@pytest.mark.requirement("M112")
@pytest.mark.parametrize(
    ("handed_in", "only"),
    [
        (("form", "identity"), True),
        (("form", "identity", "licence"), True),
        (("form", "identity", "plan"), False),
        (("form",), False),
        ((), False),
    ],
)
def test_who_shows_only_who_they_are_is_known_apart(handed_in: tuple[str, ...], only: bool) -> None:
    materials = (
        Material(id="form", name="申请书", kind="form"),
        Material(id="identity", name="身份证", licence="id_card"),
        Material(id="licence", name="营业执照", licence="business_licence"),
        Material(id="plan", name="平面图"),
    )
    law = with_procedure(LAW, materials=materials)

    assert measures.identity_only(filed(law, provided=papers(*handed_in)).state, law.procedure) is only


@pytest.mark.requirement("M111")
def test_what_is_decided_and_handed_over_the_same_day_was_available_at_once() -> None:
    law = with_procedure(with_steps(REVIEW), instant=True, merged=INSTANT_DUTIES, receives="licensing", licence="")
    both = staff("both", "licensing", "clerk", "decider")
    story = filed(law)
    assert not measures.done_at_once(story.state)
    story.do(c.DecideAtOnce, both, "03-02 09:10", outcome="grant")
    assert not measures.done_at_once(story.state), "not before the applicant has it"

    story.do(c.Serve, CLERK, "03-02 09:20", method="in_person")

    assert measures.done_at_once(story.state)


@pytest.mark.requirement("M111")
def test_what_takes_until_tomorrow_was_not() -> None:
    story = decided()
    story.do(c.Issue, LICENCE_CLERK, "03-03 11:00")
    story.do(c.Serve, CLERK, "03-04 09:00", method="in_person")

    assert not measures.done_at_once(story.state)


@pytest.mark.requirement("M376")
def test_papers_that_travel_and_cases_handed_up_are_hand_offs_beside_the_visits() -> None:
    lower = StepRule(slug="lower", kind="review", name="初审", unit="fire-section")
    handing_up = Forwarding(preliminary_unit="fire-section", to_unit="licensing")
    story = brought(with_steps(lower, forwarding=handing_up))
    head, officer = (staff("h", "fire-section", "section_head"), staff("o", "fire-section", "officer"))
    story.do(c.Accept, CLERK, "03-02 10:00")
    story.do(c.SendPapers, CLERK, "03-02 11:00", materials=("form", "plan"), to_unit="fire-section")
    story.do(c.ReceivePapers, officer, "03-02 12:00", slip="Q1-slip-3")
    story.do(c.Assign, head, "03-03 09:00", step="lower", people=people(officer))
    story.do(c.FinishStep, officer, "03-03 10:00", step="lower", outcome="passed")
    story.do(c.Forward, officer, "03-03 11:00", opinion="recommended")

    assert (measures.hand_offs(story.state), measures.visits(story.state)) == (2, 1)


@pytest.mark.requirement("M376")
def test_somebody_of_the_same_unit_who_stands_in_is_no_hand_off() -> None:
    story = filed()
    story.do(c.Accept, CLERK, "03-02 10:00")
    story.do(c.Assign, SECTION_HEAD, "03-02 11:00", step="review", people=people(OFFICER))
    joiner = e.Person("third", "licensing")
    story.do(c.Substitute, SECTION_HEAD, "03-03 09:00", step="review", leaver="officer", joiner=joiner)
    assert measures.hand_offs(story.state) == 0

    from_elsewhere = replace(story.facts[-1], joiner=e.Person("third", "surveys"))
    assert measures.hand_offs(fold([*story.facts[:-1], from_elsewhere])) == 1


# Of an item


def with_material(**changes: Any) -> Procedure:
    """The item with one more material."""
    more = Material(**{"id": "seal", "name": "公章备案", **changes})
    return replace(LAW.procedure, materials=(*LAW.procedure.materials, more))


@pytest.mark.requirement("M097")
def test_an_item_whose_papers_may_all_be_files_needs_no_visit() -> None:
    assert measures.zero_visit(LAW.procedure)
    assert measures.zero_visit(replace(LAW.procedure, visits=3)), "whatever number somebody typed"
    assert measures.presence(LAW.procedure) == ()


@pytest.mark.requirement("M097")
def test_paper_that_the_applicant_must_bring_needs_one_and_says_when() -> None:
    procedure = with_material(form="paper", when="rooms > 10")

    assert measures.presence(procedure) == (measures.Presence("material", "seal", "rooms > 10"),)
    assert not measures.zero_visit(procedure)
    assert measures.zero_visit(procedure, {"rooms": 8})
    assert not measures.zero_visit(procedure, {"rooms": 12})


@pytest.mark.requirement("M097")
@pytest.mark.parametrize("changes", [{"necessary": False}, {"provider": Provider.GOVERNMENT}, {"form": "electronic"}])
def test_paper_that_nobody_must_bring_needs_none(changes: dict[str, Any]) -> None:
    assert measures.zero_visit(with_material(**{"form": "paper", **changes}))


@pytest.mark.requirement("M097")
def test_a_step_at_which_the_applicant_is_heard_needs_one() -> None:
    heard = StepRule(slug="heard", kind="hearing", name="听证", unit="licensing")

    assert not measures.zero_visit(with_steps(REVIEW, heard).procedure)
    assert measures.zero_visit(with_steps(REVIEW, CONSULTATION).procedure)
    when = replace(heard, when="kitchen")
    assert measures.zero_visit(with_steps(when).procedure, {"rooms": 8, "kitchen": False})


@pytest.mark.requirement("M213")
def test_on_line_from_end_to_end_means_that_no_paper_moves_on_any_side() -> None:
    fetched = with_material(form="paper", provider=Provider.GOVERNMENT, when="rooms > 10")

    assert measures.fully_online(LAW.procedure)
    assert measures.zero_visit(fetched)
    assert not measures.fully_online(fetched)
    assert measures.fully_online(fetched, {"rooms": 8})
    assert not measures.fully_online(with_material(form="paper"))


def test_what_is_counted_is_the_same_however_often_the_history_is_read() -> None:
    story = brought()
    story.do(c.SendPapers, CLERK, "03-02 11:00", materials=("form",), to_unit="licensing")
    story.require_replayable()
    assert measures.hand_offs(story.state) == 1
