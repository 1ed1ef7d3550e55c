"""A measurement of the program itself on SQLite and PostgreSQL: each empty database in a process of its own."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import postgres

ROOT = Path(__file__).resolve().parent.parent

Measure = Callable[[str, int, int, int], dict[str, Any]]
"""Measures this empty database: its URL, how many of what is measured, how many rounds, the seed."""


def set_up(url: str) -> None:
    """The program in this process, on this empty database, migrated."""
    sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
    os.environ |= {
        "BANJIE_DATABASE_URL": url,
        "BANJIE_DATA_DIR": tempfile.mkdtemp(prefix="banjie-bench-"),
        "DJANGO_SETTINGS_MODULE": "banjie.config.settings",
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def run(
    script: str, doc: str, amount: tuple[str, int], measure: Measure, told: Callable[[list[Any]], str], rounds: int = 7
) -> list[Any]:
    """Measure every database, and print; what was measured, [] in the process that measured one.

    `script`: the file that was called. `amount`: what is measured, and how many of them where nobody says.
    """
    of, default = amount
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(f"--{of}", dest="many", type=int, default=default)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--server", help="a PostgreSQL to use; one of our own is started when it is needed and missing")
    parser.add_argument("--one", metavar="URL", help="measure this empty database only, in this process")
    parser.add_argument("--json", action="store_true", help="for a program")
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(measure(chosen.one, chosen.many, chosen.rounds, chosen.seed)))
        return []
    same = ["--rounds", str(chosen.rounds), "--seed", str(chosen.seed), f"--{of}", str(chosen.many)]
    name, results = Path(script).stem, []
    with ExitStack() as stack:
        place = stack.enter_context(tempfile.TemporaryDirectory(prefix="banjie-bench-"))
        urls = [f"sqlite://{place}/{name}.sqlite3"] if chosen.database != "postgresql" else []
        if chosen.database != "sqlite":
            server = chosen.server or stack.enter_context(postgres.running(durable=True))
            urls.append(postgres.new_database(server, f"bench_{name}"))
        for url in urls:
            command = [sys.executable, script, "--one", url, *same]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            results.append(json.loads(done.stdout.splitlines()[-1]))
    print(json.dumps(results) if chosen.json else told(results))
    return results
