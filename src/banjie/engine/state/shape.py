"""What we remember of a case, as data: where it stands, its steps, pauses, hearing, papers, fees, complaints.

Every value comes from the history. What can be asked of it without the law stands beside it as properties.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from banjie.engine import events as e
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.law import Clock, Duty
from banjie.engine.timelimits import Limit


class Stage(StrEnum):
    """Where the case stands. From SUBMITTED to CLOSED at least one clock runs."""

    NEW = "new"
    SUBMITTED = "submitted"
    CORRECTION = "correction"
    ACCEPTED = "accepted"
    EXAMINING = "examining"
    FORWARDED = "forwarded"
    DECIDED = "decided"
    CLOSED = "closed"


MISSING = (e.PointKind.MATERIAL, e.Defect.MISSING)
Record = TypeVar("Record")


def changed(record: Record, **changes: Any) -> Record:
    """A copy with other values, as `dataclasses.replace` makes it, at a tenth of the cost: folding is the hot path."""
    copy = object.__new__(type(record))
    copy.__dict__.update(record.__dict__)
    copy.__dict__.update(changes)
    return copy


UNDER_EXAMINATION = frozenset({Stage.ACCEPTED, Stage.EXAMINING, Stage.FORWARDED})


@dataclass(frozen=True)
class StepState:
    """One step of this case. `opened_on` is None while it waits for others; `finished_on` while it is open."""

    plan: e.Planned
    opened_on: date | None = None
    finished_on: date | None = None
    assigned_on: date | None = None
    people: tuple[e.Person, ...] = ()
    attempt: int = 1
    outcome: str = ""
    silent: bool = False
    findings: tuple[e.Finding, ...] = ()
    rectification: e.RectificationSet | None = None
    rectified: bool = False
    rectified_on: date | None = None
    sent_back_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody has to act on it now."""
        return self.opened_on is not None and self.finished_on is None


@dataclass(frozen=True)
class PauseState:
    """A pause as it was noticed, told and ended; which days it takes out of a clock, `clocks.excluded` says."""

    ground: str
    clocks: frozenset[Clock]
    notice: str
    stopped_on: date
    expected_end: date
    step: str = ""
    resumed_on: date | None = None


@dataclass(frozen=True)
class HearingState:
    """The hearing of the case, from telling the right to the signed minutes.

    Each who was told has a right of their own: `waived_by` gave it up, the others may still ask inside the window.
    """

    told: tuple[str, ...]
    told_on: date
    window: Limit
    requested_on: date | None = None
    requested_by: str = ""
    hold_within: Limit | None = None
    host: e.Person | None = None
    notice_on: date | None = None
    held_on: date | None = None
    minutes_on: date | None = None
    waived_on: date | None = None
    waived_by: tuple[str, ...] = ()

    @property
    def is_pending(self) -> bool:
        """Whether a hearing was asked for and is neither held nor given up."""
        return self.requested_on is not None and self.minutes_on is None and self.waived_on is None


@dataclass(frozen=True)
class Act:
    """An outcome of receipt: who did what when, where it stands, and the case before it while that can return."""

    what: str
    at: datetime
    by: str
    position: int
    before: "State | None"


NOT_COUNTED = "site"
"""The reason of a contact that costs the applicant no trip: officials came to the site."""


@dataclass(frozen=True)
class Visit:
    """The applicant came: when, to which unit, why, what for, and who of the staff was there."""

    at: datetime
    place: str
    reason: str
    materials: tuple[str, ...]
    staff: str

    @property
    def on(self) -> date:
        """The office's civil day."""
        return self.at.astimezone(OFFICE_ZONE).date()

    @property
    def counts(self) -> bool:
        """Whether the applicant had to make the way."""
        return self.reason != NOT_COUNTED


SEEN, KEPT = "seen_and_returned", "kept"
HOW_OF_FORM = {"original_seen": SEEN, "original_kept": KEPT}


