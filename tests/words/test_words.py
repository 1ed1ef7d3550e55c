"""Dates, limits, papers, remedies, clocks and labels, as a reader of each language reads them."""

import dataclasses
from datetime import date

import pytest

from banjie.engine import events as e
from banjie.engine.clocks import Running
from banjie.engine.law import Clock
from banjie.engine.timelimits import Limit, Span, Unit
from banjie.words import (
    DEFAULT,
    LANGUAGES,
    day_in_words,
    documents_of,
    explain,
    help_text,
    instant_in_words,
    label,
    language_of,
    limit_in_words,
    names_of,
    remedy_text,
    weekday_in_words,
)
from banjie.words.catalogue import catalogue, fill, gaps, needed
from tests.words.case import BY_KIND, CALENDAR, LAW, REMEDY, at, working_days

NO_PAPER = {
    "opened_ex_officio",
    "statement_answered",
    "licence_ended",
    "licence_restored",
    "cancellation_opened",
    "late_entered",
    "taken_back",
    "complained",
    "complaint_answered",
    "noted",
    "visited",
    "original_seen",
    "original_returned",
    "papers_received",
    "fee_raised",
    "fee_settled",
    "corrected_on_the_spot",
    "corrected",
    "lapsed",
    "assigned",
    "substituted",
    "step_finished",
    "step_silent",
    "joined",
    "sent_back",
    "rectified",
    "resumed",
    "statement_made",
    "third_parties_named",
    "hearing_requested",
    "host_appointed",
    "hearing_waived",
    "arrival_confirmed",
    "examined",
    "limit_passed",
    "issued",
    "closed",
    "withdrawn",
    "voided",
    "redated",
    "moved_to_version",
    "joint_limit_carried",
    "gap_filled",
    "gap_passed",
    "verification_opened",
    "commitment_verified",
    "credit_restored",
    "contact_appointed",
    "erased",
}


# Templates


def test_a_gap_is_filled_and_a_bracketed_part_needs_all_its_facts():
    template = "到 {due} 为止[，剩 {left} 天[（{note}）]]。"

    assert fill(template, {"due": "周五", "left": "3", "note": "暂定"}) == "到 周五 为止，剩 3 天（暂定）。"
    assert fill(template, {"due": "周五", "left": "3"}) == "到 周五 为止，剩 3 天。"
    assert fill(template, {"due": "周五", "note": "暂定"}) == "到 周五 为止。"
    assert fill(template, {}) == "到 … 为止。"
    assert needed(template) == {"due"}
    assert gaps(template) == {"due", "left", "note"}


def test_a_fact_is_shown_as_it_is_whatever_signs_it_holds():
    assert fill("说明：{text}。", {"text": "见 [附件] {1}"}) == "说明：见 [附件] {1}。"


@pytest.mark.parametrize("template", ["a]b", "a[b", "[[a", "{a", "a}"])
def test_a_broken_template_is_shown_rather_than_failing(template: str):
    assert "a" in fill(template, {})


# Dates and limits


def test_days_and_instants_are_written_as_the_language_writes_them():
    assert day_in_words(date(2026, 9, 19)) == "2026年9月19日"
    assert day_in_words(date(2026, 9, 19), "en") == "19 September 2026"
    assert instant_in_words(at(9, 19, 14, 5)) == "2026年9月19日 14:05"
    assert instant_in_words(at(9, 19, 14, 5), "en") == "19 September 2026, 14:05"
    assert weekday_in_words(date(2026, 9, 19)) == "周六"


def test_a_limit_always_has_its_unit():
    assert limit_in_words(working_days(10)) == "10 个工作日"
    assert limit_in_words(working_days(10), "en") == "10 working days"
    assert limit_in_words(working_days(1), "en") == "1 working day"
    assert limit_in_words(Limit(3, Unit.MONTH)) == "3 个月"


