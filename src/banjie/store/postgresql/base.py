"""Django's own PostgreSQL connection, which says with each statement on guarded rows for whom it asks."""

from functools import partial
from typing import Any

import psycopg
from django.db.backends.postgresql import base

from banjie.store.postgresql import guarding, reading


class Cursor(base.ServerBindingCursor, psycopg.Cursor[Any]):
    """A cursor whose statements carry their scope, in the round trip they make anyway."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> "Cursor":
        """Run one statement; as nobody in particular sees it where nobody was named."""
        run = partial(super().execute, query, params, **how)
        if isinstance(query, str) and guarding.touches(query):
            guarding.told(self.connection, reading.current(), run)
        else:
            run()
        return self

    def executemany(self, query: Any, params_seq: Any, **how: Any) -> None:
        """Run one statement several times."""
        run = partial(super().executemany, query, params_seq, **how)
        if isinstance(query, str) and guarding.touches(query):
            guarding.told(self.connection, reading.current(), run)
        else:
            run()


class DatabaseWrapper(base.DatabaseWrapper):
    """The connection: bound on the server, with cursors that say for whom."""

    def get_connection_params(self) -> dict[str, Any]:
        """Django's parameters, with our cursor."""
        parameters: dict[str, Any] = super().get_connection_params()
        return {**parameters, "cursor_factory": Cursor}
