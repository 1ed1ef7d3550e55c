"""`banjie checkpoint`: the newest checkpoint of the log, signed now if anything is new; its keys, and a new one."""

import argparse

from banjie.store.evidence import checkpoints, witnesses, witnessing
from banjie.store.log import sequence


def run(given: argparse.Namespace) -> int:
    """Print what was asked for; 1 where there is no fact to sign."""
    if given.rotate:
        print(checkpoints.rotate())
        return 0
    if given.keys:
        checkpoints.ensure_key()
        for key, _ in checkpoints.every_key():
            print(key)
        print(witnessing.own_key())
        return 0
    while sequence.sequence():
        pass
    made = checkpoints.make()
    if made is None:
        print("Nothing has been recorded yet.")
        return 1
    if given.ask:
        witnesses.exchange()
        made = checkpoints.newest() or made
    print(made.signed, end="")
    return 0
