"""`banjie verify`: does the log still say what it said? Finds and names the first broken fact of every stream.

With `--all` everything is held against everything: chains, feed, tree, checkpoints and cosignatures, the rows of the
cases and of every other room, numbers, personal data and files; each part says how fast it was. `--against FILE` adds
a checkpoint or a proof that was kept elsewhere: without one (or a witness) nobody can tell a whole database put back
to an earlier day.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from banjie.cases import audit as of_cases
from banjie.cases import bundles, rebuild
from banjie.command import derived
from banjie.duties.delivery import recording as delivery
from banjie.store.evidence import audit, note, sealed
from banjie.store.evidence.audit import Fault, Looking, Part
from banjie.store.log import verify

WITHOUT_A_FACT = (bundles.STREAM_KIND, delivery.STREAM_KIND)
"""What was written for a joint handling or a delivery goes with the cases it was written for."""
AGREES = "Everything agrees."
LARGEST = 32 * 1024 * 1024


def run(given: argparse.Namespace) -> int:
    """Print every break; 1 when there is one."""
    if given.all or given.against:
        return _everything(given)
    breaks = [{"stream": str(each.stream), "position": each.position, "what": each.what} for each in verify.verify()]
    wrong = []
    if given.rows and not breaks:
        wrong = [{"stream": str(each.stream), "table": each.table} for each in rebuild.differences()]
    if given.json:
        print(json.dumps({"breaks": breaks, "rows": wrong}))
    else:
        for found in breaks:
            print(f"broken: stream {found['stream']}, position {found['position']}: {found['what']}")
        for row in wrong:
            print(f"row differs from its history: {row['table']} of stream {row['stream']} (banjie rebuild mends it)")
        print("Something is wrong; nothing was changed." if breaks or wrong else "Every chain holds.")
    return 1 if breaks or wrong else 0


def _everything(given: argparse.Namespace) -> int:
    held = ""
    if given.against:
        try:
            held = _checkpoint_in(Path(given.against))
        except (OSError, ValueError) as problem:
            print(f"{given.against}: neither a checkpoint nor a proof ({problem})", file=sys.stderr)
            return 1
    parts: list[Part] = []
    for each in _parts(held, given.all):
        parts.append(each)
        if not given.json:
            _tell(each)
    faults = [each for each in parts if each.fault]
    if given.json:
        told = [
            {
                "part": each.name,
                "count": each.count,
                "seconds": round(each.seconds, 6),
                "fault": None if each.fault is None else {"where": each.fault.where, "what": each.fault.what},
                **({"unchecked": each.unchecked, "why": each.why} if each.unchecked else {}),
            }
            for each in parts
        ]
        print(json.dumps({"parts": told, "faults": len(faults)}, ensure_ascii=False))
    else:
        print("Something is wrong; nothing was changed." if faults else _agrees(parts))
    return 1 if faults else 0


def _tell(each: Part) -> None:
    told = f"{each.name}: {each.count:,} in {each.seconds:.2f} s"
    if each.seconds and each.count:
        told += f" ({each.rate:,.0f}/s)"
    if each.unchecked:
        told += f"; {each.unchecked:,} not checked: {each.why}"
    print(f"{told}\n  first fault: {each.fault}" if each.fault else told)


def _agrees(parts: list[Part]) -> str:
    unchecked = [each.name for each in parts if each.unchecked]
    return f"Everything that was checked agrees; not checked: {', '.join(unchecked)}." if unchecked else AGREES


def _parts(held: str, is_all: bool) -> Iterator[Part]:
    if held:
        yield audit.against(held)
    if is_all:
        yield from audit.parts()
        yield audit.part("rows of cases", _rows)
        yield audit.part("numbers", _numbers)
        yield audit.part("personal data", sealed.personal)
        yield audit.part("destroyed keys", partial(sealed.destroyed, silent=WITHOUT_A_FACT))
        yield audit.part("files named", sealed.files_named)
        yield audit.part("files", sealed.files)
        yield from derived.parts()


def _rows(looking: Looking) -> Iterator[Fault]:
    looking.count = of_cases.numbers()
    try:
        for each in rebuild.differences():
            what = f"the row in {each.table} is not what its history gives (banjie rebuild)"
            yield Fault(what, f"stream {each.stream.hex}")
    except (ValueError, KeyError, TypeError, LookupError) as problem:  # a history that is no history any more
        yield Fault(f"a history cannot be read ({type(problem).__name__})", "rows of cases")


def _numbers(looking: Looking) -> Iterator[Fault]:
    looking.count = of_cases.numbers()
    for each in of_cases.faults():
        yield Fault(each.what, each.where)


def _checkpoint_in(path: Path) -> str:
    """The checkpoint that a file is, or that stands in a proof; ValueError for anything else."""
    if path.stat().st_size > LARGEST:
        raise ValueError("too large")
    text = path.read_text(encoding="utf-8")
    if text.lstrip().startswith("{"):
        text = json.loads(text)["checkpoint"]
    note.head(note.parse(text).text)
    return text
