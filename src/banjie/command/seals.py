"""`banjie seals reconcile`: does what the keys of the seals have signed agree with the log? Names every stray one."""

import argparse
import json
from dataclasses import asdict

from banjie.duties.seals import reconciling
from banjie.web import clock


def run(given: argparse.Namespace) -> int:
    """Print one line a seal; 1 where a signature is not accounted for. What differs is on record afterwards."""
    found = reconciling.reconcile(clock.now(), dict(given.device))
    if given.json:
        print(json.dumps([{**asdict(each), "agrees": each.agrees} for each in found], ensure_ascii=False))
    else:
        for each in found:
            print(_line(each))
        bad = sum(not each.agrees for each in found)
        print(f"{bad} seals were used behind this house's back." if bad else "Every signature is accounted for.")
    return 0 if all(each.agrees for each in found) else 1


def _line(one: reconciling.Compared) -> str:
    told = [f"{one.counted} signatures", f"{one.on_record} on record"]
    if one.unfinished:
        told.append(f"{one.unfinished} begun and lost with their process")
    if one.unknown:
        told.append(f"NOBODY ASKED FOR {', '.join(map(str, one.unknown[:20]))}")
    if one.beyond:
        told.append(f"the device counted {one.beyond} MORE")
    if one.missing:
        told.append(f"the journal LOST {len(one.missing)}")
    if one.is_broken:
        told.append("the journal was CHANGED")
    return f"{one.code} {one.name}: {'; '.join(told)}"
