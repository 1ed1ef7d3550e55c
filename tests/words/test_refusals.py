"""A "no" says what happened and the next step, in both languages, and never shows a bare code."""

from datetime import date

import pytest

from banjie.engine.guards import BadInput
from banjie.engine.law import Duty
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import Limit, Unit
from banjie.words import LANGUAGES, names_of, problem, refusal
from banjie.words.catalogue import GAP, catalogue
from tests.words.case import LAW

NAMES = names_of(LAW.procedure)


def test_a_refusal_names_what_happened_and_the_next_step():
    told = refusal(NotPossible("already_extended", due=date(2026, 4, 2)))

    assert told.code == "already_extended"
    assert told.what == "本件已经延期过一次，不能再次延期。法定到期日是 2026年4月2日。"
    assert told.next == "请在到期日前作出决定。"


def test_the_same_refusal_in_english():
    told = refusal(NotPossible("already_extended", due=date(2026, 4, 2)), "en")

    assert (
        told.what == "The limit was extended once and cannot be extended again. The statutory due date is 2 April 2026."
    )
    assert told.next == "Decide by that day."


@pytest.mark.parametrize(
    ("no", "part"),
    [
        (NotPossible("materials_missing", materials=["m1", "m2"]), "平面图、卫生管理制度"),
        (NotPossible("two_people_required", needed=2, step="visit"), "“现场勘验”依法应当由不少于 2 人"),
        (NotPossible("not_your_unit", unit="board"), "由审批科办理"),
        (NotPossible("already_closed", result="lapsed"), "（补正不来办结）"),
        (NotPossible("no_such_outcome", outcomes=("grant", "refuse")), "准予许可、不予许可"),
        (NotPossible("no_such_outcome", outcomes=("in_person", "post")), "当面领取、邮寄"),
        (NotPossible("needs_one_of", posts=("decider", "section_head")), "有决定权的人员、科室负责人"),
        (NotPossible("duties_separate", done=Duty.INTAKE, asked=Duty.SURVEY), "“受理”"),
        (NotPossible("extension_too_long", most=Limit(10, Unit.WORKING_DAY)), "最多 10 个工作日"),
        (NotPossible("outside_guide", point="健康证明"), "“健康证明”"),
        (NotPossible("criterion_unmet", criteria=["c1"]), "布局符合卫生标准"),
        (NotPossible("hearing_window_open", until=date(2026, 3, 9)), "2026年3月9日"),
        (NotPossible("calendar_not_loaded", year=2028), "2028 年"),
    ],
)
def test_the_facts_of_a_refusal_stand_in_it_in_words(no: NotPossible, part: str):
    assert part in refusal(no, names=NAMES).what


def test_what_is_known_only_sometimes_is_left_out_where_it_is_not_known():
    with_point = refusal(NotPossible("second_notice_unlawful", point="m1"), names=NAMES).what
    without = refusal(NotPossible("second_notice_unlawful")).what

    assert with_point == "补正要求应当一次告知。“平面图”在第一次告知时就能发现而没有提出，不能再要求补正。"
    assert without == "补正要求应当一次告知。在第一次告知时就能发现而没有提出，不能再要求补正。"


def test_a_missing_fact_never_fails_the_reader():
    told = refusal(NotPossible("already_extended"))

    assert GAP in told.what
    assert told.next


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_without_words_gets_general_ones(language: str):
    told = refusal(NotPossible("never_heard_of_it"), language)

    assert told.code == "never_heard_of_it"
    assert told.what
    assert "never_heard_of_it" not in told.what + told.next
    assert problem("never_heard_of_it", language) == catalogue(language)["problems"]["not_possible"]


def test_bad_input_says_that_nothing_was_lost():
    told = refusal(BadInput([("applicant.name", "needed")]))

    assert "都还在" in told.what
    assert problem("needed") == "请填写这一项。"
    assert problem("needed", "en") == "Please fill this in."


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_ends_like_a_sentence(language: str):
    ending = "." if language == "en" else "。"
    words = catalogue(language)["refusals"]

    assert [code for code, told in words.items() if not all(told[part].endswith(ending) for part in told)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_next_step_is_more_than_to_try_again(language: str):
    again = {"en": "Try again.", "zh-Hans": "请重试。"}[language]

    assert [code for code, told in catalogue(language)["refusals"].items() if told["next"] == again] == []
