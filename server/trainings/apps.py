"""Registers the app with Django, and its gate with the series store."""

from django.apps import AppConfig


class TrainingsConfig(AppConfig):
    name = "server.trainings"
    label = "trainings"

    def ready(self) -> None:
        from server.scalars import gate
        from server.trainings.filters import regex  # noqa: F401  # its function must be there when SQLite connects
        from server.trainings.gating import TrainingsGate

        gate.register(TrainingsGate())
