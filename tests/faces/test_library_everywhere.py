"""What the licence library has is asked of nobody, wherever they apply: at the window, through the API, or jointly.

(On line: `tests/faces/portal/test_licences_reuse.py`.)
"""

from typing import Any
from uuid import UUID

import pytest

from banjie.cases import bundles, queries
from banjie.cases.models import Case
from banjie.cases.scope import whole_house
from banjie.duties.licences import queries as licences
from banjie.duties.licences.follow import Licences
from banjie.duties.licences.models import Licence
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.codec import microseconds
from banjie.store.log import sequence
from banjie.store.log.follow import run
from banjie.web import clock
from tests.county import FOOD, County
from tests.faces.api import program
from tests.faces.api.test_bundles import body
from tests.faces.cases import filed
from tests.faces.hall import test_entering, test_joint
from tests.faces.pages import text_of

pytestmark = pytest.mark.database

MATERIAL = "business_licence"


def business_licence(county: County) -> tuple[str, str]:
    """A company's electronic business licence: its number, and the company's credit code."""
    case = filed(county, "company-registration", company_name="云岭县山居餐饮有限公司").accepted()
    case.assigned("form_review", "registry_head", "registrar").finished("form_review", "registrar")
    case.do("registrar", lambda given: c.Decide(**given, outcome="grant"))
    case.do("licence_clerk", lambda given: c.Issue(**given))
    sequence.sequence()
    run([Licences()], now=microseconds(clock.now()))
    row = Licence.objects.kept().get(type="YYZZ")
    said = licences.content_of(row)
    assert said
    return row.number, said["holder"]["id_number"]


def provided(stream: UUID) -> e.Provided:
    return queries.view(stream, clock.now()).state.provided[MATERIAL]


def the_newest() -> UUID:
    with whole_house("a test looks"):
        newest = Case.objects.everything().order_by("-stream").first()
    assert newest
    return newest.stream


def from_the_library(number: str) -> tuple[str, str, tuple[Any, ...]]:
    return ("library", number, ())


def told(given: e.Provided) -> tuple[str, str, tuple[Any, ...]]:
    return (given.form, given.licence, given.files)


def test_the_window_asks_for_no_licence_that_is_in_the_library(county: County) -> None:
    number, credit_code = business_licence(county)
    clerk = county.client("clerk")
    address = test_entering.opened(county, clerk, FOOD)
    applicant = {f"applicant.{key}": value for key, value in program.APPLICANT.items()}
    answers = {f"answers.{key}": "no" if value is False else value for key, value in program.ANSWERS.items()}
    typed = {**applicant, "applicant.id_number": credit_code, **answers}

    shown = clerk.post(address, {"keep": "1", **typed})
    assert number in text_of(shown)
    assert f"form.{MATERIAL}" not in shown.content.decode()
    forms = {f"form.{each}": "copy" for each in program.MATERIALS}
    done = clerk.post(address, {**typed, **forms, "declared": "on"}, follow=True)

    assert done.redirect_chain, text_of(done)
    assert told(provided(the_newest())) == from_the_library(number)


def test_the_window_asks_for_none_in_a_joint_application_either(county: County) -> None:
    number, credit_code = business_licence(county)
    clerk = county.client("clerk")
    address = test_joint.opened(clerk)
    typed = test_joint.filled(county, clerk, address)
    typed |= {f"applicant.{key}": value for key, value in program.APPLICANT.items()}
    typed["applicant.id_number"] = credit_code

    shown = clerk.post(address, {"keep": "1", **typed})
    assert number in text_of(shown)
    done = clerk.post(address, {key: value for key, value in typed.items() if MATERIAL not in key}, follow=True)

    assert "2 件申请已提交" in text_of(done)
    for noted in bundles.view(test_joint.the_bundle().stream, clock.now()).state.noted.values():
        assert told(provided(queries.stream_of(noted.query_number))) == from_the_library(number)


def test_a_program_need_not_send_it(county: County) -> None:
    number, credit_code = business_licence(county)
    me = program.applicant()
    applicant = {**program.APPLICANT, "id_number": credit_code}

    one = me.file(applicant=applicant)
    joint = body(county, applicant=applicant)
    for part in joint["parts"]:  # type: ignore[attr-defined]
        part["provided"] = [each for each in part["provided"] if each["material"] != MATERIAL]
    done = me.post("/bundles", joint, "a-joint-key-of-mine")

    assert one.status == 201, one
    assert told(provided(queries.stream_of(one.json["number"]))) == from_the_library(number)
    assert done.status == 201, done
    for part in done.json["parts"]:
        assert told(provided(queries.stream_of(part["number"]))) == from_the_library(number)
