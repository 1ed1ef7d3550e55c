"""`banjie demo-peers`: a payment provider and a carrier to try a demo with, on loopback, with mild faults."""

import argparse
import os
import signal
import socket
import sys
import threading
from collections.abc import MutableMapping
from datetime import timedelta
from secrets import token_urlsafe

from django.conf import settings

from banjie.demo.peers.carrier import Carrier
from banjie.demo.peers.payments import Payments
from banjie.demo.peers.serving import Faults

MILD = {"refuse": 20, "lost": 15, "twice": 100, "late": 60, "never": 40, "failed": 60, "returned": 30}
"""Faults in so many of a thousand cases: enough to be seen now and then, too few to be in the way."""
TICK_SECONDS = 1.0
NAMES = ("PAYMENT", "CARRIER")
USUAL = {"PAYMENT": 8091, "CARRIER": 8092}
"""Ports that are taken where they are free: the pages of orders made before a restart are found again."""


def run(given: argparse.Namespace) -> int:
    """Serve until stopped. Secrets come from BANJIE_PAYMENT_SECRET and BANJIE_CARRIER_SECRET."""
    secrets = {name: os.environ.get(f"BANJIE_{name}_SECRET", "") for name in NAMES}
    if not all(secrets.values()):
        print("Set BANJIE_PAYMENT_SECRET and BANJIE_CARRIER_SECRET: the ones the installation knows.", file=sys.stderr)
        return 1
    faults = Faults(given.seed, MILD if given.faults else {})
    kept = settings.DATA_DIR / "demo-peers"
    kept.mkdir(mode=0o700, exist_ok=True)
    payments = Payments(secrets["PAYMENT"], callback=given.callback, kept=kept / "payments.json", faults=faults)
    carrier = Carrier(
        secrets["CARRIER"], callback=given.callback, kept=kept / "carrier.json",
        faults=Faults(given.seed, MILD if given.faults else {}), pace=timedelta(seconds=given.pace),
    )  # fmt: skip
    print(
        f"Demo payment provider at {payments.start(given.payment_port)}, carrier at {carrier.start(given.carrier_port)}"
    )
    stopped = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopped.set())
    while not stopped.wait(TICK_SECONDS):
        carrier.tick()
    payments.stop()
    carrier.stop()
    return 0


def lend(environment: MutableMapping[str, str]) -> list[str]:
    """Name stand-ins in an environment that names no peers, on free ports of loopback; the ports, for `banjie
    demo-peers` (empty where both peers are named already)."""
    if any(environment.get(f"BANJIE_{name}_URL") for name in NAMES):
        return []
    ports = []
    for name in NAMES:
        port = _free_port(USUAL[name])
        environment[f"BANJIE_{name}_URL"] = f"http://127.0.0.1:{port}"
        environment.setdefault(f"BANJIE_{name}_SECRET", token_urlsafe(24))
        ports.append(str(port))
    return ports


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise AssertionError("a machine has a free port")
