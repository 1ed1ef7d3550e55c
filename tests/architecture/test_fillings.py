"""What one worker filled a database with is all there for the next that takes it: rows, keys and files."""

from pathlib import Path

import pytest
from django.conf import settings

from banjie.store.files.read import open_file
from banjie.store.files.receive import receive
from tests import databases

pytestmark = pytest.mark.database

PDF, NAME = b"%PDF-1.7 a plan of the kitchen", "plan.pdf"


def test_a_filling_made_elsewhere_can_be_read_down_to_its_files(
    database: databases.Database,
    prepared_databases: databases.Sqlite | databases.Postgres,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    received: list[str] = []
    database.filled("a file", lambda: received.append(receive(PDF, NAME, "zhao", 0).id))
    prepared_databases.leave()
    monkeypatch.setattr(settings, "FILES_DIR", tmp_path / "files")
    monkeypatch.setattr(settings, "KEY_FILE", tmp_path / "keys.json")
    databases.forget()

    prepared_databases.fresh(database.folder).filled("a file", lambda: pytest.fail("it was filled before"))

    kept = open_file(received[0])
    assert kept is not None
    assert kept.content == PDF
