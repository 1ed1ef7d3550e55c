"""Papers of cases on their way to the seal, for tests of the seals and of the pages that show them."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.db import transaction

from banjie.duties.papers import follow, sealing
from banjie.duties.papers.models import Paper
from banjie.duties.seals import founding, orders
from banjie.duties.seals import sealing as service
from banjie.duties.seals.models import Seal
from banjie.duties.seals.sealing import Request
from banjie.engine import commands as c
from banjie.web import clock
from tests.county import County
from tests.faces.cases import Filed, filed

ONE_SEAL, LICENSING, OLD, OTHERS = "9999210000101", "9999210000102", "9999210000201", "9999210000301"
"""Codes of the demo county: the bureau's one seal, its licensing seal, an old department's, another agency's."""


def seal_stream(code: str) -> UUID:
    """The stream of a seal of the rulebook."""
    return uuid5(founding.SEALS, code)


def seal_of(code: str) -> Seal:
    """Its row."""
    return Seal.objects.get(code=code)


def granted(county: County) -> Filed:
    """A food licence that was granted."""
    return filed(county).examined().do("decider", lambda given: c.Decide(**given, outcome="grant"))


def paper(case: Filed, kind: str) -> Paper:
    """The newest paper of this kind, typeset."""
    with transaction.atomic():
        follow.caught_up(case.stream)
    found = Paper.objects.kept().filter(about=case.stream, kind=kind).order_by("-position").first()
    assert found is not None, kind
    return found


def typeset(case: Filed, kind: str) -> tuple[Paper, bytes]:
    """It, and its bytes as they are to be sealed."""
    found = paper(case, kind)
    pdf = sealing.typeset(found, clock.now())
    return found, pdf


def request(of: Paper, at: datetime | None = None, **other: Any) -> Request:
    """The request to seal a paper as it is; `other` says otherwise."""
    given: dict[str, Any] = {
        "kind": of.kind,
        "agency": of.agency,
        "paper": of.stream,
        "version": of.version,
        "case": of.about,
        "position": of.position,
        "digest": bytes.fromhex(of.digest) if of.digest else b"",
        "at": at or clock.now(),
        "by": None,
        "command_id": uuid4(),
    }
    return Request(**{**given, **other})


def ordered(county: County, *papers: Paper, role: str = "seal_keeper", assertion: str = "password@1") -> None:
    """The keeper has these papers sealed."""
    wanted = [(each.stream, each.version, each.digest) for each in papers]
    orders.order(wanted, county.actor(role), assertion, clock.now(), uuid4())


def sealed(county: County, case: Filed, kind: str = "decision_to_grant") -> tuple[Paper, bytes]:
    """A paper of a case with its seal on it."""
    found, pdf = typeset(case, kind)
    if kind.startswith("decision_to_"):
        ordered(county, found)
    return found, service.seal(pdf, request(found))
