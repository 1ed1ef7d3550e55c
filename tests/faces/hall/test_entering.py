"""One screen for any item: known people are not asked again, materials follow from the answers, nothing is lost."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from banjie.cases import queries
from banjie.cases.scope import Scope
from banjie.engine.state import State
from banjie.faces.forms.models import ApplicationDraft
from banjie.store.keys.mask import mask_id
from tests.county import INSTANT, County
from tests.faces.applying import pdf
from tests.faces.cases import filed
from tests.faces.pages import all_forms_of, text_of

pytestmark = pytest.mark.database

ANSWERS = {
    "answers.trader_name": "白禾便利店",
    "answers.reason": "gives_up",
    "answers.has_hired": "no",
    "answers.has_licence_paper": "yes",
    "answers.has_agent": "no",
}


def opened(county: County, client: Client, item: str = INSTANT) -> str:
    """The address of a fresh form."""
    return str(client.get(f"/hall/apply/{county.code(item)}/")["Location"])


def newest(county: County, role: str = "clerk") -> State:
    case = queries.cases(Scope.of(county.actor(role)))[0]
    return queries.view(case.stream, county.view_time()).state


def form_of(response: HttpResponse) -> dict[str, Any]:
    return next(each.values for each in all_forms_of(response) if "applicant.id_number" in each.values)


def test_a_known_person_is_found_by_number_and_shown_masked_alone(county: County) -> None:
    client, person = county.client("clerk"), county.applicant("stranger")
    address = opened(county, client)

    shown = client.post(address, {"find": "1", "applicant.id_number": person.id_number})

    page = text_of(shown)
    assert "已有登记，不用重复填写" in page
    assert mask_id(person.id_number) in page
    for secret in (person.name, person.phone, person.address):
        assert secret not in shown.content.decode()


def test_what_is_known_is_handed_in_for_the_person_themselves(county: County) -> None:
    client, person = county.client("clerk"), county.applicant("stranger")
    address = opened(county, client)
    given = {"applicant.id_number": person.id_number, "form.application_form": "original_kept", **ANSWERS}

    response = client.post(address, {**given, "form.licence_paper": "original_seen"}, follow=True)

    assert response.status_code == 200
    state = newest(county)
    assert state.party == county.actor("stranger").id
    assert text_of(county.client("stranger").get(f"/cases/{state.query_number}/")).count(state.query_number)
    assert county.client("applicant").get(f"/cases/{state.query_number}/").status_code == 404


def test_a_number_that_somebody_else_only_claims_opens_nothing(county: County) -> None:
    client = county.client("clerk")

    page = text_of(client.post(opened(county, client), {"find": "1", "applicant.id_number": "999921198001010018"}))

    assert "这个号码还没有登记" in page


def test_somebody_who_applied_here_before_is_not_asked_again_either(county: County) -> None:
    client, stranger = county.client("clerk"), county.applicant("stranger")
    told = {f"applicant.{key}": value for key, value in stranger.particulars.items()}
    told |= {"applicant.id_type": "passport", "applicant.id_number": "E12345678"}
    client.post(opened(county, client), {**told, **ANSWERS, "form.application_form": "copy"})

    page = text_of(client.post(opened(county, client), {"find": "1", "applicant.id_number": "E12345678"}))

    assert "已有登记，不用重复填写" in page
    assert newest(county).party == ""
    elsewhere = Client()
    elsewhere.force_login(county.user("agent").__class__.objects.get(username="yanglan"))
    yunxi = opened(county, elsewhere, "sole-trader-deregistration-yunxi")
    assert "这个号码还没有登记" in text_of(elsewhere.post(yunxi, {"find": "1", "applicant.id_number": "E12345678"}))


def test_the_materials_follow_from_the_answers_and_nothing_else_can_be_asked_for(county: County) -> None:
    client = county.client("clerk")
    address = opened(county, client)

    shown = client.post(address, {"keep": "1", **ANSWERS, "answers.has_licence_paper": "no"})

    page = shown.content.decode()
    needed, _mark, rest = page.partition("不得要求申请人提交的材料")
    assert 'name="form.application_form"' in needed
    assert 'name="form.licence_paper"' not in page
    assert "营业执照正、副本" in rest


def test_all_that_is_needed_is_ticked_with_one_button(county: County) -> None:
    client = county.client("clerk")

    shown = client.post(opened(county, client), {"all": "original_seen", **ANSWERS})

    values = form_of(shown)
    assert values["form.application_form"] == "original_seen"
    assert "form.kinship" not in values


def test_what_was_typed_and_sent_survives_a_broken_line(county: County) -> None:
    client, person = county.client("clerk"), county.applicant("stranger")
    address = opened(county, client)
    typed = {"applicant.id_number": person.id_number, "form.application_form": "copy", **ANSWERS}
    client.post(address, {"keep": "1", **typed, "file.application_form": pdf("scan.pdf")})

    again = client.get(address)

    values = form_of(again)
    assert values["answers.trader_name"] == "白禾便利店"
    assert values["form.application_form"] == "copy"
    assert "scan.pdf" in text_of(again)
    assert "已开始、还没有收件的申请" in text_of(client.get("/hall/"))
    row = ApplicationDraft.objects.kept().get()
    assert person.id_number.encode() not in bytes(row.sealed)
    assert form_of(county.client("agent").get(address)).get("answers.trader_name") in (None, "")


def test_a_form_sent_twice_is_one_application(county: County) -> None:
    client, person = county.client("clerk"), county.applicant("stranger")
    address = opened(county, client)
    given = {"applicant.id_number": person.id_number, "form.application_form": "copy", **ANSWERS}

    answers = [client.post(address, given) for _ in range(2)]

    assert [each.status_code for each in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert len(queries.cases(Scope.of(county.actor("clerk")))) == 1


def test_the_clerk_stands_before_the_outcomes_at_once_and_the_receipt_is_one_key_away(county: County) -> None:
    client, person = county.client("clerk"), county.applicant("stranger")
    given = {"applicant.id_number": person.id_number, "form.application_form": "copy", **ANSWERS}

    response = client.post(opened(county, client), given, follow=True)

    page = response.content.decode()
    assert "现在可以办理" in page
    assert 'data-key="r"' in page


def test_whoever_stands_here_for_somebody_needs_a_mandate(county: County) -> None:
    client = county.client("clerk")
    company, agent = county.applicant("applicant"), county.applicant("stranger")
    address = opened(county, client)
    given = {"applicant.id_number": company.id_number, "form.application_form": "copy", **ANSWERS}
    given["agent.id_number"] = agent.id_number

    without = client.post(address, given)

    assert without.status_code == 409
    response = client.post(address, {**given, "agent.paper": "委2026-1", "agent.until": "2026-12-31"})
    assert response.status_code == 302, text_of(response)
    state = newest(county)
    assert state.party == county.actor("applicant").id
    facts = [each.event for each in queries.view(queries.cases(Scope.of(county.actor("clerk")))[0].stream,
             county.view_time()).lines]  # fmt: skip
    assert [type(each).__name__ for each in facts] == ["Submitted", "Noted"]


@pytest.mark.requirement("M085")
def test_a_window_takes_what_its_type_and_region_take_and_shows_the_way_elsewhere(county: County) -> None:
    client = county.client("clerk")

    refused = client.get(f"/hall/apply/{county.code('sole-trader-deregistration-yunxi')}/")

    page = text_of(refused)
    assert refused.status_code == 409
    assert "市场监管1号窗口" in page
    assert "商事登记综合窗口" in page
    assert "进错门" in page
    listed = text_of(client.get("/hall/apply/"))
    assert "由其他窗口受理" in listed
    assert "无差别综合窗口" in text_of(client.get("/hall/"))


@pytest.mark.requirement("M087", "M199")
def test_the_window_sees_with_whom_its_cases_lie_while_they_lie_there(county: County) -> None:
    case = filed(county).accepted()
    client = county.client("clerk")

    before = text_of(client.get("/hall/status/"))
    case.assigned("document_review", "section_head", "officer")
    after = text_of(client.get("/hall/status/"))

    assert case.number in before
    assert "许可审批股" in before
    assert "陈瑜" not in before
    assert "陈瑜" in after
    assert 'hx-get="/hall/status/"' in client.get("/hall/").content.decode()
    assert county.client("applicant").get("/hall/status/").status_code == 403
