"""Registers the app with Django."""

from django.apps import AppConfig


class BlobsConfig(AppConfig):
    name = "server.blobs"
    label = "blobs"
