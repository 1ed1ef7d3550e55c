"""What a worker looks for again and again, each process does at most so often."""

from datetime import datetime, timedelta
from threading import Lock


class Every:
    """Once in a while, by the instants that it is asked with."""

    def __init__(self, period: timedelta) -> None:
        self._period = period
        self._lock = Lock()
        self._at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether it is time again. A clock that was put back does not hold it up."""
        with self._lock:
            return self._is_due(now)

    def done(self, now: datetime) -> None:
        """It was done: it is not time again for a while."""
        with self._lock:
            self._at = now

    def taken(self, now: datetime) -> bool:
        """Whether it is time again; then it is not for a while, whoever else asks."""
        with self._lock:
            if not self._is_due(now):
                return False
            self._at = now
            return True

    def forget(self) -> None:
        """Begin anew: another database."""
        with self._lock:
            self._at = None

    def _is_due(self, now: datetime) -> bool:
        return self._at is None or not timedelta(0) <= now - self._at < self._period
