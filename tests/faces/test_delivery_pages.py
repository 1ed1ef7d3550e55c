"""Delivery and money as people meet them: at home on a phone, at the window, at the desk, and what a peer may say."""

from collections.abc import Iterator
from http.client import HTTPConnection
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from banjie.cases.models import Case
from banjie.cases.scope import Scope
from banjie.demo.peers.carrier import Carrier
from banjie.demo.peers.payments import Payments
from banjie.demo.peers.serving import Faults
from banjie.duties.delivery import handing, sending
from banjie.duties.delivery.models import Delivery, Parcel
from banjie.duties.fees import paying
from banjie.duties.fees.models import Charge, Order
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.codec import microseconds
from banjie.web import clock
from banjie.web.peer import INSTANT, KEY, NONCE, SIGNATURE, signature
from tests.county import County
from tests.faces.applying import answers, opened, page, particulars, send
from tests.faces.cases import Filed, filed
from tests.faces.pages import all_forms_of, text_of

pytestmark = pytest.mark.database

SECRET = "a secret for tests, shared with the peers"


@pytest.fixture
def peers() -> Iterator[tuple[Payments, Carrier]]:
    """Both stand-ins, serving, and known to the settings."""
    payments, parcels = Payments(SECRET, faults=Faults()), Carrier(SECRET, faults=Faults(), pace=None)
    settings.PAYMENT = {"url": payments.start(), "key": "banjie", "secret": SECRET}
    settings.CARRIER = {"url": parcels.start(), "key": "banjie", "secret": SECRET}
    try:
        yield payments, parcels
    finally:
        settings.PAYMENT = settings.CARRIER = {}
        payments.stop()
        parcels.stop()


def sent(client: Client, page: str, ending: str, **typed: object) -> str:
    """Fill in the form of a page that is sent to an address with this ending; the words that follow."""
    shown = client.get(page)
    form = next(each for each in all_forms_of(shown) if (each.address or page).endswith(ending))
    return text_of(client.post(form.address or page, {**form.values, **typed}, follow=True))


def decided(county: County) -> Filed:
    case = filed(county).examined()
    case.do("decider", lambda given: c.Decide(**given, outcome="grant"))
    return case.do("licence_clerk", lambda given: c.Issue(**given))


@pytest.mark.requirement("M219", "M220")
def test_a_fee_is_charged_at_the_window_paid_on_a_phone_and_compared_in_the_evening(
    county: County, peers: tuple[Payments, Carrier]
) -> None:
    payments, _ = peers
    told = {"kind_of_use": "occupy", "area": 40, "begins_on": "2026-03-20", "ends_on": "2026-03-30"}
    case = filed(county, "road-excavation", **told).accepted()
    clerk, applicant, stranger = (county.client(role) for role in ("clerk", "applicant", "stranger"))
    guide = text_of(applicant.get(f"/items/{county.code('road-excavation')}/"))
    assert "0.50 元/平方米·日" in guide

    said = sent(clerk, f"/desk/cases/{case.number}/fees/", "/charge/")
    assert "220.00 元" in said
    assert "待缴" in said
    assert "缴费" in text_of(applicant.get(f"/cases/{case.number}/"))
    page = f"/cases/{case.number}/fees/"
    said = sent(applicant, page, "/pay/")
    order = Order.objects.kept().get(stream=case.stream)
    assert "用手机支付" in said
    assert order.page in applicant.get(page).content.decode()
    provider = HTTPConnection("127.0.0.1", int(payments.url.rpartition(":")[2]))
    provider.request("POST", f"/pay/{order.page.rpartition('/')[2]}", "do=pay")
    assert "支付成功" in provider.getresponse().read().decode()
    paying.knock(order.order.hex, clock.now())
    paying.work(clock.now())
    paying.work(clock.now())

    assert "已缴" in text_of(applicant.get(page))
    fee = Charge.objects.kept().get(stream=case.stream).fee
    receipt = f"/cases/{case.number}/fees/{fee}/receipt/"
    assert "云岭审缴字〔2026〕00001号" in text_of(applicant.get(receipt))
    assert applicant.get(f"{receipt}paper.pdf").content[:5] == b"%PDF-"
    assert stranger.get(f"{receipt}paper.pdf").status_code == 404
    assert "已缴" in text_of(applicant.get(f"/cases/{case.number}/"))
    for address in (page, receipt):
        assert stranger.get(address).status_code == 404
    assert stranger.post(f"/cases/{case.number}/fees/{fee}/pay/").status_code == 404

    watch, today = county.client("licence_clerk"), clock.today().isoformat()
    payments.books[order.order.hex]["wrong_by"] = 7
    assert "金额不一致" in sent(watch, f"/desk/payments/{today}/", "/compare/")
    said = sent(watch, f"/desk/payments/{today}/", "/answer/", answer="provider_corrects")
    assert "支付机构更正" in said
    assert today[:4] in text_of(watch.get("/desk/payments/"))
    assert clerk.get("/desk/payments/").status_code == 403
    assert watch.get("/desk/payments/not-a-day/").status_code == 409


