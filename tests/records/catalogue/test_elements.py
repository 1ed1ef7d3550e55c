"""The national exchange names: one mapping a standard, and where the standards differ, each gets its own code."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from banjie.engine.law import Material, Procedure
from banjie.engine.timelimits import Limit, Unit
from banjie.records.catalogue import elements, rulebook
from banjie.records.catalogue.gate import disclosure
from banjie.records.organisation.rulebook import organisation

ORGANISATION = organisation(Path(settings.RULEBOOK) / "organisation" / "demo.yaml")
STANDARDS: tuple[elements.Standard, ...] = ("C0109", "GB/T 39046")
NEEDED = (  # NOT NULL in the national tables
    "catalog_code",
    "task_code",
    "task_name",
    "task_type",
    "task_state",
    "task_version",
    "by_law",
    "power_source",
    "use_level",
    "dept_name",
    "dept_code",
    "promise_day",
    "promise_type",
    "accept_condition",
    "handle_flow",
    "is_fee",
    "server_type",
    "project_type",
    "limit_scene_num",
    "link_way",
    "supervise_way",
    "transact_addr",
    "transact_time",
    "is_entry_center",
    "is_online",
    "is_express",
    "is_pay_online",
    "result_name",
)


def item(name: str = "food-business-new") -> Procedure:
    return rulebook.item(Path(settings.RULEBOOK) / "items" / f"{name}.yaml", ORGANISATION, lambda user: f"p-{user}")


@pytest.mark.parametrize("path", rulebook.items(), ids=lambda path: path.stem)
@pytest.mark.parametrize("standard", STANDARDS)
def test_every_complete_item_fills_what_the_national_tables_need(path: Path, standard: elements.Standard) -> None:
    found = json.loads(elements.national_json(item(path.stem), standard))

    assert [name for name in NEEDED if found[name] in ("", None)] == []
    assert all(each["material_name"] and each["is_need"] and each["by_law"] for each in found["materials"])


def test_the_two_standards_number_some_words_differently() -> None:
    organ = replace(item(), guide=replace(item().guide, served=("person", "organ", "other"), channels=("express",)))

    ours, theirs = (elements.national(organ, standard) for standard in STANDARDS)

    assert (ours["server_type"], theirs["server_type"]) == ("1,6,9", "1,5,6")
    assert (ours["handle_type"], theirs["handle_type"]) == ("3", "4")


@pytest.mark.parametrize("standard", STANDARDS)
def test_every_word_of_ours_has_a_code_in_each_standard(standard: elements.Standard) -> None:
    for field in ("served", "channels", "power_source", "online_depth"):
        for word in disclosure.CHOICES[field]:
            assert elements.coded(field, word, standard)


def test_codes_and_limits_come_out_in_their_parts() -> None:
    found = elements.national(item())

    assert found["catalog_code"] == found["task_code"][19:31] == item().code[19:31]
    assert found["dept_code"] == item().code[:18]
    assert found["use_level"] == item().code[18]
    assert (found["anticipate_day"], found["anticipate_type"], found["promise_day"]) == (10, "工作日", 8)
    assert found["project_type"] == "2"
    assert elements.national(item("sole-trader-deregistration"))["project_type"] == "1"


def test_a_material_that_may_follow_later_says_so() -> None:
    late = Material(id="m", name="材料", may_be_late=Limit(5, Unit.WORKING_DAY))
    optional = Material(id="n", name="材料", necessary=False)

    rows = elements.national(replace(item(), materials=(late, optional, Material(id="o", name="材料"))))["materials"]

    assert [each["is_need"] for each in rows] == ["3", "2", "1"]
    assert [each["order_num"] for each in rows] == [1, 2, 3]


def test_the_same_item_is_exported_as_the_same_bytes() -> None:
    assert elements.national_json(item()) == elements.national_json(item())
    assert elements.national(item(), state="suspended")["task_state"] == "2"
