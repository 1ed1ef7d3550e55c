"""A recorder of SQL that touches case data without saying for whom.

Every read of `case`, `task`, `participant` and `message` that a page or a program causes must ask for the rows of
participants. The door and its rows go past Django's cursors by hand and are not seen here; the house itself says so
with `whole_house`.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.db import connection

from banjie.cases.scope import is_whole_house
from banjie.store.postgresql import reading

TOUCHES = re.compile(r'\b(?:FROM|JOIN|UPDATE)\s+"(case|task|participant|message)"', re.IGNORECASE)
IN_A_REQUEST = re.compile(r'\b(?:FROM|JOIN|UPDATE)\s+"(reading|handled|surveyed|slip)"', re.IGNORECASE)
"""Rows that followers and figures keep without a word; a page says for whom it reads them, or PostgreSQL shows none."""
FOR_WHOM = re.compile(r'FROM "participant" (\w+) WHERE .*\1\."who" IN \(', re.IGNORECASE)
"""The condition that `within(scope)` puts into a query: a participant of the case who is among these."""


@lru_cache(maxsize=4096)
def _touches(sql: str) -> tuple[bool, bool]:
    """Whether a statement touches case data, and rows a request may not read either, and does not say for whom."""
    if FOR_WHOM.search(sql):
        return False, False
    return bool(TOUCHES.search(sql)), bool(IN_A_REQUEST.search(sql))


@contextmanager
def unscoped() -> Iterator[list[str]]:
    """The statements on this thread's connection that touch case data and do not say for whom."""
    found: list[str] = []

    def look(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        always, in_a_request = _touches(sql)
        touched = always or (in_a_request and reading.current() != reading.HOUSE)
        if touched and not is_whole_house():
            found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield found
