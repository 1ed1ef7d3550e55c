"""`banjie serve`: the web server and the worker together, after setting up whatever is missing.

A demo's cases are told beside them, in a process of its own: the first page does not wait for half a year of life.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

from banjie.command import demo_peers, prepare
from banjie.config import opening
from banjie.web import messages

STOP_SECONDS = 10
LOOK_SECONDS = 0.02


def run(given: argparse.Namespace) -> int:
    """Serve until stopped; 1 where the installation cannot be used."""
    messages.compile_messages()  # before the web process reads them
    signal.signal(signal.SIGTERM, _leave)  # until `_watch` knows better
    if given.port and not _is_free(given.host, given.port):
        print(f"Something else serves at port {given.port} already. Nothing was started: name another with --port.")
        return 1
    port = given.port or _free_port(given.host)
    given.peers = demo_peers.lend(os.environ) if given.demo else []
    with tempfile.TemporaryDirectory(prefix="banjie-") as place:
        everything_stands = Path(place) / "open"
        web = _web(given, port, everything_stands)
        try:
            is_usable = _prepare(given)
            if is_usable:
                everything_stands.touch()
                _wait_for(web, given.host, port)
        except BaseException:
            web.terminate()
            raise
        if not is_usable:
            web.terminate()
            return 1
        return _open(given, port, web)


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _prepare(given: argparse.Namespace) -> bool:
    """Set up whatever is missing, while the web process imports what it serves."""
    prepare.database()
    if not prepare.installation(demo=given.demo) and given.demo:
        print("This installation was not created as a demo, and the mark is set only once. Start it without --demo.")
        return False
    if given.demo:
        prepare.demo()
    return True


def _open(given: argparse.Namespace, port: int, web: subprocess.Popen[bytes]) -> int:
    """Say where the web process answers, and start what works beside it: it had the machine to itself until now."""
    page = prepare.first_page() if given.demo else ""
    print(f"\nBanjie (办结) serves at http://{given.host}:{port}/{page}  (Ctrl-C stops it)", flush=True)
    if given.demo:
        print(prepare.log_ins(), flush=True)
    children = [web, _banjie("worker")]
    helpers = [_banjie("demo", "--quiet")] if given.demo else []
    if given.peers:
        payment, carrier = given.peers
        ports = ["--payment-port", payment, "--carrier-port", carrier]
        helpers.append(_banjie("demo-peers", *ports, "--callback", f"http://127.0.0.1:{port}"))
    return _watch(children, helpers)


def _wait_for(web: subprocess.Popen[bytes], host: str, port: int) -> None:
    """Return when the web process takes connections, or has ended: `_watch` sees to that."""
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    while web.poll() is None:
        try:
            socket.create_connection((here, port), 1).close()
        except OSError:
            time.sleep(LOOK_SECONDS)
        else:
            return


def _banjie(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "banjie.command", *arguments])


def _web(given: argparse.Namespace, port: int, everything_stands: Path) -> subprocess.Popen[bytes]:
    options = ["--host", given.host, "--port", str(port), "--workers", str(given.workers)]
    options += ["--blocking-threads", str(given.threads), "--no-ws", "--log-level", "error"]
    application = "banjie.config.wsgi:application"
    environment = os.environ | {opening.OPEN_WHEN: f"{os.getpid()}:{everything_stands}"}
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", *options, application]
    return subprocess.Popen(command, env=environment)


def _free_port(host: str) -> int:
    for port in range(8000, 8100):
        if _is_free(host, port):
            return port
    raise SystemExit("No free port from 8000 to 8099: name one with --port.")


def _is_free(host: str, port: int) -> bool:
    """Whether nobody listens there: the web server itself would share the port, and visitors would land by chance."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def _watch(children: list[subprocess.Popen[bytes]], helpers: list[subprocess.Popen[bytes]]) -> int:
    """Wait for the children; when one ends or a signal comes, stop them all, and the helpers, which may end before."""
    asked = False

    def stop(*_: object) -> None:
        nonlocal asked
        asked = True

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, stop)
    while not asked and all(child.poll() is None for child in children):
        time.sleep(0.2)
    for child in [*children, *helpers]:
        if child.poll() is None:
            child.terminate()
    for child in [*children, *helpers]:
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
    return 0 if asked else 1
