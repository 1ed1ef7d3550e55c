"""A receipt of dates held against the log it names: what was never so is found, even where its digest fits."""

import copy
from typing import Any

import pytest

from banjie.cases import queries, reckoning
from banjie.engine.codec import canonical
from banjie.engine.reckoning import sealed
from banjie.web import clock
from tests.county import County
from tests.faces.cases import Filed, filed

pytestmark = pytest.mark.database


def receipt(case: Filed) -> dict[str, Any]:
    """The receipt of a case, now."""
    return reckoning.receipt_of(queries.view(case.stream, clock.now()))


def test_a_receipt_is_what_is_on_record(county: County) -> None:
    case = filed(county).accepted()

    document = receipt(case)

    assert reckoning.is_ours(document)
    assert reckoning.faults(document) == []
    lines = queries.view(case.stream, clock.now()).lines
    assert [each["hash"] for each in document["log"]["facts"]] == [each.hash for each in lines]
    assert document["procedure"]["digest"] == county.law().digest
    assert all(len(each["digest"]) == 64 for each in document["calendars"])
    assert document["calendars"][0]["years"][-1]["document"]


def test_a_receipt_stays_right_when_the_case_has_gone_on(county: County) -> None:
    case = filed(county).accepted()
    before = receipt(case)

    case.assigned("document_review", "section_head", "officer")

    assert reckoning.faults(before) == []
    assert receipt(case)["digest"] != before["digest"]


def test_all_that_look_on_one_day_get_the_same_receipt(county: County) -> None:
    case = filed(county).accepted()

    first = receipt(case)
    county.move_to(county.view_time().replace(hour=17))

    assert receipt(case) == first


@pytest.mark.parametrize("what", ["fact", "hash", "procedure", "stage", "head", "number"])
def test_what_was_never_so_is_found_though_the_digest_fits(county: County, what: str) -> None:
    document = copy.deepcopy(receipt(filed(county).accepted()))
    if what == "fact":
        document["log"]["facts"].pop()
    elif what == "hash":
        document["log"]["facts"][0]["hash"] = "0" * 64
    elif what == "procedure":
        document["procedure"]["digest"] = "0" * 64
    elif what == "stage":
        document["case"]["stage"] = "decided"
    elif what == "head":
        document["log"]["head"]["hash"] = "0" * 64
    else:
        document["case"]["number"] = "0"

    found = reckoning.faults(sealed(document))

    assert {each.code for each in found} == {"not_on_record"}


def test_a_promise_kept_on_paper_only_is_found(county: County) -> None:
    """The forger accepts a week later, counts everything anew with our own engine, and makes the digest fit."""
    county_case = filed(county).accepted()
    county.move_to(county.view_time().replace(day=9))
    later = receipt(filed(county).accepted())
    document = copy.deepcopy(receipt(county_case))
    document["clocks"] = later["clocks"]

    found = reckoning.faults(sealed(document))

    assert "not_on_record" in {each.code for each in found}


def test_nobody_is_named_in_a_receipt(county: County) -> None:
    case = filed(county).accepted().assigned("document_review", "section_head", "officer")
    person = county.applicant()

    text = canonical(receipt(case)).decode()

    staff = [county.actor(role).id for role in ("applicant", "clerk", "section_head", "officer")]
    for private in (person.name, person.phone, person.id_number, person.address, *staff):
        assert private not in text
