"""The committed description is the one that the code makes, complete, and shown without the internet."""

import re
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

ROOT = Path(__file__).resolve().parents[2]
PROMISED = """
audit blobs/small blobs/uploads blobs/uploads/{} blobs/uploads/{}/complete blobs/uploads/{}/parts/{} compares
compares/{} compares/{}/trainings compares/{}/trainings/{} ingest/{} ingest/{}/{} login logout me modelcloud/aliases
modelcloud/file modelcloud/files modelcloud/history modelcloud/move modelcloud/node modelcloud/nodes
modelcloud/nodes/{} modelcloud/nodes/{}/restore modelcloud/promote modelcloud/quota modelcloud/tensors
modelcloud/trash modelcloud/versions modelcloud/versions/{} projects projects/{} projects/{}/members
projects/{}/members/{} projects/{}/snapshots/rules scalars/checksums scalars/export scalars/latest scalars/points
scalars/query scalars/series tokens tokens/{} trainings trainings/{} trainings/{}/console trainings/{}/media
trainings/{}/media/items trainings/{}/media/steps trainings/{}/media/{}/file trainings/{}/media/{}/thumbnail
trainings/{}/restore trainings/{}/snapshots trainings/{}/snapshots/rules trainings/{}/snapshots/{}
trainings/{}/snapshots/{}/file writers/{}
"""


def test_the_committed_file_is_current(tmp_path):
    made = tmp_path / "openapi.yaml"
    call_command("spectacular", file=str(made), validate=True, fail_on_warn=True)
    assert made.read_text() == (ROOT / "docs" / "openapi.yaml").read_text(), "run `make openapi`"


def test_it_describes_every_promised_route_and_their_errors():
    document = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())
    assert document["openapi"].startswith("3.1")
    paths = {
        re.sub(r"\{[^}]*\}", "{}", path).removeprefix("/api/v1/"): item for path, item in document["paths"].items()
    }
    assert sorted(paths) == sorted(PROMISED.split())
    for path, item in paths.items():
        for method, operation in item.items():
            assert "4XX" in operation["responses"], (method, path)
            assert operation.get("summary") or operation.get("description"), (method, path)


def test_schema_and_docs_are_served_to_anybody_from_here_alone():
    client = Client()
    schema = client.get("/api/v1/schema")
    assert schema.status_code == 200
    docs = client.get("/api/v1/docs")
    assert docs.status_code == 200
    sources = re.findall(r'(?:src|href)="([^"]+)"', docs.content.decode())
    assert sources
    assert not [source for source in sources if "//" in source.removeprefix("http://testserver")]
    for source in sources:
        answer = client.get(source)
        assert answer.status_code == 200, source
        if answer.streaming:
            b"".join(answer)


@pytest.mark.parametrize("path", ["schema", "docs"])
def test_descriptions_hold_no_data_and_take_nothing(path):
    assert Client().post(f"/api/v1/{path}").status_code == 405
