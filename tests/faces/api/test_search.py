"""A program finds items by words, with why, page by page."""

import pytest

from tests.county import County
from tests.faces.api.program import Program

pytestmark = pytest.mark.database


def test_items_are_found_by_words_with_why(county: County) -> None:
    answer = Program(None).get("/items", q="开饭店")

    assert answer.status == 200
    first = answer.json["items"][0]
    assert first["name"] == "食品经营许可-新办（热食类）"
    assert first["found"] == [{"word": "开饭店", "field": "alias", "text": "开饭店"}]
    assert first["committed_limit"]["text"] == "8 个工作日"


def test_pages_of_a_search_follow_one_another_and_hold_everything_once(county: County) -> None:
    whole = [each["code"] for each in Program(None).get("/items", q="许可", limit=100).json["items"]]
    codes, cursor = [], ""

    while True:
        page = Program(None).get("/items", q="许可", limit=2, cursor=cursor).json
        codes += [each["code"] for each in page["items"]]
        cursor = page["next"]
        if not cursor:
            break

    assert len(whole) > 4
    assert codes == whole


def test_without_words_it_is_the_whole_list_by_code(county: County) -> None:
    page = Program(None).get("/items", limit=100, q="").json

    assert [each["code"] for each in page["items"]] == sorted(each["code"] for each in page["items"])
    assert {len(each["found"]) for each in page["items"]} == {0}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"q": "开饭店", "cursor": "x.y"}, "cursor"),
        ({"q": "开饭店", "cursor": "1.2.3"}, "cursor"),
        ({"q": "长" * 61}, "q"),
        ({"q": "㎞" * 60}, "q"),
    ],
)
def test_what_cannot_be_asked_is_told(county: County, query: dict[str, str], field: str) -> None:
    answer = Program(None).get("/items", **query)

    assert answer.status == 422
    assert [each["field"] for each in answer.json["problems"]] == [field]
