"""`banjie verify`: does the log still say what it said? Finds and names the first broken fact of every stream."""

import argparse
import json

from banjie.cases import rebuild
from banjie.store.log import verify


def run(given: argparse.Namespace) -> int:
    """Print every break; 1 when there is one."""
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
