"""Every fact has its sentence, and the sentence says what the reader needs: what, until when, what next."""

import dataclasses
from datetime import date, time

import pytest

from banjie.engine import events as e
from banjie.engine.law import Region
from banjie.engine.state import fold
from banjie.engine.timelimits import Limit, Unit
from banjie.words import LANGUAGES, facts_of, names_of, sentence, tells, tells_applicant
from banjie.words.catalogue import GAP
from tests.words.case import BY_KIND, EXAMPLES, LAW, bare, names, working_days

AUDIENCES = ("staff", "applicant", "third_party")
UNTOLD = {"noted", "papers_sent", "papers_received", "substituted", "step_silent", "joined", "sent_back"}

SAYS = [
    ("opened_ex_officio", "zh-Hans", "staff", ["李华（审批科）依职权立案（撤销）", "W-17", "2026年2月27日"]),
    ("opened_ex_officio", "zh-Hans", "applicant", ["W-17", "拟办理：撤销", "不改变证件的效力", "陈述、申辩"]),
    (
        "intent_told",
        "zh-Hans",
        "applicant",
        ["暂扣", "5 个工作日内（不晚于 2026年3月9日）", "要求听证", "不会作出决定"],
    ),
    ("intent_told", "en", "third_party", ["9 March 2026", "free of charge"]),
    ("statement_answered", "zh-Hans", "applicant", ["2026年3月2日 复核：不予采纳", "西侧缺少消毒间"]),
    ("end_decided", "zh-Hans", "applicant", ["决定撤销", "W-17", "不晚于 2026年3月11日", "要求赔偿", "青溪县人民政府"]),
    ("end_decided", "en", "staff", ["revoked", "to be published by 11 March 2026"]),
    ("discontinued", "zh-Hans", "applicant", ["公共利益", "不受影响"]),
    ("licence_ended", "zh-Hans", "applicant", ["W-17", "暂扣", "2026年6月1日", "期满自动恢复"]),
    ("licence_restored", "en", "staff", ["W-17", "2 March 2026"]),
    ("cancellation_opened", "zh-Hans", "applicant", ["注销", "QX2026030200019"]),
    ("submitted", "zh-Hans", "staff", ["申请人", "QX2026021300017", "网上", "卫生管理制度", "2026年2月27日"]),
    ("submitted", "zh-Hans", "applicant", ["2026年2月13日", "8F3K-22PT", "5 个工作日内", "不晚于 2026年2月27日"]),
    ("submitted", "en", "applicant", ["13 February 2026", "within 5 working days", "by 27 February 2026"]),
    ("late_entered", "zh-Hans", "staff", ["张明（综合窗口）", "受理", "2026年3月1日 16:05", "O-7", "王芳"]),
    ("late_entered", "en", "applicant", ["1 March 2026, 16:05"]),
    ("found_not_needed", "zh-Hans", "applicant", ["不需要取得", "条例第三条", "青溪县人民政府", "60 日"]),
    (
        "declined",
        "zh-Hans",
        "applicant",
        ["不属于本机关职权范围", "请向县文化和旅游局申请", "6 个月", "可以在网上申请"],
    ),
    ("declined", "en", "staff", ["another agency is competent", "县文化和旅游局"]),
    ("corrected_on_the_spot", "zh-Hans", "applicant", ["卫生管理制度（没有签字或者盖章）", "不用再补正"]),
    (
        "correction_requested",
        "zh-Hans",
        "applicant",
        ["平面图（没有提交）；营业面积（前后内容不一致：西侧缺少消毒间）"],
    ),
    ("correction_requested", "zh-Hans", "applicant", ["10 个工作日内", "不晚于 2026年3月5日", "不影响您以后再申请"]),
    ("correction_requested", "en", "applicant", ["Floor plan (missing)", "10 working days", "5 March 2026"]),
    ("correction_reminded", "zh-Hans", "staff", ["平面图（没有提交）"]),
    ("corrected", "zh-Hans", "staff", ["申请人提交补正：平面图"]),
    ("lapsed", "zh-Hans", "applicant", ["2026年3月2日 办结", "不是不予受理", "重新申请"]),
    ("deemed_accepted", "zh-Hans", "applicant", ["因受理机关逾期未告知，您的申请自 2026年2月13日 起视为受理"]),
    ("deemed_accepted", "zh-Hans", "applicant", ["8 个工作日内（不晚于 2026年3月3日）", "2026年3月19日"]),
    ("deemed_accepted", "en", "applicant", ["accepted as of 13 February 2026", "3 March 2026", "19 March 2026"]),
    (
        "accepted",
        "zh-Hans",
        "applicant",
        ["2026年2月13日 受理", "8 个工作日内（不晚于 2026年3月3日）", "2026年3月19日"],
    ),
    ("accepted", "zh-Hans", "staff", ["张明（综合窗口）受理", "20 个工作日（到 2026年3月19日 为止）", "8 个工作日"]),
    ("taken_back", "zh-Hans", "staff", ["张明（综合窗口）撤销误操作“受理”"]),
    ("taken_back", "zh-Hans", "applicant", ["受理", "作废", "时限照常计算"]),
    ("taken_back", "en", "applicant", ["Accept", "void"]),
    ("assigned", "zh-Hans", "staff", ["李华（审批科）指定李华、王芳承办“现场勘验”"]),
    ("assigned", "en", "applicant", ["Site visit", "2 March 2026"]),
    ("substituted", "zh-Hans", "staff", ["王芳代替李华", "2026年3月6日", "时限不变"]),
    ("step_finished", "zh-Hans", "staff", ["现场勘验", "第 2 次", "不符合", "布局符合卫生标准", "西侧缺少消毒间"]),
    ("step_finished", "zh-Hans", "applicant", ["“现场勘验”已于 2026年3月2日 完成"]),
    ("step_silent", "zh-Hans", "staff", ["材料审查", "无异议"]),
    ("joined", "zh-Hans", "staff", ["现场勘验、材料审查都已完成", "决定"]),
    ("sent_back", "zh-Hans", "staff", ["第 2 次", "西侧缺少消毒间"]),
    (
        "rectification_set",
        "zh-Hans",
        "applicant",
        ["布局符合卫生标准", "5 个工作日内（不晚于 2026年3月9日）", "暂停计算"],
    ),
    ("rectification_set", "zh-Hans", "staff", ["经王芳同意"]),
    ("rectified", "zh-Hans", "staff", ["申请人报告", "西侧缺少消毒间"]),
    ("paused", "zh-Hans", "applicant", ["水质检测", "8F3K-22PT-pause-4", "自 2026年3月2日 起暂停", "2026年3月12日"]),
    ("paused", "zh-Hans", "staff", ["法定时限、承诺时限", "现场勘验"]),
    ("paused", "en", "applicant", ["Water test", "12 March 2026"]),
    ("resumed", "zh-Hans", "applicant", ["水质检测", "自 2026年3月2日 起恢复计时"]),
    ("statement_made", "zh-Hans", "applicant", ["收到利害关系人的陈述、申辩意见"]),
    ("third_parties_named", "zh-Hans", "staff", ["利害关系人 2 名"]),
    ("hearing_right_told", "zh-Hans", "applicant", ["5 个工作日内（不晚于 2026年3月9日）", "不收费"]),
    ("hearing_right_told", "en", "third_party", ["9 March 2026", "free of charge"]),
    ("hearing_requested", "zh-Hans", "applicant", ["20 个工作日内（不晚于 2026年3月30日）"]),
    ("host_appointed", "zh-Hans", "applicant", ["王芳", "回避"]),
    ("hearing_noticed", "zh-Hans", "applicant", ["2026年3月18日", "县行政服务中心三楼"]),
    ("hearing_held", "zh-Hans", "applicant", ["根据笔录作出决定"]),
    ("hearing_waived", "zh-Hans", "staff", ["利害关系人放弃听证"]),
    ("extended", "zh-Hans", "applicant", ["行政机关负责人", "10 个工作日", "8F3K-22PT-extension-5", "西侧缺少消毒间"]),
    ("extended", "en", "staff", ["The head of the agency", "10 working days"]),
    ("forwarded", "zh-Hans", "applicant", ["市卫生健康委", "不用重复提交材料", "20 个工作日"]),
    ("forwarded", "zh-Hans", "staff", ["建议不予"]),
    ("arrival_confirmed", "zh-Hans", "applicant", ["2026年3月2日 收到"]),
    ("examined", "zh-Hans", "applicant", ["审查完毕"]),
    ("limit_passed", "zh-Hans", "applicant", ["2026年3月1日", "先向青溪县人民政府申请行政复议"]),
    ("limit_passed", "en", "applicant", ["1 March 2026", "first apply to 青溪县人民政府 for reconsideration"]),
    ("granted", "zh-Hans", "applicant", ["决定书和许可证件会在 10 个工作日内（不晚于 2026年3月16日）送达"]),
    ("granted", "zh-Hans", "staff", ["B-2"]),
    ("granted", "zh-Hans", "third_party", ["与您有利害关系", "行政复议"]),
    ("refused", "zh-Hans", "applicant", ["布局符合卫生标准（西侧缺少消毒间）", "听证笔录第 3-5 页", "青溪县人民法院"]),
    ("refused", "zh-Hans", "applicant", ["2026年3月16日", "60 日", "6 个月", "重新申请"]),
    (
        "refused",
        "zh-Hans",
        "staff",
        ["裁量基准：布局符合卫生标准：轻微 → 准予", "没有适用的裁量基准"],
    ),
    ("issued", "zh-Hans", "applicant", ["W-17", "2026年3月2日", "2030年3月1日"]),
    ("served", "zh-Hans", "applicant", ["留置送达", "2026年3月2日"]),
    ("closed", "zh-Hans", "applicant", ["不予许可"]),
    ("withdrawn", "zh-Hans", "applicant", ["撤回", "重新申请"]),
    ("terminated", "zh-Hans", "applicant", ["没有按规定缴纳费用", "退还", "60 日"]),
    ("voided", "zh-Hans", "staff", ["重复登记", "王芳", "编号保留"]),
    ("visited", "zh-Hans", "staff", ["张明（综合窗口）登记申请人到场：综合窗口，事由：查验原件；因材料：平面图"]),
    ("visited", "en", "applicant", ["2 March 2026", "Service window", "to show originals", "Floor plan"]),
    ("original_seen", "zh-Hans", "staff", ["张明（综合窗口）查验原件：平面图，收存"]),
    ("original_seen", "en", "applicant", ["2 March 2026", "Floor plan", "kept"]),
    ("original_returned", "zh-Hans", "applicant", ["平面图", "退还"]),
    ("papers_sent", "zh-Hans", "staff", ["平面图、卫生管理制度", "综合窗口", "审批科", "8F3K-22PT-slip-6"]),
    ("papers_received", "zh-Hans", "staff", ["8F3K-22PT-slip-6", "未收到：卫生管理制度"]),
    ("complained", "zh-Hans", "staff", ["申请人投诉", "张明", "10 个工作日", "2026年3月16日"]),
    ("complained", "zh-Hans", "applicant", ["2026年3月2日", "10 个工作日内（不晚于 2026年3月16日）", "没有参与办理"]),
    ("complaint_answered", "zh-Hans", "applicant", ["部分属实", "西侧缺少消毒间"]),
    ("complaint_answered", "en", "staff", ["partly founded"]),
    ("noted", "zh-Hans", "staff", ["备注", "西侧缺少消毒间"]),
    ("fee_raised", "zh-Hans", "applicant", ["城市道路占用费", "3600.00 元", "公布的收费标准"]),
    ("fee_settled", "en", "staff", ["¥3600.00", "paid"]),
    ("redated", "zh-Hans", "staff", ["由 2026-1 更新为 2026-2"]),
    (
        "moved_to_version",
        "zh-Hans",
        "applicant",
        ["第 2 版", "示例办法第二十条", "由 2026年3月12日 改为 2026年3月16日"],
    ),
    ("extension_revoked", "zh-Hans", "applicant", ["延期已经撤销", "extension-revoked-6", "西侧缺少消毒间"]),
    ("commitment_signed", "zh-Hans", "staff", ["平面图", "布局符合卫生标准", "现场勘验", "准予后核查", "40 个工作日"]),
    ("commitment_signed", "en", "applicant", ["2 March 2026", "40 working days"]),
    ("gaps_promised", "zh-Hans", "applicant", ["2026年3月2日", "平面图、卫生管理制度"]),
    ("gap_filled", "zh-Hans", "applicant", ["平面图"]),
    ("gap_passed", "zh-Hans", "applicant", ["卫生管理制度", "2026年3月1日", "救济途径"]),
    ("verification_opened", "zh-Hans", "staff", ["40 个工作日", "布局符合卫生标准"]),
    ("commitment_verified", "zh-Hans", "staff", ["现场核查", "承诺不实", "西侧缺少消毒间"]),
    ("measure_recorded", "zh-Hans", "applicant", ["责令限期改正", "10 个工作日内（不晚于 2026年3月16日）"]),
    ("credit_restored", "zh-Hans", "applicant", ["已于 2026年3月2日 修复"]),
    ("joint_limit_carried", "zh-Hans", "applicant", ["2026年3月2日", "60 个工作日", "B-3"]),
    ("deemed_renewed", "zh-Hans", "applicant", ["2026年3月1日", "视为准予延续", "10 个工作日"]),
    ("deemed_renewed", "zh-Hans", "third_party", ["与您有利害关系", "视为准予延续"]),
    ("contact_appointed", "zh-Hans", "applicant", ["王芳", "只需找这一个人"]),
    ("erased", "zh-Hans", "applicant", ["个人信息保护法第四十七条"]),
]


