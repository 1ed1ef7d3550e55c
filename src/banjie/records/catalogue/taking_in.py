"""What a region takes in from its rulebook when it begins: base items, its lists, and its items as drafts.

Nothing of it binds anybody yet but the lists: an item is a draft until three offices have signed it (`drafts`). Safe
to repeat: what stands already, published or as a draft, stays as somebody has made it since.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.commands import Actor
from banjie.engine.law import Procedure
from banjie.records.catalogue import drafts, levels, rulebook
from banjie.records.catalogue.lists import load_lists
from banjie.records.catalogue.models import BaseItem, Draft, ListVersion, ProcedureVersion
from banjie.records.catalogue.register import ListKind
from banjie.records.catalogue.rulebook import Base
from banjie.records.organisation.rulebook import BadRulebook, Organisation, read
from banjie.store.log import ids


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
    for path in _of(region, faults):
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
    """Do it, all of it or nothing; the drafts. NotPossible as `levels.declare`, `lists.adjust`, `drafts.open_draft`."""
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


def _of(region: str, faults: list[str]) -> Iterator[Path]:
    """The files of the items of this region."""
    for path in rulebook.items():
        try:
            plain = read(path)
        except BadRulebook as bad:
            faults.append(str(bad))
            continue
        if isinstance(plain, dict) and str(plain.get("region", "")) == region:
            yield path
