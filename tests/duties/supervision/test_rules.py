"""Each rule fires from its facts and carries them; an outage, or an honest case, is held against nobody."""

from dataclasses import replace
from uuid import UUID

import pytest

from banjie.duties.supervision import rules, whose
from banjie.duties.supervision.findings import Finding
from banjie.duties.supervision.whose import Who
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.clocks import elapsed
from banjie.engine.guide import Fee, Guide
from banjie.engine.law import PauseGround
from banjie.engine.timelimits import Span
from tests.engine.office import (
    APPLICANT,
    CLERK,
    DECIDER,
    EXPERTS,
    LAW,
    OFFICER,
    SURVEY,
    accepted,
    carried,
    criteria,
    days,
    decided,
    examined,
    filed,
    missing,
    papers,
    with_steps,
)
from tests.engine.story import Story, day, with_procedure, with_region
from tests.engine.test_renewal import asked

CASE = UUID(int=1)


def found(story: Story, on: str, outages: dict[str, list[Span]] | None = None) -> list[Finding]:
    """What the rules say of a story on a day."""
    history = rules.history(CASE, enumerate(story.facts, 1), story.law, outages)
    return rules.findings(history, day(on))


def codes(story: Story, on: str, outages: dict[str, list[Span]] | None = None) -> list[str]:
    return [each.rule for each in found(story, on, outages)]


def test_an_honest_case_shows_nothing() -> None:
    assert codes(decided(), "03-04") == []
    assert codes(examined(), "03-04") == []


def test_a_renewal_the_law_granted_is_red_and_nobody_is_said_to_have_decided_it() -> None:
    story = asked("04-10")
    story.advance("04-20 09:00")

    renewed = [each for each in found(story, "04-20") if each.rule == "renewal_silence"]

    assert [(each.unit, each.person, each.on) for each in renewed] == [(LAW.procedure.decides, "", day("04-11"))]
    assert not {"granted_unqualified", "third_party_not_told"} & set(codes(story, "04-20"))


def test_silence_carries_the_receipt_and_the_acceptance_by_law() -> None:
    story = filed()
    story.advance("03-10 09:00")

    (silence,) = found(story, "03-10")

    assert (silence.rule, silence.unit, silence.person) == ("silence", LAW.procedure.receives, "")
    assert [each.position for each in silence.evidence] == [1, 2]
    assert (silence.on, silence.key) == (day("03-10"), found(story, "04-30")[0].key)


def test_a_promise_and_then_a_statutory_limit_that_pass_are_two_findings_each_on_its_day() -> None:
    story = carried(with_procedure(LAW, committed_limit=days(5), statutory_limit=days(10)))

    assert codes(story, "03-09") == []
    assert [(each.rule, each.on) for each in found(story, "03-17")] == [
        ("over_promise", day("03-10")),
        ("over_statutory", day("03-17")),
    ]


def test_the_same_lateness_is_the_same_finding_while_it_lasts_and_once_it_is_over() -> None:
    law = with_procedure(LAW, committed_limit=days(1))
    late, over = examined(law), examined(law)
    over.do(c.Decide, DECIDER, "03-12 10:00", outcome="grant")

    keys = {each.key for story, on in ((late, "03-05"), (late, "03-20"), (over, "03-20")) for each in found(story, on)}

    assert len(keys) == 1


def test_a_decision_without_the_condition_it_cites_is_found_with_the_step_that_found_it_met() -> None:
    story = examined()
    story.do(c.Decide, DECIDER, "03-04 10:00", outcome="refuse", points=criteria("space"))

    (finding,) = found(story, "03-04")

    assert (finding.rule, finding.person) == ("refused_qualified", DECIDER.id)
    kinds = [type(story.facts[each.position - 1]) for each in finding.evidence]
    assert kinds == [e.StepFinished, e.Refused]


def test_a_second_notice_the_region_lets_through_is_found() -> None:
    law = with_region(LAW, second_notice="red_card")
    story = filed(law, provided=papers("form"))
    story.do(c.RequestCorrection, CLERK, "03-03 10:00", points=missing("plan"))
    story.do(c.SubmitCorrection, APPLICANT, "03-04 10:00", provided=papers("plan"))
    flawed = (c.Citation(e.PointKind.MATERIAL, "form", e.Defect.ILLEGIBLE),)
    story.do(c.RequestCorrection, CLERK, "03-05 10:00", points=flawed)

    (finding,) = found(story, "03-05")

    assert (finding.rule, finding.person) == ("second_correction_unlawful", CLERK.id)
    assert [each.position for each in finding.evidence] == [2, 4]


def test_a_decline_for_a_competence_of_ones_own_or_without_reasons_is_found() -> None:
    story = filed()
    home = LAW.procedure.agency(LAW.procedure.home).name
    story.do(c.Decline, CLERK, "03-03 10:00", ground="other_agency", competent=home)

    assert sorted(codes(story, "03-03")) == ["declined_qualified", "no_reasons"]


