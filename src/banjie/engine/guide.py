"""What the public guide says beside what the engine decides by (实施清单要素): frozen with the procedure, one digest.

The engine reads the benchmarks and nothing else; the publish gate checks it, and pages, handbooks and exports show it.
Codes here are our own words; the national code tables differ from one another, and every export maps them
(`records.catalogue.elements`).
"""

from dataclasses import dataclass, field
from datetime import date

from banjie.engine.timelimits import Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """One legal basis (设定依据). `level`: law 法律, regulation 法规, rule 规章, document 规范性文件.

    `of`: what it is the basis of: item, power, or the limit "statutory", "committed", "certificate", "extension",
    "notice", "correction"; "reform" for a reform setting (M055), which must stand in no conflict with the others.
    """

    of: str
    title: str
    article: str = ""
    level: str = "law"


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitTerm:
    """From which event a limit starts and how its days are read. `of` as in `Basis`.

    `starts`: receipt, acceptance, decision, told, event (named in `event`).
    """

    of: str
    starts: str
    event: str = ""
    reading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A fee, its standard and basis; `listed`: its id on the fee list (收费清单), without which nobody may charge.

    The standard as the house counts by it: `amount` in fen for one unit, `per` what one unit is called ("" where the
    fee is one sum), `units` and `when` CEL expressions over the answers (how many units; whether it is charged at all);
    `reduced_when` and `reduced_by` (per cent) what `reduction` says in words. `due`: "none", or "before_issue" where
    the law of the item has it paid before the licence is handed out. Without an amount nothing is charged through this
    house.
    """

    name: str
    standard: str
    basis: str
    listed: str
    reduction: str = ""
    amount: int = 0
    per: str = ""
    units: str = ""
    when: str = ""
    reduced_when: str = ""
    reduced_by: int = 0
    due: str = "none"  # none before_issue


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one can go, when, and the number to call."""

    name: str
    address: str
    hours: str
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faq:
    """A question people ask, and the answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prerequisite:
    """Another item that must be granted first (前置审批): its code, the agency that decides it, and the legal basis.

    `level` as in `Basis`: an upper department's wish is no basis. `listed`: its id on the list of prerequisites.
    """

    item: str
    name: str
    agency: str
    basis: str
    listed: str
    level: str = "law"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intermediary:
    """A product of an intermediary that must be handed in (中介服务): the material it is, and its id on the list."""

    name: str
    material: str
    basis: str
    listed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A certificate somebody must have issued (证明事项): the material it is, and its id on the proof list."""

    name: str
    material: str
    basis: str
    listed: str
    issuer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialStep:
    """A local special step with days of its own beside the promise (承诺 1 + 特别程序 3); `cap` is its longest time."""

    id: str
    name: str
    cap: Limit
    basis: str
    english: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseTime:
    """The published time a pause ground may take (许可法 30, 45); `ground` is one of the procedure's."""

    ground: str
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A discretion benchmark (裁量基准) of one criterion: which facts lead to which outcome.

    `leads_to`: the decision that follows where the line is used, grant or refuse; "" where it leaves that open. Another
    decision needs a reason.
    """

    id: str
    criterion: str
    when: str
    outcome: str
    basis: str = ""
    leads_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDuty:
    """What one post owes, may do and answers for on this item (业务手册)."""

    post: str
    unit: str
    duties: tuple[str, ...]
    powers: tuple[str, ...]
    liabilities: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What this version asks no more, after a legal review (法理取消): by whom, when, and why it had no basis.

    `kind`: material, step or prerequisite; `id`: what the version before called it.
    """

    kind: str
    id: str
    reason: str
    reviewer: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """The guide of one procedure version. Fields named in `examples` are 示例: such a version cannot be published."""

    item_name: str = ""  # without the variant: 食品经营许可
    variant: str = ""  # new change renew reissue cancel amend other
    edition: str = "行政许可标准化指引（2016版）"
    bases: tuple[Basis, ...] = ()
    terms: tuple[LimitTerm, ...] = ()
    power_source: str = (
        "statutory"  # statutory devolved authorised_above authorised_same entrusted_above entrusted_same
    )
    entrusting: str = ""  # the agency in whose name it is decided (委托, art. 24)
    joint: tuple[str, ...] = ()  # agencies that decide together (art. 26(2): only with them 45 + 15)
    category: str = "social"  # commerce 商事, social 社会事务, investment 投资
    served: tuple[str, ...] = ()  # person enterprise institution social_organisation unincorporated organ other
    conditions: str = ""  # 受理条件 in plain words
    flow: str = ""  # 办理流程 in plain words
    accepted_scope: str = "county"  # nation province city county town village
    entered_centre: bool = True
    channels: tuple[str, ...] = ("window",)  # window computer mobile express
    online_depth: tuple[str, ...] = ()  # consult receive prereview accept handle feedback licence other
    offline_reason: str = ""  # why it cannot be done online; then it must stand on the negative list
    visit_reason: str = ""  # why one must come in person
    express: bool = False
    express_paid_by: str = "government"  # government (政府购买服务) or applicant: who pays where the result is posted
    pays_online: bool = False
    appointment: bool = False
    kiosk: bool = False
    places: tuple[Place, ...] = ()
    enquiries: str = ""  # 咨询方式
    complaints: str = ""  # 监督投诉方式
    result_kind: str = ""  # licence approval certificate record service none
    result_name: str = ""
    result_sample: str = ""
    validity: str = ""
    renewal: str = ""  # when a renewal must be asked for, and from when the new term runs
    quantity: str = ""  # 数量限制; "" means none
    annual: str = ""  # 年检、年报
    fee_basis: str = ""  # why nothing is charged, where nothing is
    fees: tuple[Fee, ...] = ()
    faq: tuple[Faq, ...] = ()
    prerequisites: tuple[Prerequisite, ...] = ()
    intermediaries: tuple[Intermediary, ...] = ()
    proofs: tuple[Proof, ...] = ()
    special_steps: tuple[SpecialStep, ...] = ()
    pause_times: tuple[PauseTime, ...] = ()
    benchmarks: tuple[Benchmark, ...] = ()
    posts: tuple[PostDuty, ...] = ()
    survey: tuple[str, ...] = ()  # 踏勘指南: what is looked at on the spot
    class_reason: str = ""  # why it is instant or promised against what the three criteria say (M118)
    merge_reason: str = ""  # why review and decision may be one duty: the list of registrations it stands on
    exemption: str = ""  # by which law the region's ceilings and the one-trip rule do not bind it (M159); "": they do
    aliases: tuple[str, ...] = ()  # everyday words: 开饭店
    topics: tuple[str, ...] = ()  # life events and themes
    related: tuple[str, ...] = ()
    removals: tuple[Removal, ...] = ()
    examples: tuple[str, ...] = field(default=())
