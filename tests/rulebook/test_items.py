"""The rulebook's items, lists and organisation as files: what is complete can bind, and 示例 says so field by field."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from stdnum.cn import uscc

from banjie.engine.law import Procedure
from banjie.records.catalogue import codes, gate, lists, rulebook, samples
from banjie.records.catalogue.gate import Around
from banjie.records.catalogue.register import ListKind
from banjie.records.organisation.rulebook import Organisation, organisation, read, region_profile

ROOT = Path(__file__).parents[2] / "rulebook"
COMPLETE = sorted((ROOT / "items").glob("*.yaml"))
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
COUNTIES = ("999921", "999922")
FORMAT = {
    "version",
    "effective_from",
    "region",
    "english",
    "guide",
    "guide.item_name",
    "guide.variant",
    "guide.examples",
}
"""What a file of an example says of itself, not of the item."""


@pytest.fixture(scope="module")
def county() -> Organisation:
    """The organisation of both counties."""
    return organisation(Path(settings.RULEBOOK) / "organisation" / "demo.yaml")


@pytest.fixture(scope="module")
def complete(county: Organisation) -> Mapping[str, Procedure]:
    """Every complete item, by the name of its file."""
    return {path.stem: loaded(path, county) for path in COMPLETE}


def loaded(path: Path, county: Organisation) -> Procedure:
    return rulebook.item(path, county, lambda name: f"p-{name}")


def around(county: Organisation, others: Mapping[str, Procedure], procedure: Procedure) -> Around:
    """The surroundings of an item as the files give them, with the working days of the rulebook."""
    posts: dict[tuple[str, str], frozenset[str]] = {}
    for each in county.staff:
        for post in each.posts:
            posts[each.unit, post] = posts.get((each.unit, post), frozenset()) | {each.username}
    return Around(
        units={unit.id: agency.id for agency in county.agencies for unit in agency.units},
        credit_codes={each.id: each.credit_code for each in county.agencies},
        posts=posts,
        others={each.code: each for each in others.values() if each.code != procedure.code},
        calendar=rulebook.calendar(),
        samples=samples.names(),
        blanks=samples.blanks(),
    )


# Complete items


def test_there_are_enough_of_each_and_all_codes_differ(county, complete):
    examples = [loaded(path, county) for path in EXAMPLES]
    known = [each.code for each in (*complete.values(), *examples)]

    assert len(complete) >= 12
    assert len(examples) >= 28
    assert [code for code, times in Counter(known).items() if times > 1] == []
    assert rulebook.examples() == EXAMPLES


@pytest.mark.parametrize("path", [*COMPLETE, *EXAMPLES], ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_code_is_sound_and_the_deciding_agencys(county, path):
    item = loaded(path, county)
    (agency,) = [each for each in county.agencies if each.id == item.agency_of(item.decides)]

    assert codes.problems(item.code, agency.credit_code, item.item_type) == []
    assert len(item.code) == 33


@pytest.mark.parametrize("stem", [path.stem for path in COMPLETE])
def test_a_complete_item_passes_the_gate_and_stands_on_the_lists(county, complete, stem):
    item = complete[stem]
    kept = rulebook.lists(item.region)
    standing = {kind: {each.id: each for each in entries} for kind, entries in kept.lists.items()}

    assert [(no.code, no.facts) for no in gate.problems(item, around(county, complete, item))] == []
    assert [(no.code, no.facts) for no in lists.outside(item, standing, kept.mandatory)] == []
    assert list(gate.flags(item)) == []
    assert "示例" not in str(item.guide)


def test_the_kinds_of_item_the_demo_needs_are_there(complete):
    kinds = {
        "instant": lambda each: each.instant,
        "parallel": lambda each: len([step for step in each.steps if not step.after]) > 1,
        "on the spot": lambda each: any(step.kind == "survey" for step in each.steps),
        "hearing": lambda each: each.third_parties,
        "expert review": lambda each: any(step.kind == "expert_review" for step in each.steps),
        "months": lambda each: each.statutory_limit.unit == "month",
        "calendar days": lambda each: each.statutory_limit.unit == "calendar_day",
        "public service": lambda each: each.item_type == "20",
        "benefit": lambda each: each.item_type == "05",
        "limited in number": lambda each: bool(each.guide.quantity),
        "merged review": lambda each: bool(each.merged) and not each.instant,
        "one and three days": lambda each: (
            each.committed_limit is not None
            and each.committed_limit.number == 1
            and [step.cap.number for step in each.guide.special_steps] == [3]
        ),
        "fee": lambda each: bool(each.guide.fees),
        "handed up": lambda each: each.forwarding is not None,
    }

    assert {name for name, test in kinds.items() if not any(test(each) for each in complete.values())} == set()


def test_three_items_exist_in_both_counties_on_the_same_basic_codes(county, complete):
    first, second = (
        {each.code[19:31]: each for each in complete.values() if each.region == region} for region in COUNTIES
    )

    shared = first.keys() & second.keys()
    assert len(shared) >= 3
    for basic in shared:
        assert first[basic].decides != second[basic].decides
        assert first[basic].guide.item_name == second[basic].guide.item_name
    assert any(first[basic].committed_limit != second[basic].committed_limit for basic in shared)


# Examples


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_says_of_every_field_whether_it_is_stated(county, path):
    plain = read(path)
    told = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    text = " ".join(line.removeprefix("# ") for line in told)
    stated = set(text.partition("Stated: ")[2].partition(". ")[0].split(", "))
    examples = plain["guide"]["examples"]
    fields = {*plain, *(f"guide.{key}" for key in plain["guide"])} - FORMAT

    assert examples
    assert fields - stated == {each for each in examples if each in fields}
    assert {each for each in stated if each not in fields} == set()
    assert [each for each in examples if not _leads_somewhere(plain, each.split("."))] == []
    item = loaded(path, county)
    assert "example_fields" in {no.code for no in gate.problems(item, around(county, {}, item))}


def _leads_somewhere(plain: Any, path: list[str]) -> bool:
    """Whether a path of `guide.examples` names something: `*` is every entry, a name in a list its id or slug."""
    if not path:
        return True
    head, rest = path[0], path[1:]
    if isinstance(plain, list):
        chosen = plain if head == "*" else [each for each in plain if head in (each.get("id"), each.get("slug"))]
        return bool(chosen) and all(_leads_somewhere(each, rest) for each in chosen)
    if isinstance(plain, str):
        return head in ("number", "unit") and not rest  # a limit, written in one line
    return head in plain and _leads_somewhere(plain[head], rest)


# Organisation and lists


def test_credit_codes_are_right_and_belong_to_nobody(county):
    for agency in county.agencies:
        assert uscc.is_valid(agency.credit_code)
        assert agency.credit_code[2:8] == agency.region[:6]
        assert agency.region.startswith("9999")


def test_nobody_has_anothers_user_name_or_name(county):
    for names in ([each.username for each in county.staff], [each.name for each in county.staff]):
        assert [name for name, times in Counter(names).items() if times > 1] == []


def test_both_counties_have_towns_and_villages_and_a_profile(county):
    for code in COUNTIES:
        towns = [each for each in county.regions if each.parent == code]
        villages = [each for each in county.regions if each.parent in {town.code for town in towns}]

        assert [len(each.code) for each in towns] == [9, 9]
        assert [len(each.code) for each in villages] == [12, 12]
        assert region_profile(code).code == code


@pytest.mark.parametrize("region", COUNTIES)
def test_the_lists_name_agencies_that_are_there_and_every_power_its_duty(county, region):
    kept = rulebook.lists(region)
    agencies = {each.id for each in county.agencies}

    assert set(kept.mandatory) <= set(kept.lists)
    for kind, entries in kept.lists.items():
        assert len({each.id for each in entries}) == len(entries), kind
        assert {each.holder for each in entries} <= agencies
        assert all(each.basis for each in entries)
    assert all(each.duty for each in kept.lists[ListKind.POWER])
