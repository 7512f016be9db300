"""The trainings table at its bar: 10,000 trainings × 200 config keys × 200 metrics, through the HTTP view.

The rows are written by SQL, because logging them would measure something else; the requests are real ones
(authentication, filter, database, JSON), in one process without a network.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from typing import Any

TRAININGS = 1_000 if os.environ.get("BENCH_QUICK") else 10_000
KEYS = METRICS = 200
REPEATS = 15

REQUESTS: dict[str, dict[str, Any]] = {
    "first_page": {},
    "sort": {"order_by": '-metrics["val/metric_7"].max'},
    "filter": {
        "where": 'metrics["val/metric_3"].max > 0.9 and config.key_5 <= 500 and status == "finished" and "even" in tags'
    },
    "first_page_with_columns": {
        "column": [f"config.key_{index}" for index in range(10)] + [f'metrics["val/metric_{i}"].max' for i in range(10)]
    },
    "sort_by_config": {"order_by": "config.key_9"},
    "sort_by_config_text": {"order_by": "-config.key_11"},
    "sort_by_duration": {"order_by": "-duration"},
    "sort_by_status": {"order_by": "status"},
    "sort_by_rare_metric": {"order_by": '-metrics["val/rare"].last'},
    "filter_regex": {"where": 'name =~ "9[0-9]7$" and not config.key_11 =~ "^7"'},
    "filter_nothing": {"where": 'metrics["val/metric_3"].max > 2'},
    "filter_and_sort": {"where": "config.key_5 <= 500", "order_by": '-metrics["val/metric_7"].last'},
    "lost": {"where": 'status == "lost" or user == "nobody"'},
}


def run(database_url: str) -> dict[str, Any]:
    """Fills a fresh database and measures; samples in milliseconds by request. ``first_page``, ``sort`` and
    ``filter`` are the bar's, the rest shows that no other request is worse."""
    with tempfile.TemporaryDirectory(prefix="pavi-bench-table-") as folder:
        environment = {**os.environ, "PAVI_DATABASE": database_url, "PAVI_DATA_DIR": folder}
        command = [sys.executable, "-m", "bench.table"]
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _measure() -> dict[str, Any]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "server.config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    headers = {"HTTP_AUTHORIZATION": f"Bearer {_fill()}"}
    answer: dict[str, Any] = {"trainings": TRAININGS, "fill_s": round(time.perf_counter() - began, 1)}
    from django.test import Client

    client = Client()
    for name, params in REQUESTS.items():
        answer[name] = {"samples": [], "n": REPEATS}
        page: dict[str, Any] = {}
        for index in range(REPEATS + 1):
            before = time.perf_counter()
            response = client.get("/api/v1/trainings", params, **headers)
            elapsed = (time.perf_counter() - before) * 1000
            if response.status_code != 200:
                raise RuntimeError(f"{name}: {response.content!r}")
            page = response.json()
            if index:  # the first is the warm-up
                answer[name]["samples"].append(round(elapsed, 2))
        answer[name]["rows"] = len(page["items"])
        if page["next"]:
            before = time.perf_counter()
            client.get("/api/v1/trainings", {**params, "cursor": page["next"]}, **headers)
            answer[name]["second_page_ms"] = round((time.perf_counter() - before) * 1000, 2)
    return answer


def _fill() -> str:
    """Makes a user, a project, and everything in it; returns a token."""
    from datetime import timedelta

    from django.db import connection, transaction
    from django.utils import timezone

    from server.accounts import services as accounts
    from server.common.ids import new_uuid
    from server.trainings.models import Training, TrainingDetails, TrainingTag
    from server.trainings.services import projects

    user = accounts.create_user(username="bench", password="a long enough one")
    project = projects.create_project(actor=user, name="bench")
    now = timezone.now()
    with transaction.atomic():
        trainings = [
            Training(
                id=new_uuid(),
                number=index + 1,
                project=project,
                owner_id=user.user_id,
                name=f"run-{index:05d}",
                status=("running", "finished", "crashed")[index % 3],
                created_at=now - timedelta(seconds=TRAININGS - index),
                started_at=now - timedelta(seconds=TRAININGS - index),
                resumed_at=now - timedelta(seconds=TRAININGS - index),
                heartbeat_at=now - timedelta(seconds=index % 7),
                finished_at=now - timedelta(seconds=index % 1000) if index % 3 else None,
            )
            for index in range(TRAININGS)
        ]
        Training.objects.bulk_create(trainings, batch_size=500)
        config = {f"key_{index}": index for index in range(KEYS)}
        TrainingDetails.objects.bulk_create(
            [TrainingDetails(training=training, config=config) for training in trainings], batch_size=500
        )
        TrainingTag.objects.bulk_create(
            [
                TrainingTag(training=training, name=("even", "odd")[index % 2])
                for index, training in enumerate(trainings)
            ],
            batch_size=500,
        )
    with connection.cursor() as cursor:
        for statement in _statements():
            cursor.execute(statement)
    return accounts.create_token(user_id=user.user_id, name="bench").raw


def _statements() -> list[str]:
    counter = "WITH RECURSIVE k(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM k WHERE i < {last})"
    scrambled = "((t.number * 7919 + k.i * 104729) % 1000)"
    return [
        f"""INSERT INTO trainings_entry (training_id, key, project_id, number, text)
        {counter.format(last=KEYS - 1)}
        SELECT t.id, 'config.key_' || k.i, t.project_id,
               CASE WHEN k.i = 11 THEN NULL ELSE {scrambled} END,
               CASE WHEN k.i = 11 THEN CAST({scrambled} AS text) END
        FROM trainings_training t, k""",
        f"""INSERT INTO scalars_tag (name)
        {counter.format(last=METRICS)}
        SELECT CASE WHEN k.i = {METRICS} THEN 'val/rare' ELSE 'val/metric_' || k.i END FROM k""",
        f"""INSERT INTO scalars_series (training_id, id, scope, tag_id, rank, reduce, count, first_step, last_step,
            first_time, last_time, last_value, min_value, max_value, reduced_from)
        {counter.format(last=METRICS)}
        SELECT t.id, k.i + 1, t.project_id, g.id, -1, '', 1000, 0, 999, 0, 1,
               {scrambled} / 1000.0, 0, {scrambled} / 1000.0, 0
        FROM trainings_training t, k, scalars_tag g
        WHERE g.name = CASE WHEN k.i = {METRICS} THEN 'val/rare' ELSE 'val/metric_' || k.i END
          AND (k.i < {METRICS} OR t.number % 100 = 0)""",
        "ANALYZE",
    ]


if __name__ == "__main__":
    print(json.dumps(_measure()))
