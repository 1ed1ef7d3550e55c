"""The leader's screen and the figures: every number opens its cases, and a stranger is shown none."""

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from banjie.cases import lights
from banjie.duties.statistics.definitions import definitions
from banjie.duties.statistics.follow import Figures
from banjie.engine import commands as c
from banjie.records.accounts.models import User
from banjie.store.log import follow
from banjie.store.log.sequence import sequence
from banjie.web.clock import now
from tests.county import HYGIENE, INSTANT, MONDAY, County
from tests.faces.cases import filed
from tests.faces.pages import text_of

pytestmark = pytest.mark.database

DAY = timedelta(days=1)
THIS_MONTH = {"since": "2026-03-01", "until": "2026-03-31"}


def granted(county: County, days: int) -> str:
    """A food licence that came now and was granted after so many days; its query number."""
    case = filed(county).examined()
    at = county.view_time()
    county.move_to(at + days * DAY)
    case.do("decider", lambda given: c.Decide(**given, outcome="grant"))
    county.move_to(at)
    return case.number


def read_on() -> None:
    """The followers have read on."""
    while sequence():
        pass
    while follow.run([Figures()], now=0):
        pass


@pytest.mark.requirement("M156")
def test_every_case_past_its_day_is_listed_with_whoever_has_to_act(county: County) -> None:
    late = filed(county).accepted().assigned("document_review", "section_head", "officer")
    county.move_to(MONDAY + 20 * DAY)
    in_time = filed(county, HYGIENE).accepted()

    for path in ("/desk/overview/", "/desk/figures/late/"):
        page = county.client("head_of_agency").get(path)
        part = page.content.decode().split('data-label="现在在"')
        assert "陈瑜" in text_of(page)
        assert "许可审批股" in "".join(part[1:])
        assert late.number in text_of(page)
    assert in_time.number not in text_of(county.client("head_of_agency").get("/desk/figures/late/"))
    for role in ("venue_head", "supervisor"):
        watching = text_of(county.client(role).get("/desk/figures/late/"))
        assert (late.number in watching) is (role == "supervisor")
    assert county.client("officer").get("/desk/figures/late/").status_code == 403
    assert county.client("applicant").get("/desk/figures/late/").status_code == 403


def test_the_lights_are_counted_and_each_opens_its_cases(county: County) -> None:
    red = filed(county).accepted()
    county.move_to(MONDAY + 11 * DAY)  # Friday 13 March: the promise ended on the 12th
    green = filed(county).accepted()
    client = county.client("head_of_agency")

    page = client.get("/desk/overview/").content.decode()

    told = re.findall(r'<a class="chip" href="(/desk/supervision/lights/[\w-]+/)"><strong>(\d+)</strong>', page)
    assert {address.split("/")[-2]: number for address, number in told} == {
        each.replace("_", "-"): "1" if each in ("red", "green") else "0" for each in lights.LIGHTS
    }
    assert red.number in text_of(client.get("/desk/supervision/lights/red/"))
    assert green.number not in text_of(client.get("/desk/supervision/lights/red/"))
    assert red.number not in text_of(county.client("venue_head").get("/desk/supervision/lights/red/"))
    (of_unit,) = set(re.findall(r'href="(/desk/supervision/lights/red/\?unit=[\w-]+)"', page))
    assert red.number in text_of(client.get(of_unit))


@pytest.mark.requirement("M380", "M381")
def test_each_figure_says_what_it_is_and_opens_the_cases_it_counts(county: County) -> None:
    early, late = granted(county, 3), granted(county, 11)
    county.move_to(MONDAY + 25 * DAY)
    read_on()
    client = county.client("head_of_agency")

    page = text_of(client.get("/desk/figures/", THIS_MONTH))
    for each in definitions().values():
        assert each.name in page
        one = text_of(client.get(f"/desk/figures/{each.code}/", THIS_MONTH))
        assert each.counted.replace("  ", " ") in one
    assert "50.0 %" in text_of(client.get("/desk/figures/on_time/", THIS_MONTH))
    counted = text_of(client.get("/desk/figures/on_time/cases/counted/", THIS_MONTH))
    among = text_of(client.get("/desk/figures/on_time/cases/among/", THIS_MONTH))
    assert early in counted
    assert late not in counted
    assert early in among
    assert late in among
    assert client.get("/desk/figures/on_time/cases/people/").status_code == 404
    assert client.get("/desk/figures/finished/cases/among/").status_code == 404
    assert client.get("/desk/figures/nothing/").status_code == 404


