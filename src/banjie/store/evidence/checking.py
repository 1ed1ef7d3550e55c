"""A proof, checked from the file alone: no database, and no trust in whoever made it. What `banjie verify-proof` runs.

The page that anybody can keep does the same in another language (static/banjie/js/proof.js).
"""

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from banjie.store.evidence import merkle, note
from banjie.store.evidence.proofs import FORMAT


@dataclass(frozen=True, slots=True)
class Checked:
    """What a proof shows. `is_known`: under a key that was trusted beforehand; `witnesses`: names and seconds.

    `facts`: (kind, index, whether it stands in the tree); `opened`: (reference, whether it is what was recorded).
    """

    head: note.Head
    is_signed: bool
    is_known: bool
    witnesses: tuple[tuple[str, int], ...]
    facts: tuple[tuple[str, int, bool], ...]
    opened: tuple[tuple[str, bool], ...]

    @property
    def holds(self) -> bool:
        """Whether everything in the file holds."""
        return self.is_signed and all(each[2] for each in self.facts) and all(each[1] for each in self.opened)


def check(document: Any, trusted: Sequence[note.Key] = ()) -> Checked:
    """What a proof shows; note.Malformed for what is none. `trusted`: keys known from elsewhere, or the file's own."""
    try:
        return _check(document, trusted)
    except note.Malformed:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error, RecursionError) as problem:
        raise note.Malformed(f"it is no proof ({type(problem).__name__})") from None


def _check(document: Any, trusted: Sequence[note.Key]) -> Checked:
    if document["format"] != FORMAT or not document["facts"]:
        raise note.Malformed("another format")
    told = note.parse(document["checkpoint"])
    head = note.head(told.text)
    given = [note.key(each) for each in document["keys"]]
    known = [each for each in trusted if each.type == note.LOG and each.name == head.origin]
    signers = known or [each for each in given if each.type == note.LOG and each.name == head.origin]
    commitments: dict[str, str] = {}
    facts = []
    for fact in document["facts"]:
        holds = _stands(fact, head)
        if holds:
            commitments.update(_commitments(json.loads(fact["body"])))
        facts.append((str(fact["header"][3]), int(fact["index"]), holds))
    opened = []
    for each in document.get("opened", []):
        digest = sha256(bytes.fromhex(each["salt"]) + each["value"].encode()).hexdigest()
        opened.append((str(each["ref"]), commitments.get(each["ref"]) == digest))
    return Checked(
        head,
        any(told.signed_by(each) for each in signers),
        bool(known),
        tuple(_witnesses(told, [*trusted, *given])),
        tuple(facts),
        tuple(opened),
    )


def _stands(fact: Any, head: note.Head) -> bool:
    """Whether the fact's own bytes, hashed as `log/chain` describes, lead to the root."""
    header, index = fact["header"], fact["index"]
    if [type(each) for each in header] != COLUMNS or type(index) is not int or fact["alg"] != "sha256":
        raise note.Malformed("a fact has no such form")
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    begins = b"\x00sha256" + bytes.fromhex(fact["prev"]) + len(text).to_bytes(4, "big")
    recorded = sha256(begins + text + fact["body"].encode()).digest()
    path = [base64.b64decode(each, validate=True) for each in fact["path"]]
    return merkle.verify_inclusion(merkle.leaf(recorded), index, head.size, path, head.root)


COLUMNS = [str, int, str, str, int, int, str, str, str, int, str]


def _witnesses(told: note.Note, keys: Iterable[note.Key]) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for key in keys:
        if key.type == note.WITNESS:
            for signature in told.signatures:
                if key.verifies(told.text, signature):
                    found[key.name] = signature.seconds
    return sorted(found.items())


def _commitments(plain: Any) -> Iterable[tuple[str, str]]:
    if isinstance(plain, dict):
        name = plain.get("ref", plain.get("id"))
        if isinstance(name, str) and isinstance(plain.get("commitment"), str):
            yield name, plain["commitment"]
    if isinstance(plain, dict | list):
        for each in plain.values() if isinstance(plain, dict) else plain:
            yield from _commitments(each)
