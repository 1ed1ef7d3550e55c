"""The schema says what the API does: every endpoint, every kind of command, every "no", and who may open it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from banjie.engine import commands as c
from banjie.faces.api import urls
from banjie.faces.api.commands import OFFERED, OPENING
from banjie.faces.api.openapi import api
from banjie.web.roles import declared_roles
from tests.faces.api.program import BASE


def schema() -> Any:
    """The schema as a program gets it."""
    return json.loads(urls._schema())


def operations() -> Iterator[tuple[str, Any]]:
    """Every operation as "METHOD /path"."""
    for path, methods in schema()["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path.removeprefix(BASE)}", operation


def test_the_schema_is_public_and_names_no_other_server() -> None:
    answer = Client().get(f"{BASE}/openapi.json")

    assert answer.status_code == 200
    assert answer.json() == schema()
    assert schema()["openapi"].startswith("3.1")
    assert "://" not in answer.content.decode()


def test_there_is_one_body_for_each_command_people_may_give_but_those_that_open_a_case() -> None:
    body = dict(operations())["POST /cases/{number}/commands"]["requestBody"]["content"]["application/json"]["schema"]

    assert set(OPENING) == {c.Submit, c.OpenExOfficio}
    assert set(body["discriminator"]["mapping"]) == {c.NAMES[cls] for cls in c.PEOPLES if cls not in OPENING}


def test_a_body_has_the_fields_of_the_engines_command_and_no_other() -> None:
    known = schema()["components"]["schemas"]

    for cls in OFFERED:
        own = set(cls.__dataclass_fields__) - {"at", "by", "key_id", "standing", "lot"}
        assert set(known[cls.__name__]["properties"]) == own | {"kind"}, cls
        assert known[cls.__name__]["additionalProperties"] is False
        seen = "expected_version" in known[cls.__name__]["required"]
        assert seen == (cls in c.RESTS_ON_WHAT_WAS_SEEN), cls


def test_every_text_that_comes_in_is_bounded() -> None:
    unbounded = [
        where for where, part in _parts(_incoming(), "") if part.get("type") == "string" and not _bounded(part)
    ]
    endless = [
        where for where, part in _parts(_incoming(), "") if part.get("type") == "array" and "maxItems" not in part
    ]

    assert unbounded == []
    assert endless == []


def _incoming() -> dict[str, Any]:
    known = schema()["components"]["schemas"]
    names = {cls.__name__ for cls in c.PEOPLES} | {"NewCase", "Applicant", "Citation", "Found", "Person", "Provided"}
    names |= {"FileRef", "LateEntry", "Limit"}
    return {name: part for name, part in known.items() if name in names}


def _parts(node: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield where, node
        for name, inner in node.items():
            yield from _parts(inner, f"{where}/{name}")
    elif isinstance(node, list):
        for number, inner in enumerate(node):
            yield from _parts(inner, f"{where}/{number}")


def _bounded(part: dict[str, Any]) -> bool:
    return (
        "maxLength" in part or "enum" in part or "const" in part or part.get("format") in ("date", "date-time", "uuid")
    )


def test_every_refusal_is_problem_json_and_every_endpoint_says_which_it_has() -> None:
    for name, operation in operations():
        told = operation["responses"]
        assert [each for each, answer in told.items() if each >= "400" and list(answer["content"]) != PROBLEM] == [], (
            name
        )
        assert "503" in told, name
        assert ("401" in told) == ("403" in told) == ("security" in operation), name
        if name.startswith("POST"):
            assert told.keys() >= {"400", "413", "415", "422"}, name


PROBLEM = ["application/problem+json"]


def test_every_endpoint_declares_its_roles_and_the_address_shows_them() -> None:
    declared = {
        f"{method} {address}": declared_roles(operation.view_func)
        for router in api._get_bound_routers()
        for address, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }

    assert declared.keys() == {name for name, _ in operations()}
    assert [name for name, roles in declared.items() if not roles] == []
    assert {name for name, roles in declared.items() if roles and "public" in roles} == {
        "GET /items",
        "GET /items/{code}",
        "GET /items/{code}/deadline",
        "GET /joint-matters",
        "GET /verify",
        "POST /verify/files",
    }


def test_every_address_under_the_api_declares_its_roles() -> None:
    (below,) = [each for each in get_resolver().url_patterns if str(each.pattern) == "api/v1/"]
    found = [each for each in below.url_patterns if isinstance(each, URLPattern)]

    assert len(found) == len(below.url_patterns) > 8
    assert [str(each.pattern) for each in found if not declared_roles(each.callback)] == []


@pytest.mark.parametrize("name", ["POST /cases", "POST /files", "POST /cases/{number}/commands", "GET /cases"])
def test_what_changes_or_shows_cases_needs_a_token(name: str) -> None:
    assert dict(operations())[name]["security"] == [{"Bearer": []}]
