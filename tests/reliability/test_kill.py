"""T01: the server is killed without warning, again and again, and no receipt it gave out is lost or given twice."""

import http.client
import json
import os
import random
import threading
import time
from collections import Counter
from uuid import uuid4

import pytest

from banjie.cases import rebuild
from banjie.cases.models import Registration
from banjie.records.accounts.models import User
from banjie.records.accounts.tokens import issue_token
from banjie.store.log import verify
from tests.cast import application, now
from tests.reliability.server import Server

SOAK = bool(os.environ.get("BANJIE_SOAK"))
KILLS = 50 if SOAK else 1 if os.environ.get("BANJIE_SMALL") else 10
CLIENTS = 8


@pytest.mark.database
@pytest.mark.requirement("M201")
def test_every_receipt_survives_kill_9_and_no_number_is_given_twice(house) -> None:  # type: ignore[no-untyped-def]
    server = Server()
    token = issue_token(User.objects.create_user("kill-9"), "load", 1, now())
    stop, receipts, lock = threading.Event(), {}, threading.Lock()
    body = _body(house)

    def client() -> None:
        while not stop.is_set():
            key = uuid4().hex
            number = _insist(server, token, key, body, stop)
            if number:
                with lock:
                    receipts[key] = number

    clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
    dice = random.Random(1)
    with server:
        for each in clients:
            each.start()
        try:
            for _ in range(KILLS):
                time.sleep(dice.uniform(0.3, 1.2))
                server.kill()
                server.start()
            time.sleep(0.5)
        finally:
            stop.set()
            for each in clients:
                each.join()

    given = Counter(receipts.values())
    stored = {each.number: each.stream for each in Registration.objects.kept().all()}
    serials = sorted(int(number[-4:]) for number in stored)
    assert len(receipts) >= 10 * KILLS
    assert [number for number, times in given.items() if times > 1] == []
    assert set(given) <= set(stored)
    assert serials == list(range(1, len(stored) + 1))
    assert list(verify.verify()) == []
    assert list(rebuild.differences()) == []


def _insist(server: Server, token: str, key: str, body: bytes, stop: threading.Event) -> str:
    """Post with the same key until the server answers; the number it gave, or "" where the test ended first."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key, "Content-Type": "application/json"}
    while True:
        try:
            status, answer = server.ask("POST", "/api/v1/cases", body, headers)
        except (OSError, http.client.HTTPException):
            if stop.is_set():
                return ""
            time.sleep(0.05)
            continue
        assert status in (200, 201), answer
        number: str = json.loads(answer)["number"]
        return number


def _body(house) -> bytes:  # type: ignore[no-untyped-def]
    procedure = house.procedure
    filed = application(procedure, house.cast.applicant)
    return json.dumps(
        {
            "item": procedure.code,
            "applicant": dict(filed.applicant.value),
            "answers": dict(filed.answers.value),
            "provided": [{"material": each.material, "form": "copy", "files": []} for each in filed.provided],
        }
    ).encode()
