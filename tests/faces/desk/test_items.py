"""The item administrator writes a draft, sees what the gate says, has it signed off, and publishes it."""

import os
import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import xlsxwriter
from django.http import HttpResponse
from django.test import Client
from python_calamine import CalamineWorkbook

from banjie.cases.handle import submit
from banjie.engine import codec
from banjie.engine.law import Procedure
from banjie.faces.desk.items import sections, told, typed
from banjie.records import catalogue
from banjie.records.catalogue import adjustments, drafts, gate, levels, queries, spreadsheet
from banjie.records.catalogue.models import Draft, Finding, Item, ProcedureVersion, UpstreamChange
from banjie.records.catalogue.register import ListKind, cancel
from banjie.web import clock
from tests.architecture.test_words import said
from tests.cast import application
from tests.county import HYGIENE, County
from tests.faces.pages import Form, all_forms_of, errors_of, text_of

pytestmark = pytest.mark.database

on_sqlite = pytest.mark.skipif(
    os.environ.get("BANJIE_DATABASE_URL", "").startswith("postgres") and not os.environ.get("BANJIE_SOAK"),
    reason="which field an error stands beside is the same on either; the other tests read and save on PostgreSQL",
)

YUNXI_FOOD = "food-business-new-yunxi"
NOT_ABOUT_A_DRAFT = {"item_off_the_list", "item_moved", "item_cancelled", "item_suspended"}
"""What the same modules say of items, and vague clauses, which name where they stand."""
THREE = {"reform_office": "second_keeper", "service_centre": "centre", "e_government": "e_government"}


def begin(county: County, on: date | None = None, item: str = "food-business-new") -> Draft:
    """The next version of an item as a draft."""
    county.client("keeper").post(
        f"/desk/items/{county.code(item)}/next-version/", {"effective_from": (on or clock.today()).isoformat()}
    )
    return Draft.objects.get(code=county.code(item), published_version=0)


def address(draft: Draft, *rest: str) -> str:
    return "/".join(["/desk/items/drafts", str(draft.id), *rest, ""])


def the_form(response: HttpResponse, part: str) -> Form:
    return next(each for each in all_forms_of(response) if part in each.address)


def save(client: Client, draft: Draft, section: str, **changed: Any) -> HttpResponse:
    """Open a section, change fields in it (with __ for dots), and send it; a field set to None is not sent."""
    where = address(draft, "edit", section)
    values = {**the_form(client.get(where), "/edit/").values}
    values |= {name.replace("__", "."): value for name, value in changed.items()}
    sent = urlencode({name: value for name, value in values.items() if value is not None}, doseq=True)
    return client.post(where, sent, content_type="application/x-www-form-urlencoded")  # as a browser sends this form


def procedure(draft: Draft) -> Procedure:
    draft.refresh_from_db()
    return drafts.procedure_of(draft)


# The editor


def test_every_field_of_a_procedure_stands_in_one_section() -> None:
    placed = [field for fields in sections.SECTIONS.values() for field in fields]
    whole = {name for name in typed.fields_of(Procedure) if name != "guide"}
    whole |= {f"guide.{name}" for name in typed.fields_of(typed.fields_of(Procedure)["guide"].of)}

    assert len(placed) == len(set(placed))
    assert set(placed) | sections.FOUND_OUT == whole
    assert not set(placed) & sections.FOUND_OUT
    assert set(sections.FIELD_OF.values()) <= set(placed)


@pytest.mark.parametrize("item", ["food-business-new", "forest-seed-forwarded", "construction-permit", HYGIENE])
def test_what_is_opened_and_saved_again_is_the_same_to_the_letter(county: County, item: str) -> None:
    draft, keeper = begin(county, item=item), county.client("keeper")
    before = bytes(draft.content)

    for section in sections.SECTIONS:
        assert save(keeper, draft, section).status_code == 302, section
        draft.refresh_from_db()
        assert bytes(draft.content) == before, section


