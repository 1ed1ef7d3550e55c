"""What can happen to a case at all, top to bottom.

A fact is a past participle. It carries the values replay needs and names procedure, calendar and rule versions by id,
so that the catalogue may change tomorrow. No personal datum stands in a fact: a name, an answer, any free text is a
`Ref` to the sealed text beside the log. Stored under short kind names (`KINDS`); fields are added with defaults, never
renamed.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from banjie.engine import codec
from banjie.engine.law import Clock, Duty
from banjie.engine.lots import Lot
from banjie.engine.timelimits import Limit


class ActorKind(StrEnum):
    """Who can act on a case."""

    APPLICANT = "applicant"
    AGENT = "agent"
    THIRD_PARTY = "third_party"
    STAFF = "staff"
    OUTSIDE = "outside"
    TIMER = "timer"


@dataclass(frozen=True, slots=True)
class By:
    """Who acted, by pseudonym: never a name. `on_behalf_of`: the person or staff member stood in for (AB 岗)."""

    id: str
    kind: ActorKind
    unit: str = ""
    on_behalf_of: str = ""


@dataclass(frozen=True, slots=True)
class Ref:
    """Where a personal datum lies (`personal(stream, ref)`) and a salted commitment to it; the salt lies inside."""

    ref: str
    commitment: str


@dataclass(frozen=True, slots=True)
class FileRef:
    """An uploaded file, by id and commitment; its name and bytes lie encrypted beside the log."""

    id: str
    commitment: str


class PointKind(StrEnum):
    """What of the published guide a citation points at."""

    MATERIAL = "material"
    QUESTION = "question"
    CRITERION = "criterion"
    MINUTES = "minutes"


class Defect(StrEnum):
    """What is wrong with a material or an answer: the closed list a correction notice may use."""

    MISSING = "missing"
    ILLEGIBLE = "illegible"
    EXPIRED = "expired"
    WRONG_FORM = "wrong_form"
    UNSIGNED = "unsigned"
    INCOMPLETE = "incomplete"
    INCONSISTENT = "inconsistent"
    CLERICAL = "clerical"  # 可以当场更正的错误
    UNMET = "unmet"  # of a criterion, in a refusal


@dataclass(frozen=True, slots=True)
class Point:
    """One citation of the guide: what, which, what is wrong; `text` only explains it and cannot stand alone."""

    kind: PointKind
    id: str
    defect: Defect
    text: Ref | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two points the same point, whatever the explanation says."""
        return self.kind, self.id, self.defect


@dataclass(frozen=True, slots=True)
class Provided:
    """A material as handed in. `form`: electronic, original_seen (seen and returned), original_kept, copy; or library,
    where a licence that the house knows to be valid stands for it (`licence`: its number), and nothing was handed in.
    """

    material: str
    files: tuple[FileRef, ...] = ()
    form: str = "electronic"
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """A step that applies to this case, with what replay needs of its rule.

    `after_forwarding`: a step of the higher agency, which begins when the lower one has handed the case up.
    """

    slug: str
    after: tuple[str, ...] = ()
    limit: Limit | None = None
    limit_from: str = "opened"
    assign_within: Limit | None = None
    silence_is_no_objection: bool = False
    duty: Duty = Duty.REVIEW
    after_forwarding: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """A staff member or party named in an act, by pseudonym."""

    id: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a step found of one criterion."""

    criterion: str
    met: bool
    text: Ref | None = None


@dataclass(frozen=True, slots=True)
class BenchmarkApplied:
    """Which line of the discretion benchmarks of a criterion was used; "" for none, and `reason` why not as it says."""

    criterion: str
    benchmark: str
    reason: Ref | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """The remedy text, composed from the deciding agency (行政复议法 20, 24, 27; 行政诉讼法 46)."""

    reconsideration: str
    court: str
    days: int = 60
    months: int = 6
    online: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """A running clock whose last day is another one now. `step`: for the clock of a step."""

    clock: Clock
    before: date
    after: date
    step: str = ""


TOLD_CLOCKS = frozenset(Clock) - {Clock.STEP, Clock.ASSIGNMENT}
"""The clocks whose moving an applicant is told of: the rest are the office's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an acceptance fixes, as another version of the procedure has it."""

    statutory_limit: Limit
    committed_limit: Limit | None = None
    preliminary_limit: Limit | None = None
    total_promise: Limit | None = None
    plan: tuple[Planned, ...] = ()
    counted_from: date | None = None


