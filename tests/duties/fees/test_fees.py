"""Fees: only what the guide and the list have; money that is never lost or doubled; each day against the statement."""

import io
import zipfile
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from banjie.demo.peers.payments import Payments
from banjie.duties.archive import contents
from banjie.duties.fees import paying, queries, raising, rebuild, reconciling, recording
from banjie.duties.fees.follow import Fees
from banjie.duties.fees.models import Charge, Day, Difference, Order
from banjie.duties.fees.provider import HttpProvider, Line, PaymentProvider, Standing, provider
from banjie.duties.fees.reconciling import compared
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.codec import microseconds
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue import adjustments
from banjie.records.catalogue.register import ListKind
from banjie.records.organisation.models import Agency
from banjie.store.log import follow, read, sequence
from banjie.web import clock
from banjie.web.peer import Peer, PeerSaysNo, Unclear
from tests.county import County
from tests.faces.cases import Filed, filed

pytestmark = pytest.mark.database

ROAD = "road-excavation"
OCCUPATION, REPAIR = "road-occupation", "road-repair"
COUNTY, OTHER = "999921", "999922"


def occupied(county: County, **answers: object) -> Filed:
    """A road that is occupied for 11 days on 40 square metres: 440 units of 50 fen."""
    told = {"kind_of_use": "occupy", "area": 40, "begins_on": "2026-03-20", "ends_on": "2026-03-30", **answers}
    return filed(county, ROAD, **told).accepted()


def raised(case: Filed, listed: str = OCCUPATION) -> Charge:
    return raising.raise_fee(case.stream, listed, case.county.actor("clerk"), uuid4(), clock.now())


def ordered(case: Filed, charge: Charge, method: str = "qr") -> Order:
    made = paying.order(charge.fee, method, case.county.actor("applicant"), uuid4(), clock.now())
    paying.work(clock.now())
    return Order.objects.kept().get(order=made.order)


def again(row: Order | Charge) -> "Order | Charge":
    return type(row).objects.kept().get(pk=row.pk)  # type: ignore[attr-defined]


def worked(county: County, minutes: int = 0) -> None:
    """So many minutes later the worker asks about everything whose time has come."""
    county.move_to(clock.now() + timedelta(minutes=minutes))
    for _ in range(6):
        paying.work(clock.now())


def followed() -> None:
    """The follower has read everything."""
    sequence.sequence()
    follow.run((Fees(),), now=microseconds(clock.now()))


def no(code: str, act: object) -> None:
    with pytest.raises(NotPossible) as refused:
        act()  # type: ignore[operator]
    assert refused.value.code == code


@pytest.mark.requirement("M009", "M220")
def test_a_fee_is_charged_in_the_amount_of_its_standard_and_no_other(county: County) -> None:
    case, clerk, at = occupied(county), county.actor("clerk"), clock.now()

    def charge(listed: str, amount: int | None = None) -> Charge:
        return raising.raise_fee(case.stream, listed, clerk, uuid4(), at, amount)

    no("fee_not_listed", lambda: charge("handling-fee"))
    no("fee_not_listed", lambda: charge(REPAIR))  # the guide has it, but only of those who dig
    no("fee_differs_from_standard", lambda: charge(OCCUPATION, 22_001))
    fee = charge(OCCUPATION, 22_000)

    assert (fee.units, fee.amount, fee.agency) == (440, 22_000, "approval-bureau")
    assert case.last(e.FeeRaised).amount == 22_000
    no("fee_already_raised", lambda: charge(OCCUPATION))
    assert raising.offered(case.county.view(case.stream), clerk) == ()


@pytest.mark.requirement("M009")
def test_what_is_off_the_list_today_is_not_charged_though_the_guide_still_has_it(county: County) -> None:
    from banjie.records.catalogue.register import cancel

    case = occupied(county)
    centre = county.actor("centre")
    told = ("999921", ListKind.FEE, [cancel(OCCUPATION)], "取消收费", "云岭县公告2026年第1号", centre.id)
    adjustments.adjust(*told, clock.now(), uuid4(), clock.today())

    no("fee_not_listed", lambda: raised(case))


