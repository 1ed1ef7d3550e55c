"""The guide is kept for visitors: served the same, answered 304, and never out of date."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from banjie.faces.portal import kept
from banjie.records import catalogue
from banjie.web import clock
from tests.county import MONDAY, County
from tests.faces.pages import text_of

pytestmark = pytest.mark.database


def guide(county: County, client: Client | None = None, **headers: str) -> HttpResponse:
    return (client or county.client()).get(f"/items/{county.code()}/", headers=headers)


def text(response: HttpResponse) -> str:
    return response.content.decode()


def test_a_kept_guide_is_the_rendered_one_byte_for_byte(county: County) -> None:
    rendered, served = guide(county), guide(county)

    assert len(kept.pages) == 1
    assert rendered.content == served.content
    assert "食品经营许可-新办（热食类）" in text_of(served)


def test_a_browser_that_has_the_page_is_told_so_in_304(county: County) -> None:
    client = county.client()
    etag = guide(county, client)["ETag"]

    again = guide(county, client, if_none_match=etag)

    assert again.status_code == 304
    assert again.content == b""
    assert again["ETag"] == etag
    assert "Cookie" in again["Vary"]
    assert guide(county, client, if_none_match='"another"').status_code == 200


def test_a_new_version_is_read_at_once(county: County) -> None:
    from dataclasses import replace

    from banjie.engine.timelimits import Limit, Unit
    from tests.cast import SIGNED

    client = county.client()
    before = guide(county, client)
    law = county.law()
    changed = replace(
        law.procedure,
        version=law.procedure.version + 1,
        summary="换了新的说明。",
        committed_limit=Limit(7, Unit.WORKING_DAY),
        effective_from=clock.today(),
    )
    catalogue.publish(changed, by=SIGNED["reform_office"], at=clock.now(), command_id=uuid4(), signed=SIGNED)

    after = guide(county, client, if_none_match=before["ETag"])

    assert after.status_code == 200
    assert "换了新的说明。" in text_of(after)
    assert "换了新的说明。" not in text_of(before)


def test_a_loaded_calendar_is_counted_by_at_once(county: County) -> None:
    from banjie.records.catalogue.rulebook import years

    client = county.client()
    before = guide(county, client)
    promised = "2026年3月12日"
    assert promised in text_of(before)

    with_a_rest_day = years()
    rest = {"name": "示范日", "english": "Day of the example", "from": "2026-03-04", "to": "2026-03-04"}
    next(each for each in with_a_rest_day if each["year"] == 2026)["holidays"].append(rest)
    catalogue.load_calendar(
        "CN-with-a-rest-day",
        with_a_rest_day,
        by="p-keeper",
        at=clock.now(),
        second_person="p-second",
        command_id=uuid4(),
    )

    after = guide(county, client, if_none_match=before["ETag"])
    assert after.status_code == 200
    assert "2026年3月13日" in text_of(after)


def test_tomorrow_the_dates_are_tomorrows(county: County) -> None:
    client = county.client()
    before = guide(county, client)

    county.move_to(MONDAY + timedelta(1))
    after = guide(county, client, if_none_match=before["ETag"])

    assert after.status_code == 200
    assert text(after) != text(before)


def test_each_language_and_look_has_its_own_page(county: County) -> None:
    plain, english, elder = county.client(), county.client(), county.client()
    english.post("/language/", {"language": "en", "next": "/"})
    elder.cookies["banjie_elder"] = "1"

    pages = {text(guide(county, each)) for each in (plain, english, elder)}

    assert len(pages) == len(kept.pages) == 3


def test_what_somebody_signed_in_sees_is_not_kept_and_not_served_to_others(county: County) -> None:
    staff = guide(county, county.client("clerk"))
    assert len(kept.pages) == 0
    visitor = guide(county)

    assert "handbook" in staff.content.decode()
    assert "handbook" not in visitor.content.decode()
    assert not staff.has_header("ETag")


def test_an_item_that_is_not_there_is_not_kept(county: County) -> None:
    assert county.client().get("/items/nothing/").status_code == 404
    assert len(kept.pages) == 0


def test_a_page_of_somebody_on_a_tour_is_not_kept(county: County) -> None:
    client = county.client()
    client.cookies["something_else"] = "1"

    assert guide(county, client).status_code == 200
    assert len(kept.pages) == 0
