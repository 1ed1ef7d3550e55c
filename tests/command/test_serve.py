"""`banjie serve`: one command sets up what is missing, opens when everything stands, and leaves nothing running."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 120.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(folder: Path, *arguments: str, port: int) -> Iterator[subprocess.Popen[str]]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("BANJIE_")}
    started = subprocess.Popen(
        [sys.executable, "-m", "banjie.command", "serve", "--port", str(port), *arguments],
        env=ours | {"BANJIE_DATA_DIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield started
    finally:
        if started.poll() is None:
            started.terminate()
        started.communicate(timeout=30)


def answer(port: int) -> int:
    """The status of the first page; 0 where nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as no:
        return no.code
    except OSError:
        return 0


def opened(port: int, started: subprocess.Popen[str]) -> int:
    """The first answer of the server, whatever it is."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and started.poll() is None:
        if status := answer(port):
            return status
        time.sleep(0.05)
    raise AssertionError("the server does not answer")


def test_an_empty_folder_is_ready_at_the_first_answer_and_stopping_leaves_nothing_and_its_mark_stands(
    tmp_path: Path,
) -> None:
    port = free_port()

    with serving(tmp_path, port=port) as started:
        first = opened(port, started)
        group = os.getpgid(started.pid)
        started.send_signal(signal.SIGINT)
        code = started.wait(30)

    assert first == 200  # never a page over tables that are not there yet
    assert code == 0
    assert answer(port) == 0
    assert not left_over(group)

    with serving(tmp_path, "--demo", port=port) as second:
        said, _ = second.communicate(timeout=PATIENCE)

    assert second.returncode == 1
    assert "not created as a demo" in said
    assert answer(port) == 0


def test_the_web_process_goes_when_who_opens_it_has_gone(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    asked = os.environ | {"BANJIE_DATA_DIR": str(tmp_path), "BANJIE_OPEN_WHEN": f"{gone.pid}:{tmp_path / 'open'}"}

    done = subprocess.run(
        [sys.executable, "-c", "import banjie.config.wsgi"], env=asked, capture_output=True, text=True, timeout=PATIENCE
    )

    assert done.returncode == 1
    assert "ended before everything stood" in done.stderr


def left_over(group: int) -> bool:
    """Whether a process of this group still runs a few seconds on."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.1)
    return True


def test_a_port_that_somebody_serves_at_is_not_shared(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = int(other.getsockname()[1])

        with serving(tmp_path, port=port) as started:
            said, _ = started.communicate(timeout=PATIENCE)

    assert started.returncode == 1
    assert f"port {port} already" in said
    assert not (tmp_path / "banjie.sqlite3").exists()
