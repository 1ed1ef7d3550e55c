"""A small law and one example of every fact, for the tests of the words."""

import dataclasses
from datetime import date, datetime, timedelta
from typing import Any

from banjie.engine import events as e
from banjie.engine.calendar import Calendar, Year
from banjie.engine.codec import OFFICE_ZONE, from_plain
from banjie.engine.law import STOPPABLE, Clock, Law, Procedure, Region
from banjie.engine.timelimits import Limit, Unit

SPRING = {date(2026, 2, 15) + timedelta(days=n): "春节" for n in range(9)}
CALENDAR = Calendar.build(
    "2026-1",
    [Year(2026, True, SPRING, frozenset({date(2026, 2, 14), date(2026, 2, 28)})), Year(2027, False, {}, frozenset())],
)


def days(number: int) -> dict[str, Any]:
    return {"number": number, "unit": "working_day"}


PROCEDURE: dict[str, Any] = {
    "code": "000125004000",
    "version": 3,
    "name": "公共场所卫生许可",
    "english": "Public hygiene licence",
    "effective_from": "2026-01-01",
    "basis": ["公共场所卫生管理条例"],
    "home": "health",
    "receives": "window",
    "decides": "board",
    "seals": "board",
    "supervises": "inspection",
    "serves": "window",
    "contact": "s1",
    "statutory_limit": days(20),
    "committed_limit": days(8),
    "materials": [
        {"id": "m1", "name": "平面图", "english": "Floor plan"},
        {"id": "m2", "name": "卫生管理制度", "english": "Hygiene rules"},
    ],
    "questions": [{"id": "area", "label": "营业面积", "english": "Floor space", "type": "number"}],
    "criteria": [
        {"id": "c1", "text": "布局符合卫生标准", "english": "The layout meets the standard", "basis": "第四条"}
    ],
    "steps": [
        {"slug": "visit", "kind": "survey", "name": "现场勘验", "english": "Site visit", "unit": "section"},
        {"slug": "papers", "kind": "review", "name": "材料审查", "english": "Review of papers", "unit": "section"},
    ],
    "pause_grounds": [{"id": "testing", "name": "水质检测", "english": "Water test", "basis": "第四十五条"}],
    "decline_grounds": [{"id": "too_small", "name": "面积不在许可范围", "english": "Too small", "basis": "第八条"}],
    "units": [
        {"id": "window", "name": "综合窗口", "agency": "health", "english": "Service window"},
        {"id": "board", "name": "审批科", "agency": "health", "english": "Licensing board"},
        {"id": "upper", "name": "市卫生健康委", "agency": "city", "english": "City health commission"},
    ],
    "agencies": [
        {"id": "health", "name": "县卫生健康局", "reconsideration": "青溪县人民政府", "court": "青溪县人民法院"},
    ],
    "licence": "卫生许可证",
    "guide": {"benchmarks": [{"id": "b1", "criterion": "c1", "when": "轻微", "outcome": "准予"}]},
}

LAW = Law(from_plain(Procedure, PROCEDURE), {"2026-1": CALENDAR}, Region(code="331099", name="青溪县"), "2026-1")

PEOPLE = {"s1": "张明", "s2": "李华", "s3": "王芳"}
TEXTS = {"t1": "西侧缺少消毒间", "t2": "县行政服务中心三楼"}


def names(kind: str, id: str) -> str:
    """What a page would know besides the procedure: the staff, and the sealed texts it may show."""
    return {"person": PEOPLE, "text": TEXTS}.get(kind, {}).get(id, "")


def at(month: int, day: int, hour: int = 9, minute: int = 30) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=OFFICE_ZONE)


def working_days(number: int) -> Limit:
    return Limit(number, Unit.WORKING_DAY)


APPLICANT = e.By("a1", e.ActorKind.APPLICANT)
THIRD_PARTY = e.By("p1", e.ActorKind.THIRD_PARTY)
CLERK = e.By("s1", e.ActorKind.STAFF, "window")
OFFICER = e.By("s2", e.ActorKind.STAFF, "board")
TIMER = e.By("timer", e.ActorKind.TIMER)
SPRING_EVE = {"at": at(2, 13), "by": CLERK}
BY_CLERK = {"at": at(3, 2), "by": CLERK}
BY_OFFICER = {"at": at(3, 2), "by": OFFICER}
BY_APPLICANT = {"at": at(3, 2), "by": APPLICANT}
BY_TIMER = {"at": at(3, 2, 0, 0), "by": TIMER}
COUNTED = {"calendar": "2026-1"}

