"""Registers the app with Django, and with trainings what it needs of them."""

from django.apps import AppConfig


class ModelCloudConfig(AppConfig):
    name = "server.modelcloud"
    label = "modelcloud"

    def ready(self) -> None:
        from server.modelcloud.selectors import uses
        from server.trainings import extensions

        extensions.register_snapshot_use(self.label, uses.snapshots_in_use)
        extensions.register_project_content(self.label, uses.project_content)
