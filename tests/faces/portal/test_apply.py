"""Applying page by page: errors beside their fields, nothing typed is lost, files are kept, all handed in once."""

import re
import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from banjie.cases import queries
from banjie.cases.scope import Scope
from banjie.engine.state import State
from banjie.records.accounts.models import User
from banjie.records.parties.mandates import end
from tests.county import HYGIENE, INSTANT, MONDAY, County
from tests.faces.applying import answers, form_of, handed_in, opened, page, particulars, pdf, send
from tests.faces.pages import errors_of, text_of
from tests.parties import mandated, myself

pytestmark = pytest.mark.database


def mine(county: County, role: str = "applicant") -> list[str]:
    return [each.query_number for each in queries.cases(Scope.of(county.actor(role)))]


def state_of(county: County, number: str) -> State:
    return queries.view(queries.stream_of(number), county.view_time()).state


def filled(county: County, client: Client, *names: str, **typed: object) -> str:
    """A form whose pages of these names are filled in; its address."""
    address = opened(client, county.code())
    given = {**particulars(county), **answers(), **typed}
    for name, first in (("applicant", "applicant."), ("questions", "answers."), ("materials", "file.")):
        if name in names:
            send(client, address, name, {key: each for key, each in given.items() if key.startswith(first)})
    return address


def test_every_error_stands_beside_its_field_and_nothing_typed_is_lost(county: County) -> None:
    client = county.client("applicant")
    address = opened(client, county.code())
    wrong = answers(**{"answers.area": "很大", "answers.premises": ""})

    first = client.post(
        page(address, "applicant"), particulars(county, **{"applicant.id_number": "91999921000000115X"})
    )
    second = client.post(page(address, "questions"), wrong)

    assert first.status_code == second.status_code == 422
    assert mine(county) == []
    assert errors_of(first)["applicant.id_number"] == "统一社会信用代码不对，请核对每一位。"
    assert form_of(first).values["applicant.id_number"] == "91999921000000115X"
    assert errors_of(second)["answers.area"] == "请填写整数，不小于 0。"
    assert "已填写的内容和已上传的文件都还在" in text_of(second)
    again = form_of(second).values
    assert {name: again.get(name, "") for name in wrong} == wrong


def test_a_page_left_empty_names_every_needed_field_at_once(county: County) -> None:
    client = county.client("applicant")

    needed = {f"applicant.{each}" for each in ("kind", "name", "id_type", "id_number", "phone", "address")}
    response = client.post(page(opened(client, county.code()), "applicant"), dict.fromkeys(needed, ""))

    errors = errors_of(response)
    assert response.status_code == 422
    assert set(errors) == needed
    assert set(errors.values()) == {"请填写这一项。"}


@pytest.mark.requirement("M193", "M196")
def test_somebody_new_applies_from_search_to_receipt_in_six_pages(county: County) -> None:
    client, pages = Client(), []
    newcomer = User.objects.create_user("newcomer")
    client.force_login(newcomer)

    def seen(response: HttpResponse) -> HttpResponse:
        assert response.status_code == 200
        pages.append(response)
        return response

    found = seen(client.get("/", {"q": "注销个体户"})).content.decode()
    address = client.get(re.findall(r'href="(/items/\w+/apply/)"', found)[0])["Location"]
    step = client.get(address)["Location"]
    typed = {
        **particulars(county),
        "answers.trader_name": "山居小馆",
        "answers.reason": "gives_up",
        "answers.has_hired": "no",
        "answers.has_licence_paper": "no",
        "answers.has_agent": "no",
        "declared": "on",
    }
    while "/receipt/" not in step:
        shown = seen(client.get(step))
        files = {"file.application_form": pdf("申请书.pdf")} if "/materials/" in step else {}
        sent = client.post(step, {**form_of(shown).values, **typed, **files})
        assert sent.status_code == 302, text_of(sent)
        step = sent["Location"]
        if "/handed-in/" in step:
            step = client.get(step)["Location"]
    receipt = seen(client.get(step))

    assert "收件凭证" in text_of(receipt)
    assert len(pages) == 6
    case = queries.cases(Scope((newcomer.pseudonym,)))[0]
    assert case.channel == "online"
    assert case.procedure == county.code(INSTANT)


def test_the_pages_of_the_form_say_where_one_is(county: County) -> None:
    client = county.client("applicant")
    address = filled(county, client, "applicant")

    content = client.get(page(address, "questions")).content.decode()

    links = re.findall(
        r'<li class="(\w*)"[^>]*>(?:<strong>|<a [^>]*>)([^<]+)<', content.partition('class="progress"')[2]
    )
    assert links[:4] == [("done", "申请人"), ("now", "您的情形"), ("", "申请材料"), ("", "核对并提交")]
    assert content.count('aria-current="step"') == 1


