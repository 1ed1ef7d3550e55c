"""Three administrators: one runs the machine, one keeps accounts and posts, one reads what both did."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import override_settings
from lxml import html

from banjie import words
from banjie.config import worker
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.accounts import follow as trail
from banjie.records.accounts import keeping
from banjie.records.accounts.models import Kind, TrailLine, User
from banjie.records.organisation import access, grants
from banjie.records.organisation.models import Grant, Staff
from banjie.web import clock
from tests.county import County
from tests.faces.cases import filed
from tests.faces.conftest import county as county
from tests.faces.pages import text_of

pytestmark = pytest.mark.database

PASSWORD = "yunling-2026"


@pytest.fixture(autouse=True)
def nobody_has_tried_yet() -> None:
    cache.clear()


def browser(username: str, password: str = PASSWORD) -> Client:
    """Somebody who has just signed in."""
    client = Client()
    assert client.post("/sign-in/", {"username": username, "password": password}).status_code == 302
    return client


def told_as(event: str, language: str) -> str:
    """What the audit trail says of an event."""
    return words.label("trail_events", event, language)


def user(username: str) -> User:
    return User.objects.get(username=username)


def give(client: Client, who: str, unit: str, *posts: str) -> HttpResponse:
    asked = {"unit": unit, "posts": list(posts), "command_id": str(uuid4())}
    return client.post(f"/administration/accounts/{user(who).pseudonym}/posts/", asked, follow=True)


def test_each_administrator_opens_their_own_pages_and_nobody_elses(county: County) -> None:
    pages = {"yunwei": ["/operating/"], "anbao": ["/administration/", "/administration/looks/"]}
    pages["shenji"] = ["/administration/trail/"]
    every = [each for own in pages.values() for each in own] + ["/desk/", "/hall/", "/cases/"]

    for who, own in pages.items():
        client = browser(who)
        opened = [each for each in every if client.get(each).status_code == 200]
        assert opened == [each for each in every if each in own], who
    # In a demo people are to look around: nobody is asked for a second factor where nobody has said that they are.
    with override_settings(SECOND_FACTOR_POSTS=None):
        assert browser("gaoyuan").get("/desk/").status_code == 200
    for other in ("gaoyuan", "baihe"):
        client = browser(other)
        assert not [each for own in pages.values() for each in own if client.get(each).status_code == 200]
    # One account is one of them, and the database has no room for a second.
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET kind = 'both' WHERE username = 'anbao'")


def test_an_ordinary_post_begins_at_once_and_the_session_under_the_former_one_ends(county: County) -> None:
    security, clerk = browser("anbao"), browser("zhouning")
    place = Staff.objects.get(user__username="zhouning")
    assert clerk.get("/hall/").status_code == 200

    page = give(security, "zhouning", place.unit_id, "officer")
    repeated = grants.propose(user("anbao"), user("zhouning"), place.unit_id, ["officer"], clock.now(), uuid4())

    assert "岗位已授予" in text_of(page)
    offered = [each.text_content() for each in html.fromstring(page.content).xpath("//select[@id='unit']/option")]
    assert len(offered) == len(set(offered)), "units of one name in two counties are told apart"
    assert "云岭县行政审批局 · 政务服务大厅综合受理窗口" in offered
    assert Staff.objects.get(user__username="zhouning").posts == ["officer"]
    assert repeated.status == "took_effect"
    sent = clerk.get("/hall/")
    assert sent.headers["Location"] == "/sign-in/?ended=posts_changed&next=/hall/"
    assert "您的岗位或者权限有变化" in text_of(clerk.get(sent.headers["Location"]))
    assert browser("zhouning").get("/hall/").status_code == 403


def test_a_post_that_decides_needs_a_second_person_and_a_day(county: County) -> None:
    first, second = browser("anbao"), browser("anhe")
    place = Staff.objects.get(user__username="chenyu")
    posts = [*place.posts, "decider"]

    assert "已提出" in text_of(give(first, "chenyu", place.unit_id, *posts))
    grant = Grant.objects.get(person=user("chenyu").pseudonym)
    confirm = f"/administration/grants/{grant.stream}/confirm/"
    alone = first.post(confirm, follow=True)
    assert "由另一位安全管理员确认" in text_of(first.get("/administration/"))
    done = second.post(confirm, follow=True)
    worker.turn()
    too_early = Staff.objects.get(user__username="chenyu").posts
    county.move_to(clock.now() + timedelta(hours=23, minutes=59))
    worker.turn()
    still_too_early = Staff.objects.get(user__username="chenyu").posts
    county.move_to(clock.now() + timedelta(minutes=2))
    worker.turn()

    assert "提出授权的人不得自己确认" in text_of(alone)
    assert "确认" in text_of(done)
    assert too_early == still_too_early == place.posts
    assert set(Staff.objects.get(user__username="chenyu").posts) == set(posts)
    rows = list(Grant.objects.order_by("stream").values())
    grants.rebuild()
    assert list(Grant.objects.order_by("stream").values()) == rows


def test_what_is_proposed_can_be_withdrawn_and_a_wrong_proposal_changes_nothing(county: County) -> None:
    security, place = user("anbao"), Staff.objects.get(user__username="chenyu")

    def asked(by: User = security, person: User | None = None, unit: str = place.unit_id, posts: tuple = ("clerk",)):
        return grants.propose(by, person or place.user, unit, posts, clock.now(), uuid4())

    for code, given in {
        "needs_security_administrator": {"by": user("yunwei")},
        "only_staff_hold_posts": {"person": user("shenji")},
        "own_grant": {"person": security},
    }.items():
        with pytest.raises(NotPossible, match=code):
            asked(**given)
    for given in ({"unit": "nowhere"}, {"posts": ("emperor",)}):
        with pytest.raises(BadInput):
            asked(**given)
    assert not Grant.objects.exists()
    waits = asked(posts=("decider",))
    with pytest.raises(NotPossible, match="grant_waits"):
        asked()
    grants.withdraw(user("anhe"), waits.stream, clock.now(), uuid4())
    for code, stream in {"grant_over": waits.stream, "no_such_grant": uuid4()}.items():
        with pytest.raises(NotPossible, match=code):
            grants.confirm(user("anhe"), stream, clock.now(), uuid4())
    with pytest.raises(NotPossible, match="confirms_own_grant"):
        grants.confirm(security, asked(posts=("decider",)).stream, clock.now(), uuid4())
    assert Staff.objects.get(user=place.user).posts == place.posts
    assert "decider" in access.choice("", clock.today()).slow_posts


@pytest.mark.parametrize(
    "change",
    [
        "proposed_by = confirmed_by",
        "person = proposed_by",
        "status = 'took_effect', confirmed_by = ''",
    ],
)
def test_the_database_refuses_what_one_person_alone_would_have_done(county: County, change: str) -> None:
    place = Staff.objects.get(user__username="chenyu")
    made = grants.propose(user("anbao"), place.user, place.unit_id, ["decider"], clock.now(), uuid4())
    grants.confirm(user("anhe"), made.stream, clock.now(), uuid4())

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE organisation_grant SET {change}")


def test_an_account_is_opened_given_a_password_for_once_and_closed(county: County) -> None:
    security = browser("anbao")

    wrong = security.post("/administration/open/", {"username": "x", "name": ""})
    opened = security.post("/administration/open/", {"username": "xinren", "name": "新人"}, follow=True)
    page = security.post(f"/administration/accounts/{user('xinren').pseudonym}/password/")
    password = page.content.decode().partition("<code>")[2].partition("</code>")[0]
    newcomer = browser("xinren", password)
    sent = newcomer.get("/operating/")

    assert wrong.status_code == 422
    assert "账户已开立" in text_of(opened)
    assert "no-store" in page.headers["Cache-Control"]
    # They hold no post yet; once they do, the first page they see is the one to set another password.
    assert sent.status_code == 403
    unit = Staff.objects.get(user__username="zhouning").unit_id
    give(security, "xinren", unit, "clerk")
    newcomer = browser("xinren", password)
    assert newcomer.get("/hall/").headers["Location"] == "/account/password/"
    weak = newcomer.post("/account/password/", {"present": password, "password": "three unlike words"})
    again = newcomer.post("/account/password/", {"present": password, "password": password})
    set_ = newcomer.post("/account/password/", {"present": password, "password": "Three unlike words 3"})
    assert (weak.status_code, again.status_code, set_.status_code) == (422, 422, 302)
    assert newcomer.get("/hall/").status_code == 200
    security.post(f"/administration/accounts/{user('xinren').pseudonym}/close/")
    assert newcomer.get("/hall/").status_code == 302
    assert Client().post("/sign-in/", {"username": "xinren", "password": "Three unlike words 3"}).status_code == 422
    for code, who in {"own_account": "anbao", "not_an_account_of_staff": "baihe"}.items():
        with pytest.raises(NotPossible, match=code):
            keeping.close(user("anbao"), user(who), clock.now(), uuid4())
    with pytest.raises(NotPossible, match="needs_security_administrator"):
        keeping.close(user("yunwei"), user("zhouning"), clock.now(), uuid4())
    assert user("xinren").kind == Kind.STAFF


def test_the_audit_reads_what_was_done_and_changes_nothing(county: County) -> None:
    case = filed(county).accepted()
    look = {"purpose": "examination", "reason": "核对"}
    county.client("decider").post(f"/desk/cases/{case.number}/unmask/", look)
    security, audit = browser("anbao"), browser("shenji")
    give(security, "zhouning", Staff.objects.get(user__username="zhouning").unit_id, "officer")
    for _ in range(6):
        Client().post("/sign-in/", {"username": "gaoyuan", "password": "wrong"})
    while worker.turn():
        pass

    page = text_of(audit.get("/administration/trail/"))
    looks = text_of(audit.get("/administration/trail/?kind=looks"))
    of_security = text_of(audit.get("/administration/trail/?who=anbao"))
    file = audit.post("/administration/trail/export/")
    while worker.turn():
        pass
    after = text_of(audit.get("/administration/trail/"))

    for told in ("登录", "提出授权", "授权生效", "查看申请人完整信息", "密码连续错误，暂停登录", "anbao"):
        assert told in page, told
    assert case.number in looks
    assert "核对" not in looks
    assert "查看申请人完整信息" not in of_security
    assert "导出审计记录" not in page
    assert "导出审计记录" in after
    assert county.applicant().phone not in file.content.decode() + page
    assert len(file.content.decode().splitlines()) > 5
    assert audit.post("/administration/trail/").status_code == 405
    rows = list(TrailLine.objects.order_by("stream", "position").values())
    done = {each["event"] for each in rows}
    assert {"activated", "begun", "used"} <= done
    assert [each for each in done for language in ("en", "zh-hans") if told_as(each, language) == each] == []
    of_seals = text_of(audit.get("/administration/trail/?kind=seal"))
    assert "印章服务（自动） 用印" in of_seals
    assert "云岭县行政审批局行政许可专用章" in of_seals
    assert "seal-service" not in of_seals
    assert trail.rebuild() == len(rows)
    assert list(TrailLine.objects.order_by("stream", "position").values()) == rows


def test_a_supervisor_gives_more_looks_to_their_own_region_and_not_to_themselves(county: County) -> None:
    case = filed(county).accepted()
    look = {"purpose": "examination", "reason": "核对"}
    county.client("decider").post(f"/desk/cases/{case.number}/unmask/", look)
    decider, supervisor = county.actor("decider"), county.client("inspector")
    asked = {"more": "5", "why": "many_cases", "command_id": str(uuid4())}

    page = text_of(supervisor.get("/administration/looks/"))
    wrong = supervisor.post(f"/administration/looks/{decider.id}/lift/", {**asked, "why": ""})
    done = [supervisor.post(f"/administration/looks/{decider.id}/lift/", asked) for _ in range(2)]
    elsewhere = supervisor.post(f"/administration/looks/{county.actor('applicant').id}/lift/", asked)

    assert "高原" in page
    assert "1 次，上限 30 次" in page
    assert wrong.status_code == 422
    assert [each.status_code for each in done] == [302, 302]
    assert elsewhere.status_code == 404
    assert "1 次，上限 35 次" in text_of(supervisor.get("/administration/looks/"))
    assert county.client("officer").get("/administration/looks/").status_code == 403
    assert "高原" not in text_of(county.client("supervisor").get("/administration/looks/"))
