"""决定、送达: granted or refused with reasons and remedy, the licence dated with the decision, closed when served."""

import json
from dataclasses import replace
from typing import Any

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.clocks import remedy_clocks
from banjie.engine.guide import Benchmark, Guide
from banjie.engine.law import Clock, Duty
from tests.engine.office import (
    APPLICANT,
    CLERK,
    CONSULTATION,
    DECIDER,
    EXPERTS,
    FAR_DECIDER,
    INSTANT_DUTIES,
    LAB,
    LAW,
    LICENCE_CLERK,
    MET,
    OFFICER,
    OTHER_DECIDER,
    REVIEW,
    SURVEY,
    SURVEY_HEAD,
    SURVEYOR,
    UNMET,
    carried,
    criteria,
    decided,
    examined,
    filed,
    finish,
    flawed,
    papers,
    person,
    staff,
    with_steps,
)
from tests.engine.story import day, instant, kinds, with_procedure

WINDOW = staff("window-decider", "window", "clerk", "decider")
INSTANT = with_procedure(with_steps(REVIEW), instant=True, merged=INSTANT_DUTIES)

# The decision


def test_a_grant_names_its_agency_its_criteria_and_starts_the_certificate_clock() -> None:
    story = examined()

    (fact,) = story.do(c.Decide, DECIDER, "03-03 10:00", outcome="grant", benchmark="示例基准 1")

    assert isinstance(fact, e.Granted)
    assert (fact.agency, fact.criteria, fact.certificate) == ("bureau", ("space", "safety"), True)
    assert story.running() == {"certificate"}
    assert story.due(Clock.CERTIFICATE) == day("03-17")


def test_a_refusal_cites_criteria_and_carries_remedy() -> None:
    story = examined()

    (fact,) = story.do(c.Decide, DECIDER, "03-03 10:00", outcome="refuse", points=criteria("space"))

    assert isinstance(fact, e.Refused)
    assert [each.id for each in fact.points] == ["space"]
    assert (fact.remedy.reconsideration, fact.remedy.court, fact.remedy.days, fact.remedy.months) == (
        "云岭县人民政府",
        "云岭县人民法院",
        60,
        6,
    )


@pytest.mark.parametrize(
    ("points", "code"),
    [
        ((), "reason_must_cite_condition"),
        (criteria("shoe"), "outside_guide"),
        (flawed("form"), "refusal_cites_criteria"),
        ((c.Citation(e.PointKind.QUESTION, "rooms", e.Defect.INCOMPLETE),), "refusal_cites_criteria"),
    ],
)
def test_a_refusal_rests_on_a_published_criterion_and_on_nothing_else(
    points: tuple[c.Citation, ...], code: str
) -> None:
    no = examined().no(c.Decide, DECIDER, "03-03 10:00", outcome="refuse", points=points)

    assert no.code == code


def test_what_was_found_unmet_is_not_granted() -> None:
    story = examined(findings=UNMET)

    no = story.no(c.Decide, DECIDER, "03-03 10:00", outcome="grant")

    assert (no.code, no.facts) == ("criterion_unmet", {"criteria": ["space"]})
    assert story.offer(c.Decide, DECIDER, "03-03 10:00").allowed["outcome"] == ("refuse",)


def test_where_there_is_no_criterion_there_is_no_refusal_to_offer() -> None:
    story = carried(with_procedure(with_steps(), criteria=()))

    assert story.offer(c.Decide, DECIDER, "03-03 10:00").allowed == {"outcome": ("grant",), "point": ()}


def test_a_decision_is_to_grant_or_to_refuse() -> None:
    assert examined().no(c.Decide, DECIDER, "03-03 10:00", outcome="maybe").code == "no_such_outcome"


def test_who_decides() -> None:
    story = examined()

    assert story.no(c.Decide, APPLICANT, "03-03 10:00", outcome="grant").code == "staff_only"
    assert story.no(c.Decide, OFFICER, "03-03 10:00", outcome="grant").code == "needs_decider"
    assert story.no(c.Decide, FAR_DECIDER, "03-03 10:00", outcome="grant").code == "not_the_deciding_agency"
    assert filed().no(c.Decide, DECIDER, "03-03 10:00", outcome="grant").code == "not_accepted"


def test_a_case_is_decided_once() -> None:
    assert decided().no(c.Decide, OTHER_DECIDER, "03-03 11:00", outcome="grant").code == "already_decided"


def test_a_benchmark_is_a_short_citation() -> None:
    no = examined().no(c.Decide, DECIDER, "03-03 10:00", outcome="grant", benchmark="长" * 201)

    assert no.code == "bad_input"


# At once