@dataclass(frozen=True, slots=True)
class PartOf:
    """The larger thing a case is a part of: a stream (bundle, stage, project) and the part it plays."""

    stream: str
    role: str


@dataclass(frozen=True, slots=True)
class Joint:
    """联合办理 (arts. 26(2), 42(2)): the limit that all agencies of a bundle share, and this case's own share of it.

    `contact`: the one contact person of all parts; whoever accepts a part does not take their place.
    """

    limit: Limit
    share: Limit
    contact: str = ""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What every fact carries: `at`, the legal time, and `by`, who. Timer facts carry the legal instant."""

    at: datetime
    by: By

    @cached_property
    def on(self) -> date:
        """The office's civil day (Asia/Shanghai) on which it happened: day 0 of whatever it starts."""
        return self.at.astimezone(codec.OFFICE_ZONE).date()


@dataclass(frozen=True, kw_only=True)
class Dated(Fact):
    """A fact that fixes or moves a date: it names the calendar version it counts by."""

    calendar: str


# Arrival


@dataclass(frozen=True, slots=True)
class Gap:
    """A material that may follow (容缺): within which time of the acceptance, in which form, and what else happens.

    `consequence`: "in_writing" (refused or terminated by whoever decides) or "auto" (terminated when the day is over).
    """

    material: str
    period: Limit
    form: str = "both"
    consequence: str = "in_writing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What the applicant declared about their own application (声明): which text, by its version and its SHA-256."""

    version: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Submitted(Dated):
    """An application arrived and got its number and collection receipt (收件凭证); from here a clock always runs.

    `required`, `asked`, `steps`: the materials, questions and steps that apply to it, as its answers say; `failing`:
    the criteria that the answers do not meet, where a criterion says so itself. `declaration`: what the applicant
    confirmed; None where they confirmed nothing, and before it was recorded.
    """

    number: str
    query_number: str
    procedure: str
    procedure_version: int
    procedure_digest: str
    home: str
    unit: str
    contact: str
    notice_limit: Limit
    channel: str
    party: str
    applicant: Ref
    answers: Ref | None = None
    required: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    provided: tuple[Provided, ...] = ()
    e_service: bool = False
    part_of: PartOf | None = None
    failing: tuple[str, ...] = ()
    declaration: Declaration | None = None
    joint: Joint | None = None
    expires_on: date | None = None
    may_commit: bool = False
    standing: str = ""
    former: str = ""


@dataclass(frozen=True, kw_only=True)
class OpenedExOfficio(Dated):
    """依职权立案: the agency itself opened a proceeding about a licence; here its clock runs, and the holder is told.

    `act`: of `law.LICENCE_ACTS`. `party`: the holder's pseudonym, "" where they have no account; `holder`: their
    particulars. `facts`: what speaks against the licence, and why. `basis`: the article of `ground` as it read that
    day. `counted_from`: day 0 of the limit, the day of discovery or of the opening. `follows`: the number of the case
    whose end of the licence it completes (注销 after 撤销), or "".
    """

    number: str
    query_number: str
    procedure: str
    procedure_version: int
    procedure_digest: str
    home: str
    unit: str
    contact: str
    act: str
    licence: str
    licence_number: str
    ground: str
    basis: str
    discovered_on: date
    counted_from: date
    statutory_limit: Limit
    facts: Ref
    holder: Ref
    party: str = ""
    plan: tuple[Planned, ...] = ()
    follows: str = ""


@dataclass(frozen=True, kw_only=True)
class CommitmentSigned(Dated):
    """告知承诺: the applicant signed the text they were told (`told`: its version and digest) and is believed.

    What it covers as the procedure had it: `materials` are not demanded, `criteria` taken as met, `steps` left for the
    verification. The last three say how and when it is verified, and whether the text is published.
    """

    told: Declaration
    materials: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    verify_mode: str = "after"
    verify_within: Limit | None = None
    public: bool = False


@dataclass(frozen=True, kw_only=True)
class GapsPromised(Dated):
    """容缺承诺: the applicant signed (`told`: which text) to hand in these materials after the acceptance."""

    materials: tuple[str, ...]
    told: Declaration


