"""`banjie verify-receipt FILE`: the dates of a receipt counted anew, and held against the log where there is one."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from banjie.cases import queries, reckoning
from banjie.engine import commands as c
from banjie.engine.codec import canonical
from banjie.engine.reckoning import sealed
from tests.cases.house import House, instant
from tests.command.conftest import in_a_process

pytestmark = pytest.mark.database


def receipt(house: House) -> dict[str, Any]:
    """The receipt of a case accepted on Tuesday 3 March 2026."""
    stream = house.submitted()
    house.at = instant("2026-03-03")
    house.do(stream, c.Accept, house.cast.clerk)
    return reckoning.receipt_of(queries.view(stream, instant("2026-03-05")))


def written(document: dict[str, Any], folder: Path) -> str:
    """The receipt in a file."""
    path = folder / "receipt.json"
    path.write_bytes(canonical(document))
    return str(path)


def test_a_receipt_as_it_was_given_agrees(demo: House, banjie: Any, tmp_path: Path) -> None:
    document = receipt(demo)

    code, out, err = banjie("verify-receipt", written(document, tmp_path))

    assert (code, err) == (0, "")
    assert "Everything agrees" in out
    assert "The log of this installation holds the very facts it names." in out
    assert document["digest"] in out


def test_offline_only_the_counting_is_checked_and_that_is_said(demo: House, banjie: Any, tmp_path: Path) -> None:
    code, out, _err = banjie("verify-receipt", "--offline", written(receipt(demo), tmp_path))

    assert code == 0
    assert "Only the counting was checked" in out


def test_a_changed_byte_ends_with_one_and_words(demo: House, banjie: Any, tmp_path: Path) -> None:
    path = written(receipt(demo), tmp_path)
    text = Path(path).read_text(encoding="utf-8")
    Path(path).write_text(text.replace('"used":2', '"used":1', 1), encoding="utf-8")

    code, out, err = banjie("verify-receipt", path)

    assert (code, out) == (1, "")
    assert "The digest does not fit the content" in err
    assert "result.used" in err


def test_who_makes_the_digest_fit_is_told_what_is_on_record(demo: House, banjie: Any, tmp_path: Path) -> None:
    document = json.loads(canonical(receipt(demo)))
    said = document["clocks"][0]["result"]["due"]
    document["clocks"][0]["result"]["due"] = (date.fromisoformat(said) + timedelta(days=1)).isoformat()

    code, _out, err = banjie("verify-receipt", "--language", "zh-Hans", written(sealed(document), tmp_path))

    assert code == 1
    assert "推算的结果不同" in err
    assert "与登记的事实不符" in err
    assert said in err


def test_a_program_gets_the_differences_as_data(demo: House, banjie: Any, tmp_path: Path) -> None:
    document = json.loads(canonical(receipt(demo)))
    document["log"]["facts"].pop()

    code, out, _err = banjie("verify-receipt", "--json", written(sealed(document), tmp_path))

    told = json.loads(out)
    assert code == 1
    assert told["checked"] == "counted_and_on_record"
    assert {each["code"] for each in told["differences"]} == {"not_on_record"}


@pytest.mark.parametrize("content", ["", "[]", "no", '{"format": "another", "version": 1}'])
def test_what_is_no_receipt_is_told_so(demo: House, banjie: Any, tmp_path: Path, content: str) -> None:
    path = tmp_path / "file.json"
    path.write_text(content, encoding="utf-8")

    code, out, err = banjie("verify-receipt", str(path))

    assert (code, out) == (1, "")
    assert err


def test_a_file_that_is_not_there_is_no_traceback(demo: House) -> None:
    done = in_a_process("verify-receipt", "/nowhere/receipt.json")

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "/nowhere/receipt.json" in done.stderr