@pytest.mark.requirement("M193")
def test_nothing_that_is_known_is_asked_again(county: County) -> None:
    client = county.client("applicant")
    handed_in(county, client)

    address = opened(client, county.code())
    start = client.get(address)["Location"]
    check = client.get(page(address, "check"))

    assert start.endswith("/questions/")
    for value in county.applicant().particulars.values():
        if value not in ("enterprise", "uscc"):
            assert value in text_of(check)


def test_what_is_known_of_one_account_is_told_to_no_other(county: County) -> None:
    handed_in(county, county.client("applicant"))
    stranger = county.client("stranger")

    content = stranger.get(page(opened(stranger, county.code()), "applicant")).content.decode()

    for value in county.applicant().particulars.values():
        if value not in ("enterprise", "uscc"):
            assert value not in content


def test_only_the_materials_that_follow_from_the_answers_have_room_and_each_says_why(county: County) -> None:
    client = county.client("applicant")
    address = filled(
        county, client, "applicant", "questions", **{"answers.uses_machines": "yes", "answers.machines": "2"}
    )

    shown = client.get(page(address, "materials"))
    content, words = shown.content.decode(), text_of(shown)

    room = set(re.findall(r'name="file\.(\w+)"', content))
    assert room == {
        "application_form",
        "equipment_layout",
        "process_flow",
        "rules_list",
        "safety_manager",
        "machine_plan",
    }
    assert "需要，因为“是否利用自动设备经营”为是。" in words
    assert "不需要：只有“是否委托代理人办理”为是时才要求提交。" in words
    assert "由我们自行核验，您不用提交。" in words


def test_answers_that_no_longer_apply_are_not_handed_in(county: County) -> None:
    client = county.client("applicant")
    address = filled(
        county, client, "applicant", "questions", **{"answers.is_chain": "yes", "answers.head_office": "总部"}
    )
    send(client, address, "questions", {"answers.is_chain": "no"})

    send(client, address, "check", {"declared": "on"})

    stream = queries.stream_of(mine(county)[0])
    view = queries.view(stream, county.view_time())
    assert view.state.answers is not None
    assert "head_office" not in view.opened(view.state.answers)[view.state.answers.ref]


def test_a_file_is_kept_through_errors_and_handed_in_with_the_corrected_form(county: County) -> None:
    client = county.client("applicant")
    wrong = {"answers.area": "很大", "file.rules_list": pdf("目录清单.pdf")}
    address = filled(county, client, "questions", "materials", **wrong)

    early = send(client, address, "check", {"declared": "on"})
    assert early.status_code == 422
    assert mine(county) == []
    send(client, address, "questions", answers())
    done = send(client, address, "check", {"declared": "on"}, follow=True)

    assert "收件凭证" in text_of(done)
    assert len(state_of(county, mine(county)[0]).provided["rules_list"].files) == 1


def test_files_can_be_kept_a_few_at_a_time_and_one_can_be_left_out_again(county: County) -> None:
    client = county.client("applicant")
    address = page(filled(county, client, "applicant", "questions"), "materials")
    client.post(address, {"keep": "1", "file.rules_list": pdf("一.pdf")})
    second = client.post(address, {"keep": "1", "file.rules_list": pdf("二.pdf", b"2")})
    assert "一.pdf" in text_of(second)
    assert "二.pdf" in text_of(second)

    first = second.content.decode().partition('name="drop.rules_list" value="')[2].partition('"')[0]
    dropped = client.post(address, {"keep": "1", "drop.rules_list": first})

    assert "一.pdf" not in text_of(dropped)
    assert "二.pdf" in text_of(dropped)


def test_a_file_of_a_kind_that_is_not_taken_is_told_beside_its_material(county: County) -> None:
    client = county.client("applicant")
    address = page(filled(county, client, "applicant", "questions"), "materials")
    script = SimpleUploadedFile("page.html", b"<script>1</script>", content_type="application/pdf")

    response = client.post(address, {"file.rules_list": script, "file.process_flow": pdf("流程.pdf")})

    assert response.status_code == 422
    assert "page.html: 不支持这种文件，没有上传。" in text_of(response)
    assert "流程.pdf" in text_of(client.get(address))


def test_files_too_large_together_are_told_and_what_was_there_stays(county: County) -> None:
    client = county.client("applicant")
    address = page(filled(county, client, "applicant", "questions"), "materials")
    client.post(address, {"keep": "1", "file.process_flow": pdf("流程.pdf")})

    response = client.post(address, {"file.rules_list": pdf("huge.pdf", b"0" * settings.LARGEST_UPLOAD)})

    assert response.status_code == 413
    assert "内容太大，没有上传，最大 合计 20 MB" in text_of(response)
    assert "流程.pdf" in text_of(response)


