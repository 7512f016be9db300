"""Opening a writer makes its training or continues one; repeating it changes nothing; only members write."""

import time
import uuid

import pytest

from server.accounts.principal import Role
from server.trainings.models import Training, TrainingWriter


def test_opening_makes_project_and_training(ada, api):
    opened = api(ada).open(project="digits", name="first", config={"lr": 0.1}, tags=["a", "b"], model="ResNet")
    assert opened["watermark"] == 0
    assert opened["training"]["number"] >= 1
    whole = api(ada).get(f"/api/v1/trainings/{opened['training']['id']}").json()
    assert whole["project"]["path"] == "ada/digits"
    assert (whole["name"], whole["model"], whole["status"], whole["tags"]) == ("first", "ResNet", "running", ["a", "b"])
    assert whole["config"] == {"lr": 0.1}
    assert api(ada).get(f"/api/v1/trainings/{whole['number']}").json()["id"] == whole["id"]


def test_the_same_opening_twice_is_one_training(ada, api):
    writer, training = uuid.uuid4(), str(uuid.uuid4())
    first = api(ada).open(writer=writer, training=training)
    again = api(ada).open(writer=writer, training=training)
    assert first["training"] == again["training"]
    assert Training.objects.count() == TrainingWriter.objects.count() == 1


def test_another_writer_of_the_same_training_joins_it(ada, api):
    training = str(uuid.uuid4())
    numbers = {api(ada).open(training=training, rank=rank)["training"]["number"] for rank in range(3)}
    assert len(numbers) == 1
    whole = api(ada).get(f"/api/v1/trainings/{training}").json()
    assert sorted(writer["rank"] for writer in whole["writers"]) == [0, 1, 2]


def test_resume_never_refuses_a_known_training_but_not_its_other_ranks(ada, api):
    training = str(uuid.uuid4())
    api(ada).open(training=training, resume="never", rank=1)
    api(ada).open(training=training, resume="never", rank=0)
    body = {"training": training, "resume": "never", "rank": 0}
    refused = api(ada).send("put", f"writers/{uuid.uuid4()}", body)
    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "trainings.exists"


def test_resume_must_needs_a_known_training(ada, api):
    refused = api(ada).send("put", f"writers/{uuid.uuid4()}", {"training": str(uuid.uuid4()), "resume": "must"})
    assert refused.status_code == 404
    assert refused.json()["error"]["code"] == "trainings.nothing_to_resume"


@pytest.mark.parametrize("form", ["id", "number", "int"])
def test_continuing_by_id_or_number(ada, api, form):
    first = api(ada).open(project="p", config={"a": 1, "deep": {"x": 1}}, session_text="max_epochs: 3")["training"]
    ref = {"id": first["id"], "number": str(first["number"]), "int": first["number"]}[form]
    second = api(ada).open(continue_training=ref, config={"deep": {"y": 2}})
    assert second["training"]["id"] == first["id"]
    whole = api(ada).get(f"/api/v1/trainings/{first['id']}").json()
    assert whole["config"] == {"a": 1, "deep": {"x": 1, "y": 2}}
    assert whole["session_text"] == "max_epochs: 3"


def test_a_resume_without_config_blanks_nothing(ada, api):
    first = api(ada).open(config={"max_iters": 8}, session_text="text", notes="n", model="M", host="h")["training"]
    api(ada).open(training=first["id"])
    whole = api(ada).get(f"/api/v1/trainings/{first['id']}").json()
    assert (whole["config"], whole["session_text"], whole["notes"]) == ({"max_iters": 8}, "text", "n")
    assert (whole["model"], whole["host"], whole["progress"]["total"]) == ("M", "h", 8)


def test_overwrite_last_training_takes_the_newest_of_the_name(ada, api):
    api(ada).open(project="p", name="run")
    second = api(ada).open(project="p", name="run")
    api(ada).open(project="p", name="other")
    third = api(ada).open(project="p", name="run", overwrite_last_training=True)
    assert third["training"]["id"] == second["training"]["id"]
    fresh = api(ada).open(project="q", name="run", overwrite_last_training=True)
    assert fresh["training"]["id"] != second["training"]["id"]


