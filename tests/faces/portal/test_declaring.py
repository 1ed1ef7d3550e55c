"""What the applicant declares and where papers are served stand in the case, whichever way it came."""

import json
import re

import pytest

from banjie import words
from banjie.cases import queries
from banjie.cases.scope import Scope
from banjie.engine import events as e
from tests.county import INSTANT, County
from tests.faces.api.program import applicant
from tests.faces.applying import answers, handed_in
from tests.faces.cases import filed
from tests.faces.pages import text_of

pytestmark = pytest.mark.database


def submitted(county: County, role: str = "applicant") -> e.Submitted:
    case = queries.cases(Scope.of(county.actor(role)))[0]
    return next(
        each.event
        for each in queries.view(case.stream, county.view_time()).lines
        if isinstance(each.event, e.Submitted)
    )


def page_of(county: County, role: str, number: str) -> str:
    return text_of(county.client(role).get(f"/cases/{number}/"))


def test_what_was_ticked_is_a_fact_with_the_very_text_and_stands_in_the_case(county: County) -> None:
    handed_in(county, county.client("applicant"))

    fact = submitted(county)

    assert fact.declaration == words.declaration()
    assert words.declared_text() in page_of(county, "applicant", fact.query_number)
    assert county.client("stranger").get(f"/cases/{fact.query_number}/").status_code in (403, 404)


def test_where_nobody_declared_anything_the_case_says_nothing_of_it(county: County) -> None:
    filed(county)

    fact = submitted(county)

    assert fact.declaration is None
    assert "申请人声明" not in page_of(county, "applicant", fact.query_number)


def test_a_fact_from_before_reads_as_it_did(county: County) -> None:
    filed(county)
    kind, body = e.encode(submitted(county))
    old = {key: value for key, value in json.loads(body).items() if key != "declaration"}

    before = e.decode(kind, old)

    assert isinstance(before, e.Submitted)
    assert before.declaration is None


def test_a_program_says_so_too(county: County) -> None:
    assert applicant("shanju").file(declared=True).status == 201

    assert submitted(county).declaration == words.declaration()


def test_papers_are_served_where_the_applicant_said(county: County) -> None:
    elsewhere = "云岭县城关镇示范街20号收发室"

    handed_in(county, county.client("applicant"), {**answers(), "applicant.service_address": elsewhere})

    page = page_of(county, "applicant", submitted(county).query_number)
    assert re.search(rf"送达地址.{{0,20}}{elsewhere}", page)


def test_at_the_window_the_signed_declaration_is_ticked(county: County) -> None:
    client, person = county.client("clerk"), county.applicant("stranger")
    address = str(client.get(f"/hall/apply/{county.code(INSTANT)}/")["Location"])
    given = {
        "applicant.id_number": person.id_number,
        "form.application_form": "original_kept",
        "answers.trader_name": "白禾便利店",
        "answers.reason": "gives_up",
        "answers.has_hired": "no",
        "answers.has_licence_paper": "no",
        "answers.has_agent": "no",
        "declared": "on",
    }

    client.post(address, {**given, "hand_in": "1"})

    assert submitted(county, "clerk").declaration == words.declaration()
