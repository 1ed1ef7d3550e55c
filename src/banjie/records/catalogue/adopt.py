"""A draft for another region from this region's procedure: what the law says is kept, what is local is emptied.

Everything emptied is named in `guide.examples`, and the gate publishes nothing while something stands there.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from banjie.engine.law import Agency, Forwarding, Procedure, WorkUnit
from banjie.records.organisation.rulebook import Organisation

UNITS = ("receives", "decides", "seals", "supervises", "serves")
LOCAL = ("places", "enquiries", "complaints", "entrusting", "joint")
"""Elements of a guide that say where, whom to ask and who else decides."""
LOCAL_LEVEL = "document"
"""A normative document binds where it was issued; what rests on one stays and is to be confirmed."""
LISTED = ("fees", "prerequisites", "intermediaries", "proofs")
"""Elements that stand on lists of the region, each with its id there."""


def draft_from(
    procedure: Procedure,
    *,
    region: str,
    code: str,
    effective_from: date,
    organisation: Organisation,
    units: Mapping[str, str],
) -> Procedure:
    """Version 1 of `code` for `region`, from a procedure of another region.

    `units`: from unit ids of the procedure to unit ids of the other region's `organisation`; a unit that is not in it,
    or that the organisation does not have, is left empty. Limits, materials, criteria, questions and steps are kept.
    """
    known = {unit.id: (unit, agency) for agency in organisation.agencies for unit in agency.units}
    mapped = {old: new for old, new in units.items() if new in known}
    examples: list[str] = []

    def unit_of(old: str, where: str) -> str:
        if old and old not in mapped:
            examples.append(where)
        return mapped.get(old, "")

    changes: dict[str, Any] = {name: unit_of(getattr(procedure, name), name) for name in UNITS}
    changes["steps"] = tuple(
        replace(each, unit=unit_of(each.unit, f"steps.{each.slug}.unit")) for each in procedure.steps
    )
    if procedure.forwarding:
        old = procedure.forwarding
        changes["forwarding"] = Forwarding(
            preliminary_unit=unit_of(old.preliminary_unit, "forwarding.preliminary_unit"),
            to_unit=unit_of(old.to_unit, "forwarding.to_unit"),
            limit=old.limit,
        )
    changes["guide"] = replace(
        procedure.guide,
        posts=tuple(
            replace(each, unit=unit_of(each.unit, f"guide.posts.{number}.unit"))
            for number, each in enumerate(procedure.guide.posts)
        ),
    )
    named = [*(changes[name] for name in UNITS), *(each.unit for each in changes["steps"])]
    if procedure.forwarding:
        named += [changes["forwarding"].preliminary_unit, changes["forwarding"].to_unit]
    named = [name for name in dict.fromkeys(named) if name]
    agencies = {known[name][1].id: known[name][1] for name in named}
    home = known[changes["receives"]][1].id if changes["receives"] else ""
    if not home:
        examples.append("home")
    examples.append("contact")
    guide = _emptied(changes.pop("guide"), examples)
    return replace(
        procedure,
        **changes,
        code=code,
        version=1,
        region=region,
        effective_from=effective_from,
        home=home,
        contact="",
        units=tuple(
            WorkUnit(id=name, name=known[name][0].name, agency=known[name][1].id, english=known[name][0].english)
            for name in named
        ),
        agencies=tuple(
            Agency(
                id=each.id,
                name=each.name,
                english=each.english,
                reconsideration=each.reconsideration,
                court=each.court,
            )
            for each in agencies.values()
        ),
        guide=replace(guide, examples=tuple(dict.fromkeys((*guide.examples, *examples)))),
    )


def _emptied(guide: Any, examples: list[str]) -> Any:
    """The guide without what is local; the names of what was there are added to `examples`."""
    defaults = {each.name: each.default for each in dataclasses.fields(guide)}
    changes: dict[str, Any] = {}
    for name in LOCAL:
        if getattr(guide, name):
            examples.append(f"guide.{name}")
            changes[name] = defaults[name]
    for name in LISTED:
        for number, each in enumerate(getattr(guide, name)):
            if each.listed:
                examples.append(f"guide.{name}.{number}.listed")
        changes[name] = tuple(replace(each, listed="") for each in getattr(guide, name))
    examples += [f"guide.bases.{number}" for number, each in enumerate(guide.bases) if each.level == LOCAL_LEVEL]
    return replace(guide, **changes)
