"""Publishing a version of a procedure, and withdrawing one: facts in the log first, rows copied from them."""

import hashlib
import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from banjie.engine import codec
from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue import edition, gate
from banjie.records.catalogue.models import ProcedureVersion
from banjie.records.organisation.models import Unit
from banjie.store.log import ids
from banjie.store.log.append import append

STREAM_KIND = "procedure"


def publish(procedure: Procedure, by: str, at: datetime, command_id: UUID) -> ProcedureVersion:
    """Publish a version, immutable from here on, and return its row.

    The whole content stands in the `published` fact. NotPossible with the first reason of `gate.problems`, and then
    nothing is recorded. The same version with the same content again returns the first row.
    """
    with transaction.atomic():
        versions = ProcedureVersion.objects.filter(code=procedure.code)
        same = versions.filter(version=procedure.version).first()
        if same and bytes(same.content) == codec.canonical(codec.to_plain(procedure)):
            return same
        newest = versions.order_by("-version").first()
        for problem in gate.problems(procedure, of(newest) if newest else None, _units()):
            raise problem
        stream = newest.stream if newest else ids.uuid7()
        when = codec.microseconds(at)
        body = {"at": when, "by": by, "procedure": codec.to_plain(procedure)}
        append(stream, STREAM_KIND, [_fact("published", body)], command_id=command_id, at=when, actor=by)
        edition.move_on()
        row = published(stream, body)
        try:
            row.save(force_insert=True)
        except IntegrityError as taken:  # somebody published this version while we looked
            version = procedure.version
            raise NotPossible("version_not_greater", version=version, latest=version) from taken
    return row


def withdraw(code: str, version: int, by: str, at: datetime, command_id: UUID) -> ProcedureVersion:
    """Take a version back: from the day of `at` no application is taken under it; running cases go on.

    NotPossible: unknown_item, no_such_version, already_withdrawn.
    """
    with transaction.atomic():
        row = version_of(code, version, lock=True)
        if row.withdrawn_on:
            raise NotPossible("already_withdrawn", on=row.withdrawn_on)
        on, when = at.astimezone(codec.OFFICE_ZONE).date(), codec.microseconds(at)
        body = {"at": when, "by": by, "code": code, "version": version, "on": on.isoformat()}
        append(row.stream, STREAM_KIND, [_fact("withdrawn", body)], command_id=command_id, at=when, actor=by)
        edition.move_on()
        row.withdrawn_on = withdrawn(body)
        row.save(update_fields=["withdrawn_on"])
    return row


def version_of(code: str, version: int, lock: bool = False) -> ProcedureVersion:
    """The row of a version, held to the end of the transaction on demand; NotPossible unknown_item, no_such_version."""
    rows = ProcedureVersion.objects.select_for_update() if lock else ProcedureVersion.objects.all()
    row = rows.filter(code=code, version=version).defer("content").first()
    if row is None:
        is_known = ProcedureVersion.objects.filter(code=code).exists()
        raise NotPossible("no_such_version", version=version) if is_known else NotPossible("unknown_item")
    return row


def published(stream: UUID, body: dict[str, Any]) -> ProcedureVersion:
    """The row that a `published` fact makes, not saved."""
    plain = body["procedure"]
    content = codec.canonical(plain)
    return ProcedureVersion(
        code=plain["code"],
        version=plain["version"],
        name=plain["name"],
        english=plain.get("english", ""),
        effective_from=date.fromisoformat(plain["effective_from"]),
        published_at=codec.instant(body["at"]),
        digest=hashlib.sha256(content).hexdigest(),
        content=content,
        stream=stream,
    )


def withdrawn(body: dict[str, Any]) -> date:
    """The day a `withdrawn` fact names."""
    return date.fromisoformat(body["on"])


def of(row: ProcedureVersion) -> Procedure:
    """The engine's Procedure that a row holds."""
    return codec.from_plain(Procedure, json.loads(bytes(row.content)), where=f"{row.code} version {row.version}")


def _fact(kind: str, body: dict[str, Any]) -> tuple[str, bytes]:
    return kind, codec.canonical(body)


def _units() -> dict[str, str]:
    return dict(Unit.objects.values_list("id", "agency_id"))
