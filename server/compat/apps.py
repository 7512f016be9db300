"""Registers the app with Django."""

from django.apps import AppConfig


class CompatConfig(AppConfig):
    name = "server.compat"
    label = "compat"
