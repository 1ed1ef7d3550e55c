"""Joint handling on the pages: one form for several agencies, one page of its parts, the window and the government."""

import re
from uuid import UUID

import pytest
from django.test import Client

from banjie.cases import bundles
from banjie.cases.models import Bundle
from banjie.engine.state import Stage
from banjie.records.accounts.models import User
from tests.county import County
from tests.faces.applying import answers, form_of, opened, page, particulars, pdf, send
from tests.faces.pages import text_of

pytestmark = pytest.mark.database

FOOD, HYGIENE = "food-business-new-yunxi", "public-place-hygiene-yunxi"
ANSWERS = {"yes_no": "no", "date": "2026-04-01"}


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def applied(county: County) -> UUID:
    """Both items handed in with one form; the stream of the bundle."""
    client = county.client("applicant")
    food, hygiene = county.code(FOOD), county.code(HYGIENE)
    address = opened(client, food, f"?with={hygiene}")
    send(client, address, "applicant", particulars(county))
    shown = client.get(page(address, "questions"))
    names = set(re.findall(r'name="(answers\.[\w.]+)"', shown.content.decode()))
    typed: dict[str, object] = {**answers()}
    for item in (FOOD, HYGIENE):
        for question in county.law(item).procedure.questions:
            for name in (f"answers.{question.id}", f"answers.{question.id}.2"):
                if name in names and name not in typed:
                    first = question.choices[0].value if question.choices else ANSWERS.get(question.type, "12")
                    typed[name] = first
    assert client.post(page(address, "questions"), {**form_of(shown).values, **typed}).status_code == 302
    wanted = re.findall(r'name="(file\.[\w.]+)"', client.get(page(address, "materials")).content.decode())
    send(client, address, "materials", {each: pdf(f"{number}.pdf") for number, each in enumerate(wanted)})
    done = send(client, address, "check", {"declared": "on"}, follow=True)
    assert "2 件申请已提交" in text_of(done)
    assert "查看各分项和总时限" in text_of(done)
    bundle = Bundle.objects.kept().get()
    assert client.get(page(address, "check"))["Location"] == done.redirect_chain[-1][0], (
        "pressed again: the same receipts"
    )
    return bundle.stream


def test_one_form_opens_a_case_with_each_agency_and_one_page_shows_them_all(county: County) -> None:
    stream = applied(county)
    client = county.client("applicant")

    shown = client.get(f"/joint/{stream}/")

    text = text_of(shown)
    view = bundles.view(stream, county.view_time())
    assert "开办带住宿的餐馆（联合办理）" in text
    assert "云溪县市场监督管理局" in text
    assert "云溪县卫生健康局" in text or "云溪县卫生健康委员会" in text
    assert "自第一个事项受理之日起算" in text
    assert "阳澜" in text, "the one contact person"
    for each in view.state.noted.values():
        assert each.query_number in text
        case = client.get(f"/cases/{each.query_number}/")
        assert f"/joint/{stream}/" in case.content.decode()
    assert county.client("stranger").get(f"/joint/{stream}/").status_code == 404
    assert county.client().get(f"/joint/{stream}/").status_code == 302
    assert county.client("officer").get(f"/desk/joint/{stream}/").status_code == 404


def test_each_window_accepts_its_part_and_only_the_government_extends(county: County) -> None:
    stream = applied(county)
    address = f"/desk/joint/{stream}/"
    for username in ("yanglan", "bolin"):
        clerk = signed_in(username)
        assert "受理本窗口各分项" in text_of(clerk.get(address))
        assert clerk.post(f"{address}accept/")["Location"] == address
        assert "受理本窗口各分项" not in text_of(clerk.get(address))
        assert clerk.post(f"{address}accept/").status_code == 409
        assert clerk.post(f"{address}extend/", {"reasons": "x"}).status_code == 403
    noted = bundles.view(stream, county.view_time()).state.noted
    assert {each.stage for each in noted.values()} == {Stage.ACCEPTED}

    mayor = signed_in("huayu")
    assert "批准各机关一并延期" in text_of(mayor.get(address))
    unsaid = mayor.post(f"{address}extend/", {"reasons": " "})
    assert unsaid.status_code == 422
    assert 'aria-describedby="f-reasons_helptext f-reasons_error"' in unsaid.content.decode()
    assert mayor.post(f"{address}extend/", {"reasons": "需要两部门会商"})["Location"] == address
    again = mayor.post(f"{address}extend/", {"reasons": "再延"})
    assert again.status_code == 409
    assert "再延" not in text_of(county.client("applicant").get(f"/joint/{stream}/"))
    assert "理由：需要两部门会商" in text_of(county.client("applicant").get(f"/joint/{stream}/"))
    assert signed_in("fangzheng").post(f"{address}extend/", {"reasons": "x"}).status_code == 409


def test_what_is_handled_jointly_is_listed_and_named_in_the_guide_of_each_item(county: County) -> None:
    client = county.client()

    listed, guide = client.get("/joint/"), client.get(f"/items/{county.code(HYGIENE)}/")

    wanted = f"/items/{county.code(FOOD)}/apply/?with={county.code(HYGIENE)}"
    assert wanted in listed.content.decode()
    assert 'href="/joint/"' in client.get("/").content.decode()
    assert wanted in guide.content.decode()
    assert "可以与其他机关的事项联合办理" not in text_of(client.get(f"/items/{county.code('labour-dispatch')}/"))
    client.cookies["django_language"] = "en"
    assert "Open a restaurant with rooms" in text_of(client.get("/joint/"))
