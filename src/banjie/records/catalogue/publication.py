"""Publishing a version of a procedure, and withdrawing one: facts in the log first, rows copied from them."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from banjie.engine import codec
from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue import edition, gate, inherited, lists, recheck, search
from banjie.records.catalogue.models import ProcedureVersion
from banjie.records.catalogue.surroundings import around
from banjie.records.catalogue.versions import version_of
from banjie.store.log import ids
from banjie.store.log.append import append

STREAM_KIND = "procedure"


OFFICES: Mapping[str, str] = {
    "reform_office": "catalogue_keeper",
    "service_centre": "centre",
    "e_government": "e_government",
}
"""Who signs off before publication (审改办会同政务中心和电子政务办, M047), and the post whose holder does it."""


def publish(
    procedure: Procedure, by: str, at: datetime, command_id: UUID, signed: Mapping[str, str]
) -> ProcedureVersion:
    """Publish a version, immutable from here on, and return its row.

    `signed`: who signed this content for each of OFFICES, by pseudonym, three different people. The whole content
    stands in the `published` fact, and the signatures beside it. NotPossible with the first of `problems`, or
    not_signed_off, and then nothing is recorded. The same version with the same content again returns the first row.
    """
    with transaction.atomic():
        versions = ProcedureVersion.objects.filter(code=procedure.code)
        same = versions.filter(version=procedure.version).first()
        if same and bytes(same.content) == codec.canonical(codec.to_plain(procedure)):
            return same
        missing = [office for office in OFFICES if not signed.get(office)]
        if missing or len({signed[office] for office in OFFICES}) < len(OFFICES):
            raise NotPossible("not_signed_off", offices=missing or list(OFFICES))
        newest = versions.order_by("-version").first()
        on = at.astimezone(codec.OFFICE_ZONE).date()
        for problem in problems(procedure, around(procedure, on), on):
            raise problem
        stream = newest.stream if newest else ids.uuid7()
        when = codec.microseconds(at)
        names = {office: signed[office] for office in OFFICES}
        body = {"at": when, "by": by, "procedure": codec.to_plain(procedure), "signed": names}
        append(stream, STREAM_KIND, [_fact("published", body)], command_id=command_id, at=when, actor=by)
        edition.move_on()
        row = published(stream, body)
        try:
            row.save(force_insert=True)
        except IntegrityError as taken:  # somebody published this version while we looked
            version = procedure.version
            raise NotPossible("version_not_greater", version=version, latest=version) from taken
        search.index(procedure.code)
        recheck.recheck(on, touching=frozenset({procedure.code[19:31]}))
    return row


def problems(procedure: Procedure, surroundings: gate.Around, on: date) -> Iterator[NotPossible]:
    """Every reason why this version cannot be published on a day: the gate's, the higher catalogue's, the lists'."""
    yield from gate.problems(procedure, surroundings)
    yield from inherited.locked(procedure)
    yield from lists.outside(procedure, lists.standing(procedure.region, on))


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
        search.index(code)
        recheck.recheck(on, touching=frozenset({code[19:31]}))
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


def _fact(kind: str, body: dict[str, Any]) -> tuple[str, bytes]:
    return kind, codec.canonical(body)