def said(kind: str, language: str = "zh-Hans", audience: str = "applicant", **more: object) -> str:
    event = more.pop("event", None) or BY_KIND[kind]
    text = sentence(event, language, audience, names, LAW, reader=["a1"], **more)  # type: ignore[arg-type]
    assert text is not None
    return text


def test_there_is_an_example_of_every_fact():
    assert set(BY_KIND) == set(e.KINDS)
    assert {kind for kind, *_ in SAYS} == set(e.KINDS)


@pytest.mark.parametrize("kind", sorted(e.KINDS))
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("shape", [lambda event: event, bare], ids=["full", "bare"])
@pytest.mark.parametrize("law", [LAW, None], ids=["law", "no law"])
@pytest.mark.parametrize("names", [names, None], ids=["names", "no names"])
def test_no_sentence_has_a_gap_however_little_is_known(kind, language, audience, shape, law, names):
    text = sentence(shape(BY_KIND[kind]), language, audience, names, law)

    assert text is None or not any(sign in text for sign in (GAP, "{", "}", "[", "]", "None"))


@pytest.mark.parametrize("kind", sorted(e.KINDS))
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_sentence_is_well_formed(kind: str, language: str, audience: str):
    text = sentence(BY_KIND[kind], language, audience, names, LAW)  # type: ignore[arg-type]
    if text is None:
        return

    assert text.endswith("." if language == "en" else "。")
    assert text[0] == text[0].upper()
    assert not any(
        sign in text for sign in ("  ", "。。", "；。", "：。", " .", " ,", "..", ";.", "，。", "（）", "()")
    )


