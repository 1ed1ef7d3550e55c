"""Puts Chromium, a Chinese typeface and the outside tools of the tests onto this machine, where they are missing.

Quiet, and done only once. Where nothing helps, the tests in tests/browser fail and say what to type.
"""

import os
import shutil
import subprocess
import sys
from contextlib import suppress

from tests import tools
from tests.browser import chromium


def main() -> int:
    """Install what is missing."""
    _tools()
    chromium.found.cache_clear()
    with suppress(chromium.NoBrowserError):
        chromium.found()
        if chromium.has_chinese():
            return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium and a Chinese typeface for the tests in a browser (once) ...", flush=True)
        _quietly("apt-get", "update", "-q")
        _quietly("apt-get", "install", "-y", "-q", "--no-install-recommends", *chromium.PACKAGES)
        with suppress(chromium.NoBrowserError):
            chromium.found()
            return 0
    with suppress(chromium.NoBrowserError):
        chromium.found()
        return 0  # no typeface, and no way to get one: pages can be tested, if not admired
    print("Fetching Chromium for the tests in a browser (once) ...", flush=True)
    _quietly(sys.executable, "-m", "playwright", "install", "chromium")
    try:
        chromium.found()
    except chromium.NoBrowserError as error:
        print(error)
        return 1
    return 0


def _tools() -> None:
    """The outside tools; where they cannot be had, the tests that need them say what to type."""
    missing = tools.missing()
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {', '.join(missing)} for the tests (once) ...", flush=True)
        _quietly("apt-get", "update", "-q")
        _quietly("apt-get", "install", "-y", "-q", "--no-install-recommends", *missing)


def _quietly(*command: str) -> None:
    """Run it; what it says is shown only where it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        print(done.stdout.decode(errors="replace")[-2000:])


if __name__ == "__main__":
    sys.exit(main())
