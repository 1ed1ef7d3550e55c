"""The pages of inspections: two supervisors draw, a third looks, what was found is public; the public draws again."""

import json
from uuid import uuid4

import pytest

from banjie.duties.inspections.models import Circular, Draw, Sampled, Standing, Visit
from banjie.records.accounts.models import User
from tests.county import ROLES, County
from tests.duties.inspections.test_sampling import BEACON, finished
from tests.faces.pages import errors_of, text_of

pytestmark = pytest.mark.database

HOME = "/desk/inspections/"
NAMES = {user: role for role, user in ROLES.items()}


def page(county: County, role: str, path: str, status: int = 200) -> str:
    answer = county.client(role).get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return text_of(answer)


def post(county: County, role: str, path: str, **given: object):  # type: ignore[no-untyped-def]
    return county.client(role).post(path, {"command_id": str(uuid4()), **given})


@pytest.mark.requirement("M225")
def test_a_month_is_drawn_by_two_and_looked_at_by_a_third_and_anybody_can_draw_again(county: County) -> None:
    finished(county, 11)

    assert post(county, "inspector", HOME + "draws/", since="2026-03-01", until="2026-03-31").status_code == 302
    draw = Draw.objects.get()
    address = f"{HOME}draws/{draw.stream}/"
    assert "确定名单的人不能填写" in page(county, "inspector", address)
    assert post(county, "inspector", address + "beacon/", beacon=BEACON).status_code == 409
    public = f"/inspections/draws/{draw.stream}.json"
    assert county.client().get(public).status_code == 404, "nothing is told before it is drawn"
    assert post(county, "second_inspector", address + "beacon/", beacon=BEACON).status_code == 302

    told = json.loads(county.client().get(public).content)
    assert (len(told["candidates"]), len(told["drawn"])) == (11, 2)
    row = Sampled.objects.kept().order_by("nth").first()
    assert row is not None
    reviewer = NAMES.get(User.objects.get(pseudonym=row.reviewer).username)
    if reviewer:  # one of the people the tests know by a role
        assert row.number in page(county, reviewer, HOME)
    client = county.client()
    client.force_login(User.objects.get(pseudonym=row.reviewer))
    case = f"{address}cases/{row.number}/"
    incomplete = client.post(case, {"command_id": str(uuid4()), "outcome": "defects", "text": "时限有问题"})
    assert (incomplete.status_code, set(errors_of(incomplete))) == (422, {"review-defects"})
    assert "时限有问题" in incomplete.content.decode()
    given = {"command_id": str(uuid4()), "outcome": "defects", "defects": ["limit"], "text": "超期一天。"}
    assert client.post(case, given).status_code == 302
    assert "超期一天。" in page(county, "second_inspector", address)
    others = ("clerk", "officer", "applicant", "")
    assert {county.client(each).get(address).status_code for each in others} <= {302, 403}
    assert county.client("city_inspector").get(address).status_code == 404


@pytest.mark.requirement("M226", "M227", "M228")
def test_an_inspection_is_recorded_put_right_and_made_public(county: County) -> None:
    people = [county.actor(each).id for each in ("inspector", "second_inspector")]
    seen = {
        "unit": "hall-window",
        "window": "hall-2",
        "on": "2026-03-02",
        "about_1": "attitude",
        "text_1": "答复生硬。",
    }

    alone = post(county, "inspector", HOME + "visits/", kind="undercover", inspectors=people[:1], **seen)
    assert alone.status_code == 409
    assert "至少由两人" in text_of(alone)
    assert "答复生硬。" in alone.content.decode(), "what was typed is still there"
    done = post(county, "inspector", HOME + "visits/", kind="undercover", inspectors=people, **seen)
    assert done.status_code == 302
    visit = Visit.objects.get()
    settle = f"{HOME}visits/{visit.stream}/1/settle/"
    assert post(county, "section_head", settle, how="已谈话").status_code == 409, "the head of another unit"
    assert post(county, "hall_head", settle, how="").status_code == 422
    assert post(county, "hall_head", settle, how="已谈话，已道歉。").status_code == 302
    assert "已谈话，已道歉。" in page(county, "inspector", HOME)

    assert post(county, "inspector", HOME + "circulars/", since="2026-03-01", until="2026-03-02").status_code == 302
    circular = Circular.objects.get()
    assert circular.number in page(county, "", "/inspections/")
    public = page(county, "", f"/inspections/{circular.number}/")
    assert "答复生硬。" in public
    assert "暗访" in public
    assert county.client().get("/inspections/999921-1999-01/").status_code == 404


@pytest.mark.requirement("M303")
def test_the_head_of_a_hall_draws_who_stands_where_and_everybody_there_sees_it(county: County) -> None:
    assert post(county, "clerk", HOME + "places/", on="2026-03-03").status_code == 409
    assert post(county, "hall_head", HOME + "places/", on="2026-03-03").status_code == 302

    shown = page(county, "clerk", HOME + "places/")

    for each in Standing.objects.all():
        assert User.objects.get(pseudonym=each.person).display_name in shown
    assert post(county, "hall_head", HOME + "places/", on="2026-03-03").status_code == 409
