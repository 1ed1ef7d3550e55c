"""The papers made from one procedure: what each of them has to say is in it, for every item of the rulebook."""

import dataclasses
from dataclasses import replace
from uuid import UUID

import pytest

from banjie.engine import codec
from banjie.engine.guide import Benchmark, Fee
from banjie.engine.law import Duty, Procedure
from banjie.engine.not_possible import NotPossible
from banjie.engine.steps import KINDS
from banjie.records.catalogue import flow, publication
from banjie.records.catalogue.documents import (
    digest_of,
    guide_of,
    handbook_of,
    handbooks_of,
    standard_of,
    survey_guide_of,
)
from banjie.words import LANGUAGES, limit_in_words
from banjie.words.refusals import refusal
from tests.records.catalogue.rulebook_items import EVERY_ITEM, FOOD, item

EIGHT = {"subject", "basis", "conditions", "procedure", "limits", "result", "fee_basis", "fee_standard"}
"""八公开: 主体、依据、条件、程序、时限、结果、收费依据、收费标准."""


# The public guide


@pytest.mark.requirement("M036")
@pytest.mark.parametrize("language", LANGUAGES)
@EVERY_ITEM
def test_a_guide_says_everything_both_lists_of_elements_ask_for(name: str, language: str) -> None:
    procedure = item(name)
    guide = guide_of(procedure, language)
    filled = {each.code for each in guide.sections if each.lines}

    assert {each.code for each in guide.sections if each.disclosed} == EIGHT
    assert filled >= EIGHT | {"item", "places", "phases", "help", "remedies"}
    assert ("materials" in filled) == bool(procedure.materials)
    assert [each.text for each in guide.section("phases").lines] == flow.in_words(procedure, language)
    for material, line in zip(procedure.materials, guide.section("materials").lines, strict=True):
        assert line.when == material.when
        assert material.standard in line.text
    assert all(each.heading and each.heading != each.code for each in (*guide.sections, *guide.answers))


@pytest.mark.parametrize(
    ("code", "emptied"),
    [
        ("basis", {"basis": (), "guide.bases": ()}),
        ("conditions", {"criteria": (), "guide.conditions": ""}),
        ("procedure", {"guide.flow": ""}),
        ("fee_basis", {"fee": "", "guide.fee_basis": "", "guide.fees": ()}),
        ("fee_standard", {"fee": "", "guide.fees": ()}),
        ("materials", {"materials": ()}),
        ("places", {"guide.places": ()}),
        ("help", {"guide.enquiries": "", "guide.complaints": ""}),
    ],
)
def test_what_was_not_filled_in_is_not_made_up(code: str, emptied: dict[str, object]) -> None:
    full = item(FOOD)

    before, after = (len(guide_of(each).section(code).lines) for each in (full, changed(full, emptied)))

    assert after < before
    assert after == 0 or code == "places"


def test_a_fee_is_shown_with_its_basis_and_its_standard() -> None:
    fee = Fee(name="工本费", standard="每证 10 元", basis="某收费规定", listed="f1")
    guide = guide_of(changed(item(FOOD), {"guide.fees": (fee,)}))

    assert [(each.name, each.text) for each in guide.section("fee_basis").lines] == [("工本费", "某收费规定")]
    assert [(each.name, each.text) for each in guide.section("fee_standard").lines] == [("工本费", "每证 10 元")]


@pytest.mark.requirement("M046")
@EVERY_ITEM
def test_a_guide_names_the_standard_it_follows(name: str) -> None:
    procedure = item(name)

    assert guide_of(procedure).edition == procedure.guide.edition != ""
    other = changed(procedure, {"guide.edition": "另一版"})
    assert guide_of(other).edition == "另一版"
    assert digest_of(other) != digest_of(procedure)


@pytest.mark.requirement("M054")
@pytest.mark.parametrize("language", LANGUAGES)
@EVERY_ITEM
def test_a_guide_answers_where_whom_what_and_how(name: str, language: str) -> None:
    procedure = item(name)
    guide = guide_of(procedure, language)

    where, whom, what, how = guide.answers
    assert [each.code for each in guide.answers] == ["where", "whom", "what", "how"]
    assert procedure.guide.places[0].address in where.lines[0].text
    assert procedure.guide.enquiries in {each.text for each in whom.lines}
    assert guide.name in {each.text for each in what.lines}
    assert procedure.guide.flow in {each.text for each in how.lines}
    assert limit_in_words(procedure.statutory_limit, language) in {each.text for each in how.lines}


# The approval standard


@pytest.mark.requirement("M039")
@pytest.mark.parametrize("language", LANGUAGES)
@EVERY_ITEM
def test_a_standard_states_conditions_bases_limits_and_flow(name: str, language: str) -> None:
    procedure = item(name)
    standard = standard_of(procedure, language)

    assert standard.attributes.lines
    assert standard.bases.lines
    limits = " ".join(each.text for each in standard.limits.lines)
    promised = procedure.committed_limit or procedure.statutory_limit
    assert limit_in_words(promised, language) in limits
    assert list(standard.flow) == flow.in_words(procedure, language)
    for criterion, told in zip(procedure.criteria, standard.criteria, strict=True):
        assert told.basis == criterion.basis != ""
        assert told.text
        assert told.checked_in
        assert len(told.materials) == len(criterion.materials)
        named = [each.outcome for each in procedure.guide.benchmarks if each.criterion == criterion.id]
        assert [each.text for each in told.benchmarks] == named


