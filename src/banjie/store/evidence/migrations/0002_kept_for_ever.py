"""What the databases themselves hold: checkpoints and whatever was signed beside them are appended, never changed."""

from django.db import migrations

TABLES = {
    "checkpoint": ("no = NEW.no OR size = NEW.size", "a checkpoint"),
    "checkpoint_key": ("generation = NEW.generation", "a key of the checkpoints"),
    "cosignature": ("checkpoint = NEW.checkpoint AND witness = NEW.witness", "a cosignature"),
    "witnessed": ("no = NEW.no OR (origin = NEW.origin AND size = NEW.size)", "what was cosigned for another log"),
    "split_view": (
        "no = NEW.no OR (origin = NEW.origin AND shown_digest = NEW.shown_digest AND is_proof = NEW.is_proof)",
        "a split view",
    ),
    "evidence_declaration": ("no = NEW.no", "a declaration"),
}


def _forward(apps, editor):
    run = editor.execute
    if editor.connection.vendor == "postgresql":
        run(
            """CREATE FUNCTION evidence_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            RAISE EXCEPTION 'evidence is kept for ever: % of % is refused', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation'; END $$""",
            params=None,
        )
    for table, (same, what) in TABLES.items():
        if editor.connection.vendor == "postgresql":
            run(
                f"""CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION evidence_refuse()""",
                params=None,
            )
            continue
        for verb in ("UPDATE", "DELETE"):
            run(
                f"""CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN
                SELECT RAISE(ABORT, 'evidence is kept for ever: {what} cannot be changed'); END""",
                params=None,
            )
        run(
            f"""CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
            WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) OR EXISTS (SELECT 1 FROM {table} WHERE rowid = NEW.rowid)
            BEGIN SELECT RAISE(ABORT, 'evidence is kept for ever: {what} is already there'); END""",
            params=None,
        )


def _back(apps, editor):
    for table in TABLES:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP TRIGGER {table}_kept ON {table}", params=None)
        else:
            for verb in ("update", "delete", "replace"):
                editor.execute(f"DROP TRIGGER {table}_no_{verb}", params=None)
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP FUNCTION evidence_refuse", params=None)


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial")]

    operations = [migrations.RunPython(_forward, _back)]
