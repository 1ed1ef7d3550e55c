"""The lists (清单) of a region as they stand on a day; what a procedure would do outside them is refused.

清单之外无权力. A region keeps the kinds of lists it has chosen; a kind it does not keep refuses nothing, unless the
region must keep it (`missing_lists`). How they change: `adjustments`.
"""

from collections.abc import Collection, Iterator
from datetime import date
from functools import lru_cache

from django.db.models import Q

from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue import edition, rulebook
from banjie.records.catalogue.models import ListEntry, ListVersion
from banjie.records.catalogue.register import LEVELS, Entry, ListKind, Lists, Medium, basic_code, level_of, list_of

COLUMNS = ("name", "holder", "basis", "duty", "item_class", "level", "amount", "per", "since", "until")


def standing(region: str, on: date) -> Lists:
    """The lists a region keeps on a day, with the entries that stand; a kind it does not keep is not in it.

    One statement while the catalogue's edition is the same, three where it is new to this process.
    """
    return standing_in(region, on, edition.current())


@lru_cache(maxsize=64)
def standing_in(region: str, on: date, number: int) -> Lists:
    """`standing` as of this edition of the catalogue, kept in the process while nothing changes."""
    kept = ListVersion.objects.filter(region=region, on__lte=on).values_list("kind", flat=True).distinct()
    found: dict[ListKind, dict[str, Entry]] = {ListKind(kind): {} for kind in kept.order_by("kind")}
    live = Q(until=None) | Q(until__gt=on)
    rows = ListEntry.objects.filter(live, region=region, since__lte=on).order_by("kind", "entry")
    for kind, id, *told in rows.values_list("kind", "entry", *COLUMNS):
        of = ListKind(kind)
        found[of][id] = Entry(kind=of, id=id, **dict(zip(COLUMNS, told, strict=True)))
    return found


def latest(region: str) -> Lists:
    """The lists a region keeps with what stands after every adjustment so far, also those that count only later."""
    return standing_in(region, date.max, edition.current())


def cancelled(region: str, on: date) -> frozenset[str]:
    """The basic codes that stood on a list of items once and stand on none of them on this day (M028)."""
    kinds = (ListKind.POWER, ListKind.LICENCE, ListKind.PUBLIC_SERVICE)
    known = ListEntry.objects.filter(region=region, kind__in=kinds, since__lte=on).values_list("entry", flat=True)
    lists = standing(region, on)
    return frozenset(known) - {id for kind in kinds for id in lists.get(kind, ())}


def missing_lists(region: str, on: date) -> list[ListKind]:
    """The lists that a region must keep, by its file in the rulebook, and does not keep on this day.

    A power list whose every power names its duty is the list of responsibilities too (权责清单).
    """
    lists = standing(region, on)
    kept = set(lists)
    if ListKind.POWER in kept and all(each.duty for each in lists[ListKind.POWER].values()):
        kept.add(ListKind.RESPONSIBILITY)
    return [kind for kind in rulebook.lists(region).mandatory if kind not in kept]


def missing_channels(region: str) -> dict[ListKind, frozenset[Medium]]:
    """The channels through which the newest version of each list has not been made public yet; all there are: none."""
    newest: dict[ListKind, ListVersion] = {}
    for row in ListVersion.objects.filter(region=region).order_by("kind", "version"):
        newest[ListKind(row.kind)] = row
    through = {kind: {Medium(each["medium"]) for each in row.channels} for kind, row in newest.items()}
    return {kind: frozenset(Medium) - media for kind, media in through.items() if media != set(Medium)}


# Outside the lists


def outside(procedure: Procedure, lists: Lists, mandatory: Collection[ListKind] = frozenset()) -> Iterator[NotPossible]:
    """Everything a procedure would exercise or demand that stands on no list of its region (清单之外无权力).

    `mandatory`: the kinds that count as kept, and empty, where `lists` does not have them.
    """

    def off(kind: ListKind, id: str) -> bool:
        return (kind in lists or kind in mandatory) and id not in lists.get(kind, ())

    guide, item = procedure.guide, basic_code(procedure.code)
    kind = list_of(procedure.item_type, lists)
    if off(kind, item):
        yield NotPossible("item_not_listed", item=procedure.name, listed=item)
    elif no := _handed_down(procedure, lists):
        yield no
    for fee in guide.fees:
        if off(ListKind.FEE, fee.listed):
            yield NotPossible("fee_not_listed", name=fee.name, listed=fee.listed)
            continue
        entry = lists.get(ListKind.FEE, {}).get(fee.listed)
        if entry and (fee.amount, fee.per) != (entry.amount, entry.per):
            yield NotPossible("fee_differs_from_list", name=fee.name, listed=fee.listed)
    for proof in guide.proofs:
        if off(ListKind.PROOF, proof.listed):
            yield NotPossible("proof_not_listed", name=proof.name, listed=proof.listed)
    for product in guide.intermediaries:
        if off(ListKind.INTERMEDIARY, product.listed):
            yield NotPossible("intermediary_not_listed", name=product.name, listed=product.listed)
    for before in guide.prerequisites:
        if off(ListKind.PREREQUISITE, before.listed):
            yield NotPossible("prerequisite_not_listed", name=before.name, listed=before.listed)
    is_offline = bool(guide.offline_reason.strip()) or "computer" not in guide.channels
    if is_offline and off(ListKind.ONLINE_NEGATIVE, item):
        yield NotPossible("offline_not_listed", item=procedure.name, listed=item)
    if procedure.merged and not procedure.instant and off(ListKind.REGISTRATION, item):
        yield NotPossible("merge_not_listed", item=procedure.name, listed=item)


def off_the_list(procedure: Procedure, lists: Lists) -> NotPossible | None:
    """Why no new case may be taken under a published procedure; None where its item stands, or no such list is kept."""
    kind = list_of(procedure.item_type, lists)
    if kind in lists and basic_code(procedure.code) not in lists[kind]:
        return NotPossible("item_off_the_list", item=procedure.name)
    return _handed_down(procedure, lists)


def _handed_down(procedure: Procedure, lists: Lists) -> NotPossible | None:
    """The item was devolved below the level that this procedure's code names."""
    entry = lists.get(list_of(procedure.item_type, lists), {}).get(basic_code(procedure.code))
    held = level_of(procedure.code)
    if entry and entry.level and 0 <= held < LEVELS.index(entry.level):
        return NotPossible("item_devolved", item=procedure.name, receiver=entry.holder, on=entry.since)
    return None