def test_the_tables_of_a_figure_lead_to_the_cases_of_one_unit_or_item(county: County) -> None:
    case = granted(county, 3)
    county.move_to(MONDAY + 25 * DAY)
    client = county.client("head_of_agency")

    page = client.get("/desk/figures/finished/", THIS_MONTH).content.decode()

    links = [unescape(each) for each in re.findall(r'href="(/desk/figures/finished/cases/counted/\?[^"]*)"', page)]
    assert {name for each in links for name in re.findall(r"[?&](item|unit|category)=", each)} == {
        "item",
        "unit",
        "category",
    }
    for each in links:
        assert case in text_of(client.get(each))
    assert case not in text_of(client.get("/desk/figures/finished/cases/counted/", {**THIS_MONTH, "item": "x"}))


def test_the_supervision_office_sees_the_figures_of_its_region_and_the_cases_behind_them(county: County) -> None:
    case = granted(county, 3)
    county.move_to(MONDAY + 25 * DAY)
    read_on()
    office, behind = county.client("inspector"), "/desk/figures/finished/cases/counted/"

    whole = office.get(behind, THIS_MONTH)
    own = office.get(behind, {**THIS_MONTH, "whole": "0"})

    assert case in text_of(whole)
    assert f"/desk/cases/{case}/" not in whole.content.decode()  # which case it is; nothing that was handed in
    assert "您可以查看其中 1 件（指标数为 1）" in text_of(whole)
    assert case not in text_of(own)
    assert "按时办结率" in text_of(office.get("/desk/overview/", THIS_MONTH))
    assert case not in text_of(county.client("city_inspector").get(behind, {**THIS_MONTH, "whole": "0"}))


def test_who_governs_sees_the_numbers_of_the_county_and_no_case_of_others(county: County) -> None:
    case = granted(county, 3)
    county.move_to(MONDAY + 25 * DAY)
    read_on()
    governor = Client()
    governor.force_login(User.objects.get(username="fangzheng"))

    behind = governor.get("/desk/figures/finished/cases/counted/", THIS_MONTH)

    assert "分子 1" in " ".join(text_of(governor.get("/desk/figures/finished/", THIS_MONTH)).split())
    assert case not in text_of(behind)
    assert "您可以查看其中 0 件（指标数为 1）" in text_of(behind)


def test_nobody_else_is_shown_more_than_their_own_cases_whatever_the_address_says(county: County) -> None:
    case = granted(county, 3)
    county.move_to(MONDAY + 25 * DAY)

    for role in ("venue_leader", "venue_head"):
        for whole in ("", "0", "1"):
            asked = {**THIS_MONTH, "whole": whole}
            assert "分子 0" in " ".join(text_of(county.client(role).get("/desk/figures/finished/", asked)).split())
            listed = county.client(role).get("/desk/figures/finished/cases/counted/", asked)
            assert case not in text_of(listed)
    assert "whole=" not in county.client("head_of_agency").get("/desk/overview/").content.decode()


def test_a_figure_is_taken_away_with_its_definition(county: County) -> None:
    granted(county, 3)
    county.move_to(MONDAY + 25 * DAY)
    read_on()

    response = county.client("head_of_agency").get("/desk/figures/on_time/file.csv", THIS_MONTH)

    assert response.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in response.headers["Content-Disposition"]
    text = response.content.decode()
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    definition = definitions()["on_time"]
    assert rows[0] == ["指标", definition.name, "on_time"]
    assert [definition.counted, definition.among] == [rows[1][1], rows[2][1]]
    assert rows[4][1:] == ["2026-03-01", "2026-03-31"]
    assert ["全部", "100.0", "1", "1", "0"] in rows
    assert county.client("stranger").get("/desk/figures/on_time/file.csv").status_code == 403


