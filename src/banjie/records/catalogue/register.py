"""The shapes of the lists (清单): which kinds there are, and what an entry says. Pure data, without tables."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

BASIC_CODE = re.compile(r"\d{2}(?:0[1-9]|1\d|2\d)\d{8}")
LEVELS = ("nation", "province", "city", "county", "town", "village")
"""The levels an item can be exercised at (行使层级), from above; an item's code says which, beginning with 1."""

PUBLIC_SERVICES = frozenset({"20", "21"})
"""Item types that exercise no power: public and convenience services."""


class ListKind(StrEnum):
    """The kinds of lists. A region chooses which of them it must keep; 清单之外无权力."""

    POWER = "power"  # 权力清单
    RESPONSIBILITY = "responsibility"  # 责任清单
    LICENCE = "licence"  # 行政许可事项清单
    PUBLIC_SERVICE = "public_service"  # 公共服务事项清单
    PROOF = "proof"  # 证明事项清单
    FEE = "fee"  # 行政事业性收费清单
    INTERMEDIARY = "intermediary"  # 中介服务事项清单
    PREREQUISITE = "prerequisite"  # 前置审批事项清单
    INTERNAL = "internal"  # 内部审批事项清单
    CONVENIENCE = "convenience"  # 便民服务事项目录清单
    ONLINE_NEGATIVE = "online_negative"  # 网上审批负面清单
    REGISTRATION = "registration"  # 审核合一的登记事项: those that may merge review and decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a list. `id`: for powers, licences, services, prerequisites the basic code (12); else a short name.

    `amount` (fen) and `per` (one unit of what): the standard of a fee; 0 where the list leaves it to another document.
    `holder`: the agency that holds the power or duty. `duty`: the responsibility that goes with a power (权责清单
    is one table with both columns). `until`: the day from which it no longer stands, None while it does.
    """

    kind: ListKind
    id: str
    name: str
    holder: str = ""
    basis: str = ""
    duty: str = ""
    item_class: str = ""  # approval, investment, qualification (M032); licence or service for counts (M035)
    level: str = ""  # one of LEVELS, once it was devolved there; then `holder` is the unit that received it
    amount: int = 0
    per: str = ""
    since: date | None = None
    until: date | None = None


Lists = Mapping[ListKind, Mapping[str, Entry]]
"""The lists of a region on a day: the entries that stand, by kind and id."""


OF_ITEMS = frozenset(
    {
        ListKind.POWER,
        ListKind.LICENCE,
        ListKind.PUBLIC_SERVICE,
        ListKind.ONLINE_NEGATIVE,
        ListKind.REGISTRATION,
    }
)
"""The kinds whose entries are items, by basic code."""


class Action(StrEnum):
    """What an adjustment (动态调整) does with one entry."""

    ADD = "add"
    MODIFY = "modify"
    CANCEL = "cancel"
    DEVOLVE = "devolve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of an adjustment. `entry`: what is added, or what it says from now on; of a list's own kind.

    `id`: the entry cancelled or devolved. `level` and `unit`: who receives what is devolved (下放), one of LEVELS.
    """

    action: Action
    id: str
    entry: Entry | None = None
    level: str = ""
    unit: str = ""


def add(entry: Entry) -> Change:
    """Put an entry on its list."""
    return Change(action=Action.ADD, id=entry.id, entry=entry)


def modify(entry: Entry) -> Change:
    """Let the entry of this id say something else."""
    return Change(action=Action.MODIFY, id=entry.id, entry=entry)


def cancel(id: str) -> Change:
    """Take an entry off its list."""
    return Change(action=Action.CANCEL, id=id)


def devolve(id: str, level: str, unit: str) -> Change:
    """Hand an entry down: this unit at this level holds it from now on, nobody above it any more."""
    return Change(action=Action.DEVOLVE, id=id, level=level, unit=unit)


class Medium(StrEnum):
    """Where a list is made public."""

    WEBSITE = "website"
    NEWSPAPER = "newspaper"
    RADIO_TV = "radio_tv"
    WINDOW = "window"


def basic_code(code: str) -> str:
    """The basic code (12) inside an item's code of 31 or 33 characters; "" for a shorter one."""
    return code[19:31]


def level_of(code: str) -> int:
    """The place in LEVELS that an item's code names (character 19); -1 where it names none."""
    number = code[18:19]
    return int(number) - 1 if number in tuple("123456") else -1


def list_of(item_type: str, lists: Lists) -> ListKind:
    """The kind of list that an item of this type must stand on.

    A region that keeps a power list and no list of licences has its licences there.
    """
    if item_type in PUBLIC_SERVICES:
        return ListKind.PUBLIC_SERVICE
    if item_type == "01" and not (ListKind.LICENCE not in lists and ListKind.POWER in lists):
        return ListKind.LICENCE
    return ListKind.POWER


# Views


@dataclass(frozen=True, slots=True)
class PowerAndDuty:
    """A power with the duty that goes with it (权责清单); `duty` is "" where nobody answers for it."""

    id: str
    name: str
    holder: str
    duty: str


def powers_and_duties(lists: Lists) -> list[PowerAndDuty]:
    """Every power with its duty, by id: from its own column, or from the entry of its id on a list of its own (A16)."""
    apart = lists.get(ListKind.RESPONSIBILITY, {})
    found = []
    for id, power in sorted(lists.get(ListKind.POWER, {}).items()):
        other = apart.get(id)
        duty = power.duty or (other.duty or other.name if other else "")
        found.append(PowerAndDuty(id, power.name, power.holder, duty))
    return found


@dataclass(frozen=True, slots=True)
class Holding:
    """How much one unit holds: its powers, how many of them are licences, and its public services beside them."""

    powers: int = 0
    licences: int = 0
    services: int = 0


def holdings(lists: Lists) -> dict[str, Holding]:
    """What each unit holds, by unit: licences are the powers whose code stands on the list of licences.

    In a region without a list of licences, the powers of item type 01.
    """
    powers = lists.get(ListKind.POWER, {})
    licences = lists.get(ListKind.LICENCE)
    services = lists.get(ListKind.PUBLIC_SERVICE, {})
    found = {}
    for holder in sorted({each.holder for each in (*powers.values(), *services.values())}):
        held = [id for id, each in powers.items() if each.holder == holder]
        licensing = [id for id in held if (id in licences if licences is not None else id[2:4] == "01")]
        serving = sum(each.holder == holder for each in services.values())
        found[holder] = Holding(len(held), len(licensing), serving)
    return found


def without_power(lists: Lists) -> list[Entry]:
    """Licences that stand on the list of licences and on no power list: nothing they could be derived from."""
    if ListKind.POWER not in lists:
        return []
    licences = lists.get(ListKind.LICENCE, {})
    return [each for id, each in sorted(licences.items()) if id not in lists[ListKind.POWER]]
