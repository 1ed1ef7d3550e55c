"""An item is found by what people know of it, and the page says why it was found."""

import pytest

from tests.county import County
from tests.faces.pages import text_of

pytestmark = pytest.mark.database

FOOD = "食品经营许可-新办（热食类）"


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ("开饭店", "俗称"),
        ("开餐厅", "日常说法"),
        ("食品经营", "事项名称"),
        ("spjyxk", "拼音首字母"),
        ("hot dishes", "事项名称"),
        ("有毒、有害场所", "办理条件"),
        ("操作流程文件", "申请材料"),
        ("健康证明", "常见问题"),
        ("开饭店 现场", "俗称"),
    ],
)
@pytest.mark.parametrize(("role", "address"), [("", "/"), ("clerk", "/hall/apply/")])
def test_an_item_is_found_and_the_page_says_why(county: County, wanted: str, why: str, role: str, address: str) -> None:
    page = text_of(county.client(role).get(address, {"q": wanted}))

    assert FOOD in page
    assert f"“{wanted.split()[0]}” · {why}" in page
    assert "劳务派遣经营许可" not in page


def test_what_was_typed_stays_in_the_box_and_nothing_found_says_what_to_do(county: County) -> None:
    for role, address in (("", "/"), ("clerk", "/hall/apply/")):
        response = county.client(role).get(address, {"q": "没有这种事"})

        assert response.status_code == 200
        assert 'value="没有这种事"' in response.content.decode()
        assert "没有找到" in text_of(response)
        assert "查看全部事项" in text_of(response)


def test_the_best_comes_first(county: County) -> None:
    page = text_of(county.client().get("/", {"q": "个体工商户注销登记"}))

    assert page.index("个体工商户注销登记") < page.index("跑动次数")


@pytest.mark.parametrize("odd", ["\x00", "长" * 300, "<script>alert(1)</script>", "%' OR 1=1 --", "㎞" * 60, " "])
def test_nothing_that_can_be_typed_is_a_fault(county: County, odd: str) -> None:
    response = county.client().get("/", {"q": odd, "after": "x"})

    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_results_are_paged(county: County) -> None:
    client = county.client()
    first = client.get("/", {"q": "材料"})
    content = first.content.decode()
    found = content.count("<article")
    while "after=" in content:
        following = content.split("after=")[1].split('"')[0]
        content = client.get(f"/?q=材料&after={following}").content.decode()
        found += content.count("<article")

    assert found > 5


def test_an_item_that_is_suspended_is_not_offered(county: County) -> None:
    keeper, code = county.client("keeper"), county.code()
    keeper.post(f"/desk/items/{code}/turn/suspend/", {"reason": "系统升级", "command_id": "x"})

    page = county.client().get("/", {"q": "开饭店"}).content.decode()

    assert f"/items/{code}/" not in page
    assert "云溪县市场监督管理局" in page
