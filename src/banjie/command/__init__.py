"""The `banjie` command: serve, worker, demo, deadline, explain, verify, verify-receipt, rebuild, seals, and so on.

The arguments of each subcommand stand here; what it does stands in the file of its name, loaded once the house is set
up. `deadline` needs no house: the rulebook and the engine answer.
"""

import argparse
import importlib
import os
import re
import sys
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import django

from banjie.config.environment import Misconfigured
from banjie.engine.timelimits import Span, Unit
from banjie.store.postgresql.reading import as_the_house

if TYPE_CHECKING:
    Parsers = argparse._SubParsersAction[argparse.ArgumentParser]

ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
DAY_UNITS = (Unit.WORKING_DAY, Unit.CALENDAR_DAY, Unit.MONTH)
WITHOUT_A_HOUSE = ("deadline", "manage")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; 0 when it did what was asked, 1 when it found or met trouble, 2 for a wrong call."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banjie.config.settings")
    given = _parser().parse_args(arguments)
    try:
        if given.command not in WITHOUT_A_HOUSE:
            django.setup()
    except (Misconfigured, OSError) as wrong:
        print(f"{wrong}\nNothing was changed. Put the setting right, and try again.", file=sys.stderr)
        return 1
    try:
        with as_the_house():
            return int(importlib.import_module(f"banjie.command.{given.command.replace('-', '_')}").run(given))
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as problem:
        said = importlib.import_module("banjie.command.trouble").told(problem)
        if not said:
            raise
        print(said, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="banjie", description="Banjie (办结): administrative approvals.")
    parsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for each in (
        _serve,
        _worker,
        _demo,
        _demo_peers,
        _deadline,
        _explain,
        _verify,
        _verify_receipt,
        _verify_proof,
        _checkpoint,
        _rebuild,
        _seals,
        _token,
        _reset_code,
        _administrators,
        _organisation,
        _catalogue,
        _keys,
        _manage,
    ):
        each(parsers)
    return parser


def _serve(parsers: "Parsers") -> None:
    parser = parsers.add_parser("serve", help="run web server and worker together")
    parser.add_argument("--demo", action="store_true", help="create the installation as a demo, with its county")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="8000, or the next free one")
    parser.add_argument("--workers", type=int, default=1, help="web processes")
    parser.add_argument("--threads", type=int, default=4, help="threads of each web process")


def _worker(parsers: "Parsers") -> None:
    parser = parsers.add_parser("worker", help="sequence the feed, follow it, carry out timers")
    parser.add_argument("--once", action="store_true", help="work until nothing is left to do, then stop")


def _demo_peers(parsers: "Parsers") -> None:
    parser = parsers.add_parser("demo-peers", help="stand-ins for a payment provider and a carrier, for a demo")
    parser.add_argument("--payment-port", type=int, default=8091)
    parser.add_argument("--carrier-port", type=int, default=8092)
    parser.add_argument("--callback", default="", metavar="URL", help="where the installation answers")
    parser.add_argument("--seed", default="demo", help="of the faults")
    parser.add_argument("--pace", type=int, default=45, help="seconds a parcel stays at each stage")
    parser.add_argument("--no-faults", dest="faults", action="store_false")


def _demo(parsers: "Parsers") -> None:
    parser = parsers.add_parser("demo", help="fill an empty installation with the demo county and its cases")
    parser.add_argument("--quiet", action="store_true", help="print nothing")


def _deadline(parsers: "Parsers") -> None:
    parser = parsers.add_parser("deadline", help="compute a due date; the last line is its ISO date")
    parser.add_argument("--from", dest="start", type=_day, required=True, metavar="DATE", help="day 0: it never counts")
    parser.add_argument("--limit", type=_number, required=True, help="how many")
    parser.add_argument("--unit", choices=[each.value for each in DAY_UNITS], default=Unit.WORKING_DAY.value)
    parser.add_argument("--stays", action="store_true", help="a limit that ends on a rest day stays there")
    parser.add_argument("--pause", action="append", default=[], type=_span, metavar="STOPPED..RESUMED")
    parser.add_argument("--region", default="CN", help="the calendar's region (overlays)")
    parser.add_argument("--explain", action="store_true", help="every day, counted or not, and why")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    parser.add_argument("--language", choices=["zh-Hans", "en"], default="en")


def _explain(parsers: "Parsers") -> None:
    parser = parsers.add_parser("explain", help="the clocks of a case, day by day")
    parser.add_argument("number", help="case number or query number")
    parser.add_argument("--language", choices=["zh-Hans", "en"], default="en")


def _verify(parsers: "Parsers") -> None:
    parser = parsers.add_parser("verify", help="check every chain; names the first broken fact")
    parser.add_argument("--rows", action="store_true", help="also compare every derived row with its history")
    parser.add_argument("--all", action="store_true", help="hold everything against everything, and say how fast")
    parser.add_argument("--against", metavar="FILE", help="a checkpoint or a proof that was kept elsewhere")
    parser.add_argument("--json", action="store_true")


def _verify_receipt(parsers: "Parsers") -> None:
    parser = parsers.add_parser("verify-receipt", help="count the dates of a receipt anew, and hold it against the log")
    parser.add_argument("file", help="a receipt of dates, as it was downloaded")
    parser.add_argument("--offline", action="store_true", help="count only; ask no database")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--language", choices=["zh-Hans", "en"], default="en")