@pytest.mark.parametrize(("kind", "language", "audience", "facts"), SAYS)
def test_a_sentence_says_what_counts(kind: str, language: str, audience: str, facts: list[str]):
    text = said(kind, language, audience)

    assert [fact for fact in facts if fact not in text] == []


def test_the_applicant_is_told_of_all_but_the_offices_own_affairs():
    untold = {kind for kind in e.KINDS if not tells_applicant(kind)}

    assert untold == UNTOLD
    assert all(sentence(BY_KIND[kind], audience="applicant") is None for kind in UNTOLD)


def test_third_parties_are_told_of_the_hearing_the_decision_and_their_own_complaint_and_of_nothing_else():
    told = {kind for kind in e.KINDS if tells(kind, "third_party")}

    assert told == {
        "hearing_right_told",
        "intent_told",
        "end_decided",
        "hearing_requested",
        "hearing_noticed",
        "hearing_held",
        "hearing_waived",
        "granted",
        "deemed_renewed",
        "refused",
        "complained",
        "complaint_answered",
    }


def test_what_third_parties_read_never_says_that_the_application_is_theirs():
    texts = [sentence(each, "zh-Hans", "third_party", names, LAW) for each in EXAMPLES]

    assert not any("您的申请" in text for text in texts if text)


def test_the_applicant_reads_no_name_of_a_member_of_staff_but_of_the_host_and_the_contact():
    by_name = {
        kind
        for kind, event in BY_KIND.items()
        if any(
            name in (sentence(event, audience="applicant", names=names, law=LAW) or "")
            for name in ("张明", "李华", "王芳")
        )
    }

    assert by_name == {"host_appointed", "contact_appointed"}