def test_the_same_form_handed_in_twice_is_one_case(county: County) -> None:
    client = county.client("applicant")
    address = page(
        filled(county, client, "applicant", "questions", "materials", **{"file.rules_list": pdf("清单.pdf")}), "check"
    )

    both = [client.post(address, {"declared": "on"}, follow=True) for _ in range(2)]

    assert len(mine(county)) == 1
    assert [each.redirect_chain[-1][0] for each in both] == [f"/cases/{mine(county)[0]}/receipt/"] * 2


def test_a_form_that_was_handed_in_takes_no_other_words(county: County) -> None:
    client = county.client("applicant")
    address = filled(county, client, "applicant", "questions", "materials")
    client.post(page(address, "check"), {"declared": "on"})

    response = client.post(page(address, "questions"), answers(**{"answers.area": "99"}), follow=True)

    assert "收件凭证" in text_of(response)
    assert len(mine(county)) == 1


def test_without_the_declaration_nothing_is_handed_in_and_the_reason_stands_beside_the_box(county: County) -> None:
    client = county.client("applicant")
    address = filled(county, client, "applicant", "questions", "materials")

    response = send(client, address, "check", {"e_service": "on"})

    assert response.status_code == 422
    assert errors_of(response)["declared"] == "请先确认这一项，再提交。"
    assert "e_service" in form_of(response).values
    assert mine(county) == []


def test_the_preview_shows_everything_and_warns_of_what_is_missing(county: County) -> None:
    client = county.client("applicant")
    address = filled(county, client, "applicant", "questions", "materials", **{"file.rules_list": pdf("清单.pdf")})

    shown = text_of(client.get(page(address, "check")))

    for value in (county.applicant().id_number, "山居小馆", "餐饮服务经营者", "86", "清单.pdf"):
        assert value in shown
    assert "不附这些文件也可以提交" in shown


def test_a_file_of_somebody_else_cannot_be_handed_in(county: County) -> None:
    theirs = county.client("stranger")
    kept = theirs.post(
        page(opened(theirs, county.code()), "materials"), {"keep": "1", "file.rules_list": pdf("theirs.pdf")}
    )
    token = form_of(kept).values["kept.rules_list"]
    client = county.client("applicant")
    address = filled(county, client, "applicant", "questions")

    client.post(page(address, "materials"), {"kept.rules_list": token})
    client.post(page(address, "check"), {"declared": "on"})

    assert "rules_list" not in state_of(county, mine(county)[0]).provided


# Saving and going on later


def test_what_is_saved_can_be_gone_on_with_and_says_until_when(county: County) -> None:
    client = county.client("applicant")
    address = opened(client, county.code())

    listed = client.post(page(address, "questions"), {**answers(**{"answers.area": "很大"}), "later": "1"}, follow=True)
    again = client.get(page(address, "questions"))

    assert "我的草稿" in text_of(listed)
    assert "食品经营许可-新办（热食类）" in text_of(listed)
    assert "2026年5月31日" in text_of(listed)
    assert form_of(again).values["answers.area"] == "很大"
    assert mine(county) == []


def test_a_draft_lies_encrypted_and_is_nobody_elses(county: County) -> None:
    from banjie.faces.forms.models import ApplicationDraft

    client, stranger = county.client("applicant"), county.client("stranger")
    address = filled(county, client, "applicant", "questions")

    row = ApplicationDraft.objects.kept().get()
    everything = b"".join(
        bytes(each) if isinstance(each, bytes | memoryview) else str(each).encode() for each in vars(row).values()
    )
    for value in ("云岭县山居小馆", county.applicant().id_number, "13800000001", "示范街"):
        assert value.encode() not in everything
    assert stranger.get(page(address, "check")).status_code == 404
    assert stranger.post(page(address, "questions"), answers()).status_code == 404
    assert "食品经营许可" not in text_of(stranger.get("/drafts/"))
    stranger.post(f"/drafts/{row.id}/delete/")
    assert ApplicationDraft.objects.kept().count() == 1


def test_a_draft_can_be_deleted_and_takes_its_files_with_it(county: County) -> None:
    from banjie.faces.forms.models import ApplicationDraft
    from banjie.store.files.models import File

    client = county.client("applicant")
    filled(county, client, "applicant", "materials", **{"file.rules_list": pdf("清单.pdf")})
    assert File.objects.count() == 1

    response = client.post(f"/drafts/{ApplicationDraft.objects.kept().get().id}/delete/", follow=True)

    assert "已删除" in text_of(response)
    assert ApplicationDraft.objects.kept().count() == File.objects.count() == 0


def test_files_of_a_draft_wait_as_long_as_it_does_and_no_longer(county: County) -> None:
    from banjie.engine.codec import microseconds
    from banjie.faces.forms import drafts
    from banjie.store.files.models import File
    from banjie.store.files.sweep import sweep

    client = county.client("applicant")
    filled(county, client, "materials", **{"file.rules_list": pdf("清单.pdf")})

    for days, left in ((30, 1), (91, 0)):
        day = MONDAY + timedelta(days)
        drafts.sweep(day.date())
        sweep(microseconds(day), spared=drafts.waiting_for)
        assert File.objects.count() == left


