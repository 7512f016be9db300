"""How PostgreSQL keeps these tables: blocks are compressed already, and hot rows leave room to change in place."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_STATEMENTS = [
    # pglz would spend time on bytes that do not shrink.
    "ALTER TABLE scalars_segment ALTER COLUMN body SET STORAGE EXTERNAL",
    "ALTER TABLE scalars_chunk ALTER COLUMN steps SET STORAGE EXTERNAL",
    "ALTER TABLE scalars_times ALTER COLUMN body SET STORAGE EXTERNAL",
    'ALTER TABLE scalars_chunk ALTER COLUMN "values" SET STORAGE EXTERNAL',
    # One update a batch or a compaction, on columns without an index: it stays in its page.
    "ALTER TABLE scalars_writer SET (fillfactor = 50)",
    "ALTER TABLE scalars_series SET (fillfactor = 70)",
    "ALTER TABLE scalars_writertag SET (fillfactor = 70)",
    # A queue: rows come and go, so that the default of 20 % dead rows would let it grow.
    "ALTER TABLE scalars_segment SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000)",
]


def tune(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for statement in _STATEMENTS:
            editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("scalars", "0001_initial")]
    operations = [migrations.RunPython(tune, migrations.RunPython.noop)]
