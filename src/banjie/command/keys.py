"""`banjie keys`: list the wrapping keys, add a new one, move everything under it, and destroy an older one."""

import argparse
import sys

from django.conf import settings

from banjie.config import rewrapping
from banjie.engine.codec import instant
from banjie.store.keys import keyring, rewrap


def run(given: argparse.Namespace) -> int:
    """Do what was asked; 1 where it is not possible now, and why."""
    ask = {"list": _list, "new": _new, "rotate": _rotate, "rewrap": _rewrap, "retire": _retire}[given.what]
    try:
        return ask(given)
    except keyring.KeysElsewhere as elsewhere:
        print(
            "The keys come from BANJIE_KEYS. Set it to the text below, keep the old one until it has been taken over, "
            "and start every process anew. Nothing has been changed here.",
            file=sys.stderr,
        )
        print(elsewhere.content)
        return 0
    except keyring.KeysAway as away:
        print(f"{away}. Nothing is lost and nothing was changed: look after the device, and try again.")
        return 1


def _list(given: argparse.Namespace) -> int:
    ring = keyring.keyring()
    print(f"Kept: {settings.KEY_BACKEND}. The last one wraps whatever is new.")
    for key_id in ring.keys:
        where = "device" if key_id in ring.in_device else settings.KEY_BACKEND.replace("pkcs11", "file")
        under = ", ".join(f"{count} {name}" for name, count in rewrap.left(rewrapping.PLACES, key_id).items())
        print(f"{key_id}  {instant(ring.made_at[key_id]):%Y-%m-%d %H:%M}  {where:<12} {under or 'nothing'} under it")
    return 0


def _new(given: argparse.Namespace) -> int:
    print(keyring.fresh_content())
    return 0


def _rotate(given: argparse.Namespace) -> int:
    key_id = keyring.rotate()
    print(f"{key_id} wraps whatever is new from now on. The worker moves the rest under it while people work;")
    print("`banjie keys list` says how much is left, and `banjie keys retire ID` destroys an older key then.")
    print("Back the keys up before you do: without them nothing can be read.")
    return 0


def _rewrap(given: argparse.Namespace) -> int:
    moved = 0
    while done := rewrap.work(rewrapping.PLACES):
        moved += done
    print(f"{moved} keys now lie under {keyring.keyring().newest}.")
    return 0


def _retire(given: argparse.Namespace) -> int:
    try:
        rewrap.retire(rewrapping.PLACES, given.id, nobody_writes=given.nobody_writes)
    except rewrap.StillInUse as use:
        for name, count in use.left.items():
            print(f"{count} {name} still lie under {given.id}.")
        if use.wait:
            print(f"It was replaced so lately that a write begun before may still come: wait {use.wait} seconds.")
        else:
            print("The worker moves them; `banjie keys rewrap` does it at once. Nothing was destroyed.")
        return 1
    except (LookupError, ValueError) as no:
        print(f"{no}. Nothing was destroyed.")
        return 1
    print(f"{given.id} is destroyed. What backups hold under it can be read by nobody any more.")
    return 0
