"""A procedure written back as one YAML file of the rulebook: `rulebook.item` of it gives the procedure again.

The order is that of the fields, so two versions can be compared line by line; what equals its default is left out, and
so are the names of units, agencies and grounds, which the rulebook keeps elsewhere. Comments are lost.
"""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from banjie.engine import codec
from banjie.engine.law import PauseGround, Procedure
from banjie.records.organisation.rulebook import BadRulebook, Organisation, read

WIDTH = 120


def dump(
    procedure: Procedure,
    organisation: Organisation,
    limits: frozenset[str],
    username_of: Callable[[str], str],
) -> str:
    """The text of the file. `limits`: keys whose limits are written "10 working_day".

    BadRulebook where the organisation does not have a unit under the name the procedure has (reading it back would
    give another procedure). `username_of`: from the contact's pseudonym to the user name; LookupError for nobody.
    """
    _require_same_units(procedure, organisation)
    plain = codec.to_plain(procedure)
    ordered = {field.name: plain[field.name] for field in dataclasses.fields(procedure) if field.name in plain}
    del ordered["units"], ordered["agencies"]
    if ordered.get("contact"):
        ordered["contact"] = username_of(ordered["contact"])
    ordered["effective_from"] = procedure.effective_from
    if "pause_grounds" in ordered:
        known = {each["id"]: each for each in read(Path(settings.RULEBOOK) / "grounds.yaml")}
        ordered["pause_grounds"] = [_ground(each, known, procedure) for each in procedure.pause_grounds]
    text: str = yaml.dump(
        _with_limits(ordered, limits), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDTH, indent=2
    )
    return text


def _require_same_units(procedure: Procedure, organisation: Organisation) -> None:
    known = {unit.id: (unit.name, unit.english) for agency in organisation.agencies for unit in agency.units}
    for each in procedure.units:
        if known.get(each.id) != (each.name, each.english):
            raise BadRulebook(f"{procedure.code}: the organisation has no unit {each.id!r} called {each.name!r}")


def _ground(ground: PauseGround, known: Mapping[str, Mapping[str, Any]], procedure: Procedure) -> dict[str, Any]:
    """The id of a ground, and what differs from the rulebook's own."""
    if ground.id not in known:
        raise BadRulebook(f"{procedure.code}: pause_grounds: the rulebook has no ground {ground.id!r}")
    usual = codec.to_plain(codec.from_plain(PauseGround, known[ground.id]))
    own = codec.to_plain(ground)
    return {"id": ground.id} | {name: value for name, value in own.items() if usual.get(name) != value}


def _with_limits(plain: Any, limits: frozenset[str]) -> Any:
    if isinstance(plain, list):
        return [_with_limits(each, limits) for each in plain]
    if not isinstance(plain, dict):
        return plain
    changed = {}
    for key, value in plain.items():
        if key in limits and isinstance(value, dict):
            stays = " stays" if value.get("stays") else ""
            changed[key] = f"{value['number']} {value['unit']}{stays}"
        else:
            changed[key] = _with_limits(value, limits)
    return changed


class _Dumper(yaml.SafeDumper):
    """Indented lists, no references, and text that looks like a date or a number in quotes."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _day(dumper: yaml.SafeDumper, day: date) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", day.isoformat())


_Dumper.add_representer(date, _day)