def test_a_benchmark_stands_with_its_criterion() -> None:
    benchmark = Benchmark(id="x", criterion="c2", when="轻微", outcome="整改后准予", basis="某规定")
    standard = standard_of(changed(item(FOOD), {"guide.benchmarks": (benchmark,)}))

    found = {each.id: [(line.name, line.text, line.basis) for line in each.benchmarks] for each in standard.criteria}
    assert found.pop("c2") == [("轻微", "整改后准予", "某规定")]
    assert not any(found.values())


# The handbook


@pytest.mark.requirement("M042")
@EVERY_ITEM
def test_a_handbook_defines_duties_powers_and_liabilities_of_every_post_that_acts(name: str) -> None:
    procedure = item(name)
    pages = handbooks_of(procedure)
    written = {(each.unit, each.post) for each in pages}
    acting = {(each.unit, each.post) for each in procedure.steps} | {(procedure.receives, "clerk")}

    assert acting <= written
    for page in pages:
        assert page.duties
        assert page.powers
        assert page.liabilities
        assert page.may_not
        assert page.post_name != page.post
        assert handbook_of(procedure, page.post, unit=page.unit) == page
    for step in procedure.steps:
        page = handbook_of(procedure, step.post, unit=step.unit)
        assert step.name in {each.name for each in page.steps}


def test_whoever_examines_is_told_not_to_decide_and_a_merged_duty_is_not_forbidden() -> None:
    procedure = item(FOOD)
    review = next(each for each in procedure.steps if KINDS[each.kind].duty is Duty.REVIEW)

    apart = handbook_of(procedure, review.post, "en", unit=review.unit)
    merged = replace(procedure, merged=frozenset({Duty.REVIEW, Duty.DECIDE}))
    together = handbook_of(merged, review.post, "en", unit=review.unit)

    assert "“review”" in apart.may_not[0]
    assert "decision" in apart.may_not[0]
    assert "decision" not in together.may_not[0]
    assert len(together.may_not) == len(apart.may_not) - 1


def test_a_post_the_handbook_does_not_have_is_refused_with_words() -> None:
    with pytest.raises(NotPossible) as no:
        handbook_of(item(FOOD), "calendar_keeper")

    assert no.value.code == "no_such_post"
    assert "日历" in refusal(no.value).what


@pytest.mark.requirement("M043")
@EVERY_ITEM
def test_a_handbook_is_part_of_its_published_version_and_changes_only_with_it(name: str) -> None:
    procedure = item(name)
    row = publication.published(UUID(int=1), {"at": 0, "procedure": codec.to_plain(procedure)})
    before = handbooks_of(procedure)

    assert {each.digest for each in before} == {row.digest}
    assert {(each.version, each.effective_from) for each in before} == {(procedure.version, procedure.effective_from)}
    with pytest.raises(dataclasses.FrozenInstanceError):
        before[0].duties = ()  # type: ignore[misc]
    posts = (replace(procedure.guide.posts[0], duties=("另一职责",)), *procedure.guide.posts[1:])
    after = handbooks_of(changed(procedure, {"guide.posts": posts}))
    assert after[0].duties == ("另一职责",)
    assert {each.digest for each in after} & {row.digest} == set()


# The survey guide


@pytest.mark.requirement("M049")
@EVERY_ITEM
def test_a_survey_guide_stands_apart_and_is_linked_to_its_item(name: str) -> None:
    procedure = item(name)
    surveys = [each for each in procedure.steps if KINDS[each.kind].duty is Duty.SURVEY]
    found = survey_guide_of(procedure)

    if not surveys and not procedure.guide.survey:
        assert found is None
        return
    assert found is not None
    assert (found.code, found.version, found.digest) == (procedure.code, procedure.version, digest_of(procedure))
    assert found.points == procedure.guide.survey
    assert [each.name for each in found.steps] == [each.name for each in surveys]
    assert found.people >= 2 or not surveys
    sections = guide_of(procedure).sections
    assert not set(found.points) & {line.text for each in sections for line in each.lines}


def test_some_item_of_the_rulebook_has_a_survey_guide_with_points() -> None:
    found = survey_guide_of(item(FOOD))

    assert found is not None
    assert found.points


def changed(procedure: Procedure, changes: dict[str, object]) -> Procedure:
    """The procedure with other values; "guide.fees" is a field of its guide."""
    of_guide = {key.removeprefix("guide."): value for key, value in changes.items() if key.startswith("guide.")}
    own = {key: value for key, value in changes.items() if not key.startswith("guide.")}
    guide = replace(procedure.guide, **of_guide)  # type: ignore[arg-type]
    return replace(procedure, guide=guide, **own)  # type: ignore[arg-type]