def test_what_is_typed_is_saved_and_the_gate_answers_at_once(county: County) -> None:
    draft, keeper = begin(county), county.client("keeper")

    response = save(keeper, draft, "results", guide__result_name="")
    page = text_of(keeper.get(response["Location"]))

    assert procedure(draft).guide.result_name == ""
    assert "缺少办理结果" in page or "办理结果" in page
    assert "已保存" in page
    overview = keeper.get(address(draft))
    assert f"{address(draft, 'edit', 'results')}#f-guide.result_name" in overview.content.decode()


@on_sqlite
def test_every_code_the_gate_can_say_leads_to_a_field() -> None:
    places = ("catalogue/gate/", "catalogue/lists.py", "catalogue/inherited.py")
    codes = {each for place in places for each in said() if place in each.place and each.code not in NOT_ABOUT_A_DRAFT}
    named = {"where", "field", *told.BY_FACT}

    lost = {
        each.code
        for each in codes
        if each.code not in sections.FIELD_OF
        and each.code != "example_fields"
        and not (each.facts or frozenset()) & named
    }

    assert len(codes) > 60
    assert lost == set()


@pytest.mark.slow
@on_sqlite
def test_every_finding_of_the_gate_leads_to_a_field(county: County) -> None:
    keeper = county.client("keeper")

    for draft in Draft.objects.filter(region="999921"):
        page = keeper.get(address(draft)).content.decode()
        links = re.findall(rf'href="{address(draft)}edit/(\w+)/#((?:f|row)-[\w.]+)"', page)
        assert len(links) >= 1, draft.name
        sections = {name: keeper.get(address(draft, "edit", name)).content.decode() for name, _ in sorted(set(links))}
        for section, anchor in links:
            assert f'id="{anchor}"' in sections[section], (draft.name, section, anchor)


def test_an_error_stands_beside_its_field_and_everything_typed_is_kept(county: County) -> None:
    draft, keeper = begin(county), county.client("keeper")
    before = draft.digest

    response = save(
        keeper, draft, "limits", committed_limit__number="twenty", notice_limit__number="4", counts_from="application"
    )

    assert response.status_code == 422
    assert errors_of(response) == {"committed_limit": "请填写整数，不小于 0。"}
    values = the_form(response, "/edit/").values
    assert (values["committed_limit.number"], values["notice_limit.number"]) == ("twenty", "4")
    assert values["counts_from"] == "application"
    draft.refresh_from_db()
    assert draft.digest == before


@pytest.mark.parametrize(
    ("section", "field", "value", "problem"),
    [
        ("basics", "name", "长" * 201, "太长"),
        ("basics", "name", "a\x00b", "文字"),
        ("basics", "version", "9" * 30, "范围"),
        ("basics", "effective_from", "2026-02-30", "没有这一天"),
        ("units", "merged", "everything", "选项"),
        ("limits", "notice_limit.unit", "century", "选项"),
        ("faq", "guide.faq.rows", "500", "太多|减少"),
    ],
)
def test_nonsense_is_told_and_never_a_fault(county: County, section: str, field: str, value: str, problem: str) -> None:
    draft, keeper = begin(county), county.client("keeper")

    response = save(keeper, draft, section, **{field.replace(".", "__"): value})

    assert response.status_code == 422
    assert re.search(problem, text_of(response))


def test_rows_are_added_moved_and_taken_out_and_nothing_is_saved_by_it(county: County) -> None:
    draft, keeper = begin(county), county.client("keeper")
    where, before = address(draft, "edit", "faq"), procedure(draft).guide.faq
    values = the_form(keeper.get(where), "/edit/").values

    added = the_form(keeper.post(where, {**values, "row": "add guide.faq"}), "/edit/").values
    added |= {"guide.faq.3.question": "要多久？", "guide.faq.3.answer": "八个工作日。"}
    moved = the_form(keeper.post(where, {**added, "row": "up guide.faq.3"}), "/edit/").values
    fewer = the_form(keeper.post(where, {**moved, "row": "out guide.faq.0"}), "/edit/").values

    assert procedure(draft).guide.faq == before
    assert keeper.post(where, fewer).status_code == 302
    assert [each.question for each in procedure(draft).guide.faq] == [
        before[1].question,
        "要多久？",
        before[2].question,
    ]


