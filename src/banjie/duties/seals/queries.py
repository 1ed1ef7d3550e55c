"""Reads of seals for pages: those of a region, one with everything about it, and what does not add up."""

from collections.abc import Collection, Sequence
from uuid import UUID

from banjie.duties.seals.models import Authority, Ceremony, Refusal, Seal, Use
from banjie.engine.not_possible import NotPossible
from banjie.records.parties import sealing

STATES = ("active", "registered", "sealed_away")


def of_region(region: str) -> list[Seal]:
    """The seals of a region: those in use first, then by agency."""
    rows = Seal.objects.filter(region=region).order_by("agency_name", "use", "code")
    return sorted(rows, key=lambda each: STATES.index(each.state))


def one(stream: UUID, region: str) -> Seal:
    """A seal of a region. NotPossible("no_such_seal") for one that is not there or belongs elsewhere."""
    row = Seal.objects.filter(stream=stream, region=region).first()
    if row is None:
        raise NotPossible("no_such_seal")
    return row


def names(streams: Collection[UUID]) -> dict[UUID, str]:
    """What these seals are called. One statement."""
    return dict(Seal.objects.filter(stream__in=streams).values_list("stream", "name")) if streams else {}


def kept_by(person: str, agency: str) -> list[Seal]:
    """The seals somebody keeps that are in use."""
    rows = Seal.objects.filter(state="active").order_by("agency", "code")
    return [each for each in rows if person in each.keepers]


def ceremonies(seal: Seal) -> list[Ceremony]:
    """The ceremonies of a seal, in order."""
    return list(Ceremony.objects.filter(seal=seal).order_by("position"))


def text_of(ceremony: Ceremony) -> str:
    """What was written about a ceremony, in clear."""
    return str(sealing.opened(ceremony.seal_id, ceremony.ref) or "")


def authorities(seal: Seal) -> list[Authority]:
    """What may be sealed by itself with a seal, and what no more."""
    return list(Authority.objects.filter(seal=seal).order_by("withdrawn_at", "kind", "template"))


def uses(seal: Seal, most: int = 50) -> list[Use]:
    """The newest uses of a seal."""
    return list(Use.objects.filter(seal=seal).order_by("-number")[:most])


def refusals(seal: Seal | None = None, agencies: Sequence[str] = (), most: int = 50) -> list[Refusal]:
    """The newest refusals: of a seal, or of these agencies."""
    rows = Refusal.objects.filter(seal=seal) if seal else Refusal.objects.filter(agency__in=list(agencies))
    return list(rows.order_by("-at", "-position")[:most])


def refused(papers: Collection[UUID]) -> dict[UUID, str]:
    """Why each of these papers was refused last, as a code; those that never were are left out."""
    rows = Refusal.objects.filter(paper__in=papers).order_by("at", "position")
    return dict(rows.values_list("paper", "code"))


def differing(region: str) -> list[Seal]:
    """Seals of a region whose key has signed what nobody here has asked for, or whose journal has lost something."""
    return list(Seal.objects.filter(region=region, difference__gt=0).order_by("code"))
