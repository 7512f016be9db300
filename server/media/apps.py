"""Registers the app with Django."""

from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "server.media"
    label = "media"
