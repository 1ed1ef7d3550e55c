"""Who may ask for what: imperatives. `decide` answers with facts or with the reason why not.

Every command carries an envelope: `command_id` (a repeat returns the first result), `at` (the legal time, given by the
face), `by` (an Actor), `expected_version` (the position the person saw; commands that rest on it must name it) and
`late` (a late entry, 补录). Personal data travel as `Personal`, which the door seals before anything is decided; the
facts get only the `Ref`.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar, get_type_hints
from uuid import UUID

from banjie.engine.events import (
    ActorKind,
    By,
    Declaration,
    Defect,
    FileRef,
    Joint,
    PartOf,
    Person,
    PointKind,
    Provided,
    Ref,
    kind_name,
)
from banjie.engine.lots import Lot
from banjie.engine.not_possible import BadInput
from banjie.engine.timelimits import Limit

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a pseudonymous id with its kind, posts, unit, agency and delegation. Filled in by the face."""

    id: str
    kind: ActorKind
    posts: frozenset[str] = frozenset()
    unit: str = ""
    agency: str = ""
    on_behalf_of: str = ""

    @property
    def mark(self) -> By:
        """How this actor stands in a fact."""
        return By(self.id, self.kind, self.unit, self.on_behalf_of)


TIMER = Actor("timer", ActorKind.TIMER)


@dataclass(frozen=True, slots=True)
class Personal(Generic[T]):
    """A personal datum on its way in. `find_by`: what it may be found by (equality only), e.g. an identity number."""

    value: T
    find_by: str = ""
    sealed: Ref | None = None

    @property
    def ref(self) -> Ref:
        """The reference the fact keeps; ValueError where the door has not sealed it yet."""
        if self.sealed is None:
            raise ValueError("personal data must be sealed before anything is decided")
        return self.sealed


Text = Personal[str]


def ref_of(text: "Personal[Any] | None") -> Ref | None:
    """The reference of an optional personal text."""
    return None if text is None else text.ref


@dataclass(frozen=True, slots=True)
class Citation:
    """A point of the guide with what is wrong; `text` only explains it."""

    kind: PointKind
    id: str
    defect: Defect
    text: Text | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What an officer found of one criterion."""

    criterion: str
    met: bool
    text: Text | None = None


@dataclass(frozen=True, slots=True)
class BenchmarkUsed:
    """Which line of a criterion's benchmarks was used; "" where none fits. `reason`: why not as the line says."""

    criterion: str
    benchmark: str = ""
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class LateEntry:
    """补录: the paper's own instant starts the clock; scan, outage reference and a second person are needed."""

    paper_at: datetime
    scan: FileRef
    outage: str
    second: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """The envelope."""

    command_id: UUID
    at: datetime
    by: Actor
    expected_version: int | None = None
    late: LateEntry | None = None


