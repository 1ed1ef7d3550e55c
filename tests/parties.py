"""Parties and mandates for tests: invented people under the pseudonyms of the cast."""

from datetime import date
from uuid import UUID

from banjie.engine.commands import Actor
from banjie.engine.events import ActorKind
from banjie.records.parties import mandates, register
from banjie.records.parties.mandates import Terms
from banjie.records.parties.models import MandateKind, Party
from banjie.web import clock
from tests.cast import demo_id_card

LONG_AGO = date(2024, 1, 2)


def party(pseudonym: str, number: int, **more: str) -> Party:
    """A person of the demo county, registered under this pseudonym."""
    told = {
        "kind": "person",
        "name": f"示范{number}",
        "id_type": "id_card",
        "id_number": demo_id_card(number),
        "phone": f"138{number:08d}",
        "address": f"云岭县城关镇示范街{number}号",
    }
    return register.open_party({**told, **more}, by=pseudonym, at=clock.now(), pseudonym=pseudonym)


def mandated(
    giver: str = "p-applicant", agent: str = "p-agent", items: tuple[str, ...] = (), may_commit: bool = False
) -> UUID:
    """Let one act for the other from long ago and for good; both are registered."""
    people = {
        each: Party.objects.filter(id=each).first() or party(each, 500 + n) for n, each in enumerate((giver, agent))
    }
    told = register.sealing.opened(people[agent].stream, people[agent].ref)
    assert told is not None
    terms = Terms(MandateKind.LEGAL_REPRESENTATIVE, LONG_AGO, None, items, may_commit)
    row, code = mandates.give(myself(giver), told["name"], told["id_number"], terms, clock.now())
    mandates.accept(myself(agent), code, clock.now())
    return row.stream


def myself(pseudonym: str) -> Actor:
    """Somebody in their own name."""
    return Actor(pseudonym, ActorKind.APPLICANT)
