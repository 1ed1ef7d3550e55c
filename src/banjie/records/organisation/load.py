"""Founding an invented county's organisation: agencies, units and staff as the file names them, staff in their posts.

A real installation goes by `changing`, where an account is opened and a post is given by people, as facts. What both
check is `checking`, and what both write of regions, agencies, units and windows is `structure`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Model

from banjie.records.accounts.models import Kind, User
from banjie.records.organisation import checking, queries
from banjie.records.organisation.models import Agency, Delegation, Region, Staff, Unit, Window, WindowType
from banjie.records.organisation.rulebook import BadRulebook, Organisation


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many of each the file names, and how many accounts were new."""

    regions: int
    agencies: int
    units: int
    staff: int
    new_accounts: int


def load(given: Organisation) -> Loaded:
    """Bring the organisation in line with the file, in one transaction. Safe to repeat.

    What the file names is made or changed; nothing is taken away, for facts may name it: somebody who leaves gets an
    `until`. A new account has no password. BadRulebook for a post, unit, region or number that cannot be right.
    """
    if wrong := checking.faults(given):
        raise BadRulebook("\n".join(map(str, wrong)))
    with transaction.atomic():
        structure(given)
        new = sum(_load_staff(given))
        _load_delegations(given)
    queries.forget_names()
    units = sum(len(each.units) for each in given.agencies)
    return Loaded(len(given.regions), len(given.agencies), units, len(given.staff), new)


def structure(given: Organisation) -> None:
    """Regions, agencies, units and windows as the file has them; part of the caller's transaction."""
    with transaction.atomic():
        for each in rows_of(given):
            each.model._default_manager.update_or_create(pk=each.id, defaults=each.fields)


class Row(NamedTuple):
    """A region, agency, unit, kind of window or window as a file has it: what it is, and what its row says."""

    what: str
    model: type[Model]
    id: str
    fields: dict[str, Any]


def rows_of(given: Organisation) -> Iterator[Row]:
    """The rows of a file, each after those it refers to."""
    for region in sorted(given.regions, key=lambda each: bool(each.parent)):
        parent = region.parent or None
        yield Row("region", Region, region.code, {"name": region.name, "english": region.english, "parent_id": parent})
    for agency in given.agencies:
        told = {
            "region_id": agency.region,
            "name": agency.name,
            "english": agency.english,
            "credit_code": agency.credit_code,
            "government": agency.government,
            "reconsideration": agency.reconsideration,
            "court": agency.court,
            "is_vertical": agency.vertical,
            "paper_prefix": agency.paper_prefix,
        }
        yield Row("agency", Agency, agency.id, told)
        for unit in agency.units:
            yield Row("unit", Unit, unit.id, {"agency_id": agency.id, "name": unit.name, "english": unit.english})
    for kind in given.window_types:
        takes = {"categories": list(kind.categories), "item_types": list(kind.item_types)}
        yield Row("window_type", WindowType, kind.id, {"name": kind.name, "english": kind.english, **takes})
    for window in given.windows:
        place = {"unit_id": window.unit, "type_id": window.type, "regions": list(window.regions)}
        yield Row("window", Window, window.id, {"name": window.name, "english": window.english, **place})


def _load_staff(given: Organisation) -> list[bool]:
    are_new = []
    for each in given.staff:
        user = User.objects.filter(username=each.username).first()
        are_new.append(user is None)
        if user is None:
            user = User.objects.create_user(each.username, kind=Kind.STAFF, display_name=each.name)
        elif user.kind != Kind.STAFF:
            raise BadRulebook(f"staff: {each.username} is the account of somebody who is not staff")
        elif user.display_name != each.name:
            user.display_name = each.name
            user.save(update_fields=["display_name"])
        place = {
            "unit_id": each.unit,
            "english": each.english,
            "posts": sorted(each.posts),
            "since": each.since,
            "until": each.until,
        }
        Staff.objects.update_or_create(user=user, defaults=place)
    return are_new


def _load_delegations(given: Organisation) -> None:
    for each in given.delegations:
        leaver = Staff.objects.get(user__username=each.leaver)
        joiner = Staff.objects.get(user__username=each.joiner)
        told = {"unit_id": leaver.unit_id, "until": each.until}
        Delegation.objects.update_or_create(leaver=leaver, joiner=joiner, since=each.since, defaults=told)
