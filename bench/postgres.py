"""A private PostgreSQL for a measurement, databases inside it, and a counter of what is said to it."""

import shutil
import socket
import struct
import sys
import tempfile
import threading
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

sys.path.append(str(Path(__file__).resolve().parent.parent))  # for the starter that the tests use

from tests.postgres import PostgresError, running

__all__ = ["Counter", "PostgresError", "new_database", "pgbench", "running", "version", "with_"]


def pgbench() -> Path | None:
    """PostgreSQL's own measuring program, of the newest version installed, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("pgbench")
    return found[-1] if found else Path(on_path) if on_path else None


def with_(url: str, **changes: str) -> str:
    """The same URL with other parts: `dbname`, `host`, `port`, …"""
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items()} | changes
    user, password, name = (parts.pop(key, "") for key in ("user", "password", "dbname"))
    login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    return f"postgresql://{login}@/{quote(name, safe='')}?{urlencode(parts)}"


def new_database(url: str, name: str) -> str:
    """Make an empty database on this server, replacing one of that name; returns its URL."""
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    return with_(url, dbname=name)


def version(url: str) -> str:
    """What the server calls itself."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SHOW server_version").fetchone()
        assert row is not None
        return str(row[0])


class Counter:
    """Stands between clients and the server and counts what the server answers: statements and round trips.

    Each statement the server completes ends with one CommandComplete message, BEGIN and COMMIT included; each time the
    client has to wait for it there is one ReadyForQuery. Counting at the wire treats every library alike.
    """

    def __init__(self, url: str) -> None:
        self.statements = 0
        self.round_trips = 0
        parts = conninfo_to_dict(url)
        host, port = str(parts.get("host", "")), int(str(parts.get("port", 5432)))
        self._server: str | tuple[str, int] = f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port)
        self._place = tempfile.mkdtemp(prefix="bench-count-")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(f"{self._place}/.s.PGSQL.5432")
        self._listener.listen()
        self.url = with_(url, host=self._place, port="5432")
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "Counter":
        return self

    def __exit__(self, *exception: object) -> None:
        self._listener.close()
        shutil.rmtree(self._place, ignore_errors=True)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if isinstance(self._server, str):
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._server)
            else:
                server = socket.create_connection(self._server)
                server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as the clients do
            threading.Thread(target=self._pass_on, args=(client, server), daemon=True).start()
            threading.Thread(target=self._count, args=(server, client), daemon=True).start()

    @staticmethod
    def _pass_on(source: socket.socket, target: socket.socket) -> None:
        while data := _received(source):
            target.sendall(data)
        target.close()

    def _count(self, server: socket.socket, client: socket.socket) -> None:
        pending = b""
        while data := _received(server):
            pending += data
            start = 0
            while len(pending) - start >= 5:
                kind, length = pending[start : start + 1], struct.unpack_from("!I", pending, start + 1)[0]
                if len(pending) - start < 1 + length:
                    break
                self.statements += kind == b"C"
                self.round_trips += kind == b"Z"
                start += 1 + length
            pending = pending[start:]
            try:
                client.sendall(data)
            except OSError:
                return


def _received(source: socket.socket) -> bytes:
    try:
        return source.recv(65536)
    except OSError:
        return b""
