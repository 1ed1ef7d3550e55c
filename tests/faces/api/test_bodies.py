"""Bodies made to break something: each gets a documented "no", none a fault, and none reaches the database."""

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.county import County
from tests.faces.api.program import ANSWERS, APPLICANT, MATERIALS, Answer, Program, applicant, application, staff

pytestmark = pytest.mark.database

BOUNDARY = "multipart/form-data; boundary=xx"
DEEP = 10_000

NOT_JSON: list[tuple[bytes, str]] = [
    (b" ", "malformed"),
    (b"{", "malformed"),
    (b"{}}", "malformed"),
    (b"{'item': 1}", "malformed"),
    (b"// no\n{}", "malformed"),
    (b"\xef\xbb\xbf{}", "malformed"),
    (b"\xff\xfe{\x00}\x00", "malformed"),
    (b'{"item": "\xc3\x28"}', "malformed"),
    (b'{"item": "\xed\xa0\x80"}', "malformed"),
    (b'{"item": "a\x00b"}', "malformed"),
    (b'{"item": NaN}', "malformed"),
    (b'{"item": Infinity}', "malformed"),
    (b'{"item": -Infinity}', "malformed"),
    (b'{"item": ' + b"9" * 5000 + b"}", "malformed"),
    (b"[" * DEEP, "too_deep"),
    (b"[" * DEEP + b"]" * DEEP, "too_deep"),
    (b'{"a":' * DEEP + b"1" + b"}" * DEEP, "too_deep"),
    (b"1" * 10_000, "malformed"),
    (b"item=1&applicant=2", "malformed"),
    (b"<item/>", "malformed"),
]

NOT_OBJECTS: list[Any] = [None, True, 0, 1.5, "", "x", [], [[]], [{}], {}]

STRINGS = [
    *("\x00", "a\x00b", "\ud800", "\udfff\ud800", "\x1b[2J", "\r\nSet-Cookie: a=b", "\x7f", "\uffff", "\ufeff"),
    *("x" * 201, "𬭎" * 201, "a\u0301" * 60, "\u202e\u2066abc", "", " ", "%s%n%x", "NaN", "null"),
    *("'; DROP TABLE log;--", "{{7*7}}", "${jndi:ldap://127.0.0.1/a}", "<script>alert(1)</script>", "../../etc/passwd"),
    "=cmd|' /C calc'!A0",
]

NUMBERS: list[Any] = [-1, 2**31, 2**63, 2**64, 10**30, 10**400, 1.5, -0.0, 1e308, True, "1", None, [], {}]


def is_told(answer: Answer) -> bool:
    """Whether this is an answer the schema knows of, and no fault."""
    assert answer.status in (200, 201, 400, 403, 404, 409, 413, 415, 422), answer
    if answer.status >= 400:
        assert answer.code
        assert "Traceback" not in answer.content.decode()
    return True


