"""Finding an item, reading its guide, and seeing by when one who files today has an answer."""

import pytest

from banjie import words
from banjie.engine.timelimits import due
from banjie.records import catalogue
from banjie.web import clock
from tests.county import MONDAY, County
from tests.faces.pages import text_of

pytestmark = pytest.mark.database


def test_the_first_page_lists_every_item_with_its_limits_visits_and_fee(county: County) -> None:
    page = text_of(county.client().get("/items/"))

    for item in catalogue.items(clock.today()):
        assert item.name in page
        assert words.limit_in_words(item.statutory_limit) in page
    assert "跑动次数" in page
    assert "不收费" in page


@pytest.mark.parametrize("wanted", ["热食", "hot dishes", "餐馆 现场"])
def test_an_item_is_found_by_words_of_its_name_or_summary_in_either_language(county: County, wanted: str) -> None:
    page = text_of(county.client().get("/", {"q": wanted}))

    assert "食品经营许可-新办（热食类）" in page
    assert "劳务派遣经营许可" not in page


def test_a_search_that_finds_nothing_says_what_to_do_next(county: County) -> None:
    page = text_of(county.client().get("/", {"q": "没有这种事"}))

    assert "没有找到" in page
    assert "查看全部事项" in page


def test_a_guide_names_criteria_materials_steps_and_limits(county: County) -> None:
    procedure = county.law().procedure

    page = text_of(county.client().get(f"/items/{county.code()}/"))

    for criterion in procedure.criteria:
        assert criterion.text in page
        assert criterion.basis in page
    for material in procedure.materials:
        assert material.name in page
    for step in procedure.steps:
        assert step.name in page
    assert "仅当“是否利用自动设备经营”为是时。" in page
    assert "可以与现场核查同时进行" in page
    assert "受理、审查您申请的人不参与作决定。" in page
    assert "最多延期一次，延长 5 个工作日，由行政机关负责人批准。" in page


def test_a_guide_tells_by_when_with_every_day_counted_or_not(county: County) -> None:
    law = county.law()
    calendar = law.calendar(law.current_calendar)

    page = text_of(county.client().get(f"/items/{county.code()}/"))

    limits = [law.procedure.notice_limit, law.procedure.committed_limit, law.procedure.statutory_limit]
    for limit in limits:
        assert limit is not None
        assert words.day_in_words(due(MONDAY.date(), limit, calendar)) in page
    assert "起算当日" in page
    assert "周末" in page
    assert "行政许可法第三十二条" in page


def test_an_item_whose_review_and_decision_are_merged_says_so(county: County) -> None:
    page = text_of(county.client().get(f"/items/{county.code('sole-trader-deregistration')}/"))

    assert "本事项依法可以由同一人审查并决定。" in page


def test_an_unknown_item_is_told_with_a_next_step(county: County) -> None:
    response = county.client().get("/items/nothing/")

    assert response.status_code == 404
    assert "没有找到这个事项" in text_of(response)
    assert "请在事项目录中重新查找" in text_of(response)


def test_the_guide_is_there_in_english_too(county: County) -> None:
    client = county.client()
    client.post("/language/", {"language": "en", "next": "/"})

    page = text_of(client.get(f"/items/{county.code()}/"))

    assert "Food business licence, new (hot dishes)" in page
    assert "If I file today, when by?" in page
    assert "Only if “Is food sold from automatic machines” is Yes." in page
    assert "10 working days" in page
