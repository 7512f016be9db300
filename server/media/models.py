"""Tables of media. A training's series (a kind and a tag) keep counts, so that its index is one short read; items are
found by series, step and index. Trainings are known by id alone."""

from django.db import models


class Series(models.Model):
    """The items of one kind and tag of a training. Counts and steps cover the items that are shown."""

    pk = models.CompositePrimaryKey("training_id", "id")
    training_id = models.UUIDField()
    id = models.BigIntegerField()
    kind = models.CharField(max_length=16)
    tag = models.CharField(max_length=512)
    count = models.BigIntegerField(default=0)
    first_step = models.BigIntegerField(null=True)
    last_step = models.BigIntegerField(null=True)

    class Meta:
        # Also gives the index of a training in order.
        constraints = [models.UniqueConstraint(fields=["training_id", "kind", "tag"], name="media_series_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.tag} of {self.training_id}"


class Item(models.Model):
    """One thing to look at, at a step. ``id`` orders by receipt.

    ``meta`` and ``body`` are JSON as text: nobody searches in them, keys stay in order, and a number stays as written.
    """

    pk = models.CompositePrimaryKey("training_id", "id")
    training_id = models.UUIDField()
    id = models.BigIntegerField()
    series = models.BigIntegerField()
    step = models.BigIntegerField()
    index = models.IntegerField(default=0)
    time = models.FloatField(help_text="The client's clock, Unix seconds.")
    shown = models.BooleanField(help_text="Not replaced by a later one of its place, and not rewound.")
    meta = models.TextField(default="", blank=True)
    body = models.TextField(default="", blank=True)
    sha256 = models.CharField(max_length=64, default="", blank=True)
    size = models.BigIntegerField(default=0, help_text="Bytes of the body, or of the file.")
    media_type = models.CharField(max_length=100, default="", blank=True)
    name = models.CharField(max_length=300, default="", blank=True)
    sender = models.BigIntegerField(help_text="The user whose token brought the event, and who must have the bytes.")
    pending = models.BooleanField(help_text="Its file has not arrived, or is not kept for this training yet.")
    writer = models.UUIDField()

    class Meta:
        constraints = [
            # What is shown at a place; reads steps and items of a series in order.
            models.UniqueConstraint(
                fields=["training_id", "series", "step", "index"],
                condition=models.Q(shown=True),
                name="media_item_shown",
            )
        ]
        indexes = [
            # Files that are waited for, the newest first: of one training, and of all.
            models.Index(fields=["training_id", "id"], name="media_item_pending", condition=models.Q(pending=True)),
            models.Index(fields=["id"], name="media_item_pending_all", condition=models.Q(pending=True)),
        ]

    def __str__(self) -> str:
        return f"item {self.id} of {self.training_id}"
