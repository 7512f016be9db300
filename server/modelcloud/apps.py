"""Registers the app with Django."""

from django.apps import AppConfig


class ModelCloudConfig(AppConfig):
    name = "server.modelcloud"
    label = "modelcloud"
