"""Variants of one item share a licence: a change keeps its number and its end, a renewal its number, an end ends it."""

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine import licence_acts
from banjie.engine.guards import BadInput
from banjie.engine.law import KEEPS_NUMBER, LICENCE_ACTS, Law
from tests.engine.office import (
    ANSWERS,
    APPLICANT,
    CLERK,
    DECIDER,
    LAW,
    LICENCE_CLERK,
    accepted,
    decided,
    filed,
    finish,
    missing,
    papers,
)
from tests.engine.office import assign as assign_step
from tests.engine.story import Story, day, kinds, with_procedure

NUMBER = "JY-7K3F-22PT"


def about_a_licence(act: str) -> Law:
    """An item that does this to a licence, whose number is the answer to its text question."""
    return with_procedure(LAW, licence_act=act, licence_question="remark")


def granted(act: str, number: str = NUMBER) -> Story:
    """A grant of it."""
    law = about_a_licence(act)
    story = accepted(law, answers={**ANSWERS, "remark": number})
    assign_step(story, "review", "03-02 11:00")
    finish(story, "review", "03-02 12:00")
    story.do(c.Decide, DECIDER, "03-03 10:00", outcome="grant")
    return story


def issued(act: str) -> e.Issued:
    """The licence it makes."""
    (fact,) = granted(act).do(c.Issue, LICENCE_CLERK, "03-03 11:00")
    assert isinstance(fact, e.Issued)
    return fact


@pytest.mark.parametrize("act", sorted(KEEPS_NUMBER))
def test_what_goes_on_keeps_its_number(act: str):
    fact = issued(act)

    assert (fact.number, fact.former, fact.act) == (NUMBER, NUMBER, act)


@pytest.mark.parametrize("act", ["change", "reissue", "correct"])
def test_what_is_changed_reissued_or_corrected_keeps_its_end(act: str):
    assert issued(act).valid_to is None
    assert issued(act).dated == day("03-03")


def test_a_renewed_licence_has_a_new_term():
    assert issued("renew").valid_to == day("2031-03-02")


def test_a_new_licence_has_a_number_of_its_own_whatever_was_answered():
    fact = issued("issue")

    assert (fact.number, fact.former, fact.act) == ("example-Q1", "", "issue")
    story = decided()
    (fact,) = story.do(c.Issue, LICENCE_CLERK, "03-03 11:00")
    assert fact.act == "issue"


@pytest.mark.parametrize("act", ["cancel", "suspend"])
def test_a_licence_given_back_ends_when_that_is_served_and_none_is_made(act: str):
    story = granted(act)
    assert story.no(c.Issue, LICENCE_CLERK, "03-03 11:00").code == "no_licence_here"
    assert not any(isinstance(each, e.LicenceEnded) for each in story.facts)

    facts = story.do(c.Serve, CLERK, "03-04 10:00", method="in_person")

    assert kinds(facts) == ["served", "licence_ended", "closed"]
    ended = facts[1]
    assert isinstance(ended, e.LicenceEnded)
    assert (ended.number, ended.act, ended.effective_on) == (NUMBER, act, day("03-04"))
    assert ended.basis == "行政许可法"
    assert story.state.cancellation_owed is None, "a cancellation needs no other"
    story.require_replayable()


def test_a_suspension_is_lifted_on_application_too():
    facts = granted("restore").do(c.Serve, CLERK, "03-04 10:00", method="in_person")

    assert kinds(facts) == ["served", "licence_restored", "closed"]


def test_a_refused_end_ends_nothing():
    law = about_a_licence("cancel")
    story = accepted(law, answers={**ANSWERS, "remark": NUMBER})
    assign_step(story, "review", "03-02 11:00")
    finish(story, "review", "03-02 12:00", "failed", (c.Found("space", False), c.Found("safety", True)))
    cited = (c.Citation(e.PointKind.CRITERION, "space", e.Defect.UNMET),)
    story.do(c.Decide, DECIDER, "03-03 10:00", outcome="refuse", points=cited)

    assert kinds(story.do(c.Serve, CLERK, "03-04 10:00", method="in_person")) == ["served", "closed"]


def test_the_number_stands_in_the_facts_and_follows_a_correction():
    law = about_a_licence("change")
    story = filed(law, answers={**ANSWERS, "remark": f" {NUMBER} "}, provided=papers("form"))
    assert story.state.former == NUMBER
    story.do(c.RequestCorrection, CLERK, "03-02 10:00", points=missing("plan"))

    story.do(c.SubmitCorrection, APPLICANT, "03-03 09:00", provided=papers("plan"))
    assert story.state.former == NUMBER
    story = filed(law, answers={**ANSWERS, "remark": NUMBER}, provided=papers("form"))
    story.do(c.RequestCorrection, CLERK, "03-02 10:00", points=missing("plan"))
    corrected = {**ANSWERS, "remark": "JY-2"}
    story.do(c.SubmitCorrection, APPLICANT, "03-03 09:00", provided=papers("plan"), answers=corrected)
    assert story.state.former == "JY-2"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "needed"),
        ("   ", "needed"),
        (None, "needed"),
        ("王小明", "not_a_licence_number"),
        ("王小明 1", "not_a_licence_number"),
        ("11010519491231002X", "not_a_licence_number"),
        ("1" * 65, "too_long"),
    ],
)
def test_what_can_be_no_licence_number_is_refused_before_it_stands_in_a_fact_for_ever(number: str | None, code: str):
    law = about_a_licence("change")
    answers = {**ANSWERS} if number is None else {**ANSWERS, "remark": number}

    no = Story(law).no(c.Submit, APPLICANT, "03-02 09:00", answers=answers)

    assert isinstance(no, BadInput)
    assert no.problems == [("answers.remark", code)]


@pytest.mark.parametrize("number", ["JY19999210000018", "卫公证字〔2025〕第001号", "91999921000000019D", "JY-Q1"])
def test_a_number_as_it_is_printed_is_taken(number: str):
    assert filed(about_a_licence("change"), answers={**ANSWERS, "remark": number}).state.former == number


def test_an_item_that_is_about_no_licence_asks_for_no_number():
    assert licence_acts.problems(LAW.procedure, {}, day("03-02")) == []
    assert filed().state.former == ""


def test_every_act_either_makes_a_licence_or_ends_or_restores_one():
    making = {act for act in LICENCE_ACTS if not about_a_licence(act).procedure.ends_a_licence}

    assert making == {"issue", *KEEPS_NUMBER}
