"""The publish gate: every item of the rulebook passes, and each of these broken ones is refused with its own code."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from banjie.engine.guide import (
    Basis,
    Benchmark,
    Fee,
    Intermediary,
    LimitTerm,
    PostDuty,
    Prerequisite,
    Removal,
    SpecialStep,
)
from banjie.engine.law import Criterion, Duty, Extension, Material, PauseGround, Procedure, Question, Renewal, StepRule
from banjie.engine.readings import Settled
from banjie.engine.timelimits import Limit, Unit
from banjie.records.catalogue import gate, rulebook, samples
from banjie.records.catalogue.gate import Around
from banjie.records.organisation.rulebook import organisation
from banjie.words.refusals import refusal

DAYS = Unit.WORKING_DAY
FOOD = "food-business-new"
ORGANISATION = organisation(Path(settings.RULEBOOK) / "organisation" / "demo.yaml")
CALENDAR = rulebook.calendar()


def item(name: str) -> Procedure:
    return rulebook.item(Path(settings.RULEBOOK) / "items" / f"{name}.yaml", ORGANISATION, lambda user: f"p-{user}")


def around(**changes: object) -> Around:
    posts: dict[tuple[str, str], frozenset[str]] = {}
    for each in ORGANISATION.staff:
        for post in each.posts:
            posts[each.unit, post] = posts.get((each.unit, post), frozenset()) | {each.username}
    whole = Around(
        units={unit.id: agency.id for agency in ORGANISATION.agencies for unit in agency.units},
        credit_codes={each.id: each.credit_code for each in ORGANISATION.agencies},
        posts=posts,
        calendar=CALENDAR,
        samples=samples.names(),
        blanks=samples.blanks(),
    )
    return replace(whole, **changes)


@pytest.mark.parametrize("path", rulebook.items(), ids=lambda path: path.stem)
def test_every_item_of_the_rulebook_passes(path: Path) -> None:
    procedure = item(path.stem)

    assert [str(no) for no in gate.problems(procedure, around())] == []
    assert [str(no) for no in gate.flags(procedure)] == []


Break = Callable[[Procedure], Procedure]


def guide(**changes: object) -> Break:
    return lambda good: replace(good, guide=replace(good.guide, **changes))


def own(**changes: object) -> Break:
    return lambda good: replace(good, **changes)


def bases(*gone: str) -> Break:
    return lambda good: replace(
        good, guide=replace(good.guide, bases=tuple(each for each in good.guide.bases if each.of not in gone))
    )


def level(of: str, level_: str, **changes: object) -> Break:
    """The limit of this name rests on nothing but a paper of this level."""

    def broken(good: Procedure) -> Procedure:
        rest = tuple(each for each in good.guide.bases if each.of != of)
        low = Basis(of=of, title="某办法", article="第一条", level=level_)
        return replace(good, **changes, guide=replace(good.guide, bases=(*rest, low)))

    return broken


def material(**changes: object) -> Break:
    return lambda good: replace(good, materials=(replace(good.materials[0], **changes), *good.materials[1:]))


def criterion(**changes: object) -> Break:
    return lambda good: replace(good, criteria=(replace(good.criteria[0], **changes), *good.criteria[1:]))


def step(number: int = 0, **changes: object) -> Break:
    return lambda good: replace(
        good, steps=tuple(replace(each, **changes) if nth == number else each for nth, each in enumerate(good.steps))
    )


def question(**changes: object) -> Break:
    return lambda good: replace(good, questions=(replace(good.questions[0], **changes), *good.questions[1:]))


def before(item: str = "000131127000", **changes: object) -> Break:
    given = {"item": item, "name": "前置", "agency": "a", "basis": "某法 1", "listed": item, **changes}
    return guide(prerequisites=(Prerequisite(**given),))


FEE = Fee(name="证照工本费", standard="10 元", basis="某条例", listed="x")
GROUND = PauseGround(id="expert_review", name="专家评审", basis="行政许可法 45")
FORTY_FIVE = {
    "statutory_limit": Limit(45, DAYS),
    "extension": Extension(length=Limit(15, DAYS)),
}

BROKEN: list[tuple[str, Break]] = [
    ("version_not_greater", own(version=0)),
    ("code_malformed", own(code="123")),
    ("code_of_other_type", own(item_type="07")),
    ("code_of_other_agency", own(code="11999921009900400E400013102900001")),
    ("unknown_unit", own(decides="nowhere")),
    ("unknown_agency", own(home="nowhere")),
    ("named_twice", lambda good: replace(good, questions=(*good.questions, good.questions[0]))),
    ("promise_longer_than_statutory", own(committed_limit=Limit(11, DAYS))),
    ("broken_rule", material(when="area >")),
    ("unasked_question", material(when="rooms > 3")),
    ("unknown_material", criterion(materials=("nothing",))),
    ("unknown_step_kind", step(kind="dance")),
    ("unknown_step", step(after=("nothing",))),
    ("unknown_pause_ground", step(may_pause_on=frozenset({"expert_review"}))),
    ("steps_in_a_circle", lambda good: step(1, after=(good.steps[0].slug,))(step(after=(good.steps[1].slug,))(good))),
    ("no_subject", lambda good: replace(good, agencies=tuple(replace(each, name=" ") for each in good.agencies))),
    ("no_basis", bases("item")),
    ("no_conditions", guide(conditions=" ")),
    ("no_flow", guide(flow="")),
    ("no_limit", own(statutory_limit=Limit(0, DAYS), committed_limit=None)),
    ("no_result", guide(result_name="")),
    ("no_fee_basis", guide(fees=(replace(FEE, basis=""),))),
    ("no_fee_standard", guide(fees=(replace(FEE, standard=" "),))),
    ("no_fee_standard", own(fee="")),
    ("element_missing", guide(places=())),
    ("element_missing", guide(online_depth=())),
    ("unknown_element_value", guide(category="music")),
    ("unknown_element_value", own(readings=(Settled(name="told_time", value="sometimes", basis="示例办法 3"),))),
    ("unknown_element_value", own(readings=(Settled(name="moon", value="full", basis="示例办法 3"),))),
    ("offline_without_reason", guide(channels=("window",))),
    ("visits_without_reason", own(visits=2)),
    ("no_validity", guide(validity="")),
    ("reform_without_basis", lambda good: guide(bases=(*good.guide.bases, Basis(of="reform", title="秒批")))(good)),
    ("result_is_no_licence", guide(result_kind="record")),
    ("example_fields", guide(examples=("guide.places",))),
    ("prerequisite_without_basis", before(basis=" ")),
    ("prerequisite_basis_too_low", before(level="document")),
    ("material_proves_nothing", lambda good: replace(good, materials=(*good.materials, Material(id="x", name="x")))),
    ("material_without_basis", material(basis="")),
    ("unknown_sample", material(sample="nobody-drew-it")),
    ("unknown_sample", material(blank="food-layout")),
    ("criterion_without_basis", criterion(basis="")),
    (
        "nothing_to_prove_it",
        lambda good: replace(
            good,
            steps=tuple(each for each in good.steps if each.kind != "survey"),
            criteria=(Criterion(id="x", text="信用良好", basis="某法"), *good.criteria),
            guide=replace(good.guide, survey=()),
        ),
    ),
    ("check_of_no_criterion", step(checks=("no",))),
    ("benchmark_of_no_criterion", guide(benchmarks=(Benchmark(id="b", criterion="no", when="x", outcome="x"),))),
    (
        "listed_material_unknown",
        guide(intermediaries=(Intermediary(name="评估", material="no", basis="x", listed="x"),)),
    ),
    (
        "questions_in_a_circle",
        lambda good: replace(
            good,
            questions=(
                Question(id="one", label="一", type="yes_no", when="two"),
                Question(id="two", label="二", type="yes_no", when="one"),
                *good.questions,
            ),
        ),
    ),
    ("rule_may_fail", material(when="1000 / area > 3")),
    ("never_applies", step(when="area > 5 && area < 3")),
    ("limit_without_basis", bases("statutory")),
    ("limit_without_basis", bases("extension")),
    ("start_event_missing", guide(terms=(LimitTerm(of="statutory", starts="event"),))),
    ("joint_limit_alone", own(**FORTY_FIVE)),
    (
        "joint_limit_alone",  # three sections of one bureau (art. 26(1)) are one agency
        lambda good: replace(
            own(**FORTY_FIVE)(good), guide=replace(good.guide, joint=("licensing", "site-survey", "decision-office"))
        ),
    ),
    ("renewal_without_end_date", own(renews=Renewal(ends="expires_on"))),
    ("long_limit_without_law", level("statutory", "rule", statutory_limit=Limit(30, DAYS))),
    ("long_limit_without_law", level("statutory", "document", statutory_limit=Limit(2, Unit.MONTH))),
    ("extension_limit_too_long", level("extension", "rule", extension=Extension(length=Limit(11, DAYS)))),
    ("certificate_limit_too_long", own(certificate_limit=Limit(11, DAYS))),
    ("notice_limit_too_long", own(notice_limit=Limit(6, DAYS))),
    ("pause_without_law", own(pause_grounds=(replace(GROUND, basis=" "),))),
    (
        "pause_without_law",  # a local promise that would stop the clock of the law
        own(pause_grounds=(replace(GROUND, id="site_survey", cap=Limit(3, DAYS)),)),
    ),
    ("pause_without_time", own(pause_grounds=(GROUND,))),
    (
        "special_step_without_cap",
        guide(special_steps=(SpecialStep(id="s", name="踏勘", cap=Limit(0, DAYS), basis="x"),)),
    ),
    (
        "special_step_without_basis",
        guide(special_steps=(SpecialStep(id="s", name="踏勘", cap=Limit(3, DAYS), basis=" "),)),
    ),
    ("class_contrary", own(instant=True)),
    ("steps_do_not_fit", step(limit=Limit(9, DAYS))),
    ("steps_do_not_fit", step(limit=Limit(12, Unit.CALENDAR_DAY))),
    ("seal_of_another_agency", own(seals="food-supervision")),
    ("merge_without_reason", own(merged=frozenset({Duty.REVIEW, Duty.DECIDE}))),
    ("handbook_post_missing", guide(posts=())),
    (
        "handbook_unknown_unit",
        lambda good: guide(
            posts=(
                *good.guide.posts,
                PostDuty(post="officer", unit="elsewhere", duties=("x",), powers=("x",), liabilities=("x",)),
            )
        )(good),
    ),
    ("too_few_people", step(people=40)),
    (
        "dead_end",
        lambda good: replace(
            good,
            steps=(
                StepRule(slug="below", kind="review", name="初审", unit=good.forwarding.preliminary_unit, after=("up",))
                if good.forwarding
                else good.steps[0],
                StepRule(slug="up", kind="review", name="复审", unit=good.decides),
            ),
        ),
    ),
]


@pytest.mark.parametrize(
    ("code", "broken"), BROKEN, ids=[f"{number}-{code}" for number, (code, _) in enumerate(BROKEN)]
)
@pytest.mark.requirement("M037", "M029")
def test_a_broken_item_is_refused_with_its_own_code(code: str, broken: Break) -> None:
    good = item("forest-seed-forwarded" if code == "dead_end" else FOOD)

    found = {no.code: no for no in gate.problems(broken(good), around())}

    assert code in found
    for language in ("zh-Hans", "en"):
        words = refusal(found[code], language)
        assert not re.search(r"\{[a-z]+\}", words.what + words.next)
        assert words.code == code


def test_there_are_more_than_forty_ways_to_be_refused() -> None:
    assert len({code for code, _ in BROKEN} | {code for code, _ in BY_SURROUNDINGS}) >= 60


def nobody(unit: str, post: str) -> Callable[[Procedure], Around]:
    def changed(good: Procedure) -> Around:
        whole = around()
        return replace(whole, posts={place: who for place, who in whole.posts.items() if place != (unit, post)})

    return changed


def only(person: str, *places: tuple[str, str]) -> Callable[[Procedure], Around]:
    return lambda good: around(posts={**around().posts, **dict.fromkeys(places, frozenset({person}))})


def three_for_two_surveyors_a_reviewer_and_a_decider(good: Procedure) -> Around:
    """Each step has enough people by itself; all together there is one too few."""
    three = frozenset({"one", "two", "three"})
    places = [("licensing", "officer"), ("site-survey", "officer"), ("decision-office", "decider")]
    return around(posts={**around().posts, **dict.fromkeys(places, three)})


BY_SURROUNDINGS: list[tuple[str, Callable[[Procedure], Around]]] = [
    ("version_not_greater", lambda good: around(previous=replace(good, version=1))),
    (
        "effective_before_previous",
        lambda good: around(previous=replace(good, version=0, effective_from=date(2027, 1, 1))),
    ),
    ("nobody_receives", nobody("hall-window", "clerk")),
    ("nobody_decides", nobody("decision-office", "decider")),
    ("nobody_assigns", nobody("licensing", "section_head")),
    ("duties_cannot_be_separated", only("same", ("licensing", "officer"), ("decision-office", "decider"))),
    ("duties_cannot_be_separated", only("same", ("hall-window", "clerk"), ("decision-office", "decider"))),
    ("duties_cannot_be_separated", three_for_two_surveyors_a_reviewer_and_a_decider),
]


@pytest.mark.parametrize(("code", "surroundings"), BY_SURROUNDINGS)
def test_what_stands_around_an_item_can_refuse_it(code: str, surroundings: Callable[[Procedure], Around]) -> None:
    good = item(FOOD)

    assert code in {no.code for no in gate.problems(good, surroundings(good))}


@pytest.mark.requirement("M027")
def test_two_items_that_wait_for_each_other_are_found_through_a_third() -> None:
    food = item(FOOD)
    hygiene = item("public-place-hygiene")
    seed = item("forest-seed-forwarded")
    first, second, third = (each.code[19:31] for each in (food, hygiene, seed))
    others = {
        hygiene.code: before(third)(hygiene),
        seed.code: before(first)(seed),
    }

    found = {no.code: no for no in gate.problems(before(second)(food), around(others=others))}

    assert found["prerequisites_mutual"].facts["items"] == [first, second, third, first]
    assert "prerequisites_mutual" not in {no.code for no in gate.problems(before(second)(food), around())}


@pytest.mark.requirement("M030")
def test_what_is_asked_no_more_was_reviewed_first() -> None:
    before_ = before("000131127004")(item(FOOD))
    gone = before_.materials[-1].id
    after = replace(
        guide(prerequisites=())(before_),
        version=2,
        materials=tuple(each for each in before_.materials if each.id != gone),
    )
    review = Removal(kind="material", id=gone, reason="无法律依据", reviewer="县司法局", on=date(2026, 2, 1))

    def refused(procedure: Procedure) -> set[tuple[str, str]]:
        found = gate.problems(procedure, around(previous=before_))
        return {(no.facts["part"], no.facts["name"]) for no in found if no.code == "removal_without_review"}

    assert refused(after) == {("material", gone), ("prerequisite", "000131127004")}
    assert refused(guide(removals=(review,))(after)) == {("prerequisite", "000131127004")}
    assert refused(guide(removals=(replace(review, reason=" "),))(after)) == refused(after)


@pytest.mark.requirement("M028")
def test_an_item_that_was_cancelled_is_no_prerequisite() -> None:
    waits = before("000131127000")(item(FOOD))

    assert "prerequisite_stale" not in {no.code for no in gate.problems(waits, around())}
    assert "prerequisite_stale" in {
        no.code for no in gate.problems(waits, around(cancelled=frozenset({"000131127000"})))
    }


@pytest.mark.requirement("M117", "M118")
def test_instant_and_promised_follow_from_the_three_criteria() -> None:
    food, instant = item(FOOD), item("sole-trader-deregistration")
    codes = {no.code for no in gate.problems(replace(food, instant=True), around())}
    reasoned = guide(class_reason="县政府第 3 号公告")(replace(food, instant=True))

    assert not food.instant
    assert instant.instant
    assert "class_contrary" in codes
    assert "class_contrary" not in {no.code for no in gate.problems(reasoned, around())}
    assert "class_contrary" in {no.code for no in gate.problems(replace(instant, instant=False), around())}


@pytest.mark.requirement("M037")
def test_nothing_is_charged_is_a_fee_that_is_disclosed() -> None:
    food = item(FOOD)

    assert food.fee == "不收费"
    assert not {"no_fee_basis", "no_fee_standard"} & {no.code for no in gate.problems(food, around())}
    charged = guide(fees=(FEE,))(food)
    assert not {"no_fee_basis", "no_fee_standard"} & {no.code for no in gate.problems(charged, around())}


@pytest.mark.requirement("M021")
@pytest.mark.parametrize(
    "words",
    [
        "其他有关材料",
        "法律、法规规定的其他条件",
        "视情况提交",
        "身份证等材料",
        "主管部门要求的其他文件",
        "必要时应提供证明",
    ],
)
def test_vague_clauses_are_flagged_where_they_stand(words: str) -> None:
    food = material(name=words)(item(FOOD))

    (flag,) = gate.flags(food)

    assert flag.code == "vague_clause"
    assert flag.facts["where"] == f"materials.{food.materials[0].id}"
    assert not [no for no in gate.problems(food, around()) if no.code == "vague_clause"]


def test_the_longest_chain_is_judged_on_the_worst_day_of_the_real_calendar() -> None:
    food = replace(item(FOOD), statutory_limit=Limit(20, Unit.CALENDAR_DAY), committed_limit=None)
    ten = step(limit=Limit(10, DAYS))(step(1, limit=Limit(10, DAYS), limit_from="opened")(food))

    (no,) = [each for each in gate.problems(ten, around()) if each.code == "steps_do_not_fit"]

    assert no.facts["ends"] > no.facts["due"]
    assert not [each for each in gate.problems(food, around()) if each.code == "steps_do_not_fit"]
