"""Commitment (告知承诺): told, signed, believed, decided on, verified later, and what a broken one leads to."""

from dataclasses import replace
from typing import Any

import pytest

from banjie.engine import commands as c
from banjie.engine import commitment
from banjie.engine import events as e
from banjie.engine.clocks import verification_clock
from banjie.engine.law import Commitment, Law
from banjie.engine.state import Stage
from banjie.engine.timelimits import Limit, Unit
from tests.engine.office import (
    AGENT,
    APPLICANT,
    CLERK,
    DECIDER,
    LAW,
    LICENCE_CLERK,
    NEIGHBOUR,
    OFFICER,
    REVIEW,
    STEWARD,
    STRANGER,
    SURVEY,
    assign,
    days,
    finish,
    missing,
    papers,
    staff,
    with_steps,
)
from tests.engine.story import Story, day, kinds, with_procedure

SUPERVISOR = staff("supervisor", "supervision", "supervisor")
OTHER_SUPERVISOR = staff("other-supervisor", "licensing", "supervisor")
OFFER = Commitment(
    of="permit",
    basis="国发〔2021〕7号",
    content="场所合格",
    liability="撤销",
    power="现场核查",
    criteria=("space",),
    materials=("plan",),
    steps=("survey",),
    when="rooms < 20",
    verify_within=days(30),
)


def on_word(law: Law | None = None, offer: Commitment = OFFER, **changes: Any) -> Law:
    """The law with a commitment for the plan, the criterion it proves and the survey."""
    law = law or with_steps(replace(REVIEW, checks=("space", "safety")), SURVEY)
    return with_procedure(law, **{"risks": ("ordinary",), "commitment": offer, **changes})


COMMITTED = on_word()
SAFE = (c.Found("safety", True),)


def signed(law: Law = COMMITTED, by: c.Actor = APPLICANT, **more: Any) -> Story:
    """Handed in on 2 March without the plan, the commitment signed with it."""
    story = Story(law)
    given = {"answers": {"rooms": 8}, "provided": papers("form"), "commitment": commitment.told(law), **more}
    story.do(c.Submit, by, "03-02 09:00", **given)
    return story


def granted(law: Law = COMMITTED) -> Story:
    """Granted on 4 March, on the commitment."""
    story = signed(law)
    story.do(c.Accept, CLERK, "03-02 10:00")
    assign(story, "review", "03-03 09:00")
    finish(story, "review", "03-03 10:00", findings=SAFE)
    story.do(c.Decide, DECIDER, "03-04 09:00", outcome="grant")
    return story


def closed(law: Law = COMMITTED) -> Story:
    """The same, served and closed."""
    story = granted(law)
    story.do(c.Issue, LICENCE_CLERK, "03-04 10:00")
    story.do(c.Serve, CLERK, "03-05 10:00", method="in_person")
    return story


@pytest.mark.requirement("M161")
def test_what_is_covered_is_not_demanded_and_the_case_is_decided_on_it():
    story = signed()

    assert kinds(story.facts) == ["submitted", "commitment_signed"]
    assert story.facts[1].told == commitment.told(COMMITTED)
    assert story.state.required == ("form",)
    assert story.state.applicable == ("review",)
    named = story.offer(c.RequestCorrection, CLERK, "03-02 10:00").allowed["point"]
    assert ("material", "plan", "missing") not in named
    story.do(c.Accept, CLERK, "03-02 10:00")
    assert list(story.state.steps) == ["review"]
    assign(story, "review", "03-03 09:00")
    finish(story, "review", "03-03 10:00", findings=SAFE)
    facts = story.do(c.Decide, DECIDER, "03-04 09:00", outcome="grant")

    assert kinds(facts) == ["granted", "verification_opened"]
    assert facts[0].on_commitment == ("space",)
    story.require_replayable()


def test_whoever_does_not_sign_goes_the_ordinary_way():
    story = Story(COMMITTED)
    story.do(c.Submit, APPLICANT, "03-02 09:00", answers={"rooms": 8}, provided=papers("form"))
    assert story.state.required == ("form", "plan")
    assert story.no(c.Accept, CLERK, "03-02 10:00").code == "materials_missing"

    whole = Story(COMMITTED)
    whole.do(c.Submit, APPLICANT, "03-02 09:00", answers={"rooms": 8}, provided=papers("form", "plan"))
    whole.do(c.Accept, CLERK, "03-02 10:00")
    assert set(whole.state.steps) == {"review", "survey"}


