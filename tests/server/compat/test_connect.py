"""Connecting as the client of 2018 does: who may, what it answers, what the training knows afterwards."""

import json
from collections.abc import Callable

import pytest

from server.accounts import services as accounts
from server.accounts.principal import Principal, Role
from server.accounts.sessions import MAX_FAILURES
from server.compat.models import Instance
from server.trainings.models import Project
from server.trainings.services import projects
from tests.server.compat.conftest import PASSWORD, OldClient, Reader

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/log", "/log/"])
def test_answers_200_and_a_bare_id(ada: Principal, path: str) -> None:
    answer = OldClient(path).connect()
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    text = answer.content.decode()
    assert len(text) >= 32
    assert text == text.strip()
    assert not set(text) & set("\"'{} ")
    assert "Location" not in answer
    assert not answer.cookies


def test_ids_differ_and_are_not_kept(old: OldClient, ada: Principal) -> None:
    ids = {old.connect().content.decode() for _ in range(3)}
    assert len(ids) == 3
    assert not ids & set(Instance.objects.values_list("sha256", flat=True))


def test_everything_said_is_stored(instance: str, reader: Reader) -> None:
    training = reader.training()
    assert training["name"] == "resnet50"
    assert training["model"] == "ResNet"
    assert training["host"] == "gpu-1"
    assert training["status"] == "running"
    assert training["project"]["name"] == "default"
    assert training["session_text"] == "total_epochs = 12\n"
    assert training["config"]["work_dir"] == "/home/ada/work_dirs/resnet50"
    assert training["environment"]["model_text"] == "Conv2d"
    assert training["environment"]["user"] == "ada"


def test_bare_message_is_enough(old: OldClient, ada: Principal, reader: Reader) -> None:
    answer = old.send({"username": "ada", "password": PASSWORD})
    assert answer.status_code == 200
    assert reader.training()["session_text"] is None


def test_token_in_place_of_a_password(
    old: OldClient, ada: Principal, bob: Principal, token: Callable[[Principal], str]
) -> None:
    assert old.connect(password=token(ada)).status_code == 200
    assert old.connect(username="bob", password=token(ada)).status_code == 401


@pytest.mark.parametrize(
    ("username", "password"), [("ada", "wrong"), ("nobody", PASSWORD), ("", ""), ("ada", ""), ("ada\0", "pavi_x")]
)
def test_wrong_login(old: OldClient, ada: Principal, username: str, password: str) -> None:
    answer = old.connect(username=username, password=password)
    assert answer.status_code == 401
    assert "wrong" in answer.json()["error"]["message"]
    assert not Instance.objects.exists()


def test_guessing_is_slowed_down_together_with_the_browsers_login(old: OldClient, ada: Principal) -> None:
    for _ in range(MAX_FAILURES):
        assert old.connect(password="guess").status_code == 401
    assert old.connect().status_code == 429
    csrf = OldClient()
    csrf.get("/api/v1/me")
    body = json.dumps({"username": "ada", "password": PASSWORD})
    header = csrf.cookies["pavi_csrf"].value
    answer = csrf.post("/api/v1/login", body, content_type="application/json", HTTP_X_CSRFTOKEN=header)
    assert answer.status_code == 429


def test_password_is_told_to_nobody(old: OldClient, ada: Principal, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        answers = [old.connect(), old.connect(password="a-wrong-secret"), old.connect(password=PASSWORD, work_dir={})]
    said = caplog.text + "".join(answer.content.decode() for answer in answers)
    assert PASSWORD not in said
    assert "a-wrong-secret" not in said


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"text"', b"{}", b"\xff\xfe", b"[" * 100_000, b'{"time": 1}'],
    ids=["empty", "cut", "list", "null", "text", "object", "binary", "deep", "neither"],
)
def test_other_bodies_are_refused(old: OldClient, ada: Principal, body: bytes) -> None:
    answer = old.send(body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "compat.bad_message"


def test_other_methods_are_refused(old: OldClient) -> None:
    for method in ("get", "put", "delete", "head"):
        assert getattr(old, method)("/log").status_code == 405


def test_huge_body_is_refused(old: OldClient, ada: Principal) -> None:
    answer = old.connect(session_text="x" * (3 * 1024 * 1024))
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "compat.too_large"


def test_large_config_is_stored(old: OldClient, ada: Principal, reader: Reader) -> None:
    text = "é" * 200_000
    assert old.connect(session_text=text, model_text="layer\n" * 100_000).status_code == 200
    assert reader.training()["session_text"] == text


def test_strange_values_are_survived(old: OldClient, ada: Principal, reader: Reader) -> None:
    answer = old.connect(model=5, work_dir=None, device=["x"], session_text="a\0b", time="soon", model_text="\ud800")
    assert answer.status_code == 200
    assert reader.training()["model"] == "5"


def test_project_in_the_address(ada: Principal, bob: Principal, reader: Reader) -> None:
    assert OldClient("/log?project=bignas").connect().status_code == 200
    assert reader.training()["project"]["name"] == "bignas"
    assert OldClient("/log?project=ada/bignas").connect(username="bob", password="battery staple").status_code == 404


def test_viewer_of_a_project_may_not_log_there(ada: Principal, bob: Principal) -> None:
    project = projects.create_project(actor=ada, name="shared")
    accounts.grant(scope=project.id, username="bob", role=Role.VIEWER, actor=ada)
    answer = OldClient("/log?project=ada/shared").connect(username="bob", password="battery staple")
    assert answer.status_code == 403


def test_reconnect_goes_on_and_blanks_nothing(old: OldClient, instance: str, reader: Reader) -> None:
    before = reader.training()
    old.log(instance, "train", 10, {"loss": 1.0})
    again = old.connect(instance_id=instance, session_text="", model_text=None, session_file=None)
    assert again.status_code == 200
    assert again.content.decode() == instance
    old.log(instance, "train", 20, {"loss": 0.5})
    after = reader.training()
    assert after["id"] == before["id"]
    assert after["session_text"] == before["session_text"]
    assert after["config"] == before["config"]
    assert reader.points() == {"train/loss": [(10, 1.0), (20, 0.5)]}


def test_reconnect_of_a_stranger(old: OldClient, instance: str, bob: Principal) -> None:
    answer = old.connect(username="bob", password="battery staple", instance_id=instance)
    assert answer.status_code == 404
    assert Instance.objects.get().user_id != bob.user_id


def test_reconnect_to_nothing(old: OldClient, ada: Principal) -> None:
    answer = old.connect(instance_id="0" * 43)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "compat.unknown_instance"
    assert not Project.objects.exists()