@pytest.mark.parametrize("tag", ["zh-Hans", "zh-hans", "zh", "zh_CN", "fr", ""])
def test_whatever_is_not_english_is_told_in_chinese(tag: str):
    assert language_of(tag) == DEFAULT
    assert day_in_words(date(2026, 9, 19), tag) == "2026年9月19日"


def test_english_has_many_tags():
    assert {language_of(tag) for tag in ("en", "EN", "en-GB", "en_US")} == {"en"}


# Labels


def test_a_label_is_a_name_and_an_unknown_code_is_shown_as_it_is():
    assert label("stages", "submitted") == "待受理"
    assert label("commands", "accept") == "受理"
    assert label("units", Unit.WORKING_DAY, "en") == "Working days"
    assert help_text("accept", "en").startswith("From today")
    assert label("stages", "no_such_stage") == "no_such_stage"
    assert label("no_such_section", "code") == "code"
    assert help_text("no_such_command") == ""


# Papers


@pytest.mark.parametrize(
    ("kind", "paper"),
    [
        ("submitted", "收件凭证"),
        ("correction_requested", "一次性告知书"),
        ("correction_reminded", "补正提醒"),
        ("accepted", "受理通知书"),
        ("deemed_accepted", "受理通知书"),
        ("declined", "不予受理决定书"),
        ("paused", "特别程序告知书"),
        ("extended", "延期通知书"),
        ("extension_revoked", "撤销延期通知书"),
        ("rectification_set", "限期整改通知书"),
        ("forwarded", "初审意见"),
        ("hearing_right_told", "听证告知书"),
        ("hearing_noticed", "听证通知书"),
        ("hearing_held", "听证笔录"),
        ("granted", "准予许可决定书"),
        ("refused", "不予许可决定书"),
        ("served", "送达回证"),
        ("terminated", "终止决定书"),
    ],
)
def test_a_fact_produces_its_paper(kind: str, paper: str):
    assert [label("documents", code) for code in documents_of(BY_KIND[kind])] == [paper]


def test_a_finding_that_no_licence_is_needed_takes_the_form_its_region_chose():
    decision = e.FoundNotNeeded(at=at(3, 2), by=e.By("s1", e.ActorKind.STAFF), basis="第三条", form="decision")
    notice = e.FoundNotNeeded(at=at(3, 2), by=e.By("s1", e.ActorKind.STAFF), basis="第三条")

    assert documents_of(notice) == ("notice_not_needed",)
    assert documents_of(decision) == ("decision_not_needed",)


def test_the_notice_of_the_right_to_a_hearing_is_the_notice_of_its_pause():
    paused = BY_KIND["paused"]
    assert isinstance(paused, e.Paused)
    for_hearing = dataclasses.replace(paused, ground="hearing")

    assert documents_of(paused) == ("pause_notice",)
    assert documents_of(for_hearing) == ()


def test_every_other_fact_produces_no_paper():
    assert {kind for kind, event in BY_KIND.items() if not documents_of(event)} == NO_PAPER


# Remedy


def test_a_remedy_says_where_and_until_when():
    text = remedy_text(REMEDY)

    assert "60 日内向青溪县人民政府申请行政复议（可以在网上申请）" in text
    assert "6 个月内向青溪县人民法院提起行政诉讼" in text


def test_against_silence_reconsideration_comes_first():
    text = remedy_text(e.Remedy("青溪县人民政府", "青溪县人民法院"), inaction=True)

    assert "先向青溪县人民政府申请行政复议" in text
    assert "网上" not in text


# Explaining a clock

LEGAL = Running(
    Clock.LEGAL,
    date(2026, 2, 13),
    working_days(5),
    CALENDAR,
    pauses=(Span(date(2026, 2, 25), date(2026, 2, 27)),),
)


