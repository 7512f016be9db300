"""Tables of blobs: what is stored, who holds it, who has proved to have it, and uploads under way."""

import uuid

from django.conf import settings
from django.db import models

SHA256_DIGITS = 64


class Blob(models.Model):
    """Stored bytes. The row is the truth; ``key`` says where the storage keeps them.

    Every publication writes under a key of its own, so a collector that deletes the key of a row it has removed can
    never hit bytes that somebody uploads again at the same moment.
    """

    sha256 = models.CharField(max_length=SHA256_DIGITS, primary_key=True)
    size = models.BigIntegerField()
    key = models.CharField(max_length=100, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Collection looks for the oldest rows first. Every upload, proof of possession and hold moves this forward.
    fresh_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(size__gte=0), name="blob_size")]

    def __str__(self) -> str:
        return f"{self.sha256[:12]}… ({self.size} bytes)"


class Hold(models.Model):
    """Keeps a blob from collection, under the name of who needs it (``snapshot:<id>``)."""

    id = models.BigAutoField(primary_key=True)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="holds")
    holder = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["blob", "holder"], name="hold_once")]

    def __str__(self) -> str:
        return f"{self.holder} holds {self.blob_id[:12]}…"


class Possession(models.Model):
    """A user has sent these very bytes. Knowing a hash is not having the bytes, so only this opens them to a user."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    blob = models.ForeignKey(Blob, on_delete=models.CASCADE, related_name="possessions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "blob"], name="possession_once")]

    def __str__(self) -> str:
        return f"user {self.user_id} has {self.blob_id[:12]}…"


class Upload(models.Model):
    """Bytes on their way in. Stays for a while after completion, so that a lost answer can be asked for again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    sha256 = models.CharField(max_length=SHA256_DIGITS)
    size = models.BigIntegerField()
    part_size = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    # Joining many gigabytes takes longer than clients wait: who asks again meanwhile must not start it twice.
    joining_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # Who starts the same upload again gets the open one back.
            models.UniqueConstraint(
                fields=["user", "sha256", "size"], condition=models.Q(completed_at=None), name="upload_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"upload {self.id} of {self.sha256[:12]}…"


class Part(models.Model):
    """A part that is safely in the storage. Numbers count from 1, as in S3."""

    id = models.BigAutoField(primary_key=True)
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="parts")
    number = models.IntegerField()
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=SHA256_DIGITS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="part_once")]

    def __str__(self) -> str:
        return f"part {self.number} of {self.upload_id}"
