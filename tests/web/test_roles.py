"""A page opens for the roles it declares and for nobody else."""

import pytest

from banjie.web.roles import api_role, declared_roles, for_role
from tests.web import addresses

pytestmark = pytest.mark.database

EVERYBODY = ["", "applicant", "clerk", "officer", "former", "operator"]


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("/anybody/", EVERYBODY),
        ("/applicants/", ["applicant"]),
        ("/staff/", ["clerk", "officer"]),
        ("/window/7/", ["clerk"]),
        ("/machine/", ["operator"]),
    ],
)
def test_a_page_opens_for_its_roles_alone(browser, address, may):
    answers = {who: browser(who).get(address) for who in EVERYBODY}

    assert [who for who, answer in answers.items() if answer.content == b"opened"] == may
    if "" not in may:
        assert answers[""].status_code == 302
    assert {answers[who].status_code for who in EVERYBODY if who and who not in may} <= {403}


def test_a_visitor_is_led_to_the_sign_in_page_and_back(browser):
    answer = browser().get("/window/7/?tab=2")

    assert answer.headers["Location"] == "/sign-in/?next=/window/7/%3Ftab%3D2"


def test_what_a_visitor_sent_is_not_asked_again_by_its_address(browser):
    answer = browser().post("/window/7/", {"a": "b"})

    assert answer.headers["Location"] == "/sign-in/?next=/"


def test_a_page_of_another_post_says_so_in_words(browser):
    answer = browser("officer").get("/window/7/")

    assert answer.status_code == 403
    assert "<h1>" in answer.content.decode()
    assert answer.content != b"opened"


@pytest.mark.parametrize("roles", [(), ("emperor",), ("clerk", "Clerk")])
def test_a_role_nobody_can_hold_is_refused_when_the_page_is_written(roles):
    for mark in (for_role, api_role):
        with pytest.raises(ValueError, match="not a role"):
            mark(*roles)


def test_a_view_declares_its_roles():
    assert declared_roles(addresses.window) == {"clerk", "section_head"}
    assert declared_roles(lambda request: None) is None
    assert declared_roles(api_role("officer")(lambda request: None)) == {"officer"}


def test_the_address_of_a_button_opened_by_itself_says_so_and_leads_to_its_page(browser):
    answer = browser("clerk").get("/window/7/next/one/call/")

    said = answer.content.decode()
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "<h1>这个网址是一个按钮的，不是单独的页面。</h1>" in said
    assert "没有丢失" in said
    assert 'href="/window/7/"' in said, "the nearest page above it"
    assert browser("clerk").post("/window/7/next/one/call/").content == b"pressed"


def test_what_is_sent_to_a_page_that_takes_nothing_is_answered_in_words_and_a_program_by_the_status_alone(browser):
    answer = browser().post("/leaf/", {"a": "b"})
    program = browser().post("/leaf/", headers={"accept": "application/json"})

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert "不接收提交的内容" in answer.content.decode()
    assert (program.status_code, program["Allow"], program.content) == (405, "GET, HEAD", b"")
