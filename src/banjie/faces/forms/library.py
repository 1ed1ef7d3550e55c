"""What the licence library has already is not asked for (不得要求重复提交): shown, attached, handed in by nobody.

A material names the type of licence that can stand for it (`Material.licence`); a valid licence of the applicant of
such a type is attached to the application by its number. What stands there, the engine lets nobody ask for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from banjie.duties.licences import queries, standing, types
from banjie.duties.licences.models import Licence
from banjie.engine import commands as c
from banjie.engine import licence_acts
from banjie.engine.events import ActorKind, Provided
from banjie.engine.law import Procedure
from banjie.engine.measures import IDENTITY
from banjie.engine.receipt import LIBRARY
from banjie.faces.forms import situation
from banjie.faces.forms.about_licence_running import Other, others


@dataclass(frozen=True, slots=True)
class Held:
    """A licence of the library as it stands for a material: what it is called, its number, its last day."""

    name: str
    number: str
    valid_to: date | None


def held_for(procedure: Procedure, actor: c.Actor, id_number: str, language: str, on: date) -> dict[str, Held]:
    """What the library has for the materials of an item, by material; for the applicant with this identity number."""
    found = {}
    for each in procedure.materials:
        if not each.licence or not id_number:
            continue
        rows = queries.standing_for(each.licence, actor, id_number, on)
        if rows:
            found[each.id] = _held(rows[0], language, on)
    return found


def attached(command: c.Submit, procedure: Procedure, on: date) -> c.Submit:
    """The application with what the library has attached, as a program hands it in: what it brought stays its own."""
    number = str(command.applicant.value.get("id_number", ""))
    more = missing(procedure, command.by, number, command.answers.value, command.provided, on)
    return replace(command, provided=(*command.provided, *more)) if more else command


def missing(
    procedure: Procedure, by: c.Actor, id_number: str, answers: Mapping[str, Any], brought: Sequence[Provided], on: date
) -> tuple[Provided, ...]:
    """What of the materials that apply nobody has brought and the library has."""
    here = {each.material for each in brought}
    held = held_for(procedure, by, id_number, "", on)
    applies = {each.id for each in procedure.materials if situation.standing(each.when, procedure, answers)}
    return tuple(
        Provided(material, (), LIBRARY, each.number)
        for material, each in held.items()
        if material not in here and material in applies
    )


@dataclass(frozen=True, slots=True)
class Named:
    """The licence an application is about, as the register knows it: nothing is refused for it, and it is said early.

    `found`: valid, another state of it, others (somebody else holds it), or missing (the register does not know it).
    `others`: what runs about it already, where it is theirs.
    """

    number: str
    found: str
    valid_to: date | None = None
    others: tuple[Other, ...] = ()


def named_by(
    procedure: Procedure, answers: Mapping[str, Any], by: c.Actor, id_number: str, on: date, language: str, face: str
) -> Named | None:
    """What the register says of the licence these answers name; None of an item that is about none."""
    number = licence_acts.former(procedure, answers)
    if not number:
        return None
    row = queries.find(procedure.licence, number)
    if row is None or row.version == 0:
        return Named(number, "missing")
    party = by.on_behalf_of if by.kind is ActorKind.AGENT else by.id
    said = queries.content_of(row)
    held_by = str(said["holder"]["id_number"]) if said else ""
    if row.party != party and held_by.upper() != id_number.strip().upper():
        return Named(number, "others")
    return Named(number, standing.on(row, on), row.valid_to, others(row, by, language, face))


def with_one_document(procedure: Procedure, on: date) -> bool:
    """Whether whoever applies themselves needs nothing but a proof of who they are (一证通办, M214).

    All else that everybody hands in is a form filled in here, or is had from the library or from another office. What
    only some hand in, because of what they answer, stands on the guide.
    """
    for each in procedure.materials:
        is_fetched = each.provider == "government" or each.licence in IDENTITY
        if not each.necessary or each.when or each.kind == "form" or is_fetched:
            continue
        if not types.that_stand_for(each.licence, on):
            return False
    return True


def only_sometimes(procedure: Procedure, language: str) -> list[str]:
    """The materials that only some hand in, because of what they answer, by name."""
    return [
        (language == "en" and each.english) or each.name
        for each in procedure.materials
        if each.necessary and each.when and each.provider != "government"
    ]


def _held(row: Licence, language: str, on: date) -> Held:
    type = types.of(row.type, on)
    return Held(type.called(language) if type else row.type, row.number, row.valid_to)
