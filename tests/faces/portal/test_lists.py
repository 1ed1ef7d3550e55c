"""Everybody reads the lists of a region: what stands, since when and why, where it was made public, what stood once."""

from datetime import timedelta
from uuid import uuid4

import pytest

from banjie.records.catalogue import adjustments, register
from banjie.records.catalogue.models import ListEntry, ListVersion
from banjie.records.catalogue.register import Entry, ListKind, Medium
from banjie.web import clock
from tests.county import County
from tests.faces.pages import text_of

pytestmark = pytest.mark.database

YUNLING = "999921"


def adjust(county: County, change: register.Change, reason: str, in_days: int = 0) -> ListVersion:
    on = clock.today() + timedelta(days=in_days)
    return adjustments.adjust(
        YUNLING,
        ListKind.POWER,
        [change],
        reason,
        "云审改〔2026〕3号",
        county.actor("keeper").id,
        clock.now(),
        uuid4(),
        on,
    )


@pytest.mark.requirement("M022")
def test_every_list_of_a_region_is_public_with_version_day_reason_and_notice(county: County) -> None:
    client = county.client()

    assert "云岭县" in text_of(client.get("/lists/"))
    page = text_of(client.get(f"/lists/{YUNLING}/"))

    for kind in (
        "权力清单",
        "行政许可事项清单",
        "证明事项清单",
        "行政事业性收费清单",
        "中介服务事项清单",
        "前置审批事项清单",
    ):
        assert kind in page
    assert "县级清单首次编制" in page
    assert "云岭市政务公开〔2025〕1号" in page
    assert "2025年1月1日" in page
    for row in ListVersion.objects.filter(region=YUNLING):
        shown = text_of(client.get(f"/lists/{YUNLING}/{row.kind}/"))
        for entry in ListEntry.objects.filter(region=YUNLING, kind=row.kind):
            assert entry.name in shown
            assert entry.entry in shown


@pytest.mark.requirement("M022")
def test_where_and_when_a_list_was_made_public_is_shown(county: County) -> None:
    keeper = county.actor("keeper").id
    for medium, place in ((Medium.NEWSPAPER, "云岭日报"), (Medium.WINDOW, "政务服务中心")):
        adjustments.publish_channel(
            YUNLING, ListKind.POWER, 1, medium, clock.today(), keeper, clock.now(), uuid4(), place=place
        )

    page = text_of(county.client().get(f"/lists/{YUNLING}/power/"))

    assert "报纸 (云岭日报)" in page
    assert "办事窗口 (政务服务中心)" in page


def test_what_was_cancelled_is_history_and_what_comes_is_marked(county: County) -> None:
    gone = ListEntry.objects.filter(region=YUNLING, kind="power").order_by("entry").first()
    assert gone is not None
    adjust(county, register.cancel(gone.entry), "国务院取消")
    new = Entry(kind=ListKind.POWER, id="000199999000", name="将来的事项", holder="approval-bureau")
    adjust(county, register.add(new), "市级下放", in_days=10)

    page = text_of(county.client().get(f"/lists/{YUNLING}/power/"))
    standing, _, rest = page.partition("即将施行")
    coming, _, history = rest.partition("已经取消或者变更的事项")

    assert gone.name not in standing
    assert gone.name in history
    assert "国务院取消" in history
    assert "将来的事项" not in standing
    assert "将来的事项" in coming
    assert "尚未施行" in history
    listed = text_of(county.client().get(f"/lists/{YUNLING}/"))
    assert "国务院取消" in listed
    assert "第 3 版" in listed


@pytest.mark.parametrize("address", ["/lists/000000/", "/lists/999921/nothing/", "/lists/999900/power/", "/lists/x/"])
def test_a_list_that_is_not_there_says_so(county: County, address: str) -> None:
    response = county.client().get(address)

    assert response.status_code == 404
    assert "没有这个清单" in text_of(response)


def test_the_lists_are_there_in_english_too(county: County) -> None:
    client = county.client()
    client.post("/language/", {"language": "en", "next": "/"})

    assert "List of powers" in text_of(client.get(f"/lists/{YUNLING}/"))
