"""The stand-ins for the peers: faults that can be had again, books that outlive a restart, and no address in them."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from banjie.command.demo_peers import lend
from banjie.demo.peers.carrier import Carrier
from banjie.demo.peers.payments import Payments
from banjie.demo.peers.serving import Faults
from banjie.duties.delivery.carrier import HttpCarrier
from banjie.duties.fees.provider import HttpProvider
from banjie.engine.codec import OFFICE_ZONE
from banjie.web.peer import Peer, backoff

SECRET = "a secret for tests, shared with the peers"
TO_WHOM = {"name": "和先生", "phone": "13800000001", "address": "云岭县城关镇示范街18号"}


def test_the_same_seed_has_the_same_faults() -> None:
    rates = {"refuse": 300, "lost": 300}
    first, again, other = (Faults(seed, rates) for seed in ("one", "one", "other"))
    drawn = [[each.draw("refuse", "lost") for _ in range(60)] for each in (first, again, other)]

    assert drawn[0] == drawn[1] != drawn[2]
    assert {"refuse", "lost", ""} == set(drawn[0])


def test_books_outlive_a_restart_and_hold_no_address(tmp_path: Path) -> None:
    now = datetime(2026, 3, 2, 9, 30, tzinfo=OFFICE_ZONE)
    clock = [now]
    parcel, order = uuid4().hex, uuid4().hex
    places = {"carrier": tmp_path / "carrier.json", "payments": tmp_path / "payments.json"}
    carrier = Carrier(SECRET, kept=places["carrier"], now=lambda: clock[0], pace=timedelta(minutes=1))
    payments = Payments(SECRET, kept=places["payments"], now=lambda: clock[0])
    posts = HttpCarrier(Peer(carrier.start(), "banjie", SECRET))
    pays = HttpProvider(Peer(payments.start(), "banjie", SECRET))
    posts.order(parcel, TO_WHOM, "government", now)
    pays.create(order, 500, "工本费", "qr", now)
    for minutes in (1, 2, 3):
        clock[0] = now + timedelta(minutes=minutes)
        carrier.tick()
    carrier.stop()
    payments.stop()

    again = Carrier(SECRET, kept=places["carrier"], pace=None)
    knows = Payments(SECRET, kept=places["payments"])

    assert again.books[parcel]["state"] == "delivered"
    assert knows.books[order]["amount"] == 500
    assert carrier.addresses == {}
    assert "示范街" not in places["carrier"].read_text()


def test_peers_are_lent_only_where_none_are_named() -> None:
    named, unnamed = {"BANJIE_CARRIER_URL": "https://carrier.example"}, dict[str, str]()

    assert lend(named) == []
    assert set(named) == {"BANJIE_CARRIER_URL"}
    ports = lend(unnamed)
    assert [unnamed[f"BANJIE_{each}_URL"].rpartition(":")[2] for each in ("PAYMENT", "CARRIER")] == ports
    assert len(unnamed["BANJIE_CARRIER_SECRET"]) >= 16


def test_who_asks_in_vain_waits_longer_each_time_and_never_longer_than_ten_minutes() -> None:
    waits = [backoff(tries) for tries in range(1, 40)]

    assert waits[:3] == [timedelta(seconds=each) for each in (2, 4, 8)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(minutes=10)