@pytest.mark.parametrize("outcome", ["grant", "refuse"])
def test_an_instant_item_is_accepted_examined_and_decided_in_one_act(outcome: str) -> None:
    story = filed(INSTANT)
    found = {"findings": MET if outcome == "grant" else UNMET, "points": criteria("space")}

    facts = story.do(c.DecideAtOnce, WINDOW, "03-02 09:10", outcome=outcome, **found)

    assert kinds(facts) == ["accepted", "examined", {"grant": "granted", "refuse": "refused"}[outcome]]
    seen = facts[1]
    assert isinstance(seen, e.Examined)
    assert [each.criterion for each in seen.findings] == ["space", "safety"]
    assert story.state.stage == "decided"
    assert story.state.contact == WINDOW.id


def test_an_instant_item_with_papers_missing_is_not_decided_at_once() -> None:
    story = filed(INSTANT, provided=papers("form"))

    assert story.no(c.DecideAtOnce, WINDOW, "03-02 09:10", outcome="grant").code == "materials_missing"


def test_at_once_is_no_lower_bar() -> None:
    story = filed(INSTANT)

    def no(**arguments: object) -> str:
        return story.no(c.DecideAtOnce, WINDOW, "03-02 09:10", **arguments).code

    assert no(outcome="maybe") == "no_such_outcome"
    assert no(outcome="grant", findings=UNMET) == "criterion_unmet"
    assert no(outcome="refuse", findings=UNMET) == "reason_must_cite_condition"
    assert no(outcome="grant", findings=(c.Found("shoe", True),)) == "outside_guide"


def test_who_decides_at_once_is_a_clerk_who_may_decide_on_an_item_that_merges_the_duties() -> None:
    story = filed(INSTANT)

    assert story.no(c.DecideAtOnce, CLERK, "03-02 09:10", outcome="grant").code == "needs_decider"
    assert story.no(c.DecideAtOnce, DECIDER, "03-02 09:10", outcome="grant").code == "needs_clerk"
    elsewhere = replace(WINDOW, agency="far")
    assert story.no(c.DecideAtOnce, elsewhere, "03-02 09:10", outcome="grant").code == "not_the_deciding_agency"
    apart = filed(with_procedure(INSTANT, merged=frozenset({Duty.REVIEW, Duty.DECIDE})))
    assert apart.no(c.DecideAtOnce, WINDOW, "03-02 09:10", outcome="grant").code == "receiver_may_not_decide"


@pytest.mark.parametrize("step", [SURVEY, CONSULTATION, LAB, EXPERTS], ids=lambda step: step.kind)
def test_what_needs_a_look_a_test_or_anothers_opinion_is_no_instant_item(step: object) -> None:
    law = with_steps(REVIEW, step, law=INSTANT)  # type: ignore[arg-type]

    assert filed(law).no(c.DecideAtOnce, WINDOW, "03-02 09:10", outcome="grant").code == "not_an_instant_item"


def test_a_survey_that_does_not_apply_to_this_case_does_not_stand_in_the_way() -> None:
    law = with_steps(REVIEW, replace(SURVEY, when="rooms > 100"), law=INSTANT)

    assert filed(law).do(c.DecideAtOnce, WINDOW, "03-02 09:10", outcome="grant")


def test_neither_is_one_in_which_others_have_to_be_heard() -> None:
    law = with_procedure(INSTANT, third_parties=True)

    assert filed(law).no(c.DecideAtOnce, WINDOW, "03-02 09:10", outcome="grant").code == "hearing_right_not_told"


def test_an_item_that_is_not_instant_is_not_decided_at_once() -> None:
    assert filed().no(c.DecideAtOnce, WINDOW, "03-02 09:10", outcome="grant").code == "not_an_instant_item"


# The licence


def test_the_licence_is_dated_with_the_decision_and_ends_the_day_before_its_anniversary() -> None:
    story = decided()

    (fact,) = story.do(c.Issue, LICENCE_CLERK, "03-05 09:00")

    assert isinstance(fact, e.Issued)
    assert (fact.dated, fact.valid_to, fact.number) == (day("03-03"), day("2031-03-02"), "example-Q1")
    assert story.no(c.Issue, LICENCE_CLERK, "03-05 10:00").code == "already_issued"


def test_a_licence_of_a_leap_day_ends_on_the_last_of_february() -> None:
    law = with_procedure(LAW, effective_from=day("2024-01-01"))
    story = examined(law, "2024-02-29 09:00")
    story.do(c.Decide, DECIDER, "2024-02-29 10:00", outcome="grant")

    (fact,) = story.do(c.Issue, LICENCE_CLERK, "2024-02-29 11:00")

    assert isinstance(fact, e.Issued)
    assert fact.valid_to == day("2029-02-28")


def test_a_licence_without_a_term_has_no_end() -> None:
    story = decided(with_procedure(LAW, licence_years=0))

    (fact,) = story.do(c.Issue, LICENCE_CLERK, "03-05 09:00")

    assert isinstance(fact, e.Issued)
    assert fact.valid_to is None


