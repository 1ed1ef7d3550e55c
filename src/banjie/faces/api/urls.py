"""The addresses of the API. Whatever comes in under /api/v1/, a program gets JSON back: also for what is not there."""

import json
import sqlite3
from collections.abc import Callable
from functools import cache
from typing import Any

import psycopg
import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.operation import PathView

from banjie.engine.not_possible import NotPossible
from banjie.faces.api import bundles as bundles  # each view adds itself to the API
from banjie.faces.api import problems
from banjie.faces.api import verify as verify
from banjie.faces.api import views as views
from banjie.faces.api.answers import BASE
from banjie.faces.api.commands import OFFERED_KINDS
from banjie.faces.api.openapi import api
from banjie.store.files.refused import Refused
from banjie.web.roles import declared_roles, for_role

log = structlog.get_logger("banjie.api")

NO_DATABASE = (OperationalError, InterfaceError, psycopg.OperationalError, sqlite3.OperationalError)
"""What the drivers say when the database cannot be reached, is full, or is too busy."""


class Unreadable(Exception):
    """A form that cannot be read."""


View = Callable[..., HttpResponse]


def _refused(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """The answer to whatever went wrong on the way to an answer. Faults of ours are logged, and told as such."""
    if isinstance(error, NotPossible | problems.Told):
        return problems.response(request, error)
    if isinstance(error, ValidationError):
        wrong = [problems.problem_of(each, OFFERED_KINDS) for each in error.errors]
        return problems.response(request, problems.invalid(*dict.fromkeys(wrong)))
    if isinstance(error, AuthenticationError):
        return problems.response(request, NotPossible("sign_in_needed"))
    if isinstance(error, HttpError) and isinstance(error.__cause__, NotPossible):
        return problems.response(request, error.__cause__)
    if isinstance(error, Refused):
        return problems.response(request, _of_files(error, request))
    if isinstance(error, RequestDataTooBig):
        return problems.response(request, NotPossible("too_large", most=_megabytes(_most(request))))
    if isinstance(error, HttpError | SuspiciousOperation | MultiPartParserError | UnreadablePostError | Unreadable):
        return problems.response(request, NotPossible("malformed"))
    if isinstance(error, NO_DATABASE):
        log.exception("the database did not answer")
        return problems.response(request, NotPossible("unavailable"))
    log.exception("an endpoint failed")
    return problems.response(request, NotPossible("fault"))


def _of_files(error: Refused, request: HttpRequest) -> NotPossible | problems.Told:
    """The "no" of the files room: about the upload itself, or about a file somebody else's case took meanwhile."""
    if error.code == "too_large":
        return NotPossible("too_large", most=_megabytes(_most(request)))
    if error.code in ("upload_empty", "unsupported_type"):
        return NotPossible(error.code)
    return problems.invalid(("provided", "unknown_file"))


api.add_exception_handler(Exception, _refused)
for specific in (ValidationError, HttpError):  # ninja has its own for these
    api.add_exception_handler(specific, _refused)


def _is_upload(request: HttpRequest) -> bool:
    return request.path.endswith("/files")


def _most(request: HttpRequest) -> int:
    """Bytes the body of this request may have."""
    most: int = settings.FILE_UPLOAD_MAX_MEMORY_SIZE if _is_upload(request) else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return most


def _megabytes(number: int) -> str:
    return f"{number // (1024 * 1024)} MB"


def _before(request: HttpRequest, view: PathView) -> HttpResponse | None:
    """The "no" that needs no look at the body: the method, its type, its size."""
    allowed = sorted({method for operation in view.operations for method in operation.methods})
    if request.method not in allowed:
        answer = problems.response(request, NotPossible("method_not_allowed"))
        answer.headers["Allow"] = ", ".join(allowed)
        return answer
    if request.method != "POST":
        return None
    wanted = "multipart/form-data" if _is_upload(request) else "application/json"
    if request.content_type != wanted or (request.content_params or {}).get("charset", "utf-8").lower() != "utf-8":
        return problems.response(request, NotPossible("wrong_content_type", wanted=wanted))
    length = str(request.META.get("CONTENT_LENGTH") or 0)
    if not length.isdecimal():
        return problems.response(request, NotPossible("malformed"))
    if int(length) > _most(request):
        return problems.response(request, NotPossible("too_large", most=_megabytes(_most(request))))
    if _is_upload(request):
        _read_form(request)
    return None


def _read_form(request: HttpRequest) -> None:
    """Unreadable for a form whose parts name an encoding nobody has, and the like."""
    try:
        request.FILES.keys()
    except (LookupError, ValueError) as error:
        raise Unreadable from error


def _answering(view: PathView) -> View:
    """One address with everything an answer of the API has: the language it speaks, and a problem for every fault."""
    asked = view.get_view()

    def answering(request: HttpRequest, **given: Any) -> HttpResponse:
        try:
            answer = _before(request, view) or asked(request, **given)
        except Exception as error:
            answer = _refused(request, error)
        return problems.spoken(request, answer)

    roles = [declared_roles(operation.view_func) or frozenset() for operation in view.operations]
    answering.__dict__["roles"] = frozenset().union(*roles)
    return csrf_exempt(answering)  # no session, no cookie: nothing for another site to ride on


@csrf_exempt
@for_role("public")
def schema(request: HttpRequest) -> HttpResponse:
    """The schema of the API (OpenAPI 3.1)."""
    return HttpResponse(_schema(), content_type="application/json")


@cache
def _schema() -> bytes:
    return json.dumps(api.get_openapi_schema(path_prefix=f"{BASE}/"), ensure_ascii=False).encode()


@csrf_exempt
@for_role("public")
def no_such_address(request: HttpRequest) -> HttpResponse:
    """Nothing is at this address."""
    return problems.spoken(request, problems.response(request, NotPossible("no_such_address")))


def _patterns() -> list[URLPattern]:
    return [
        path(address.strip("/").replace("{", "<").replace("}", ">"), _answering(view), name=_name(view))
        for router in api._get_bound_routers()
        for address, view in router.path_operations.items()
    ]


def _name(view: PathView) -> str:
    return view.operations[0].view_func.__name__


app_name = "api"
urlpatterns = [
    path("openapi.json", schema, name="schema"),
    *_patterns(),
    re_path(r"", no_such_address, name="no_such_address"),
]