@dataclass(frozen=True)
class Original:
    """The original of one material: who of the staff saw or kept it when, and when it was given back."""

    how: str
    at: datetime
    staff: str
    unit: str
    returned_at: datetime | None = None
    returned_by: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether the office has it."""
        return self.how == KEPT and self.returned_at is None


@dataclass(frozen=True)
class Slip:
    """A hand-over slip: which papers left where for where, who sent them and who took them over."""

    number: str
    materials: tuple[str, ...]
    from_unit: str
    to_unit: str
    sent_at: datetime
    sent_by: str
    received_at: datetime | None = None
    received_by: str = ""
    missing: tuple[str, ...] = ()

    @property
    def is_on_the_way(self) -> bool:
        """Whether nobody has taken them over yet."""
        return self.received_at is None


@dataclass(frozen=True)
class GapState:
    """A material that may follow: since which day, whether it came, or its day is over. Days are office days."""

    gap: e.Gap
    since: date
    filled_on: date | None = None
    passed_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can still be handed in."""
        return self.filled_on is None and self.passed_on is None


@dataclass(frozen=True)
class FeeState:
    """A fee charged on the case; `outcome`: "" while it is open, then paid, refunded or cancelled."""

    fee: str
    listed: str
    name: str
    amount: int
    before_issue: bool = False
    outcome: str = ""


KEPT_WORD, BROKEN = "kept", "broken"
"""What the verification of a commitment can come to."""


@dataclass(frozen=True)
class Verification:
    """The verification of a commitment after the grant: since when within which limit, and what it came to.

    `ordered`: whether an order to put it right was given, after which it is verified again.
    """

    since: date
    limit: Limit
    calendar: str
    outcome: str = ""
    found_on: date | None = None
    found_by: str = ""
    broken_on: date | None = None
    measure: str = ""
    ordered: bool = False
    ended_on: date | None = None
    restored_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether something is still owed: the finding, or the measure after a broken promise."""
        return self.ended_on is None

    @property
    def waits(self) -> bool:
        """Whether it waits for its finding."""
        return self.is_open and not self.outcome

    @property
    def wants_measure(self) -> bool:
        """Whether it was found broken and nothing was done about it yet."""
        return self.is_open and self.outcome == BROKEN


@dataclass(frozen=True)
class Complaint:
    """One complaint of this case: its text, its limit and, once it is answered, the answer. `told`: who complained."""

    id: str
    on: date
    by: e.By
    told: tuple[str, ...]
    text: e.Ref
    limit: Limit
    calendar: str
    against: str = ""
    answered_on: date | None = None
    answered_by: str = ""
    outcome: str = ""
    answer: e.Ref | None = None

    @property
    def is_open(self) -> bool:
        """Whether it waits for its answer."""
        return self.answered_on is None


@dataclass(frozen=True)
class Statement:
    """What somebody said for themselves (陈述、申辩), and what came of it. `id`: the how manieth of the case."""

    id: str
    on: date
    by: e.By
    text: e.Ref
    answered_on: date | None = None
    outcome: str = ""
    answer: e.Ref | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered it."""
        return self.answered_on is None


