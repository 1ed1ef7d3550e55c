"""A finding becomes a card, is explained, put right or appealed, and closes with a result; nobody judges themselves."""

from typing import Any

import pytest
from django.db import transaction

from banjie.duties.supervision import cards, orders, queries, rebuild, rulebook, telling, watching
from banjie.duties.supervision.findings import Evidence, Finding
from banjie.duties.supervision.models import Card, Order
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.store.log import read
from banjie.web import clock
from tests.county import County
from tests.duties.supervision.cases import card_of, issued, later, silent, some, worked
from tests.faces.cases import filed

pytestmark = pytest.mark.database

SAID = "周五系统升级，漏看了一件网上申请。"


def refused(code: str, act: Any) -> None:
    with pytest.raises(NotPossible) as no:
        act()
    assert no.value.code == code


@pytest.mark.requirement("M222")
def test_a_silence_is_found_by_itself_with_its_evidence_and_accuses_nobody_yet(county: County) -> None:
    case = silent(county)

    card = card_of(case)
    finding = cards.finding_of(card.stream)

    assert (card.status, card.unit, card.person, card.colour) == ("fired", "hall-window", "", "red")
    assert [each.position for each in finding.evidence] == [1, 2]
    assert str(finding.evidence[0].values["due_on"]) == "2026-03-09"
    assert str(card.on) == "2026-03-10"
    assert not queries.cards(county.actor("clerk")), "a unit is told of a card, not of a finding"
    assert [each.stream for each in queries.cards(county.actor("inspector"))] == [card.stream]
    assert [each.stream for each in queries.cards(county.actor("city_inspector"))] == [card.stream]
    assert not queries.cards(county.actor("supervisor"))


def test_what_is_found_again_is_fired_once(county: County) -> None:
    case = silent(county)

    for _ in range(2):
        watching.look_at(case.stream, clock.now())

    assert Card.objects.kept().filter(rule="silence").count() == 1
    assert [each.kind for each in read.entries(card_of(case).stream)] == ["fired"]


def test_a_card_is_issued_explained_put_right_and_closed(county: County) -> None:
    card, clerk, inspector = issued(county), county.actor("clerk"), county.actor("inspector")
    assert (card.status, str(card.due_on), str(card.appeal_until)) == ("issued", "2026-03-13", "2026-03-17")

    cards.explain(card.stream, SAID, clerk, some(), clock.now())
    refused("card_not_at_this_point", lambda: cards.explain(card.stream, SAID, clerk, some(), clock.now()))
    cards.rectify(card.stream, "已增加每日两次的收件检查。", clerk, some(), clock.now())
    refused("not_your_region", lambda: cards.close(card.stream, "好", clerk, some(), clock.now()))
    closed = cards.close(card.stream, "已核查。", inspector, some(), clock.now())

    assert (closed.status, closed.result) == ("closed", "rectified")
    kinds = [each.kind for each in read.entries(card.stream)]
    assert kinds == ["fired", "issued", "explained", "rectified", "closed"]
    assert SAID in [telling.opened(card.stream, body) for _, body in telling.facts(card.stream)]
    assert all(SAID.encode() not in each.body for each in read.entries(card.stream))


def test_nothing_closes_before_it_was_answered(county: County) -> None:
    card, inspector = issued(county), county.actor("inspector")

    refused("card_not_at_this_point", lambda: cards.close(card.stream, "好", inspector, some(), clock.now()))
    refused("card_not_at_this_point", lambda: cards.dismiss(card.stream, "好", inspector, some(), clock.now()))


def test_a_finding_that_is_wrong_is_dismissed_with_a_reason(county: County) -> None:
    card, inspector = card_of(silent(county)), county.actor("inspector")

    with pytest.raises(BadInput):
        cards.dismiss(card.stream, "  ", inspector, some(), clock.now())
    row = cards.dismiss(card.stream, "申请人当日已撤回。", inspector, some(), clock.now())

    assert (row.status, row.result) == ("closed", "dismissed")


def test_an_appeal_is_decided_by_somebody_else_than_the_issuer_and_made_once(county: County) -> None:
    card, clerk = issued(county), county.actor("clerk")
    issuer, second = county.actor("inspector"), county.actor("second_inspector")

    cards.appeal(card.stream, SAID, clerk, some(), clock.now())
    refused(
        "issuer_decides_no_appeal",
        lambda: cards.decide_appeal(card.stream, True, "维持", issuer, some(), clock.now()),
    )
    upheld = cards.decide_appeal(card.stream, True, "理由不成立。", second, some(), clock.now())

    assert (upheld.status, upheld.result) == ("issued", "")
    refused("appealed_already", lambda: cards.appeal(card.stream, SAID, clerk, some(), clock.now()))


def test_a_card_revoked_on_appeal_is_closed(county: County) -> None:
    card = issued(county)
    cards.appeal(card.stream, SAID, county.actor("clerk"), some(), clock.now())

    row = cards.decide_appeal(card.stream, False, "理由成立。", county.actor("second_inspector"), some(), clock.now())

    assert (row.status, row.result) == ("closed", "revoked")


