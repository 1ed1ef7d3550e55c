"""The shape of the receipt of the dates of a case: what `docs/how-to/check-a-date-yourself.md` describes.

The values go out exactly as `engine.reckoning` made them, for the digest is over every one of them: null where there is
nothing, and no key more or less.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Exact(BaseModel):
    """A part of the receipt, with these keys and no other."""

    model_config = ConfigDict(extra="forbid")


class LimitPart(Exact):
    """A limit. `stays`: one that ends on a rest day stays there."""

    number: int
    unit: str
    stays: bool


class CasePart(Exact):
    """Which case, and where it stands."""

    number: str
    query_number: str
    stage: str
    item: str
    item_english: str


class ProcedurePart(Exact):
    """The version of the procedure that binds the case, with the digest of its content."""

    code: str
    version: int
    digest: str
    effective_from: str


class RegionPart(Exact):
    """The region's readings of what the law leaves open, as they bind the case, and the hall's opening hours."""

    code: str
    name: str
    readings: dict[str, str | bool]
    hours: list[list[str]]


class NowWith(Exact):
    """A unit that has to act now."""

    name: str
    english: str
    post: str


class HeadPart(Exact):
    """The last fact of the case and its hash, to which the whole history before it is linked."""

    position: int
    hash: str


class FactPart(Exact):
    """A fact on record that the dates rest on: its place, its legal time and its hash in the log."""

    position: int
    kind: str
    at: str
    hash: str


class LogPart(Exact):
    """What of the log it rests on. `computed`: facts of time itself that are in force and not recorded yet."""

    installation: str
    head: HeadPart | None
    computed: int
    facts: list[FactPart]


class YearPart(Exact):
    """The days off and the make-up working days of a year. `document`: the notice; not official: 暂定."""

    year: int
    official: bool
    document: str
    holidays: dict[str, str]
    workdays: list[str]


class OverlayPart(Exact):
    """What a region adds to the national calendar."""

    region: str
    holidays: dict[str, str]
    workdays: list[str]


class CalendarPart(Exact):
    """A version of a calendar, day by day from the first year the case needs."""

    version: str
    region: str
    digest: str
    years: list[YearPart]
    overlays: list[OverlayPart]


class StartPart(Exact):
    """Day 0, which never counts; the instant for limits of hours; the fact that started it."""

    on: str
    at: str | None
    fact: int | None


class ExtensionPart(Exact):
    """What lengthened the limit, by whose authority, by which notice."""

    length: LimitPart
    notice: str
    on: str
    authority: str


class PausePart(Exact):
    """A pause as it was noticed, told and ended. `ends_by_itself`: when it is over though nobody ends it."""

    ground: str
    notice: str
    step: str
    stopped_on: str
    told_end: str
    resumed_on: str | None
    ends_by_itself: str | None


class ResultPart(Exact):
    """What the clock says on the day asked for; null where the calendar of a year is missing."""

    due: str | None
    due_at: str | None
    provisional: bool | None
    used: int | None
    left: int | None
    over: bool | None
    paused: bool | None


class DayPart(Exact):
    """A day of the ledger."""

    day: str
    counted: bool
    number: int
    reason: str
    name: str
    official: bool


class ClockPart(Exact):
    """A clock: what went in, and what followed.

    `base`: the limit before its extension; `excluded`: the days [stopped, resumed) that the readings make of the
    pauses; `stands_from`: the day from which it stands until somebody lets it run again.
    """

    clock: str
    step: str
    step_name: str
    step_english: str
    start: StartPart
    limit: LimitPart
    base: LimitPart
    extension: ExtensionPart | None
    calendar: str
    hours: list[list[str]]
    pauses: list[PausePart]
    excluded: list[list[str]]
    stands_from: str | None
    ended_on: str | None
    result: ResultPart
    ledger: list[DayPart] | None


class ReceiptOfDates(Exact):
    """Everything the dates of a case rest on, and what follows from it. Nothing in it says who anybody is.

    `digest`: SHA-256, in hexadecimal digits, over the canonical JSON (keys in order, no spaces, UTF-8 in NFC) of all
    the rest.
    """

    format: Literal["banjie.receipt-of-dates"]
    version: Literal[1]
    as_of: str = Field(description="The instant at which it was counted, in the office's zone.")
    on: str
    case: CasePart
    procedure: ProcedurePart
    region: RegionPart
    now_with: list[NowWith]
    log: LogPart
    calendars: list[CalendarPart]
    clocks: list[ClockPart]
    digest: str


def shape_of(receipt: dict[str, Any]) -> ReceiptOfDates:
    """A receipt as an answer; ValueError where it has another shape."""
    return ReceiptOfDates.model_validate(receipt, strict=True)