@pytest.mark.requirement("M216", "M217", "M218")
def test_a_result_is_chosen_at_home_dispatched_at_the_desk_followed_by_phone_and_served(
    county: County, peers: tuple[Payments, Carrier]
) -> None:
    _, parcels = peers
    case = decided(county)
    applicant, clerk, stranger = (county.client(role) for role in ("applicant", "licence_clerk", "stranger"))
    page, desk = f"/cases/{case.number}/delivery/", f"/desk/cases/{case.number}/delivery/"

    wrong = sent(applicant, page, "/delivery/", method="post", name="和先生", phone="", address="示范街2号")
    assert "需要填写" in wrong or "请填写" in wrong or "必填" in wrong
    said = sent(applicant, page, "/delivery/", method="post", name="和先生", phone="13800000001", address="示范街2号")
    assert "邮寄" in said
    assert case.number in text_of(clerk.get("/desk/delivery/"))
    said = sent(clerk, desk, "/dispatch/")
    assert "正在下单" in said
    assert "0.00 元" not in said, "nobody knows yet what it costs"
    sending.work(clock.now())
    assert "12.00 元" in text_of(clerk.get(desk))
    parcel = Parcel.objects.kept().get(stream=case.stream)
    assert "由政府承担，任何人不得向您收费" in text_of(applicant.get(page))
    assert parcel.number in text_of(applicant.get(f"/cases/{case.number}/"))
    parcels.move(parcel.parcel.hex, "delivered")
    sending.knock(parcel.parcel.hex, clock.now())
    sending.work(clock.now())

    assert case.last(e.Served).method == "post"
    assert "已签收" in text_of(applicant.get(page))
    assert "12.00 元" in text_of(clerk.get("/desk/delivery/postage/"))
    assert stranger.get(page).status_code == 404
    assert stranger.post(f"/cases/{case.number}/delivery/open/").status_code == 404
    assert county.client("other_agency").get(desk).status_code in (403, 404)


@pytest.mark.requirement("M218")
def test_at_the_window_the_code_is_asked_for_and_the_taker_recorded(county: County) -> None:
    case = decided(county)
    applicant, clerk = county.client("applicant"), county.client("clerk")
    desk = f"/desk/cases/{case.number}/delivery/"
    assert "窗口自取" in sent(clerk, desk, "/choose/", method="window")
    code = handing.code_of(county.view(case.stream))
    assert code in text_of(applicant.get(f"/cases/{case.number}/delivery/"))
    given = {"taker": "applicant", "checked": "identity_card"}

    assert "取件码不对" in sent(clerk, desk, "/hand-over/", code="0", **given)
    assert "请" in sent(clerk, desk, "/hand-over/", code=code, taker="agent", checked="identity_card")
    said = sent(clerk, desk, "/hand-over/", code=code, **given)

    assert "已交付并记录送达" in said
    assert case.last(e.Served).method == "in_person"
    told = text_of(applicant.get(f"/cases/{case.number}/delivery/"))
    assert code not in told
    assert "申请人本人凭取件码当场领取，身份证件已核对" in told, "whoever did not come for it reads that somebody did"
    assert "当场领取" not in text_of(county.client("stranger").get(f"/cases/{case.number}/delivery/"))


@pytest.mark.requirement("M202")
def test_with_consent_the_result_is_sent_to_the_inbox(county: County) -> None:
    case = decided(county)

    said = sent(county.client("licence_clerk"), f"/desk/cases/{case.number}/delivery/", "/send/")

    assert "已送达申请人的电子收件箱" in said
    assert case.last(e.Served).method == "electronic"


def test_only_the_peer_itself_is_heard_once_and_in_time(county: County, peers: tuple[Payments, Carrier]) -> None:
    body, browser = b'{"order": "00"}', Client()

    def call(path: str = "/peers/payment/", secret: str = SECRET, at: int = 0, nonce: str = "", **other: str) -> int:
        instant = str(microseconds(clock.now()) + at)
        nonce = nonce or uuid4().hex
        headers = {KEY: "banjie", INSTANT: instant, NONCE: nonce}
        headers[SIGNATURE] = signature(secret, "POST", path, instant, nonce, body=body)
        return browser.post(path, body, "application/json", headers={**headers, **other}).status_code

    assert call() == call("/peers/carrier/") == 200
    assert call(secret="another secret, which nobody shares") == 401
    assert call(at=-301_000_000) == call(at=301_000_000) == 401
    assert call(**{KEY: "somebody"}) == 401
    assert [call(nonce="the same") for _ in range(2)] == [200, 409]
    assert browser.post("/peers/payment/", b"{}", "application/json").status_code == 401
    settings.PAYMENT = {}
    assert call() == 401


@pytest.mark.requirement("M216", "M202")
def test_who_applies_says_how_the_result_is_to_reach_them(county: County) -> None:
    client = county.client("applicant")
    address = opened(client, county.code("road-excavation"))
    assert 'value="post"' not in client.get(page(address, "check")).content.decode(), "this item sends nothing by post"
    address = opened(client, county.code())
    everything = {**particulars(county), **answers()}
    for name, first in (("applicant", "applicant."), ("questions", "answers."), ("materials", "file.")):
        send(client, address, name, {key: value for key, value in everything.items() if key.startswith(first)})

    send(client, address, "check", {"declared": "on", "delivery": "post"}, follow=True)

    number = Case.objects.within(Scope.of(county.actor("applicant"))).get().query_number
    assert Delivery.objects.kept().get().method == "post"
    assert county.applicant().particulars["address"][:4] in text_of(client.get(f"/cases/{number}/delivery/"))


def test_what_was_served_without_a_word_before_is_called_served_at_the_desk(county: County) -> None:
    case = decided(county)
    clerk, address = county.client("clerk"), f"/desk/cases/{case.number}/delivery/"
    assert "待送达" in text_of(clerk.get(address))

    case.do("clerk", lambda given: c.Serve(**given, method="in_person"))

    page = clerk.get(address)
    assert "已送达" in text_of(page)
    assert "待送达" not in text_of(page)
    assert [each.address for each in all_forms_of(page) if "/delivery/" in (each.address or "")] == []