@pytest.mark.requirement("M148", "M149", "M152", "M159", "M160")
def test_the_limits_say_which_item_is_above_its_ceiling_which_is_exempt_and_how_much_shorter_it_is(
    county: County,
) -> None:
    page = text_of(county.client("head_of_agency").get("/desk/figures/limits/"))

    flat = " ".join(page.split())
    assert re.search(r"食品经营许可-新办（热食类）.*?8 ?个工作日.*?超过 5 ?个工作日.*?20 ?个工作日 60\.0\s%", flat)
    assert "豁免 民办教育促进法第十三条、第十七条" in flat
    assert re.search(r"公司设立登记（有限责任公司）.*?未超过 5 ?个工作日", flat)
    assert re.search(r"政府性投资审批.*?67\.6\s%", flat)
    assert re.search(r"社会投资备案类审批.*?72\.9\s%", flat)
    assert "最多一个月" in flat


@pytest.mark.requirement("M150", "M151")
def test_at_most_one_month_is_a_due_date_of_the_case_on_every_face(county: County) -> None:
    case = filed(county).accepted()

    for role, path in (
        ("applicant", f"/cases/{case.number}/"),
        ("clerk", f"/hall/cases/{case.number}/"),
        ("officer", f"/desk/cases/{case.number}/"),
        ("", f"/track/?number={case.number}"),
    ):
        page = text_of(county.client(role).get(path, follow=True))
        assert "总用时" in page, path
        assert re.search(r"2026 ?年 ?4 ?月 ?1 ?日", page), path  # 2 March + 30 days


@pytest.mark.requirement("M153")
def test_the_time_of_instant_items_stands_on_the_screen_in_minutes(county: County) -> None:
    case = filed(county, INSTANT)
    county.move_to(MONDAY + timedelta(minutes=25, seconds=50))
    case.do("deciding_clerk", lambda given: c.DecideAtOnce(**given, outcome="grant"))
    read_on()

    page = text_of(county.client("head_of_agency").get("/desk/overview/"))

    assert "25 分钟" in page


def test_what_falls_due_stands_on_the_screen_and_opens_its_cases(county: County) -> None:
    case = filed(county).accepted()
    client = county.client("head_of_agency")

    page = client.get("/desk/overview/").content.decode()

    assert 'href="/desk/figures/due/2026-03-12/' in page
    assert case.number in text_of(client.get("/desk/figures/due/2026-03-12/"))
    assert case.number not in text_of(client.get("/desk/figures/due/2026-03-11/"))
    assert case.number not in text_of(county.client("venue_head").get("/desk/figures/due/2026-03-12/"))
    assert client.get("/desk/figures/due/2026-02-31/").status_code == 404


def test_whatever_the_address_says_figures_are_shown(county: County) -> None:
    client = county.client("head_of_agency")

    for query in (
        "since=2026-04-01&until=2026-03-01",
        "since=x&until=%00",
        "since=0001-01-01&until=9999-12-31",
        "unit=%27&item=%00&category=all",
        "whole=1",
        "after=1",
    ):
        for path in ("overview/", "figures/", "figures/on_time/", "figures/on_time/cases/counted/", "figures/limits/"):
            assert client.get(f"/desk/{path}?{query}").status_code == 200, (path, query)


def test_the_screen_needs_as_many_statements_for_any_number_of_cases(county: County) -> None:
    def statements() -> int:
        read_on()
        client = county.client("head_of_agency")
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/desk/overview/").status_code == 200
        return len(captured)

    filed(county).accepted().assigned("document_review", "section_head", "officer")
    county.move_to(MONDAY + 20 * DAY)
    statements()
    few = statements()
    county.move_to(MONDAY)
    for _ in range(4):
        filed(county).accepted().assigned("document_review", "section_head", "officer")
    county.move_to(MONDAY + 20 * DAY)

    assert statements() == few
    assert now().date() == (MONDAY + 20 * DAY).date()


def test_units_and_items_of_one_name_are_told_apart(county: County) -> None:
    page = county.client("inspector").get("/desk/figures/").content.decode()

    for name in ("unit", "item"):
        offered = re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL)[0]
        shown = re.findall(r"<option[^>]*>\s*(.*?)\s*</option>", offered)
        assert len(shown) == len(set(shown)) > 10
    assert "食品经营许可-新办（热食类） · 云溪县" in page