TEXT = e.Ref("t1", "-")
REMEDY = e.Remedy("青溪县人民政府", "青溪县人民法院", online=True)
POINTS = (
    e.Point(e.PointKind.MATERIAL, "m1", e.Defect.MISSING),
    e.Point(e.PointKind.QUESTION, "area", e.Defect.INCONSISTENT, TEXT),
)
UNMET = (e.Finding("c1", False, TEXT),)
SIGNED = e.Declaration(version="1", digest="-")

EXAMPLES: tuple[e.Event, ...] = (
    e.Submitted(
        **SPRING_EVE | COUNTED | {"by": APPLICANT},
        number="QX2026021300017",
        query_number="8F3K-22PT",
        procedure="000125004000",
        procedure_version=3,
        procedure_digest="-",
        home="health",
        unit="window",
        contact="s1",
        notice_limit=working_days(5),
        channel="online",
        party="a1",
        applicant=e.Ref("r1", "-"),
        required=("m1", "m2"),
        steps=("visit", "papers"),
        provided=(e.Provided("m2"),),
    ),
    e.LateEntered(
        **BY_CLERK, entering="accept", paper_at=at(3, 1, 16, 5), scan=e.FileRef("f", "-"), outage="O-7", second="s3"
    ),
    e.FoundNotNeeded(**BY_CLERK, basis="条例第三条", form="decision", text=TEXT, remedy=REMEDY),
    e.Declined(**BY_CLERK, ground="other_agency", remedy=REMEDY, competent="县文化和旅游局", text=TEXT),
    e.CorrectedOnTheSpot(**BY_CLERK, points=(e.Point(e.PointKind.MATERIAL, "m2", e.Defect.UNSIGNED),)),
    e.CorrectionRequested(**SPRING_EVE, **COUNTED, points=POINTS, period=working_days(10)),
    e.CorrectionReminded(**BY_CLERK, points=POINTS[:1]),
    e.Corrected(**BY_APPLICANT, **COUNTED, provided=(e.Provided("m1"),)),
    e.Lapsed(**BY_TIMER),
    e.DeemedAccepted(
        **BY_TIMER,
        **COUNTED,
        statutory_limit=working_days(20),
        committed_limit=working_days(8),
        accept_on=date(2026, 2, 13),
    ),
    e.Accepted(**SPRING_EVE, **COUNTED, statutory_limit=working_days(20), committed_limit=working_days(8)),
    e.TakenBack(**BY_CLERK, act="accept", position=2),
    e.Assigned(**BY_OFFICER, **COUNTED, step="visit", people=(e.Person("s2", "board"), e.Person("s3", "board"))),
    e.Substituted(**BY_OFFICER, step="visit", leaver="s2", joiner=e.Person("s3"), until=date(2026, 3, 6)),
    e.StepFinished(**BY_OFFICER, step="visit", outcome="failed", attempt=2, findings=UNMET, opinion=TEXT),
    e.StepSilent(**BY_TIMER, step="papers"),
    e.Joined(**BY_OFFICER, branches=("visit", "papers"), opens="decision"),
    e.SentBack(**BY_OFFICER, step="visit", attempt=2, reasons=TEXT),
    e.RectificationSet(
        **BY_OFFICER,
        **COUNTED,
        step="visit",
        period=working_days(5),
        consent="s3",
        findings=UNMET,
        pauses=True,
        text=TEXT,
    ),
    e.Rectified(**BY_APPLICANT, step="visit", text=TEXT),
    e.Paused(
        **BY_OFFICER,
        **COUNTED,
        ground="testing",
        clocks=STOPPABLE,
        notice="8F3K-22PT-pause-4",
        expected_end=date(2026, 3, 12),
        step="visit",
        text=TEXT,
    ),
    e.Resumed(**BY_TIMER, ground="testing", notice="8F3K-22PT-pause-4"),
    e.StatementMade(at=at(3, 2), by=THIRD_PARTY, text=TEXT),
    e.ThirdPartiesNamed(**BY_OFFICER, parties=(e.Person("p1"), e.Person("p2")), particulars=(TEXT, TEXT)),
    e.HearingRightTold(**BY_OFFICER, **COUNTED, told=("a1", "p1", "p2"), window=working_days(5)),
    e.HearingRequested(at=at(3, 2), by=THIRD_PARTY, **COUNTED, hold_within=working_days(20)),
    e.HostAppointed(**BY_OFFICER, host=e.Person("s3", "board")),
    e.HearingNoticed(**BY_OFFICER, **COUNTED, held_on=date(2026, 3, 18), place=e.Ref("t2", "-")),
    e.HearingHeld(**BY_OFFICER, minutes=TEXT),
    e.HearingWaived(at=at(3, 2), by=THIRD_PARTY),
    e.Extended(
        **BY_OFFICER,
        **COUNTED,
        length=working_days(10),
        authority="head_of_agency",
        notice="8F3K-22PT-extension-5",
        reasons=TEXT,
    ),
    e.ExtensionRevoked(**BY_OFFICER, **COUNTED, notice="8F3K-22PT-extension-revoked-6", reasons=TEXT),
    e.Forwarded(
        **BY_OFFICER,
        **COUNTED,
        to_unit="upper",
        opinion="not_recommended",
        statutory_limit=working_days(20),
        text=TEXT,
    ),
    e.ArrivalConfirmed(**BY_OFFICER, **COUNTED),
    e.Examined(**BY_OFFICER),
    e.LimitPassed(**BY_TIMER, due=date(2026, 3, 1), remedy=REMEDY),
    e.Granted(
        **BY_OFFICER,
        **COUNTED,
        agency="health",
        criteria=("c1",),
        certificate_limit=working_days(10),
        certificate=True,
        benchmark="B-2",
    ),
    e.DeemedRenewed(
        **BY_TIMER,
        **COUNTED,
        agency="health",
        criteria=(),
        certificate_limit=working_days(10),
        certificate=True,
        expires_on=date(2026, 3, 1),
    ),
    e.Refused(
        **BY_OFFICER,
        **COUNTED,
        agency="health",
        points=(
            e.Point(e.PointKind.CRITERION, "c1", e.Defect.UNMET, TEXT),
            e.Point(e.PointKind.MINUTES, "3-5", e.Defect.UNMET),
        ),
        remedy=REMEDY,
        certificate_limit=working_days(10),
        benchmarks=(e.BenchmarkApplied("c1", "b1", TEXT), e.BenchmarkApplied("c1", "", TEXT)),
    ),
    e.Issued(**BY_OFFICER, licence="卫生许可证", number="W-17", dated=date(2026, 3, 2), valid_to=date(2030, 3, 1)),
    e.OpenedExOfficio(
        **BY_OFFICER,
        **COUNTED,
        number="QX2026030200018",
        query_number="9G4L-33QU",
        procedure="000125004000",
        procedure_version=3,
        procedure_digest="-",
        home="health",
        unit="board",
        contact="s2",
        act="revoke",
        licence="卫生许可证",
        licence_number="W-17",
        ground="fraud",
        basis="行政许可法第六十九条第二款",
        discovered_on=date(2026, 2, 27),
        counted_from=date(2026, 2, 27),
        statutory_limit=working_days(60),
        facts=TEXT,
        holder=e.Ref("r1", "-"),
        party="a1",
        follows="QX2026021300017",
    ),
    e.IntentTold(
        **BY_OFFICER,
        **COUNTED,
        told=("a1", "p1"),
        act="suspend",
        ground="fraud",
        statement=working_days(5),
        window=working_days(5),
        text=TEXT,
        until=date(2026, 6, 1),
    ),
    e.StatementAnswered(**BY_OFFICER, statement="4", outcome="not_adopted", text=TEXT),
    e.EndDecided(
        **BY_OFFICER,
        **COUNTED,
        agency="health",
        act="revoke",
        licence="卫生许可证",
        number="W-17",
        ground="fraud",
        basis="行政许可法第六十九条第一款第一项",
        remedy=REMEDY,
        certificate_limit=working_days(7),
        publish_within=working_days(7),
        reasons=TEXT,
        compensation="good_faith",
    ),
    e.Discontinued(**BY_OFFICER, ground="public_interest", text=TEXT),
    e.LicenceEnded(
        **BY_CLERK,
        licence="卫生许可证",
        number="W-17",
        act="suspend",
        effective_on=date(2026, 3, 2),
        until=date(2026, 6, 1),
        basis="示例办法第三十条",
    ),
    e.LicenceRestored(
        **BY_CLERK, licence="卫生许可证", number="W-17", effective_on=date(2026, 3, 2), basis="示例办法第三十条"
    ),
    e.CancellationOpened(**BY_OFFICER, number="QX2026030200019"),
    e.Served(**BY_CLERK, method="left_at_address", receipt=TEXT),
    e.Closed(**BY_CLERK, result="refused"),
    e.Withdrawn(**BY_APPLICANT, text=TEXT),
    e.Terminated(**BY_OFFICER, ground="fee_unpaid", remedy=REMEDY, text=TEXT),
    e.Voided(**BY_CLERK, reason="duplicate", second="s3"),
    e.Visited(**BY_CLERK, place="window", reason="show_originals", materials=("m1",)),
    e.OriginalSeen(**BY_CLERK, material="m1", how="kept"),
    e.OriginalReturned(**BY_CLERK, material="m1"),
    e.PapersSent(**BY_CLERK, slip="8F3K-22PT-slip-6", materials=("m1", "m2"), from_unit="window", to_unit="board"),
    e.PapersReceived(**BY_OFFICER, slip="8F3K-22PT-slip-6", missing=("m2",)),
    e.Complained(**BY_APPLICANT, **COUNTED, complaint="complaint-1", text=TEXT, limit=working_days(10), against="s1"),
    e.ComplaintAnswered(**BY_OFFICER, complaint="complaint-1", outcome="partly_founded", text=TEXT, to=("a1",)),
    e.Noted(**BY_CLERK, text=TEXT),
    e.FeeRaised(**BY_CLERK, fee="f1", listed="road", name="城市道路占用费", amount=360000, units=7200),
    e.FeeSettled(**BY_TIMER, fee="f1", name="城市道路占用费", outcome="paid", amount=360000),
    e.Redated(
        **BY_OFFICER,
        calendar="2026-2",
        before="2026-1",
        basis="国办发明电〔2026〕1号",
        plan="plan",
        moved=(
            e.Moved(Clock.LEGAL, date(2026, 3, 30), date(2026, 3, 31)),
            e.Moved(Clock.STEP, date(2026, 3, 9), date(2026, 3, 10), "visit"),
        ),
    ),
    e.MovedToVersion(
        **BY_OFFICER,
        **COUNTED,
        before=1,
        version=2,
        before_digest="d1",
        digest="d2",
        basis="示例办法第二十条",
        reasons=TEXT,
        second="s3",
        unit="window",
        contact="s1",
        notice_limit=working_days(5),
        plan="plan",
        moved=(e.Moved(Clock.PROMISED, date(2026, 3, 12), date(2026, 3, 16)),),
    ),
    e.CommitmentSigned(
        **BY_APPLICANT | COUNTED,
        told=SIGNED,
        materials=("m1",),
        criteria=("c1",),
        steps=("visit",),
        verify_within=working_days(40),
        public=True,
    ),
    e.GapsPromised(**BY_APPLICANT, **COUNTED, materials=("m1", "m2"), told=SIGNED),
    e.GapFilled(**BY_APPLICANT, material="m1", provided=(e.Provided("m1"),)),
    e.GapPassed(**BY_TIMER, material="m2", due=date(2026, 3, 1)),
    e.VerificationOpened(**BY_OFFICER, **COUNTED, limit=working_days(40), criteria=("c1",)),
    e.CommitmentVerified(**BY_OFFICER, outcome="broken", method="field_check", text=TEXT),
    e.MeasureRecorded(**BY_OFFICER, **COUNTED, measure="order_to_correct", text=TEXT, period=working_days(10)),
    e.CreditRestored(**BY_OFFICER, text=TEXT),
    e.JointLimitCarried(
        **BY_OFFICER,
        **COUNTED,
        bundle="b",
        joint_from=date(2026, 3, 2),
        limit=working_days(60),
        extended=True,
        authority="head_of_government",
        notice="B-3",
    ),
    e.ContactAppointed(**BY_OFFICER, contact="s3"),
    e.Erased(**BY_OFFICER, key_id="k", basis="个人信息保护法第四十七条"),
)

BY_KIND = {e.NAMES[type(each)]: each for each in EXAMPLES}


def bare(event: e.Event) -> e.Event:
    """The same fact with nothing but what it must have."""
    defaults = {
        each.name: each.default
        for each in dataclasses.fields(event)
        if each.default is not dataclasses.MISSING and each.name != "findings"
    }
    return dataclasses.replace(event, **defaults)