@dataclass(frozen=True, kw_only=True)
class LateEntered(Fact):
    """The next fact was entered late (补录): from dated paper, after a registered outage, by two people."""

    entering: str
    paper_at: datetime
    scan: FileRef
    outage: str
    second: str


# The five outcomes on receipt (行政许可法 32)


@dataclass(frozen=True, kw_only=True)
class FoundNotNeeded(Fact):
    """不受理: the matter needs no licence; told at once, in writing."""

    basis: str
    form: str = "notice"
    text: Ref | None = None
    remedy: Remedy | None = None


@dataclass(frozen=True, kw_only=True)
class Declined(Fact):
    """不予受理: another agency's competence (named), a bar of arts. 78/79, or a ground the item's own law names."""

    ground: str
    remedy: Remedy
    competent: str = ""
    text: Ref | None = None


@dataclass(frozen=True, kw_only=True)
class CorrectedOnTheSpot(Fact):
    """当场更正: what could be put right at once was put right at once."""

    points: tuple[Point, ...]


@dataclass(frozen=True, kw_only=True)
class CorrectionRequested(Dated):
    """一次性告知: everything that is wrong, once. `cause` of a second notice follows from the facts."""

    points: tuple[Point, ...]
    period: Limit
    cause: str = "first"
    unlawful: bool = False


@dataclass(frozen=True, kw_only=True)
class CorrectionReminded(Fact):
    """A point named before and still unfixed, inside its period: a reminder, no second notice; the period runs on."""

    points: tuple[Point, ...]


@dataclass(frozen=True, kw_only=True)
class Corrected(Dated):
    """补正: the applicant handed in something; once nothing named is missing, receipt begins again from this day.

    `channel`: how it came, where a member of staff took it; "" from the applicant on line.
    """

    provided: tuple[Provided, ...] = ()
    answers: Ref | None = None
    required: tuple[str, ...] | None = None
    asked: tuple[str, ...] | None = None
    steps: tuple[str, ...] | None = None
    channel: str = ""
    failing: tuple[str, ...] | None = None
    expires_on: date | None = None
    may_commit: bool | None = None
    former: str = ""


@dataclass(frozen=True, kw_only=True)
class Lapsed(Fact):
    """补正不来办结: the period ran out; no decline, in no rate, may be filed again."""


@dataclass(frozen=True, kw_only=True)
class TakenBack(Fact):
    """撤销误操作: the outcome at this position was a slip of the hand and never was. `act`: the command given."""

    act: str
    position: int


@dataclass(frozen=True, kw_only=True)
class Accepted(Dated):
    """受理: from this day the legal and the promised clock run, or from `counted_from` where the item's law says so."""

    statutory_limit: Limit
    committed_limit: Limit | None = None
    preliminary_limit: Limit | None = None
    total_promise: Limit | None = None
    plan: tuple[Planned, ...] = ()
    counted_from: date | None = None
    share_limit: Limit | None = None
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DeemedAccepted(Accepted):
    """Accepted by law because nobody answered in time (art. 32(1)(4)): dated back to the day of receipt."""

    accept_on: date


@dataclass(frozen=True, kw_only=True)
class GapFilled(Fact):
    """容缺补齐: what was to follow is here. `channel`: how it came, where a member of staff took it."""

    material: str
    provided: tuple[Provided, ...]
    channel: str = ""


@dataclass(frozen=True, kw_only=True)
class GapPassed(Fact):
    """容缺逾期: the told day is over and it did not come: nothing is left but to refuse or to terminate, in writing."""

    material: str
    due: date


# Examination


@dataclass(frozen=True, kw_only=True)
class Assigned(Dated):
    """Who will carry out a step (承办人): one, or the two the law asks for. `lot`: how they were drawn, if by lot."""

    step: str
    people: tuple[Person, ...]
    lot: Lot | None = None


@dataclass(frozen=True, kw_only=True)
class Substituted(Fact):
    """Somebody stands in on a step (AB 岗); the clock does not notice."""

    step: str
    leaver: str
    joiner: Person
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class StepFinished(Fact):
    """A step came to its outcome, with findings on the criteria it looked at."""

    step: str
    outcome: str
    attempt: int = 1
    findings: tuple[Finding, ...] = ()
    opinion: Ref | None = None


