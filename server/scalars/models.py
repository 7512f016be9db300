"""Tables of the series store. Hot tables carry ``training_id`` first in their key, so that they can be sharded by it.

Rows are private to this app. `Segment` is the log of received batches, `Chunk` what compaction makes of them.
"""

from django.db import models

NO_RANK = -1
"""Rank of a series that is not one rank's own: the only one, or the reduced curve of all ranks."""


MAX_RANK = 32_767


class Tag(models.Model):
    """A series' name, stored once."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=512)

    class Meta:
        # A constraint, not unique=True: that would add a second index for LIKE, which nothing here asks.
        constraints = [models.UniqueConstraint(fields=["name"], name="tag_name_once")]

    def __str__(self) -> str:
        return self.name


class Series(models.Model):
    """One curve of a training, with the statistics that tables sort and filter by.

    Statistics cover compacted, visible points; NULL stands for "none" and for NaN, which SQLite cannot hold.
    ``last_*`` belong to the latest received point of the largest step.
    """

    pk = models.CompositePrimaryKey("training_id", "id")
    training_id = models.UUIDField()
    id = models.BigIntegerField()
    scope = models.UUIDField()
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, db_index=False, related_name="+")
    rank = models.SmallIntegerField(default=NO_RANK)
    reduce = models.CharField(max_length=4, default="", help_text="How ranks become this curve: mean, max, or nothing.")
    count = models.BigIntegerField(default=0)
    first_step = models.BigIntegerField(null=True)
    last_step = models.BigIntegerField(null=True)
    first_time = models.FloatField(null=True)
    last_time = models.FloatField(null=True)
    last_value = models.FloatField(null=True)
    min_value = models.FloatField(null=True)
    max_value = models.FloatField(null=True)
    reduced_from = models.BigIntegerField(default=0, help_text="Points of all ranks when the reduced curve was read.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["training_id", "tag", "rank"], name="series_once")]
        indexes = [
            # Sorting and filtering a table of trainings by one metric.
            models.Index(
                fields=["scope", "tag", "training_id"], name="series_by_metric", condition=models.Q(rank=NO_RANK)
            )
        ]

    def __str__(self) -> str:
        return f"series {self.id} of {self.training_id}"


class Writer(models.Model):
    """One process that logs into a training. ``watermark`` is the slot up to which its journal is stored."""

    pk = models.CompositePrimaryKey("training_id", "id")
    training_id = models.UUIDField()
    id = models.UUIDField()
    scope = models.UUIDField()
    rank = models.SmallIntegerField(default=NO_RANK)
    rank_reduce = models.CharField(max_length=4, default="")
    watermark = models.BigIntegerField(default=0)
    points = models.BigIntegerField(default=0)
    refused_points = models.BigIntegerField(default=0)
    lost_slots = models.BigIntegerField(default=0)
    overflow = models.BooleanField(default=False, help_text="It had more tags than are taken: unknown ids are refused.")
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        # A batch names its writer; the training is checked against it.
        indexes = [models.Index(fields=["id"], name="writer_by_id")]

    def __str__(self) -> str:
        return f"writer {self.id} of {self.training_id}"


class WriterTag(models.Model):
    """A writer's dictionary: which series its local tag id means, and how many of its points are compacted.

    ``checksum`` is `pavi.protocol.series_checksum` of these points, as a signed number.
    """

    pk = models.CompositePrimaryKey("training_id", "writer", "local_id")
    training_id = models.UUIDField()
    writer = models.UUIDField()
    local_id = models.BigIntegerField()
    series = models.BigIntegerField(null=True, help_text="NULL when the tag was refused.")
    refused = models.CharField(max_length=40, default="", help_text="Why it was refused, as a code.")
    name = models.CharField(max_length=200, default="", help_text="A refused tag's name, made printable.")
    count = models.BigIntegerField(default=0)
    checksum = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"tag {self.local_id} of writer {self.writer}"


class Segment(models.Model):
    """A received batch as it came, until compaction. ``id`` is the order of receipt and holds the server's time."""

    pk = models.CompositePrimaryKey("training_id", "id")
    training_id = models.UUIDField()
    id = models.BigIntegerField()
    writer = models.UUIDField()
    points = models.IntegerField()
    encoding = models.SmallIntegerField()
    body = models.BinaryField()

    def __str__(self) -> str:
        return f"segment {self.id} of {self.training_id}"


class Chunk(models.Model):
    """Compacted columns of one series, in step order; equal steps in order of receipt.

    ``id`` is that of the last segment within, so that chunks, segments and rewinds share one order.
    """

    pk = models.CompositePrimaryKey("training_id", "series", "id")
    training_id = models.UUIDField()
    series = models.BigIntegerField()
    id = models.BigIntegerField()
    count = models.IntegerField()
    first_step = models.BigIntegerField()
    last_step = models.BigIntegerField()
    min_time = models.FloatField(null=True)
    max_time = models.FloatField(null=True)
    distinct = models.BooleanField(help_text="No step occurs twice.")
    times = models.BigIntegerField(help_text="Which Times row.")
    steps = models.BinaryField()
    values = models.BinaryField()

    class Meta:
        # When chunks go, so do the times that no other chunk shares.
        indexes = [models.Index(fields=["training_id", "times"], name="chunk_by_times")]

    def __str__(self) -> str:
        return f"chunk {self.id} of series {self.series}"


class Times(models.Model):
    """The wall times of chunks, stored once for all series that were logged by the same calls.

    Written together with its chunks; no later chunk ever refers to it.
    """

    pk = models.CompositePrimaryKey("training_id", "id")
    training_id = models.UUIDField()
    id = models.BigIntegerField()
    body = models.BinaryField()

    def __str__(self) -> str:
        return f"times {self.id} of {self.training_id}"


class Rewind(models.Model):
    """From here on, points received earlier with a larger step than the limit are hidden."""

    pk = models.CompositePrimaryKey("training_id", "id")
    training_id = models.UUIDField()
    id = models.BigIntegerField()
    step = models.BigIntegerField(null=True)
    steps = models.JSONField(default=dict, help_text="Limits by tag prefix.")
    folded = models.BooleanField(default=False, help_text="The series' statistics know of it.")

    class Meta:
        # Compaction looks for trainings whose statistics are stale.
        indexes = [models.Index(fields=["training_id"], name="rewind_unfolded", condition=models.Q(folded=False))]

    def __str__(self) -> str:
        return f"rewind {self.id} of {self.training_id}"