def test_two_hundred_rows_can_be_saved(county: County) -> None:
    draft, keeper = begin(county), county.client("keeper")
    many = [{"id": f"m{number}", "name": "材料", "basis": "法"} for number in range(typed.MOST_ROWS)]
    draft.content = codec.canonical({**codec.to_plain(procedure(draft)), "materials": many})
    draft.save()

    assert save(keeper, draft, "materials", materials__199__name="最后一份").status_code == 302

    assert procedure(draft).materials[199].name == "最后一份"


def test_rows_inside_rows_have_buttons_of_their_own(county: County) -> None:
    draft, keeper = begin(county), county.client("keeper")
    where = address(draft, "edit", "questions")
    values = the_form(keeper.get(where), "/edit/").values

    more = the_form(keeper.post(where, {**values, "row": "add questions.2.choices"}), "/edit/").values
    more |= {"questions.2.choices.3.value": "kiosk", "questions.2.choices.3.label": "自助设备"}
    keeper.post(where, more)

    assert [each.value for each in procedure(draft).questions[2].choices] == ["catering", "canteen", "sale", "kiosk"]


@pytest.mark.parametrize(
    "asked", ["add materials", "add guide", "out guide.faq.x", "burn guide.faq.0", "add guide.faq.0", ""]
)
def test_a_button_that_is_not_there_does_nothing(county: County, asked: str) -> None:
    draft, keeper = begin(county), county.client("keeper")
    before = draft.digest

    response = keeper.post(address(draft, "edit", "faq"), {"row": asked or "up guide.faq.99999", "seen": draft.digest})

    assert response.status_code in (200, 404)
    draft.refresh_from_db()
    assert draft.digest == before


def test_an_example_is_confirmed_field_by_field(county: County) -> None:
    draft = Draft.objects.filter(region="999921").order_by("name").first()
    assert draft is not None
    keeper, before = county.client("keeper"), procedure(draft).guide.examples
    assert "fee" in before
    page = keeper.get(address(draft, "edit", "fees"))
    assert "示例" in text_of(page)

    save(keeper, draft, "fees", fee="不收费", confirm="fee")

    assert procedure(draft).fee == "不收费"
    assert procedure(draft).guide.examples == tuple(each for each in before if each != "fee")


def test_a_vague_clause_is_shown_and_refuses_nothing(county: County) -> None:
    draft, keeper = begin(county), county.client("keeper")

    save(keeper, draft, "criteria", guide__conditions="有固定场所，以及法律、法规规定的其他条件")

    page = text_of(keeper.get(address(draft, "edit", "criteria")))
    assert "模糊条款" in page
    assert "法律、法规规定的其他" in page
    assert [no.code for no in gate.flags(procedure(draft))] == ["vague_clause"]
    assert list(drafts.findings(procedure(draft), clock.today())) == []


def test_a_stale_save_shows_the_others_version_and_keeps_what_was_typed(county: County) -> None:
    draft, mine, theirs = begin(county), county.client("keeper"), county.client("second_keeper")
    where = address(draft, "edit", "results")
    opened = the_form(mine.get(where), "/edit/").values
    save(theirs, draft, "results", guide__quantity="全县 300 家")

    response = mine.post(where, {**opened, "guide.quantity": "全县 500 家"})

    assert response.status_code == 409
    page = text_of(response)
    assert "耿禹" in page
    assert "全县 300 家" in page
    values = the_form(response, "/edit/").values
    assert values["guide.quantity"] == "全县 500 家"
    assert procedure(draft).guide.quantity == "全县 300 家"
    assert mine.post(where, values).status_code == 302
    assert procedure(draft).guide.quantity == "全县 500 家"


def test_a_stale_save_leaves_the_others_sections_as_they_are(county: County) -> None:
    draft, mine, theirs = begin(county), county.client("keeper"), county.client("second_keeper")
    where = address(draft, "edit", "results")
    opened = the_form(mine.get(where), "/edit/").values
    save(theirs, draft, "fees", guide__fee_basis="另一依据")

    again = the_form(mine.post(where, {**opened, "guide.quantity": "不限"}), "/edit/").values
    mine.post(where, again)

    assert (procedure(draft).guide.quantity, procedure(draft).guide.fee_basis) == ("不限", "另一依据")