@pytest.mark.parametrize(
    ("law", "more", "code"),
    [
        (on_word(risks=("public_safety",)), {}, "no_commitment_here"),
        (on_word(risks=()), {}, "no_commitment_here"),
        (LAW, {}, "no_commitment_here"),
        (COMMITTED, {"answers": {"rooms": 25}}, "no_commitment_in_this_situation"),
        (COMMITTED, {"standing": "false_promise"}, "credit_excludes"),
        (COMMITTED, {"commitment": e.Declaration(version="1", digest="another")}, "other_text_signed"),
    ],
    ids=["public safety", "no statement", "no offer", "another situation", "credit", "another text"],
)
def test_class_situation_credit_and_another_text_exclude_it(law: Law, more: dict[str, Any], code: str):
    given = {"answers": {"rooms": 8}, "commitment": commitment.told(COMMITTED), **more}
    assert Story(law).no(c.Submit, APPLICANT, "03-02 09:00", **given).code == code


def test_nobody_without_an_account_is_taken_at_their_word_and_no_stranger_signs_for_another():
    story = Story(COMMITTED)
    no = story.no(c.Submit, CLERK, "03-02 09:00", answers={"rooms": 8}, commitment=commitment.told(COMMITTED))
    assert no.code == "commitment_needs_known_party"

    story.do(c.Submit, APPLICANT, "03-02 09:00", answers={"rooms": 8}, provided=papers("form"))
    text = {"told": commitment.told(COMMITTED)}
    assert story.no(c.SignCommitment, STRANGER, "03-02 09:10", **text).code == "applicants_own_act"
    assert story.no(c.SignCommitment, OFFICER, "03-02 09:10", **text).code == "needs_clerk"
    assert story.no(c.SignCommitment, NEIGHBOUR, "03-02 09:10", **text).code == "applicants_own_act"
    barred = story.no(c.SignCommitment, APPLICANT, "03-02 09:10", **text, standing="false_promise")
    assert (barred.code, barred.facts) == ("credit_excludes", {"standing": "false_promise"})
    assert kinds(story.do(c.SignCommitment, CLERK, "03-02 09:10", **text)) == ["commitment_signed"]
    assert story.no(c.SignCommitment, AGENT, "03-02 09:20", **text).code == "commitment_signed_already"


def test_signing_answers_a_correction_that_named_what_it_stands_for():
    story = Story(COMMITTED)
    story.do(c.Submit, APPLICANT, "03-02 09:00", answers={"rooms": 8}, provided=papers("form"))
    story.do(c.RequestCorrection, CLERK, "03-02 10:00", points=missing("plan"))

    story.do(c.SignCommitment, APPLICANT, "03-04 20:00", told=commitment.told(COMMITTED))

    assert story.state.stage is Stage.SUBMITTED
    assert kinds(story.do(c.Accept, CLERK, "03-05 09:00")) == ["accepted"]
    too_late = story.no(c.SignCommitment, APPLICANT, "03-05 10:00", told=commitment.told(COMMITTED))
    assert too_late.code == "already_accepted"


def test_answers_that_change_do_not_bring_back_what_was_signed_for():
    story = signed(provided=())
    story.do(c.RequestCorrection, CLERK, "03-02 10:00", points=missing("form"))
    story.do(c.SubmitCorrection, APPLICANT, "03-03 10:00", provided=papers("form"), answers={"rooms": 12})
    assert story.state.required == ("form", "lease")
    assert story.state.applicable == ("review",)


def test_verified_before_the_decision_needs_its_finding_and_no_task_follows():
    law = on_word(offer=replace(OFFER, verify_mode="during", verify_within=None, steps=()))
    story = signed(law)
    story.do(c.Accept, CLERK, "03-02 10:00")
    for slug in ("review", "survey"):
        assign(story, slug, "03-03 09:00")
    with pytest.raises(Exception, match="finding_needed"):
        finish(story, "review", "03-03 10:00", findings=SAFE)
    finish(story, "review", "03-03 10:00")
    finish(story, "survey", "03-03 11:00")
    assert kinds(story.do(c.Decide, DECIDER, "03-04 09:00", outcome="grant")) == ["granted"]

    never = signed(on_word(offer=replace(OFFER, verify_mode="none", verify_within=None)))
    never.do(c.Accept, CLERK, "03-02 10:00")
    assign(never, "review", "03-03 09:00")
    finish(never, "review", "03-03 10:00", findings=SAFE)
    assert kinds(never.do(c.Decide, DECIDER, "03-04 09:00", outcome="grant")) == ["granted"]


