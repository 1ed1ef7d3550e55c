"""Fees: of the guide, in the amount of its standard, paid before the licence where the item says so."""

from dataclasses import replace

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.fees import amount_of, charges
from banjie.engine.guide import Fee, Guide
from banjie.engine.law import Law, Question
from banjie.engine.not_possible import NotPossible
from banjie.engine.rules import check
from tests.engine.office import APPLICANT, CLERK, FAR_CLERK, HEAD, LAW, LICENCE_CLERK, OFFICER, accepted, decided, filed
from tests.engine.story import Story, kinds

ROAD = Fee(
    name="城市道路占用费", standard="每平方米每日0.50元", basis="示例条例第三十七条", listed="road", amount=50,
    per="平方米·日", units="area * days", reduced_when="welfare", reduced_by=50, due="before_issue",
)  # fmt: skip
PAPER = Fee(name="工本费", standard="每件5元", basis="示例条例第一条", listed="paper", amount=500)
TOLD_ONLY = Fee(name="示例费", standard="按省定标准", basis="示例条例第二条", listed="elsewhere")
QUESTIONS = (
    Question(id="area", label="面积", type="number"),
    Question(id="days", label="天数", type="number"),
    Question(id="welfare", label="公益", type="yes_no"),
)
GUIDE = Guide(fees=(ROAD, PAPER, TOLD_ONLY))


def with_fees(law: Law = LAW) -> Law:
    return replace(law, procedure=replace(law.procedure, guide=GUIDE))


def charging(story: Story) -> Story:
    """The same case under a guide with fees."""
    story.law = with_fees(story.law)
    return story


def road(**other: object) -> dict[str, object]:
    return {"fee": "f1", "listed": "road", "units": 100, "amount": 5000, **other}


@pytest.mark.requirement("M220")
def test_the_amount_is_the_standard_times_the_units_of_the_answers() -> None:
    procedure = replace(LAW.procedure, questions=(*LAW.procedure.questions, *QUESTIONS), guide=GUIDE)

    full = charges(procedure, {"area": 20, "days": 3, "welfare": False})
    reduced = charges(procedure, {"area": 20, "days": 3, "welfare": True})

    assert [(each.fee.listed, each.units, each.amount) for each in full] == [("road", 60, 3000), ("paper", 1, 500)]
    assert [(each.reduced, each.amount) for each in reduced] == [(True, 1500), (False, 500)]
    assert charges(procedure, {"area": 0, "days": 3})[0].fee is PAPER, "nothing is charged for nothing"
    assert amount_of(replace(ROAD, amount=33), 1, reduced=True) == 16, "a half fen is the payer's"
    assert check(procedure) == []
    broken = replace(procedure, guide=replace(GUIDE, fees=(replace(ROAD, units="area > 1"), replace(PAPER, when="x"))))
    assert [where for where, _ in check(broken)] == ["road", "paper"]


@pytest.mark.requirement("M009", "M220")
def test_only_a_fee_of_the_guide_in_the_amount_of_its_standard_can_be_charged() -> None:
    story = charging(accepted())

    def no(**told: object) -> str:
        return story.no(c.RaiseFee, CLERK, "03-05 09:00", **road(**told)).code

    assert no(listed="handling") == "fee_not_listed"
    assert no(amount=5001) == no(amount=4999) == no(amount=-5000, units=-100) == no(units=0, amount=0)
    assert no(amount=5001) == "fee_differs_from_standard"
    assert no(listed="paper", units=1, amount=250, reduced=True) == "fee_differs_from_standard"
    assert no(listed="elsewhere", units=1, amount=0) == "fee_differs_from_standard"
    facts = story.do(c.RaiseFee, CLERK, "03-05 09:00", **road())

    assert kinds(facts) == ["fee_raised"]
    assert (facts[0].amount, facts[0].before_issue) == (5000, True)
    assert no(fee="f2") == "fee_already_raised"


def test_who_charges_sits_at_the_window_or_serves_and_the_case_is_accepted() -> None:
    assert charging(filed()).no(c.RaiseFee, CLERK, "03-03 09:00", **road()).code == "not_accepted"
    assert charging(accepted()).no(c.RaiseFee, HEAD, "03-05 09:00", **road()).code == "needs_one_of"
    assert charging(accepted()).no(c.RaiseFee, FAR_CLERK, "03-05 09:00", **road()).code == "not_your_unit"
    with pytest.raises(NotPossible):
        charging(accepted()).do(c.RaiseFee, CLERK, "03-05 09:00", **road(fee="not an id"))


def test_no_licence_is_made_while_what_is_due_before_it_is_unpaid() -> None:
    story = charging(decided())
    story.do(c.RaiseFee, LICENCE_CLERK, "03-20 09:00", **road())

    assert story.no(c.Issue, LICENCE_CLERK, "03-20 10:00").code == "fee_unpaid"
    story.do(c.SettleFee, c.TIMER, "03-20 11:00", fee="f1", outcome="paid")

    assert kinds(story.do(c.Issue, LICENCE_CLERK, "03-20 12:00")) == ["issued"]


def test_what_need_not_be_paid_first_keeps_nothing_waiting() -> None:
    story = charging(decided())
    story.do(c.RaiseFee, LICENCE_CLERK, "03-20 09:00", fee="f1", listed="paper", units=1, amount=500)

    assert story.do(c.Issue, LICENCE_CLERK, "03-20 10:00")


def test_a_fee_is_settled_once_by_nobody_but_the_house_and_refunded_only_when_paid() -> None:
    story = charging(accepted())
    story.do(c.RaiseFee, OFFICER, "03-05 09:00", **road())

    def no(actor: c.Actor = c.TIMER, **told: object) -> str:
        return story.no(c.SettleFee, actor, "03-06 09:00", **{"fee": "f1", "outcome": "paid", **told}).code

    assert no(CLERK) == "not_allowed"
    assert no(fee="f9") == no(outcome="lost") == "no_such_fee"
    assert no(outcome="refunded") == "fee_settled_already"
    story.do(c.SettleFee, c.TIMER, "03-06 09:00", fee="f1", outcome="paid")
    assert no() == no(outcome="cancelled") == "fee_settled_already"
    story.do(c.Withdraw, APPLICANT, "03-06 10:00")
    last = story.do(c.SettleFee, c.TIMER, "03-06 11:00", fee="f1", outcome="refunded")
    assert isinstance(last[0], e.FeeSettled)
    assert Story(story.law).no(c.SettleFee, c.TIMER, "03-06 11:00", fee="f1", outcome="paid").code == "not_submitted"
