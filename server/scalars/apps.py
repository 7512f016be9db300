"""Registers the app with Django."""

from django.apps import AppConfig


class ScalarsConfig(AppConfig):
    name = "server.scalars"
    label = "scalars"
