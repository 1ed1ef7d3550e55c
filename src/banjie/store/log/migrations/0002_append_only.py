"""What the databases themselves hold: the log is append-only, every fact reaches the feed, the installation stays one."""

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER log_no_update BEFORE UPDATE ON log BEGIN
        SELECT RAISE(ABORT, 'the log is append-only: a recorded fact cannot be changed'); END""",
    """CREATE TRIGGER log_no_delete BEFORE DELETE ON log BEGIN
        SELECT RAISE(ABORT, 'the log is append-only: a recorded fact cannot be deleted'); END""",
    # INSERT OR REPLACE removes the row it collides with, by any unique key and by rowid, and without
    # recursive_triggers it does so without firing the trigger above.
    """CREATE TRIGGER log_no_replace BEFORE INSERT ON log
        WHEN EXISTS (SELECT 1 FROM log WHERE stream = NEW.stream AND position = NEW.position)
          OR EXISTS (SELECT 1 FROM log WHERE stream = NEW.stream AND command_id = NEW.command_id AND nth = NEW.nth)
          OR EXISTS (SELECT 1 FROM log WHERE rowid = NEW.rowid)
        BEGIN SELECT RAISE(ABORT, 'the log is append-only: this fact is already recorded'); END""",
    """CREATE TRIGGER log_unfed AFTER INSERT ON log BEGIN
        INSERT INTO unfed (stream, position) VALUES (NEW.stream, NEW.position); END""",
    "CREATE UNIQUE INDEX installation_is_one ON installation ((1))",
    """CREATE TRIGGER installation_no_update BEFORE UPDATE ON installation BEGIN
        SELECT RAISE(ABORT, 'an installation cannot be changed, least of all its demo mark'); END""",
    """CREATE TRIGGER installation_no_delete BEFORE DELETE ON installation BEGIN
        SELECT RAISE(ABORT, 'an installation cannot be deleted'); END""",
    """CREATE TRIGGER installation_no_replace BEFORE INSERT ON installation
        WHEN EXISTS (SELECT 1 FROM installation)
        BEGIN SELECT RAISE(ABORT, 'there is already an installation in this database'); END""",
]

SQLITE_BACK = [
    "DROP TRIGGER log_no_update",
    "DROP TRIGGER log_no_delete",
    "DROP TRIGGER log_no_replace",
    "DROP TRIGGER log_unfed",
    "DROP INDEX installation_is_one",
    "DROP TRIGGER installation_no_update",
    "DROP TRIGGER installation_no_delete",
    "DROP TRIGGER installation_no_replace",
]

POSTGRESQL = [
    # A statement trigger fires for ON CONFLICT DO UPDATE too, whether or not a row collided.
    """CREATE FUNCTION log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'the log is append-only: % is refused', TG_OP USING ERRCODE = 'restrict_violation'; END $$""",
    """CREATE TRIGGER log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log
        FOR EACH STATEMENT EXECUTE FUNCTION log_refuse()""",
    "ALTER TABLE unfed ADD COLUMN seq bigserial NOT NULL",
    "CREATE UNIQUE INDEX unfed_seq ON unfed (seq)",
    """CREATE FUNCTION log_to_unfed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO unfed (stream, position) SELECT stream, position FROM appended ORDER BY stream, position;
        RETURN NULL; END $$""",
    """CREATE TRIGGER log_unfed AFTER INSERT ON log REFERENCING NEW TABLE AS appended
        FOR EACH STATEMENT EXECUTE FUNCTION log_to_unfed()""",
    "CREATE UNIQUE INDEX installation_is_one ON installation ((1))",
    """CREATE FUNCTION installation_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'an installation cannot be changed, least of all its demo mark: % is refused', TG_OP
        USING ERRCODE = 'restrict_violation'; END $$""",
    """CREATE TRIGGER installation_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON installation
        FOR EACH STATEMENT EXECUTE FUNCTION installation_refuse()""",
]

POSTGRESQL_BACK = [
    "DROP TRIGGER log_append_only ON log",
    "DROP FUNCTION log_refuse",
    "DROP TRIGGER log_unfed ON log",
    "DROP FUNCTION log_to_unfed",
    "ALTER TABLE unfed DROP COLUMN seq",
    "DROP INDEX installation_is_one",
    "DROP TRIGGER installation_stays ON installation",
    "DROP FUNCTION installation_refuse",
]


def _run(sqlite, postgresql):
    def change(apps, editor):
        for statement in postgresql if editor.connection.vendor == "postgresql" else sqlite:
            editor.execute(statement, params=None)

    return change


class Migration(migrations.Migration):
    dependencies = [("log", "0001_initial")]

    operations = [migrations.RunPython(_run(SQLITE, POSTGRESQL), _run(SQLITE_BACK, POSTGRESQL_BACK))]
