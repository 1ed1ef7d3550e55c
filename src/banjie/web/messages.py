"""The pages' translations, compiled from their sources where the compiled file is missing or older."""

import os
import tempfile
from pathlib import Path

import polib
from django.conf import settings


def compile_messages() -> list[Path]:
    """Compile what changed and return it. Safe to repeat, and for several processes at once: a file appears whole."""
    made = []
    for folder in settings.LOCALE_PATHS:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            compiled = source.with_suffix(".mo")
            if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
                continue
            handle, unfinished = tempfile.mkstemp(dir=source.parent, suffix=".part")
            os.close(handle)
            polib.pofile(str(source)).save_as_mofile(unfinished)
            os.replace(unfinished, compiled)
            made.append(compiled)
    return made
