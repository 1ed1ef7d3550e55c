"""What is handed in: the procedure version in force on the day of submission, the calendars, the region's profile.

All of it is frozen data with a digest; the engine never looks anything up. The rulebook and the catalogue build these
objects from dated, sourced data (`codec.from_plain`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from enum import StrEnum
from functools import lru_cache
from typing import Any

from banjie.engine.calendar import Calendar
from banjie.engine.ceilings import Ceiling
from banjie.engine.guide import Guide
from banjie.engine.readings import READINGS as READINGS
from banjie.engine.readings import Reading, Settled, in_force
from banjie.engine.thresholds import DEFAULT as LIGHTS
from banjie.engine.thresholds import Thresholds
from banjie.engine.timelimits import OPENING_HOURS, Limit, Unit


class Clock(StrEnum):
    """The limits that can run in a case. TOTAL never stops; only LEGAL and PROMISED are ever paused.

    PRELIMINARY is the lower agency's LEGAL (arts. 42, 43 stand in one section), so it stands whenever LEGAL does.
    """

    NOTICE = "notice"  # 行政许可法 32: five working days to answer an application
    CORRECTION = "correction"  # the applicant's reasonable period
    LEGAL = "legal"  # statutory limit (法定时限), arts. 42, 43
    PROMISED = "promised"  # committed limit (承诺时限)
    TOTAL = "total"  # elapsed time, and the region's promise about it
    PRELIMINARY = "preliminary"  # 初审, art. 43: the lower agency's own limit
    RENEWAL = "renewal"  # 延续, art. 50: a renewal is decided before the licence expires
    SHARE = "share"  # 联合办理, art. 42(2): this agency's own share of the joint limit
    CERTIFICATE = "certificate"  # art. 44: issued and served
    STEP = "step"
    ASSIGNMENT = "assignment"  # art. 55: two people named within five working days of acceptance
    RECTIFICATION = "rectification"
    HEARING_REQUEST = "hearing_request"  # art. 47: five days to ask
    STATEMENT = "statement"  # 陈述、申辩: the holder's, before the agency ends a licence of its own accord
    HEARING_HOLD = "hearing_hold"  # art. 47: twenty days to hold it
    RECONSIDERATION = "reconsideration"  # 行政复议法 20: the addressee's, from service
    COURT = "court"  # 行政诉讼法 46: the addressee's, from service
    SPECIAL_STEP = "special_step"  # a step by local promise: shown apart from the pauses of art. 45
    GAP = "gap"  # 容缺: what may follow, until the told day; the applicant's
    VERIFICATION = "verification"  # 告知承诺: the supervising unit's, to verify after the grant what was promised
    COMPLAINT = "complaint"  # the supervising unit's, to answer a complaint; a promise of the region


STOPPABLE = frozenset({Clock.LEGAL, Clock.PROMISED})
"""What a pause can stop: the limits of arts. 42-43, never the notice, the hearing's or the certificate's (art. 45)."""
RISKS = ("state_security", "public_safety", "finance", "ecology", "life_and_health", "foreign_affairs", "ordinary")
"""What an item touches (国办发〔2020〕42号): every class but the last is too grave to be granted on somebody's word."""
ORDINARY = ("ordinary",)
LICENCE_ACTS = (
    *("issue", "change", "renew", "reissue", "correct"),
    *("suspend", "revoke", "withdraw", "take_away", "cancel", "restore"),
)
"""What it does to a licence: 核发, 变更, 延续, 补办, 更正; 暂扣, 撤销 (69), 撤回 (8), 吊销, 注销 (70), 恢复."""
KEEPS_NUMBER = frozenset({"change", "renew", "reissue", "correct"})
"""Acts after which the licence goes on under its number."""
ENDING_ACTS = frozenset({"suspend", "revoke", "withdraw", "take_away", "cancel"})
"""Acts after which it is not valid any more, for a time or for good; nothing is issued."""
CANCELLED_AFTER = frozenset({"revoke", "withdraw", "take_away"})
"""Ends after which the licence is still to be cancelled (注销, art. 70(4)), by an act of its own."""
HEARING_GROUND = "hearing"
RECTIFICATION_GROUND = "rectification"


