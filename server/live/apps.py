"""Registers the app with Django, and its broadcaster with the series store."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "server.live"
    label = "live"

    def ready(self) -> None:
        """Costs nothing until the first batch is stored: threads and connections start then."""
        from server.live.broadcast import Broadcaster
        from server.scalars import listeners

        listeners.register(Broadcaster())
