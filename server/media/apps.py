"""Registers the app with Django, and media events with trainings."""

from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "server.media"
    label = "media"

    def ready(self) -> None:
        from server.media import kinds, services
        from server.trainings import extensions

        extensions.register(
            self.label,
            extensions.Extension(
                checks={"media": kinds.check_event},
                apply=services.apply,
                on_purge=services.purge,
                also=frozenset({"rewind"}),
            ),
        )