@pytest.mark.requirement("M219")
def test_a_fee_is_paid_by_phone_receipted_and_told_to_the_case(county: County, payments: Payments) -> None:
    case = occupied(county)
    charge = raised(case)
    order = ordered(case, charge)
    assert order.page.startswith(payments.url)
    assert ordered(case, charge).order == order.order, "the same order is paid, not another one"

    payments.pay(order.order.hex)
    worked(county, 1)

    charge = again(charge)
    assert (charge.state, charge.receipt) == ("paid", "云岭审缴字〔2026〕00001号")
    assert case.last(e.FeeSettled).outcome == "paid"
    no("fee_settled_already", lambda: paying.order(charge.fee, "qr", county.actor("applicant"), uuid4(), clock.now()))
    for _method, address, body in payments.requests:
        assert "山居" not in address + body.decode()
        assert county.applicant().id_number not in address + body.decode()
    assert all("山居".encode() not in each.body for each in read.entries(charge.fee))

    # The receipt lies in the applicant's copy and among what is filed.
    copied = county.client("applicant").get(f"/cases/{case.number}/copy/").getvalue()
    with zipfile.ZipFile(io.BytesIO(copied)) as whole:
        (receipt,) = [each for each in whole.namelist() if each.startswith("papers/fee-01-")]
        assert whole.read(receipt).startswith(b"%PDF")
    assert "papers/fee-01-fee_receipt" in dict(contents.papers_of(case.stream))


@pytest.mark.parametrize("fault", ["lost", "hang", "refuse"])
def test_nothing_is_lost_or_doubled_when_the_provider_fails_while_an_order_is_made(
    county: County, payments: Payments, fault: str
) -> None:
    case = occupied(county)
    charge = raised(case)
    payments.faults.forced = [fault]
    settled_peer = replace(provider().peer, seconds=0.2)  # type: ignore[union-attr]
    asked = HttpProvider(settled_peer)
    made = paying.order(charge.fee, "qr", county.actor("applicant"), uuid4(), clock.now())

    paying.work(clock.now(), asked)
    assert again(made).state == "asked"
    assert again(made).trouble in ("fault", "time_out", "no_answer")
    paying.work(clock.now() + timedelta(minutes=1), HttpProvider(provider().peer))  # type: ignore[union-attr]

    assert again(made).state == "waiting"
    assert list(payments.books) == [made.order.hex]


def test_callbacks_twice_late_and_out_of_order_change_nothing_twice(county: County, payments: Payments) -> None:
    case = occupied(county)
    charge = raised(case)
    order = ordered(case, charge)
    payments.pay(order.order.hex)

    for _ in range(3):
        assert paying.knock(order.order.hex, clock.now())
        worked(county)
    assert again(order).next_at is None, "what is known is not asked about for ever"
    assert not paying.knock("no order", clock.now())
    assert not paying.knock(uuid4().hex, clock.now())

    kinds = [each.kind for each in read.entries(charge.fee)]
    assert kinds == ["raised", "ordering", "ordered", "paid", "told"]
    assert case.facts.count("fee_settled") == 1


def test_an_order_that_failed_or_expired_is_followed_by_another_and_late_money_is_given_back(
    county: County, payments: Payments
) -> None:
    case = occupied(county)
    charge = raised(case)
    first = ordered(case, charge)
    payments.pay(first.order.hex, fails=True)
    worked(county, 1)
    assert again(first).state == "failed"
    second = ordered(case, charge)
    payments.pay(second.order.hex)
    worked(county, 1)
    assert again(charge).state == "paid"

    payments.books[first.order.hex] |= {"state": "paid", "paid_at": payments.books[second.order.hex]["paid_at"]}
    paying.knock(first.order.hex, clock.now())
    worked(county, 5)

    assert (again(first).state, again(first).reason) == ("refunded", "paid_twice")
    assert (again(charge).state, again(second).state) == ("paid", "paid")
    assert payments.books[first.order.hex]["state"] == "refunded"


def test_an_order_nobody_pays_expires(county: County, payments: Payments) -> None:
    case = occupied(county)
    order = ordered(case, raised(case))

    county.move_to(clock.now() + timedelta(minutes=31))
    worked(county)

    assert again(order).state == "expired"


@pytest.mark.requirement("M219")
def test_what_was_paid_goes_back_by_itself_when_the_case_is_withdrawn(county: County, payments: Payments) -> None:
    case = occupied(county)
    charge = raised(case)
    order = ordered(case, charge)
    payments.pay(order.order.hex)
    worked(county, 1)

    case.do("applicant", lambda given: c.Withdraw(**given))
    followed()
    payments.faults.forced = ["lost"]
    worked(county, 2)
    worked(county, 10)

    assert (again(charge).state, again(order).reason) == ("refunded", "withdrawn")
    assert case.last(e.FeeSettled).outcome == "refunded"
    assert case.facts.count("fee_settled") == 2