@dataclass(frozen=True, kw_only=True)
class StepSilent(Fact):
    """A consulted unit was silent at its limit, which counts as no objection where the item says so."""

    step: str


@dataclass(frozen=True, kw_only=True)
class Joined(Fact):
    """The last parallel branch arrived: what waits for all of them can begin."""

    branches: tuple[str, ...]
    opens: str


@dataclass(frozen=True, kw_only=True)
class SentBack(Fact):
    """A finished step goes back with reasons: another attempt inside the same limit."""

    step: str
    attempt: int
    reasons: Ref


@dataclass(frozen=True, kw_only=True)
class RectificationSet(Dated):
    """A failed survey set one period to put things right, with the head's consent (78号 20, 55号 21)."""

    step: str
    period: Limit
    consent: str
    findings: tuple[Finding, ...]
    pauses: bool = False
    text: Ref | None = None


@dataclass(frozen=True, kw_only=True)
class Rectified(Fact):
    """The applicant reports that it was put right."""

    step: str
    text: Ref | None = None


@dataclass(frozen=True, kw_only=True)
class Paused(Dated):
    """特别程序: the clock stopped on a lawful ground with a written notice and a told end (art. 45)."""

    ground: str
    clocks: frozenset[Clock]
    notice: str
    expected_end: date
    step: str = ""
    text: Ref | None = None


@dataclass(frozen=True, kw_only=True)
class Resumed(Fact):
    """The clock runs again; by timer when the told time is over. `ended_on`: from an earlier day, where what stopped it
    was over before anybody said so."""

    ground: str
    notice: str
    ended_on: date | None = None

    @property
    def from_day(self) -> date:
        """The first day that counts again."""
        return self.ended_on or self.on


@dataclass(frozen=True, kw_only=True)
class StatementMade(Fact):
    """陈述、申辩: the applicant or a third party stated their view; it is heard (art. 36)."""

    text: Ref


@dataclass(frozen=True, kw_only=True)
class IntentTold(Dated):
    """告知书 served before a decision ex officio: facts, grounds, the intended decision; `statement` to state and
    defend, `window` to ask for a hearing. `until`: the last day of an intended suspension."""

    told: tuple[str, ...]
    act: str
    ground: str
    statement: Limit
    window: Limit
    text: Ref
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class StatementAnswered(Fact):
    """陈述申辩复核: what somebody stated was looked into. `statement`: the how manieth of the case, from "1" on."""

    statement: str
    outcome: str
    text: Ref


@dataclass(frozen=True, kw_only=True)
class ThirdPartiesNamed(Fact):
    """利害关系人: who else has a major interest in the outcome."""

    parties: tuple[Person, ...]
    particulars: tuple[Ref, ...]


@dataclass(frozen=True, kw_only=True)
class HearingRightTold(Dated):
    """听证告知书 served on applicant and third parties: five days to ask (arts. 36, 47)."""

    told: tuple[str, ...]
    window: Limit


@dataclass(frozen=True, kw_only=True)
class HearingRequested(Dated):
    """Somebody told asked for the hearing in time; it is held within twenty days."""

    hold_within: Limit


@dataclass(frozen=True, kw_only=True)
class HostAppointed(Fact):
    """Who hosts the hearing: never an examiner of the case (art. 48(3))."""

    host: Person


@dataclass(frozen=True, kw_only=True)
class HearingNoticed(Dated):
    """听证通知书: time and place, at least seven days before (art. 48(1))."""

    held_on: date
    place: Ref | None = None


@dataclass(frozen=True, kw_only=True)
class HearingHeld(Fact):
    """The hearing was held and its minutes signed; the decision is made on the minutes (art. 48(5))."""

    minutes: Ref


@dataclass(frozen=True, kw_only=True)
class HearingWaived(Fact):
    """Whoever asked for the hearing gave it up."""


@dataclass(frozen=True, kw_only=True)
class Extended(Dated):
    """延期: once, by the authority the item names, before expiry, with reasons; moves LEGAL only (art. 42)."""

    length: Limit
    authority: str
    notice: str
    reasons: Ref


@dataclass(frozen=True, kw_only=True)
class JointLimitCarried(Dated):
    """The joint limit as its bundle tells it (art. 42(2)): from when it runs, and how long, once it is extended too."""

    bundle: str
    joint_from: date
    limit: Limit
    extended: bool = False
    authority: str = ""
    notice: str = ""


