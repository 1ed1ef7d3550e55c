"""What is said when a request cannot be read: too much of it, or nonsense."""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from banjie.web.roles import for_role

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


@for_role("public")
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """413 where it was more than the server takes, else 400; in words, with what to do."""
    is_too_large = isinstance(exception, TOO_MUCH)
    return render(request, "400.html", {"is_too_large": is_too_large}, status=413 if is_too_large else 400)
