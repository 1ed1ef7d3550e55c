"""The schema (OpenAPI 3.1), made from the endpoints, and the one way to add one: with its roles and its "no"s."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, get_args, get_type_hints

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.params.models import Query
from ninja.renderers import JSONRenderer
from ninja.responses import Status

from banjie.faces.api import problems
from banjie.faces.api.json_body import StrictJson
from banjie.faces.api.tokens import Bearer
from banjie.web.roles import api_role

F = TypeVar("F", bound=Callable[..., Any])

DESCRIPTION = """\
What the pages of Banjie (办结) can do, for programs.

* `Authorization: Bearer …` with a token of `banjie token USER`. Sessions are not looked at.
* `Accept-Language`: `zh-Hans` (the default) or `en`. Codes stay the same in every language.
* Every "no" is `application/problem+json` (RFC 9457): `code` tells a program what happened, `detail` and `next` tell a
  person what happened and what to do. 403: somebody else has to do it. 404: not there, or not yours. 409: not in the
  case's present state. 422: the request itself has to change; `problems` names the fields. 503: the same again later.
* An application repeats safely under its `Idempotency-Key`, a command under its `command_id`: the first answer comes
  again, with `Idempotent-Replay: true`.
"""


class Readable(JSONRenderer):
    """Writes Chinese as Chinese: a third of the bytes, and a person can read it."""

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> str:
        """The data as JSON."""
        return json.dumps(data, cls=self.encoder_class, ensure_ascii=False)


class Api(NinjaAPI):
    """Ninja's API, with its problems documented as problem+json."""

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """The schema; what is answered from 400 on carries the media type of problems."""
        schema = super().get_openapi_schema(**given)
        for path in schema["paths"].values():
            for operation in path.values():
                for status, answer in operation["responses"].items():
                    if status >= 400:
                        answer["content"] = {problems.MEDIA_TYPE: answer["content"]["application/json"]}
        return schema


api = Api(
    title="Banjie 办结",
    version="1",
    description=DESCRIPTION,
    openapi_url=None,
    docs_url=None,
    parser=StrictJson(),
    renderer=Readable(),
    urls_namespace="api",
)


def endpoint(
    method: str, path: str, *roles: str, answer: Any, status: int = 200, refusals: tuple[int, ...] = ()
) -> Callable[[F], F]:
    """Add an endpoint: open to these roles, answering this, with these statuses besides.

    One that is not public is authenticated, and may answer 401 and 403. Query parameters it does not know are refused.
    """
    is_public = "public" in roles
    also = refusals if is_public else (401, 403, *refusals)

    def add(view: F) -> F:
        hints = get_type_hints(view, include_extras=True)
        known = {name for name, hint in hints.items() if any(isinstance(each, Query) for each in get_args(hint))}

        @wraps(view)
        def strict(request: HttpRequest, **given: Any) -> Any:
            if unknown := request.GET.keys() - known:
                raise problems.invalid(*((each, "unknown_field") for each in sorted(unknown)))
            return Status(status, view(request, **given))

        marked = api_role(*roles)(strict)
        register = api.api_operation(
            [method],
            path,
            auth=None if is_public else Bearer(frozenset(roles)),
            response={status: answer, **problems.documented(*also)},
            operation_id=view.__name__,
            summary=(view.__doc__ or "").partition("\n")[0],
        )
        register(marked)
        return view

    return add
