"""The agency that received a case is an immutable column: the key by which a large installation may place its data."""

from django.db import migrations

SAYS = "the agency that received a case never changes"
SQLITE = f"""CREATE TRIGGER case_home_stays BEFORE UPDATE OF home ON "case" WHEN NEW.home <> OLD.home BEGIN
    SELECT RAISE(ABORT, '{SAYS}'); END"""
POSTGRESQL = (
    f"""CREATE FUNCTION case_home_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'restrict_violation'; END $$""",
    """CREATE TRIGGER case_home_stays BEFORE UPDATE OF home ON "case" FOR EACH ROW
        WHEN (NEW.home IS DISTINCT FROM OLD.home) EXECUTE FUNCTION case_home_refuse()""",
)


def add(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else (SQLITE,):
        editor.execute(statement, params=None)


def remove(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute('DROP TRIGGER case_home_stays ON "case"')
        editor.execute("DROP FUNCTION case_home_refuse")
    else:
        editor.execute("DROP TRIGGER case_home_stays")


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_a_task_that_is_done_goes")]

    operations = [migrations.RunPython(add, remove)]
