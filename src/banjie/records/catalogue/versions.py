"""The row of a published version, and the Procedure it holds."""

import json

from django.db import connection

from banjie.engine import codec
from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue.models import ProcedureVersion, ProceedingVersion


def version_of(code: str, version: int, lock: bool = False) -> ProcedureVersion:
    """The row of a version, held to the end of the transaction on demand; NotPossible unknown_item, no_such_version."""
    rows = ProcedureVersion.objects.select_for_update() if lock else ProcedureVersion.objects.all()
    row = rows.filter(code=code, version=version).defer("content").first()
    if row is None:
        is_known = ProcedureVersion.objects.filter(code=code).exists()
        raise NotPossible("no_such_version", version=version) if is_known else NotPossible("unknown_item")
    return row


def digest_of(code: str, version: int) -> str:
    """The digest of a published version, of an item or of a proceeding; NotPossible unknown_item, no_such_version."""
    with connection.cursor() as cursor:  # written out: every case asks, and composing it took longer than reading
        for model in (ProcedureVersion, ProceedingVersion):
            table = model._meta.db_table
            cursor.execute(f"SELECT digest FROM {table} WHERE code = %s AND version = %s", [code, version])
            if found := cursor.fetchone():
                return str(found[0])
    return version_of(code, version).digest


def of(row: ProcedureVersion) -> Procedure:
    """The engine's Procedure that a row holds."""
    return codec.from_plain(Procedure, json.loads(bytes(row.content)), where=f"{row.code} version {row.version}")