def test_whoever_stands_in_for_somebody_is_shown_with_both_names():
    by = e.By("s2", e.ActorKind.STAFF, "board", on_behalf_of="s3")
    event = dataclasses.replace(BY_KIND["examined"], by=by)

    assert facts_of(event, names=names_of(LAW.procedure, others=names))["by"] == "李华（审批科）代王芳"


def test_a_second_notice_says_why_it_came_and_whether_it_was_lawful():
    second = dataclasses.replace(BY_KIND["correction_requested"], cause="arose_with_correction+changed_application")
    late = dataclasses.replace(second, cause="not_named_before", unlawful=True)

    assert "问题随补正的材料产生、申请内容有变化" in said("", audience="staff", event=second)
    assert "已记入监督" in said("", audience="staff", event=late)


def test_an_acceptance_by_the_lower_agency_says_from_when_the_decisions_limits_count():
    event = dataclasses.replace(BY_KIND["accepted"], preliminary_limit=working_days(20))

    text = said("", event=event)

    assert "初审机关会在 20 个工作日内（不晚于 2026年3月19日）提出意见" in text
    assert "自转报到决定机关之日起计算" in text


def test_with_the_state_after_the_fact_a_sentence_says_the_new_due_date():
    history = [BY_KIND["submitted"], BY_KIND["accepted"]]
    extended = fold([*history, BY_KIND["extended"]])

    assert "最晚于 2026年4月2日 作出决定" in said("extended", state=extended)
    assert "statutory due date now 2 April 2026" in said("extended", "en", "staff", state=extended)