def _verify_proof(parsers: "Parsers") -> None:
    parser = parsers.add_parser("verify-proof", help="check a proof from its file alone; no database is asked")
    parser.add_argument("file", help="a proof, as it was downloaded")
    parser.add_argument("--key", action="append", default=[], help="a key known from elsewhere: the log's, a witness'")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--language", choices=["zh-Hans", "en"], default="en")


def _checkpoint(parsers: "Parsers") -> None:
    parser = parsers.add_parser("checkpoint", help="sign the log as it stands now, and print it")
    parser.add_argument("--ask", action="store_true", help="and have it cosigned by the witnesses")
    parser.add_argument("--keys", action="store_true", help="print the keys: the log's, and ours as a witness")
    parser.add_argument("--rotate", action="store_true", help="sign with a new key from the next checkpoint on")


def _rebuild(parsers: "Parsers") -> None:
    parsers.add_parser("rebuild", help="recreate every derived row from the log")


def _seals(parsers: "Parsers") -> None:
    parser = parsers.add_parser("seals", help="hold what the keys of the seals have signed against the log")
    parser.add_argument("what", choices=["reconcile"])
    parser.add_argument(
        "--device", action="append", default=[], type=_count, metavar="CODE=N", help="what the device itself counted"
    )
    parser.add_argument("--json", action="store_true")


def _token(parsers: "Parsers") -> None:
    parser = parsers.add_parser("token", help="issue a bearer token; it is shown once")
    parser.add_argument("user", help="user name")
    parser.add_argument("--label", default="command line", help="what it is for")
    parser.add_argument("--days", type=int, default=90, help="how long it is valid (1-366)")


def _reset_code(parsers: "Parsers") -> None:
    parser = parsers.add_parser("reset-code", help="a code to set a new password with; shown once, good for an hour")
    parser.add_argument("user", help="user name of an applicant whose identity card somebody has seen")


def _administrators(parsers: "Parsers") -> None:
    parser = parsers.add_parser("administrators", help="the first administrators of a real installation, once")
    parser.add_argument("--operator", action="append", default=[], metavar="USER", help="runs the machine")
    parser.add_argument("--security", action="append", default=[], metavar="USER", help="keeps accounts; name two")
    parser.add_argument("--audit", action="append", default=[], metavar="USER", help="reads what the others did")


def _organisation(parsers: "Parsers") -> None:
    parser = parsers.add_parser("organisation", help="load agencies, units, windows and officers from a file")
    parser.add_argument("what", choices=["load"])
    parser.add_argument("path", help="a YAML file, or a folder of them")
    parser.add_argument("--dry-run", action="store_true", help="say every fault and every change, and change nothing")
    parser.add_argument("--by", default="", metavar="USER", help="the security administrator who loads it")
    parser.add_argument("--codes", default="", metavar="FILE", help="write codes for the first sign-in there (0600)")


def _catalogue(parsers: "Parsers") -> None:
    parser = parsers.add_parser("catalogue", help="take in what the rulebook has of a region")
    parser.add_argument(
        "what",
        choices=["load", "proceedings"],
        help="load: base items, lists, and items as drafts; proceedings: what an agency opens of its own accord",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what is new, and change nothing")
    parser.add_argument("--by", required=True, metavar="USER", help="the keeper of the region's catalogue")
    parser.add_argument("--second", default="", metavar="USER", help="proceedings: who answers for them at the centre")
    parser.add_argument("--reason", default="", help="why the lists are founded")
    parser.add_argument("--notice", default="", help="the public notice of the lists")


def _keys(parsers: "Parsers") -> None:
    parser = parsers.add_parser("keys", help="the wrapping keys: list, rotate, rewrap, retire")
    asked = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    asked.add_parser("list", help="each key, since when, and how much lies under it")
    asked.add_parser("new", help="print keys of a new installation, for BANJIE_KEYS")
    asked.add_parser("rotate", help="add a key, which wraps whatever is new from now on")
    asked.add_parser("rewrap", help="move everything under the newest key now, instead of by the worker")
    retire = asked.add_parser("retire", help="destroy an older key, once nothing lies under it")
    retire.add_argument("id", help="id of the key")
    retire.add_argument("--nobody-writes", action="store_true", help="every other process was stopped since rotating")


def _manage(parsers: "Parsers") -> None:
    parser = parsers.add_parser("manage", help="Django's own commands")
    parser.add_argument("rest", nargs=argparse.REMAINDER)


def _day(text: str) -> date:
    try:
        if not ISO_DAY.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date: say YYYY-MM-DD, a day that exists") from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 5:
        raise argparse.ArgumentTypeError(f"{text!r}: say a whole number from 0 to 99999")
    return int(text)


def _count(text: str) -> tuple[str, int]:
    code, equals, number = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r}: say the code of a seal and how often it was used, as in CODE=12")
    return code, int(number) if number.isascii() and number.isdecimal() else _number(number)


def _span(text: str) -> Span:
    stopped, dots, resumed = text.partition("..")
    if not dots:
        raise argparse.ArgumentTypeError(f"{text!r}: say two days, as in 2026-02-24..2026-02-26")
    span = Span(_day(stopped), _day(resumed))
    if span.resumed < span.stopped:
        raise argparse.ArgumentTypeError(f"{text!r}: a pause ends on or after the day it begins")
    return span
