"""`banjie manage …`: Django's own commands (migrate, check, makemigrations, shell, …)."""

import argparse

from django.core.management import execute_from_command_line


def run(given: argparse.Namespace) -> int:
    """Run it; Django exits by itself where it fails."""
    execute_from_command_line(["banjie manage", *given.rest])
    return 0
