"""The Celery application and its timetable. Tasks live in the apps; they carry ids, the database holds the truth."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "server.config.settings")

app = Celery("pavi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "compact": {"task": "scalars.compact_due", "schedule": 2.0, "options": {"expires": 2}},
    "hold-snapshots": {"task": "trainings.hold_snapshots", "schedule": 60.0, "options": {"expires": 60}},
    "hold-media": {"task": "media.hold_files", "schedule": 60.0, "options": {"expires": 60}},
    "purge-trash": {"task": "trainings.purge_trash", "schedule": 86_400.0, "options": {"expires": 3600}},
    "purge-models": {"task": "modelcloud.purge_trash", "schedule": 86_400.0, "options": {"expires": 3600}},
    "collect-garbage": {"task": "blobs.collect_garbage", "schedule": 3600.0, "options": {"expires": 3600}},
}
