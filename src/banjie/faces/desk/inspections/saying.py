"""One way to answer a form: carried out and on to a page, or the page again with everything typed and what is wrong."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from banjie import words
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.faces.forms.saying import language_of
from banjie.web.request import Request

Page = Callable[[words.Refusal | None, int], HttpResponse]


def answered(
    request: Request, form: forms.Form, act: Callable[[], object], done: str, to: str, page: Page
) -> HttpResponse:
    """Carry `act` out where the form is filled in, say `done` and go to the address `to`; else `page` again."""
    if not form.is_valid():
        return page(None, 422)
    language = language_of(request)
    try:
        act()
    except BadInput as no:
        for field, code in no.problems:
            name = field if field in form.fields else None
            form.add_error(name, words.problem(code, language))
        return page(None, 422)
    except NotPossible as no:
        return page(words.refusal(no, language), 409)
    messages.success(request, done)
    return redirect(to)
