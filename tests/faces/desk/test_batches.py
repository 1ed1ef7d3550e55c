"""Guides are made public in batches, on portal and wall; batch, day and both channels are recorded (M048)."""

from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from banjie.records.catalogue import batches
from banjie.records.catalogue.models import GuideBatch
from banjie.records.catalogue.rebuild import rebuild
from banjie.store.log import verify
from banjie.web import clock
from tests.county import County
from tests.faces.pages import Form, all_forms_of, text_of

pytestmark = [pytest.mark.database, pytest.mark.requirement("M048")]

REGION = "999921"


def form(client: Client, field: str) -> Form:
    """The form of the keeper's page that has this field."""
    return next(each for each in all_forms_of(client.get("/desk/guides/")) if field in each.values)


def opened(county: County, *codes: str) -> Client:
    """A batch of these items, made by the keeper over the page."""
    client = county.client("keeper")
    given = form(client, "title")
    client.post(given.address, {**given.values, "title": "2026年第一批", "guides": [f"{each}/1" for each in codes]})
    return client


def test_a_batch_is_made_and_both_channels_are_recorded_with_their_days_and_shown_to_everybody(county: County) -> None:
    client = opened(county, county.code(), county.code("public-place-hygiene"))

    for channel, place, on in (
        ("portal", "云岭县政务服务网", "2026-03-01"),
        ("wall", "政务服务大厅一楼东墙", "2026-03-02"),
    ):
        given = form(client, "channel")
        client.post(given.address, {**given.values, "channel": channel, "place": place, "on": on})

    row = GuideBatch.objects.get(region=REGION, number=1)
    assert row.channels == [
        {"channel": "portal", "on": "2026-03-01", "place": "云岭县政务服务网"},
        {"channel": "wall", "on": "2026-03-02", "place": "政务服务大厅一楼东墙"},
    ]
    everybody = text_of(county.client().get("/guides/"))
    guide = text_of(county.client().get(f"/items/{county.code()}/"))
    for page in (everybody, guide):
        for words in ("2026年第一批", "上网公布", "2026年3月1日", "上墙公布", "2026年3月2日 · 政务服务大厅一楼东墙"):
            assert words in page
    assert "食品经营许可-新办（热食类）" in everybody


def test_what_is_still_missing_is_told(county: County) -> None:
    opened(county, county.code())

    assert "上墙公布 尚未公布" in text_of(county.client().get("/guides/"))


def test_a_guide_in_a_batch_waits_no_more_and_its_next_version_waits_again(county: County) -> None:
    before = {each.code for each in batches.waiting(REGION, clock.today())}

    opened(county, county.code())

    after = {each.code for each in batches.waiting(REGION, clock.today())}
    assert before - after == {county.code()}


def test_a_second_press_makes_no_second_batch_and_a_channel_is_recorded_once(county: County) -> None:
    client = county.client("keeper")
    given = form(client, "title")
    values = {**given.values, "title": "2026年第一批", "guides": [f"{county.code()}/1"]}
    for _ in range(2):
        client.post(given.address, values)
    for day in ("2026-03-01", "2026-03-02"):
        batches.make_public(
            REGION, 1, batches.Channel.WALL, date.fromisoformat(day), "东墙", "p-keeper", clock.now(), uuid4()
        )

    assert GuideBatch.objects.count() == 1
    assert [each["on"] for each in GuideBatch.objects.get().channels] == ["2026-03-01"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "没有填写批次名称"),
        ({"guides": []}, "这一批没有选任何指南"),
        ({"guides": ["11999922009902406X400012300400001/1"]}, "选项"),
    ],
)
def test_a_batch_without_a_name_or_guides_or_with_another_regions_is_not_made(
    county: County, changes: dict[str, object], words: str
) -> None:
    client = county.client("keeper")
    given = form(client, "title")

    response = client.post(
        given.address, {**given.values, "title": "一批", "guides": [f"{county.code()}/1"], **changes}
    )

    assert response.status_code in (409, 422)
    assert words in text_of(response)
    assert GuideBatch.objects.count() == 0


def test_a_day_that_has_not_come_is_not_recorded(county: County) -> None:
    client = opened(county, county.code())
    given = form(client, "channel")

    response = client.post(given.address, {**given.values, "channel": "wall", "on": "2026-03-03"})

    assert response.status_code == 409
    assert "2026-03-03" in text_of(response) or "2026年3月3日" in text_of(response)
    assert GuideBatch.objects.get().channels == []


def test_another_regions_keeper_and_an_officer_cannot(county: County) -> None:
    opened(county, county.code())
    stranger, officer = county.client("other_keeper"), county.client("officer")

    response = stranger.post(
        "/desk/guides/1/made-public/", {"command_id": str(uuid4()), "channel": "wall", "on": "2026-03-02"}
    )

    assert response.status_code == 409 or response.status_code == 404
    assert GuideBatch.objects.get().channels == []
    assert officer.get("/desk/guides/").status_code == 403


def test_batches_are_made_again_from_the_log(county: County) -> None:
    opened(county, county.code())
    batches.make_public(REGION, 1, batches.Channel.PORTAL, date(2026, 3, 1), "网站", "p-keeper", clock.now(), uuid4())
    before = list(GuideBatch.objects.values())

    rebuild()

    assert list(GuideBatch.objects.values()) == before
    assert list(verify.verify()) == []
