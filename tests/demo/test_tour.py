"""The first page of a demo: one-click log-ins, where they are refused, and the tour from its first step to its last."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from banjie.cases import queries
from banjie.command import prepare
from banjie.demo import county as demo
from banjie.demo import life, tour
from banjie.demo.office import beside
from banjie.demo.office.beside import Beside
from banjie.demo.roles import GROUPS, ROLES
from banjie.engine import events as e
from banjie.records.accounts.models import User
from banjie.records.catalogue.models import ProcedureVersion
from banjie.store.log import queries as log
from banjie.web import clock
from tests.county import County
from tests.faces.pages import press, text_of

pytestmark = pytest.mark.database


@pytest.fixture
def opened(county: County, settings: Any) -> County:
    """The demo county, run with the secret key it made itself."""
    settings.DEMO_LOG_INS = True
    return county


def guided(client: Client, do: str) -> HttpResponse:
    response = client.post("/demo/tour/", {"do": do}, follow=True)
    assert response.status_code == 200, (do, text_of(response))
    return response


def who(client: Client) -> str:
    return User.objects.get(pk=client.session["_auth_user_id"]).username


ADDRESSES = (("get", "/demo/"), ("get", "/demo/progress/"), ("post", "/demo/sign-in/"), ("post", "/demo/tour/"))


def answers(client: Client) -> set[int]:
    return {
        getattr(client, method)(address, {"user": "shanju", "do": "begin"}).status_code for method, address in ADDRESSES
    }


# Where they are refused


def test_an_installation_that_is_no_demo_has_no_such_pages(county: County, settings: Any, monkeypatch: Any) -> None:
    settings.DEMO_LOG_INS = True
    real = log.installation()._replace(demo=False)
    monkeypatch.setattr(log, "installation", lambda: real)
    client = Client()

    assert answers(client) == {404}
    assert "_auth_user_id" not in client.session


def test_a_demo_with_a_secret_key_that_somebody_set_has_no_such_pages(county: County, settings: Any) -> None:
    settings.DEMO_LOG_INS = False
    client = Client()

    assert answers(client) == {404}
    assert "_auth_user_id" not in client.session
    assert prepare.first_page() == ""
    assert "/demo/" not in client.get("/").content.decode()


def test_whoever_sets_a_secret_key_closes_them_and_debug_stays_off(settings: Any) -> None:
    # These tests run with a key of their own, as an operator would.
    assert settings.DEMO_LOG_INS is False
    assert settings.DEBUG is False


def test_signing_in_takes_a_post_with_the_token_against_forgery(opened: County) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post("/demo/sign-in/", {"user": "shanju"}).status_code == 403
    assert strict.post("/demo/tour/", {"do": "begin"}).status_code == 403
    assert strict.get("/demo/sign-in/", {"user": "shanju"}).status_code == 405
    assert "_auth_user_id" not in strict.session

    strict.get("/demo/")
    token = strict.cookies["csrftoken"].value
    assert strict.post("/demo/sign-in/", {"user": "shanju", "csrfmiddlewaretoken": token}).status_code == 302
    assert who(strict) == "shanju"


def test_only_the_people_on_the_page_can_be_signed_in_as(opened: County) -> None:
    client = Client()

    for user in ("gengyu", "nobody", "", "shanju\x00"):
        assert client.post("/demo/sign-in/", {"user": user}).status_code == 404, user
    assert "_auth_user_id" not in client.session


# Where they are open


def test_one_click_makes_one_anybody_on_the_page_and_their_first_page_opens(opened: County) -> None:
    for role in ROLES.values():
        client = Client()
        page = text_of(client.get("/demo/"))
        assert role.name in page

        response = client.post("/demo/sign-in/", {"user": role.user}, follow=True)

        assert response.status_code == 200, role.user
        assert who(client) == role.user


def test_the_page_says_who_is_who_in_both_languages_and_every_page_leads_to_it(opened: County) -> None:
    client = Client()

    chinese = text_of(client.get("/demo/"))
    client.cookies["django_language"] = "en"
    english = text_of(client.get("/demo/"))

    assert "欢迎来到演示县" in chinese
    assert "综合窗口工作人员" in chinese
    assert "Welcome to the demo county" in english
    assert "Clerk of the comprehensive window" in english
    assert 'href="/demo/"' in client.get("/").content.decode()
    assert prepare.first_page() == "demo/"


def test_the_page_and_the_terminal_name_the_same_people() -> None:
    named = {user for user, _ in demo.LOG_INS}

    assert set(ROLES) <= named
    assert len(ROLES) == sum(len(group.roles) for group in GROUPS)
    assert {step.user for step in tour.STEPS} <= named


def test_a_line_says_how_far_the_county_has_woken_until_it_has(opened: County) -> None:
    client = Client()
    assert "醒来" not in text_of(client.get("/"))

    life.begin()
    assert "醒来" in text_of(client.get("/"))
    assert "醒来" in text_of(client.get("/demo/progress/"))

    life.go_on(clock.now(), days_back=2)
    assert "醒来" not in text_of(client.get("/"))
    assert client.get("/demo/progress/").content.strip() == b""


# The tour


def bar(response: HttpResponse) -> tuple[int, str]:
    """The number of the step and its title, as the bar above the page has them."""
    html = response.content.decode()
    number = re.search(r"导览 第 (\d+) 步，共 17 步", html)
    title = re.search(r'<h2 id="tour-title">(.*?)</h2>', html)
    assert number, text_of(response)[:300]
    assert title
    return int(number[1]), title[1]


@pytest.fixture
def walked(opened: County) -> tuple[Client, list[tuple[int, str, str, str]]]:
    """A browser that goes through the whole tour, letting the demo do what is to be done, and what it saw."""
    client, seen = Client(), []
    response = guided(client, "begin")
    for _ in range(len(tour.STEPS) * 2):
        number, title = bar(response)
        seen.append((number, title, who(client), response.request["PATH_INFO"]))
        if 'value="for_me"' in response.content.decode():
            again = guided(client, "next")
            assert bar(again)[0] == number, "a step that is not done is not left behind"
            assert "这一步还没有完成" in text_of(again)
            response = guided(client, "for_me")
            assert bar(response)[0] == number
            assert 'class="tour-done"' in response.content.decode(), f"the demo did not do step {number}"
            opened.move_to(clock.now() + timedelta(minutes=3))
        if number == len(tour.STEPS):
            break
        response = guided(client, "next")
    return client, seen


def test_the_whole_tour_leads_through_one_licence_to_its_end(walked: Any, opened: County) -> None:
    client, seen = walked

    assert [number for number, *_ in seen] == list(range(1, 18))
    assert [user for _, _, user, _ in seen] == [step.user for step in tour.STEPS]
    assert seen[0][1] == "查找事项"
    number = re.search(r"/hall/cases/(\w+)/", seen[3][3])[1]
    state = queries.view(queries.stream_of(number), clock.now()).state
    assert (state.is_closed, state.result) == (True, "granted")
    assert state.procedure_version == 1
    assert set(state.steps) == {"document_review", "site_survey"}
    assert len(state.steps["site_survey"].people) == 2
    assert all(each.files for each in state.provided.values())
    assert ProcedureVersion.objects.filter(code=opened.code()).count() == 2
    assert "食品经营许可" in text_of(client.get(f"/desk/cases/{number}/"))
    pages = {title: address for _, title, _, address in seen}
    assert pages["申请人看到的"] == f"/cases/{number}/"
    (token,) = re.fullmatch(r"/papers/(\w+)/", pages["这份文书是真的吗"]).groups()
    assert "经核验，由本平台签发" in text_of(Client().get(f"/papers/{token}/"))
    applicant = Client()
    applicant.force_login(opened.user("applicant"))
    looks = text_of(applicant.get(pages["谁看过您的信息"]))
    assert number in looks
    assert "联系申请人" in looks

    assert "欢迎来到演示县" in text_of(guided(client, "end"))
    assert "导览 第" not in text_of(client.get("/"))


def test_a_visit_that_is_counted_already_does_not_stand_in_the_tours_way(
    opened: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    comes, long_ago = Beside._at_the_counter, datetime(2026, 1, 5, 9, tzinfo=UTC)
    monkeypatch.setattr(beside, "COMES", 1.0)
    monkeypatch.setattr(Beside, "_at_the_counter", lambda desk: [replace(act, when=long_ago) for act in comes(desk)])
    client = Client()
    guided(client, "begin")
    guided(client, "next")
    for _ in range(6):
        guided(client, "next")
        response = guided(client, "for_me")
        assert 'class="tour-done"' in response.content.decode(), bar(response)
        opened.move_to(clock.now() + timedelta(minutes=3))
    assert bar(response) == (8, "作出决定")


def test_the_reviewers_work_side_by_side_and_each_step_leaves_the_others_alone(opened: County) -> None:
    client = Client()
    guided(client, "begin")
    for do in ("next", "next", "for_me", "next", "for_me", "next", "for_me"):
        guided(client, do)

    number = tour.STEPS[4].page(tour.Tour(4, clock.now() - timedelta(hours=1))).split("/")[-2]
    state = queries.view(queries.stream_of(number), clock.now()).state
    assert state.steps["document_review"].finished_on
    assert state.steps["site_survey"].finished_on is None


def test_what_a_visitor_does_by_hand_on_the_page_is_seen_by_the_tour(opened: County) -> None:
    client = Client()
    guided(client, "begin")
    for do in ("next", "next", "for_me"):
        guided(client, do)
    at_the_window = guided(client, "next")
    address = at_the_window.request["PATH_INFO"]
    assert "替我办理" in text_of(at_the_window)

    press(client, address, "accept")

    again = client.get(address)
    assert "已完成" in text_of(again)
    assert "替我办理" not in text_of(again)
    assert bar(guided(client, "next"))[0] == 5
    number = address.split("/")[-2]
    facts = [line.event for line in queries.view(queries.stream_of(number), clock.now()).lines]
    assert isinstance(facts[-1], e.Accepted)
    assert facts[-1].by.id == opened.user("clerk").pseudonym


def test_the_tour_is_left_and_taken_up_where_it_was(opened: County) -> None:
    client = Client()
    guided(client, "begin")
    guided(client, "next")

    guided(client, "leave")
    assert "导览 第" not in text_of(client.get("/"))
    client.post("/demo/sign-in/", {"user": "gaoyuan"})
    assert "接着看第 2 步" in text_of(client.get("/demo/"))

    assert bar(guided(client, "take_up"))[0] == 2
    assert who(client) == tour.STEPS[1].user
    assert bar(guided(client, "back"))[0] == 1


def test_the_tour_speaks_english_to_who_reads_english(opened: County) -> None:
    client = Client()
    client.cookies["django_language"] = "en"

    response = guided(client, "begin")

    assert "Tour, step 1 of 17" in text_of(response)
    assert "You run a small restaurant" in text_of(response)


def test_nothing_of_the_tour_in_a_session_tells_of_a_person(walked: Any, opened: County) -> None:
    client, _ = walked
    kept = repr(dict(client.session))

    person = opened.applicant()
    assert person.name not in kept
    assert person.id_number not in kept
    assert person.phone not in kept
