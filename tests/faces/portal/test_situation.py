"""Situation questions: only what changes something is asked, the materials are exact, each says why."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banjie.engine import rules
from banjie.faces.forms import situation
from banjie.faces.forms.situation import Need
from tests.county import FOOD, INSTANT, County
from tests.faces.applying import form_of, opened, page
from tests.faces.pages import text_of

pytestmark = pytest.mark.database


def shown(content: str) -> dict[str, set[str]]:
    """The materials on the page, by need."""
    found: dict[str, set[str]] = {}
    for need, name in re.findall(r'<li class="(\w+)"><strong>([^<]+)</strong>', content):
        found.setdefault(need, set()).add(name)
    return found


def test_only_questions_on_which_something_depends_are_asked(county: County) -> None:
    content = county.client().get(f"/items/{county.code()}/situation/").content.decode()

    assert set(re.findall(r'name="(answers\.\w+)"', content)) == {"answers.uses_machines", "answers.has_agent"}


def test_the_answers_narrow_the_materials_exactly_and_each_says_why(county: County) -> None:
    client, names = county.client(), {each.id: each.name for each in county.law().procedure.materials}
    address = f"/items/{county.code()}/situation/"

    before = shown(client.get(address).content.decode())
    after = client.post(address, {"answers.uses_machines": "yes", "answers.has_agent": "no"})

    assert before["open"] == {names["machine_plan"], names["mandate"]}
    found = shown(after.content.decode())
    assert names["machine_plan"] in found["needed"]
    assert found["not_needed"] == {names["mandate"]}
    assert found["looked_up"] == {names["business_licence"]}
    words = text_of(after)
    assert "需要，因为“是否利用自动设备经营”为是。" in words
    assert "不需要：只有“是否委托代理人办理”为是时才要求提交。" in words
    assert "用来证明：具有合法主体资格" in words


def test_the_answers_go_along_to_the_application_and_stand_nowhere_in_clear(county: County) -> None:
    client = county.client("applicant")
    after = client.post(f"/items/{county.code()}/situation/", {"answers.uses_machines": "yes"})
    link = re.findall(r'href="(/items/\w+/apply/\?given=[^"]+)"', after.content.decode())[0]
    assert "yes" not in link
    assert "uses_machines" not in link

    address = client.get(link)["Location"]

    values = form_of(client.get(page(address, "questions"))).values
    assert values["answers.uses_machines"] == "yes"
    assert "answers.has_agent" not in values


def test_a_text_that_is_not_ours_brings_nothing_along(county: County) -> None:
    client = county.client("applicant")

    address = opened(client, county.code(), "?given=abcdef")

    assert client.get(page(address, "questions")).status_code == 200


@pytest.mark.parametrize("item", [FOOD, INSTANT, "subsistence-allowance", "company-registration"])
def test_what_is_called_needed_is_what_the_engine_requires(county: County, item: str) -> None:
    procedure = county.law(item).procedure
    values = {
        "yes_no": st.booleans(),
        "number": st.integers(0, 500),
        "date": st.just("2026-03-20"),
        "text": st.text("甲乙丙", min_size=1),
    }

    def one(question: object) -> st.SearchStrategy[object]:
        kind = question.type  # type: ignore[attr-defined]
        return st.sampled_from([each.value for each in question.choices]) if kind == "choice" else values[kind]  # type: ignore[attr-defined]

    @settings(max_examples=60, deadline=None)
    @given(st.fixed_dictionaries({}, optional={each.id: one(each) for each in procedure.questions}))
    def exactly(answers: dict[str, object]) -> None:
        needs = situation.needed_ids(procedure, answers)
        for material in procedure.materials:
            required = material.necessary and rules.applies(material.when, answers, procedure.questions)
            if needs[material.id] is Need.NEEDED:
                assert required
            elif needs[material.id] is not Need.OPEN:
                assert not required
        full = {each.id for each in procedure.questions} <= answers.keys()
        assert not full or Need.OPEN not in needs.values()

    exactly()