def test_what_the_higher_catalogue_gives_is_shown_and_taken_over_not_typed(county: County) -> None:
    draft, keeper = begin(county), county.client("keeper")
    base = Item.objects.get(code=draft.code[:31]).base
    locked = next(name for name in base.fields if name in sections.SECTIONS["basics"])
    draft.content = codec.canonical(
        {
            **codec.to_plain(procedure(draft)),
            "guide": {**codec.to_plain(procedure(draft))["guide"], "item_name": "别的"},
        }
    )
    draft.save()
    where = address(draft, "edit", "basics")
    page = keeper.get(where)

    assert f'name="{locked}"' not in page.content.decode()
    assert "采用上级目录的内容" in text_of(page)
    save(keeper, draft, "basics", inherit="guide.item_name")
    assert procedure(draft).guide.item_name == base.fields["guide.item_name"]


def test_what_is_written_into_a_draft_is_text_on_every_page(county: County) -> None:
    draft, keeper = begin(county), county.client("keeper")
    evil = "<script>alert(1)</script>"

    save(keeper, draft, "basics", name=evil, summary=evil)
    save(keeper, draft, "steps", steps__0__name=evil)
    save(keeper, draft, "faq", guide__faq__0__question=evil, guide__faq__0__answer=evil)

    for rest in ((), ("preview",), ("differences",), ("edit", "basics"), ("edit", "steps"), ("edit", "faq")):
        response = keeper.get(address(draft, *rest))
        assert response.status_code == 200
        assert evil not in response.content.decode(), rest


# Sign-off and publication


@pytest.mark.requirement("M047")
def test_a_version_is_written_signed_by_three_offices_and_published_and_running_cases_stay_on_theirs(
    county: County,
) -> None:
    running = submit(county.code(), application(county.law().procedure, county.actor("applicant")), "first-0001")
    tomorrow = clock.today() + timedelta(days=1)
    draft, keeper = begin(county, on=tomorrow), county.client("keeper")
    save(keeper, draft, "results", guide__quantity="不限")
    draft.refresh_from_db()
    page = keeper.get(address(draft))
    assert re.search(r"<button disabled>\s*发布", page.content.decode())
    assert draft.digest[:12] in text_of(page)
    assert "尚未会签：电子政务办" in text_of(page)

    for office, role in THREE.items():
        client = county.client(role)
        form = next(each for each in all_forms_of(client.get(address(draft))) if "/sign/" in each.address)
        assert form.values["office"] == office
        assert "已会签" in text_of(client.post(form.address, form.values, follow=True))
    page = keeper.get(address(draft))
    assert not re.search(r"<button disabled>", page.content.decode())
    done = keeper.post(the_form(page, "/publish/").address, the_form(page, "/publish/").values, follow=True)

    assert "已发布为第 2 版" in text_of(done)
    assert "耿禹" in text_of(keeper.get(address(draft)))
    assert catalogue.in_force(county.code(), clock.today()).version == 1
    assert catalogue.in_force(county.code(), tomorrow).version == 2
    assert county.view(running.stream).state.procedure_version == 1
    differences = text_of(keeper.get(f"/desk/items/{county.code()}/differences/"))
    assert "数量限制" in differences
    assert "不限" in differences


@pytest.mark.requirement("M047")
def test_without_three_signatures_nothing_is_published(county: County) -> None:
    draft, keeper = begin(county), county.client("keeper")
    county.client("centre").post(address(draft, "sign"), {"office": "service_centre", "seen": draft.digest})

    response = keeper.post(address(draft, "publish"), {"seen": draft.digest, "command_id": str(uuid4())})

    assert response.status_code == 409
    assert "审改办" in text_of(response)
    assert ProcedureVersion.objects.filter(code=draft.code).count() == 1


def test_a_change_takes_the_signatures_off_and_says_so(county: County) -> None:
    draft, keeper = begin(county), county.client("keeper")
    county.client("centre").post(address(draft, "sign"), {"office": "service_centre", "seen": draft.digest})
    assert draft.sign_offs.count() == 1

    response = save(keeper, draft, "results", guide__quantity="不限")

    assert "会签已经取消" in text_of(keeper.get(response["Location"]))
    assert draft.sign_offs.count() == 0


