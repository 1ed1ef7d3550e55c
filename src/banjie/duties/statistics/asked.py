"""What a figure is asked for: a period, some of the items, and on whose behalf."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from banjie.cases.scope import Scope, whole_house
from banjie.engine.law import Procedure
from banjie.records.catalogue import queries as catalogue
from banjie.records.catalogue.models import ProcedureVersion
from banjie.records.organisation.models import Region

M = TypeVar("M", bound=Model)
Version = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """A period (both days included), what is left of the items, and on whose behalf.

    `unit`, `agency`: who decides; `item`: a code; `category`: commerce, social, investment; `item_class`: instant or
    promised; "" leaves one out. `regions`: the figures of all cases of these regions, which name no case, for
    whoever watches over them; None for the cases one may see. A list of cases is of those one may see, unless
    `supervises`: the supervision office of these regions sees which cases its numbers are made of.
    """

    since: date
    until: date
    scope: Scope
    regions: frozenset[str] | None = None
    supervises: bool = False
    unit: str = ""
    agency: str = ""
    item: str = ""
    category: str = ""
    item_class: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether not every item is meant."""
        return any((self.unit, self.agency, self.item, self.category, self.item_class))

    def only(self, **changes: str) -> "Asked":
        """The same, narrowed further."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def takes(self, procedure: Procedure) -> bool:
        """Whether cases of this version are meant."""
        return (
            (self.regions is None or procedure.region in self.regions)
            and self.unit in ("", procedure.decides)
            and self.agency in ("", agency_of(procedure))
            and self.item in ("", procedure.code)
            and self.category in ("", procedure.guide.category)
            and self.item_class in ("", class_of(procedure))
        )


def agency_of(procedure: Procedure) -> str:
    """The agency that decides."""
    return procedure.agency_of(procedure.decides)


def class_of(procedure: Procedure) -> str:
    """instant (即办件) or promised (承诺件)."""
    return "instant" if procedure.instant else "promised"


def below(region: str) -> frozenset[str]:
    """A region with everything below it. One statement."""
    parents: dict[str, str | None] = dict(Region.objects.values_list("code", "parent_id"))
    found = {region}
    while more := {code for code, parent in parents.items() if parent in found} - found:
        found |= more
    return frozenset(found)


@dataclass(slots=True)
class Versions:
    """Every published version by code and number: one statement, and each content read once a process."""

    known: Mapping[Version, str] = field(default_factory=dict)

    @classmethod
    def all(cls) -> "Versions":
        """As they are now."""
        rows = ProcedureVersion.objects.values_list("code", "version", "digest")
        return cls({(code, version): digest for code, version, digest in rows})

    def __getitem__(self, version: Version) -> Procedure:
        return catalogue.procedure(self.known[version])

    def meant(self, asked: Asked) -> Q:
        """The condition on rows that carry `procedure` and `procedure_version`; everything, where nothing is left."""
        if not asked.is_narrowed and asked.regions is None:
            return Q()
        by_code: dict[str, list[int]] = {}
        for code, number in self.known:
            if asked.takes(self[code, number]):
                by_code.setdefault(code, []).append(number)
        numbers: dict[str, set[int]] = {}
        for code, number in self.known:
            numbers.setdefault(code, set()).add(number)
        whole = [code for code, some in by_code.items() if set(some) == numbers[code]]
        found = Q(procedure__in=whole)
        for code, some in by_code.items():
            if set(some) != numbers[code]:
                found |= Q(procedure=code, procedure_version__in=some)
        return found


@contextmanager
def rows(model: Any, asked: Asked) -> Iterator[QuerySet[Any]]:
    """The rows of a model of case data that a figure counts: those one may see, or all, for whole regions."""
    if asked.regions is None:
        yield model.objects.within(asked.scope)
        return
    with whole_house("figures of a region name no case"):
        yield model.objects.everything()


@contextmanager
def listed(model: Any, asked: Asked) -> Iterator[QuerySet[Any]]:
    """The rows of a model of case data that a list may show: those one may see, or a supervision office's regions."""
    if asked.regions is None or not asked.supervises:
        yield model.objects.within(asked.scope)
        return
    with whole_house("who supervises sees the cases of their region"):
        yield model.objects.everything()