@dataclass(frozen=True, kw_only=True)
class ExtensionRevoked(Dated):
    """撤销延期: whoever may extend took the extension back; the limit is what it was, and is never extended again."""

    notice: str
    reasons: Ref


@dataclass(frozen=True, kw_only=True)
class Forwarded(Dated):
    """转报: the lower agency hands everything up with its opinion (arts. 35, 43)."""

    to_unit: str
    opinion: str
    statutory_limit: Limit
    text: Ref | None = None
    starts_on_arrival: bool = True


@dataclass(frozen=True, kw_only=True)
class ArrivalConfirmed(Dated):
    """The higher agency registered the file. `starts_clock`: its limit runs from here, not from the arrival."""

    starts_clock: bool = True


@dataclass(frozen=True, kw_only=True)
class Examined(Fact):
    """审查: every step is finished; the case is ready to be decided. `findings`: of an examination in one act."""

    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LimitPassed(Fact):
    """The statutory limit passed undecided; the applicant is told the remedy (复议法 11(3), 23(1)(3))."""

    due: date
    remedy: Remedy


# Decision and after


@dataclass(frozen=True, kw_only=True)
class Granted(Dated):
    """准予行政许可 (arts. 37, 38(1)); the certificate clock starts.

    `benchmarks`: the lines used where there was discretion; `benchmark`: the citation older facts have.
    `on_commitment`: the criteria that were taken as met on the applicant's word.
    """

    agency: str
    criteria: tuple[str, ...]
    certificate_limit: Limit
    certificate: bool = False
    benchmark: str = ""
    benchmarks: tuple[BenchmarkApplied, ...] = ()
    on_commitment: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DeemedRenewed(Granted):
    """Renewed by law (art. 50): nobody decided on a timely application before the licence ran out, on `expires_on`."""

    expires_on: date


