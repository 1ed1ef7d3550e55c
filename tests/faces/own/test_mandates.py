"""Acting for others, as one meets it in a browser: given, accepted, used, revoked."""

import re

import pytest
from django.test import Client

from banjie.engine.events import ActorKind
from banjie.records.parties import queries
from banjie.records.parties.models import Mandate
from banjie.web import clock
from tests.county import FOOD, HYGIENE, County
from tests.faces.conftest import county as county
from tests.faces.pages import text_of

pytestmark = pytest.mark.database

CODE = re.compile(r"<code>([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})</code>")


def give(county: County, **changes: object) -> str:
    """The enterprise gives its employee a mandate; the code."""
    agent = county.applicant("stranger")
    told = {
        "name": agent.name,
        "id_number": agent.id_number,
        "kind": "employee",
        "since": "2026-03-02",
        "until": "2026-06-30",
        "consent": "on",
        **changes,
    }
    page = county.client("applicant").post("/account/mandates/give/", told)
    assert page.status_code == 200, text_of(page)
    return CODE.findall(page.content.decode())[0]


def test_a_mandate_is_given_handed_over_accepted_and_used(county):
    code = give(county)
    agent = county.client("stranger")

    page = agent.post("/account/mandates/accept/", {"code": code}, follow=True)

    assert "云岭县山居小馆" in text_of(page)
    party = county.user("applicant").pseudonym
    assert agent.post("/account/act-for/", {"party": party}).status_code == 302
    form = agent.get(f"/items/{county.code(FOOD)}/apply/", follow=True)
    assert form.status_code == 200
    assert form.context["actor"].kind is ActorKind.AGENT
    assert form.context["actor"].on_behalf_of == party
    agent.post("/account/act-for/", {"party": ""})
    assert agent.get("/account/").context["actor"].kind is ActorKind.APPLICANT


def test_what_was_revoked_opens_nothing_from_that_moment(county):
    code = give(county)
    agent, giver = county.client("stranger"), county.client("applicant")
    agent.post("/account/mandates/accept/", {"code": code})
    party = county.user("applicant").pseudonym
    agent.post("/account/act-for/", {"party": party})
    row = Mandate.objects.get(agent=county.user("stranger").pseudonym)

    assert giver.post(f"/account/mandates/{row.stream}/end/").status_code == 302

    assert agent.get("/account/").context["actor"].kind is ActorKind.APPLICANT
    assert agent.post("/account/act-for/", {"party": party}).status_code == 409
    assert not queries.reach(row.agent, party, clock.today())
    assert "已终止" in text_of(giver.get("/account/mandates/"))


def test_a_stranger_sees_no_mandate_and_cannot_end_or_accept_it(county):
    code = give(county)
    stranger = Client()
    stranger.force_login(type(county.user("stranger")).objects.get(username="lusongqing"))
    row = Mandate.objects.order_by("-stream")[0]

    wrong = stranger.post("/account/mandates/accept/", {"code": code})

    assert wrong.status_code == 409
    assert "没有找到" in text_of(wrong)
    assert stranger.post(f"/account/mandates/{row.stream}/end/").status_code == 409
    assert "白禾" not in text_of(stranger.get("/account/mandates/"))
    assert Mandate.objects.get(stream=row.stream).ended_at is None


def test_it_can_be_limited_to_items(county):
    code = give(county, items=[county.code(FOOD)[:31]])
    agent = county.client("stranger")
    agent.post("/account/mandates/accept/", {"code": code})

    actor, party, today = county.actor("stranger"), county.user("applicant").pseudonym, clock.today()
    assert queries.may_act_for(actor, party, county.code(FOOD), today)
    assert not queries.may_act_for(actor, party, county.code(HYGIENE), today)


def test_a_form_with_faults_gives_nothing(county):
    before = Mandate.objects.count()
    told = {"name": "", "id_number": "", "kind": "employee", "since": "2026-03-02", "until": "2026-13-01"}

    page = county.client("applicant").post("/account/mandates/give/", told)

    assert page.status_code == 422
    assert Mandate.objects.count() == before


def test_the_employee_of_the_demo_may_act_for_the_enterprise(county):
    tang = type(county.user("applicant")).objects.get(username="tanglan")

    actor = queries.actor_of(tang, on_behalf_of=county.user("applicant").pseudonym)

    assert actor is not None
    assert actor.kind is ActorKind.AGENT