def test_an_office_signs_what_it_saw_and_for_itself_alone(county: County) -> None:
    draft, centre = begin(county), county.client("centre")
    seen = draft.digest
    save(county.client("keeper"), draft, "results", guide__quantity="不限")

    assert centre.post(address(draft, "sign"), {"office": "service_centre", "seen": seen}).status_code == 409
    draft.refresh_from_db()
    assert centre.post(address(draft, "sign"), {"office": "e_government", "seen": draft.digest}).status_code == 409
    assert draft.sign_offs.count() == 0


# Discarding


def test_a_draft_is_discarded_after_it_was_asked_for_twice(county: County) -> None:
    draft, keeper = begin(county), county.client("keeper")
    assert f'href="{address(draft, "discard")}"' in keeper.get(address(draft)).content.decode()
    assert "discard" not in county.client("centre").get(address(draft)).content.decode()
    page = keeper.get(address(draft, "discard"))
    assert "不能恢复" in text_of(page)
    form = next(each for each in all_forms_of(page) if "seen" in each.values)
    save(keeper, draft, "results", guide__quantity="不限")

    stale = keeper.post(address(draft, "discard"), form.values)
    assert stale.status_code == 409
    assert "被他人修改" in text_of(stale)
    assert Draft.objects.filter(id=draft.id).exists()
    form = next(each for each in all_forms_of(keeper.get(address(draft, "discard"))) if "seen" in each.values)
    done = text_of(keeper.post(address(draft, "discard"), form.values, follow=True))

    assert f"已废弃草稿：{draft.name}" in done
    assert not Draft.objects.filter(id=draft.id).exists()
    assert keeper.post(address(draft, "discard"), form.values).status_code == 404
    assert catalogue.in_force(county.code(), clock.today()).version == 1


def test_only_a_keeper_of_the_region_discards_a_draft(county: County) -> None:
    draft, seen = begin(county), {"seen": Draft.objects.get(code=county.code(), published_version=0).digest}

    assert county.client("other_keeper").get(address(draft, "discard")).status_code == 404
    assert county.client("other_keeper").post(address(draft, "discard"), seen).status_code == 404
    assert county.client("centre").post(address(draft, "discard"), seen).status_code == 403
    assert Draft.objects.filter(id=draft.id).exists()
    client = Client(enforce_csrf_checks=True)
    client.force_login(county.user("keeper"))
    assert client.post(address(draft, "discard"), seen).status_code == 403


# Whose it is


def test_another_region_sees_no_draft_and_changes_nothing(county: County) -> None:
    draft = begin(county)
    before, other, centre = draft.digest, county.client("other_keeper"), county.client("other_centre")

    assert other.get(f"{address(draft)}files/item.xlsx").status_code == 404
    for rest in ((), ("preview",), ("differences",), ("edit", "basics")):
        assert other.get(address(draft, *rest)).status_code == 404
    assert other.post(address(draft, "edit", "basics"), {"seen": draft.digest, "name": "我们的"}).status_code == 404
    assert other.post(address(draft, "publish"), {"seen": before, "command_id": str(uuid4())}).status_code == 404
    assert centre.post(address(draft, "sign"), {"office": "service_centre", "seen": before}).status_code == 404
    code = county.code()
    assert other.get(f"/desk/items/{code}/").status_code == 404
    assert other.get(f"/desk/items/{code}/1/files/item.yaml").status_code == 404
    assert other.post(f"/desk/items/{code}/next-version/", {"effective_from": "2026-04-01"}).status_code == 404
    turned = other.post(f"/desk/items/{code}/turn/suspend/", {"reason": "试试", "command_id": str(uuid4())})
    assert turned.status_code == 404
    assert draft.name not in text_of(other.get("/desk/items/", {"q": code}))
    draft.refresh_from_db()
    assert (draft.digest, draft.sign_offs.count(), Draft.objects.filter(code=code).count()) == (before, 0, 1)
    assert Item.objects.get(code=code[:31]).state == "in_use"


def test_a_draft_cannot_take_the_code_of_another_regions_item(county: County) -> None:
    draft, keeper = begin(county), county.client("keeper")

    response = save(keeper, draft, "basics", code=county.code(YUNXI_FOOD), version="2")

    assert response.status_code == 409
    assert "不属于您所在的地区" in text_of(response)
    draft.refresh_from_db()
    assert draft.code == county.code()


