"""For whom somebody acts: themselves, whoever has given them a mandate, or as an interested third party of a case."""

from dataclasses import dataclass, replace

from banjie import words
from banjie.engine.commands import Actor
from banjie.engine.events import ActorKind
from banjie.engine.state import State
from banjie.records.parties import queries
from banjie.web import clock
from banjie.words import Audience


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody one may apply for."""

    party: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Acting:
    """For whom somebody acts now (`party`, "" for themselves), and for whom they could."""

    party: str
    choices: tuple[Choice, ...]

    @property
    def is_for_another(self) -> bool:
        """Whether they act for somebody else."""
        return bool(self.party)


def acting(actor: Actor, item: str, language: str) -> Acting:
    """The choice that stands on the first page of an application for this item (parties/acting_for.html)."""
    found: dict[str, Choice] = {}
    if actor.kind in (ActorKind.APPLICANT, ActorKind.AGENT):
        for each in queries.acting_for(actor, clock.today()):
            if not each.items or item[:31] in each.items:
                found[each.party] = Choice(each.party, each.name, words.label("mandate_kinds", each.kind, language))
    return Acting(actor.on_behalf_of if actor.kind is ActorKind.AGENT else "", tuple(found.values()))


def as_known(actor: Actor, state: State) -> Actor:
    """The same person as a case knows them: an interested third party (利害关系人) where they are one and no applicant.

    What they are offered follows from it.
    """
    is_third_party = actor.kind is ActorKind.APPLICANT and actor.id in state.third_parties
    if not is_third_party or actor.id == state.party:
        return actor
    return replace(actor, kind=ActorKind.THIRD_PARTY)


def sees_as(actor: Actor, state: State) -> Audience:
    """As what somebody reads a case: an agent sees what whoever they act for sees, and nothing more."""
    if actor.kind is ActorKind.STAFF:
        return "staff"
    whose = actor.on_behalf_of if actor.kind is ActorKind.AGENT else actor.id
    return "third_party" if whose in state.third_parties and whose != state.party else "applicant"
