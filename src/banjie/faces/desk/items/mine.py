"""Whose item it is: a keeper sees and changes the items and drafts of their own region, and nobody else's.

What belongs to another region is not there, for whoever asks; and no draft may carry the code of another's item.
"""

from uuid import UUID

from banjie.engine.commands import Actor
from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue import drafts, queries
from banjie.records.catalogue.models import Draft, ProcedureVersion
from banjie.records.organisation.models import Agency


def region_of(actor: Actor) -> str:
    """The region of whoever asks; NotPossible("unknown_item") for somebody without an agency."""
    region = Agency.objects.filter(id=actor.agency).values_list("region_id", flat=True).first()
    if region is None:
        raise NotPossible("unknown_item")
    return str(region)


def is_keeper(actor: Actor) -> bool:
    """Whether they may write; the other two offices only read and sign."""
    return drafts.KEEPER in actor.posts


def draft_of(draft_id: UUID, actor: Actor) -> Draft:
    """A draft of their own region; NotPossible("no_such_draft")."""
    draft = Draft.objects.filter(id=draft_id, region=region_of(actor)).first()
    if draft is None:
        raise NotPossible("no_such_draft")
    return draft


def versions_of(code: str, actor: Actor) -> list[ProcedureVersion]:
    """The versions of an item of their own region, the newest first; NotPossible("unknown_item")."""
    rows = list(ProcedureVersion.objects.filter(code=code).order_by("-version"))
    if not rows or queries.procedure(rows[0].digest).region != region_of(actor):
        raise NotPossible("unknown_item")
    return rows


def require_own(procedure: Procedure, actor: Actor) -> None:
    """NotPossible("region_of_another") where this content would speak for another region, or for another's item."""
    region = region_of(actor)
    digest = ProcedureVersion.objects.filter(code=procedure.code).order_by("-version").values_list("digest").first()
    regions = {procedure.region, *([queries.procedure(digest[0]).region] if digest else [])}
    if regions != {region}:
        raise NotPossible("region_of_another", item=procedure.code, region=region)
