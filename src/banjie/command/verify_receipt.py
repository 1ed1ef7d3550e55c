"""`banjie verify-receipt FILE`: do the dates of a receipt follow from what it names, and is that what is on record?

Counts every clock anew. Where this installation gave the receipt it is also made once more from the log; without a
database, or for a receipt of another installation, only the counting is checked, and that is said.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db.utils import DatabaseError

from banjie.cases import reckoning as cases
from banjie.engine import reckoning
from banjie.words import label

LARGEST = 32 * 1024 * 1024


def run(given: argparse.Namespace) -> int:
    """Print what does not agree; 1 where anything does not, or where the file is no receipt."""
    language = given.language
    try:
        document = _read(given.file)
    except (OSError, ValueError) as problem:
        print(f"{given.file}: {label('verifier', 'not_readable', language)} ({problem})", file=sys.stderr)
        return 1
    checked = "counted"
    found = reckoning.differences(document)
    if not given.offline and not any(each.code in ("malformed", "unknown_format") for each in found):
        on_record = _on_record(document)
        if on_record is not None:
            checked, found = "counted_and_on_record", on_record
    if given.json:
        told = [{"code": each.code, "where": each.where, "says": each.says, "should": each.should} for each in found]
        print(json.dumps({"checked": checked, "differences": told}, ensure_ascii=False))
        return 1 if found else 0
    for each in found:
        what = label("receipt_differences", each.code, language)
        says, should = label("verifier", "says", language), label("verifier", "should", language)
        print(f"{each.where}: {what}. {says}: {_short(each.says)}. {should}: {_short(each.should)}.", file=sys.stderr)
    if found:
        return 1
    print(label("verifier", "agrees", language))
    print(label("verifier", "on_record" if checked == "counted_and_on_record" else "only_counted", language))
    print(document["digest"])
    return 0


def _read(path: str) -> Any:
    file = Path(path)
    if file.stat().st_size > LARGEST:
        raise ValueError("too large")
    return json.loads(file.read_text(encoding="utf-8"))


def _on_record(document: Any) -> list[reckoning.Difference] | None:
    """What does not agree with the log; None where no log of its installation is at hand."""
    if not _has_database():
        return None
    try:
        return cases.faults(document) if cases.is_ours(document) else None
    except (DatabaseError, psycopg.Error):
        return None


def _has_database() -> bool:
    """Whether there is a database to ask: an SQLite file that is not there must not be made by asking."""
    chosen = settings.DATABASES["default"]
    return not str(chosen["ENGINE"]).endswith("sqlite") or Path(chosen["NAME"]).is_file()


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}…"
