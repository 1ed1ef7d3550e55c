"""Samples and blank forms are made from data, open to everybody, and the guide and the forms lead to them."""

import re

import pytest

from banjie.records.catalogue import samples
from banjie.records.organisation.rulebook import BadRulebook, folder
from tests.county import FOOD, HYGIENE, INSTANT, County

pytestmark = pytest.mark.database


@pytest.mark.parametrize("path", folder("samples"), ids=lambda path: path.stem)
def test_every_sample_is_small_and_names_nobody_who_could_exist(path):
    found = samples.sample(path.stem)

    text = path.read_text()
    assert path.stat().st_size < samples.MOST_BYTES
    assert not re.search(r"\d{17}[\dX]|1\d{10}", text)
    assert found.title
    assert found.english


@pytest.mark.parametrize("name", sorted(samples.names()))
def test_a_sample_is_marked_as_one_and_its_blank_form_shows_nothing_of_it(county: County, name):
    found = samples.sample(name)
    written = [each.value for part in found.parts for each in part.fields]
    written += [cell for part in found.parts for row in part.rows for cell in row if len(cell) > 3]

    page = county.client().get(f"/samples/{name}/")
    assert page.status_code == 200
    assert page["Content-Type"].startswith("text/html")
    assert "样表 · 示例" in page.text
    assert all(each in page.text for each in written)
    assert "style=" not in page.text

    blank = county.client().get(f"/samples/{name}/blank/")
    assert blank.status_code == (200 if found.blank else 404)
    if found.blank:
        sheet = blank.text[blank.text.index('<article class="sample"') : blank.text.index("</article>")]
        assert "样表 · 示例" not in sheet
        assert "sample-written" not in sheet
        assert all(each.label in sheet for part in found.parts for each in part.fields)


def test_an_unknown_sample_is_a_404(county: County):
    assert county.client().get("/samples/nobody-drew-it/").status_code == 404
    with pytest.raises(LookupError):
        samples.sample("../organisation/demo")


@pytest.mark.parametrize("item", [FOOD, HYGIENE, INSTANT])
def test_the_guide_the_situation_and_the_window_lead_to_the_samples_and_each_link_opens(county: County, item):
    code = county.code(item)
    named = {each.sample for each in county.law(item).procedure.materials if each.sample}
    assert named

    guide = county.client().get(f"/items/{code}/").text
    window = county.client("clerk").get(f"/hall/apply/{code}/", follow=True).text
    links = set(re.findall(r'href="/samples/([a-z-]+)/"', guide))

    assert links == named
    assert "/samples/" in window
    for each in links:
        assert county.client().get(f"/samples/{each}/").status_code == 200


def test_every_item_that_takes_a_form_shows_how_it_is_filled_in(county: County):
    known = {name: county.law(name).procedure for name in (FOOD, f"{FOOD}-yunxi", HYGIENE, INSTANT)}

    without = [
        (name, each.id)
        for name, procedure in known.items()
        for each in procedure.materials
        if each.id == "application_form" and not (each.sample and each.blank)
    ]

    assert without == []


def test_a_row_that_does_not_fit_its_columns_is_refused(settings, tmp_path):
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / "crooked.yaml").write_text(
        "title: 表\nenglish: Form\nparts: [{columns: [a, b], rows: [[c]]}]\n"
    )
    settings.RULEBOOK = tmp_path

    with pytest.raises(BadRulebook, match="as many cells"):
        samples.sample("crooked")
