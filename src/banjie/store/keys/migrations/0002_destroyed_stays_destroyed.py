"""What the databases themselves hold: a destroyed key cannot come back."""

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER data_key_no_return BEFORE UPDATE ON data_key
        WHEN OLD.destroyed_at IS NOT NULL OR NEW.stream <> OLD.stream OR NEW.key_id <> OLD.key_id
        BEGIN SELECT RAISE(ABORT, 'a destroyed key cannot come back'); END""",
    """CREATE TRIGGER data_key_no_delete BEFORE DELETE ON data_key
        BEGIN SELECT RAISE(ABORT, 'a data key is destroyed, never deleted: its row stays as the proof'); END""",
    """CREATE TRIGGER data_key_no_replace BEFORE INSERT ON data_key
        WHEN EXISTS (SELECT 1 FROM data_key WHERE stream = NEW.stream AND key_id = NEW.key_id)
          OR EXISTS (SELECT 1 FROM data_key WHERE rowid = NEW.rowid)
        BEGIN SELECT RAISE(ABORT, 'this data key is already there'); END""",
]

SQLITE_BACK = [
    "DROP TRIGGER data_key_no_return",
    "DROP TRIGGER data_key_no_delete",
    "DROP TRIGGER data_key_no_replace",
]

POSTGRESQL = [
    """CREATE FUNCTION data_key_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'a destroyed key cannot come back, and its row stays as the proof: % is refused', TG_OP
        USING ERRCODE = 'restrict_violation'; END $$""",
    """CREATE TRIGGER data_key_no_return BEFORE UPDATE ON data_key FOR EACH ROW
        WHEN (OLD.destroyed_at IS NOT NULL OR NEW.stream <> OLD.stream OR NEW.key_id <> OLD.key_id)
        EXECUTE FUNCTION data_key_refuse()""",
    """CREATE TRIGGER data_key_no_delete BEFORE DELETE OR TRUNCATE ON data_key
        FOR EACH STATEMENT EXECUTE FUNCTION data_key_refuse()""",
]

POSTGRESQL_BACK = [
    "DROP TRIGGER data_key_no_return ON data_key",
    "DROP TRIGGER data_key_no_delete ON data_key",
    "DROP FUNCTION data_key_refuse",
]


def _run(sqlite, postgresql):
    def change(apps, editor):
        for statement in postgresql if editor.connection.vendor == "postgresql" else sqlite:
            editor.execute(statement, params=None)

    return change


class Migration(migrations.Migration):
    dependencies = [("keys", "0001_initial")]

    operations = [migrations.RunPython(_run(SQLITE, POSTGRESQL), _run(SQLITE_BACK, POSTGRESQL_BACK))]
