"""A cryptographic device for tests: SoftHSM, with tokens of its own in the folder of this run.

`token(label)` gives what the settings name: module, label and PIN. One store of tokens a process, for PKCS#11 reads its
configuration once.
"""

import os
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pkcs11

MODULE = next(
    (
        each
        for each in ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
        if Path(each).exists()
    ),
    "",
)
PIN = "2026-invented"


class Token(NamedTuple):
    """What opens a token."""

    module: str
    label: str
    pin: str


def is_here() -> bool:
    """Whether SoftHSM is installed."""
    return bool(MODULE)


@cache
def token(label: str) -> Token:
    """The token of this label, made when it is asked for the first time."""
    if "SOFTHSM2_CONF" not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="softhsm-", dir=os.environ["BANJIE_DATA_DIR"]))
        (folder / "tokens").mkdir()
        told = f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
        (folder / "softhsm2.conf").write_text(told)
        os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    make = ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", PIN]
    subprocess.run(make, check=True, capture_output=True)
    pkcs11.lib(MODULE).reinitialize()  # a library that is at work already looks for new tokens
    return Token(MODULE, label, PIN)
