"""Two hundred keys, each posted twenty times at once with the same application, against a real server."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from queue import Empty, SimpleQueue

import pytest

from tests.faces.api.program import Program, applicant, application
from tests.reliability.server import Server

pytestmark = [pytest.mark.database, pytest.mark.slow]

KEYS = 200
POSTS = 20
TRIES = 5


@pytest.fixture
def server(county_today: object) -> Iterator[Server]:
    """A real server on the database of this test."""
    running = Server(workers=2, threads=8)
    try:
        running.start()
        yield running
    finally:
        running.kill()


class Poster(threading.Thread):
    """One connection that stays open; posts what it finds in its queue, at the moment all others do."""

    def __init__(self, server: Server, program: Program, barrier: threading.Barrier) -> None:
        super().__init__(daemon=True)
        self._port, self._headers, self._barrier = server.port, program.headers(), barrier
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.replays = self.later = 0
        self.keys: SimpleQueue[str] = SimpleQueue()

    def run(self) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)) as connection:
            while True:
                try:
                    key = self.keys.get_nowait()
                except Empty:
                    return
                self._barrier.wait(60)
                self.answers[key] = self._posted(connection, key)

    def _posted(self, connection: http.client.HTTPConnection, key: str, **changes: object) -> tuple[int, bytes]:
        """The answer; asked to come back later, it does, as every program should."""
        headers = {**self._headers, "Content-Type": "application/json", "Idempotency-Key": key}
        for _ in range(TRIES):
            connection.request("POST", "/api/v1/cases", json.dumps(application(**changes)), headers)
            answer = connection.getresponse()
            content = answer.read()
            self.replays += answer.headers["Idempotent-Replay"] == "true"
            if answer.status != 503:
                break
            self.later += 1
            time.sleep(0.2)
        return answer.status, content


def test_of_twenty_simultaneous_posts_of_each_of_200_keys_each_key_gets_one_number(server: Server) -> None:
    keys = [f"storm-key-{number:03d}" for number in range(KEYS)]
    barrier = threading.Barrier(POSTS)
    posters = [Poster(server, applicant(), barrier) for _ in range(POSTS)]

    for poster in posters:
        for key in keys:
            poster.keys.put(key)
    started = time.monotonic()
    for poster in posters:
        poster.start()
    for poster in posters:
        poster.join()
    seconds = time.monotonic() - started

    answers = [poster.answers[key] for poster in posters for key in keys]
    assert Counter(status for status, _ in answers) == {201: KEYS * POSTS}
    for key in keys:
        assert len({poster.answers[key] for poster in posters}) == 1, key
    numbers = sorted({json.loads(content)["number"] for _, content in answers})
    assert len(numbers) == KEYS
    by_day = {number[:39]: [each for each in numbers if each[:39] == number[:39]] for number in numbers}
    for same_day in by_day.values():  # a storm may pass midnight
        assert [int(each[39:]) for each in same_day] == list(range(1, len(same_day) + 1))
    later = sum(poster.later for poster in posters)
    assert sum(poster.replays for poster in posters) == KEYS * (POSTS - 1)
    print(
        f"{KEYS} x {POSTS} posts in {seconds:.1f} s, {KEYS * POSTS / seconds:.0f} a second, {later} told to come back"
    )

    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        for key in keys[:20]:
            status, content = posters[0]._posted(connection, key, e_service=True)
            assert (status, json.loads(content)["code"]) == (422, "key_reused_with_other_body")