def test_a_licence_follows_a_grant_of_an_item_that_has_one() -> None:
    assert examined().no(c.Issue, LICENCE_CLERK, "03-05 09:00").code == "not_granted"
    assert decided(outcome="refuse").no(c.Issue, LICENCE_CLERK, "03-05 09:00").code == "not_granted"
    assert decided(with_procedure(LAW, licence="")).no(c.Issue, LICENCE_CLERK, "03-05 09:00").code == "no_licence_here"
    assert decided().no(c.Issue, DECIDER, "03-05 09:00").code == "needs_licence_clerk"
    far = replace(LICENCE_CLERK, agency="far")
    assert decided().no(c.Issue, far, "03-05 09:00").code == "not_the_deciding_agency"


# Service


def test_service_closes_the_case_and_ends_the_certificate_clock() -> None:
    story = decided()
    story.do(c.Issue, LICENCE_CLERK, "03-05 09:00")

    facts = story.do(c.Serve, CLERK, "03-06 09:00", method="post", receipt="EMS 123")

    assert kinds(facts) == ["served", "closed"]
    assert (story.state.stage, story.state.result, story.running()) == ("closed", "granted", set())
    assert story.clock(Clock.CERTIFICATE).used(day("05-01")) == 3


def test_a_certificate_served_late_is_late_for_ever() -> None:
    story = decided()
    story.do(c.Issue, LICENCE_CLERK, "03-05 09:00")
    story.do(c.Serve, CLERK, "03-18 09:00", method="in_person")

    assert story.clock(Clock.CERTIFICATE).is_over(day("05-01"))


def test_who_serves_what_and_how() -> None:
    story = decided()

    assert story.no(c.Serve, CLERK, "03-06 09:00", method="post").code == "licence_not_issued"
    story.do(c.Issue, LICENCE_CLERK, "03-05 09:00")
    assert story.no(c.Serve, CLERK, "03-06 09:00", method="pigeon").code == "no_such_outcome"
    assert story.no(c.Serve, LICENCE_CLERK, "03-06 09:00", method="post").code == "not_your_unit"
    assert story.no(c.Serve, DECIDER, "03-06 09:00", method="post").code == "needs_one_of"
    assert examined().no(c.Serve, CLERK, "03-06 09:00", method="post").code == "not_decided"
    assert decided(outcome="refuse").do(c.Serve, CLERK, "03-06 09:00", method="in_person")


def test_whoever_was_refused_has_sixty_days_and_six_months_from_service() -> None:
    story = decided(outcome="refuse")
    assert remedy_clocks(story.state, LAW) == ()

    story.do(c.Serve, CLERK, "03-06 09:00", method="in_person")

    reconsideration, court = remedy_clocks(story.state, LAW)
    assert (reconsideration.clock, reconsideration.due) == (Clock.RECONSIDERATION, day("05-06"))
    assert (court.clock, court.due) == (Clock.COURT, day("09-07"))
    assert remedy_clocks(decided().state, LAW) == ()


@pytest.mark.requirement("M122")
def test_acceptance_review_and_decision_each_begin_and_end_on_a_day_of_their_own() -> None:
    story = examined()
    story.do(c.Decide, DECIDER, "03-04 10:00", outcome="grant")
    state = story.state

    assert [state.received_on, state.accepted_on, state.examined_on, state.decided_on] == [
        day("03-02"),
        day("03-02"),
        day("03-02"),
        day("03-04"),
    ]
    begun = {kind: fact.at for fact, kind in zip(story.facts, kinds(story.facts), strict=True)}
    assert begun["granted"] == instant("03-04 10:00")


# Discretion


LINES = (
    Benchmark(id="b1", criterion="space", when="整改期内能改正", outcome="整改合格的准予", leads_to="grant"),
    Benchmark(id="b2", criterion="space", when="距离不足", outcome="不予许可", leads_to="refuse"),
)
DISCRETION = with_procedure(LAW, guide=Guide(benchmarks=LINES))


def used(benchmark: str = "b2", reason: str = "", criterion: str = "space") -> tuple[c.BenchmarkUsed, ...]:
    """A line of the benchmarks, and why it was not followed."""
    return (c.BenchmarkUsed(criterion, benchmark, c.Personal(reason) if reason else None),)


@pytest.mark.requirement("M040")
def test_a_refusal_on_a_criterion_with_benchmarks_records_the_line_that_was_used() -> None:
    story = examined(DISCRETION)
    refusal = {"outcome": "refuse", "points": criteria("space")}
    assert story.no(c.Decide, DECIDER, "03-03 10:00", **refusal).code == "benchmark_needed"

    (fact,) = story.do(c.Decide, DECIDER, "03-03 10:00", **refusal, benchmarks=used())

    assert isinstance(fact, e.Refused)
    assert fact.benchmarks == (e.BenchmarkApplied("space", "b2"),)
    story.require_replayable()


