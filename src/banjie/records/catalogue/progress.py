"""How far a region has written its licences anew (全流程再造): guide, bases and materials of every listed item."""

from dataclasses import dataclass
from datetime import date

from banjie.records.catalogue import lists, queries
from banjie.records.catalogue.models import Draft
from banjie.records.catalogue.register import Entry, ListKind, basic_code


@dataclass(frozen=True, slots=True)
class Progress:
    """Licences on a list: `done` have a version in force, `drafted` are being written, `open` are neither."""

    done: tuple[Entry, ...]
    drafted: tuple[Entry, ...]
    open: tuple[Entry, ...]

    @property
    def all(self) -> int:
        """How many licences stand on the list."""
        return len(self.done) + len(self.drafted) + len(self.open)


def progress(region: str, on: date) -> Progress:
    """The licences of a region's list on a day by how far they are; a version in force has passed the whole gate."""
    listed = lists.standing(region, on).get(ListKind.LICENCE, {})
    in_force = {basic_code(each.code) for each in queries.published(on) if each.region == region}
    drafts = Draft.objects.filter(region=region, published_version=0).values_list("code", flat=True)
    drafted = {basic_code(code) for code in drafts}
    return Progress(
        done=tuple(each for code, each in listed.items() if code in in_force),
        drafted=tuple(each for code, each in listed.items() if code in drafted - in_force),
        open=tuple(each for code, each in listed.items() if code not in in_force | drafted),
    )