@pytest.mark.requirement("M162")
def test_a_grant_on_it_opens_a_verification_with_its_own_clock_that_outlives_the_case():
    story = closed()

    assert story.state.is_closed
    running = verification_clock(story.state, story.law)
    assert running is not None
    assert (running.start, running.due, running.ended_on) == (day("03-04"), day("04-16"), None)
    assert story.no(c.Erase, STEWARD, "03-20 09:00", basis="x").code == "verification_open"
    for who, code in ((APPLICANT, "staff_only"), (OTHER_SUPERVISOR, "not_your_unit"), (DECIDER, "needs_supervisor")):
        no = story.no(c.VerifyCommitment, who, "03-20 09:00", outcome="kept", method="field_check")
        assert no.code == code

    odd = story.no(c.VerifyCommitment, SUPERVISOR, "03-20 09:00", outcome="kept", method="hearsay")
    assert odd.code == "no_such_way_to_verify"
    facts = story.do(c.VerifyCommitment, SUPERVISOR, "03-20 09:00", outcome="kept", method="field_check")

    assert kinds(facts) == ["commitment_verified"]
    running = verification_clock(story.state, story.law)
    assert running is not None
    assert running.ended_on == day("03-20")
    needless = story.no(c.RecordMeasure, SUPERVISOR, "03-20 10:00", measure="credit_recorded", text="x")
    assert needless.code == "no_measure_due"
    story.do(c.Erase, STEWARD, "03-21 09:00", basis="x")
    story.require_replayable()


def test_whoever_had_a_part_in_the_case_does_not_verify_it():
    law = on_word()
    story = signed(law)
    partial = staff("clerk", "supervision", "supervisor")
    story.do(c.Accept, CLERK, "03-02 10:00")
    assign(story, "review", "03-03 09:00")
    finish(story, "review", "03-03 10:00", findings=SAFE)
    story.do(c.Decide, DECIDER, "03-04 09:00", outcome="grant")
    no = story.no(c.VerifyCommitment, partial, "03-20 09:00", outcome="kept", method="field_check")
    assert no.code == "acted_in_the_case"


@pytest.mark.requirement("M162")
def test_a_broken_promise_stays_open_until_a_measure_is_recorded():
    story = closed()
    broken: dict[str, Any] = {"outcome": "broken", "method": "data_sharing", "text": "与登记不符"}
    story.do(c.VerifyCommitment, SUPERVISOR, "03-20 09:00", **broken)

    assert story.state.verification is not None
    assert story.state.verification.is_open
    assert story.no(c.VerifyCommitment, SUPERVISOR, "03-20 10:00", **broken).code == "already_verified"
    assert story.no(c.RestoreCredit, SUPERVISOR, "03-20 10:00", text="x").code == "no_credit_to_restore"
    order: dict[str, Any] = {"measure": "order_to_correct", "text": "十日内改正"}
    assert story.no(c.RecordMeasure, SUPERVISOR, "03-20 10:00", **order).code == "period_needed"
    facts = story.do(c.RecordMeasure, SUPERVISOR, "03-20 10:00", **order, period=days(10))
    assert kinds(facts) == ["measure_recorded"]

    # An order to put it right is verified again, and given once.
    assert story.state.verification.is_open
    running = verification_clock(story.state, story.law)
    assert running is not None
    assert running.due == day("04-03")
    story.do(c.VerifyCommitment, SUPERVISOR, "04-03 09:00", **broken)
    assert story.offer(c.RecordMeasure, SUPERVISOR, "04-03 10:00").allowed["measure"] == (
        "revocation_proposed", "credit_recorded",
    )  # fmt: skip
    assert story.no(c.RecordMeasure, SUPERVISOR, "04-03 10:00", **order, period=days(10)).code == "no_such_measure"
    story.do(c.RecordMeasure, SUPERVISOR, "04-03 10:00", measure="revocation_proposed", text="拒不改正")
    assert not story.state.verification.is_open

    story.do(c.RestoreCredit, SUPERVISOR, "05-06 09:00", text="已改正")
    assert story.no(c.RestoreCredit, SUPERVISOR, "05-06 10:00", text="x").code == "no_credit_to_restore"
    story.require_replayable()


def test_a_limit_in_months_is_one_of_the_verification():
    law = on_word(offer=replace(OFFER, verify_within=Limit(2, Unit.MONTH)))
    story = granted(law)
    running = verification_clock(story.state, law)
    assert running is not None
    assert running.due == day("05-06")


def test_a_refusal_on_a_commitment_leaves_nothing_to_verify():
    story = signed()
    story.do(c.Accept, CLERK, "03-02 10:00")
    assign(story, "review", "03-03 09:00")
    finish(story, "review", "03-03 10:00", "failed", (c.Found("safety", False),))
    cited = (c.Citation(e.PointKind.CRITERION, "safety", e.Defect.UNMET),)
    assert kinds(story.do(c.Decide, DECIDER, "03-04 09:00", outcome="refuse", points=cited)) == ["refused"]
    assert story.state.verification is None
    no = story.no(c.VerifyCommitment, SUPERVISOR, "03-20 09:00", outcome="kept", method="field_check")
    assert no.code == "nothing_to_verify"
