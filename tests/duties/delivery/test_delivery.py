"""Delivery: how a result reaches its applicant, with proof, and what the government pays for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from banjie.cases.scope import Scope
from banjie.demo.peers.carrier import Carrier as StandIn
from banjie.duties.delivery import choosing, handing, ledger, queries, rebuild, recording, sending
from banjie.duties.delivery.carrier import Carrier, HttpCarrier, Track, carrier
from banjie.duties.delivery.follow import Deliveries
from banjie.duties.delivery.models import Delivery, Parcel
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.codec import microseconds
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records import catalogue
from banjie.records.organisation import asked
from banjie.store.log import follow, read, sequence
from banjie.web import clock
from banjie.web.peer import PeerSaysNo
from tests.cast import SIGNED
from tests.county import County
from tests.duties.delivery.conftest import decide
from tests.faces.cases import Filed, filed

pytestmark = pytest.mark.database

HOME = {"name": "山居小馆 和先生", "phone": "13800000001", "address": "云岭县城关镇示范街18号二楼"}
TO_WHOM = {"name": "N", "phone": "1", "address": "A"}


def chosen(case: Filed, method: str, role: str = "applicant", address: Mapping[str, str] | None = None) -> Delivery:
    return choosing.choose(case.stream, method, case.county.actor(role), uuid4(), clock.now(), address)


def posted(case: Filed) -> Parcel:
    """Chosen by post and dispatched; the carrier has it."""
    chosen(case, "post", address=HOME)
    parcel = sending.dispatch(case.stream, case.county.actor("licence_clerk"), uuid4(), clock.now())
    worked(case.county)
    return now(parcel)


def now(parcel: Parcel) -> Parcel:
    return Parcel.objects.kept().get(parcel=parcel.parcel)


def worked(county: County, minutes: int = 0) -> None:
    """So many minutes later the worker asks about everything whose time has come."""
    county.move_to(clock.now() + timedelta(minutes=minutes))
    for _ in range(4):
        sending.work(clock.now())


def followed() -> None:
    """The follower has read everything."""
    sequence.sequence()
    follow.run((Deliveries(),), now=microseconds(clock.now()))


def no(code: str, act: object) -> None:
    with pytest.raises(NotPossible) as refused:
        act()  # type: ignore[operator]
    assert refused.value.code == code


@pytest.mark.requirement("M216", "M217", "M218")
def test_a_result_goes_by_post_at_the_governments_cost_and_its_proof_serves_the_case(
    county: County, case: Filed, parcels: StandIn
) -> None:
    parcel = posted(case)
    assert (parcel.state, parcel.payer, parcel.number[:2]) == ("ordered", "government", "YL")
    assert '"payer": "government"' in parcels.requests[0][2].decode()
    for stage in ("collected", "in_transit"):
        parcels.move(parcel.parcel.hex, stage)
        worked(county, 1)
        assert now(parcel).state == stage
    assert case.state.served_on is None

    parcels.move(parcel.parcel.hex, "delivered", "和先生 本人签收")
    worked(county, 2)

    served = case.last(e.Served)
    assert (served.method, served.by.id) == ("post", county.actor("licence_clerk").id)
    assert case.facts[-2:] == ["served", "closed"]
    assert "和先生" in county.view(case.stream).opened(served.receipt)[served.receipt.ref]
    assert queries.of_case(case.stream, Scope.of(county.actor("applicant"))).state == "served"  # type: ignore[union-attr]
    (line,) = ledger.of(["approval-bureau"], date(2026, 3, 1), date(2026, 3, 31))
    assert (line.month, line.parcels, line.cost) == (date(2026, 3, 1), 1, 1200)
    for _method, address, _body in parcels.requests:
        assert "示范街" not in address
    for each in read.entries(recording.own_stream(case.stream)):
        assert "示范街".encode() not in each.body
        assert "和先生".encode() not in each.body


def test_where_the_item_lets_the_applicant_pay_the_government_does_not(county: County, parcels: StandIn) -> None:
    before = county.law().procedure
    pays = replace(before.guide, express_paid_by="applicant")
    changed = replace(before, version=before.version + 1, guide=pays, effective_from=clock.today())
    catalogue.publish(changed, by=SIGNED["reform_office"], at=clock.now(), command_id=uuid4(), signed=SIGNED)

    parcel = posted(decide(filed(county)))
    parcels.move(parcel.parcel.hex, "delivered")
    worked(county, 1)

    assert (now(parcel).state, now(parcel).payer) == ("delivered", "applicant")
    assert '"payer": "applicant"' in parcels.requests[0][2].decode()
    assert ledger.of(["approval-bureau"], date(2026, 3, 1), date(2026, 3, 31)) == []


def test_the_applicant_chooses_until_it_is_on_its_way_and_a_stranger_never(
    county: County, case: Filed, parcels: StandIn
) -> None:
    assert choosing.methods(case.state, county.law()) == ("electronic", "post", "window", "agent")

    assert chosen(case, "window").method == "window"
    assert chosen(case, "agent", role="clerk").method == "agent"
    no("applicants_own_act", lambda: chosen(case, "window", role="stranger"))
    no("needs_one_of", lambda: chosen(case, "window", role="officer"))
    no("delivery_not_offered", lambda: chosen(case, "pigeon"))
    with pytest.raises(BadInput) as bad:
        chosen(case, "post", address={**HOME, "phone": " ", "address": "街" * 201})
    assert {field for field, _ in bad.value.problems} == {"phone", "address"}
    parcel = posted(case)
    no("already_on_its_way", lambda: chosen(case, "window"))
    no("already_on_its_way", lambda: sending.dispatch(case.stream, county.actor("licence_clerk"), uuid4(), clock.now()))
    assert choosing.address_of(county.view(case.stream), Delivery.objects.kept().get(stream=case.stream)) == HOME
    assert parcels.addresses[parcel.parcel.hex] == HOME
    assert queries.parcels(case.stream, Scope.of(county.actor("stranger"))) == []


def test_nothing_is_dispatched_before_there_is_something_to_serve_or_by_who_may_not_serve(
    county: County, case: Filed, parcels: StandIn
) -> None:
    fresh, at = filed(county), clock.now()
    chosen(fresh, "post")
    no("not_decided", lambda: sending.dispatch(fresh.stream, county.actor("licence_clerk"), uuid4(), at))
    no("delivery_not_offered", lambda: sending.dispatch(case.stream, county.actor("licence_clerk"), uuid4(), at))
    chosen(case, "post")
    no("needs_one_of", lambda: sending.dispatch(case.stream, county.actor("officer"), uuid4(), clock.now()))
    command_id = uuid4()
    both = [sending.dispatch(case.stream, county.actor("clerk"), command_id, clock.now()) for _ in range(2)]
    assert both[0].parcel == both[1].parcel


@pytest.mark.parametrize("fault", ["lost", "hang", "refuse"])
def test_a_parcel_is_ordered_once_however_the_carrier_fails(
    county: County, case: Filed, parcels: StandIn, fault: str
) -> None:
    chosen(case, "post")
    parcels.faults.forced = [fault]
    parcel = sending.dispatch(case.stream, county.actor("licence_clerk"), uuid4(), clock.now())
    made = carrier()
    assert isinstance(made, HttpCarrier)

    sending.work(clock.now(), HttpCarrier(replace(made.peer, seconds=0.2)))
    assert (now(parcel).state, now(parcel).trouble in ("fault", "time_out", "no_answer")) == ("asked", True)
    worked(county, 1)

    assert now(parcel).state == "ordered"
    assert list(parcels.books) == [parcel.parcel.hex]


@pytest.mark.parametrize("how", ["failed", "returned"])
def test_what_comes_back_is_on_the_board_again_and_goes_another_way(
    county: County, case: Filed, parcels: StandIn, how: str
) -> None:
    parcel = posted(case)

    parcels.move(parcel.parcel.hex, how)
    worked(county, 1)

    (waiting,) = queries.board(county.actor("licence_clerk"))
    assert (waiting.delivery.state, waiting.parcel.state) == ("came_back", how)  # type: ignore[union-attr]
    assert case.state.served_on is None
    second = sending.dispatch(case.stream, county.actor("licence_clerk"), uuid4(), clock.now())
    worked(county)
    sending.cancel(second.parcel, county.actor("licence_clerk"), clock.now())
    assert chosen(case, "window").method == "window"


def test_news_twice_late_and_out_of_order_change_nothing_twice(county: County, case: Filed, parcels: StandIn) -> None:
    parcel = posted(case)
    parcels.move(parcel.parcel.hex, "in_transit")
    worked(county, 1)
    parcels.move(parcel.parcel.hex, "collected")  # a scan that comes late
    for _ in range(2):
        assert sending.knock(parcel.parcel.hex, clock.now())
        worked(county)
    assert now(parcel).state == "in_transit"
    parcels.move(parcel.parcel.hex, "delivered")
    worked(county, 2)

    assert not sending.knock(parcel.parcel.hex, clock.now())
    assert not sending.knock("no parcel", clock.now())
    assert case.facts.count("served") == 1
    kinds = [each.kind for each in read.entries(recording.own_stream(case.stream))]
    assert kinds == ["chosen", "dispatched", "ordered", "moved", "moved", "served"]


def test_a_proof_is_nobodys_act_when_the_sender_has_left_and_a_colleague_confirms_it(
    county: County, case: Filed, parcels: StandIn
) -> None:
    parcel = posted(case)
    user = county.user("licence_clerk")
    type(user).objects.filter(pk=user.pk).update(is_active=False)

    parcels.move(parcel.parcel.hex, "delivered")
    worked(county, 1)

    row = Delivery.objects.kept().get(stream=case.stream)
    assert (row.state, row.trouble, case.state.served_on) == ("delivered", "sender_has_left", None)
    sending.serve_on_proof(case.stream, clock.now(), county.actor("clerk"))
    assert case.last(e.Served).by.id == county.actor("clerk").id


@pytest.mark.requirement("M218")
def test_across_the_window_the_code_and_the_identity_are_checked_and_it_is_on_record_who_took_it(
    county: County,
    case: Filed,
) -> None:
    clerk = county.actor("clerk")
    code = handing.code_of(county.view(case.stream))

    def taken(given: str, taker: str = "applicant", name: str = "") -> Delivery:
        return handing.hand_over(case.stream, given, taker, "identity_card", clerk, uuid4(), clock.now(), name)

    assert len(code) == 6
    no("wrong_collection_code", lambda: taken("000000" if code != "000000" else "111111"))
    with pytest.raises(BadInput):
        taken(code, "agent")
    no("needs_one_of", lambda: handing.hand_over(
        case.stream, code, "applicant", "identity_card", county.actor("officer"), uuid4(), clock.now()
    ))  # fmt: skip
    assert case.state.served_on is None
    row = taken(code, "agent", "沈 代办")

    assert (row.state, row.method, case.last(e.Served).method) == ("served", "agent", "in_person")
    assert all("沈".encode() not in each.body for each in read.entries(recording.own_stream(case.stream)))
    no("already_closed", lambda: taken(code))


@pytest.mark.requirement("M202")
def test_with_consent_the_result_arrives_in_the_inbox_and_is_served_by_the_regions_rule(
    county: County, case: Filed
) -> None:
    clerk = county.actor("licence_clerk")
    no("nothing_to_open", lambda: handing.open_result(case.stream, county.actor("applicant"), uuid4(), clock.now()))

    row = handing.send_electronically(case.stream, clerk, uuid4(), clock.now())
    assert (row.state, case.last(e.Served).method) == ("served", "electronic")


def test_where_a_region_has_said_nothing_service_counts_from_the_opening(
    county: County, case: Filed, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = county.actor("licence_clerk")
    monkeypatch.setattr(asked, "_entries", lambda path, made: ())
    assert handing.send_electronically(case.stream, clerk, uuid4(), clock.now()).state == "sent"
    assert case.state.served_on is None
    no("applicants_own_act", lambda: handing.open_result(case.stream, clerk, uuid4(), clock.now()))
    for _ in range(2):
        row = handing.open_result(case.stream, county.actor("applicant"), uuid4(), clock.now())
    assert (row.state, row.opened_at is not None) == ("served", True)
    assert case.last(e.Served).by.id == clerk.id
    assert case.facts.count("served") == 1


def test_without_consent_nothing_is_served_electronically(county: County, case: Filed) -> None:
    chosen(case, "window")

    no("delivery_not_offered", lambda: handing.send_electronically(
        case.stream, county.actor("licence_clerk"), uuid4(), clock.now()
    ))  # fmt: skip


def test_what_is_served_by_hand_is_known_here_and_every_row_can_be_made_again(
    county: County, case: Filed, parcels: StandIn
) -> None:
    posted(case)
    parcel = sending.newest(case.stream)
    assert parcel is not None
    parcels.move(parcel.parcel.hex, "returned")
    worked(county, 1)
    case.do("clerk", lambda given: c.Serve(**given, method="in_person"))
    followed()
    assert Delivery.objects.kept().get(stream=case.stream).state == "served"
    own = {"next_at", "tries", "trouble"}

    def rows() -> list[list[dict[str, object]]]:
        return [
            [{k: v for k, v in row.items() if k not in own} for row in model._base_manager.order_by("pk").values()]
            for model in (Delivery, Parcel)
        ]

    before = rows()
    assert rebuild.rebuild() == 2
    assert rows() == before


def test_without_a_carrier_nothing_is_promised(county: County, case: Filed) -> None:
    chosen(case, "post")

    no("no_carrier", lambda: sending.dispatch(case.stream, county.actor("clerk"), uuid4(), clock.now()))
    assert sending.work(clock.now()) == 0


def test_erasing_the_case_erases_the_address_and_what_is_left_travels_nowhere(county: County, case: Filed) -> None:
    row = chosen(case, "post", address=HOME)
    case.do("clerk", lambda given: c.Serve(**given, method="in_person"))
    case.do("data_steward", lambda given: c.Erase(**given, basis="个人信息保护法第四十七条"))
    followed()

    assert recording.opened(case.stream, row.address) is None
    assert choosing.address_of(county.view(case.stream), row) == {}
    no("delivery_erased", lambda: recording.key_of(case.stream))


# The contract


@dataclass
class SmallCarrier:
    """The smallest carrier there can be."""

    books: dict[str, Track] = field(default_factory=dict)

    def order(self, parcel: str, to: Mapping[str, str], payer: str, now: object) -> Track:
        return self.books.setdefault(parcel, Track("ordered", "N1", 1200))

    def status(self, parcel: str, now: object) -> Track:
        return self.books.get(parcel, Track("unknown"))

    def cancel(self, parcel: str, now: object) -> Track:
        if self.books[parcel].state not in ("ordered", "cancelled"):
            raise PeerSaysNo("on_its_way")
        self.books[parcel] = replace(self.books[parcel], state="cancelled")
        return self.books[parcel]

    def move(self, parcel: str, state: str) -> None:
        self.books[parcel] = replace(self.books[parcel], state=state, signed_by="x", proof="y")


@pytest.mark.parametrize("which", ["http", "small"])
def test_every_carrier_keeps_the_contract(county: County, parcels: StandIn, which: str) -> None:
    made, small, at = carrier(), SmallCarrier(), clock.now()
    assert made is not None
    asked: Carrier = made if which == "http" else small
    move = parcels.move if which == "http" else small.move
    one, other = uuid4().hex, uuid4().hex

    first = asked.order(one, TO_WHOM, "government", at)
    assert (first.state, bool(first.number), first.cost) == ("ordered", True, 1200)
    assert asked.order(one, TO_WHOM, "government", at) == first
    assert asked.status(one, at).state == "ordered"
    assert asked.status(uuid4().hex, at).state == "unknown"
    asked.order(other, TO_WHOM, "government", at)
    for _ in range(2):
        assert asked.cancel(other, at).state == "cancelled"
    move(one, "collected")
    with pytest.raises(PeerSaysNo):
        asked.cancel(one, at)
    move(one, "delivered")
    last = asked.status(one, at)
    assert (last.state, bool(last.signed_by), bool(last.proof)) == ("delivered", True, True)
