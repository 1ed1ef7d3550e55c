"""The facts of a licence, and the rows they make: one stream a number, one fact an act, rows only from facts.

`issued`, `changed`, `renewed`, `reissued` and `corrected` make a version; `renewed_by_law`, the five ends and
`restored` move what it is worth; `signed` carries the signature of a version's record; `copied`, `copy_revoked` and
`copy_checked` are the copies for a purpose; `reminded`: its holder was told that it runs out; `asked_about`: that a
proceeding about it began, `asked_elsewhere`: that it is about another licence after all; `erased` forgets whose it was.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from banjie.duties.licences.models import Licence, PurposeCopy, Version
from banjie.duties.licences.standing import STATE_OF
from banjie.engine import codec
from banjie.store.log import read
from banjie.store.log.append import append

STREAM_KIND = "licence"
SPACE = UUID("6a4b3a0e-8e0f-5b0e-9a53-2f3f0f6d9c21")

ISSUES = {"issue": "issued", "change": "changed", "renew": "renewed", "reissue": "reissued", "correct": "corrected"}
"""The fact that each act of an issued licence leaves."""
MAKE_A_VERSION = frozenset(ISSUES.values())
ENDS = {
    "suspend": "suspended",
    "revoke": "revoked",
    "withdraw": "withdrawn",
    "take_away": "taken_away",
    "cancel": "cancelled",
}
"""The fact that each act which ends or suspends a licence leaves."""
FACTS = (*ISSUES.values(), "renewed_by_law", *ENDS.values(), "restored", "signed", "copied", "copy_revoked")
FACTS += ("copy_checked", "reminded", "asked_about", "asked_elsewhere", "erased")
STAYS = frozenset({"copy_checked", "signed", "reminded", "asked_about", "asked_elsewhere"})
"""Facts that leave the licence itself as it was."""


@dataclass(slots=True)
class Rows:
    """A licence with its versions and copies, as its facts so far have left them."""

    stream: UUID
    licence: Licence | None = None
    versions: dict[int, Version] = field(default_factory=dict)
    copies: dict[UUID, PurposeCopy] = field(default_factory=dict)


def stream_of(type: str, number: str) -> UUID:
    """The stream of the licence of this type under this number."""
    return uuid5(SPACE, f"{type}|{number}")


def record(stream: UUID, kind: str, body: dict[str, Any], command_id: UUID) -> bool:
    """Append one fact and let it change the rows; part of the caller's transaction. False for a repeat."""
    if any(each.command_id == command_id for each in read.entries(stream)):
        return False
    append(stream, STREAM_KIND, [(kind, codec.canonical(body))], command_id=command_id, at=body["at"], actor=body["by"])
    rows = stored(stream)
    apply(rows, kind, body)
    save(rows)
    return True


def held(stream: UUID) -> Licence | None:
    """The licence's own row, held to the end of the transaction; None where there is none or it is erased."""
    return Licence.objects.kept().select_for_update().filter(stream=stream).exclude(ref="").first()


def stored(stream: UUID) -> Rows:
    """The rows of a licence as they stand in the database; the licence's own is held to the end of the transaction."""
    rows = Rows(stream, Licence.objects.kept().select_for_update().filter(stream=stream).first())
    rows.versions = {each.version: each for each in Version.objects.kept().filter(stream=stream)}
    rows.copies = {each.id: each for each in PurposeCopy.objects.kept().filter(stream=stream)}
    return rows


def save(rows: Rows) -> None:
    """Write what stands in memory; nothing else ever writes these rows."""
    for each in (rows.licence, *rows.versions.values(), *rows.copies.values()):
        if each is not None:
            each.save()


def made(stream: UUID) -> Rows:
    """The rows of a licence made from its history alone, not saved."""
    rows = Rows(stream)
    for entry in read.entries(stream):
        apply(rows, entry.kind, read.plain(entry))
    return rows


def apply(rows: Rows, kind: str, body: dict[str, Any]) -> None:
    """Let one fact change the rows; saves nothing."""
    at = codec.instant(body["at"])
    row = rows.licence
    if row is None:
        row = rows.licence = Licence(
            stream=rows.stream, type=body["type"], number=body["number"], case=UUID(body["case"]),
            position=body["position"], changed_at=at, ends=[], about=[],
        )  # fmt: skip
    if kind in MAKE_A_VERSION:
        _version(rows, row, kind, body)
    elif kind == "renewed_by_law":
        row.valid_to, row.reminded = _day(body.get("valid_to")), None
    elif kind == "reminded":
        row.reminded = body["days"]
    elif kind == "asked_about":
        row.about = [*row.about, [body["case"], body["procedure"], body["procedure_version"]]]
    elif kind == "asked_elsewhere":
        row.about = [each for each in row.about if each[0] != body["case"]]
    elif kind == "suspended":
        row.suspended_on, row.suspended_until = _day(body["effective_on"]), _day(body.get("until"))
    elif kind in ENDS.values():
        state = next(STATE_OF[act] for act, each in ENDS.items() if each == kind)
        row.ends = [*row.ends, [state.value, body["effective_on"]]]
    elif kind == "restored":
        row.suspended_on, row.suspended_until, row.ends = None, None, []
    elif kind == "signed":
        rows.versions[body["version"]].signature = body["signature"]["ref"]
    elif kind == "erased":
        row.ref, row.party = "", ""
        for version in rows.versions.values():
            version.content = ""
        for copy in rows.copies.values():
            copy.ref = ""
    else:
        _copy(rows, kind, body)
    if kind not in STAYS:
        row.changed_at = at


def _version(rows: Rows, row: Licence, kind: str, body: dict[str, Any]) -> None:
    content = body["content"]["ref"] if body.get("content") else ""
    row.version, row.identifier = body["version"], body["identifier"]
    row.party, row.agency, row.region = body["party"], body["agency"], body["region"]
    last = _day(body.get("valid_to"))
    row.reminded = row.reminded if last == row.valid_to else None
    row.dated, row.valid_to = _day(body["dated"]), last
    row.case, row.position, row.ref = UUID(body["case"]), body["position"], content
    rows.versions[row.version] = Version(
        stream=rows.stream,
        version=row.version,
        identifier=row.identifier,
        former=body.get("former", ""),
        act=next(act for act, each in ISSUES.items() if each == kind),
        case=row.case,
        position=row.position,
        dated=date.fromisoformat(body["dated"]),
        valid_to=row.valid_to,
        paper=UUID(body["paper"]) if body.get("paper") else None,
        content=content,
    )


def _copy(rows: Rows, kind: str, body: dict[str, Any]) -> None:
    at, id = codec.instant(body["at"]), UUID(body["copy"])
    if kind == "copied":
        rows.copies[id] = PurposeCopy(
            id=id,
            number=body["number"],
            stream=rows.stream,
            version=body["version"],
            until=date.fromisoformat(body["until"]),
            made_at=at,
            made_by=body["by"],
            ref=body["terms"]["ref"],
            paper=UUID(body["paper"]) if body.get("paper") else None,
        )
    elif kind == "copy_revoked":
        rows.copies[id].revoked_at = at
    elif kind == "copy_checked":
        rows.copies[id].checked, rows.copies[id].checked_at = rows.copies[id].checked + 1, at


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