class Duty(StrEnum):
    """The offices of the separation matrix: whoever did one of these on a case does no other, unless merged."""

    INTAKE = "intake"
    SURVEY = "survey"
    REVIEW = "review"
    DECIDE = "decide"
    SUPERVISE = "supervise"


class Provider(StrEnum):
    """Who provides a material (来源渠道)."""

    APPLICANT = "applicant"
    GOVERNMENT = "government"
    INTERMEDIARY = "intermediary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A material of the guide (申请材料). `when`: a CEL expression over the answers; "" means always."""

    id: str
    name: str
    english: str = ""
    basis: str = ""
    necessary: bool = True
    when: str = ""
    provider: Provider = Provider.APPLICANT
    originals: int = 0
    copies: int = 1
    standard: str = ""
    kind: str = "other"  # certificate form other (材料类型)
    form: str = "both"  # paper electronic both (材料形式)
    issuer: str = ""  # 出具机构
    filling: str = ""  # 填报须知
    blank: str = ""  # 空白表格: a file of the rulebook
    sample: str = ""  # 示例样表
    may_be_late: Limit | None = None  # 容缺后补: within this limit
    licence: str = ""  # the licence type that can stand for it
    shared_data: str = ""  # the shared-data interface that can stand for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """告知承诺: what is taken on the applicant's word, what they are told of it before they sign, and its verification.

    `of`: "proof" (证明事项), or "permit" (涉企经营许可: after registration a permit is granted on it, 承诺准营).
    `materials` are not demanded then, `criteria` are taken as met, `steps` are left to the verification. `when`: a CEL
    expression over the answers: in which situations it is offered; "" means always. `content`: what is committed to.
    `verify_mode`: none, during (before the decision), after (within `verify_within` of the grant). `public`: whether
    the signed text is published.
    """

    of: str
    basis: str
    content: str
    liability: str
    power: str
    content_english: str = ""
    liability_english: str = ""
    power_english: str = ""
    public: bool = False
    criteria: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    when: str = ""
    verify_mode: str = "after"
    verify_within: Limit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer a question offers."""

    value: str
    label: str
    english: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question of the form (情形引导). `type`: text, number (whole), choice, yes_no, date."""

    id: str
    label: str
    type: str
    english: str = ""
    help: str = ""
    when: str = ""
    needed: bool = True
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A condition of the licence (许可条件): what must be true to grant; names the materials that prove it.

    `check`: a CEL expression over the answers that says whether it is met, where the answers can say it; "" where
    somebody has to judge.
    """

    id: str
    text: str
    basis: str
    english: str = ""
    materials: tuple[str, ...] = ()
    check: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRule:
    """A step of the examination as this procedure has it: a node of the graph whose parallel branches join.

    `limit_from`: "opened" or "assigned". `people`: how many must act together (art. 34: two for a verification on the
    spot). `silence_is_no_objection`: a consulted unit silent at its limit counts as having none. `rectification`: the
    one period a failed survey may set; `rectification_pauses`: whether the item's law stops the clock for it.
    `checks`: the criteria it has to come to a finding on; where it names none, any may be found on and none must.
    """

    slug: str
    kind: str
    name: str
    unit: str
    english: str = ""
    post: str = "officer"
    after: tuple[str, ...] = ()
    limit: Limit | None = None
    limit_from: str = "opened"
    assign_within: Limit | None = None
    people: int = 1
    may_pause_on: frozenset[str] = frozenset()
    silence_is_no_objection: bool = False
    rectification: Limit | None = None
    rectification_pauses: bool = False
    when: str = ""
    basis: str = ""
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseGround:
    """A lawful ground to stop the clock, as the rulebook has it. `cap` bounds the told time of a promised step."""

    id: str
    name: str
    basis: str
    english: str = ""
    clocks: frozenset[Clock] = frozenset({Clock.LEGAL, Clock.PROMISED})
    cap: Limit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineGround:
    """A ground on which an application may be declined (不予受理) that the item's own law names."""

    id: str
    name: str
    basis: str
    english: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """Once, by this authority (a post), before expiry; moves LEGAL only (art. 42)."""

    length: Limit
    authority: str = "head_of_agency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """延续 (art. 50): the item renews a licence that runs out, and nobody may let it run out by silence.

    `ends`: the question that asks for the last day of the licence. `limit`: asked at least so long before that day, the
    silence of the agency renews. `late`: a later application is accepted without that ("no_deeming"), or is a new one
    ("as_new"). `term_from`: the new term begins the "day_after_expiry" or on the day of the "decision".
    ValueError for another choice.
    """

    ends: str
    limit: Limit = field(default_factory=lambda: Limit(30, Unit.CALENDAR_DAY, stays=True))
    late: str = "no_deeming"
    term_from: str = "day_after_expiry"

    def __post_init__(self) -> None:
        if self.late not in ("no_deeming", "as_new"):
            raise ValueError(f"late: {self.late!r} is none of no_deeming, as_new")
        if self.term_from not in ("day_after_expiry", "decision"):
            raise ValueError(f"term_from: {self.term_from!r} is none of day_after_expiry, decision")
        if self.limit.unit not in (Unit.CALENDAR_DAY, Unit.WORKING_DAY):
            raise ValueError("limit: of a renewal, in working or calendar days")


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarding:
    """初审/转报 (arts. 35, 43): the lower unit examines within `limit`, the higher one decides."""

    preliminary_unit: str
    to_unit: str
    limit: Limit = field(default_factory=lambda: Limit(20, Unit.WORKING_DAY))


@dataclass(frozen=True, slots=True, kw_only=True)
class EndGround:
    """A ground on which an agency itself may end, suspend or restore a licence: dated data of the rulebook.

    `compensation`: what the decision has to say of the holder's loss: "" (nothing), "withdrawal" (art. 8: 补偿) or
    "good_faith" (art. 69: 赔偿). `since`, `until`: the days on which it may be used, both included. `doubt`: what of
    the citation nobody could check yet; "" where nothing is doubted.
    """

    id: str
    name: str
    basis: str
    english: str = ""
    compensation: str = ""
    since: date | None = None
    until: date | None = None
    doubt: str = ""

    def stands(self, on: date) -> bool:
        """Whether it may be used on this day."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExOfficio:
    """依职权: nobody applies for this procedure; the agency opens it about a licence, on one of `grounds`.

    `counts_from`: the limit of the decision runs from the "discovery" of what speaks against the licence (55号 45), or
    from the "opening". `state_within`: how long the holder has to state and defend after the notice. `publish_within`:
    how soon after the decision it is published. `longest`: of a suspension. ValueError for another choice.
    """

    grounds: tuple[EndGround, ...]
    counts_from: str = "discovery"
    state_within: Limit = field(default_factory=lambda: Limit(5, Unit.WORKING_DAY))
    publish_within: Limit = field(default_factory=lambda: Limit(7, Unit.WORKING_DAY))
    longest: Limit | None = None

    def __post_init__(self) -> None:
        if self.counts_from not in ("discovery", "opening"):
            raise ValueError(f"counts_from: {self.counts_from!r} is none of discovery, opening")
        if not self.grounds:
            raise ValueError("grounds: none, so that nothing could be opened")

    def ground(self, ground_id: str) -> EndGround | None:
        """The ground of this id, or None: the procedure does not name it."""
        return next((each for each in self.grounds if each.id == ground_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """Who decides, with what the remedy text needs: the same-level government, or the upper body of a vertical one."""

    id: str
    name: str
    reconsideration: str
    court: str
    english: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkUnit:
    """A unit of the organisation as the procedure names it."""

    id: str
    name: str
    agency: str
    english: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """A published, immutable version of (item, variant), 实施清单的一个版本: it binds officers and applicants."""

    code: str  # 业务办理项编码 (33) or 实施编码 (31)
    version: int
    name: str
    effective_from: date
    basis: tuple[str, ...]
    home: str  # the agency that receives the case
    receives: str
    decides: str
    seals: str
    supervises: str
    serves: str
    contact: str  # the one contact person until somebody accepts (a pseudonymous staff id)
    statutory_limit: Limit
    units: tuple[WorkUnit, ...]
    agencies: tuple[Agency, ...]
    english: str = ""
    region: str = ""
    item_type: str = "01"
    counts_from: str = "acceptance"  # or "application": 建筑法 8 counts from the day the application is complete
    committed_limit: Limit | None = None
    notice_limit: Limit = field(default_factory=lambda: Limit(5, Unit.WORKING_DAY))
    correction_period: Limit = field(default_factory=lambda: Limit(10, Unit.WORKING_DAY))
    certificate_limit: Limit = field(default_factory=lambda: Limit(10, Unit.WORKING_DAY))
    total_promise: Limit | None = None
    extension: Extension | None = field(default_factory=lambda: Extension(length=Limit(10, Unit.WORKING_DAY)))
    instant: bool = False
    merged: frozenset[Duty] = frozenset()  # 即办件 and listed registrations may merge review and decision
    materials: tuple[Material, ...] = ()
    questions: tuple[Question, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    steps: tuple[StepRule, ...] = ()
    pause_grounds: tuple[PauseGround, ...] = ()
    decline_grounds: tuple[DeclineGround, ...] = ()
    readings: tuple[Settled, ...] = ()  # contested points that the item's own law settles
    third_parties: bool = False
    risks: tuple[str, ...] = ()  # of `RISKS`: whether a commitment may stand; none is no statement
    commitment: Commitment | None = None
    forwarding: Forwarding | None = None
    licence: str = ""  # the licence type issued on a grant; "" where the decision itself is the result
    licence_years: int = 0
    licence_act: str = "issue"  # of `LICENCE_ACTS`: what a decision in this procedure does to the licence
    licence_question: str = ""  # the question whose answer is the number of the licence it is about
    renews: Renewal | None = None
    ex_officio: ExOfficio | None = None
    fee: str = ""
    visits: int = 0
    summary: str = ""
    summary_english: str = ""
    guide: Guide = field(default_factory=Guide)

    @property
    def ends_a_licence(self) -> bool:
        """Whether a decision ends or suspends a licence, so that nothing is issued."""
        return self.licence_act in ENDING_ACTS or self.licence_act == "restore"

    @property
    def has_statutory_limit(self) -> bool:
        """Whether a law sets the limit: of a public service (公共服务) none does, and the promise is all there is."""
        return self.item_type not in ("20", "21")

    def step(self, slug: str) -> StepRule | None:
        """The rule of a step, or None where this procedure has no such step."""
        return next((each for each in self.steps if each.slug == slug), None)

    def material(self, material_id: str) -> Material | None:
        """The material of this id, or None: outside the guide."""
        return next((each for each in self.materials if each.id == material_id), None)

    def criterion(self, criterion_id: str) -> Criterion | None:
        """The criterion of this id, or None."""
        return next((each for each in self.criteria if each.id == criterion_id), None)

    def ground(self, ground_id: str) -> PauseGround | None:
        """The pause ground of this id, or None: the procedure does not publish it."""
        return next((each for each in self.pause_grounds if each.id == ground_id), None)

    def agency_of(self, unit_id: str) -> str:
        """The agency a unit belongs to ("" for a unit the procedure does not name)."""
        return next((each.agency for each in self.units if each.id == unit_id), "")

    def agency(self, agency_id: str) -> Agency:
        """The agency of this id; KeyError where the procedure does not name it (the publish gate refuses that)."""
        for each in self.agencies:
            if each.id == agency_id:
                return each
        raise KeyError(agency_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region's profile: the contested readings it has chosen, each with the default of the project's table.

    `hearing_pause`: "request" (from the request to the signed minutes) or "told" (from the notice of the right).
    `second_notice`: "refuse", or "red_card" (possible, marked as a violation).
    `superior_clock`: "arrival" of the file, or its own "acceptance".
    `not_needed_form`: "notice" (written, sealed 不受理) or "decision" (with remedy text).
    `pause_edges`: "half_open" [stopped, resumed), "after_stop" (stopped, resumed], or "both" days of a hearing's pause.
    `told_time`: only the time "told" is excluded, or the "actual" time until somebody lets the clock run again.
    `after_hours`: what arrives when the hall is closed for the day counts as of the "same_day" or "next_working_day".
    `resubmission`: silence on a correction accepts "from_resubmission", or "from_first_receipt" of the application.
    `extension_moves_promise`: an extension moves the promise too, never beyond the statutory day.
    `hearing_days`: the five days to ask for a hearing (art. 47) are working days, or calendar days.
    `special_step`: a step by local promise takes its "actual" time out of the promise, at most the promised one, or is
    "additive": the promise is as much longer as the step was promised, however short it was.
    `sent_back`: the limit of a step sent back continues, or begins again (reset); those of the case always continue.
    `readings`: a reading that holds from a day on, in place of the field of its name, for what arrives from then on.
    `complaint_limit`: how long the supervising unit may take to answer a complaint.
    `gap_ahead`, `gap_most`: how many working days before the promise a gap (容缺) ends, and how many it may last.
    `gap_overdue`: a gap that passed is ended "in_writing" by whoever decides, or "auto"matically, if that was signed.
    `lights`: when a light turns yellow; each applies to the clocks that begin from its day on.
    `ceilings`: what the region promises of many items at once, dated and with its source.

    ValueError naming the field and what it allows, for a value outside `READINGS`, and for opening hours out of order.
    """

    code: str
    name: str
    english: str = ""
    hours: tuple[tuple[time, ...], ...] = OPENING_HOURS
    hours_by_wall_clock: bool = False
    hearing_pause: str = "request"
    second_notice: str = "refuse"
    superior_clock: str = "arrival"
    not_needed_form: str = "notice"
    pause_edges: str = "half_open"
    told_time: str = "told"
    after_hours: str = "same_day"
    resubmission: str = "from_resubmission"
    extension_moves_promise: bool = False
    hearing_days: str = "working_day"
    special_step: str = "actual"
    sent_back: str = "continue"
    readings: tuple[Reading, ...] = ()
    complaint_limit: Limit = field(default_factory=lambda: Limit(10, Unit.WORKING_DAY))
    gap_ahead: int = 2
    gap_most: int = 20
    gap_overdue: str = "in_writing"
    calendar_region: str = "CN"
    lights: tuple[Thresholds, ...] = LIGHTS
    ceilings: tuple[Ceiling, ...] = ()

    def __post_init__(self) -> None:
        for name, allowed in READINGS.items():
            if (chosen := getattr(self, name)) not in allowed:
                raise ValueError(f"{name}: {chosen!r} is none of {', '.join(map(str, allowed))}")
        for each in self.readings:
            _ = each.chosen
        before = time.min
        for session in self.hours:
            if len(session) != 2 or not before <= session[0] < session[1]:
                shown = "-".join(map(str, session))
                raise ValueError(f"hours: {shown}: an opening and its closing, in order, none inside another")
            before = session[1]

    def as_read(self, on: date, own: tuple[Settled, ...]) -> "Region":
        """The profile as it holds for a case of this day, each contested point in the field of its name: as the item's
        `own` law settles it, else as the region had chosen it by then."""
        settled = {each.name: each.chosen for each in own}
        return replace(self, readings=(), **{**in_force(self.readings, on), **settled})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Another published version of a case's procedure, with what of it applies by the answers given in the case.

    `problems`: what of these answers it cannot take, as (field path, code).
    """

    procedure: Procedure
    digest: str
    required: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Law:
    """Everything a decision may rest on besides the case's own history.

    `calendars`: every version a running case may count by; `current_calendar`: the one a new case starts with.
    `digest`: of the procedure's content, carried by the fact that pins it. `targets`: the other versions, by number,
    that the case may be moved to; none, where nobody asks.
    """

    procedure: Procedure
    calendars: Mapping[str, Calendar]
    region: Region
    current_calendar: str
    digest: str = ""
    targets: Mapping[int, Target] = field(default_factory=dict)

    def calendar(self, version: str) -> Calendar:
        """The calendar of this version: immutable and kept for ever, so a missing one is a fault (KeyError)."""
        return self.calendars[version]

    def reading(self, name: str, on: date | None) -> Any:
        """How a contested point of `READINGS` is read for a case that arrived on this day: see `Region.as_read`."""
        return getattr(self.region_for(on), name)

    def region_for(self, on: date | None) -> Region:
        """The region's profile as it binds a case that arrived on this day (None: that has not arrived)."""
        if on is None or not (self.region.readings or self.procedure.readings):
            return self.region
        return _as_read(self.region, self.procedure.readings, on)


@lru_cache(maxsize=1024)
def _as_read(region: Region, own: tuple[Settled, ...], on: date) -> Region:
    return region.as_read(on, own)
