"""The log: one JSON object a line on stdout, ASCII only, and no personal data.

Our own lines name things by pseudonym, route and code. What others log (Django, the server) passes the same scrubber:
the text of a message is cut, quoted values and long numbers in it are masked, and Django's lines about failed requests
lose the address they quote. Control characters cannot stand in a line: JSON escapes them.
"""

import logging
import re
import sys
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

LONGEST = 200
"""Characters of one value: what is longer was never meant for a log."""

NEVER_LOGGED = frozenset(
    {
        "address",
        "answers",
        "applicant",
        "authorization",
        "body",
        "cookie",
        "id_number",
        "name",
        "password",
        "phone",
        "query",
        "request",
        "stack_info",
        "token",
    }
)
QUOTED = re.compile(r"(['\"])(?:(?!\1).)+\1")
LONG_NUMBER = re.compile(r"\d{6,}")
QUOTES_ADDRESSES = ("django.request", "django.security", "django.server")
"""Loggers whose messages quote the address that was asked for."""


class Stdout(logging.Handler):
    """Writes to whatever stdout is at that moment: a test or a supervisor may have changed it."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line."""
        try:
            print(self.format(record), file=sys.stdout, flush=True)
        except Exception:
            self.handleError(record)


def set_up(level: int = logging.INFO) -> None:
    """Send our own lines and everybody else's through the same processors to stdout. Safe to repeat."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        fault,
        scrub,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = Stdout()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_foreign, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each, Stdout)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)


def scrub(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """The line without what must not stand in it."""
    return {
        key: _short(value) if isinstance(value, str) else value
        for key, value in event.items()
        if key not in NEVER_LOGGED
    }


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def mask(text: str) -> str:
    """The first line of a message written by somebody else, without quoted values and long numbers."""
    first = text.partition("\n")[0]
    return _short(LONG_NUMBER.sub("…", QUOTED.sub("'…'", first)))


def fault(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """An exception as its type, its masked message and the places it passed, without any value of a variable."""
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-20:]
        event["fault"] = type(error).__name__
        event["fault_says"] = mask(str(error))
        event["fault_at"] = [f"{_shown(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def _shown(filename: str) -> str:
    for root in ("site-packages/", "/src/"):
        if root in filename:
            return filename.rpartition(root)[2]
    return filename.rpartition("/")[2]


def _foreign(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """What another library logged: its logger's name and its masked message."""
    record: Any = event.get("_record")
    name = getattr(record, "name", "")
    event["logger"] = name
    if name.startswith(QUOTES_ADDRESSES):
        event["event"] = "request failed"
        status = getattr(record, "status_code", None)
        if status is not None:
            event["status"] = status
    else:
        event["event"] = mask(str(event.get("event", "")))
    return event