@pytest.mark.parametrize("role", ["", "applicant", "clerk", "decider", "head_of_agency"])
def test_these_pages_are_for_the_three_offices(county: County, role: str) -> None:
    draft, client = begin(county), county.client(role)
    expected = 403 if role else 302

    for where in ("/desk/items/", address(draft), address(draft, "edit", "basics"), f"/desk/items/{draft.code}/"):
        assert client.get(where).status_code == expected
    for where in (
        address(draft, "sign"),
        address(draft, "publish"),
        "/desk/items/new/claim/",
        "/desk/items/new/upload/",
    ):
        assert client.post(where, {"seen": draft.digest}).status_code == expected


@pytest.mark.parametrize("role", ["centre", "e_government"])
def test_the_other_two_offices_read_and_sign_and_write_nothing(county: County, role: str) -> None:
    draft, client = begin(county), county.client(role)

    assert client.get(address(draft)).status_code == 200
    assert client.get(address(draft, "preview")).status_code == 200
    assert client.get(address(draft, "edit", "basics")).status_code == 403
    assert client.post(address(draft, "edit", "basics"), {"seen": draft.digest}).status_code == 403
    assert client.post(address(draft, "publish"), {"seen": draft.digest}).status_code == 403
    assert client.get("/desk/items/new/").status_code == 403


def test_every_post_needs_its_token(county: County) -> None:
    draft = begin(county)
    client = Client(enforce_csrf_checks=True)
    client.force_login(county.user("keeper"))
    code = county.code()

    for where in (
        address(draft, "edit", "basics"),
        address(draft, "sign"),
        address(draft, "publish"),
        f"/desk/items/{code}/next-version/",
        f"/desk/items/{code}/turn/suspend/",
        f"/desk/items/claims/{code[:31]}/take-over/",
        "/desk/items/new/claim/",
        "/desk/items/new/upload/",
        f"/desk/items/new/from/{county.code(YUNXI_FOOD)}/",
    ):
        assert client.post(where, {"seen": draft.digest}).status_code == 403, where


# The list and an item


def test_the_first_page_has_tasks_drafts_and_items(county: County) -> None:
    at = clock.now()
    code = county.code()[19:31]
    adjustments.adjust(
        "999921",
        ListKind.LICENCE,
        [cancel(code)],
        "取消",
        "公告",
        county.actor("keeper").id,
        at,
        uuid4(),
        clock.today(),
    )
    from banjie.records.catalogue import recheck

    recheck.recheck(clock.today())
    keeper = county.client("keeper")

    page = text_of(keeper.get("/desk/items/"))

    assert Finding.objects.filter(code=county.code(), settled_on=None).exists()
    assert "食品经营许可-新办（热食类）" in page
    assert "清单之外无权力" in page
    assert Draft.objects.filter(region="999921").count() > 10
    assert "下一页" in page
    second = text_of(keeper.get("/desk/items/", {"drafts": "2"}))
    assert "2 / " in second
    found = text_of(keeper.get("/desk/items/", {"q": "劳务派遣"}))
    assert "劳务派遣经营许可" in found
    assert "食品经营许可-新办" not in found.partition("已发布事项")[2]


@pytest.mark.parametrize("odd", ["0", "-1", "x", "99999999", "二"])
def test_an_odd_page_number_is_no_fault(county: County, odd: str) -> None:
    assert county.client("keeper").get("/desk/items/", {"drafts": odd, "after": "\x00", "q": "\x00"}).status_code == 200


def test_a_newer_base_item_is_a_task_with_its_difference_until_it_is_claimed(county: County) -> None:
    item = Item.objects.select_related("base").get(code=county.code()[:31])
    fields = {**item.base.fields, "guide.item_name": "食品经营许可（新）"}
    levels.declare(
        item.base_id, item.base.version + 1, item.base.source, fields, by="p", at=clock.now(), command_id=uuid4()
    )
    keeper = county.client("keeper")
    page = keeper.get("/desk/items/")
    assert "食品经营许可（新）" in text_of(page)
    form = the_form(page, f"{item.code}/take-over/")
    assert "认领新版" not in text_of(county.client("centre").get("/desk/items/"))

    done = text_of(keeper.post(form.address, form.values, follow=True))

    assert "已认领" in done
    assert not UpstreamChange.objects.filter(settled_on=None, item__region="999921").exists()