@dataclass(frozen=True)
class State:
    """A case. Days are the office's civil days; people are pseudonyms."""

    version: int = 0
    stage: Stage = Stage.NEW
    last_at: datetime | None = None
    number: str = ""
    query_number: str = ""
    procedure: str = ""
    procedure_version: int = 0
    home: str = ""
    unit: str = ""
    calendar: str = ""
    channel: str = ""
    party: str = ""
    agents: tuple[str, ...] = ()
    applicant: e.Ref | None = None
    answers: e.Ref | None = None
    e_service: bool = False
    part_of: e.PartOf | None = None
    joint: e.Joint | None = None
    carried: e.JointLimitCarried | None = None
    expires_on: date | None = None
    contact: str = ""
    required: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    applicable: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    provided: Mapping[str, e.Provided] = field(default_factory=dict)
    received_at: datetime | None = None
    notice_at: datetime | None = None
    notice_limit: Limit | None = None
    answered_on: date | None = None
    corrections: tuple[e.CorrectionRequested, ...] = ()
    correction_from: date | None = None
    corrected: frozenset[tuple[str, str]] = frozenset()
    newly_required: frozenset[str] = frozenset()
    accepted: e.Accepted | None = None
    accepted_on: date | None = None
    steps: Mapping[str, StepState] = field(default_factory=dict)
    pauses: tuple[PauseState, ...] = ()
    extension: e.Extended | None = None
    extension_revoked: bool = False
    third_parties: tuple[str, ...] = ()
    hearing: HearingState | None = None
    forwarded: e.Forwarded | None = None
    higher_from: date | None = None
    arrived_on: date | None = None
    examined_on: date | None = None
    limit_passed: bool = False
    granted: e.Granted | None = None
    refused: e.Refused | None = None
    decided_on: date | None = None
    issued: e.Issued | None = None
    served_on: date | None = None
    closed_on: date | None = None
    result: str = ""
    acted: Mapping[Duty, frozenset[str]] = field(default_factory=dict)
    papers: int = 0
    act: Act | None = None
    taken_back: int = 0
    visits: tuple[Visit, ...] = ()
    originals: Mapping[str, Original] = field(default_factory=dict)
    papers_at: Mapping[str, str] = field(default_factory=dict)
    slips: Mapping[str, Slip] = field(default_factory=dict)
    complaints: Mapping[str, Complaint] = field(default_factory=dict)
    fees: Mapping[str, FeeState] = field(default_factory=dict)
    hands: frozenset[str] = frozenset()
    hand_offs: int = 0
    may_commit: bool = False
    standing: str = ""
    committed: e.CommitmentSigned | None = None
    promised: frozenset[str] = frozenset()
    gaps: Mapping[str, GapState] = field(default_factory=dict)
    verification: Verification | None = None
    former: str = ""
    opening: e.OpenedExOfficio | None = None
    statements: tuple[Statement, ...] = ()
    intent: e.IntentTold | None = None
    ended: e.EndDecided | None = None
    cancellation_owed: date | None = None
    cancellation: str = ""
    erased: bool = False

    @property
    def received_on(self) -> date | None:
        """The civil day on which the application arrived."""
        return self.received_at and self.received_at.astimezone(OFFICE_ZONE).date()

    @property
    def notice_from(self) -> date | None:
        """The civil day on which what waits for an answer arrived: the application, or its correction."""
        return self.notice_at and self.notice_at.astimezone(OFFICE_ZONE).date()

    @property
    def counted_from(self) -> date | None:
        """Day 0 of the decision's limits: the day of acceptance or, as the item's law says, of the application."""
        return (self.accepted and self.accepted.counted_from) or self.accepted_on

    @property
    def calendars(self) -> frozenset[str]:
        """The versions of the calendar by which anything of this case counts."""
        others = [each.calendar for each in self.complaints.values()]
        if self.verification:
            others.append(self.verification.calendar)
        return frozenset((self.calendar, *others))

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is owed."""
        return self.stage is Stage.CLOSED

    @property
    def open_pauses(self) -> tuple[PauseState, ...]:
        """The pauses nobody has ended yet."""
        return tuple(each for each in self.pauses if each.resumed_on is None)

    @property
    def named(self) -> frozenset[tuple[str, str, str]]:
        """Every point any correction notice of this case named."""
        return frozenset(point.key for notice in self.corrections for point in notice.points)

    @property
    def still_missing(self) -> tuple[str, ...]:
        """The materials a correction notice named as missing that apply and are still not there."""
        named = {name for kind, name, defect in self.named if (kind, defect) == MISSING} - self.promised
        return tuple(each for each in self.required if each in named and each not in self.provided)

    @property
    def is_decided(self) -> bool:
        """Whether a decision was made."""
        return self.decided_on is not None


NEW = State()
