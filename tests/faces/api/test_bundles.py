"""A joint handling through the API: every part is registered at once or none, and it reads as one."""

from uuid import uuid4

import pytest

from banjie.config import worker
from tests.county import FOOD, VENUE, County
from tests.faces.api.program import APPLICANT, Answer, Program, applicant, staff

pytestmark = pytest.mark.database

MATTER = "venue-with-kitchen"
BY_TYPE = {"yes_no": False, "date": "2026-04-01", "number": 12}


def body(county: County, **changes: object) -> dict[str, object]:
    """A whole application: a plain answer to every question, every paper seen at the window."""
    parts = []
    for role, item in (("food", FOOD), ("venue", VENUE)):
        procedure = county.law(item).procedure
        answers = {
            each.id: each.choices[0].value if each.choices else BY_TYPE.get(each.type, "云岭县")
            for each in procedure.questions
            if not each.when
        }
        provided = [{"material": each.id, "form": "copy"} for each in procedure.materials if not each.when]
        parts.append({"role": role, "answers": answers, "provided": provided})
    return {"matter": MATTER, "applicant": APPLICANT, "parts": parts, **changes}


def filed(me: Program, county: County, key: str = "", **changes: object) -> Answer:
    return me.post("/bundles", body(county, **changes), key or f"key-{uuid4()}")


def test_every_part_is_registered_at_once_and_each_case_is_found(county: County) -> None:
    me = applicant()
    (offered,) = [each for each in me.get("/joint-matters").json["matters"] if each["id"] == MATTER]

    done = filed(me, county, key := f"key-{uuid4()}")

    assert done.status == 201, done
    assert [each["role"] for each in offered["parts"]] == [each["role"] for each in done.json["parts"]]
    assert offered["limit"] == done.json.get("limit", offered["limit"])
    for each in done.json["parts"]:
        assert each["stage"] == "submitted"
        assert me.get(f"/cases/{each['number']}").status == 200
    number = done.json["number"]
    assert me.get(f"/bundles/{number}").json == done.json
    again = filed(me, county, key)
    assert (again.status, again.json["number"]) == (201, number)
    assert again.headers["Idempotent-Replay"] == "true"
    assert filed(me, county, key, e_service=True).code == "key_reused_with_other_body"
    assert applicant("another").get(f"/bundles/{number}").code == "unknown_bundle"
    assert staff("hall-window", "clerk").get(f"/bundles/{number}").status == 200


def test_the_joint_limit_is_told_once_a_part_is_accepted(county: County) -> None:
    me, clerk = applicant(), staff("hall-window", "clerk")
    done = filed(clerk, county).json
    assert done["due"] is None

    assert clerk.ask(done["parts"][0]["number"], "accept").status == 200
    worker.turn()

    shown = clerk.get(f"/bundles/{done['number']}").json
    assert shown["parts"][0]["stage"] == "accepted"
    assert shown["parts"][0]["share_due"]
    assert shown["due"]["clock"] == "joint"
    assert me.get(f"/bundles/{done['number']}").code == "unknown_bundle", "entered at the window, for nobody's account"


def test_everything_wrong_with_any_part_is_said_and_nothing_is_recorded(county: County) -> None:
    me = applicant()
    whole = body(county)
    first, second = whole["parts"]  # type: ignore[misc]
    wrong = {**first, "answers": {**first["answers"], "area": "many"}}

    no = filed(me, county, parts=[wrong])
    other = filed(me, county, matter="nothing-of-the-kind")

    assert no.status == 422
    assert {each["field"] for each in no.json["problems"]} >= {"parts.food.answers.area", "parts.venue"}
    assert other.json["problems"][0]["field"] == "matter"
    assert me.get("/cases").json["cases"] == []
    assert second["role"] == "venue"
