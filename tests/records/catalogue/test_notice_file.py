"""A holiday notice as a file: YAML, JSON and CSV say the same, and what is wrong names its line, its day and why."""

import json

import pytest

from banjie.records.catalogue import notice_file
from banjie.records.catalogue.notice_file import BadNotice

YAML = """\
year: 2027
document: 国办发明电〔2026〕1号
published_on: 2026-11-04
holidays:
  - {name: 元旦, from: 2027-01-01, to: 2027-01-03}
  - {name: 春节, english: Spring Festival, from: 2027-02-05, to: 2027-02-11}
workdays: [2027-02-20]
"""
JSON = json.dumps(
    {
        "year": 2027,
        "doc_no": "国办发明电〔2026〕1号",
        "published_on": "2026-11-04",
        "holidays": [
            {"name": "元旦", "from": "2027-01-01", "to": "2027-01-03"},
            {"name": "春节", "english": "Spring Festival", "from": "2027-02-05", "to": "2027-02-11"},
        ],
        "workdays": ["2027-02-20"],
    }
)
CSV = """\
year,doc_no,published_on,kind,name,english,from,to
2027,国办发明电〔2026〕1号,2026-11-04,holiday,元旦,,2027-01-01,2027-01-03
2027,,,holiday,春节,Spring Festival,2027-02-05,2027-02-11
2027,,,workday,,,2027-02-20,
"""


def wrong(text: str, name: str = "notice.yaml") -> list[tuple[int, str, str]]:
    """What is wrong with a file: (line, what stands there, code)."""
    with pytest.raises(BadNotice) as bad:
        notice_file.read(name, text.encode())
    return [(each.line, each.value, each.code) for each in bad.value.problems]


def test_yaml_json_and_csv_say_the_same():
    told = [
        notice_file.read(name, text.encode()) for name, text in (("n.yaml", YAML), ("n.json", JSON), ("n.csv", CSV))
    ]

    assert told[0] == told[1] == told[2]
    (year,) = told[0].years
    assert (year["year"], year["status"], year["workdays"]) == (2027, "official", ["2027-02-20"])
    assert [each["name"] for each in year["holidays"]] == ["元旦", "春节"]


@pytest.mark.parametrize(
    ("was", "now", "line", "value", "code"),
    [
        ("2027-01-03", "2027-13-03", 5, "2027-13-03", "no_such_day"),
        ("2027-01-03", "2026-12-31", 5, "2026-12-31", "outside_year"),
        ("from: 2027-02-05, to: 2027-02-11", "from: 2027-02-11, to: 2027-02-05", 6, "", "ends_before_it_begins"),
        ("to: 2027-02-11", "to: 2027-03-11", 6, "", "too_long_a_holiday"),
        ("[2027-02-20]", "[2027-02-19]", 7, "2027-02-19", "works_anyway"),
        ("[2027-02-20]", "[2027-02-06]", 7, "2027-02-06", "works_on_a_holiday"),
        ("[2027-02-20]", "[2027-02-20, 2027-02-20]", 7, "2027-02-20", "day_twice"),
        ("from: 2027-02-05", "from: 2027-01-03", 6, "", "too_long_a_holiday"),
        ("name: 元旦, ", "", 5, "", "name_needed"),
        ("year: 2027", "year: 27", 1, "27", "no_such_year"),
        ("year: 2027", "region:", 1, "", "year_needed"),
        ("document: 国办发明电〔2026〕1号", "document:", 1, "2027", "document_needed"),
        ("published_on: 2026-11-04", "published_on: soon", 1, "soon", "published_on_needed"),
        ("year: 2027", "year: 2027\nstatus: certain", 1, "certain", "no_such_status"),
    ],
)
def test_what_is_wrong_names_its_line_and_what_stands_there(was, now, line, value, code):
    found = wrong(YAML.replace(was, now, 1))

    assert code in {each[2] for each in found}
    at = next(each for each in found if each[2] == code)
    assert at[0] == line
    assert value in at[1]


def test_everything_that_is_wrong_is_said_at_once():
    broken = YAML.replace("2027-01-03", "nonsense").replace("[2027-02-20]", "[2027-02-19, 2027-40-40]")

    assert [code for _, _, code in wrong(broken)] == ["no_such_day", "works_anyway", "no_such_day"]


def test_two_holidays_on_one_day_are_one_too_many():
    twice = YAML.replace("from: 2027-02-05, to: 2027-02-11", "from: 2027-01-03, to: 2027-01-05")

    assert wrong(twice) == [(6, "2027-01-03", "day_twice")]


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("{", "n.json", "cannot_be_read"),
        ("year: [", "n.yaml", "cannot_be_read"),
        ("[" * 5000, "n.yaml", "cannot_be_read"),
        ("- 5", "n.yaml", "not_as_described"),
        ("year: 2027\nholidays: none", "n.yaml", "not_as_described"),
        ("", "n.yaml", "nothing_in_it"),
        ("a,b\n1,2\n", "n.csv", "not_as_described"),
        ("year,kind,from\n2027,party,2027-01-01\n", "n.csv", "not_as_described"),
        ("x" * 300_000, "n.yaml", "file_too_large"),
        ("[year: 2027]", "n.yaml", "document_needed"),
    ],
)
def test_what_is_no_notice_is_said(text, name, code):
    found = wrong(text, name)

    assert code in {each[2] for each in found}


def test_a_file_in_another_encoding_is_said():
    with pytest.raises(BadNotice) as bad:
        notice_file.read("n.csv", "年".encode("gbk"))

    assert bad.value.problems[0].code == "not_utf8"


def test_a_year_that_stands_twice_is_said():
    assert "year_twice" in {code for _, _, code in wrong(f"[{JSON}, {JSON}]")}


def test_an_overlay_has_a_region_in_the_place_of_a_year():
    told = notice_file.read("n.yaml", b"region: '999922'\nholidays: [{name: X, from: 2026-04-20, to: 2026-04-22}]")

    assert told.years == ()
    (overlay,) = told.overlays
    assert overlay["region"] == "999922"


def test_a_notice_that_refers_to_itself_ends():
    assert wrong("&a [*a]")[0][2] == "not_as_described"
