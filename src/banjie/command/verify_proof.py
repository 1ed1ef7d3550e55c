"""`banjie verify-proof FILE`: does a proof hold? Everything is computed from the file; no database is asked.

Keys that are known from elsewhere (printed on a paper, told by the witness) are given with `--key`; without any the
file's own are used, and that is said: such a proof agrees with itself and with nobody.
"""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from banjie.store.evidence import checking, note
from banjie.words import label

LARGEST = 32 * 1024 * 1024


def run(given: argparse.Namespace) -> int:
    """Print what the proof shows; 1 where it does not hold, or is none."""
    language = given.language

    def word(code: str) -> str:
        return label("proof_page", code, language)

    try:
        path = Path(given.file)
        if path.stat().st_size > LARGEST:
            raise ValueError("too large")
        found = checking.check(json.loads(path.read_text(encoding="utf-8")), [note.key(each) for each in given.key])
    except (OSError, ValueError) as problem:
        print(f"{given.file}: {word('not_readable')} ({problem})", file=sys.stderr)
        return 1
    if given.json:
        told = {
            "holds": found.holds,
            "key_known": found.is_known,
            "origin": found.head.origin,
            "size": found.head.size,
            "witnesses": [name for name, _ in found.witnesses],
            "facts": [{"kind": kind, "index": index, "holds": holds} for kind, index, holds in found.facts],
            "opened": [{"ref": ref, "holds": holds} for ref, holds in found.opened],
        }
        print(json.dumps(told, ensure_ascii=False))
        return 0 if found.holds else 1
    for kind, index, holds in found.facts:
        print(f"{index + 1} {kind}: {word('fact_holds' if holds else 'fact_fails')}")
    for ref, holds in found.opened:
        print(f"{ref}: {word('opening_holds' if holds else 'opening_fails')}")
    print(f"{word('log')}: {found.head.origin} ({word('key_known' if found.is_known else 'key_unknown')})")
    print(f"{word('signature')}: {word('signed' if found.is_signed else 'not_signed')} {found.head.said('time')}")
    for name, seconds in found.witnesses:
        print(f"{name}: {datetime.fromtimestamp(seconds, tz=UTC):%Y-%m-%dT%H:%M:%SZ}")
    if not found.witnesses:
        print(word("no_witnesses"))
    if not found.holds:
        print(word("fails"), file=sys.stderr)
        return 1
    if not found.is_known:
        print(word("holds_by_unknown_key"))
    else:
        print(word("holds_finally" if len(found.witnesses) > 1 else "holds"))
    return 0
