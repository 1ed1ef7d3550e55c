"""A chart is drawn without colours of its own, says in words what it shows, and always has its table."""

import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string

from banjie.web import charts
from banjie.web.templatetags.codes import qr

ROWS = [("受理", 0.6), ("书面审查", 2.1), ("现场核查", 4.8)]


def a_chart(**changed):
    given = {
        "slug": "times",
        "title": "各环节用时",
        "summary": "现场核查最长。",
        "head": ("环节", "工作日"),
        "rows": ROWS,
    }
    return charts.bars(**{**given, **changed})


def test_a_drawing_holds_no_colour_no_style_no_script_and_no_address():
    drawing = a_chart().drawing

    assert not re.search(r"style|<script|href|#[0-9a-f]{3,6}\b|rgb|font-family|http", drawing)
    assert set(re.findall(r"<([a-z]+)", drawing)) <= {"svg", "title", "desc", "g", "path", "line", "text", "rect"}


def test_a_drawing_takes_its_colours_from_the_style_sheet():
    classes = set(re.findall(r'class="([^"]+)"', a_chart().drawing))

    assert {"fill-1", "fill-ink", "fill-soft", "stroke-line"} <= classes


def test_a_screen_reader_hears_title_and_summary():
    root = ElementTree.fromstring(a_chart().drawing)

    assert root.get("role") == "img"
    told = {child.get("id"): child.text for child in root}
    assert [told[name] for name in root.get("aria-labelledby").split()] == ["各环节用时", "现场核查最长。"]


def test_the_table_says_what_the_drawing_shows():
    page = render_to_string("web/chart.html", {"chart": a_chart()})

    for name, value in ROWS:
        assert f'<th scope="row">{name}</th>' in page
        assert f">{value:g}</td>" in page


def test_what_a_row_is_called_cannot_become_markup():
    drawing = a_chart(rows=[("<script>1</script>", 1)], title='"><b>').drawing

    assert "<script" not in drawing
    assert "<b>" not in drawing


@pytest.mark.parametrize(
    "data",
    [{"url": "https://elsewhere.example/a.csv"}, {"values": [], "sequence": [{"href": "x"}]}, {"url": "/etc/passwd"}],
)
def test_a_chart_fetches_nothing(data):
    with pytest.raises(ValueError, match="fetches nothing"):
        charts.drawn({"data": data, "mark": "bar"}, "x", "x", "x")


def test_a_trend_tells_its_lines_apart_by_more_than_colour():
    drawing = charts.trend("t", "t", "t", ("月", "收件", "办结"), [("7月", 3, 2), ("8月", 4, 3)]).drawing

    lines = re.findall(r'class="stroke-(\d)" d="M[^"]+L[^"]+" stroke-width="2.5" stroke-dasharray="([^"]+)"', drawing)
    assert len(lines) == 2
    assert len({dashes for _, dashes in lines}) == 2


def test_a_trend_of_six_lines_is_refused():
    with pytest.raises(ValueError, match="cannot be read"):
        charts.trend("t", "t", "t", ("月", *"abcdef"), [("7月", 1, 2, 3, 4, 5, 6)])


def test_the_renderer_is_not_loaded_before_the_first_chart():
    seen = subprocess.run(
        [sys.executable, "-c", "import sys, banjie.web.charts; print('vl_convert' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert seen.stdout.strip() == "False"


def test_a_code_to_photograph_is_one_path_on_empty_ground():
    drawn = qr("https://banjie.example/track/", "扫码查询<进度>")

    assert drawn.count("<path") == 1
    assert "<title>扫码查询&lt;进度&gt;</title>" in drawn
    side = int(re.search(r'viewBox="0 0 (\d+) ', drawn)[1])
    dark = [(int(x), int(x) + int(length)) for x, length in re.findall(r"M(\d+) \d+h(\d+)v1", drawn)]
    assert min(start for start, _ in dark) == 4
    assert max(end for _, end in dark) == side - 4
