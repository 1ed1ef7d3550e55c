"""Clean-up rounds on pages: opened, flagged, settled and closed; and what the item administrator counts."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from banjie.records.catalogue import lists, queries
from banjie.records.catalogue.models import ListVersion, Round, RoundItem
from tests.county import FOOD, HYGIENE, County
from tests.faces.cases import filed
from tests.faces.pages import Form, all_forms_of, text_of

pytestmark = pytest.mark.database

ROUNDS = "/desk/items/rounds/"


def the_form(county: County, role: str, address: str, ending: str, item: str = "") -> Form:
    """The form of a page that is sent to an address with this ending, about this item."""
    forms = all_forms_of(county.client(role).get(address))
    return next(each for each in forms if each.address.endswith(ending) and each.values.get("item", "") == item)


def opened(county: County, **typed: object) -> Round:
    form = the_form(county, "keeper", ROUNDS, ROUNDS)
    sent = county.client("keeper").post(form.address, {**form.values, "title": "2026年清理", **typed})
    assert sent.status_code == 302, text_of(sent)
    return Round.objects.get()


def test_a_round_is_opened_over_the_keepers_region_once(county: County) -> None:
    form = the_form(county, "keeper", ROUNDS, ROUNDS)
    client = county.client("keeper")

    for _ in range(2):
        client.post(form.address, {**form.values, "title": "2026年清理"})

    row = Round.objects.get()
    page = text_of(client.get(f"{ROUNDS}{row.stream}/"))
    assert "2026年清理" in page
    assert "食品经营许可" in page
    assert RoundItem.objects.filter(round=row).count() > 3


def test_whoever_is_left_out_is_left_out_for_a_reason(county: County) -> None:
    form = the_form(county, "keeper", ROUNDS, ROUNDS)
    units = form.values["units"]
    assert isinstance(units, list)

    bare = county.client("keeper").post(form.address, {**form.values, "title": "清理", "units": units[:1]})
    assert bare.status_code == 409
    assert not Round.objects.exists()
    row = opened(county, units=units[:1], reason="垂直管理部门")

    assert sum(bool(each.get("excluded")) for each in row.units) == len(units) - 1


def test_what_a_reviewer_found_can_be_handed_down_and_not_kept(county: County) -> None:
    row, item = opened(county), county.code(FOOD)[:31]
    page, client = f"{ROUNDS}{row.stream}/", county.client("keeper")

    found = the_form(county, "keeper", page, "find/", item)
    client.post(found.address, {**found.values, "reason": "devolvable", "text": "乡镇可以办"})
    assert "可由下级办理，一律下放" in text_of(client.get(page))
    settled = the_form(county, "keeper", page, "settle/", item)
    kept = client.post(settled.address, {**settled.values, "outcome": "keep", "reason": "维持"})
    assert kept.status_code == 409
    assert "维持" in kept.content.decode()
    client.post(
        settled.address,
        {**settled.values, "outcome": "devolve", "reason": "方便群众", "level": "town", "unit": "城关镇"},
    )

    told = RoundItem.objects.filter(round=row, item=item).first()
    assert told is not None
    assert (told.outcome, told.level, told.receiver) == ("devolve", "town", "城关镇")


def test_a_round_closes_when_everything_is_settled(county: County) -> None:
    row = opened(county)
    page, client = f"{ROUNDS}{row.stream}/", county.client("keeper")
    closing = the_form(county, "keeper", page, "close/")

    early = client.post(closing.address, closing.values)
    assert early.status_code == 409
    for item in set(RoundItem.objects.filter(round=row).values_list("item", flat=True)):
        form = the_form(county, "keeper", page, "settle/", item)
        client.post(form.address, {**form.values, "outcome": "keep", "reason": "依法保留"})
    sent = client.post(closing.address, {**closing.values, "next_on": "2027-03-01"}, follow=True)

    assert "结束" in text_of(sent)
    assert Round.objects.get().next_on == date(2027, 3, 1)
    assert [each.address for each in all_forms_of(sent) if str(row.stream) in each.address] == []


def test_another_regions_keeper_and_other_posts_see_no_round(county: County) -> None:
    row = opened(county)

    assert county.client("other_keeper").get(f"{ROUNDS}{row.stream}/").status_code == 404
    assert county.client("officer").get(ROUNDS).status_code == 403
    assert "2026年清理" not in text_of(county.client("other_keeper").get(ROUNDS))


# Lists, cases and channels


def test_a_list_the_region_must_keep_is_begun_from_the_page(county: County, settings: Any, tmp_path: Path) -> None:
    rulebook = shutil.copytree(settings.RULEBOOK, tmp_path / "rulebook")
    file = rulebook / "lists" / "999922.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("registration]", "registration, internal]"), "utf-8")
    settings.RULEBOOK = rulebook
    form = the_form(county, "other_keeper", "/desk/lists/", "found/internal/")
    client = county.client("other_keeper")

    bare = client.post(form.address, form.values)
    assert bare.status_code == 409
    client.post(form.address, {**form.values, "reason": "依法建立", "notice": "云溪县公告〔2026〕1号"})

    assert ListVersion.objects.get(region="999922", kind="internal").reason == "依法建立"
    assert lists.missing_lists("999922", county.view_time().date()) == []
    assert client.post(form.address, form.values).status_code == 404
    assert county.client("officer").post(form.address, form.values).status_code == 403


def test_the_keeper_sees_how_many_cases_run_under_each_version(county: County) -> None:
    for _ in range(2):
        filed(county, HYGIENE)
    filed(county, HYGIENE).accepted()

    page = text_of(county.client("keeper").get(f"/desk/items/{county.code(HYGIENE)}/"))

    assert "在办件" in page
    assert " 3 XLSX" in page


@pytest.mark.requirement("M215")
def test_what_cannot_be_applied_for_online_is_listed_and_nothing_else(county: County) -> None:
    page = text_of(county.client("keeper").get("/desk/items/offline/"))

    here = [each for each in queries.published(county.view_time().date()) if each.region == "999921"]
    offline = [each for each in here if not {"computer", "mobile"} & set(each.guide.channels)]

    assert here
    assert f"{len(here)} 个在用事项中，有 {len(offline)} 个不能网上申请" in page
    for each in here:
        assert (each.code in page) == (each in offline)
        assert not (each in offline and each.guide.offline_reason) or each.guide.offline_reason in page
