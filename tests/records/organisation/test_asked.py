"""What a region asks of itself: which of the dated entries of a file holds."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from banjie.records.organisation import asked

WRITTEN = """
- {region: "", since: 2024-01-01, share: 1}
- {region: "9999", since: 2025-01-01, share: 2}
- {region: "9999", since: 2026-01-01, share: 3}
- {region: "999901", since: 2024-06-01, share: 4}
"""


@dataclass(frozen=True)
class Entry:
    region: str
    since: date
    share: int


def made(plain: dict[str, Any]) -> Entry:
    return Entry(**plain)


@pytest.fixture
def share(tmp_path: Path, settings: Any) -> Any:
    settings.RULEBOOK = tmp_path
    (tmp_path / "matter.yaml").write_text(WRITTEN, encoding="utf-8")
    return lambda region, on: asked.asked_of("matter.yaml", made, region, on).share


def test_the_nearest_regions_newest_entry_that_has_begun_holds(share: Any) -> None:
    assert share("880101", date(2026, 5, 1)) == 1
    assert share("999902", date(2025, 12, 31)) == 2
    assert share("999902", date(2026, 1, 1)) == 3
    assert share("999901", date(2026, 5, 1)) == 4
    assert share("999902", date(2024, 12, 31)) == 1


def test_before_anybody_has_said_anything_the_file_and_the_day_are_named(share: Any) -> None:
    with pytest.raises(LookupError, match=r"rulebook/matter\.yaml says nothing for 999901 on 2023-12-31"):
        share("999901", date(2023, 12, 31))