# The applicant's side


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit(Command):
    """Hand in an application. `number` and `query_number` are allocated by the door in the same transaction.

    `commitment`: the text of the commitment (告知承诺) that was signed with it; `gaps`: the materials that will follow
    (容缺), with the text signed for them. `standing`: what the door knows against the applicant's word.
    """

    applicant: Personal[Mapping[str, str]]
    answers: Personal[Mapping[str, Any]]
    provided: tuple[Provided, ...] = ()
    channel: str = "online"
    party: str = ""
    e_service: bool = False
    declaration: Declaration | None = None
    part_of: PartOf | None = None
    joint: Joint | None = None
    commitment: Declaration | None = None
    gaps: tuple[str, ...] = ()
    gaps_told: Declaration | None = None
    standing: str = ""
    number: str = ""
    query_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignCommitment(Command):
    """Sign the commitment of the item (告知承诺), which is `told`; `standing` as in `Submit`."""

    told: Declaration
    standing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseGaps(Command):
    """Sign (the text `told`) to hand these materials in after the acceptance (容缺); `standing` as in `Submit`."""

    materials: tuple[str, ...]
    told: Declaration
    standing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FillGap(Command):
    """Hand in what was to follow."""

    provided: tuple[Provided, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitCorrection(Command):
    """Hand in what the one-time notice named; `answers` when the application itself changes.

    `channel`: how it came, where a member of staff takes it; the window where they do not say.
    """

    provided: tuple[Provided, ...] = ()
    answers: Personal[Mapping[str, Any]] | None = None
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw(Command):
    """Take the application back: the applicant's own act."""

    text: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeStatement(Command):
    """State and defend (陈述、申辩)."""

    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestHearing(Command):
    """Ask for a hearing, within five days of being told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiveHearing(Command):
    """Give up the hearing one asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRectified(Command):
    """Report that what a survey found was put right."""

    step: str
    text: Text | None = None


# The agency's own proceeding about a licence (依职权)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenExOfficio(Command):
    """Open a proceeding about a licence. `facts`: what speaks against it, and why; `holder`: their particulars.

    `number` and `query_number` are allocated by the door. `follows`: the case whose end of the licence it completes.
    """

    licence_number: str
    ground: str
    discovered_on: date
    facts: Text
    holder: Personal[Mapping[str, str]]
    party: str = ""
    follows: str = ""
    number: str = ""
    query_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TellIntent(Command):
    """Serve the notice: the facts, the grounds and what is intended; `until`: the last day of a suspension."""

    text: Text
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerStatement(Command):
    """Answer a statement. `outcome`: adopted, partly_adopted or not_adopted."""

    statement: str
    outcome: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideEnd(Command):
    """Decide as it was told, with reasons."""

    reasons: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Discontinue(Command):
    """End the proceeding and leave the licence as it is, for a coded reason and in words."""

    ground: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCancellation(Command):
    """Record that the licence this case ended is being cancelled: `case` is the number of the case that does it."""

    case: str


# The window's side: the five outcomes


@dataclass(frozen=True, slots=True, kw_only=True)
class FindNotNeeded(Command):
    """不受理: by law no licence is needed; `basis` cites it."""

    basis: str
    text: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline(Command):
    """不予受理. `ground`: other_agency (with `competent`), barred_78, barred_79, or one the item's own law names."""

    ground: str
    competent: str = ""
    text: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectOnTheSpot(Command):
    """当场更正: points that could be corrected at once, and were."""

    points: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCorrection(Command):
    """一次性告知: everything that is wrong, once. `period` defaults to the procedure's."""

    points: tuple[Citation, ...]
    period: Limit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindCorrection(Command):
    """Remind of points named before and still unfixed, inside the first period."""

    points: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept(Command):
    """受理. `gaps`: what was promised and is still to come (容缺受理); all of it, for whoever accepts has seen it."""

    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack(Command):
    """Take back one's own outcome of receipt: a slip of the hand, within two minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideAtOnce(Command):
    """即办件: accept, examine and decide in one act at the window."""

    outcome: str
    findings: tuple[Found, ...] = ()
    points: tuple[Citation, ...] = ()
    benchmarks: tuple[BenchmarkUsed, ...] = ()


# Examination


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Command):
    """Name who carries out a step. `lot`: where they were drawn among those who could (人员随机轮岗)."""

    step: str
    people: tuple[Person, ...]
    lot: Lot | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitute(Command):
    """Let somebody stand in on a step."""

    step: str
    leaver: str
    joiner: Person
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishStep(Command):
    """Bring a step to its outcome, with findings on its criteria."""

    step: str
    outcome: str
    findings: tuple[Found, ...] = ()
    opinion: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBack(Command):
    """Send a finished step back, with reasons."""

    step: str
    reasons: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRectification(Command):
    """Set the one rectification period of a failed survey; `consent` is the head who agreed."""

    step: str
    consent: Person
    findings: tuple[Found, ...]
    text: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Command):
    """Stop the clock on a ground the procedure publishes; the written notice tells `expected_end`."""

    ground: str
    expected_end: date
    step: str = ""
    text: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Command):
    """Let the clock run again; `ended_on`: from the day on which what stopped it was over, where that lies back."""

    ground: str
    ended_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NameThirdParties(Command):
    """Name interested third parties; each gets a pseudonym, the particulars are sealed."""

    parties: tuple[Person, ...]
    particulars: tuple[Personal[Mapping[str, str]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TellHearingRight(Command):
    """Tell applicant and third parties of their right to a hearing (served)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointHost(Command):
    """Appoint who hosts the hearing."""

    host: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveHearingNotice(Command):
    """Give notice of the hearing's day and place."""

    held_on: date
    place: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseHearing(Command):
    """Close the hearing: its minutes are signed."""

    minutes: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend(Command):
    """Extend the legal limit once, with reasons; `length` defaults to the item's and may not exceed it."""

    reasons: Text
    length: Limit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeExtension(Command):
    """Take the extension back, with reasons: it was not needed, or not lawful."""

    reasons: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward(Command):
    """Hand up to the deciding agency. `opinion`: recommended or not_recommended."""

    opinion: str
    text: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmArrival(Command):
    """Register the file that was handed up."""


# Decision and after


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide(Command):
    """`outcome`: grant or refuse. A refusal cites criteria; `benchmarks` says which lines were used where there was
    discretion, `benchmark` cites one that the guide does not hold."""

    outcome: str
    points: tuple[Citation, ...] = ()
    benchmark: str = ""
    benchmarks: tuple[BenchmarkUsed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue(Command):
    """Make the licence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Serve(Command):
    """Record that the result reached the applicant. `method`: in_person, post, electronic, public_notice."""

    method: str
    receipt: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminate(Command):
    """End the case on a listed ground."""

    ground: str
    text: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Void(Command):
    """Void what never was an application; `second` is the second person."""

    reason: str
    second: Person


# Verified after the grant


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyCommitment(Command):
    """Say what the verification of a commitment came to: kept or broken, and how it was looked at."""

    outcome: str
    method: str
    text: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordMeasure(Command):
    """Record what follows from a broken commitment; `period` of an order to put it right."""

    measure: str
    text: Text
    period: Limit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreCredit(Command):
    """Record that the credit was restored, and why."""

    text: Text


# Between people and paper


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordVisit(Command):
    """Record that the applicant came. `place`: a unit, one's own where it is not said; `materials`: what caused it."""

    reason: str
    place: str = ""
    materials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeOriginal(Command):
    """Look at the original of a material. `how`: seen_and_returned, kept, copy_compared."""

    material: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnOriginal(Command):
    """Give back an original that was kept."""

    material: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendPapers(Command):
    """Send papers to another unit, with a hand-over slip."""

    materials: tuple[str, ...]
    to_unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivePapers(Command):
    """Take the papers of a slip over; `missing`: what stands on it and did not arrive."""

    slip: str
    missing: tuple[str, ...] = ()


# Beside the procedure


@dataclass(frozen=True, slots=True, kw_only=True)
class Complain(Command):
    """Complain about how the case is handled; `against`: a member of staff, where it is about one."""

    text: Text
    against: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerComplaint(Command):
    """Answer a complaint. `outcome`: founded, partly_founded, unfounded."""

    complaint: str
    outcome: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Command):
    """Leave a note for the staff of the case."""

    text: Text


# Around the case


@dataclass(frozen=True, slots=True, kw_only=True)
class Redate(Command):
    """Count by a newer calendar version from here on. `basis`: the notice that made it; `plan`: who asked for it."""

    calendar: str
    basis: str = ""
    plan: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveToVersion(Command):
    """Go on under another published version of the procedure, for these reasons. `second`: who consented."""

    version: int
    basis: str
    reasons: Text
    second: Person
    plan: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointContact(Command):
    """Change the one contact person."""

    contact: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Erase(Command):
    """Record that the key of this case's personal data is destroyed; the door destroys it in the same transaction."""

    basis: str
    key_id: str = ""


# What happens if nobody acts: carried out by the door, never offered to a person


@dataclass(frozen=True, slots=True, kw_only=True)
class DeemAccepted(Command):
    """Art. 32(1)(4): no answer in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse(Command):
    """The correction period ran out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountSilence(Command):
    """A consulted unit was silent at its limit."""

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPause(Command):
    """The told time of a pause is over."""

    ground: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TellLimitPassed(Command):
    """The statutory limit passed undecided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeemRenewed(Command):
    """Art. 50: the licence ran out, and nobody had decided on its renewal."""


# What the larger thing brings, of which the case is a part: given by the door of bundles, never offered to a person


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryJointLimit(Command):
    """Let the joint limit of the bundle bind this part as the bundle has it now."""

    bundle: str
    joint_from: date
    limit: Limit
    extended: bool = False
    authority: str = ""
    notice: str = ""


# Fees: given by the room of fees, which knows the answers and the money; never offered on the page of a case


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseFee(Command):
    """Charge a fee of the guide: this many `units`, `reduced` or not, so much in fen. `fee`: its id from now on."""

    fee: str
    listed: str
    amount: int
    units: int = 1
    reduced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleFee(Command):
    """Record what became of a fee. `outcome`: paid, refunded, cancelled."""

    fee: str
    outcome: str


CARRIED: tuple[type[Command], ...] = (CarryJointLimit, RaiseFee, SettleFee)


@dataclass(frozen=True, slots=True, kw_only=True)
class TellGapPassed(Command):
    """What was to follow did not come in time."""

    material: str


TIMERS: tuple[type[Command], ...] = (
    DeemRenewed,
    DeemAccepted,
    Lapse,
    CountSilence,
    EndPause,
    TellLimitPassed,
    TellGapPassed,
)

PEOPLES: tuple[type[Command], ...] = (
    Submit,
    OpenExOfficio,
    TellIntent,
    AnswerStatement,
    DecideEnd,
    Discontinue,
    RecordCancellation,
    SignCommitment,
    PromiseGaps,
    FillGap,
    SubmitCorrection,
    Withdraw,
    MakeStatement,
    RequestHearing,
    WaiveHearing,
    ReportRectified,
    FindNotNeeded,
    Decline,
    CorrectOnTheSpot,
    RequestCorrection,
    RemindCorrection,
    Accept,
    TakeBack,
    DecideAtOnce,
    Assign,
    Substitute,
    FinishStep,
    SendBack,
    SetRectification,
    Pause,
    Resume,
    NameThirdParties,
    TellHearingRight,
    AppointHost,
    GiveHearingNotice,
    CloseHearing,
    Extend,
    RevokeExtension,
    Forward,
    ConfirmArrival,
    Decide,
    Issue,
    Serve,
    Terminate,
    Void,
    VerifyCommitment,
    RecordMeasure,
    RestoreCredit,
    RecordVisit,
    SeeOriginal,
    ReturnOriginal,
    SendPapers,
    ReceivePapers,
    Complain,
    AnswerComplaint,
    Note,
    Redate,
    MoveToVersion,
    AppointContact,
    Erase,
)

RESTS_ON_WHAT_WAS_SEEN: frozenset[type[Command]] = frozenset(
    {Accept, Decline, FindNotNeeded, RequestCorrection, Decide, DecideAtOnce, Withdraw, DecideEnd, Discontinue}
)
"""Commands that must name `expected_version`: the person judged what they saw, and must be told if it changed."""

KINDS: dict[str, type[Command]] = {kind_name(cls): cls for cls in PEOPLES + TIMERS + CARRIED}
NAMES: dict[type, str] = {cls: name for name, cls in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Offer:
    """What an actor could ask for now: the kind, its allowed arguments, or the reason why not."""

    kind: str
    allowed: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    no: Exception | None = None


Seal = Callable[[str, "Personal[Any]"], Ref]


def sealed(command: Command, seal: Seal) -> Command:
    """The command with every `Personal` in it sealed by `seal(path, personal)`; everything else unchanged.

    BadInput for a text that cannot be written down.
    """
    changes = {}
    for each in _fields(type(command)):
        value = getattr(command, each)
        replaced = _sealed(value, each, seal)
        if replaced is not value:
            changes[each] = replaced
    return dataclasses.replace(command, **changes) if changes else command


ENVELOPE = frozenset(each.name for each in dataclasses.fields(Command))
_BODIES: dict[type, tuple[str, ...]] = {}


def _fields(cls: type[Command]) -> tuple[str, ...]:
    """The fields of a command whose type can hold a `Personal`."""
    if cls not in _BODIES:
        hints = {name: repr(hint) for name, hint in get_type_hints(cls).items() if name not in ENVELOPE}
        _BODIES[cls] = tuple(
            name
            for name, hint in hints.items()
            if any(each in hint for each in ("Personal", "Citation", "Found", "BenchmarkUsed", "Any"))
        )
    return _BODIES[cls]


def _unwritable(value: Any, path: str) -> Iterator[str]:
    """Where in a value stands half a surrogate pair: JSON lets it through, and nothing can write it down."""
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
            yield path
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _unwritable(key, path)
            yield from _unwritable(each, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for number, each in enumerate(value):
            yield from _unwritable(each, f"{path}.{number}")


def _sealed(value: Any, path: str, seal: Seal) -> Any:
    if isinstance(value, Personal):
        broken = list(_unwritable(value.value, path))
        if broken:
            raise BadInput([(field, "not_a_text") for field in broken])
        return dataclasses.replace(value, sealed=seal(path, value))
    if isinstance(value, tuple):
        parts = tuple(_sealed(each, f"{path}.{number}", seal) for number, each in enumerate(value))
        return parts if any(new is not old for new, old in zip(parts, value, strict=True)) else value
    if isinstance(value, Citation | Found) and value.text is not None:
        return dataclasses.replace(value, text=_sealed(value.text, f"{path}.text", seal))
    if isinstance(value, BenchmarkUsed) and value.reason is not None:
        return dataclasses.replace(value, reason=_sealed(value.reason, f"{path}.reason", seal))
    return value