def test_an_item_is_suspended_with_a_reason_and_resumed(county: County) -> None:
    keeper, code = county.client("keeper"), county.code()
    where = f"/desk/items/{code}/turn"

    told = keeper.post(f"{where}/suspend/", {"reason": " ", "command_id": str(uuid4())}, follow=True)
    assert "原因" in text_of(told)
    assert Item.objects.get(code=code[:31]).state == "in_use"
    keeper.post(f"{where}/suspend/", {"reason": "系统升级", "command_id": str(uuid4())})

    assert "暂停" in text_of(keeper.get(f"/desk/items/{code}/"))
    assert county.client().get(f"/items/{code}/").status_code == 404
    keeper.post(f"{where}/resume/", {"reason": "升级完成", "command_id": str(uuid4())})
    assert county.client().get(f"/items/{code}/").status_code == 200


@pytest.mark.requirement("M045")
def test_an_item_shows_its_versions_lists_claim_and_flow_chart(county: County) -> None:
    response = county.client("keeper").get(f"/desk/items/{county.code()}/")
    page = text_of(response)

    for word in ("版本", "认领", "行政许可事项清单", "流程图", "云岭县行政审批局"):
        assert word in page
    assert "<svg" in response.content.decode()
    for step in county.law().procedure.steps:
        assert step.name in page


def test_a_version_is_taken_away_in_national_names_as_a_workbook_and_as_yaml(county: County) -> None:
    keeper, where = county.client("keeper"), f"/desk/items/{county.code()}/1/files"

    plain = keeper.get(f"{where}/c0109.json").json()
    other = keeper.get(f"{where}/gbt39046.json").json()
    workbook = keeper.get(f"{where}/item.xlsx")
    text = keeper.get(f"{where}/item.yaml").content.decode()

    assert (plain["task_name"], plain["standard"]) == ("食品经营许可-新办（热食类）", "C0109")
    assert other["standard"] == "GB/T 39046"
    assert spreadsheet.read(workbook.content).procedures == (county.law().procedure,)
    assert "statutory_limit: 10 working_day" in text
    assert "attachment" in workbook["Content-Disposition"]
    assert keeper.get(f"{where}/item.exe").status_code == 404
    assert keeper.get(f"/desk/items/{county.code()}/9/files/item.yaml").status_code == 404


def test_the_handbook_is_for_staff_and_names_each_posts_duties(county: County) -> None:
    where = f"/desk/items/{county.code()}/handbook/"

    page = text_of(county.client("clerk").get(where))

    for post in county.law().procedure.guide.posts:
        for duty in post.duties:
            assert duty in page
    assert county.client("applicant").get(where).status_code == 403


# New drafts


def workbook_of(*procedures: Procedure) -> BytesIO:
    file = BytesIO(spreadsheet.export(procedures))
    file.name = "事项.xlsx"
    return file


def with_cells(workbook: BytesIO, cells: dict[str, str]) -> BytesIO:
    """The same workbook with something else in the first item's cells of these fields."""
    found = CalamineWorkbook.from_filelike(workbook)
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    for name in found.sheet_names:
        table = found.get_sheet_by_name(name).to_python(skip_empty_area=False)
        if name == "事项":
            for field, value in cells.items():
                table[2][table[1].index(field)] = value
        page = book.add_worksheet(name)
        for row, line in enumerate(table):
            for column, cell in enumerate(line):
                page.write(row, column, cell.isoformat() if isinstance(cell, date) else cell)
    book.close()
    out.seek(0)
    out.name = "坏.xlsx"
    return out


def test_a_workbook_becomes_a_draft_an_item(county: County) -> None:
    keeper, before = county.client("keeper"), Draft.objects.count()
    ours = [each for each in queries.published(clock.today()) if each.region == "999921"][:3]

    response = keeper.post("/desk/items/new/upload/", {"file": workbook_of(*ours)}, follow=True)

    assert "已新建 3 份草稿" in text_of(response)
    assert Draft.objects.count() == before + 3
    assert {procedure(each) for each in Draft.objects.filter(origin="事项.xlsx")} == set(ours)