def test_a_resume_makes_an_ended_training_run_again(ada, api, emit):
    opened = api(ada).open()
    emit(opened, {"type": "finish", "status": "crashed", "reason": "boom", "exit_code": 1})
    ref = opened["training"]["id"]
    assert api(ada).get(f"/api/v1/trainings/{ref}").json()["reason"] == "boom"
    api(ada).open(training=ref, time=time.time() + 1)
    whole = api(ada).get(f"/api/v1/trainings/{ref}").json()
    assert (whole["status"], whole["reason"], whole["exit_code"], whole["finished_at"]) == ("running", "", None, None)


def test_somebody_elses_training_is_not_found(ada, bob, api):
    training = api(ada).open()["training"]
    for body in (
        {"training": training["id"]},
        {"training": str(uuid.uuid4()), "continue_training": training["number"]},
    ):
        refused = api(bob).send("put", f"writers/{uuid.uuid4()}", body)
        assert refused.status_code == 404
        assert refused.json()["error"]["code"] == "trainings.no_such_training"


def test_somebody_elses_writer_is_not_found(ada, bob, api):
    opened = api(ada).open()
    refused = api(bob).send("put", f"writers/{opened['writer']}", {"training": opened["training"]["id"]})
    assert refused.status_code == 404


def test_a_viewer_may_not_log(ada, carol, api, share):
    training = api(ada).open(project="p")["training"]
    share("p", carol, Role.VIEWER)
    for body in ({"training": training["id"]}, {"training": str(uuid.uuid4()), "project": "ada/p"}):
        refused = api(carol).send("put", f"writers/{uuid.uuid4()}", body)
        assert refused.status_code == 403
        assert refused.json()["error"]["code"] == "trainings.read_only"


def test_a_plain_project_name_means_mine_then_the_one_i_am_in_then_a_new_one(ada, bob, carol, api, share):
    api(ada).open(project="p")
    share("p", carol, Role.MEMBER)
    assert api(carol).open(project="p")["training"]["project"] == "p"
    assert [row["project"]["owner"] for row in api(carol).table()] == ["ada", "ada"]
    api(bob).open(project="p")
    assert {row["project"]["owner"] for row in api(bob).table()} == {"bob"}
    refused = api(bob).send("put", f"writers/{uuid.uuid4()}", {"training": str(uuid.uuid4()), "project": "ada/p"})
    assert refused.status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"training": "x"},
        {"training": 7},
        {"training": str(uuid.uuid4()), "protocol": 99},
        {"training": str(uuid.uuid4()), "project": "a/b/c" * 100},
        {"training": str(uuid.uuid4()), "project": "bad\nname"},
    ],
)
def test_openings_that_make_no_sense_are_refused(ada, api, body):
    refused = api(ada).send("put", f"writers/{uuid.uuid4()}", body)
    assert refused.status_code in (400, 404)
    assert refused.json()["error"]["message"]


def test_what_does_not_fit_is_left_out(ada, api):
    opened = api(ada).open(
        name="nul\0 and \ud800 half",
        tags=["x", "x", 7, "", None],
        config={"bad": "\0", "nan": "NaN", "deep": {"list": [1, {"a": 2}]}, "big": 10**40},
        rank="0",
        world_size="many",
        pid=10**30,
        time=float(10**20),
        notes=[1],
        session_text=9,
    )
    whole = api(ada).get(f"/api/v1/trainings/{opened['training']['id']}").json()
    assert whole["name"] == "nul and ? half"
    assert whole["tags"] == ["7", "None", "x"]
    assert whole["config"]["bad"] == ""
    assert whole["session_text"] is None


def test_a_compare_is_joined_and_a_missing_one_is_a_warning(ada, bob, api):
    number = api(ada).send("post", "compares", {"name": "c"}).json()["number"]
    opened = api(ada).open(compare=str(number))
    assert opened["warnings"] == []
    members = api(ada).get(f"/api/v1/compares/{number}").json()["trainings"]
    assert [member["id"] for member in members] == [opened["training"]["id"]]
    assert "did not join" in api(bob).open(compare=number)["warnings"][0]
    assert "did not join" in api(ada).open(compare="nonsense")["warnings"][0]


def test_anonymous_callers_are_refused(db, api):
    assert api(None).send("put", f"writers/{uuid.uuid4()}", {"training": str(uuid.uuid4())}).status_code == 401