def test_an_appeal_after_its_time_is_too_late(county: County) -> None:
    card = issued(county)
    later(county, 9)

    refused("appeal_too_late", lambda: cards.appeal(card.stream, SAID, county.actor("clerk"), some(), clock.now()))


def test_nobody_else_answers_for_a_unit(county: County) -> None:
    card = issued(county)

    for role in ("officer", "supervisor", "applicant", "other_agency"):
        refused(
            "not_your_card", lambda who=role: cards.explain(card.stream, SAID, county.actor(who), some(), clock.now())
        )
    assert cards.explain(card.stream, SAID, county.actor("head_of_agency"), some(), clock.now()).status == "explained"


def test_a_second_press_records_nothing_twice(county: County) -> None:
    card, clerk, press = issued(county), county.actor("clerk"), some()

    for _ in range(2):
        cards.explain(card.stream, SAID, clerk, press, clock.now())

    assert [each.kind for each in read.entries(card.stream)] == ["fired", "issued", "explained"]


def test_a_card_nobody_answers_becomes_an_order_that_climbs_the_ladder_whenever_a_worker_comes(county: County) -> None:
    card = issued(county)
    later(county, 30)

    worked()

    order = Order.objects.kept().get(card=card.stream)
    told = [(each.kind, each.at) for each in read.entries(order.stream)]
    assert [kind for kind, _ in told] == ["issued", "escalated", "escalated", "escalated", "unanswered"]
    assert str(order.issued_on) == "2026-03-14", "the day after the card was to be explained, not when the worker came"
    assert order.level == "supervision_office"
    assert Card.objects.kept().get(stream=card.stream).due_on is None
    before = len(told)
    worked()
    assert len(read.entries(order.stream)) == before


def test_an_order_is_answered_at_its_level_and_closes_with_a_result(county: County) -> None:
    inspector, clerk = county.actor("inspector"), county.actor("clerk")
    order = orders.issue(orders.About("hall-window"), "请核查积压收件。", inspector, some(), clock.now())

    refused("not_your_region", lambda: orders.issue(orders.About("hall-window"), "好", clerk, some(), clock.now()))
    refused("order_without_reply", lambda: orders.close(order.stream, "done", "好", inspector, some(), clock.now()))
    refused("not_your_order", lambda: orders.reply(order.stream, "好", county.actor("officer"), some(), clock.now()))
    orders.reply(order.stream, "已清零。", clerk, some(), clock.now())
    row = orders.close(order.stream, "done", "已核实。", inspector, some(), clock.now())

    assert (row.status, row.result) == ("closed", "done")
    refused("order_closed", lambda: orders.reply(order.stream, "好", clerk, some(), clock.now()))


def test_what_no_fact_shows_is_entered_with_what_proves_it(county: County) -> None:
    inspector = county.actor("inspector")
    proof = (Evidence("reported", {"reference": "信访〔2026〕12号"}),)
    finding = Finding("fee_outside_the_list", None, "", "hall-window", "", clock.today(), proof, "one")

    row = cards.report(finding, inspector, "窗口收取了目录外的复印费。", some(), clock.now())

    assert (row.status, row.colour) == ("fired", "red")
    by_facts = Finding("silence", None, "", "hall-window", "", clock.today(), proof, "two")
    refused("not_for_people_to_enter", lambda: cards.report(by_facts, inspector, "好", some(), clock.now()))
    clerk = county.actor("clerk")
    refused("not_your_region", lambda: cards.report(finding, clerk, "好", some(), clock.now()))


def test_every_row_is_rebuilt_as_it_stood(county: County) -> None:
    card = issued(county)
    cards.appeal(card.stream, SAID, county.actor("clerk"), some(), clock.now())
    later(county, 30)
    worked()
    before = [list(model._base_manager.order_by("pk").values()) for model in (Card, Order)]

    rebuild.rebuild()

    assert [list(model._base_manager.order_by("pk").values()) for model in (Card, Order)] == before


def test_each_ground_of_articles_72_74_and_75_has_a_rule() -> None:
    grounds = {ground for each in rulebook.rules().values() for ground in each.grounds}

    wanted = {*(f"72({n})" for n in range(1, 9)), *(f"74({n})" for n in range(1, 4)), "75"}
    assert wanted <= grounds


def test_an_honest_case_is_found_nowhere(county: County) -> None:
    case = filed(county).examined()
    worked()
    later(county, 3)

    assert watching.findings_in(case.stream, clock.now()) == []


def test_a_finding_that_later_facts_have_made_untrue_is_dropped_unless_somebody_has_looked(county: County) -> None:
    case = filed(county).accepted()
    clock_of = (Evidence("limit_passed", {"due_on": "2026-03-03"}), Evidence("limit_began", {}, 2))
    stale = Finding(
        "over_promise", case.stream, case.number, "licensing", "", clock.today(), clock_of, "as it once was"
    )
    with transaction.atomic():
        cards.fire(stale)

    with transaction.atomic():
        watching.look_at(case.stream, clock.now())

    assert (Card.objects.kept().get().status, Card.objects.kept().get().result) == ("closed", "dropped")
