"""Keeps the flattened leaves of a training's config and summary in step with the documents."""

from typing import Any
from uuid import UUID

from server.trainings import values
from server.trainings.models import Entry


def replace(*, training_id: UUID, project_id: UUID, section: str, document: dict[str, Any]) -> None:
    """Makes the stored leaves of a section (``config`` or ``summary``) those of the document. In a transaction."""
    wanted = {leaf.key: leaf for leaf in values.leaves(section, document)}
    stored = Entry.objects.filter(training_id=training_id, key__startswith=f"{section}.")
    known = {key: (number, text) for key, number, text in stored.values_list("key", "number", "text")}
    gone = known.keys() - wanted.keys()
    if gone:
        stored.filter(key__in=gone).delete()
    changed = [leaf for leaf in wanted.values() if known.get(leaf.key, ()) != (leaf.number, leaf.text)]
    Entry.objects.bulk_create(
        [
            Entry(training_id=training_id, key=leaf.key, project_id=project_id, number=leaf.number, text=leaf.text)
            for leaf in changed
        ],
        update_conflicts=True,
        unique_fields=["training", "key"],
        update_fields=["number", "text"],
        batch_size=500,
    )
