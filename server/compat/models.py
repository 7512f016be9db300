"""Tables of the 2018 protocol: who is connected, and which of their messages were carried out."""

from django.conf import settings
from django.db import models


class Instance(models.Model):
    """One connection of a client of 2018. Its id is the only credential of later messages, so only its SHA-256 is
    kept; it is random and long, and needs no salt."""

    id = models.BigAutoField(primary_key=True)
    sha256 = models.CharField(max_length=64, unique=True)
    training = models.ForeignKey("trainings.Training", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    token_id = models.BigIntegerField(null=True, help_text="The token that it connected with; NULL: a password.")
    writer_id = models.UUIDField(help_text="Under which it logs; a new one each time it connects.")
    clock_ahead = models.FloatField(default=0.0, help_text="Seconds: its clock, read as UTC, minus the server's.")
    lines = models.BigIntegerField(default=0, help_text="Console lines so far.")
    connected_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"instance {self.id} of {self.training_id}"


class Message(models.Model):
    """A message that was carried out, by a digest of its content: the client sends the same again when it heard
    no answer."""

    id = models.BigAutoField(primary_key=True)
    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, related_name="+", db_index=False)
    digest = models.BinaryField(max_length=16)
    received_at = models.DateTimeField(db_index=True, help_text="Old ones are forgotten.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance", "digest"], name="compat_message_once")]

    def __str__(self) -> str:
        return f"message {self.id} of instance {self.instance_id}"
