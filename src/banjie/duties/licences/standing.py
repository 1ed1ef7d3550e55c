"""What a licence is worth on a day: a function of its history and of time; nobody sets it and no job runs it out."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from banjie.duties.licences.models import Licence

REMIND_FROM, REMIND_TO = timedelta(90), timedelta(30)
"""From so long before the last day the holder is reminded; from so long on, asking is at its last moment or late."""


class Standing(StrEnum):
    """The states of a licence. `Standing.VALID` alone opens a door."""

    VALID = "valid"
    SUSPENDED = "suspended"  # 暂扣
    EXPIRED = "expired"  # 有效期届满
    REVOKED = "revoked"  # 撤销, 许可法 69
    WITHDRAWN = "withdrawn"  # 撤回, 许可法 8
    TAKEN_AWAY = "taken_away"  # 吊销
    CANCELLED = "cancelled"  # 注销, 许可法 70
    UNKNOWN = "unknown"  # issued before this register, and nothing but another case names it


STATE_OF = {
    "revoke": Standing.REVOKED,
    "withdraw": Standing.WITHDRAWN,
    "take_away": Standing.TAKEN_AWAY,
    "cancel": Standing.CANCELLED,
}
"""What a decision that ends a licence leaves."""


class Due(StrEnum):
    """How soon its holder has to think of renewing it."""

    NOT_YET = "not_yet"
    SOON = "soon"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Since:
    """A state and its first day; None where nothing says since when."""

    state: Standing
    on: date | None


def on(row: Licence, day: date) -> Standing:
    """What the licence is worth on this day."""
    return since(row, day).state


def since(row: Licence, day: date) -> Since:
    """The same with the day it began: the last decision that has taken effect, a suspension that runs, else time."""
    ended = [(date.fromisoformat(first), Standing(state)) for state, first in row.ends]
    over = [each for each in ended if each[0] <= day]
    if over:
        first, state = over[-1]
        return Since(state, first)
    if row.version == 0:
        return Since(Standing.UNKNOWN, None)
    if row.valid_to and row.valid_to < day:
        return Since(Standing.EXPIRED, row.valid_to + timedelta(1))
    if row.suspended_on and row.suspended_on <= day and (row.suspended_until is None or day <= row.suspended_until):
        return Since(Standing.SUSPENDED, row.suspended_on)
    return Since(Standing.VALID, row.dated)


def due(row: Licence, day: date) -> Due:
    """Whether renewal is near: of a valid licence, from 90 days before its last day."""
    if row.valid_to is None or on(row, day) is not Standing.VALID:
        return Due.NOT_YET
    left = row.valid_to - day
    if left > REMIND_FROM:
        return Due.NOT_YET
    return Due.SOON if left >= REMIND_TO else Due.LAST
