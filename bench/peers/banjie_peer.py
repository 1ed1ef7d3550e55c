"""Ours: every command goes through the one door, `banjie.cases.handle`, exactly as the pages and the API call it.

With the program's own settings, migrations and tables: hash chain, sealed personal data, permission checks, form
validation, deadlines and derived rows (case, tasks, participants) are on. Naming who carries out a step is one
command a step, so `assign` is two of our commands: nine a case, where the others need eight.
"""

import os
from pathlib import Path
from tempfile import mkdtemp
from typing import ClassVar
from uuid import UUID

from peers import django_setup
from peers.lifecycle import Peer
from peers.protocol import serve


class Banjie(Peer[UUID]):
    """The case as `banjie.cases` keeps it."""

    per_case: ClassVar[dict[str, int]] = {
        "closed": 1,
        "events": 12,
        "whole_histories": 1,
        "personal": 2,
        "tasks_left": 0,
    }

    def open(self, url: str, create: bool) -> None:
        """Configure Django from banjie's settings for `url`; migrate and publish the procedure if `create`."""
        folder = Path(os.environ.setdefault("BANJIE_DATA_DIR", mkdtemp(prefix="banjie-bench-")))
        os.environ["BANJIE_DATABASE_URL"] = url
        os.environ["BANJIE_KEY_FILE"] = str(folder / "keys.json")
        os.environ["DJANGO_SETTINGS_MODULE"] = "banjie.config.settings"
        import django

        django.setup()
        from peers import banjie_case

        if create:
            banjie_case.prepare()
        self._case = banjie_case
        self._seen: dict[UUID, int] = {}

    def census(self) -> dict[str, int]:
        """From the case, task and event tables."""
        return django_setup.count(
            {
                "closed": "SELECT count(*) FROM \"case\" WHERE stage = 'closed' AND result = 'granted'",
                "events": "SELECT count(*) FROM log WHERE stream_kind = 'case'",
                "whole_histories": (
                    "SELECT count(*) FROM (SELECT stream FROM log WHERE stream_kind = 'case' GROUP BY stream "
                    "HAVING count(*) = 12 AND min(position) = 1 AND max(position) = 12) AS whole"
                ),
                "personal": "SELECT count(*) FROM personal",
                "tasks_left": "SELECT count(*) FROM task",
            }
        )

    def durability(self) -> str:
        """As the connection in use says."""
        return django_setup.durability()

    def versions(self) -> dict[str, str]:
        """Django, driver, database."""
        return django_setup.versions()

    def submit(self, number: str) -> UUID:
        """Command 1: five answers and the applicant's particulars, sealed; four materials; number and receipt."""
        return self._case.submit(number)

    def accept(self, case: UUID) -> None:
        """Command 2."""
        self._case.accept(case)

    def assign(self, case: UUID) -> None:
        """Command 3 (two of ours)."""
        self._case.assign(case)

    def review(self, case: UUID, step: str) -> None:
        """Commands 4 and 5."""
        self._case.review(case, step)

    def decide(self, case: UUID) -> None:
        """Command 6."""
        self._case.decide(case)

    def issue(self, case: UUID) -> None:
        """Command 7."""
        self._case.issue(case)

    def close(self, case: UUID) -> None:
        """Command 8: served, and with it closed."""
        self._case.serve(case)


if __name__ == "__main__":
    serve(Banjie)
