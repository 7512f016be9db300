"""The series store: ingest, compaction, query, export. Knows trainings only by id."""