def test_a_clock_is_explained_day_by_day():
    told = explain(LEGAL)

    assert told.due == date(2026, 3, 2)
    assert told.summary == "法定时限：5 个工作日，自 2026年2月13日 的次日起算，到 2026年3月2日 24:00 为止。"
    assert told.basis.startswith("依据：行政许可法第四十二条")
    assert [line.reason for line in told.lines[:3]] == ["起算当日", "调休上班", "放假（春节）"]
    assert [line.text for line in told.lines if line.counted] == [
        "2026年2月14日（周六） 第 1 天 调休上班",
        "2026年2月24日（周二） 第 2 天 工作日",
        "2026年2月27日（周五） 第 3 天 工作日",
        "2026年2月28日（周六） 第 4 天 调休上班",
        "2026年3月2日（周一） 第 5 天 工作日",
    ]
    assert "2026年2月25日（周三） 不计入 时限暂停" in str(told).splitlines()


def test_the_same_clock_in_english():
    told = explain(LEGAL, "en")

    assert told.summary == (
        "Statutory limit: 5 working days, counted from the day after 13 February 2026, until 24:00 on 2 March 2026."
    )
    assert told.lines[2].text == "15 February 2026 (Sun)  not counted  public holiday (Spring Festival)"
    assert told.lines[1].text == "14 February 2026 (Sat)  day 1  make-up working day"


def test_the_clock_of_a_late_material_names_the_material():
    gap = dataclasses.replace(LEGAL, clock=Clock.GAP, step="machine_list")
    names = {("material", "machine_list"): "设备清单"}

    assert explain(gap, names=lambda kind, id: names.get((kind, id), "")).summary.startswith("容缺后补期限“设备清单”：")


def test_how_a_clock_stands_is_told_for_a_day():
    assert explain(LEGAL, on=date(2026, 2, 24)).standing == "到 2026年2月24日 为止，已用 2 天，还剩 3 天。"
    assert explain(LEGAL, on=date(2026, 2, 26)).standing == "2026年2月26日 时限暂停中，已用 2 天，还剩 3 天。"
    assert explain(LEGAL, on=date(2026, 3, 4)).standing == "到 2026年3月4日 为止，已经超期 2 天。"


def test_overdue_on_a_rest_day_is_overdue_though_no_day_was_counted():
    friday = Running(Clock.LEGAL, date(2026, 3, 5), working_days(1), CALENDAR)

    assert explain(friday, on=date(2026, 3, 7)).standing == "到 2026年3月7日 为止，已经超期。"


def test_a_date_in_a_year_without_its_notice_is_shown_as_provisional():
    told = explain(Running(Clock.PROMISED, date(2026, 12, 30), working_days(3), CALENDAR))

    assert told.provisional
    assert "暂定" in told.summary
    assert [line.provisional for line in told.lines] == [False, False] + [True] * (len(told.lines) - 2)
    assert told.lines[-1].text.endswith("（暂定）")


def test_a_clock_of_a_step_shows_the_steps_name():
    step = Running(Clock.STEP, date(2026, 3, 2), working_days(2), CALENDAR, step="visit")

    assert explain(step, names=names_of(LAW.procedure)).summary.startswith("环节时限“现场勘验”：2 个工作日")
    assert explain(step, "en", names=names_of(LAW.procedure, "en")).summary.startswith("Step limit, “Site visit”:")


def test_a_limit_of_hours_ends_at_its_hour():
    hours = Running(Clock.PROMISED, date(2026, 3, 2), Limit(4, Unit.HOUR), CALENDAR, start_at=at(3, 2, 9, 30))

    assert "到 2026年3月2日 13:30 为止" in explain(hours).summary


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("clock", list(Clock))
def test_every_clock_can_be_explained(clock: Clock, language: str):
    told = explain(Running(clock, date(2026, 3, 2), Limit(10, Unit.CALENDAR_DAY), CALENDAR), language)

    assert told.name == catalogue(language)["clocks"][clock.value]
    assert told.summary
    assert told.basis
