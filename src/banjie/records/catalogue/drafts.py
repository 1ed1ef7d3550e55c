"""Drafts: a version is written, judged as it stands, signed off by three offices, and published (M047).

A draft belongs to nobody's cases. Whoever changes it names the digest they saw, so that nobody overwrites another's
work; a change takes every signature off it, for what was signed is no longer there. Everybody writes, signs, publishes
and discards the drafts of their own region only: the one their agency belongs to.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from banjie.engine import codec, promises
from banjie.engine.commands import Actor
from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue import gate, publication
from banjie.records.catalogue.models import Draft, ProcedureVersion, SignOff
from banjie.records.catalogue.surroundings import around
from banjie.records.organisation.models import Agency
from banjie.records.organisation.queries import region_profile
from banjie.store.log import ids

OFFICES = publication.OFFICES
KEEPER = "catalogue_keeper"
"""The post of 审改办 whose holders write drafts; it is the reform office's own post too."""


def open_draft(procedure: Procedure, keeper: Actor, at: datetime, origin: str = "") -> Draft:
    """Begin a draft with this content. NotPossible: needs_catalogue_keeper, not_your_region."""
    _require_keeper(keeper)
    _require_region(procedure.region, keeper)
    draft = Draft(id=ids.uuid7(), origin=origin)
    _fill(draft, procedure, keeper, at)
    draft.save(force_insert=True)
    return draft


def next_version(code: str, keeper: Actor, at: datetime, effective_from: date) -> Draft:
    """Begin a draft from the newest published version, one version on."""
    newest = ProcedureVersion.objects.filter(code=code).order_by("-version").first()
    if newest is None:
        raise NotPossible("unknown_item")
    plain = {
        **json.loads(bytes(newest.content)),
        "version": newest.version + 1,
        "effective_from": effective_from.isoformat(),
    }
    procedure = codec.from_plain(Procedure, plain)
    return open_draft(procedure, keeper, at, origin=f"{code} v{newest.version}")


def change(draft_id: UUID, procedure: Procedure, seen: str, keeper: Actor, at: datetime) -> Draft:
    """Put this content in the place of what the keeper saw (`seen`: its digest); signatures are taken off.

    NotPossible: draft_changed where somebody else changed it meanwhile, draft_published, no_such_draft, not_your_region
    (also where the new content is of another region).
    """
    _require_keeper(keeper)
    with transaction.atomic():
        draft = _of(draft_id, keeper)
        _require_region(procedure.region, keeper)
        if draft.digest != seen:
            raise NotPossible("draft_changed", on=draft.changed_at)
        _fill(draft, procedure, keeper, at)
        draft.save()
        draft.sign_offs.exclude(digest=draft.digest).delete()
    return draft


def sign(draft_id: UUID, office: str, seen: str, actor: Actor, at: datetime) -> SignOff:
    """An office signs the content that its person saw. Each office by somebody of its own, none for another.

    NotPossible: unknown_office, needs_office, signed_for_another, draft_changed, draft_published, no_such_draft,
    not_your_region.
    """
    if office not in OFFICES:
        raise NotPossible("unknown_office", office=office)
    if OFFICES[office] not in actor.posts:
        raise NotPossible("needs_office", office=office)
    with transaction.atomic():
        draft = _of(draft_id, actor)
        if draft.digest != seen:
            raise NotPossible("draft_changed", on=draft.changed_at)
        if draft.sign_offs.filter(by=actor.id).exclude(office=office).exists():
            raise NotPossible("signed_for_another", office=office)
        signed, _ = SignOff.objects.update_or_create(
            draft=draft, office=office, defaults={"by": actor.id, "at": at, "digest": draft.digest}
        )
    return signed


def publish(draft_id: UUID, seen: str, keeper: Actor, at: datetime, command_id: UUID) -> ProcedureVersion:
    """Publish a draft that all three offices have signed as it stands.

    NotPossible as in `publication.publish` and in `change`.
    """
    _require_keeper(keeper)
    with transaction.atomic():
        draft = _of(draft_id, keeper)
        if draft.digest != seen:
            raise NotPossible("draft_changed", on=draft.changed_at)
        signed = dict(draft.sign_offs.filter(digest=draft.digest).values_list("office", "by"))
        row = publication.publish(procedure_of(draft), keeper.id, at, command_id, signed)
        draft.published_version = row.version
        draft.save(update_fields=["published_version"])
    return row


def discard(draft_id: UUID, seen: str, keeper: Actor, at: datetime) -> None:
    """Delete a draft that was not published, as the keeper saw it, with its signatures; nothing of it is kept.

    NotPossible: draft_changed, draft_published, no_such_draft, not_your_region. `at` is as in the others; a draft is in
    no log, so there is nothing to date.
    """
    _require_keeper(keeper)
    with transaction.atomic():
        draft = _of(draft_id, keeper)
        if draft.digest != seen:
            raise NotPossible("draft_changed", on=draft.changed_at)
        draft.delete()


def findings(procedure: Procedure, on: date) -> Iterator[NotPossible]:
    """Everything that stands between this content and publication, live, in the order in which one would mend it."""
    yield from publication.problems(procedure, around(procedure, on), on)


def flags(procedure: Procedure) -> Iterator[NotPossible]:
    """What is not refused and should be looked at: vague clauses, a promise above what the region promises of all."""
    yield from gate.flags(procedure)
    yield from above_ceiling(procedure)


def above_ceiling(procedure: Procedure) -> Iterator[NotPossible]:
    """NotPossible("promise_above_ceiling") where the item promises more time than the tightest ceiling of its region
    leaves, on the day the version begins to bind; nothing for an item that says by which law it is exempt (M159)."""
    try:
        region = region_profile(procedure.region)
    except LookupError:
        return
    ceiling = promises.above(procedure, region, procedure.effective_from)
    if ceiling:
        promised = procedure.committed_limit or procedure.statutory_limit
        yield NotPossible("promise_above_ceiling", promised=promised, ceiling=ceiling.limit, rule=ceiling.name)


def procedure_of(draft: Draft) -> Procedure:
    """The Procedure a draft holds."""
    return codec.from_plain(Procedure, json.loads(bytes(draft.content)))


def _fill(draft: Draft, procedure: Procedure, keeper: Actor, at: datetime) -> None:
    content = codec.canonical(codec.to_plain(procedure))
    draft.code, draft.region, draft.name = procedure.code, procedure.region, procedure.name
    draft.content, draft.digest = content, hashlib.sha256(content).hexdigest()
    draft.changed_by, draft.changed_at = keeper.id, at


def _of(draft_id: UUID, actor: Actor) -> Draft:
    draft = Draft.objects.select_for_update().filter(id=draft_id).first()
    if draft is None:
        raise NotPossible("no_such_draft")
    _require_region(draft.region, actor)
    if draft.published_version:
        raise NotPossible("draft_published", version=draft.published_version)
    return draft


def _require_keeper(keeper: Actor) -> None:
    if KEEPER not in keeper.posts:
        raise NotPossible("needs_catalogue_keeper")


def _require_region(region: str, actor: Actor) -> None:
    """The region of somebody is that of their agency; who has none belongs to no region."""
    if not Agency.objects.filter(id=actor.agency, region_id=region).exists():
        raise NotPossible("not_your_region", region=region)