def file(program: Program, body: Any) -> Answer:
    """Hand in this body under a fresh key; a lone surrogate travels as its escape."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return program.post("/cases", data, f"key-{uuid4()}")


def test_what_is_not_json_is_malformed(county: County) -> None:
    me = applicant()
    number = me.file().json["number"]

    for body, code in NOT_JSON:
        for answer in (file(me, body), me.post(f"/cases/{number}/commands", body)):
            assert (answer.status, answer.code) == (400, code), body[:40]


def test_json_that_is_no_object_is_bad_input(county: County) -> None:
    me = applicant()
    number = me.file().json["number"]

    for body in NOT_OBJECTS:
        assert file(me, body).status == 422, body
        assert me.post(f"/cases/{number}/commands", json.dumps(body).encode()).status == 422, body


def test_any_text_in_any_field_is_taken_or_refused_and_breaks_nothing(county: County) -> None:
    me = applicant()

    for text in STRINGS:
        for field in APPLICANT:
            assert is_told(file(me, application(applicant={**APPLICANT, field: text})))
        assert is_told(file(me, application(applicant={**APPLICANT, text: "x"})))
        assert is_told(file(me, application(answers={**ANSWERS, "place_name": text})))
        assert is_told(file(me, application(answers={**ANSWERS, text: text})))
        assert is_told(file(me, application(item=text)))
        assert is_told(file(me, application(provided=[{"material": text, "form": "copy"}])))
        assert is_told(file(me, application(channel=text)))
        assert is_told(file(me, {**application(), text: 1}))


def test_control_characters_and_half_characters_never_get_to_the_database(county: County) -> None:
    me = applicant()
    number = me.file().json["number"]

    for text in ("\x00", "a\x00b", "\ud800", "\x1b"):
        for name in ("name", "address", "contact"):
            assert file(me, application(applicant={**APPLICANT, name: text})).status == 422
        assert file(me, application(answers={**ANSWERS, "place_name": text})).status == 422
        assert me.ask(number, "make_statement", text=text).status == 422

    assert me.ask(number, "make_statement", text="第一行\n第二行\t\u3000𬭎").status == 200
    assert me.get(f"/cases/{number}").json["version"] == 2


def test_any_number_anywhere_is_taken_or_refused_and_breaks_nothing(county: County) -> None:
    me, clerk = applicant(), staff("hall-window", "clerk")
    number = me.file().json["number"]

    for value in NUMBERS:
        assert is_told(file(me, application(answers={**ANSWERS, "area": value})))
        assert is_told(file(me, application(e_service=value)))
        assert is_told(file(me, application(provided=value)))
        assert is_told(file(me, application(applicant=value)))
        assert is_told(clerk.ask(number, "accept", expected_version=value, late={"paper_at": value}))
        for unit in ("working_day", "calendar_day", "month", "hour", "minute", "year", value):
            point = {"kind": "material", "id": MATERIALS[0], "defect": "expired"}
            period = {"number": value, "unit": unit}
            assert is_told(clerk.ask(number, "request_correction", expected_version=1, points=[point], period=period))


def test_many_of_everything_is_refused_quickly(county: County) -> None:
    me = applicant()
    many = {f"q{number}": "x" for number in range(50_000)}

    assert file(me, application(answers=many)).status == 422
    assert file(me, {**application(), **many}).status == 422
    assert file(me, application(provided=[{}] * 50_000)).status == 422
    answer = file(me, application(provided=[{"material": f"m{each}", "form": "copy"} for each in range(201)]))

    assert [each["code"] for each in answer.json["problems"]] == ["too_many"]
    assert len(file(me, {**application(), **many}).json["problems"]) == 100


def test_of_a_key_that_stands_twice_the_last_counts(county: County) -> None:
    body = json.dumps(application())

    answer = file(applicant(), b'{"item": "nothing",' + body[1:].encode())

    assert answer.status == 201


def test_forms_that_cannot_be_read_are_malformed(county: County) -> None:
    me = applicant()
    head = b'--xx\r\nContent-Disposition: form-data; name="file"; filename'
    part = b"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7\r\n--xx--\r\n"

    refused = [
        (b"--xx", BOUNDARY),
        (b"--xx--\r\n", BOUNDARY),
        (b"x" * 10_000, BOUNDARY),
        (head + b'="a.pdf"' + part, "multipart/form-data"),
        (head + b'="a.pdf"' + part, "multipart/form-data; boundary="),
        (head + b'="a.pdf"' + part, "multipart/form-data; boundary=" + "y" * 300),
        (head + b"*=nothing-8''a.pdf" + part, BOUNDARY),
        (b'--xx\r\nContent-Disposition: form-data; name="other"; filename="a.pdf"' + part, BOUNDARY),
        (b'--xx\r\nContent-Disposition: form-data; name="file"\r\n\r\n%PDF-\r\n--xx--\r\n', BOUNDARY),
        ((head + b'="a.pdf"\r\n\r\nx\r\n') * 200 + b"--xx--\r\n", BOUNDARY),
    ]
    taken = [
        head + b'="a.pdf"' + part,
        head + b'="..\\..\\a\x00\xff.pdf"' + part,
        head + b"*=raw_unicode_escape''%5cud800.pdf" + part,
        head + b'="' + "名".encode() * 3000 + b'.pdf"' + part,
    ]

    for body, kind in refused:
        assert me.send("POST", "/files", body, kind).status in (400, 422), body[:60]
    for body in taken:
        assert me.send("POST", "/files", body, BOUNDARY).status in (201, 400, 422), body[:60]


def test_headers_made_to_break_something_break_nothing(county: County) -> None:
    me = applicant()
    body = json.dumps(application()).encode()

    flood = "&".join(f"p{number}=1" for number in range(6000))
    assert me.send("GET", f"/cases?{flood}").code == "malformed"
    for key in ("", "x", "x" * 201, "a b c d e f", "\xe9" * 20, "a-key-of-mine\x00"):
        assert me.send("POST", "/cases", body, **{"Idempotency-Key": key}).status == 422
    for name, value in (
        ("Accept-Language", "x" * 10_000),
        ("Accept-Language", ",;q=,;;;zh-" + "a-" * 500),
        ("Accept-Language", "\xff\x00"),
        ("Authorization", "Bearer " + "x" * 10_000),
        ("X-Request-ID", "a\r\nb"),
        ("Cookie", "sessionid=" + "x" * 5000),
    ):
        assert me.send("GET", "/cases", **{name: value}).status in (200, 401)
