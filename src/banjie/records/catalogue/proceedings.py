"""依职权: the procedures by which an agency itself ends, suspends or restores a licence, as published versions.

No items: nobody can apply for one, no guide tells how to, no list of a region counts them. So they stand apart from the
items, in rows of their own, and no page that lists items can show one by mistake. Files: `rulebook/proceedings/`, their
grounds in `rulebook/ending-grounds.yaml`.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from banjie.engine import codec
from banjie.engine.law import LICENCE_ACTS, Procedure
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue import edition
from banjie.records.catalogue.gate import Around, shape
from banjie.records.catalogue.models import ProceedingVersion
from banjie.store.log import ids
from banjie.store.log.append import append

STREAM_KIND = "proceeding"
COMPENSATIONS = ("", "withdrawal", "good_faith")


def publish(
    procedure: Procedure, around: Around, by: str, second: str, at: datetime, command_id: UUID
) -> ProceedingVersion:
    """Publish a version, immutable from here on; two people answer for it. The same content again is the first row.

    NotPossible with the first of `problems`, or second_person_needed, and then nothing is recorded.
    """
    with transaction.atomic():
        versions = ProceedingVersion.objects.filter(code=procedure.code)
        same = versions.filter(version=procedure.version).first()
        if same and bytes(same.content) == codec.canonical(codec.to_plain(procedure)):
            return same
        if second in ("", by):
            raise NotPossible("second_person_needed")
        for problem in problems(procedure, around):
            raise problem
        newest = versions.order_by("-version").first()
        if newest and newest.version >= procedure.version:
            raise NotPossible("version_not_greater", version=procedure.version, latest=newest.version)
        stream = newest.stream if newest else ids.uuid7()
        when = codec.microseconds(at)
        body = {"at": when, "by": by, "second": second, "procedure": codec.to_plain(procedure)}
        append(stream, STREAM_KIND, [("published", codec.canonical(body))], command_id=command_id, at=when, actor=by)
        edition.move_on()
        row = published(stream, body)
        row.save(force_insert=True)
    return row


def problems(procedure: Procedure, around: Around) -> Iterator[NotPossible]:
    """Every reason why this version may bind nobody: what would break the engine, and what the law wants said."""
    yield from shape.problems(procedure, around)
    rule = procedure.ex_officio
    if rule is None:
        yield NotPossible("proceeding_incomplete", part="ex_officio")
        return
    if not procedure.ends_a_licence or procedure.licence_act not in LICENCE_ACTS:
        yield NotPossible("proceeding_incomplete", part="licence_act")
    if not procedure.licence:
        yield NotPossible("proceeding_incomplete", part="licence")
    if procedure.licence_act == "suspend" and rule.longest is None:
        yield NotPossible("proceeding_incomplete", part="longest")
    if procedure.materials or procedure.questions or procedure.criteria or procedure.forwarding:
        yield NotPossible("proceeding_incomplete", part="materials")  # nobody hands in or answers anything
    for ground in rule.grounds:
        if not ground.basis.strip() or ground.compensation not in COMPENSATIONS:
            yield NotPossible("proceeding_incomplete", part="grounds")


def in_force(code: str, on: date) -> ProceedingVersion | None:
    """The version by which a proceeding of this day is opened; None where there is none of this code."""
    come = ProceedingVersion.objects.filter(code=code, effective_from__lte=on)
    return come.defer("content").order_by("-version").first()


def live(on: date) -> list[tuple[str, int, str]]:
    """Every proceeding in force on a day: code, version and digest, by code."""
    rows = ProceedingVersion.objects.filter(effective_from__lte=on).order_by("code", "version")
    newest = {code: (code, version, digest) for code, version, digest in rows.values_list("code", "version", "digest")}
    return list(newest.values())


def published(stream: UUID, body: Mapping[str, Any]) -> ProceedingVersion:
    """The row that a `published` fact makes, not saved."""
    plain = body["procedure"]
    content = codec.canonical(plain)
    return ProceedingVersion(
        code=plain["code"],
        version=plain["version"],
        name=plain["name"],
        english=plain.get("english", ""),
        licence=plain["licence"],
        act=plain["licence_act"],
        effective_from=date.fromisoformat(plain["effective_from"]),
        digest=hashlib.sha256(content).hexdigest(),
        content=content,
        stream=stream,
    )