def test_an_open_fee_is_cancelled_with_its_case_and_money_that_comes_later_goes_back(
    county: County, payments: Payments
) -> None:
    case = occupied(county)
    charge = raised(case)
    order = ordered(case, charge)
    case.do("applicant", lambda given: c.Withdraw(**given))
    followed()
    assert again(charge).state == "cancelled"

    payments.pay(order.order.hex)
    worked(county, 5)

    assert (again(order).state, again(order).reason) == ("refunded", "case_over")
    assert case.last(e.FeeSettled).outcome == "cancelled"


def test_a_provider_that_lies_is_found_out_by_the_statement_and_each_difference_wants_an_answer(
    county: County, payments: Payments
) -> None:
    lied, honest, foreign = (occupied(county) for _ in range(3))
    payments.faults.forced = ["lie"]
    orders = [ordered(each, raised(each)) for each in (lied, honest)]
    for each in orders:
        payments.pay(each.order.hex)
    worked(county, 1)
    stranger = ordered(foreign, raised(foreign))
    payments.books["ffff"] = {**payments.books[orders[1].order.hex], "token": "t"}
    payments.books[orders[1].order.hex]["wrong_by"] = 1
    today, officer = clock.today(), county.actor("licence_clerk")

    day = reconciling.compare(today, COUNTY, clock.now())

    found = {(each.kind, each.ours, each.theirs) for each in queries.differences(today, COUNTY)}
    assert found == {
        ("missing_there", 22_000, None),
        ("amount_differs", 22_000, 22_001),
        ("missing_here", None, 22_000),
    }
    assert (day.matched, day.open) == (0, 2)
    (nobodys,) = Day.objects.filter(county=reconciling.NOBODYS)
    assert (nobodys.matched, nobodys.open) == (0, 1), "the order nobody here has made"
    assert stranger.state == "waiting"
    no(
        "needs_one_of",
        lambda: reconciling.answer(day.stream, 1, "not_ours", county.actor("clerk"), uuid4(), clock.now()),
    )
    no("no_such_difference", lambda: reconciling.answer(day.stream, 9, "not_ours", officer, uuid4(), clock.now()))
    no("no_such_outcome", lambda: reconciling.answer(day.stream, 1, "whatever", officer, uuid4(), clock.now()))
    command_id = uuid4()
    missing = next(each for each in queries.differences(today, COUNTY) if each.kind == "missing_there")
    for _ in range(2):
        reconciling.answer(missing.stream, missing.nth, "provider_corrects", officer, command_id, clock.now())
    no(
        "difference_answered",
        lambda: reconciling.answer(missing.stream, missing.nth, "pursued", officer, uuid4(), clock.now()),
    )
    payments.books[orders[1].order.hex]["wrong_by"] = 0
    day = reconciling.compare(today, COUNTY, clock.now())
    assert (day.matched, day.open) == (1, 0), "what the provider corrected is settled by itself"
    assert Day.objects.get(stream=nobodys.stream).open == 1


def test_a_county_sees_and_answers_its_own_day_and_no_other(county: County, payments: Payments) -> None:
    here, there = (occupied(county) for _ in range(2))
    orders = [ordered(each, raised(each)) for each in (here, there)]
    for each in orders:
        payments.pay(each.order.hex)
        payments.books[each.order.hex]["wrong_by"] = 1
    payments.books["ffff"] = {**payments.books[orders[1].order.hex], "token": "t"}
    worked(county, 1)
    away = (
        Agency.objects.exclude(region_id=COUNTY).filter(region_id=OTHER).order_by("id").values_list("id", flat=True)[0]
    )
    Charge.objects.kept().filter(fee=orders[1].fee).update(agency=away)  # as if an agency of the next county were paid
    today, officer = clock.today(), county.actor("licence_clerk")
    stranger = replace(officer, agency=away)
    before = whole_day(today, [each.order.hex for each in orders])

    county.move_to((clock.now() + timedelta(days=1)).replace(hour=3))
    own = reconciling.compare(today, COUNTY, clock.now())
    assert set(Day.objects.values_list("county", flat=True)) == {COUNTY, reconciling.NOBODYS, reconciling.WHOLE}
    assert reconciling.work(clock.now()) == 0, "a day that was compared for all counties together is done"
    other = reconciling.compare(today, OTHER, clock.now())

    assert (own.ours, other.ours) == (orders[0].amount, orders[1].amount)
    seen = {each: {row.order for row in queries.differences(today, each)} for each in (COUNTY, OTHER)}
    assert seen == {COUNTY: {orders[0].order.hex, "ffff"}, OTHER: {orders[1].order.hex, "ffff"}}
    assert {each.stream for each in queries.days(COUNTY)}.isdisjoint({other.stream})
    (whole,) = (each for each in queries.days(OTHER) if each.county == reconciling.WHOLE)
    assert whole.open == 1, "of what was compared together, its own"
    for stream, nth in ((own.stream, 1), (before, 1)):
        no("no_such_difference", lambda: reconciling.answer(stream, nth, "pursued", stranger, uuid4(), clock.now()))  # noqa: B023
    for day, who in ((own.stream, officer), (before, officer), (other.stream, stranger)):
        assert reconciling.answer(day, 1, "pursued", who, uuid4(), clock.now()).answer == "pursued"
    days = list(Day.objects.order_by("stream").values())
    rebuild.rebuild()
    assert list(Day.objects.order_by("stream").values()) == days


