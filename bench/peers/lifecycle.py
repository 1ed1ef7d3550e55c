"""The unit of measurement: one case from submission to closing, in eight separately committed commands.

| # | command  | state before → after   | rows written besides the case and its event |
|---|----------|------------------------|---------------------------------------------|
| 1 | submit   | – → submitted          | the case with five form fields, 4 materials |
| 2 | accept   | submitted → accepted   |                                             |
| 3 | assign   | accepted → reviewing   | 2 review steps, open                        |
| 4 | review a | reviewing → reviewing  | step a done                                 |
| 5 | review b | reviewing → reviewed   | step b done; the second review joins        |
| 6 | decide   | reviewed → decided     |                                             |
| 7 | issue    | decided → issued       | the result                                  |
| 8 | close    | issued → closed        |                                             |

Every command is given the id of the case and nothing else: it reads the case's state from the database, refuses it in
the wrong state, writes, appends its own event row (unique by case and sequence number) and commits durably before it
returns. The words and numbers written are the same for all and stand here.
"""

from abc import ABC, abstractmethod
from datetime import UTC, datetime
from typing import ClassVar, Generic, TypeVar

Case = TypeVar("Case")

COMMANDS = 8
MATERIALS = ("申请表", "身份证明", "场所使用证明", "平面布局图")
REVIEWS = ("a", "b")

OWN_TABLES: dict[str, int] = {
    "closed": 1,
    "materials": len(MATERIALS),
    "steps_done": len(REVIEWS),
    "results": 1,
    "events": COMMANDS,
    "whole_histories": 1,
}
"""What one finished lifecycle leaves in an implementation's own tables: the census must grow by exactly this."""

CENSUS: dict[str, str] = {
    "closed": "SELECT count(*) FROM bench_case WHERE state = 'closed' AND pending = 0",
    "materials": "SELECT count(*) FROM bench_material",
    "steps_done": "SELECT count(*) FROM bench_step WHERE state = 'done'",
    "results": "SELECT count(*) FROM bench_result",
    "events": "SELECT count(*) FROM bench_event",
    "whole_histories": (
        "SELECT count(*) FROM (SELECT case_id FROM bench_event GROUP BY case_id"
        " HAVING count(*) = 8 AND min(seq) = 1 AND max(seq) = 8 AND count(DISTINCT kind) = 7) AS whole"
    ),
}
"""How the census of implementations that keep these tables is taken (both reviews are of the kind `reviewed`)."""


class WrongState(Exception):
    """The guard's answer: the case is not in the state this command needs."""


def form(number: str) -> dict[str, str | int]:
    """The five answered fields of a case."""
    return {
        "applicant": f"申请人{number}",
        "id_number": "999921198108040317",
        "address": "云岭县城关镇示范街18号2号楼201室",
        "floor_area": 128,
        "business": "小型餐饮店（热食类食品制售）",
    }


def materials(number: str) -> list[tuple[str, str]]:
    """Name and digest of the four materials of a case."""
    return [(name, f"{number:0>16}{index:048x}") for index, name in enumerate(MATERIALS)]


def words(kind: str, by: str) -> dict[str, str]:
    """The payload of an event: who did what, with which opinion."""
    return {"kind": kind, "by": by, "opinion": "材料齐全，符合法定形式"}


def now() -> str:
    """This instant, as the implementations that store text write it."""
    return datetime.now(UTC).isoformat()


class Peer(ABC, Generic[Case]):
    """One implementation. Its eight commands are called in order by `lifecycle`, one durable transaction each."""

    per_case: ClassVar[dict[str, int]] = OWN_TABLES

    @abstractmethod
    def open(self, url: str, create: bool) -> None:
        """Connect to `sqlite:///path` or `postgresql://…`, and create the tables if `create`."""

    @abstractmethod
    def census(self) -> dict[str, int]:
        """Counts taken from the database, not from memory; keys are those of `per_case`."""

    @abstractmethod
    def durability(self) -> str:
        """What this implementation's own connection says about commits: see `protocol.DURABLE`."""

    @abstractmethod
    def versions(self) -> dict[str, str]:
        """Names and versions of the libraries and the database that do the work."""

    def close_connection(self) -> None:
        """Let go of the database."""
        return

    @abstractmethod
    def submit(self, number: str) -> Case:
        """Command 1; returns the id that the other commands are given."""

    @abstractmethod
    def accept(self, case: Case) -> None:
        """Command 2."""

    @abstractmethod
    def assign(self, case: Case) -> None:
        """Command 3."""

    @abstractmethod
    def review(self, case: Case, step: str) -> None:
        """Commands 4 and 5; whichever comes second joins the two branches."""

    @abstractmethod
    def decide(self, case: Case) -> None:
        """Command 6."""

    @abstractmethod
    def issue(self, case: Case) -> None:
        """Command 7."""

    @abstractmethod
    def close(self, case: Case) -> None:
        """Command 8."""

    def lifecycle(self, number: str) -> None:
        """One unit of work."""
        case = self.submit(number)
        self.accept(case)
        self.assign(case)
        self.review(case, "a")
        self.review(case, "b")
        self.decide(case)
        self.issue(case)
        self.close(case)
