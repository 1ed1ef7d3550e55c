"""The application form: errors stand beside their fields, nothing typed is lost, every file is kept."""

import uuid

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from banjie.cases import queries
from banjie.cases.scope import Scope
from tests.county import County
from tests.faces.pages import Form, all_forms_of, errors_of, text_of

pytestmark = pytest.mark.database

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def pdf(name: str, more: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF + more, content_type="application/pdf")


def opened(county: County, client: Client) -> str:
    """The address of a fresh form."""
    response = client.get(f"/items/{county.code()}/apply/")
    assert response.status_code == 302
    return response["Location"]


def typed(county: County, **changes: object) -> dict[str, object]:
    """A complete form without files."""
    fields: dict[str, object] = {f"applicant.{key}": value for key, value in county.applicant().particulars.items()}
    fields |= {
        "answers.place_name": "山居小馆",
        "answers.premises": "云岭县城关镇示范街18号",
        "answers.business_format": "catering",
        "answers.area": "86",
        "answers.is_chain": "no",
        "answers.uses_machines": "no",
        "answers.has_agent": "no",
    }
    return {**fields, **changes}


def form_of(response: HttpResponse) -> Form:
    """The application form of a page."""
    return next(form for form in all_forms_of(response) if "applicant.name" in form.values)


def mine(county: County) -> list[str]:
    return [each.query_number for each in queries.cases(Scope.of(county.actor("applicant")))]


def test_every_error_stands_beside_its_field_and_nothing_typed_is_lost(county: County) -> None:
    client = county.client("applicant")
    wrong = typed(
        county, **{"applicant.id_number": "91999921000000115X", "answers.area": "很大", "answers.premises": ""}
    )

    response = client.post(opened(county, client), wrong)

    assert response.status_code == 422
    assert mine(county) == []
    assert errors_of(response)["applicant.id_number"] == "统一社会信用代码不对，请核对每一位。"
    assert errors_of(response)["answers.area"] == "请填写整数，不小于 0。"
    assert "已填写的内容和已上传的文件都还在" in text_of(response)
    again = form_of(response).values
    assert {name: again.get(name, "") for name in wrong} == wrong


def test_a_form_left_empty_names_every_needed_field_at_once(county: County) -> None:
    client = county.client("applicant")

    response = client.post(opened(county, client), {})

    errors = errors_of(response)
    assert response.status_code == 422
    assert {"applicant.name", "applicant.kind", "applicant.id_number", "answers.place_name"} <= set(errors)
    assert set(errors.values()) == {"请填写这一项。"}


def test_a_file_is_kept_through_errors_and_handed_in_with_the_corrected_form(county: County) -> None:
    client = county.client("applicant")
    address = opened(county, client)
    first = client.post(address, {**typed(county, **{"applicant.phone": ""}), "file.rules_list": pdf("目录清单.pdf")})
    assert first.status_code == 422
    assert "已收到： 目录清单.pdf" in text_of(first)

    kept = form_of(first).values
    second = client.post(address, {**kept, "applicant.phone": "13800000001"}, follow=True)

    assert "收件凭证" in text_of(second)
    state = queries.view(queries.stream_of(mine(county)[0]), county.view_time()).state
    assert len(state.provided["rules_list"].files) == 1


def test_files_can_be_kept_a_few_at_a_time_and_one_can_be_left_out_again(county: County) -> None:
    client = county.client("applicant")
    address = opened(county, client)
    first = client.post(address, {"keep": "1", "applicant.name": "半途", "file.rules_list": pdf("一.pdf")})
    second = client.post(address, {**form_of(first).values, "keep": "1", "file.rules_list": pdf("二.pdf", b"2")})
    assert "一.pdf" in text_of(second)
    assert "二.pdf" in text_of(second)
    assert form_of(second).values["applicant.name"] == "半途"
    assert errors_of(second) == {}

    token = form_of(second).values["kept.rules_list"]
    assert isinstance(token, list)
    dropped = client.post(address, {**form_of(second).values, "keep": "1", "drop.rules_list": dropped_id(second)})

    assert "一.pdf" not in text_of(dropped)
    assert "二.pdf" in text_of(dropped)


def dropped_id(response: HttpResponse) -> str:
    """The id of the first file that can be left out."""
    return response.content.decode().partition('name="drop.rules_list" value="')[2].partition('"')[0]


def test_a_file_of_a_kind_that_is_not_taken_is_told_beside_its_material(county: County) -> None:
    client = county.client("applicant")
    page = SimpleUploadedFile("page.html", b"<script>1</script>", content_type="application/pdf")

    response = client.post(opened(county, client), {**typed(county), "file.rules_list": page})

    assert response.status_code == 422
    assert mine(county) == []
    assert "page.html: 不支持这种文件，没有上传。" in text_of(response)


def test_files_too_large_together_are_told_and_nothing_typed_is_lost(county: County) -> None:
    client = county.client("applicant")
    huge = pdf("huge.pdf", b"0" * settings.LARGEST_UPLOAD)

    response = client.post(opened(county, client), {**typed(county), "file.rules_list": huge})

    assert response.status_code == 413
    assert "内容太大，没有上传，最大 合计 20 MB" in text_of(response)
    assert form_of(response).values["answers.place_name"] == "山居小馆"


def test_the_same_form_handed_in_twice_is_one_case(county: County) -> None:
    client = county.client("applicant")
    address = opened(county, client)

    both = [client.post(address, {**typed(county), "file.rules_list": pdf("清单.pdf")}) for _ in range(2)]

    assert len(mine(county)) == 1
    assert both[0]["Location"] == both[1]["Location"] == f"/cases/{mine(county)[0]}/receipt/"


def test_the_same_form_with_other_words_is_told_that_it_was_handed_in(county: County) -> None:
    client = county.client("applicant")
    address = opened(county, client)
    client.post(address, typed(county))

    response = client.post(address, typed(county, **{"answers.area": "99"}))

    assert response.status_code == 409
    assert len(mine(county)) == 1
    assert "上一次的结果不变" in text_of(response)
    assert form_of(response).values["answers.area"] == "99"


def test_a_file_of_somebody_else_cannot_be_handed_in(county: County) -> None:
    theirs = county.client("stranger")
    kept = theirs.post(opened(county, theirs), {"keep": "1", "file.rules_list": pdf("theirs.pdf")})
    token = form_of(kept).values["kept.rules_list"]
    client = county.client("applicant")

    response = client.post(opened(county, client), {**typed(county), "kept.rules_list": token}, follow=True)

    assert "收件凭证" in text_of(response)
    state = queries.view(queries.stream_of(mine(county)[0]), county.view_time()).state
    assert "rules_list" not in state.provided


def test_a_visitor_is_led_to_sign_in_and_back(county: County) -> None:
    address = f"/items/{county.code()}/apply/"

    response = county.client().get(address)

    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")
    assert address in response["Location"]


def test_staff_do_not_apply_on_the_public_pages(county: County) -> None:
    response = county.client("clerk").get(f"/items/{county.code()}/apply/{uuid.uuid4()}/")

    assert response.status_code == 403
    assert "这个页面供其他人员使用" in text_of(response)
