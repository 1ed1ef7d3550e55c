"""Who somebody is, for whom they may act today, and what is known of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from banjie.engine.commands import Actor
from banjie.engine.events import ActorKind
from banjie.engine.not_possible import NotPossible
from banjie.records.accounts.models import Kind
from banjie.records.organisation import queries as organisation
from banjie.records.parties import mandates, sealing
from banjie.records.parties.models import Mandate, Party
from banjie.store.keys.mask import mask_address, mask_id, mask_name, mask_phone
from banjie.web import clock

APPLICATION = ("kind", "name", "id_type", "id_number", "phone", "address")
"""What an application asks about its applicant."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far somebody may act for a party: on every item, or on these (31 digits)."""

    everything: bool = False
    items: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.everything or bool(self.items)

    def covers(self, item: str) -> bool:
        """Whether it reaches an item, given by its code or that of a variant of it."""
        return self.everything or item[: mandates.ITEM_LENGTH] in self.items


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody one may act for: the party, its name, why, until when, and for which items."""

    mandate: UUID
    party: str
    name: str
    kind: str
    until: date | None
    items: tuple[str, ...]


def actor_of(user: Any, on: date | None = None, on_behalf_of: str = "") -> Actor | None:
    """The Actor of a signed-in account on a day (today by default), or None where it may act in nobody's name.

    `on_behalf_of`: the party an applicant has chosen to act for. As long as a mandate stands they are its agent; when
    it has ended or run out they are themselves again, from that very request on.
    """
    if not on_behalf_of or user.kind != Kind.APPLICANT or not user.is_active:
        return organisation.actor_of(user, on, on_behalf_of)
    if not reach(user.pseudonym, on_behalf_of, on or clock.today()):
        return organisation.actor_of(user, on)
    return Actor(user.pseudonym, ActorKind.AGENT, on_behalf_of=on_behalf_of)


def reach(agent: str, party: str, on: date) -> Reach:
    """How far an agent may act for a party on a day; false where they may not."""
    rows = list(mandates.standing(on).filter(agent=agent, giver=party).values_list("items", flat=True))
    return Reach(any(not items for items in rows), frozenset(code for items in rows for code in items))


def may_act_for(actor: Actor, party: str, item: str, on: date) -> bool:
    """Whether somebody may act for a party on this item (or variant) on this day: themselves, or under a mandate."""
    return actor.id == party or reach(actor.id, party, on).covers(item)


def require_mandate(actor: Actor, item: str, on: date, parties: Collection[str] | None = None) -> None:
    """NotPossible("no_mandate") where an agent acts without a mandate that stands that day and reaches the item.

    `parties`: whom the case is about; the agent acts for one of them. Whoever acts for themselves, or for an office,
    needs none.
    """
    if actor.kind is not ActorKind.AGENT:
        return
    is_of_the_case = parties is None or actor.on_behalf_of in parties
    if not is_of_the_case or not reach(actor.id, actor.on_behalf_of, on).covers(item):
        raise NotPossible("no_mandate")


def may_commit_for(agent: str, party: str, item: str, on: date) -> bool:
    """Whether a mandate that stands that day and reaches the item says that the agent may sign commitments."""
    rows = mandates.standing(on).filter(agent=agent, giver=party, may_commit=True)
    return any(mandates.allows(row, item) for row in rows)


def require_mandate_to_commit(actor: Actor, item: str, on: date) -> None:
    """NotPossible("no_mandate_to_commit") where an agent signs a commitment without a mandate that says so."""
    if actor.kind is ActorKind.AGENT and not may_commit_for(actor.id, actor.on_behalf_of, item, on):
        raise NotPossible("no_mandate_to_commit")


def acting_for(actor: Actor, on: date) -> list[Acting]:
    """Everybody this person may act for on a day, by name."""
    rows = list(mandates.standing(on).filter(agent=actor.id).order_by("stream"))
    names = {each.id: (particulars(each) or {}).get("name", "") for each in _parties(row.giver for row in rows)}
    found = [
        Acting(row.stream, row.giver, names.get(row.giver, ""), row.kind, row.until, tuple(row.items)) for row in rows
    ]
    return sorted(found, key=lambda each: (each.name, each.mandate))


def mandates_of(actor: Actor) -> list[Mandate]:
    """Every mandate this person has given or accepted, the newest first, ended ones too."""
    return list(Mandate.objects.filter(Q(giver=actor.id) | Q(agent=actor.id)).order_by("-stream"))


def find(party: str) -> Party | None:
    """The row of a party, or None."""
    return Party.objects.filter(id=party).first()


def particulars(row: Party) -> Mapping[str, str]:
    """The particulars in clear; empty where they were erased. Whoever shows them goes through `seeing.unmask`."""
    return sealing.opened(row.stream, row.ref) or {}


def named_in(row: Mandate) -> Mapping[str, str]:
    """Whom a mandate names as agent; empty where that was erased."""
    return sealing.opened(row.stream, row.ref) or {}


def known_about(actor: Actor) -> dict[str, str]:
    """What an application of this person can be filled in with: of themselves, or of whoever they act for."""
    party = actor.on_behalf_of if actor.kind is ActorKind.AGENT else actor.id
    row = find(party)
    told = particulars(row) if row else {}
    return {name: told[name] for name in APPLICATION if told.get(name)}


def masked(told: Mapping[str, str]) -> dict[str, str]:
    """Particulars as they are shown to whoever has given no reason to see more."""
    masks = {
        "name": mask_name if told.get("kind") != "enterprise" else str,
        "id_number": mask_id if told.get("id_type") != "uscc" else str,
        "phone": mask_phone,
        "email": _mask_email,
        "address": mask_address,
        "registered_address": mask_address,
        "legal_representative": mask_name,
    }
    return {name: masks[name](value) if name in masks else value for name, value in told.items()}


def _mask_email(address: str) -> str:
    name, at, domain = address.partition("@")
    return name[:1] + "***" + at + domain


def _parties(ids: Any) -> list[Party]:
    return list(Party.objects.filter(id__in=set(ids)))
