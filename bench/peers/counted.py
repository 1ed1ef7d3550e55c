"""A WSGI application that says how many statements SQLite was sent for each request, in a header of the answer.

Only for a run that is not timed, and only where the harness asks for it. On PostgreSQL the harness counts by itself.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

from peers.protocol import Counter, count_on_every_connection

STATEMENTS = "X-Bench-Statements"

Application = Callable[..., Iterable[bytes]]


def counted(make: Callable[[], Application]) -> Application:
    """The application as it is, or, where BENCH_COUNT is set, with the header."""
    if "BENCH_COUNT" not in os.environ:
        return make()
    counter = Counter()
    count_on_every_connection(counter)
    application = make()

    def counting(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        before = counter.statements

        def starting(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [*headers, (STATEMENTS, str(counter.statements - before))], *rest)

        return application(environ, starting)

    return counting
