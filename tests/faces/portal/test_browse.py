"""Finding an item: search first, by life event, by department, online or not; each with its four answers."""

import re
from dataclasses import replace
from uuid import uuid4

import pytest

from banjie.faces.forms.routes import Way, is_wholly_online, ways_of
from banjie.records import catalogue
from banjie.records.catalogue.life_events import life_events
from banjie.web import clock
from tests.cast import SIGNED
from tests.county import FOOD, INSTANT, VENUE, County
from tests.faces.applying import handed_in
from tests.faces.pages import text_of

pytestmark = pytest.mark.database


def test_the_first_page_begins_with_the_search_and_leads_to_events_and_departments(county: County) -> None:
    response = county.client().get("/")
    content, page = response.content.decode(), text_of(response)

    order = [content.index(each) for each in ('role="search"', "您遇到了什么事？", "按部门办")]
    assert order == sorted(order)
    assert "开办企业" in page
    assert "云岭县行政审批局" in page
    assert "我的办件" not in page


def test_whoever_is_signed_in_sees_their_newest_cases_first_and_nobody_elses(county: County) -> None:
    handed_in(county, county.client("applicant"))

    mine, theirs = county.client("applicant").get("/"), county.client("stranger").get("/")

    assert re.search(r'href="/cases/\w+/"', mine.content.decode())
    assert not re.search(r'href="/cases/\w+/"', theirs.content.decode())


@pytest.mark.requirement("M205")
def test_the_elder_mode_has_a_simpler_first_page(county: County) -> None:
    client = county.client()
    client.cookies["banjie_elder"] = "1"

    plain, elder = text_of(county.client().get("/")), text_of(client.get("/"))

    assert "按部门办" in plain
    assert "按部门办" not in elder
    assert "我的事办到哪一步了？" in elder
    assert len(elder) < len(plain)


@pytest.mark.requirement("M054")
def test_a_card_answers_where_whom_what_how_with_its_numbers_and_whether_online(county: County) -> None:
    content = county.client().get("/", {"q": "开饭店"}).content.decode()
    card = content.partition('<article class="result">')[2].partition("</article>")[0]
    answers = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)", card))

    assert "云岭县城关镇政务路1号" in answers["哪里办"]
    assert "政务服务大厅综合受理窗口" in answers["找谁办"]
    assert answers["办什么"] == "食品经营许可证"
    assert answers["怎么办"].startswith("全程网办")
    assert (answers["承诺"], answers["跑动次数"], answers["收费"]) == ("8 个工作日", "0", "不收费")
    assert f'href="/items/{county.code()}/apply/"' in card


def test_an_item_that_is_not_online_says_why_and_offers_no_form(county: County) -> None:
    code = county.code("subsistence-allowance")

    for address in ("/?q=低保", f"/items/{code}/"):
        page = county.client().get(address)
        assert f"/items/{code}/apply/" not in page.content.decode()
        assert "家庭经济状况核对授权书须由全体成年家庭成员当面签字" in text_of(page)


@pytest.mark.parametrize(
    ("event", "items"),
    [("start-business", {"company-registration", FOOD, "fireworks-retail"}), ("close-business", {INSTANT})],
)
def test_a_life_event_holds_the_items_whose_guide_names_it(county: County, event: str, items: set[str]) -> None:
    content = county.client().get(f"/events/{event}/").content.decode()

    found = set(re.findall(r'name="with" value="(\w+)"', content))
    assert {county.code(each) for each in items} <= found
    assert county.code("forest-seed-forwarded") not in found


def test_every_event_on_the_first_page_has_items_and_one_without_is_not_shown(county: County) -> None:
    shown = set(re.findall(r'href="/events/([\w-]+)/"', county.client().get("/").content.decode()))

    assert shown < {each.id for each in life_events(clock.today())}
    for event in shown:
        assert '<article class="result">' in county.client().get(f"/events/{event}/").content.decode()
    assert county.client().get("/events/nothing/").status_code == 404


