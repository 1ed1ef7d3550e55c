"""The public guide says everything the published version says: four answers, eight disclosures, the flow."""

import re

import pytest

from banjie.records.catalogue import documents, flow
from tests.county import FORWARDED, HYGIENE, INSTANT, County
from tests.faces.pages import text_of

pytestmark = pytest.mark.database


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.requirement("M036", "M037")
@pytest.mark.parametrize("item", ["food-business-new", INSTANT, HYGIENE, FORWARDED, "subsistence-allowance"])
def test_a_guide_shows_every_line_of_every_section_and_marks_the_eight_disclosures(county: County, item: str) -> None:
    procedure = county.law(item).procedure
    paper = documents.guide_of(procedure)

    response = county.client().get(f"/items/{county.code(item)}/")
    page = text_of(response)

    for section in paper.sections:
        if section.lines and section.code != "phases":
            assert section.heading in page
        for line in section.lines:
            if section.code != "materials":
                assert flat(line.text) in page, (section.code, line)
            assert flat(line.name) in page
            assert flat(line.basis) in page
    marked = re.findall(r"<h2>([^<]*) <span class=\"stage\">八公开</span>", response.content.decode())
    assert marked == [each.heading for each in paper.sections if each.disclosed]
    assert len(marked) == 8


@pytest.mark.requirement("M054")
def test_four_answers_stand_before_anything_else(county: County) -> None:
    response = county.client().get(f"/items/{county.code()}/")
    content, page = response.content.decode(), text_of(response)

    answers = [content.index(f">{word}</h2>") for word in ("哪里办", "找谁办", "办什么", "怎么办")]
    assert answers == sorted(answers)
    assert answers[-1] < content.index("八公开")
    assert "云岭县城关镇政务路1号" in page
    assert "政务服务大厅综合受理窗口" in page


@pytest.mark.requirement("M045")
def test_the_flow_is_drawn_and_told_in_the_same_words(county: County) -> None:
    procedure = county.law().procedure

    response = county.client().get(f"/items/{county.code()}/")

    content, page = response.content.decode(), text_of(response)
    assert flow.svg(procedure) in content
    for sentence in flow.in_words(procedure):
        assert flat(sentence) in page
    assert "style=" not in content
    assert not re.search(r"<script(?![^>]* src=)", content)


def test_each_material_says_who_provides_it_and_when_it_is_taken(county: County) -> None:
    page = text_of(county.client().get(f"/items/{county.code()}/"))

    for material in county.law().procedure.materials:
        assert material.name in page
        assert material.standard in page
    assert "受理标准：" in page
    assert "政府部门核发" in page
    assert "不需要您提交" in page


def test_the_approval_standard_is_public_and_the_handbook_is_not(county: County) -> None:
    code, procedure = county.code(), county.law().procedure

    page = text_of(county.client().get(f"/items/{code}/standard/"))

    for criterion in procedure.criteria:
        assert criterion.text in page
    for benchmark in procedure.guide.benchmarks:
        assert benchmark.outcome in page
    guide = county.client().get(f"/items/{code}/").content.decode()
    assert f"/desk/items/{code}/handbook/" not in guide
    assert f"/desk/items/{code}/handbook/" in county.client("clerk").get(f"/items/{code}/").content.decode()
    assert county.client().get(f"/desk/items/{code}/handbook/").status_code == 302
    assert county.client().get("/items/nothing/standard/").status_code == 404


def test_every_published_guide_opens_in_both_languages(county: County) -> None:
    for language in ("zh-hans", "en"):
        client = county.client()
        client.post("/language/", {"language": language, "next": "/"})
        codes = set(re.findall(r"/items/([0-9A-Z]{33})/", client.get("/items/").content.decode()))
        assert len(codes) > 10
        for code in codes:
            assert client.get(f"/items/{code}/").status_code == 200
            assert client.get(f"/items/{code}/standard/").status_code == 200
