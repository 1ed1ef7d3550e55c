"""An invented office for the engine's tests: one item with everything an item can have, and everybody who takes part.

`LAW` has a single review; `with_steps` gives it other steps. `filed`, `accepted`, `examined` and `decided` are stories
that have come so far; all of March 2026 after the 2nd is without a holiday, so days are easy to count.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.codec import from_plain
from banjie.engine.law import (
    Agency,
    Choice,
    Criterion,
    DeclineGround,
    Duty,
    Law,
    Material,
    PauseGround,
    Procedure,
    Question,
    Region,
    StepRule,
    WorkUnit,
)
from banjie.engine.timelimits import Limit, Unit
from tests.engine.story import Story, day, law_of, read, with_procedure


def days(number: int) -> Limit:
    """So many working days."""
    return Limit(number, Unit.WORKING_DAY)


# People


def staff(name: str, unit: str, *posts: str, agency: str = "bureau") -> c.Actor:
    """A member of staff."""
    return c.Actor(name, e.ActorKind.STAFF, frozenset(posts), unit, agency)


APPLICANT = c.Actor("applicant", e.ActorKind.APPLICANT)
AGENT = c.Actor("agent", e.ActorKind.AGENT, on_behalf_of="applicant")
NEIGHBOUR = c.Actor("neighbour", e.ActorKind.THIRD_PARTY)
OTHER_NEIGHBOUR = c.Actor("other-neighbour", e.ActorKind.THIRD_PARTY)
STRANGER = c.Actor("stranger", e.ActorKind.APPLICANT)
CLERK = staff("clerk", "window", "clerk")
OTHER_CLERK = staff("other-clerk", "window", "clerk")
FAR_CLERK = staff("far-clerk", "far-window", "clerk", agency="far")
SECTION_HEAD = staff("section-head", "licensing", "section_head")
OFFICER = staff("officer", "licensing", "officer")
OTHER_OFFICER = staff("other-officer", "licensing", "officer")
SURVEY_HEAD = staff("survey-head", "surveys", "section_head")
SURVEYOR = staff("surveyor", "surveys", "officer")
OTHER_SURVEYOR = staff("other-surveyor", "surveys", "officer")
THIRD_SURVEYOR = staff("third-surveyor", "surveys", "officer")
FIRE_HEAD = staff("fire-head", "fire-section", "section_head", agency="fire")
FIRE_OFFICER = staff("fire-officer", "fire-section", "officer", agency="fire")
LAWYER = staff("lawyer", "legal", "officer")
HEAD = staff("head", "licensing", "head_of_agency")
DECIDER = staff("decider", "licensing", "decider")
OTHER_DECIDER = staff("other-decider", "licensing", "decider")
FAR_DECIDER = staff("far-decider", "far-section", "decider", agency="far")
LICENCE_CLERK = staff("licence-clerk", "licensing", "licence_clerk")
KEEPER = staff("keeper", "legal", "calendar_keeper")
STEWARD = staff("steward", "legal", "data_steward")

EVERYBODY = (
    APPLICANT,
    AGENT,
    NEIGHBOUR,
    STRANGER,
    CLERK,
    FAR_CLERK,
    SECTION_HEAD,
    OFFICER,
    SURVEY_HEAD,
    SURVEYOR,
    FIRE_HEAD,
    FIRE_OFFICER,
    LAWYER,
    HEAD,
    DECIDER,
    FAR_DECIDER,
    LICENCE_CLERK,
    KEEPER,
    STEWARD,
)


def person(actor: c.Actor) -> e.Person:
    """An actor as a command names them."""
    return e.Person(actor.id, actor.unit)


def people(*actors: c.Actor) -> tuple[e.Person, ...]:
    """Actors as a command names them."""
    return tuple(person(each) for each in actors)


# The item

REVIEW = StepRule(slug="review", kind="review", name="书面审查", unit="licensing")
SURVEY = StepRule(
    slug="survey",
    kind="survey",
    name="现场核查",
    unit="surveys",
    limit=days(5),
    limit_from="assigned",
    rectification=days(5),
    may_pause_on=frozenset({"site_survey"}),
)
CONSULTATION = StepRule(
    slug="consultation",
    kind="consultation",
    name="征求消防意见",
    unit="fire-section",
    limit=days(3),
    silence_is_no_objection=True,
)
EXPERTS = StepRule(
    slug="experts",
    kind="expert_review",
    name="专家评审",
    unit="licensing",
    may_pause_on=frozenset({"expert_review", "hearing"}),
)
LAB = StepRule(
    slug="lab", kind="inspection", name="检验", unit="surveys", may_pause_on=frozenset({"inspection", "testing"})
)

GROUNDS = {each["id"]: from_plain(PauseGround, each) for each in read("grounds.yaml")}
PROCEDURE = Procedure(
    code="test-item",
    version=1,
    name="示例许可",
    effective_from=day("2026-01-01"),
    basis=("行政许可法",),
    home="bureau",
    receives="window",
    decides="licensing",
    seals="licensing",
    supervises="supervision",
    serves="window",
    contact="first-contact",
    statutory_limit=days(20),
    committed_limit=days(10),
    units=(
        WorkUnit(id="window", name="综合窗口", agency="bureau"),
        WorkUnit(id="licensing", name="许可科", agency="bureau"),
        WorkUnit(id="surveys", name="核查科", agency="bureau"),
        WorkUnit(id="legal", name="法制科", agency="bureau"),
        WorkUnit(id="supervision", name="监督科", agency="bureau"),
        WorkUnit(id="fire-section", name="消防科", agency="fire"),
    ),
    agencies=(
        Agency(id="bureau", name="云岭县审批局", reconsideration="云岭县人民政府", court="云岭县人民法院"),
        Agency(id="fire", name="云岭县消防局", reconsideration="云岭县人民政府", court="云岭县人民法院"),
    ),
    materials=(
        Material(id="form", name="申请书"),
        Material(id="plan", name="平面图"),
        Material(id="lease", name="租赁合同", when="rooms > 10"),
        Material(id="photo", name="照片", necessary=False),
    ),
    questions=(
        Question(id="rooms", label="房间数", type="number"),
        Question(id="kitchen", label="有厨房", type="yes_no", needed=False),
        Question(
            id="fuel",
            label="燃料",
            type="choice",
            when="kitchen",
            choices=(Choice(value="gas", label="燃气"), Choice(value="power", label="电")),
        ),
        Question(id="opens", label="开业日期", type="date", needed=False),
        Question(id="remark", label="备注", type="text", needed=False),
    ),
    criteria=(
        Criterion(id="space", text="场所合格", basis="示例办法 1", materials=("plan",)),
        Criterion(id="safety", text="安全合格", basis="示例办法 2"),
    ),
    steps=(REVIEW,),
    decline_grounds=(DeclineGround(id="not_a_resident", name="不在本县", basis="示例办法 3"),),
    licence="example",
    licence_years=5,
)
REGION = from_plain(Region, read("regions/demo.yaml"))
LAW = law_of(PROCEDURE, replace(REGION, ceilings=()))  # what the county promises of all items is no part of it

ANSWERS = {"rooms": 8}
MANY_ROOMS = {"rooms": 12}
MET = (c.Found("space", True), c.Found("safety", True))
UNMET = (c.Found("space", False), c.Found("safety", True))
INSTANT_DUTIES = frozenset({Duty.INTAKE, Duty.REVIEW, Duty.DECIDE})


def with_steps(*steps: StepRule, law: Law = LAW, grounds: tuple[str, ...] = (), **changes: Any) -> Law:
    """The law with these steps, and these pause grounds of the rulebook."""
    return with_procedure(law, steps=steps, pause_grounds=tuple(GROUNDS[each] for each in grounds), **changes)


def capped(ground: str, cap: Limit) -> PauseGround:
    """A ground of the rulebook with a cap."""
    return replace(GROUNDS[ground], cap=cap)


def papers(*materials: str) -> tuple[e.Provided, ...]:
    """Materials handed in, each with a file."""
    return tuple(e.Provided(each, (e.FileRef(f"file-{each}", "commitment"),)) for each in materials)


def missing(*materials: str) -> tuple[c.Citation, ...]:
    """Materials cited as missing."""
    return tuple(c.Citation(e.PointKind.MATERIAL, each, e.Defect.MISSING) for each in materials)


def flawed(material: str, defect: e.Defect = e.Defect.ILLEGIBLE) -> tuple[c.Citation, ...]:
    """A material cited as flawed."""
    return (c.Citation(e.PointKind.MATERIAL, material, defect),)


def criteria(*names: str) -> tuple[c.Citation, ...]:
    """Criteria cited as unmet."""
    return tuple(c.Citation(e.PointKind.CRITERION, each, e.Defect.UNMET) for each in names)


# Stories that have come so far


def told_once(tell: Callable[..., Story]) -> Callable[..., Story]:
    """Who tells the same story again gets a copy of it: facts and states never change, a law is known by identity."""
    known: dict[Any, tuple[Law, Story]] = {}

    @wraps(tell)
    def copied(law: Law = LAW, *words: Any, **more: Any) -> Story:
        key = id(law), words, tuple(more.items())
        try:
            if key not in known:
                known[key] = law, tell(law, *words, **more)  # as long as the law is held, nobody else gets its id
        except TypeError:  # a word that cannot be looked up: answers, for instance
            return tell(law, *words, **more)
        story = known[key][1]
        return replace(story, facts=list(story.facts), sealed=dict(story.sealed))

    return copied


@told_once
def filed(
    law: Law = LAW, at: str = "03-02 09:00", provided: tuple[e.Provided, ...] | None = None, **more: Any
) -> Story:
    """An application, complete unless `provided` says otherwise."""
    story = Story(law)
    given = papers("form", "plan") if provided is None else provided
    story.do(c.Submit, APPLICANT, at, provided=given, **{"answers": ANSWERS, **more})
    return story


@told_once
def accepted(law: Law = LAW, at: str = "03-02 10:00", **more: Any) -> Story:
    """An accepted case."""
    story = filed(law, at, **more)
    story.do(c.Accept, CLERK, at)
    return story


HEADS = {"licensing": SECTION_HEAD, "surveys": SURVEY_HEAD, "fire-section": FIRE_HEAD}
CARRIERS = {
    "licensing": (OFFICER, OTHER_OFFICER),
    "surveys": (SURVEYOR, OTHER_SURVEYOR),
    "fire-section": (FIRE_OFFICER,),
}


def assign(story: Story, slug: str, at: str) -> None:
    """Name as many people for a step as the law wants."""
    rule = story.law.procedure.step(slug)
    assert rule is not None
    wanted = 2 if rule.kind in ("survey", "inspection") else 1
    named = people(*CARRIERS[rule.unit][:wanted])
    story.do(c.Assign, HEADS[rule.unit], at, step=slug, people=named)


def finish(story: Story, slug: str, at: str, outcome: str = "", findings: tuple[c.Found, ...] = MET) -> list[e.Event]:
    """Finish a step well, or as told."""
    rule = story.law.procedure.step(slug)
    assert rule is not None
    well = "no_objection" if rule.kind in ("consultation", "public_notice") else "passed"
    worker = CARRIERS[rule.unit][0]
    return story.do(c.FinishStep, worker, at, step=slug, outcome=outcome or well, findings=findings)


@told_once
def carried(law: Law, at: str = "03-02 10:00", **more: Any) -> Story:
    """An accepted case in which every step that is open has its people."""
    story = accepted(law, at, **more)
    for slug, step in story.state.steps.items():
        if step.is_open:
            assign(story, slug, at)
    return story


@told_once
def examined(law: Law = LAW, at: str = "03-02 10:00", findings: tuple[c.Found, ...] = MET) -> Story:
    """A case whose single review is finished."""
    story = carried(law, at)
    outcome = "passed" if all(each.met for each in findings) else "failed"
    finish(story, "review", at, outcome, findings)
    return story


@told_once
def decided(law: Law = LAW, at: str = "03-03 10:00", outcome: str = "grant") -> Story:
    """A decided case."""
    story = examined(law, at)
    points = criteria("space") if outcome == "refuse" else ()
    story.do(c.Decide, DECIDER, at, outcome=outcome, points=points)
    return story


@told_once
def told(law: Law, at: str = "03-03 09:00") -> Story:
    """A case examined, two neighbours named, the right to a hearing told."""
    story = examined(law)
    parties = (e.Person(NEIGHBOUR.id), e.Person(OTHER_NEIGHBOUR.id))
    story.do(c.NameThirdParties, OFFICER, at, parties=parties, particulars=({"name": "甲"}, {"name": "乙"}))
    story.do(c.TellHearingRight, OFFICER, at)
    return story
