"""A program that talks to the API: its token, and what it has to say again and again."""

import json
from typing import Any
from uuid import uuid4

from django.test import Client

from banjie.records.accounts.models import Kind, User
from banjie.records.accounts.tokens import issue_token
from banjie.records.organisation.queries import staff_of_unit
from banjie.web import clock

BASE = "/api/v1"
FOOD = "11999921009900208U400013102900001"

APPLICANT = {
    "kind": "enterprise",
    "name": "云岭县山居小馆",
    "id_type": "uscc",
    "id_number": "91999921000000115N",
    "phone": "13800000001",
    "address": "云岭县城关镇示范街18号",
}
ANSWERS = {
    "place_name": "山居小馆",
    "premises": "云岭县城关镇示范街18号",
    "business_format": "catering",
    "area": 86,
    "is_chain": False,
    "uses_machines": False,
    "has_agent": False,
}
MATERIALS = ("application_form", "equipment_layout", "process_flow", "rules_list", "safety_manager")
PDF = b"%PDF-1.7\n%\xe7\xae\x80\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


class Answer:
    """What came back."""

    def __init__(self, status: int, headers: Any, content: bytes) -> None:
        self.status = status
        self.headers = headers
        self.content = content

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def code(self) -> str:
        """The code of a problem."""
        assert self.headers["Content-Type"] == "application/problem+json", self
        return str(self.json["code"])

    def __repr__(self) -> str:
        return f"{self.status} {self.content.decode()[:2000]}"


class Program:
    """Somebody's token and a connection to the API in this process; `language` is what it asks to be spoken to in."""

    def __init__(self, user: User | None, roles: tuple[str, ...] = (), language: str = "zh-Hans") -> None:
        self.user = user
        self.token = issue_token(user, "test", 30, clock.now(), roles) if user else ""
        self.language = language
        self._client = Client(raise_request_exception=False)

    @property
    def id(self) -> str:
        """The pseudonym of its owner."""
        assert self.user
        return self.user.pseudonym

    def headers(self, **more: str) -> dict[str, str]:
        """What every request carries."""
        held = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {"Accept-Language": self.language, **held, **more}

    def get(self, path: str, **query: Any) -> Answer:
        return self._answer(self._client.get(BASE + path, query, headers=self.headers()))

    def post(self, path: str, body: Any, key: str = "") -> Answer:
        """Post a body: bytes as they are, anything else as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body)
        more = {"Idempotency-Key": key} if key else {}
        return self._answer(
            self._client.post(BASE + path, data, content_type="application/json", headers=self.headers(**more))
        )

    def send(
        self, method: str, path: str, data: bytes = b"", content_type: str = "application/json", **more: str
    ) -> Answer:
        """Any request at all."""
        return self._answer(
            self._client.generic(method, BASE + path, data, content_type=content_type, headers=self.headers(**more))
        )

    def upload(self, content: bytes = PDF, name: str = "申请书.pdf") -> Answer:
        """Upload a file."""
        from django.core.files.uploadedfile import SimpleUploadedFile

        return self._answer(
            self._client.post(f"{BASE}/files", {"file": SimpleUploadedFile(name, content)}, headers=self.headers())
        )

    def file(self, key: str = "", **changes: Any) -> Answer:
        """Hand in an application."""
        return self.post("/cases", application(**changes), key or f"key-{uuid4()}")

    def ask(self, number: str, kind: str, **arguments: Any) -> Answer:
        """Ask for a command, resting on what the case shows now."""
        seen = self.get(f"/cases/{number}").json.get("version", 0)
        body = {"kind": kind, "command_id": str(uuid4()), "expected_version": seen, **arguments}
        return self.post(f"/cases/{number}/commands", body)

    def _answer(self, response: Any) -> Answer:
        return Answer(response.status_code, response.headers, response.content)


def application(**changes: Any) -> dict[str, Any]:
    """A complete application for 食品经营许可, its papers seen at the window."""
    plain = {
        "item": FOOD,
        "applicant": APPLICANT,
        "answers": ANSWERS,
        "provided": [{"material": each, "form": "copy"} for each in MATERIALS],
    }
    return {**plain, **changes}


def applicant(username: str = "shanju-program", **given: Any) -> Program:
    """An applicant's program."""
    user = User.objects.filter(username=username).first() or User.objects.create_user(username, kind=Kind.APPLICANT)
    return Program(user, **given)


def staff(unit: str, post: str, number: int = 0, **given: Any) -> Program:
    """The program of the number-th member of staff of a unit who holds this post."""
    return Program(staff_of_unit(unit, post)[number].user, **given)