@pytest.mark.requirement("M040")
def test_a_grant_after_something_had_to_be_put_right_records_the_line_too() -> None:
    story = carried(with_procedure(with_steps(SURVEY), guide=Guide(benchmarks=LINES)))
    story.do(c.SetRectification, SURVEYOR, "03-03 09:00", step="survey", consent=person(SURVEY_HEAD), findings=UNMET)
    story.do(c.ReportRectified, APPLICANT, "03-04 09:00", step="survey")
    finish(story, "survey", "03-05 09:00")
    assert story.offer(c.Decide, DECIDER, "03-06 09:00").allowed["weigh"] == ("space",)
    assert story.no(c.Decide, DECIDER, "03-06 09:00", outcome="grant").code == "benchmark_needed"

    (fact,) = story.do(c.Decide, DECIDER, "03-06 09:00", outcome="grant", benchmarks=used("b1"))

    assert isinstance(fact, e.Granted)
    assert fact.benchmarks == (e.BenchmarkApplied("space", "b1"),)


@pytest.mark.requirement("M040")
def test_where_nothing_had_to_be_judged_no_line_is_asked_for_and_one_may_be_named() -> None:
    assert "weigh" not in examined(DISCRETION).offer(c.Decide, DECIDER, "03-03 10:00").allowed
    assert examined(DISCRETION).do(c.Decide, DECIDER, "03-03 10:00", outcome="grant")
    refusal = {"outcome": "refuse", "points": criteria("safety")}
    assert examined(DISCRETION).do(c.Decide, DECIDER, "03-03 10:00", **refusal), "no line speaks of it"
    assert examined(DISCRETION).do(c.Decide, DECIDER, "03-03 10:00", outcome="grant", benchmarks=used("b1"))


@pytest.mark.requirement("M040")
@pytest.mark.parametrize("line", ["b1", ""])
def test_who_decides_otherwise_than_the_line_or_uses_none_says_why(line: str) -> None:
    story = examined(DISCRETION)
    refusal = {"outcome": "refuse", "points": criteria("space")}
    for reason in ("", "  "):
        no = story.no(c.Decide, DECIDER, "03-03 10:00", **refusal, benchmarks=used(line, reason))
        assert no.code == "benchmark_reason_needed"

    (fact,) = story.do(c.Decide, DECIDER, "03-03 10:00", **refusal, benchmarks=used(line, "三次整改未到位"))

    assert isinstance(fact, e.Refused)
    assert fact.benchmarks[0].reason is not None
    assert story.sealed[fact.benchmarks[0].reason.ref] == "三次整改未到位"
    assert "三次整改未到位" not in e.encode(fact)[1].decode()


@pytest.mark.requirement("M040")
@pytest.mark.parametrize(
    ("benchmarks", "code"),
    [
        (used("b9"), "unknown_benchmark"),
        (used("b2", criterion="safety"), "unknown_benchmark"),
        (used("", "没有", criterion="safety"), "unknown_benchmark"),
        (used("", "没有", criterion="shoe"), "unknown_benchmark"),
        (used("b2") + used("b2"), "each_benchmark_once"),
    ],
)
def test_only_a_published_line_of_this_criterion_can_be_used(benchmarks: Any, code: str) -> None:
    story = examined(DISCRETION)

    no = story.no(c.Decide, DECIDER, "03-03 10:00", outcome="refuse", points=criteria("space"), benchmarks=benchmarks)

    assert no.code == code


@pytest.mark.requirement("M040")
def test_what_is_decided_at_once_records_its_line_too() -> None:
    story = filed(with_procedure(INSTANT, guide=Guide(benchmarks=LINES), receives="licensing"))
    both = staff("both", "licensing", "clerk", "decider")
    refusal = {"outcome": "refuse", "points": criteria("space"), "findings": UNMET}
    assert story.no(c.DecideAtOnce, both, "03-02 10:00", **refusal).code == "benchmark_needed"

    facts = story.do(c.DecideAtOnce, both, "03-02 10:00", **refusal, benchmarks=used())

    assert isinstance(facts[-1], e.Refused)
    assert facts[-1].benchmarks == (e.BenchmarkApplied("space", "b2"),)


def test_the_citation_of_an_older_fact_is_still_read() -> None:
    (fact,) = examined().do(c.Decide, DECIDER, "03-03 10:00", outcome="grant", benchmark="示例基准 1")
    kind, body = e.encode(fact)

    assert "benchmarks" not in json.loads(body)
    again = e.decode(kind, json.loads(body))
    assert isinstance(again, e.Granted)
    assert (again.benchmark, again.benchmarks) == ("示例基准 1", ())
