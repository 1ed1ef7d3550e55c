"""How many fields a form may send: a thousand, and more only to a view that says so with `@takes_fields`.

A form of many fields costs time before anybody knows who sent it, so the door is no wider than the page needs.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.datastructures import MultiValueDict

FORM = "application/x-www-form-urlencoded"

F = TypeVar("F", bound=Callable[..., Any])


def takes_fields(number: int) -> Callable[[F], F]:
    """Let a view take a form of so many fields. Without files: an upload keeps Django's own limit."""

    def decorate(view: F) -> F:
        view.__dict__["fields_taken"] = number
        return view

    return decorate


class FieldsTaken:
    """Middleware: reads the form of a view that takes more fields, before anybody else reads it with fewer.

    Its size in bytes stays limited (DATA_UPLOAD_MAX_MEMORY_SIZE). TooManyFieldsSent, a 400, above the view's number.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Read the form here where the view takes more."""
        number = getattr(view, "fields_taken", 0)
        if not number or request.method != "POST" or request.content_type != FORM:
            return
        encoding = request.encoding or "utf-8"
        try:
            pairs = parse_qsl(
                request.body.decode("latin-1"), keep_blank_values=True, encoding=encoding, max_num_fields=number
            )
        except ValueError as error:
            raise TooManyFieldsSent(f"more than the {number} fields this page takes") from error
        form = QueryDict(mutable=True, encoding=encoding)
        for name, value in pairs:
            form.appendlist(name, value)
        form._mutable = False
        request._post = form  # type: ignore[attr-defined]
        request._files = MultiValueDict()  # type: ignore[attr-defined]
