"""What a region takes in from its rulebook when it begins: base items, its lists, and its items as drafts.

Nothing of it binds anybody yet but the lists: an item is a draft until three offices have signed it (`drafts`). Safe
to repeat: what stands already, published or as a draft, stays as somebody has made it since.

What an agency opens of its own accord (依职权) is no item, has no draft and no guide: two offices publish it as its
file says (`new_proceedings`, `publish_proceedings`).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from banjie import words
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.commands import Actor
from banjie.engine.law import Procedure
from banjie.records.catalogue import drafts, levels, proceedings, publication, rulebook
from banjie.records.catalogue.adjustments import load_lists
from banjie.records.catalogue.models import BaseItem, Draft, ListVersion, ProcedureVersion, ProceedingVersion
from banjie.records.catalogue.register import ListKind
from banjie.records.catalogue.rulebook import Base
from banjie.records.catalogue.surroundings import around
from banjie.records.organisation.rulebook import BadRulebook, Organisation, read
from banjie.store.log import ids

TWO = (publication.OFFICES["reform_office"], publication.OFFICES["service_centre"])
"""The posts of the two who answer for a proceeding: the keeper of the catalogue, and the service centre."""


class BadCatalogue(BadRulebook):
    """Files that cannot be taken in: what is wrong with each of them."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


@dataclass(frozen=True, slots=True)
class New:
    """What the rulebook has for a region and the installation has not."""

    bases: tuple[Base, ...]
    lists: tuple[ListKind, ...]
    items: tuple[tuple[str, Procedure], ...]
    """Name of the file, and what it says."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to take in."""
        return not (self.bases or self.lists or self.items)


def new(region: str, organisation: Organisation, pseudonym_of: Callable[[str], str]) -> New:
    """What there is to take in for this region; BadCatalogue with a fault of each file that has one."""
    faults: list[str] = []
    bases: list[Base] = []
    known = {each.code: each for each in BaseItem.objects.all()}
    try:
        bases = [each for each in rulebook.base_items() if _is_newer(each, known.get(each.code))]
    except BadRulebook as bad:
        faults.append(str(bad))
    kept = frozenset(ListVersion.objects.filter(region=region).values_list("kind", flat=True))
    kinds: list[ListKind] = []
    try:
        kinds = [each for each in rulebook.lists(region).lists if each not in kept]
    except BadRulebook as bad:
        faults.append(str(bad))
    items: list[tuple[str, Procedure]] = []
    for path in _of(region, rulebook.items(), faults):
        try:
            procedure = rulebook.item(path, organisation, pseudonym_of)
        except BadRulebook as bad:
            faults.append(str(bad))
            continue
        stands = ProcedureVersion.objects.filter(code=procedure.code).exists()
        if not stands and not Draft.objects.filter(code=procedure.code).exists():
            items.append((path.name, procedure))
    if faults:
        raise BadCatalogue(faults)
    return New(tuple(bases), tuple(kinds), tuple(items))


def take_in(found: New, region: str, keeper: Actor, reason: str, notice: str, at: datetime) -> list[UUID]:
    """Do it, all of it or nothing; the drafts. NotPossible as `levels.declare`, `load_lists`, `drafts.open_draft`."""
    opened = []
    with transaction.atomic():
        for base in found.bases:
            fields = (base.code, base.version, base.source, base.fields)
            levels.declare(*fields, by=keeper.id, at=at, command_id=ids.uuid7())
        if found.lists:
            day, id = at.astimezone(OFFICE_ZONE).date(), ids.uuid7()
            load_lists(region, by=keeper.id, at=at, on=day, reason=reason, notice=notice, command_id=id)
        for name, procedure in found.items:
            if BaseItem.objects.filter(code=procedure.code[19:31], cancelled_on=None).exists():
                agency = procedure.agency_of(procedure.decides)
                levels.claim(procedure.code[:31], region, agency, by=keeper.id, at=at, command_id=ids.uuid7())
            opened.append(drafts.open_draft(procedure, keeper, at, origin=name).id)
    return opened


def _is_newer(base: Base, known: BaseItem | None) -> bool:
    return known is None or (base.version > known.version and known.fields != dict(base.fields))


def _of(region: str, paths: list[Path], faults: list[str]) -> Iterator[Path]:
    """Those of these files that are of this region."""
    for path in paths:
        try:
            plain = read(path)
        except BadRulebook as bad:
            faults.append(str(bad))
            continue
        if isinstance(plain, dict) and str(plain.get("region", "")) == region:
            yield path


# What an agency opens of its own accord


def new_proceedings(
    region: str, organisation: Organisation, pseudonym_of: Callable[[str], str], on: date
) -> tuple[tuple[str, Procedure], ...]:
    """The proceedings of this region that nobody has published, by file; BadCatalogue with every fault of each."""
    faults: list[str] = []
    found: dict[str, tuple[str, Procedure]] = {}
    for path in _of(region, rulebook.proceedings(), faults):
        try:
            procedure = rulebook.item(path, organisation, pseudonym_of)
        except BadRulebook as bad:
            faults.append(str(bad))
            continue
        if _stands(procedure) or procedure.code in found:
            continue
        told = [words.refusal(each, "en").what for each in proceedings.problems(procedure, around(procedure, on))]
        faults += [f"proceedings/{path.name}: {each}" for each in told]
        found[procedure.code] = (path.name, procedure)
    if faults:
        raise BadCatalogue(faults)
    return tuple(found.values())


def publish_proceedings(found: Iterable[Procedure], by: str, second: str, at: datetime) -> None:
    """Publish all of them or none; two people answer for each. NotPossible as `proceedings.publish`."""
    with transaction.atomic():
        for procedure in found:
            publish_proceeding(procedure, by, second, at, ids.uuid7())


def publish_proceeding(procedure: Procedure, by: str, second: str, at: datetime, command_id: UUID) -> None:
    """Publish what an agency may open itself, once: this version, or a later one, that stands is left as it is."""
    if not _stands(procedure):
        surroundings = around(procedure, at.astimezone(OFFICE_ZONE).date())
        proceedings.publish(procedure, surroundings, by, second, at, command_id)


def _stands(procedure: Procedure) -> bool:
    return ProceedingVersion.objects.filter(code=procedure.code, version__gte=procedure.version).exists()