def test_several_ticked_items_lead_to_one_form_and_none_says_what_to_do(county: County) -> None:
    client, codes = county.client("applicant"), [county.code(), county.code("public-place-hygiene")]

    both = client.get("/together/", {"event": "start-business", "with": codes})
    none = client.get("/together/", {"event": "start-business"}, follow=True)

    assert both["Location"] == f"/items/{codes[0]}/apply/?with={codes[1]}"
    assert "请先勾选要申请的事项" in text_of(none)


def test_a_department_offers_its_own_items_alone(county: County) -> None:
    content = county.client().get("/departments/approval-bureau/").content.decode()

    found = set(re.findall(r'<h2><a href="/items/(\w+)/"', content))
    credit_code = county.code()[:18]
    every = {each.code for each in catalogue.items(clock.today(), limit=500)}
    assert found == {each for each in every if each.startswith(credit_code)}
    assert county.client().get("/departments/nobody/").status_code == 404


# Online or not


@pytest.mark.requirement("M103")
def test_the_way_of_an_item_follows_from_its_configuration(county: County) -> None:
    def ways(item: str) -> tuple[Way, ...]:
        return ways_of(county.law(item).procedure)

    assert ways(INSTANT)[0] is Way.ON_THE_SPOT
    assert ways(FOOD)[0] is Way.ONLINE
    assert ways(VENUE)[0] is Way.PRE_REVIEW
    assert ways("subsistence-allowance") == (Way.WINDOW,)


@pytest.mark.requirement("M103")
@pytest.mark.parametrize(
    ("item", "words"),
    [(INSTANT, "当场办结"), (FOOD, "全程网办"), (VENUE, "网上预审，现场办理"), ("subsistence-allowance", "窗口办理")],
)
def test_the_guide_says_which_way_an_item_goes(county: County, item: str, words: str) -> None:
    content = county.client().get(f"/items/{county.code(item)}/").content.decode()

    assert f"<strong>{words}</strong>" in content


@pytest.mark.requirement("M213")
def test_what_is_done_online_altogether_is_flagged_and_counted_from_steps_and_materials(county: County) -> None:
    def counted() -> int:
        found = re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", county.client().get("/online/").content.decode())
        return int(dict(found)["全流程网办，一次不用跑"])

    law, before = county.law(), counted()
    every = [catalogue.law_in_force(each.code, clock.today()).procedure for each in catalogue.items(clock.today())]
    assert before == sum(is_wholly_online(each) for each in every) > 0
    assert is_wholly_online(law.procedure)

    first, *others = law.procedure.materials
    changed = replace(
        law.procedure,
        version=law.procedure.version + 1,
        materials=(replace(first, form="paper"), *others),
        effective_from=clock.today(),
    )
    catalogue.publish(changed, by=SIGNED["reform_office"], at=clock.now(), command_id=uuid4(), signed=SIGNED)

    assert counted() == before - 1
    assert "全程网办" not in text_of(county.client().get(f"/items/{county.code()}/"))


@pytest.mark.requirement("M215")
def test_the_items_without_online_application_are_listed_with_the_reason(county: County) -> None:
    response = county.client().get("/online/")
    content, page = response.content.decode(), text_of(response)

    rules = [county.law(each).procedure for each in ("subsistence-allowance", FOOD)]
    table = content.partition("<table>")[2].partition("</table>")[0]
    assert [each.code in table for each in rules] == [True, False]
    assert rules[0].guide.offline_reason in table
    every = catalogue.items(clock.today(), limit=500)
    counted = {name: int(number) for name, number in re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", content)}
    assert counted["可申请的事项"] == len(every)
    assert counted["可以网上申请"] + counted["不能网上申请"] == len(every)
    assert counted["不能网上申请"] == table.count("<tr>") - 1
    assert "不能网上申请" in page


@pytest.mark.requirement("M194", "M204")
def test_guides_lists_limits_progress_and_supervision_are_open_to_everybody(county: County) -> None:
    visitor = county.client()

    for address in ("/", "/items/", "/lists/", "/online/", "/guides/", "/track/", f"/items/{county.code()}/standard/"):
        assert visitor.get(address).status_code == 200
    guide = text_of(visitor.get(f"/items/{county.code()}/"))
    for words in ("知情、参与、监督", "政务服务中心投诉窗口、12345热线", "监督机构", "食品经营监督管理股", "复议机关"):
        assert words in guide
