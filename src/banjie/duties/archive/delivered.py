"""How the result reached its applicant, as it lies in a package: every fact of the delivery, and each proof of it.

`delivery/facts.jsonl` has the delivery's own stream with its hashes. A proof is a small JSON beside it: of each parcel
that was delivered (the carrier's receipt: courier number, days, who signed, the digest of the signature), of an arrival
in the inbox, of what was taken across a window. Each names its fact by position and hash.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from banjie.duties.delivery import recording
from banjie.engine import codec
from banjie.engine import events as e
from banjie.engine.codec import OFFICE_ZONE
from banjie.store.keys.keyring import SealBroken
from banjie.store.log import read
from banjie.store.log.read import LogEntry

STREAM_KIND = recording.STREAM_KIND
FOLDER = "delivery/"
FACTS = f"{FOLDER}facts.jsonl"
SERVED = e.NAMES[e.Served]
PROVED = ("post", "electronic")
"""Methods of service that nobody at a window has seen: by these a case is served with proof."""


def facts_of(case: UUID) -> list[LogEntry]:
    """The facts of a case's delivery, oldest first; none where nobody has said anything of it."""
    return read.entries(recording.own_stream(case))


def path_of(entry: LogEntry) -> str:
    """Where the proof lies that a fact of a delivery is; "" where it proves nothing."""
    body = read.plain(entry)
    if entry.kind == "moved" and body["state"] == "delivered":
        return f"{FOLDER}{entry.position:03d}-post.json"
    method = {"handed_over": body.get("method"), "arrived": "electronic", "opened": "electronic"}.get(entry.kind)
    return f"{FOLDER}{entry.position:03d}-{method}.json" if method else ""


def proofs(case: UUID, facts: list[LogEntry]) -> Iterator[tuple[str, bytes]]:
    """Each proof: where it lies in the package, and its bytes. One that cannot be read any more is left out."""
    parcels: dict[str, dict[str, Any]] = {}
    for each in facts:
        body, path = read.plain(each), path_of(each)
        if "parcel" in body:
            parcels.setdefault(body["parcel"], {"parcel": body["parcel"], "number": ""}).update(
                _parcel(each.kind, body)
            )
        if not path:
            continue
        try:
            shown = _shown(case, each.kind, body, parcels)
        except SealBroken:
            continue
        if shown:
            yield path, _written({**shown, "fact": {"position": each.position, "hash": each.hash.hex()}})


def lacking(case: UUID, facts: bytes, pieces: Mapping[str, bytes]) -> Iterator[str]:
    """The proofs that a package with these facts (`facts.jsonl`) should have and does not: each one that the log knows
    of; and, of a case that was served by post or electronically, any at all, where no receipt stands beside the service
    either."""
    missing = [each for each in map(path_of, facts_of(case)) if each and each not in pieces]
    yield from missing
    served = [told for told in map(json.loads, facts.splitlines()) if told["kind"] == SERVED]
    if missing or not served:
        return
    fact = json.loads(base64.b64decode(served[-1]["body"]))
    if fact["method"] not in PROVED:
        return
    given = [json.loads(content) for path, content in pieces.items() if path.startswith(FOLDER) and path != FACTS]
    if not fact.get("receipt") and not any(_proves(each, fact["method"]) for each in given):
        yield FOLDER
    for path, content in pieces.items():
        if path.endswith("-post.json") and not _proves(json.loads(content), "post"):
            yield path


def _proves(proof: Mapping[str, Any], method: str) -> bool:
    if proof["method"] != method:
        return False
    if method == "post":
        return bool(proof["number"] and (proof["signed_by"] or proof["proof"]))
    return "opened_at" in proof or bool(proof.get("serves"))


def _parcel(kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """What a fact adds to what is known of its parcel."""
    if kind == "dispatched":
        return {"dispatched_at": _at(body["at"]), "payer": body["payer"]}
    return {"number": body["number"]} if kind == "ordered" else {}


def _shown(case: UUID, kind: str, body: Mapping[str, Any], parcels: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """What a proof says; empty where what it was made of was erased."""
    if kind == "moved":
        sealed = recording.opened(case, body["proof"])
        if sealed is None:
            return {}
        given = {name: str(sealed.get(name, "")) for name in ("signed_by", "proof")}
        return {"method": "post", **parcels[body["parcel"]], "delivered_at": _at(body["since"]), **given}
    if kind == "handed_over":
        who = (recording.opened(case, body["name"]) or {}) if body["name"] else {}
        given = {"taker": body["taker"], "checked": body["checked"], "name": str(who.get("name", ""))}
        return {"method": body["method"], "handed_over_at": _at(body["at"]), "by": body["by"], **given}
    if kind == "arrived":
        return {"method": "electronic", "arrived_at": _at(body["at"]), "by": body["by"], "serves": body["counts"]}
    return {"method": "electronic", "opened_at": _at(body["at"]), "by": body["by"]}


def _at(microseconds: int) -> str:
    return codec.instant(microseconds).astimezone(OFFICE_ZONE).isoformat(timespec="seconds")


def _written(plain: Mapping[str, Any]) -> bytes:
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"
