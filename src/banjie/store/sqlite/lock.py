"""One writer at a time, across threads and processes, in a queue that wakes quickly.

SQLite lets one connection write and makes the others poll with growing pauses (up to 100 ms). This lock stands before
it: inside a process writers wait for one another at a mutex, processes at a file lock that the kernel drops when
its holder dies. It orders writers; what makes their transactions safe is still SQLite's own locking.
"""

import fcntl
import os
import threading
import time
from types import TracebackType

from django.db import OperationalError

FIRST_PAUSE = 0.0001
LONGEST_PAUSE = 0.001
"""Seconds between two looks at the file lock. Only one thread of a process looks at a time."""

_mutexes: dict[str, threading.Lock] = {}
_mutexes_guard = threading.Lock()


def _forget_after_fork() -> None:
    """A thread of the parent may hold a mutex; that thread does not exist in the child."""
    global _mutexes_guard
    _mutexes.clear()
    _mutexes_guard = threading.Lock()


os.register_at_fork(after_in_child=_forget_after_fork)


def _mutex(path: str) -> threading.Lock:
    with _mutexes_guard:
        return _mutexes.setdefault(path, threading.Lock())


class WriteLock:
    """The right to write to one database file, held by one connection; `with lock:` may be nested.

    A file descriptor of its own for every connection and process: what a forked child inherits is closed, not used.
    OperationalError after `timeout` seconds of waiting. `path` None (a database in memory): nothing to queue for.
    """

    def __init__(self, path: str | None, timeout: float) -> None:
        self.path = path
        self.timeout = timeout
        self._pid = os.getpid()
        self._file: int | None = None
        self._held: threading.Lock | None = None
        self._depth = 0

    @property
    def held(self) -> bool:
        """Whether this connection holds the right to write now."""
        return self._depth > 0 and self._pid == os.getpid()

    def __enter__(self) -> "WriteLock":
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def acquire(self) -> None:
        """Wait for the right to write; OperationalError when it does not come in time."""
        if self.path is None:
            return
        if self._pid != os.getpid():
            self._start_anew()
        if self._depth:
            self._depth += 1
            return
        deadline = time.monotonic() + self.timeout
        mutex = _mutex(self.path)
        if not mutex.acquire(timeout=self.timeout):
            raise self._too_late()
        try:
            self._lock_file(self.path, deadline)
        except BaseException:
            mutex.release()
            raise
        self._held = mutex
        self._depth = 1

    def release(self) -> None:
        """Give back one acquisition; the outermost lets the next writer in. Nothing where none is held."""
        if not self.held:
            return
        self._depth -= 1
        if self._depth == 0:
            assert self._file is not None
            assert self._held is not None
            mutex, self._held = self._held, None
            fcntl.flock(self._file, fcntl.LOCK_UN)
            mutex.release()

    def close(self) -> None:
        """Give back everything and close the lock file; the next `acquire` opens it again."""
        if self._pid != os.getpid():
            self._start_anew()
        if self._depth:
            self._depth = 1
            self.release()
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _lock_file(self, path: str, deadline: float) -> None:
        if self._file is None:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        pause = FIRST_PAUSE
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise self._too_late() from None
            time.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE)

    def _start_anew(self) -> None:
        """In a forked child: the inherited descriptor shares the parent's lock, so it is closed and never unlocked."""
        if self._file is not None:
            os.close(self._file)
        self._pid = os.getpid()
        self._file = None
        self._held = None
        self._depth = 0

    def _too_late(self) -> OperationalError:
        return OperationalError(
            f"the database is busy: another writer has held {self.path} for more than {self.timeout:g} s"
        )
