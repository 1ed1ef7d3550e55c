"""A stored file that is gone from the disk, or damaged there, is said in words, logged and counted: on any page."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from banjie import words
from banjie.engine.not_possible import NotPossible
from banjie.store.files.read import FileDamaged
from banjie.web import metrics

log = structlog.get_logger("banjie.files")


class FilesDamaged:
    """Middleware: the page that says which file cannot be read, what is not lost, and whom to tell. Status 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Answer a FileDamaged; anything else is somebody else's."""
        return said(request, problem) if isinstance(problem, FileDamaged) else None


def said(request: HttpRequest, damaged: FileDamaged) -> HttpResponse:
    """The page, with the number by which `banjie verify --all` names the file, too."""
    told(damaged)
    language = words.language_of(get_language() or words.DEFAULT)
    refusal = words.refusal(NotPossible("file_damaged", file=damaged.file), language)
    return render(request, "web/no.html", {"refusal": refusal}, status=500)


def told(damaged: FileDamaged) -> None:
    """Log and count it."""
    metrics.damaged(damaged.how)
    log.error("file_damaged", file=damaged.file, how=damaged.how)
