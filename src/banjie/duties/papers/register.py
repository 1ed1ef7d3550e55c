"""The register of papers: a number that leaves no gap, one fact, one row. Cheap: nothing is typeset here."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from banjie.duties.papers import kinds
from banjie.duties.papers.models import Paper, PaperNumber
from banjie.engine import codec
from banjie.engine.codec import OFFICE_ZONE
from banjie.records.organisation.models import Agency
from banjie.records.parties import sealing
from banjie.store.evidence.checkpoints import newest
from banjie.store.evidence.standing import has_declared
from banjie.store.log import queries, read
from banjie.store.log.append import append

STREAM_KIND = "paper"
ACTOR = "papers"
"""Who makes papers out: the house, after the fact."""
SHORT = 16
"""Digits of the root of a checkpoint that a paper carries."""


def make_out(
    kind: str,
    agency: str,
    about: UUID,
    position: int,
    at: datetime,
    command_id: UUID,
    *,
    data: Mapping[str, Any] | None = None,
    item: str = "",
    agency_name: str = "",
    template: str = "",
) -> Paper:
    """A new paper with the next number of (agency, kind, year); part of the caller's transaction.

    `about`, `position`: the stream and the fact it tells of. `command_id` is the paper's id: a repeat returns the first
    paper and uses up no number. `data`: what stands in it beside what the fact gives (see `contents`), sealed under the
    key of `about` where that has one, else under a key of the paper's own. `item`: the code of the procedure, which may
    name a template of its own. RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a paper is made out inside the caller's transaction, and there is none")
    year = at.astimezone(OFFICE_ZONE).year
    serial = _next(agency, kind, year)
    known = Paper.objects.kept().filter(stream=command_id).first()
    if known:
        _give_back(agency, kind, year)
        return known
    called = Agency.objects.filter(id=agency).values_list("name", "paper_prefix").first()
    if not (called or agency_name):
        raise LookupError(agency)
    named, prefix = called or (agency_name, "")
    name = agency_name or named
    body: dict[str, Any] = {
        "at": codec.microseconds(at),
        "kind": kind,
        "agency": agency,
        "agency_name": name,
        "year": year,
        "serial": serial,
        "number": kinds.number(kind, prefix or name, year, serial),
        "about": about.hex,
        "position": position,
        "template": template or kinds.template(kind, item),
        "address": f"{settings.PUBLIC_ADDRESS}/papers/{command_id.hex}/",
    }
    known_by = newest()
    if known_by is not None:
        body["checkpoint"] = {"size": known_by.size, "root": known_by.root.hex()[:SHORT], "at": known_by.at}
    if not queries.installation().demo and has_declared():
        body["no_witness"] = True
    if data:
        key = sealing.key_of(about) or sealing.key_of(command_id) or sealing.new_key(command_id)
        body["data"] = {"in": key.stream.hex, **sealing.seal(key, f"paper/{command_id.hex}", dict(data))}
    tell(command_id, "made_out", body, command_id)
    row = made_out(command_id, body)
    row.save(force_insert=True)
    return row


def void(about: UUID, position: int, at: datetime, command_id: UUID) -> None:
    """The papers that told of this fact are void: it was taken back. Part of the caller's transaction, repeatable."""
    for row in Paper.objects.kept().filter(about=about, position=position).exclude(status="voided"):
        body = {"at": codec.microseconds(at)}
        tell(row.stream, "voided", body, command_id)
        changed(row, "voided", body)
        row.save()


def tell(stream: UUID, kind: str, body: Mapping[str, Any], command_id: UUID, actor: str = ACTOR) -> None:
    """Record a fact of a paper."""
    fact = (kind, codec.canonical(dict(body)))
    append(stream, STREAM_KIND, [fact], command_id=command_id, at=body["at"], actor=actor)


# Rows from facts


def made_out(stream: UUID, body: Mapping[str, Any]) -> Paper:
    """The row that a `made_out` fact makes, not saved."""
    sealed = body.get("data") or {}
    same = ("kind", "agency", "agency_name", "year", "serial", "number", "position", "template", "address")
    return Paper(
        stream=stream,
        about=UUID(body["about"]),
        at=codec.instant(body["at"]),
        sealed_in=UUID(sealed["in"]) if sealed else None,
        ref=sealed.get("ref", ""),
        evidence={name: body[name] for name in ("checkpoint", "no_witness") if name in body},
        **{name: body[name] for name in same},
    )


def changed(row: Paper, kind: str, body: Mapping[str, Any]) -> None:
    """Let a later fact change a row; saves nothing."""
    if kind == "typeset":
        row.digest = body["digest"]
    elif kind == "sealed":
        row.file, row.sealed_digest, row.sealed_at = body["file"], body["sealed_digest"], codec.instant(body["at"])
        row.status = "sealed" if row.status == "made_out" else row.status
    elif kind == "voided":
        row.status, row.voided_at = "voided", codec.instant(body["at"])


def folded(stream: UUID) -> Paper:
    """The row as all facts of a paper give it, not saved."""
    first, *later = read.entries(stream)
    row = made_out(stream, read.plain(first))
    for entry in later:
        changed(row, entry.kind, read.plain(entry))
    return row


def counted(papers: Iterable[Paper]) -> list[PaperNumber]:
    """The last serial of each (agency, kind, year) among these papers, not saved."""
    last: dict[tuple[str, str, int], int] = {}
    for each in papers:
        place = (each.agency, each.kind, each.year)
        last[place] = max(last.get(place, 0), each.serial)
    return [PaperNumber(agency=a, kind=k, year=y, last=serial) for (a, k, y), serial in last.items()]


# Numbers

NEXT = """INSERT INTO paper_number (agency, kind, year, last) VALUES (%s, %s, %s, 1)
ON CONFLICT (agency, kind, year) DO UPDATE SET last = paper_number.last + 1 RETURNING last"""


def _next(agency: str, kind: str, year: int) -> int:
    """The next serial; its row stays locked until the caller's transaction ends, so that a roll-back leaves no gap."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [agency, kind, year])
        return int(cursor.fetchone()[0])


def _give_back(agency: str, kind: str, year: int) -> None:
    """The serial just taken was not needed; the row is still locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE paper_number SET last = last - 1 WHERE agency = %s AND kind = %s AND year = %s",
            [agency, kind, year],
        )
