"""Loading an organisation from the rulebook: agencies, units and staff as the file names them."""

from dataclasses import dataclass

from django.db import transaction
from stdnum.cn import uscc

from banjie.records.accounts.models import Kind, User
from banjie.records.organisation import queries
from banjie.records.organisation.models import Agency, Delegation, Region, Staff, Unit, Window, WindowType
from banjie.records.organisation.rulebook import BadRulebook, Organisation
from banjie.web.roles import POSTS

CATEGORIES = ("commerce", "social", "investment")
"""The business categories of items (商事、社会事务、投资)."""


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
    _check(given)
    with transaction.atomic():
        for region in sorted(given.regions, key=lambda each: bool(each.parent)):
            told = {"name": region.name, "english": region.english, "parent_id": region.parent or None}
            Region.objects.update_or_create(code=region.code, defaults=told)
        for agency in given.agencies:
            Agency.objects.update_or_create(
                id=agency.id,
                defaults={
                    "region_id": agency.region,
                    "name": agency.name,
                    "english": agency.english,
                    "credit_code": agency.credit_code,
                    "government": agency.government,
                    "reconsideration": agency.reconsideration,
                    "court": agency.court,
                    "is_vertical": agency.vertical,
                },
            )
            for unit in agency.units:
                told = {"agency_id": agency.id, "name": unit.name, "english": unit.english}
                Unit.objects.update_or_create(id=unit.id, defaults=told)
        _load_windows(given)
        new = sum(_load_staff(given))
        _load_delegations(given)
    queries.forget_names()
    units = sum(len(each.units) for each in given.agencies)
    return Loaded(len(given.regions), len(given.agencies), units, len(given.staff), new)


def _load_windows(given: Organisation) -> None:
    for kind in given.window_types:
        told = {"name": kind.name, "english": kind.english}
        takes = {"categories": list(kind.categories), "item_types": list(kind.item_types)}
        WindowType.objects.update_or_create(id=kind.id, defaults={**told, **takes})
    for each in given.windows:
        told = {"name": each.name, "english": each.english}
        place = {"unit_id": each.unit, "type_id": each.type, "regions": list(each.regions)}
        Window.objects.update_or_create(id=each.id, defaults={**told, **place})


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


def _check(given: Organisation) -> None:
    regions = {each.code for each in given.regions}
    units = {unit.id for agency in given.agencies for unit in agency.units}
    people = {each.username for each in given.staff}
    for region in given.regions:
        if region.parent and region.parent not in regions:
            raise BadRulebook(f"regions: {region.code}: no region {region.parent}")
    for agency in given.agencies:
        if agency.region not in regions:
            raise BadRulebook(f"agencies: {agency.id}: no region {agency.region}")
        if not uscc.is_valid(agency.credit_code):
            raise BadRulebook(f"agencies: {agency.id}: credit_code {agency.credit_code} has a wrong check digit")
    for each in given.staff:
        if each.unit not in units:
            raise BadRulebook(f"staff: {each.username}: no unit {each.unit}")
        if unknown := set(each.posts) - set(POSTS):
            raise BadRulebook(f"staff: {each.username}: no such post {sorted(unknown)}")
    types = {each.id for each in given.window_types}
    for kind in given.window_types:
        if unknown := set(kind.categories) - set(CATEGORIES):
            raise BadRulebook(f"window_types: {kind.id}: no such category {sorted(unknown)}")
    for window in given.windows:
        if window.unit not in units:
            raise BadRulebook(f"windows: {window.id}: no unit {window.unit}")
        if window.type not in types:
            raise BadRulebook(f"windows: {window.id}: no type {window.type}")
        if unknown := set(window.regions) - regions:
            raise BadRulebook(f"windows: {window.id}: no region {sorted(unknown)}")
    for delegation in given.delegations:
        for name in (delegation.leaver, delegation.joiner):
            if name not in people:
                raise BadRulebook(f"delegations: nobody is called {name}")
    for what, names in (
        ("agencies", [each.id for each in given.agencies]),
        ("units", [unit.id for agency in given.agencies for unit in agency.units]),
        ("staff", [each.username for each in given.staff]),
        ("window_types", [each.id for each in given.window_types]),
        ("windows", [each.id for each in given.windows]),
    ):
        if twice := {each for each in names if names.count(each) > 1}:
            raise BadRulebook(f"{what}: twice in the file: {sorted(twice)}")
