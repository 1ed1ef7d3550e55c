"""A real server for tests: granian in a process group of its own, killed without warning whenever a test likes."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress

PATIENCE = 300
"""Seconds: on a busy machine a server takes its time to import. One that has ended is not waited for."""


class Server:
    """The web server on a free loopback port, on the database and folders of the running test."""

    def __init__(self, workers: int = 1, threads: int = 8) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._options = ["--workers", str(workers), "--blocking-threads", str(threads)]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it and wait until it answers; AssertionError where it has ended, or hangs: see PATIENCE."""
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "--log-level", "error", "--no-ws", *self._options]
        self._process = subprocess.Popen(
            [*command, "banjie.config.wsgi:application"],
            env={**os.environ, "BANJIE_HOSTS": "127.0.0.1,localhost"},
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + PATIENCE
        while self._process.poll() is None and time.monotonic() < deadline:
            with suppress(OSError, http.client.HTTPException):
                if self.ask("GET", "/healthz")[0] == 200:
                    return
            time.sleep(0.05)
        code = self._process.poll()
        self.kill()
        raise AssertionError("the server does not answer" if code is None else f"the server has ended: {code}")

    def kill(self) -> None:
        """kill -9 of the whole process group."""
        assert self._process is not None
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        timeout: float = 10,
    ) -> tuple[int, bytes]:
        """Status and body of one request; OSError or HTTPException where the server is gone."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()