def whole_day(day: date, orders: list[str]) -> UUID:
    """The day as it was compared before each county had its own: for the whole installation, in one stream."""
    found = [{"kind": "amount_differs", "line": "payment", "order": each, "ours": 1, "theirs": 2} for each in orders]
    body = {"at": microseconds(clock.now()), "day": day.isoformat(), "matched": 0, "ours": 2, "theirs": 4}
    stream, fact = reconciling.stream_of(day, reconciling.WHOLE), {**body, "found": found}
    at = (clock.now() + timedelta(days=1)).replace(hour=2)  # when the day was over
    fact["at"] = microseconds(at)
    with transaction.atomic():
        reconciling._append(stream, "compared", fact, uuid4(), "timer")
        reconciling.follow(stream, "compared", fact)
    return stream


def test_a_payment_whose_news_were_lost_is_found_by_the_day_and_recorded(county: County, payments: Payments) -> None:
    case = occupied(county)
    charge = raised(case)
    order = ordered(case, charge)
    Order.objects.kept().filter(order=order.order).update(next_at=None)  # nobody will ask again
    payments.pay(order.order.hex)

    day = reconciling.compare(clock.today(), COUNTY, clock.now())

    assert again(charge).state == "paid"
    assert (day.matched, day.open) == (1, 0)


def test_yesterday_is_compared_once_in_the_night(county: County, payments: Payments) -> None:
    case = occupied(county)
    order = ordered(case, raised(case))
    payments.pay(order.order.hex)
    worked(county, 1)

    county.move_to((clock.now() + timedelta(days=1)).replace(hour=3))
    assert [reconciling.work(clock.now()) for _ in range(2)] == [1, 0]
    no("day_not_over", lambda: reconciling.compare(clock.today() + timedelta(days=1), COUNTY, clock.now()))
    payments.stop()
    no("provider_unreachable", lambda: reconciling.compare(clock.today(), COUNTY, clock.now()))


def test_no_day_is_left_out_because_it_was_looked_at_before_it_was_over_or_nobody_ran_this_in_its_night(
    county: County, payments: Payments
) -> None:
    case, first = occupied(county), clock.today()
    payments.pay(ordered(case, raised(case)).order.hex)
    worked(county, 1)
    reconciling.compare(first, COUNTY, clock.now())  # somebody looks at noon: the day is not over
    payments.books["ffff"] = {**next(iter(payments.books.values())), "token": "t"}  # in the afternoon

    county.move_to((clock.now() + timedelta(days=3)).replace(hour=3))
    assert [reconciling.work(clock.now()) for _ in range(4)] == [1, 1, 1, 0]

    days = Day.objects.filter(county=COUNTY).order_by("day")
    assert list(days.values_list("day", flat=True)) == [first + timedelta(n) for n in range(3)]
    assert [each.kind for each in queries.differences(first, COUNTY)] == ["missing_here"]
    payments.stop()
    county.move_to(clock.now() + timedelta(days=1))
    assert reconciling.work(clock.now()) == 0
    assert reconciling.work(clock.now()) == 0


def test_without_a_provider_nobody_is_sent_to_one(county: County) -> None:
    case = occupied(county)
    charge = raised(case)

    no("no_payment_provider", lambda: paying.order(charge.fee, "qr", county.actor("applicant"), uuid4(), clock.now()))
    no("no_payment_provider", lambda: reconciling.compare(clock.today(), COUNTY, clock.now()))
    assert paying.work(clock.now()) == 0


