"""A procedure written as a file of the rulebook and read again is the same procedure."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from banjie.engine.law import Material, Procedure
from banjie.engine.timelimits import Limit, Unit
from banjie.records.catalogue import rulebook
from banjie.records.organisation.rulebook import BadRulebook
from tests.records.catalogue.rulebook_items import EVERY_ITEM, FOOD, ORGANISATION, item, pseudonym_of, username_of


@EVERY_ITEM
def test_every_item_of_the_rulebook_survives_being_written(name: str, tmp_path: Path) -> None:
    procedure = item(name)
    text = dumped(procedure)

    assert loaded(text, tmp_path) == procedure
    assert dumped(loaded(text, tmp_path)) == text


@EVERY_ITEM
def test_the_file_is_written_as_people_write_it(name: str) -> None:
    procedure = item(name)
    plain = yaml.safe_load(dumped(procedure))

    limit = procedure.statutory_limit
    assert plain["statutory_limit"] == f"{limit.number} {limit.unit}"
    assert plain["effective_from"] == procedure.effective_from
    assert plain["contact"] == username_of(procedure.contact)
    assert "units" not in plain
    assert "agencies" not in plain
    assert all(set(each) <= {"id", "cap"} for each in plain.get("pause_grounds", ()))


def test_what_is_unusual_survives_too(tmp_path: Path) -> None:
    odd = "第一行\n第二行：“引号” 'x' \"y\" # 不是注释\t\\ - [a, b]"
    procedure = replace(
        item(FOOD),
        summary=odd,
        extension=None,
        total_promise=Limit(30, Unit.CALENDAR_DAY, stays=True),
        fee="no",
        english="2025-01-01",
        licence="0123",
        materials=(Material(id="m", name=odd, may_be_late=Limit(5, Unit.WORKING_DAY)),),
        third_parties=True,
    )

    assert loaded(dumped(procedure), tmp_path) == procedure


def test_one_change_is_one_line() -> None:
    before = item(FOOD)
    after = replace(before, committed_limit=Limit(7, Unit.WORKING_DAY))
    pairs = zip(dumped(before).splitlines(), dumped(after).splitlines(), strict=True)

    assert [(one, other) for one, other in pairs if one != other] == [
        (f"committed_limit: {before.committed_limit.number} working_day", "committed_limit: 7 working_day")  # type: ignore[union-attr]
    ]


def test_a_unit_that_the_organisation_has_not_under_this_name_is_refused() -> None:
    procedure = item(FOOD)
    units = (replace(procedure.units[0], name="撤销了的科室"), *procedure.units[1:])

    with pytest.raises(BadRulebook, match="撤销了的科室"):
        dumped(replace(procedure, units=units))


def dumped(procedure: Procedure) -> str:
    """The file of a procedure."""
    return rulebook.dump(procedure, ORGANISATION, username_of)


def loaded(text: str, folder: Path) -> Procedure:
    """The procedure of a file."""
    path = folder / "item.yaml"
    path.write_text(text, encoding="utf-8")
    return rulebook.item(path, ORGANISATION, pseudonym_of)