def test_keys_of_drafts_move_under_a_new_key_and_what_they_seal_stays_readable(county: County) -> None:
    from banjie.faces.forms import drafts
    from banjie.store.keys import keyring

    client = county.client("applicant")
    address = filled(county, client, "questions")
    keyring.rotate()

    assert drafts.rewrap() == 1
    assert drafts.rewrap() == 0
    assert form_of(client.get(page(address, "questions"))).values["answers.place_name"] == "山居小馆"


def test_once_handed_in_nothing_that_was_typed_is_left_in_the_draft(county: County) -> None:
    from banjie.faces.forms import drafts
    from banjie.faces.forms.models import ApplicationDraft

    client = county.client("applicant")
    handed_in(county, client)

    row = ApplicationDraft.objects.kept().get()
    known = drafts.find(row.id, county.actor("applicant").id)
    assert known is not None
    assert known.typed == {}
    assert "还没有未完成的申请" in text_of(client.get("/drafts/"))


# Several items with one form


def test_two_items_are_applied_for_with_one_form_what_they_share_is_asked_once(county: County) -> None:
    client = county.client("applicant")
    food, hygiene = county.code(), county.code(HYGIENE)
    address = opened(client, food, f"?with={hygiene}")

    send(client, address, "applicant", particulars(county))
    shown = client.get(page(address, "questions"))
    names = re.findall(r'name="(answers\.[\w.]+)"', shown.content.decode())
    both = [county.law().procedure, county.law(HYGIENE).procedure]
    labels = {(each.id, each.label) for procedure in both for each in procedure.questions}
    assert len(set(names)) == len(labels)
    values = form_of(shown).values
    typed: dict[str, object] = {**answers()}
    for procedure in both:
        for question in procedure.questions:
            name = f"answers.{question.id}"
            for each in (name, f"{name}.2"):
                if each in names and each not in typed:
                    plain = (
                        question.choices[0].value
                        if question.choices
                        else {"yes_no": "no", "date": "2026-04-01"}.get(question.type, "12")
                    )
                    typed[each] = plain
    assert client.post(page(address, "questions"), {**values, **typed}).status_code == 302
    send(client, address, "materials", {"file.application_form": pdf("申请书.pdf")})
    done = send(client, address, "check", {"declared": "on"}, follow=True)

    assert "2 件申请已提交" in text_of(done)
    assert len(mine(county)) == 2
    assert {state_of(county, each).procedure for each in mine(county)} == {food, hygiene}
    assert all(number in text_of(done) for number in mine(county))


# Who may


def test_an_agent_applies_in_the_name_of_whoever_gave_a_mandate_as_long_as_it_stands(county: County) -> None:
    giver, agent = county.user("stranger").pseudonym, county.user("applicant").pseudonym
    mandate = mandated(giver, agent)
    client = county.client("applicant")
    client.post(reverse("own:act_for"), {"party": giver, "next": "/"})
    address = opened(client, county.code())
    check = text_of(client.get(page(address, "check")))
    assert county.applicant("stranger").name in check
    assert county.applicant().name not in check
    send(client, address, "questions", answers())
    send(client, address, "materials", {})

    end(mandate, myself(giver), county.view_time())
    refused = client.post(page(address, "check"), {"declared": "on"}, follow=True)
    assert mine(county, "stranger") == []
    assert "收件凭证" not in text_of(refused)

    mandated(giver, agent)
    client.post(reverse("own:act_for"), {"party": giver, "next": "/"})
    done = client.post(page(address, "check"), {"declared": "on"}, follow=True)
    assert "收件凭证" in text_of(done)
    assert state_of(county, mine(county, "stranger")[0]).party == giver


def test_a_visitor_is_led_to_sign_in_and_back(county: County) -> None:
    address = f"/items/{county.code()}/apply/"

    response = county.client().get(address)

    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")
    assert address in response["Location"]


def test_staff_do_not_apply_on_the_public_pages(county: County) -> None:
    response = county.client("clerk").get(f"/items/{county.code()}/apply/{uuid.uuid4()}/applicant/")

    assert response.status_code == 403
    assert "这个页面供其他人员使用" in text_of(response)


@pytest.mark.requirement("M201")
def test_an_application_is_taken_at_three_in_the_morning_of_a_sunday(county: County) -> None:
    county.move_to(MONDAY.replace(day=8, hour=3, minute=12))
    client = county.client("applicant")

    response = handed_in(county, client)

    assert "收件凭证" in text_of(response)
    assert "2026年3月8日 03:12" in text_of(response)