def test_one_bad_cell_and_nothing_of_a_workbook_is_taken_in(county: County) -> None:
    keeper, before = county.client("keeper"), Draft.objects.count()
    file = with_cells(workbook_of(county.law().procedure), {"statutory_limit": "很快", "version": "一"})

    response = keeper.post("/desk/items/new/upload/", {"file": file})

    assert response.status_code == 422
    page = text_of(response)
    assert "没有导入任何内容" in page
    assert "很快" in page
    assert "一" in page
    assert Draft.objects.count() == before


def test_a_workbook_of_another_region_or_no_workbook_at_all_is_refused(county: County) -> None:
    keeper, before = county.client("keeper"), Draft.objects.count()
    theirs = queries.procedure(catalogue.in_force(county.code(YUNXI_FOOD), clock.today()).digest)
    nothing = BytesIO(b"PK\x03\x04 no workbook")
    nothing.name = "x.xlsx"

    assert (
        keeper.post("/desk/items/new/upload/", {"file": workbook_of(county.law().procedure, theirs)}).status_code == 422
    )
    assert keeper.post("/desk/items/new/upload/", {"file": nothing}).status_code == 422
    assert keeper.post("/desk/items/new/upload/", {}).status_code == 422
    assert Draft.objects.count() == before


def test_a_draft_is_made_from_another_countys_item(county: County) -> None:
    keeper, code = county.client("keeper"), county.code(YUNXI_FOOD)
    found = keeper.get("/desk/items/new/", {"q": "开饭店"})
    assert f"/desk/items/new/from/{code}/" in found.content.decode()
    assert county.code() not in found.content.decode()
    form = {"agency": "approval-bureau", "serial": "77", "effective_from": "2026-06-01"}
    source = queries.procedure(catalogue.in_force(code, clock.today()).digest)

    assert keeper.post(f"/desk/items/new/from/{code}/", {**form, "serial": "7"}).status_code == 422
    response = keeper.post(f"/desk/items/new/from/{code}/", {**form, f"unit.{source.receives}": "hall-window"})

    draft = Draft.objects.get(origin__startswith=code)
    assert response["Location"] == address(draft)
    made = procedure(draft)
    assert (made.region, made.code[31:], made.receives, made.decides) == ("999921", "77", "hall-window", "")
    assert "decides" in made.guide.examples
    assert {each.id for each in made.materials} == {each.id for each in source.materials}


def test_a_base_item_is_claimed_and_its_draft_holds_what_it_gives(county: County) -> None:
    keeper = county.client("other_keeper")
    claimed = set(Item.objects.filter(region="999922").values_list("base_id", flat=True))
    page = keeper.get("/desk/items/new/")
    base = next(each for each in re.findall(r'<option value="(\d{12})"', page.content.decode()))
    assert base not in claimed

    response = keeper.post("/desk/items/new/claim/", {"base": base, "agency": "approval-bureau"})
    assert response.status_code == 422  # an agency of the other county
    agency = re.findall(r'<option value="(yx-[\w-]+)"', page.content.decode())[0]
    response = keeper.post("/desk/items/new/claim/", {"base": base, "agency": agency}, follow=True)

    assert response.status_code == 200
    item = Item.objects.select_related("base").get(region="999922", base_id=base)
    draft = Draft.objects.get(code=f"{item.code}01")
    assert procedure(draft).guide.item_name == item.base.fields["guide.item_name"]
    assert [no for no in drafts.findings(procedure(draft), clock.today()) if no.code == "inherited_field_changed"] == []


def test_the_pages_are_there_in_english_too(county: County) -> None:
    draft, keeper = begin(county), county.client("keeper")
    keeper.post("/language/", {"language": "en", "next": "/"})

    assert "Item administration" in text_of(keeper.get("/desk/items/"))
    page = text_of(keeper.get(address(draft, "edit", "limits")))
    assert "Statutory limit" in page
    assert "working days" in page