def test_a_correction_that_leaves_something_open_says_what_and_until_when():
    asked = dataclasses.replace(
        BY_KIND["correction_requested"],
        points=tuple(e.Point(e.PointKind.MATERIAL, each, e.Defect.MISSING) for each in ("m1", "m2")),
    )
    submitted = dataclasses.replace(BY_KIND["submitted"], provided=())
    half = BY_KIND["corrected"]
    whole = dataclasses.replace(half, provided=(e.Provided("m1"), e.Provided("m2")))

    after_half, after_whole = fold([submitted, asked, half]), fold([submitted, asked, whole])

    assert "还缺以下材料：卫生管理制度，请在补正期限内（不晚于 2026年3月5日）补齐" in said(
        "", event=half, state=after_half
    )
    assert "5 个工作日内（不晚于 2026年3月9日）告诉您是否受理" in said("", event=whole, state=after_whole)


def test_a_promise_of_hours_is_told_with_its_hour():
    hours = dataclasses.replace(BY_KIND["accepted"], committed_limit=Limit(4, Unit.HOUR))
    region = Region(code="331099", name="青溪县", hours=((time(9), time(12)), (time(13, 30), time(17))))
    law = dataclasses.replace(LAW, region=region)
    state = fold([BY_KIND["submitted"], hours])

    text = sentence(hours, "zh-Hans", "applicant", names, law, state)

    assert text is not None
    assert "4 小时内（不晚于 2026年2月13日 15:00）" in text


def test_a_date_beyond_the_loaded_years_is_left_out_and_the_sentence_still_whole():
    far = dataclasses.replace(BY_KIND["accepted"], statutory_limit=working_days(900))

    text = said("", event=far)

    assert "法定时限是 900 个工作日。" in text


def test_names_may_be_a_mapping_and_an_unknown_name_shows_its_code():
    event = BY_KIND["corrected_on_the_spot"]

    assert "营业计划（" in (sentence(event, names={("material", "m2"): "营业计划"}) or "")
    assert "营业计划（" in (sentence(event, names={"m2": "营业计划"}) or "")
    assert "m2（" in (sentence(event) or "")


def test_a_look_up_that_fails_does_not_fail_the_reader():
    def broken(kind: str, id: str) -> str:
        raise KeyError(id)

    assert "m2（" in (sentence(BY_KIND["corrected_on_the_spot"], names=broken) or "")


def test_a_text_brings_no_second_full_stop():
    event = BY_KIND["sent_back"]

    assert "理由：缺少消毒间。时限不变。" in (sentence(event, names={("text", "t1"): "缺少消毒间。\n"}) or "")


def test_the_english_sentence_takes_the_english_names():
    assert "Hygiene rules" in said("corrected_on_the_spot", "en")


def test_a_day_of_the_office_is_the_civil_day_in_china():
    assert facts_of(BY_KIND["deemed_accepted"])["on"] == "2026年3月2日"
    assert BY_KIND["deemed_accepted"].on == date(2026, 3, 2)
