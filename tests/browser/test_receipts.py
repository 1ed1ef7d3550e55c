"""A receipt of dates is counted a second time in the browser, by the page's script, which shares no code with us."""

import json
import os
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from banjie.engine import reckoning
from banjie.web import verifier
from tests.browser import axe
from tests.browser.visits import Visits, fits
from tests.county import County
from tests.properties.receipts import receipts, spoiled

SOAK = os.environ.get("BANJIE_SOAK") == "1"
COUNT = 100_000 if SOAK else 2_000
SPOILED = 2_000 if SOAK else 20
BATCH = 100
SEED = 20261122

SUITE = sorted((Path(__file__).parents[2] / "conformance" / "timelimits").glob("*.json"))

CHECK = """(documents) => JSON.stringify(JSON.parse(documents).map((each) => {
  const {differences, clocks} = globalThis.banjie.check(each);
  return {clocks: clocks.length, differences};
}))"""
"""As text both ways: a deep value costs the driver a second where its text costs nothing."""


@pytest.fixture
def checking(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page as somebody kept it on a disk, without any network."""
    kept = tmp_path / "check.html"
    kept.write_bytes(verifier.page("zh-Hans"))
    context = browser.new_context(offline=True, locale="zh-CN")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    page.goto(kept.as_uri())
    yield page
    context.close()
    assert faults == []


@pytest.mark.property
@pytest.mark.slow
def test_the_script_counts_every_clock_as_the_engine_does(checking: Page) -> None:
    counted, faults = 0, []
    batch: list[Any] = []
    for document in receipts(COUNT, SEED):
        batch.append(document)
        if len(batch) == BATCH:
            counted += _counted(checking, batch, faults)
            batch = []
    counted += _counted(checking, batch, faults)

    assert faults == []
    assert counted >= COUNT


def checked(page: Page, documents: list[Any]) -> Any:
    """What the script says of each of these receipts."""
    return json.loads(page.evaluate(CHECK, json.dumps(documents)))


def _counted(page: Page, documents: list[Any], faults: list[Any]) -> int:
    found = checked(page, documents)
    faults += [(place, each["differences"][:2]) for place, each in enumerate(found) if each["differences"]][:3]
    return sum(each["clocks"] for each in found)


@pytest.mark.property
def test_what_a_forger_changed_is_found_by_both_at_the_same_place(checking: Page) -> None:
    rng = random.Random(SEED)
    forged = [spoiled(document, rng) for document in receipts(20 * SPOILED, SEED + 1)]

    found = checked(checking, [document for document, _ in forged])

    assert [{each["where"] for each in one["differences"]} for one in found] == [{where} for _, where in forged]
    assert [{each.where for each in reckoning.differences(one)} for one, _ in forged] == [{w} for _, w in forged]


ANSWER = (Path(__file__).parent / "conformance.js").read_text(encoding="utf-8")


def test_the_script_passes_the_conformance_suite(checking: Page) -> None:
    wrong, counted = [], 0
    for path in SUITE:
        suite = json.loads(path.read_text(encoding="utf-8"))
        if suite.get("format") != "timelimits-conformance":
            continue
        asked = [[each, suite["calendars"][each["calendar"]]] for each in suite["cases"]]
        answers = checking.evaluate(f"(all) => all.map({ANSWER.partition(chr(10))[2]})", asked)
        counted += len(asked)
        pairs = zip(suite["cases"], answers, strict=True)
        wrong += [(each["id"], answer, each["expect"]) for each, answer in pairs if answer != each["expect"]]

    assert wrong == []
    assert counted >= 300


def test_the_digest_is_the_digest(checking: Page) -> None:
    texts = ["", "abc", "时限计算凭据" * 40, "x" * 55, "x" * 56, "x" * 64, 'a"\\\n\t\x01\u2028é']

    found = checking.evaluate("(all) => all.map((each) => globalThis.banjie.check({text: each}).digest)", texts)

    assert found == [reckoning.digest_of({"text": each}) for each in texts]


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_somebody_checks_their_own_receipt_in_a_browser(
    county: County, visits: Visits, tmp_path: Path, language: str
) -> None:
    from tests.faces.cases import filed

    case = filed(county).accepted()
    county.move_to(county.view_time() + timedelta(days=3))
    me = visits.open("applicant", language="en" if language == "en" else "", size=(360, 740))
    me.goto(f"/cases/{case.number}/dates/")
    fits(me)
    digest = me.locator(".digest").inner_text()
    with me.expect_download() as download:
        me.get_by_role("link", name="Download the receipt" if language == "en" else "下载凭据").click()
    kept = tmp_path / "receipt.json"
    download.value.save_as(kept)
    document = json.loads(kept.read_text(encoding="utf-8"))
    assert document["digest"] == digest

    me.get_by_role("link", name="Check a receipt" if language == "en" else "核对凭据").click()
    me.locator("input[type=file]").set_input_files(kept)
    me.get_by_text("Everything agrees" if language == "en" else "全部一致").wait_for()
    fits(me)
    assert axe.faults(me) == []

    due = date.fromisoformat(document["clocks"][0]["result"]["due"])
    document["clocks"][0]["result"]["due"] = (due + timedelta(days=1)).isoformat()
    kept.write_text(json.dumps(reckoning.sealed(document), ensure_ascii=False), encoding="utf-8")
    me.locator("input[type=file]").set_input_files([])
    me.locator("input[type=file]").set_input_files(kept)
    me.get_by_text("What does not agree: 1" if language == "en" else "有 1 处不一致").first.wait_for()
