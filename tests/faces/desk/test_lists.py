"""The keeper adjusts a list of their region and records where it was made public; nobody touches another region's."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from banjie.records.catalogue import adjustments, lists, register, rulebook
from banjie.records.catalogue.models import ListEntry, ListVersion
from banjie.records.catalogue.register import ListKind
from banjie.web import clock
from tests.county import County
from tests.faces.pages import Form, all_forms_of, errors_of, text_of

pytestmark = pytest.mark.database

YUNLING, YUNXI = "999921", "999922"
POWERS = f"/desk/lists/{YUNLING}/power/"
SCHOOL, NEW = "000105003000", "000199999000"


def the_form(response: HttpResponse, end: str) -> Form:
    return next(each for each in all_forms_of(response) if each.address.endswith(end))


def adjusting(client: Client, **typed: Any) -> dict[str, Any]:
    """What the form to adjust the list of powers sends once this is typed."""
    reasons = {"reason": "市级下放", "notice": "云审改〔2026〕3号"}
    return {**the_form(client.get(POWERS), "/power/").values, **reasons, **typed}


def standing(entry: str) -> ListEntry | None:
    return ListEntry.objects.filter(region=YUNLING, kind="power", entry=entry, until=None).first()


def newest() -> ListVersion:
    return ListVersion.objects.filter(region=YUNLING, kind="power").order_by("-version")[0]


@pytest.mark.requirement("M022")
def test_a_list_is_adjusted_published_through_four_channels_and_everybody_sees_it(county: County) -> None:
    keeper, today = county.client("keeper"), clock.today()
    given = adjusting(keeper, action="add", id=NEW, name="新的事项", holder="approval-bureau", duty="事中事后监管")

    done = text_of(keeper.post(POWERS, given, follow=True))

    assert "第 2 版" in done
    assert "新的事项" in done
    assert "尚未公开的途径： 网站 · 报纸 · 广播电视 · 办事窗口" in done
    days = {medium: today + timedelta(days=number) for number, medium in enumerate(register.Medium)}
    for medium, day in days.items():
        form = the_form(keeper.get(POWERS), "/made-public/")
        assert keeper.post(form.address, {**form.values, "medium": medium, "on": day.isoformat()}).status_code == 302
    assert newest().channels == [{"medium": each, "on": day.isoformat(), "place": ""} for each, day in days.items()]
    assert ListKind.POWER not in lists.missing_channels(YUNLING)
    assert "尚未公开的途径" not in text_of(keeper.get(POWERS))
    page = text_of(county.client().get(f"/lists/{YUNLING}/power/"))
    assert "新的事项" in page
    assert "市级下放" in page
    for medium, name in (("website", "网站"), ("newspaper", "报纸"), ("radio_tv", "广播电视"), ("window", "办事窗口")):
        assert f"{name} {days[register.Medium(medium)].isoformat()}" in page


def test_the_first_page_says_what_is_left_to_do(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = county.client("keeper")
    assert 'href="/desk/lists/"' in keeper.get("/desk/items/").content.decode()
    assert 'href="/desk/lists/"' not in county.client("centre").get("/desk/items/").content.decode()

    page = text_of(keeper.get("/desk/lists/"))

    for word in ("权力清单", "2025年1月1日", "县级清单首次编制", "云岭市政务公开〔2025〕1号", "网站 · 报纸 · 广播电视"):
        assert word in page
    assert "尚未编制" not in page
    monkeypatch.setattr(
        rulebook, "lists", lambda region: rulebook.RegionLists(mandatory=(ListKind.POWER, ListKind.INTERNAL))
    )
    assert "尚未编制的清单： 内部审批事项清单" in text_of(keeper.get("/desk/lists/"))


def test_an_entry_is_modified_from_what_it_says_and_cancelled(county: County) -> None:
    keeper = county.client("keeper")
    before = standing(SCHOOL)
    assert before is not None

    given = the_form(keeper.get(POWERS, {"entry": SCHOOL}), "/power/").values
    assert (given["action"], given["holder"], given["basis"]) == ("modify", "approval-bureau", before.basis)
    keeper.post(POWERS, {**given, "duty": "另一责任", "reason": "修法", "notice": "公告一"})

    after = standing(SCHOOL)
    assert after is not None
    assert (after.duty, after.basis, after.item_class) == ("另一责任", before.basis, before.item_class)
    keeper.post(POWERS, adjusting(keeper, action="cancel", id=SCHOOL))
    assert standing(SCHOOL) is None
    assert newest().version == 3


def test_an_entry_is_handed_down_and_stays_there_when_it_is_modified(county: County) -> None:
    keeper = county.client("keeper")

    keeper.post(POWERS, adjusting(keeper, action="devolve", id=SCHOOL, level="town", unit="清溪镇人民政府"))
    page = text_of(keeper.get(POWERS))
    assert "清溪镇人民政府 乡镇（街道）级" in page
    given = the_form(keeper.get(POWERS, {"entry": SCHOOL}), "/power/").values
    assert given["holder"] == "清溪镇人民政府"
    keeper.post(POWERS, {**given, "duty": "另一责任", "reason": "修法", "notice": "公告一"})

    entry = standing(SCHOOL)
    assert entry is not None
    assert (entry.level, entry.holder, entry.duty) == ("town", "清溪镇人民政府", "另一责任")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"reason": " "}, "没有填写调整清单的理由"),
        ({"notice": ""}, "没有填写清单调整的公告"),
        ({"name": ""}, "没有编号或者名称"),
        ({"id": "12"}, "不是 12 位基本编码"),
        ({"id": SCHOOL}, "已经在清单上"),
        ({"action": "modify"}, "现在不在清单上"),
        ({"action": "cancel"}, "现在不在清单上"),
        ({"action": "devolve", "id": SCHOOL, "level": "town"}, "没有写明承接单位"),
        ({"on": "2024-12-31"}, "早于上一版的施行日期"),
    ],
)
def test_what_is_refused_is_said_and_everything_typed_is_kept(county: County, typed: dict[str, str], said: str) -> None:
    keeper = county.client("keeper")
    told = {"action": "add", "id": NEW, "name": "新的事项", "basis": "某法 第一条", "duty": "监管", **typed}
    given = adjusting(keeper, **told)

    response = keeper.post(POWERS, given)

    assert response.status_code == 409
    assert said in text_of(response)
    kept = the_form(response, "/power/").values
    filled = {name: value for name, value in given.items() if str(value).strip() and name != "csrfmiddlewaretoken"}
    assert {name: kept.get(name) for name in filled} == filled
    assert newest().version == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("on", "2026-02-30"), ("on", ""), ("action", "burn"), ("id", "9" * 61), ("level", "moon"), ("holder", "nobody")],
)
def test_nonsense_stands_beside_its_field(county: County, field: str, value: str) -> None:
    keeper = county.client("keeper")

    response = keeper.post(POWERS, adjusting(keeper, **{"action": "add", "id": NEW, "name": "新的", field: value}))

    assert response.status_code == 422
    assert list(errors_of(response)) == [f"adjust-{field}"]
    assert newest().version == 1


def test_a_cancellation_needs_a_number_and_no_text_holds_a_nul(county: County) -> None:
    keeper = county.client("keeper")

    assert list(errors_of(keeper.post(POWERS, adjusting(keeper, action="cancel", id="")))) == ["adjust-id"]
    assert keeper.post(POWERS, adjusting(keeper, action="add", id=NEW, name="a\x00b")).status_code == 422
    assert keeper.get(POWERS, {"entry": "\x00"}).status_code == 200


def test_a_second_press_of_a_button_changes_nothing(county: County) -> None:
    keeper = county.client("keeper")
    given = adjusting(keeper, action="add", id=NEW, name="新的事项")

    assert [keeper.post(POWERS, given).status_code for _ in range(2)] == [302, 302]
    assert newest().version == 2
    form = the_form(keeper.get(POWERS), "/made-public/")
    sent = {**form.values, "medium": "newspaper", "place": "云岭日报"}
    assert [keeper.post(form.address, sent).status_code for _ in range(2)] == [302, 302]
    assert keeper.post(form.address, {**sent, "place": "另一家报纸"}).status_code == 302

    assert [each["place"] for each in newest().channels] == ["云岭日报"]
    in_order = ListVersion.objects.filter(region=YUNLING, kind="power").order_by("version")
    rows = list(in_order.values_list("version", "channels"))
    adjustments.rebuilt()
    assert rows == list(in_order.values_list("version", "channels"))


def test_a_channel_that_cannot_be_read_is_told_and_kept(county: County) -> None:
    keeper = county.client("keeper")
    form = the_form(keeper.get(POWERS), "/made-public/")

    response = keeper.post(form.address, {**form.values, "medium": "pigeon", "place": "云岭日报", "on": "x"})

    assert response.status_code == 422
    assert set(errors_of(response)) == {"channel-medium", "channel-on"}
    assert the_form(response, "/made-public/").values["place"] == "云岭日报"
    assert keeper.post(form.address, {**form.values, "medium": "window", "version": "9"}).status_code == 422
    assert newest().channels == []
    assert keeper.get(form.address)["Location"] == POWERS


def test_another_regions_list_is_not_there(county: County) -> None:
    other = county.client("other_keeper")
    given = adjusting(county.client("keeper"), action="add", id=NEW, name="新的事项")

    assert other.get(POWERS).status_code == 404
    assert other.post(POWERS, given).status_code == 404
    shown = {"command_id": str(uuid4()), "version": "1", "medium": "window", "on": "2026-03-02"}
    assert other.post(f"{POWERS}made-public/", shown).status_code == 404
    for address in (f"/desk/lists/{YUNXI}/nothing/", f"/desk/lists/{YUNXI}/internal/", "/desk/lists/x/power/"):
        assert other.get(address).status_code == 404
    assert other.get(f"/desk/lists/{YUNXI}/power/").status_code == 200
    assert (newest().version, newest().channels) == (1, [])


@pytest.mark.parametrize("role", ["", "applicant", "clerk", "centre", "e_government"])
def test_these_pages_are_for_the_keeper(county: County, role: str) -> None:
    client, expected = county.client(role), 403 if role else 302

    for where in ("/desk/lists/", POWERS, f"{POWERS}made-public/"):
        assert client.get(where).status_code == expected
    for where in (POWERS, f"{POWERS}made-public/"):
        assert client.post(where, {}).status_code == expected


def test_every_form_needs_its_token(county: County) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(county.user("keeper"))

    assert [client.post(where, {}).status_code for where in (POWERS, f"{POWERS}made-public/")] == [403, 403]


def test_what_is_written_on_a_list_is_text(county: County) -> None:
    keeper, evil = county.client("keeper"), "<script>alert(1)</script>"

    keeper.post(POWERS, adjusting(keeper, action="add", id=NEW, name=evil, duty=evil, reason=evil, notice=evil))

    for where in ("/desk/lists/", POWERS, f"{POWERS}?entry={NEW}"):
        assert evil not in keeper.get(where).content.decode()


def test_the_pages_are_there_in_english_too(county: County) -> None:
    keeper = county.client("keeper")
    keeper.post("/language/", {"language": "en", "next": "/"})

    assert "Lists of the region" in text_of(keeper.get("/desk/items/"))
    assert "Still to be made public through" in text_of(keeper.get("/desk/lists/"))
    page = text_of(keeper.get(POWERS))
    for word in ("Adjust the list", "Devolve an entry", "town or street office", "radio and television"):
        assert word in page
