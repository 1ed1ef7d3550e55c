"""Joint handling at the window: one screen for several agencies, one hand-in, a receipt for each part."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from banjie.cases import bundles
from banjie.cases.models import Bundle
from banjie.cases.scope import whole_house
from banjie.engine.state import Stage
from banjie.faces.forms.models import ApplicationDraft
from banjie.store.keys.mask import mask_id
from tests.county import FOOD, VENUE, County
from tests.faces.applying import pdf
from tests.faces.pages import all_forms_of, text_of

pytestmark = pytest.mark.database

MATTER = "venue-with-kitchen"
BY_TYPE = {"yes_no": "no", "date": "2026-04-01"}


def opened(client: Client) -> str:
    return str(client.get(f"/hall/joint/{MATTER}/")["Location"])


def form_of(response: HttpResponse) -> dict[str, object]:
    return next(each.values for each in all_forms_of(response) if "applicant.id_number" in each.values)


def filled(county: County, client: Client, address: str) -> dict[str, object]:
    """Everything both items ask, typed; the materials handed over on paper."""
    typed: dict[str, object] = {"applicant.id_number": county.applicant("stranger").id_number, "declared": "on"}
    shown = client.post(address, {"keep": "1", **typed}).content.decode()
    names = set(re.findall(r'name="(answers\.[\w.]+)"', shown))
    for item in (FOOD, VENUE):
        for question in county.law(item).procedure.questions:
            for name in {f"answers.{question.id}", f"answers.{question.id}.2"} & names - set(typed):
                first = question.choices[0].value if question.choices else BY_TYPE.get(question.type, "12")
                typed[name] = first
    shown = client.post(address, {"keep": "1", **typed}).content.decode()
    typed |= dict.fromkeys(re.findall(r'name="(form\.[\w.]+)"', shown), "copy")
    return typed


def the_bundle() -> Bundle:
    with whole_house("a test looks"):
        return Bundle._base_manager.get()


def test_one_screen_hands_in_every_part_and_prints_a_receipt_for_each(county: County) -> None:
    client, person = county.client("clerk"), county.applicant("stranger")
    address = opened(client)
    typed = filled(county, client, address)
    shared = [name for name in typed if name.startswith("form.")]

    done = client.post(address, {**typed, f"file.{shared[0].removeprefix('form.')}": pdf("scan.pdf")}, follow=True)

    text = text_of(done)
    view = bundles.view(the_bundle().stream, county.view_time())
    assert "2 件申请已提交" in text, text
    assert {each.stage for each in view.state.noted.values()} == {Stage.SUBMITTED}
    for each in view.state.noted.values():
        assert each.query_number in text
    assert view.state.opened is not None
    assert (view.state.opened.channel, view.state.opened.party) == ("window", county.actor("stranger").id)
    assert client.post(address, typed)["Location"] == done.redirect_chain[-1][0], "pressed again: the same receipts"
    assert person.phone not in done.content.decode()
    joint = f"/desk/joint/{view.stream}/"
    assert joint in done.content.decode()
    assert "受理本窗口各分项" in text_of(client.get(joint))
    assert text_of(county.client("stranger").get(f"/joint/{view.stream}/")).count(view.state.noted["food"].query_number)
    assert county.client("applicant").get(f"/joint/{view.stream}/").status_code == 404
    assert county.client("agent").get(done.redirect_chain[-1][0]).status_code == 404


def test_what_two_items_ask_alike_stands_once_and_what_is_missing_is_said_beside_its_field(county: County) -> None:
    client = county.client("clerk")
    address = opened(client)

    shown = client.post(address, {"find": "1", "applicant.id_number": county.applicant("stranger").id_number})
    refused = client.post(address, {**form_of(shown), "answers.area": "many"})

    page = shown.content.decode()
    names = re.findall(r'name="((?:answers|form)\.[\w.]+)"', page)
    fields = {name for name in names if name.startswith("form.")}
    assert len([name for name in names if name.startswith("form.")]) == len(fields), "each material once"
    assert mask_id(county.applicant("stranger").id_number) in text_of(shown)
    assert refused.status_code == 422
    assert "请核对以下各栏： 经营场所面积" in text_of(refused)
    with whole_house("a test looks"):
        assert not Bundle._base_manager.exists()


def test_a_joint_form_is_kept_and_found_again_and_another_window_takes_its_own(county: County) -> None:
    client = county.client("clerk")
    address = opened(client)
    client.post(address, {"keep": "1", "applicant.id_number": county.applicant("stranger").id_number})

    home = client.get("/hall/").content.decode()

    assert ApplicationDraft.objects.kept().count() == 1
    assert f'href="{address}"' in home
    assert "开办带餐饮的娱乐场所" in text_of(client.get("/hall/"))
    assert f"/hall/joint/{MATTER}/" in client.get("/hall/joint/").content.decode()
    assert client.get("/hall/joint/catering-with-lodging-yunxi/").status_code == 409
    assert client.get("/hall/joint/nothing-of-the-kind/").status_code == 404
    assert county.client("applicant").get(address).status_code == 403
