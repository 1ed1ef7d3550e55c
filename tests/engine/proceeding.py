"""The agency's own proceeding about a licence, for the engine's tests: laws, and stories that have come so far.

2026-03-02 is a Monday, and March has no holiday after it. Found out on Monday 2 March, opened on Wednesday 4 March.
"""

from typing import Any

from banjie.engine import commands as c
from banjie.engine.law import EndGround, ExOfficio, Extension, Law, StepRule
from banjie.engine.timelimits import Limit, Unit
from tests.engine.office import DECIDER, LAW, OFFICER, OTHER_SURVEYOR, SURVEY_HEAD, SURVEYOR, days, people, with_steps
from tests.engine.story import PARTICULARS, Story, day, with_procedure

INVESTIGATION = StepRule(slug="facts", kind="investigation", name="调查核实", unit="surveys", limit=days(20))
GROUNDS = (
    EndGround(id="abuse", name="违法决定", basis="行政许可法 69(1)(1)", compensation="good_faith"),
    EndGround(id="fraud", name="欺骗", basis="行政许可法 69(2)"),
    EndGround(id="repealed", name="旧的事由", basis="示例办法 8", until=day("2025-12-31")),
)
REVOCATION = with_procedure(
    with_steps(INVESTIGATION, law=LAW),
    licence_act="revoke",
    ex_officio=ExOfficio(grounds=GROUNDS),
    questions=(),
    materials=(),
    criteria=(),
    decline_grounds=(),
    committed_limit=None,
    statutory_limit=days(60),
    certificate_limit=days(7),
    extension=Extension(length=days(20)),
    licence="JY",
)
SUSPENSION = with_procedure(
    REVOCATION,
    licence_act="suspend",
    ex_officio=ExOfficio(grounds=GROUNDS[1:], counts_from="opening", longest=Limit(6, Unit.MONTH)),
)
RESTORATION = with_procedure(SUSPENSION, licence_act="restore", steps=())

FOUND, OPENED, CONFIRMED, TOLD = "03-02", "03-04 09:00", "03-06 10:00", "03-09 09:00"
LAST_DAY, DECIDED, SERVED = "03-16 10:00", "03-17 09:00", "03-18 10:00"
"""Told on Monday the 9th, the holder may state until Monday the 16th: five working days, and the decision after it."""


def opened(law: Law = REVOCATION, **more: Any) -> Story:
    """A proceeding an officer opened about the applicant's licence."""
    story = Story(law)
    assert law.procedure.ex_officio
    given = {
        "licence_number": "JY-Q9",
        "ground": law.procedure.ex_officio.grounds[0].id,
        "discovered_on": day(FOUND),
        "facts": "申请材料系伪造",
        "holder": PARTICULARS,
        "party": "applicant",
        "number": "999921-0002",
        "query_number": "Q2",
    }
    story.do(c.OpenExOfficio, OFFICER, OPENED, **{**given, **more})
    return story


def investigated(law: Law = REVOCATION, outcome: str = "confirmed", **more: Any) -> Story:
    """The same, with its facts established."""
    story = opened(law, **more)
    if law.procedure.steps:
        story.do(c.Assign, SURVEY_HEAD, OPENED, step="facts", people=people(SURVEYOR, OTHER_SURVEYOR))
        story.do(c.FinishStep, SURVEYOR, CONFIRMED, step="facts", outcome=outcome)
    return story


def told(law: Law = REVOCATION, **more: Any) -> Story:
    """The same, with the notice served."""
    story = investigated(law, **more)
    until = {"until": day("06-30")} if law.procedure.licence_act == "suspend" else {}
    story.do(c.TellIntent, OFFICER, TOLD, text="拟撤销", **until)
    return story


def decided(law: Law = REVOCATION, **more: Any) -> Story:
    """The same, decided on the first day on which it can be."""
    story = told(law, **more)
    story.do(c.DecideEnd, DECIDER, DECIDED, reasons="事实清楚")
    return story
