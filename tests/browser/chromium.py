"""Where the browser of the tests is, and how it gets onto a machine that has none."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-cjk")
HOW = (
    "There is no Chromium here, and the tests in tests/browser need one. On Debian and its kin type: "
    "apt-get install -y chromium fonts-noto-cjk (as root); elsewhere: .venv/bin/python -m playwright install chromium"
)


class NoBrowserError(RuntimeError):
    """There is no browser; the message says how to get one."""


@cache
def found() -> str:
    """The path of the browser; NoBrowserError where there is none."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    for folder in (os.environ.get("PLAYWRIGHT_BROWSERS_PATH", ""), "~/.cache/ms-playwright"):
        for path in sorted(Path(folder).expanduser().glob("chromium-*/chrome-*/chrome")) if folder else ():
            return str(path)
    raise NoBrowserError(HOW)


def has_chinese() -> bool:
    """Whether there is a typeface for Chinese; True where nobody can be asked."""
    if not (asker := shutil.which("fc-list")):
        return True
    return bool(subprocess.run([asker, ":lang=zh-cn"], capture_output=True, check=False).stdout.strip())
