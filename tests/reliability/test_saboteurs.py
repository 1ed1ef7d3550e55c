"""Every saboteur is caught: a test that cannot fail proves nothing."""

from pathlib import Path

import pytest

from tests import databases
from tests.reliability import saboteurs


def test_there_are_saboteurs() -> None:
    assert len(saboteurs.patches()) >= 8


@pytest.mark.slow
@pytest.mark.parametrize("patch", saboteurs.patches(), ids=lambda each: each.stem)
def test_a_saboteur_is_caught(
    patch: Path, prepared_databases: databases.Sqlite | databases.Postgres, tmp_path: Path
) -> None:
    ran = saboteurs.run(patch, tmp_path, getattr(prepared_databases, "template", None))

    # 1: tests ran and some failed. Anything else (nothing collected, an error of pytest itself) is no catch.
    assert ran.returncode == 1, ran.stdout[-2000:] + ran.stderr[-2000:]
    assert " failed" in ran.stdout, ran.stdout[-2000:]
