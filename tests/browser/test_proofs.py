"""T13: proofs are checked once more in the browser, by a script that shares no code with what makes them."""

import base64
import json
import os
import random
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Page

from banjie.store.evidence import checkpoints, merkle, note
from banjie.store.log.sequence import sequence
from banjie.web.evidence import offline
from tests.browser import axe
from tests.browser.visits import Visits, fits
from tests.county import County

SOAK = os.environ.get("BANJIE_SOAK") == "1"
INCLUSIONS = 20_000 if SOAK else 2_000
CONSISTENCIES = 1_000 if SOAK else 200
LEAVES = 200_000 if SOAK else 5_000
WHOLE = 400 if SOAK else 25
"""Proofs checked with their signatures, too: milliseconds each."""
SEED = 20261122


@pytest.fixture
def checking(browser: Browser, tmp_path: Path, county: County) -> Iterator[Page]:
    """The page as somebody kept it on a disk, without any network."""
    kept = tmp_path / "check.html"
    kept.write_bytes(offline.page("zh-Hans"))
    context = browser.new_context(offline=True, locale="zh-CN")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    page.goto(kept.as_uri())
    yield page
    context.close()
    assert faults == []


def grown(leaves: int) -> merkle.Tree:
    """A tree over made-up facts."""
    tiles: dict[tuple[int, int], bytes] = {}
    level, row = 0, [merkle.leaf(number.to_bytes(32, "big")) for number in range(leaves)]
    while row:
        for at in range(0, len(row), merkle.WIDTH):
            tiles[level, at // merkle.WIDTH] = b"".join(row[at : at + merkle.WIDTH])
        full = range(0, len(row) - merkle.WIDTH + 1, merkle.WIDTH)
        row = [merkle.root_of(row[at : at + merkle.WIDTH]) for at in full]
        level += 1
    return merkle.Tree(lambda level, no: tiles[level, no])


def coded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


INCLUDED = """(told) => JSON.parse(told).map(([leaf, index, size, path, root]) => {
  const b = globalThis.banjie.fromBase64;
  return globalThis.banjie.holdsInclusion(b(leaf), index, size, path.map(b), b(root));
})"""
CONSISTENT = """(told) => JSON.parse(told).map(([old, size, before, root, path]) => {
  const b = globalThis.banjie.fromBase64;
  return globalThis.banjie.holdsConsistency(old, size, b(before), b(root), path.map(b));
})"""
CHECKED = """(told) => JSON.parse(told).map(([proof, keys]) => {
  try {
    const found = globalThis.banjie.checkProof(proof, keys);
    return [found.holds, found.isKnown, found.witnesses.length];
  } catch (fault) {
    if (fault instanceof globalThis.banjie.Malformed) return "malformed";
    throw fault;
  }
})"""


def test_the_script_takes_every_true_proof_and_no_forged_one(checking: Page) -> None:
    chance = random.Random(SEED)
    whole = grown(LEAVES)
    roots = {size: whole.root(size) for size in {chance.randint(2, LEAVES) for _ in range(40)} | {1, LEAVES}}
    true, forged = [], []
    for number in range(INCLUSIONS):
        size = chance.choice(list(roots))
        index = chance.randrange(size)
        path = whole.inclusion(index, size)
        assert len(path) <= 40
        leaf = merkle.leaf(index.to_bytes(32, "big"))
        true.append([coded(leaf), index, size, [coded(each) for each in path], coded(roots[size])])
        if number % 10 == 0 and path:
            wrong = [*path]
            wrong[chance.randrange(len(wrong))] = merkle.leaf(b"wrong")
            other = next(each for each in roots if each != size)
            for each in (
                (leaf, index, size, wrong, roots[size]),
                (leaf, (index + 1) % size, size, path, roots[size]),
                (leaf, index, size, path, roots[other]),
                (leaf, index, size, path[:-1], roots[size]),
                (merkle.leaf(b"other"), index, size, path, roots[size]),
            ):
                forged.append([coded(each[0]), each[1], each[2], [coded(one) for one in each[3]], coded(each[4])])
    told, false = [], []
    for _ in range(CONSISTENCIES):
        old, new = sorted(chance.sample(list(roots), 2))
        steps = [coded(each) for each in whole.consistency(old, new)]
        told.append([old, new, coded(roots[old]), coded(roots[new]), steps])
        false.append([old, new, coded(merkle.leaf(b"x")), coded(roots[new]), steps])
        false.append([old, new, coded(roots[old]), coded(merkle.leaf(b"x")), steps])
        false.append([old, new, coded(roots[old]), coded(roots[new]), [*steps, coded(merkle.EMPTY)]])

    assert checking.evaluate(INCLUDED, json.dumps(true)) == [True] * len(true)
    assert not any(checking.evaluate(INCLUDED, json.dumps(forged)))
    assert checking.evaluate(CONSISTENT, json.dumps(told)) == [True] * len(told)
    assert not any(checking.evaluate(CONSISTENT, json.dumps(false)))
    assert len(forged) >= INCLUSIONS // 4


def a_proof(number: int, log: Ed25519PrivateKey, witness: Ed25519PrivateKey) -> tuple[dict[str, Any], list[str]]:
    """A proof of three facts, made by the description alone; and the keys to trust."""
    name, salt, value = "banjie/t", b"s" * 16, f'"何某{number}\\n\\u0001"'
    commitment = sha256(salt + value.encode()).hexdigest()
    facts, leaves, prev = [], [], bytes(32)
    for nth in range(3):
        body = json.dumps({"ref": f"r/{nth}", "commitment": commitment}, ensure_ascii=False)
        header = [
            "a" * 32,
            nth + 1,
            "case",
            "accepted",
            10**15 + number,
            10**15,
            '何\n\u2028é"\\',
            "",
            "b" * 32,
            nth,
            "i",
        ]
        head = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
        hashed = sha256(b"\x00sha256" + prev + len(head).to_bytes(4, "big") + head + body.encode()).digest()
        facts.append({"index": nth, "header": header, "alg": "sha256", "prev": prev.hex(), "body": body})
        leaves.append(merkle.leaf(hashed))
        prev = hashed
    tree = merkle.Tree(lambda level, no: b"".join(leaves))
    for nth, fact in enumerate(facts):
        fact["path"] = [coded(each) for each in tree.inclusion(nth, 3)]
    text = note.Head(name, 3, tree.root(3), ("time 2026-03-02T01:00:00.000000Z", "standing witnessed")).text
    signatures = (note.sign(text, name, log), note.cosign(text, "w", witness, 1_772_000_000 + number))
    keys = [str(note.public(name, note.LOG, log)), str(note.public("w", note.WITNESS, witness))]
    proof = {
        "format": "banjie-proof/1",
        "checkpoint": str(note.Note(text, signatures)),
        "keys": keys,
        "facts": facts,
        "opened": [{"ref": "r/1", "salt": salt.hex(), "value": value}],
    }
    return proof, keys


def test_signatures_hashes_and_openings_are_checked_by_the_letter(checking: Page) -> None:
    log, witness, stranger = (Ed25519PrivateKey.generate() for _ in range(3))
    asked: list[Any] = []
    expected: list[Any] = []
    for number in range(WHOLE):
        proof, keys = a_proof(number, log, witness)
        asked += [[proof, keys], [proof, []], [proof, [str(note.public("banjie/t", note.LOG, stranger))]]]
        expected += [[True, True, 1], [True, False, 1], [False, True, 1]]
    proof, keys = a_proof(0, log, witness)
    for spoil, answer in (
        (lambda each: each["facts"][1]["header"].__setitem__(3, "refused"), [False, True, 1]),
        (lambda each: each["facts"][1].update(body=each["facts"][1]["body"] + " "), [False, True, 1]),
        (lambda each: each["facts"][2].update(index=1), [False, True, 1]),
        (lambda each: each["opened"][0].update(value='"他人"'), [False, True, 1]),
        (lambda each: each["opened"][0].update(ref="r/9"), [False, True, 1]),
        (lambda each: each.update(checkpoint=each["checkpoint"].replace("\n3\n", "\n4\n")), [False, True, 0]),
        (lambda each: each.update(checkpoint=each["checkpoint"].replace("witnessed", "no-witness")), [False, True, 0]),
        (lambda each: each.update(facts=[]), "malformed"),
        (lambda each: each.update(format="other"), "malformed"),
        (lambda each: each["facts"][0].update(alg="md5"), "malformed"),
        (lambda each: each.update(checkpoint="x"), "malformed"),
    ):
        forged = json.loads(json.dumps(proof))
        spoil(forged)
        asked.append([forged, keys])
        expected.append(answer)

    assert checking.evaluate(CHECKED, json.dumps(asked)) == expected


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_somebody_checks_their_own_proof_in_a_browser(
    county: County, visits: Visits, tmp_path: Path, language: str
) -> None:
    from tests.faces.cases import filed

    case = filed(county).accepted()
    while sequence():
        pass
    checkpoints.make()
    me = visits.open("applicant", language="en" if language == "en" else "", size=(360, 740))
    me.goto(f"/cases/{case.number}/receipt/")
    with me.expect_download() as download:
        me.get_by_role("link", name="Keep a proof" if language == "en" else "下载存证").click()
    kept = tmp_path / "proof.json"
    download.value.save_as(kept)
    me.goto("/log/")
    fits(me)
    assert axe.faults(me) == []

    me.get_by_role("link", name="Open the page" if language == "en" else "打开核验页面").click()
    me.locator("input[type=file]").set_input_files(kept)
    me.get_by_text("It holds" if language == "en" else "核验通过").wait_for()
    fits(me)
    assert axe.faults(me) == []
    told = json.loads(kept.read_text(encoding="utf-8"))
    told["facts"][0]["header"][4] += 1
    kept.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    me.locator("input[type=file]").set_input_files([])
    me.locator("input[type=file]").set_input_files(kept)
    me.get_by_text("It does not hold" if language == "en" else "核验不通过").wait_for()
