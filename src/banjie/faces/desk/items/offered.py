"""What a field can be chosen from: coded values with their words, and names of the organisation and of the draft."""

from collections.abc import Mapping
from datetime import date
from functools import cache

from django.db.models import Q

from banjie import words
from banjie.engine.law import LICENCE_ACTS, Procedure
from banjie.engine.steps import KINDS
from banjie.records.catalogue import naming
from banjie.records.organisation.models import Agency, Region, Unit
from banjie.records.organisation.queries import display_name, in_office
from banjie.words.catalogue import catalogue

Pairs = list[tuple[str, str]]
"""Values with what they are called."""
Offered = Mapping[str, Pairs]
"""By field (`receives`), or by part and field (`steps.unit`)."""

UNITS = (
    "receives",
    "decides",
    "seals",
    "serves",
    "supervises",
    "steps.unit",
    "posts.unit",
    "forwarding.preliminary_unit",
    "forwarding.to_unit",
)
AGENCIES = ("home", "entrusting", "joint")
POSTS = ("steps.post", "posts.post", "extension.authority")
ACTING = (
    "clerk",
    "agent",
    "officer",
    "section_head",
    "decider",
    "head_of_agency",
    "head_of_government",
    "licence_clerk",
)
"""Posts that act on cases."""


def offered(procedure: Procedure, region: str, language: str, on: date) -> Offered:
    """Everything the fields of this procedure can be chosen from, for a keeper of a region, on a day."""
    units, agencies = units_of(region, language, near=True), agencies_of(region, language, near=True)
    posts = [(each, words.label("posts", each, language)) for each in ACTING]
    materials = [(each.id, each.name) for each in procedure.materials]
    criteria = [(each.id, f"{each.id} {each.text}") for each in procedure.criteria]
    grounds = [(each.id, each.name) for each in procedure.pause_grounds]
    return {
        **dict.fromkeys(UNITS, units),
        **dict.fromkeys(AGENCIES, agencies),
        **dict.fromkeys(POSTS, posts),
        "contact": _clerks(procedure.receives, language, on),
        "steps.kind": [(each, words.label("step_kinds", each, language)) for each in KINDS],
        "licence_act": [(each, words.label("licence_acts", each, language)) for each in LICENCE_ACTS],
        "steps.after": [(each.slug, each.name) for each in procedure.steps],
        "steps.may_pause_on": grounds,
        "pause_times.ground": grounds,
        "criteria.materials": materials,
        "proofs.material": materials,
        "intermediaries.material": materials,
        "benchmarks.criterion": criteria,
    }


@cache
def coded(part: str, field: str, language: str) -> tuple[tuple[str, str], ...]:
    """The values of a coded field, in the order of the catalogue; empty where anything may be written."""
    values = catalogue(language)["element_values"]
    for name in (f"{part}.{field}", field):
        found = [each.removeprefix(f"{name}.") for each in values if each.startswith(f"{name}.")]
        if found:
            return tuple((each, naming.value_name(part, field, each, language)) for each in found)
    return ()


def agencies_of(region: str, language: str, near: bool = False) -> Pairs:
    """The agencies of a region; those `near` are its towns' and those of the region above, which may decide too."""
    rows = Agency.objects.filter(_near("", region) if near else Q(region_id=region)).order_by("region_id", "name")
    return [(each.id, (language == "en" and each.english) or each.name) for each in rows]


def units_of(region: str, language: str, near: bool = False) -> Pairs:
    """The units of these agencies, each with its agency."""
    rows = Unit.objects.filter(_near("agency__", region) if near else Q(agency__region_id=region))
    english = language == "en"
    columns = ("id", "name", "english", "agency__name", "agency__english")
    return [
        (id, f"{(english and theirs_english) or theirs} · {(english and own_english) or own}")
        for id, own, own_english, theirs, theirs_english in rows.order_by(
            "agency__region_id", "agency__name", "name"
        ).values_list(*columns)
    ]


def _near(path: str, region: str) -> Q:
    above = Region.objects.filter(code=region).values("parent_id")
    return (
        Q(**{f"{path}region_id": region})
        | Q(**{f"{path}region__parent_id": region})
        | Q(**{f"{path}region_id__in": above})
    )


def _clerks(unit: str, language: str, on: date) -> Pairs:
    people = [each for each in in_office(on).filter(unit_id=unit).order_by("user__username") if "clerk" in each.posts]
    named = [each.user.pseudonym for each in people]
    return [(each, display_name(each, language) or each) for each in named]
