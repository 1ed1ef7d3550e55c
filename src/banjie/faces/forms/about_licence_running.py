"""What else runs about a licence: told to whoever begins a second proceeding about it, and on the page of each case.

That something runs is told to everybody who begins something about the licence; what it is, to the staff and to who
takes part in it; its number, and the way to it, only to who takes part.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.urls import reverse

from banjie.cases import queries as cases
from banjie.cases.scope import Scope
from banjie.duties.licences import queries, standing
from banjie.duties.licences.models import Licence
from banjie.duties.licences.standing import Standing
from banjie.engine import commands as c
from banjie.engine.events import ActorKind
from banjie.engine.law import Procedure
from banjie.faces.forms.page import CasePage
from banjie.records import catalogue

GONE = frozenset({Standing.REVOKED, Standing.WITHDRAWN, Standing.TAKEN_AWAY, Standing.CANCELLED})
"""What leaves nothing to be changed, renewed, suspended or ended; it can still be cancelled in the register (注销)."""


@dataclass(frozen=True, slots=True)
class Other:
    """A proceeding that runs. `name`: what it is, "" where the reader is not told; `number`, `address`: where they take
    part in it, else "".
    """

    code: str
    name: str
    number: str
    address: str


@dataclass(frozen=True, slots=True)
class About:
    """The licence a case is about, for the page of the case: what else runs about it, and how it stands where that
    leaves this case without an object. `ended`: the state, None while it stands."""

    others: tuple[Other, ...]
    ended: Standing | None
    since: date | None


def others(row: Licence, reader: c.Actor, language: str, face: str, but: UUID | None = None) -> tuple[Other, ...]:
    """What runs about a licence beside one case, as this reader may know it."""
    running = [each for each in queries.running(row) if each.case != but]
    if not running:
        return ()
    seen = cases.among([each.case for each in running], Scope.of(reader))
    numbers = {each.stream: each.query_number for each in seen}
    found = []
    for each in running:
        number = numbers.get(each.case, "")
        is_told = number or reader.kind is ActorKind.STAFF
        name = _called(each.procedure, each.version, language) if is_told else ""
        found.append(Other(each.procedure, name, number, reverse(f"{face}:case", args=[number]) if number else ""))
    return tuple(found)


def _called(code: str, version: int, language: str) -> str:
    procedure: Procedure = catalogue.law(code, version).procedure
    return (language == "en" and procedure.english) or procedure.name


def of_case(page: CasePage) -> About | None:
    """What a case's page says of its licence beyond the number; None where there is nothing to say."""
    if not page.state.former or page.state.is_closed or page.audience == "third_party" or page.actor is None:
        return None
    row = queries.find(page.procedure.licence, page.state.former)
    if row is None or row.version == 0:
        return None
    beside = others(row, page.actor, page.language, page.face, page.view.stream)
    worth = standing.since(row, page.view.on)
    gone = {Standing.CANCELLED} if page.procedure.licence_act == "cancel" else GONE
    is_over = worth.state in gone and not page.state.is_decided
    if not beside and not is_over:
        return None
    return About(beside, worth.state if is_over else None, worth.on if is_over else None)
