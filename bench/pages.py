"""How fast a visitor gets the guide of an item: the kept page against the same page rendered anew, turn beside turn.

Both go through the whole of our program from the request to the answer, with the same middleware, in one process. The
answers of both are compared byte for byte before anything is timed, and so is what counts: that a browser which has the
page is told 304, and that a version published in between is read at once.
"""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import report

ROOT = Path(__file__).resolve().parent.parent
ITEMS = 8
"""Guides that are read in a round."""

Reader = Callable[[str], Any]


def founded(place: Path) -> tuple[Reader, Reader, Reader, list[str], Callable[[str], None]]:
    """A demo county on SQLite: how to read a guide kept, rendered and held; the addresses; `publish`."""
    sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
    os.environ["BANJIE_DATA_DIR"] = str(place)
    os.environ["BANJIE_DATABASE_URL"] = f"sqlite://{place / 'pages.sqlite3'}"
    os.environ["DJANGO_SETTINGS_MODULE"] = "banjie.config.settings"
    import django

    django.setup()
    import logging

    import structlog
    from django.core.management import call_command
    from django.test import Client

    from banjie.demo import county
    from banjie.faces.portal import kept
    from banjie.records import catalogue
    from banjie.store.log.install import create_installation
    from banjie.web import clock
    from banjie.web.messages import compile_messages
    from tests.cast import SIGNED

    # A log line a request costs the same on both sides and would fill the screen.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    compile_messages()
    call_command("migrate", verbosity=0)
    create_installation(demo=True)
    county.found(clock.now())
    client = Client()
    addresses = [f"/items/{each.code}/" for each in catalogue.items(clock.today(), limit=ITEMS)]

    def rendered(address: str) -> Any:
        kept.pages.forget()
        return client.get(address)

    def held(address: str) -> Any:
        return client.get(address, headers={"If-None-Match": etags[address]})

    def publish(address: str) -> None:
        law = catalogue.law_in_force(address.split("/")[2], clock.today())
        changed = replace(law.procedure, version=law.procedure.version + 1, effective_from=clock.today())
        catalogue.publish(changed, by=SIGNED["reform_office"], at=clock.now(), command_id=uuid.uuid4(), signed=SIGNED)

    etags = {each: client.get(each)["ETag"] for each in addresses}
    return client.get, rendered, held, addresses, publish


def wrong_answers(kept: Reader, rendered: Reader, held: Reader, addresses: list[str]) -> int:
    """How many guides do not read the same kept and rendered, or are not told in 304 to who has them."""
    wrong = 0
    for address in addresses:
        fresh = rendered(address)
        again = kept(address)
        wrong += fresh.content != again.content or fresh.status_code != 200 or held(address).status_code != 304
    return wrong


def measure(rounds: int, seed: int, place: Path) -> dict[str, Any]:
    """Milliseconds of each side for each guide in each round, with the ratios inside the pairs."""
    kept, rendered, held, addresses, publish = founded(place)
    wrong = wrong_answers(kept, rendered, held, addresses)
    draw = random.Random(seed)
    samples = []
    for _ in range(rounds):
        took: dict[str, list[float]] = {"kept": [], "rendered": [], "held": []}
        for address in draw.sample(addresses, len(addresses)):
            for side in draw.sample(["kept", "rendered", "held"], 3):
                if side != "rendered":
                    kept(address)  # whatever the other side has forgotten
                start = time.perf_counter()
                {"kept": kept, "rendered": rendered, "held": held}[side](address)
                took[side].append((time.perf_counter() - start) * 1000)
        pairs = list(zip(took["rendered"], took["kept"], strict=True))
        samples.append({**took, "ratio": statistics.median(plain / fast for plain, fast in pairs)})
    before = kept(addresses[0])
    publish(addresses[0])
    is_read_at_once = held(addresses[0]).status_code == 200 and kept(addresses[0]).content != before.content
    size = statistics.median(len(kept(each).content) for each in addresses)
    return {
        "guides": len(addresses),
        "bytes": size,
        "wrong": wrong,
        "is_read_at_once": is_read_at_once,
        "samples": samples,
    }


def main() -> int:
    """Measure and print; 1 where an answer was wrong or a publication was not read at once."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="for a program")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="banjie-bench-") as place:
        result = measure(chosen.rounds, chosen.seed, Path(place))
    print(json.dumps(result) if chosen.json else report.pages(result))
    return 1 if result["wrong"] or not result["is_read_at_once"] else 0


if __name__ == "__main__":
    sys.exit(main())