def test_a_grant_without_the_tender_the_item_names_is_a_question() -> None:
    tender = PauseGround(id="tender", name="招标", basis="行政许可法 53")
    law = with_procedure(LAW, pause_grounds=(*LAW.procedure.pause_grounds, tender))

    assert codes(decided(law), "03-04") == ["granted_without_tender"]


def test_a_step_beyond_its_limit_names_its_unit() -> None:
    story = carried(with_steps(SURVEY))

    (finding,) = found(story, "03-12")

    assert (finding.rule, finding.unit) == ("step_overdue", "surveys")


def test_days_on_which_the_system_was_out_are_held_against_nobody() -> None:
    story = filed()
    story.advance("03-10 09:00")
    out = [Span(day("03-09"), day("03-10"))]

    assert codes(story, "03-10", {"": out}) == []
    assert codes(story, "03-10", {LAW.procedure.receives: out}) == []
    assert codes(story, "03-10", {"somebody-else": out}) == ["silence"]


def test_an_outage_puts_a_lateness_off_and_does_not_forgive_it() -> None:
    story = carried(with_procedure(LAW, committed_limit=days(5), statutory_limit=days(20)))
    out = {"": [Span(day("03-04"), day("03-06"))]}

    assert codes(story, "03-11", out) == []
    assert [(each.rule, each.on) for each in found(story, "03-12", out)] == [("over_promise", day("03-12"))]


def test_a_voided_case_never_was_one() -> None:
    story = filed()
    story.advance("03-10 09:00")
    history = rules.history(CASE, enumerate(story.facts, 1), story.law)
    voided = replace(history.told[-1], after=replace(history.state, result="voided"))

    assert rules.findings(replace(history, told=(*history.told[:-1], voided)), day("03-11")) == []


# Whose turn it was


def turns(story: Story, on: str) -> list[tuple[Who, str, int]]:
    return [(each.who, each.why, each.days) for each in whose.stretches(story.facts, story.law, day(on))]


def test_every_day_from_receipt_to_today_was_somebodys() -> None:
    story = filed(provided=papers("form"))
    story.do(c.RequestCorrection, CLERK, "03-04 10:00", points=missing("plan"))
    story.do(c.SubmitCorrection, APPLICANT, "03-06 10:00", provided=papers("plan"))
    story.do(c.Accept, CLERK, "03-09 10:00")

    assert turns(story, "03-11") == [
        (Who.DEPARTMENT, "receipt", 2),
        (Who.APPLICANT, "correction", 2),
        (Who.DEPARTMENT, "receipt", 3),
        (Who.DEPARTMENT, "examination", 2),
    ]


def test_days_on_which_experts_had_it_are_the_experts_for_as_long_as_the_notice_told() -> None:
    story = carried(with_steps(EXPERTS, grounds=("expert_review",)))
    story.do(c.Pause, OFFICER, "03-04 09:00", ground="expert_review", expected_end=day("03-11"))
    story.advance("03-20 09:00")

    told = whose.stretches(story.facts, story.law, day("03-20"))

    assert [(each.who, each.since, each.until) for each in told if each.who is Who.OTHERS] == [
        (Who.OTHERS, day("03-04"), day("03-11"))
    ]
    totals = {each.who: (each.days, each.working) for each in whose.totals(told)}
    assert totals[Who.OTHERS] == (7, 5)


@pytest.mark.parametrize("on", ["03-02", "03-05", "03-31"])
def test_the_days_of_all_add_up_to_the_time_that_never_stops(on: str) -> None:
    for story in (accepted(), decided(), carried(with_steps(EXPERTS, grounds=("expert_review",)))):
        told = whose.stretches(story.facts, story.law, day(on))
        assert sum(each.days for each in whose.totals(told)) == elapsed(story.state, story.law, day(on))


@pytest.mark.requirement("M009", "M220")
def test_a_fee_off_the_guide_or_above_its_standard_is_red_and_an_honest_one_is_not() -> None:
    fee = Fee(name="工本费", standard="每件5元", basis="示例条例", listed="paper", amount=500)
    story = accepted(replace(LAW, procedure=replace(LAW.procedure, guide=Guide(fees=(fee,)))))
    raised = story.do(c.RaiseFee, CLERK, "03-05 09:00", fee="f1", listed="paper", amount=500)[0]
    assert isinstance(raised, e.FeeRaised)
    assert codes(story, "03-06") == []

    for charged, code in (
        (replace(raised, amount=501), "fee_off_the_standard"),
        (replace(raised, listed="handling"), "fee_off_the_list"),
    ):
        story.facts[-1] = charged
        (finding,) = found(story, "03-06")
        assert (finding.rule, finding.person, finding.evidence[0].code) == ("fee_unlawful", "clerk", code)