def test_a_crash_between_the_case_and_the_fee_is_made_good_by_the_follower_and_every_row_can_be_made_again(
    county: County, payments: Payments
) -> None:
    case = occupied(county)
    id = uuid4()
    told = {"fee": id.hex, "listed": OCCUPATION, "units": 440, "amount": 22_000}
    case.do("clerk", lambda given: c.RaiseFee(**given, **told))
    followed()
    charge = Charge.objects.kept().get(fee=UUID(id.hex))
    order = ordered(case, charge)
    payments.pay(order.order.hex)
    worked(county, 1)
    payments.books[order.order.hex]["wrong_by"] = 5
    reconciling.compare(clock.today(), COUNTY, clock.now())
    models = (Charge, Order, Day, Difference)
    own = {"next_at", "tries", "trouble", "id"}
    rows = [
        [{k: v for k, v in row.items() if k not in own} for row in model._base_manager.order_by("pk").values()]
        for model in models
    ]

    assert rebuild.rebuild() == 4

    assert rows == [
        [{k: v for k, v in row.items() if k not in own} for row in model._base_manager.order_by("pk").values()]
        for model in models
    ]


def test_a_stranger_sees_no_fee(county: County) -> None:
    from banjie.cases.scope import Scope

    case = occupied(county)
    charge = raised(case)

    assert queries.of_case(case.stream, Scope.of(county.actor("applicant")))
    assert queries.of_case(case.stream, Scope.of(county.actor("stranger"))) == []
    no("no_such_fee", lambda: queries.one(charge.fee, Scope.of(county.actor("stranger"))))


# The contract


@dataclass
class SmallProvider:
    """The smallest provider there can be: everything is paid at once."""

    books: dict[str, Standing] = field(default_factory=dict)

    def create(self, order: str, amount: int, what: str, method: str, now: object) -> Standing:
        return self.books.setdefault(order, Standing("waiting", amount, "https://pay.example/1", "r"))

    def query(self, order: str, now: object) -> Standing:
        return self.books.get(order, Standing("unknown"))

    def refund(self, order: str, amount: int, now: object) -> Standing:
        if self.query(order, now).state not in ("paid", "refunded"):
            raise PeerSaysNo("not_paid")
        self.books[order] = replace(self.books[order], state="refunded")
        return self.books[order]

    def statement(self, day: object, now: object) -> list[Line]:
        paid = [each for each in self.books.items() if each[1].state in ("paid", "refunded")]
        lines = [Line("payment", order, each.amount) for order, each in paid]
        return lines + [Line("refund", order, each.amount) for order, each in paid if each.state == "refunded"]

    def pay(self, order: str) -> None:
        self.books[order] = replace(self.books[order], state="paid")


@pytest.mark.parametrize("which", ["http", "small"])
def test_every_provider_keeps_the_contract(county: County, payments: Payments, which: str) -> None:
    made = provider()
    assert made is not None
    small = SmallProvider()
    asked: PaymentProvider = made if which == "http" else small
    pay = payments.pay if which == "http" else small.pay
    now, id = clock.now(), uuid4().hex

    first = asked.create(id, 500, "工本费", "qr", now)
    assert (first.state, first.amount) == ("waiting", 500)
    assert asked.create(id, 500, "工本费", "qr", now) == first
    assert asked.query(id, now).state == "waiting"
    assert asked.query(uuid4().hex, now).state == "unknown"
    assert asked.statement(now.date(), now) == []
    with pytest.raises(PeerSaysNo):
        asked.refund(id, 500, now)
    pay(id)
    assert (asked.query(id, now).state, asked.query(id, now).amount) == ("paid", 500)
    assert asked.statement(now.date(), now) == [Line("payment", id, 500)]
    for _ in range(2):
        assert asked.refund(id, 500, now).state == "refunded"
    assert asked.statement(now.date(), now) == [Line("payment", id, 500), Line("refund", id, 500)]


def test_an_answer_somebody_else_signed_is_no_answer(county: County, payments: Payments) -> None:
    forger = Peer(payments.url, "banjie", "another secret, not the provider's")

    with pytest.raises(Unclear) as unclear:
        HttpProvider(forger).query(uuid4().hex, clock.now())

    assert unclear.value.code == "forged_answer"


def test_lines_are_compared_by_order_and_kind() -> None:
    ours = [Line("payment", "a", 5), Line("payment", "b", 7), Line("refund", "b", 7)]

    assert compared(ours, ours) == (3, [])
    assert [each.kind for each in compared(ours, [])[1]] == ["missing_there"] * 3
    assert [each.kind for each in compared([], ours)[1]] == ["missing_here"] * 3
    assert recording.LIVE == ("asked", "waiting")