@dataclass(frozen=True, kw_only=True)
class Refused(Dated):
    """不予行政许可: cites criteria, carries reasons and remedy (art. 38(2)). `benchmarks` as in `Granted`."""

    agency: str
    points: tuple[Point, ...]
    remedy: Remedy
    certificate_limit: Limit
    benchmarks: tuple[BenchmarkApplied, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Issued(Fact):
    """制证: the licence, dated with the decision.

    `act`: issue, change, renew, reissue or correct. `former`: the number of the licence that goes on in it, "" for a
    new one; `number` is the same then. `valid_to`: None where it has no end; after a change, a reissue or a correction
    None says that its end stays as it was.
    """

    licence: str
    number: str
    dated: date
    valid_to: date | None = None
    act: str = "issue"
    former: str = ""


@dataclass(frozen=True, kw_only=True)
class EndDecided(Dated):
    """依职权决定: the agency ends, suspends or restores a licence (行政许可法 8, 69, 70), with remedy text.

    It takes effect when it is served. `certificate_limit`: how soon it has to be. `compensation`: what is said of the
    holder's loss (`law.EndGround`). `publish_within`: of this day. `until`: the last day of a suspension.
    """

    agency: str
    act: str
    licence: str
    number: str
    ground: str
    basis: str
    remedy: Remedy
    certificate_limit: Limit
    publish_within: Limit
    reasons: Ref
    compensation: str = ""
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Discontinued(Fact):
    """终结: the agency ends its proceeding and leaves the licence as it is (不予撤销); a code says why, and words."""

    ground: str
    text: Ref


@dataclass(frozen=True, kw_only=True)
class LicenceEnded(Fact):
    """The licence is not valid any more from `effective_on`: suspended, revoked, withdrawn, taken away or cancelled.

    `until`: the last day of a suspension, after which it is valid again by itself. `basis`: the article.
    """

    licence: str
    number: str
    act: str
    effective_on: date
    until: date | None = None
    basis: str = ""


@dataclass(frozen=True, kw_only=True)
class LicenceRestored(Fact):
    """恢复: a suspended licence is valid again from `effective_on`."""

    licence: str
    number: str
    effective_on: date
    basis: str = ""


@dataclass(frozen=True, kw_only=True)
class CancellationOpened(Fact):
    """注销 of the licence that this case ended is on its way: `number` is that of its case."""

    number: str


@dataclass(frozen=True, kw_only=True)
class Served(Fact):
    """送达: the result reached the applicant, with proof (送达回证)."""

    method: str
    receipt: Ref | None = None


@dataclass(frozen=True, kw_only=True)
class Closed(Fact):
    """办结: nothing is owed any more. `result`: granted, refused, …"""

    result: str


# Other endings


@dataclass(frozen=True, kw_only=True)
class Withdrawn(Fact):
    """撤回申请: the applicant's own authenticated act; no officer can enter it."""

    text: Ref | None = None


@dataclass(frozen=True, kw_only=True)
class Terminated(Fact):
    """终止: on a listed ground (55号 30), in writing, the fee refunded."""

    ground: str
    remedy: Remedy
    text: Ref | None = None


@dataclass(frozen=True, kw_only=True)
class Voided(Fact):
    """作废: what never was an application (a test, a duplicate); two people, reported, the number kept."""

    reason: str
    second: str


# Verified after the grant (先办理后核查)


@dataclass(frozen=True, kw_only=True)
class VerificationOpened(Dated):
    """后续核查: what was granted on a commitment is verified by the supervising unit within `limit` of the grant."""

    limit: Limit
    criteria: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CommitmentVerified(Fact):
    """核查结论: the promise was kept, or was broken. `method`: how it was looked at."""

    outcome: str
    method: str
    text: Ref | None = None


@dataclass(frozen=True, kw_only=True)
class MeasureRecorded(Dated):
    """核查处理: what follows from a broken promise. `period`: to put it right, after which it is looked at again."""

    measure: str
    text: Ref
    period: Limit | None = None


@dataclass(frozen=True, kw_only=True)
class CreditRestored(Fact):
    """信用修复: the promise that was broken stands in the way of no further one any more."""

    text: Ref


# Between people and paper


@dataclass(frozen=True, kw_only=True)
class Visited(Fact):
    """到场: the applicant came: to which unit, why, for which materials. A receipt at the window is one by itself."""

    place: str
    reason: str
    materials: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OriginalSeen(Fact):
    """原件查验: who of the staff saw the original, when, and how: seen_and_returned, kept, copy_compared (55号 18)."""

    material: str
    how: str


@dataclass(frozen=True, kw_only=True)
class OriginalReturned(Fact):
    """原件退还: an original that was kept was given back."""

    material: str


@dataclass(frozen=True, kw_only=True)
class PapersSent(Fact):
    """材料交接: papers left for another unit with a numbered hand-over slip (材料交接单)."""

    slip: str
    materials: tuple[str, ...]
    from_unit: str
    to_unit: str


@dataclass(frozen=True, kw_only=True)
class PapersReceived(Fact):
    """The papers of this slip arrived, but for those named as missing."""

    slip: str
    missing: tuple[str, ...] = ()


# Beside the procedure


@dataclass(frozen=True, kw_only=True)
class Complained(Dated):
    """投诉: to be answered within `limit` by the supervising unit. `against`: a member of staff, where one is named."""

    complaint: str
    text: Ref
    limit: Limit
    against: str = ""

    @property
    def told(self) -> tuple[str, ...]:
        """Who alone, beside the staff, is told of it: whoever complained, and for whom."""
        return tuple(each for each in (self.by.id, self.by.on_behalf_of) if each)


@dataclass(frozen=True, kw_only=True)
class ComplaintAnswered(Fact):
    """投诉答复: by a supervisor who had no part in the case, `to` whoever complained."""

    complaint: str
    outcome: str
    text: Ref
    to: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Noted(Fact):
    """内部备注: for the staff of the units that take part, and nobody else."""

    text: Ref


# Fees


@dataclass(frozen=True, kw_only=True)
class FeeRaised(Fact):
    """收费: a fee of the guide is charged, in the amount of its standard. `fee`: its id; `listed`: on the fee list.

    `amount` in fen, of `units`, `reduced` or not. `before_issue`: it is paid before the licence is issued.
    """

    fee: str
    listed: str
    name: str
    amount: int
    units: int = 1
    reduced: bool = False
    before_issue: bool = False


@dataclass(frozen=True, kw_only=True)
class FeeSettled(Fact):
    """缴费、退费: what became of a fee: paid, refunded, cancelled."""

    fee: str
    name: str
    outcome: str
    amount: int


# Around the case


@dataclass(frozen=True, kw_only=True)
class Redated(Dated):
    """A new calendar applies from here: the only way a new calendar moves a running case's dates.

    `basis`: the notice that changed it; `plan`: the released plan that asked for it; `moved`: the dates that are
    others now (None: before they were recorded).
    """

    before: str
    basis: str = ""
    plan: str = ""
    moved: tuple[Moved, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class MovedToVersion(Dated):
    """The case goes on under another version of its procedure, by a plan two people released; `second`: the other.

    What follows from the version is said anew: what is asked, the limits and the steps (`limits`: None before an
    acceptance). What was done stays done. `moved`: the dates that are others now.
    """

    before: int
    version: int
    before_digest: str
    digest: str
    basis: str
    reasons: Ref
    second: str
    unit: str
    contact: str
    notice_limit: Limit
    plan: str = ""
    required: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    limits: Limits | None = None
    moved: tuple[Moved, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ContactAppointed(Fact):
    """The one contact person (最多找一人) changed."""

    contact: str


@dataclass(frozen=True, kw_only=True)
class Erased(Fact):
    """The key of the personal data was destroyed: the facts stay, the person shows as 已删除."""

    key_id: str
    basis: str


Event = (
    Submitted
    | OpenedExOfficio
    | CommitmentSigned
    | GapsPromised
    | LateEntered
    | FoundNotNeeded
    | Declined
    | CorrectedOnTheSpot
    | CorrectionRequested
    | CorrectionReminded
    | Corrected
    | Lapsed
    | DeemedAccepted
    | Accepted
    | GapFilled
    | GapPassed
    | TakenBack
    | Assigned
    | Substituted
    | StepFinished
    | StepSilent
    | Joined
    | SentBack
    | RectificationSet
    | Rectified
    | Paused
    | Resumed
    | StatementMade
    | IntentTold
    | StatementAnswered
    | ThirdPartiesNamed
    | HearingRightTold
    | HearingRequested
    | HostAppointed
    | HearingNoticed
    | HearingHeld
    | HearingWaived
    | Extended
    | ExtensionRevoked
    | JointLimitCarried
    | Forwarded
    | ArrivalConfirmed
    | Examined
    | LimitPassed
    | DeemedRenewed
    | Granted
    | Refused
    | Issued
    | EndDecided
    | Discontinued
    | LicenceEnded
    | LicenceRestored
    | CancellationOpened
    | Served
    | Closed
    | Withdrawn
    | Terminated
    | Voided
    | VerificationOpened
    | CommitmentVerified
    | MeasureRecorded
    | CreditRestored
    | Visited
    | OriginalSeen
    | OriginalReturned
    | PapersSent
    | PapersReceived
    | Complained
    | ComplaintAnswered
    | Noted
    | FeeRaised
    | FeeSettled
    | Redated
    | MovedToVersion
    | ContactAppointed
    | Erased
)


def concerns(event: Event, who: frozenset[str]) -> bool:
    """Whether the fact may be told to these people (pseudonyms) at all: what one person complained of is theirs."""
    match event:
        case Complained():
            return bool(who.intersection(event.told))
        case ComplaintAnswered():
            return bool(who.intersection(event.to))
        case Redated():  # that the office counts by another calendar is news only where a date is another
            return event.moved is None or any(each.clock in TOLD_CLOCKS for each in event.moved)
        case _:
            return not isinstance(event, Noted)


def kind_name(cls: type) -> str:
    """The short, lasting name a class is stored under: CorrectionRequested -> correction_requested."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


KINDS: dict[str, type[Fact]] = {kind_name(cls): cls for cls in Event.__args__}
NAMES: dict[type, str] = {cls: name for name, cls in KINDS.items()}


def encode(event: Event) -> tuple[str, bytes]:
    """A fact as its kind name and canonical bytes."""
    return NAMES[type(event)], codec.canonical(codec.to_plain(event))


def decode(kind: str, plain: Any) -> Event:
    """The fact of these plain values (parsed JSON); ValueError where no such fact can stand."""
    if kind not in KINDS:
        raise ValueError(f"unknown fact {kind!r}")
    event: Event = codec.from_plain(KINDS[kind], plain)  # type: ignore[assignment]
    return event
