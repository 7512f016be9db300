"""Uploads from outside: whole, resumed, damaged, cut short, repeated, too large; and nobody else's."""

import hashlib
import io
import os
from uuid import UUID

import pytest
from django.test import Client

from server.accounts.principal import Principal
from server.blobs import errors, selectors, services
from server.blobs.models import Upload
from tests.server.blobs.conftest import Sample, put, send

UPLOADS = "/api/v1/blobs/uploads"


@pytest.fixture
def small() -> Sample:
    return Sample(b"a checkpoint")


@pytest.fixture(scope="module")
def large() -> Sample:
    return Sample(os.urandom(services.PART_BYTES * 2 + 1234))


def start(client: Client, sample: Sample) -> dict:
    answer = client.post(UPLOADS, {"sha256": sample.sha256, "size": sample.size}, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()


def code(answer) -> str:
    return answer.json()["error"]["code"]


def test_bytes_sent_in_parts_are_stored_under_their_digest(as_ada: Client, ada: Principal, large: Sample) -> None:
    assert send(as_ada, large)["complete"] is True
    assert selectors.stat(sha256=large.sha256) == selectors.BlobInfo(large.sha256, large.size)
    assert selectors.possesses(user_id=ada.user_id, sha256=large.sha256)
    with services.open(sha256=large.sha256) as stream:
        assert b"".join(stream) == large.data


def test_an_upload_goes_on_where_it_stopped(as_ada: Client, large: Sample) -> None:
    first = start(as_ada, large)
    step = first["part_size"]
    assert put(as_ada, first["id"], 2, large.data[step : 2 * step]).status_code == 204
    again = start(as_ada, large)
    assert again == {"id": first["id"], "part_size": step, "received": [2], "complete": False}
    assert as_ada.get(f"{UPLOADS}/{first['id']}").json() == again
    answer = as_ada.post(f"{UPLOADS}/{first['id']}/complete")
    assert (answer.status_code, code(answer)) == (409, "blobs.incomplete")
    assert answer.json()["error"]["details"]["missing"] == [1, 3]
    put(as_ada, first["id"], 1, large.data[:step])
    put(as_ada, first["id"], 3, large.data[2 * step :])
    assert as_ada.post(f"{UPLOADS}/{first['id']}/complete").json()["complete"] is True


def test_completing_twice_gives_the_same_success(as_ada: Client, small: Sample) -> None:
    upload = start(as_ada, small)
    put(as_ada, upload["id"], 1, small.data)
    first = as_ada.post(f"{UPLOADS}/{upload['id']}/complete")
    second = as_ada.post(f"{UPLOADS}/{upload['id']}/complete")
    assert first.status_code == second.status_code == 200
    assert second.json()["complete"] is True
    late = put(as_ada, upload["id"], 1, small.data)
    assert (late.status_code, code(late)) == (409, "blobs.completed")


def test_no_bytes_are_bytes_too(as_ada: Client) -> None:
    empty = Sample(b"")
    assert send(as_ada, empty)["complete"] is True
    with services.open(sha256=empty.sha256) as stream:
        assert list(stream) == []


def test_who_has_sent_the_bytes_needs_not_send_them_again(as_ada: Client, small: Sample) -> None:
    send(as_ada, small)
    assert start(as_ada, small) == {"id": None, "part_size": services.PART_BYTES, "received": [], "complete": True}


def test_knowing_a_hash_gives_nothing(as_ada: Client, as_bob: Client, bob: Principal, small: Sample) -> None:
    send(as_ada, small)
    assert start(as_bob, small)["complete"] is False
    assert not selectors.possesses(user_id=bob.user_id, sha256=small.sha256)


def test_the_same_bytes_of_two_users_are_stored_once(
    as_ada: Client, as_bob: Client, bob: Principal, small: Sample, tmp_path
) -> None:
    send(as_ada, small)
    send(as_bob, small)
    assert selectors.possesses(user_id=bob.user_id, sha256=small.sha256)
    files = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert [path.name.partition(".")[0] for path in files] == [small.sha256]


def test_the_digest_may_be_told_at_the_end(as_ada: Client, ada: Principal, small: Sample) -> None:
    name = Sample(b"whatever finds it again")
    upload = as_ada.post(UPLOADS, {"sha256": name.sha256, "size": small.size}, content_type="application/json").json()
    put(as_ada, upload["id"], 1, small.data)
    address = f"{UPLOADS}/{upload['id']}/complete"
    for told, expected in (("", "blobs.digest_mismatch"), (f"?sha256={'0' * 64}", "blobs.digest_mismatch")):
        answer = as_ada.post(address + told)
        assert (answer.status_code, code(answer)) == (400, expected)
    assert code(as_ada.post(f"{address}?sha256=ABC")) == "blobs.bad_sha256"
    assert as_ada.post(f"{address}?sha256={small.sha256}").json()["complete"] is True
    assert selectors.possesses(user_id=ada.user_id, sha256=small.sha256)
    assert selectors.stat(sha256=name.sha256) is None
    with services.open(sha256=small.sha256) as stream:
        assert b"".join(stream) == small.data


def test_whether_bytes_are_known_starts_nothing(as_ada: Client, as_bob: Client, small: Sample) -> None:
    about = {"sha256": small.sha256, "size": small.size}
    assert as_ada.get(UPLOADS, about).json() == {"complete": False}
    assert not Upload.objects.exists()
    send(as_ada, small)
    assert as_ada.get(UPLOADS, about).json() == {"complete": True}
    assert as_bob.get(UPLOADS, about).json() == {"complete": False}
    assert Client().get(UPLOADS, about).status_code == 401


def test_a_part_that_is_replaced_after_it_was_hashed_does_not_slip_in(as_ada: Client, large: Sample) -> None:
    upload = start(as_ada, large)
    step = upload["part_size"]
    for number in (1, 2, 3):
        put(as_ada, upload["id"], number, large.data[(number - 1) * step : number * step])
    put(as_ada, upload["id"], 2, bytes(step))
    answer = as_ada.post(f"{UPLOADS}/{upload['id']}/complete")
    assert (answer.status_code, code(answer)) == (400, "blobs.digest_mismatch")
    put(as_ada, upload["id"], 2, large.data[step : 2 * step])
    assert as_ada.post(f"{UPLOADS}/{upload['id']}/complete").json()["complete"] is True


def test_wrong_bytes_are_refused_and_can_be_replaced(as_ada: Client, small: Sample) -> None:
    upload = start(as_ada, small)
    wrong = small.data[::-1]
    put(as_ada, upload["id"], 1, wrong)
    answer = as_ada.post(f"{UPLOADS}/{upload['id']}/complete")
    assert (answer.status_code, code(answer)) == (400, "blobs.digest_mismatch")
    assert answer.json()["error"]["details"]["parts"] == {"1": hashlib.sha256(wrong).hexdigest()}
    assert selectors.stat(sha256=small.sha256) is None
    put(as_ada, upload["id"], 1, small.data)
    assert as_ada.post(f"{UPLOADS}/{upload['id']}/complete").json()["complete"] is True


def test_a_damaged_part_is_noticed_at_once(as_ada: Client, small: Sample) -> None:
    upload = start(as_ada, small)
    answer = put(as_ada, upload["id"], 1, small.data[::-1], **{"X-Content-SHA256": small.sha256})
    assert (answer.status_code, code(answer)) == (400, "blobs.digest_mismatch")
    assert start(as_ada, small)["received"] == []
    assert put(as_ada, upload["id"], 1, small.data, **{"X-Content-SHA256": small.sha256}).status_code == 204


@pytest.mark.parametrize(
    ("number", "data"), [(0, b"a checkpoint"), (2, b"a checkpoint"), (1, b"short"), (1, b"x" * 99)]
)
def test_a_part_of_wrong_number_or_length_is_refused(as_ada: Client, small: Sample, number: int, data: bytes) -> None:
    upload = start(as_ada, small)
    answer = put(as_ada, upload["id"], number, data)
    assert (answer.status_code, code(answer)) == (400, "blobs.bad_part")


def test_a_connection_that_breaks_leaves_no_part(as_ada: Client, ada: Principal, small: Sample) -> None:
    upload = start(as_ada, small)
    with pytest.raises(errors.CutShort):
        services.write_part(
            actor=ada,
            upload_id=UUID(upload["id"]),
            number=1,
            stream=io.BytesIO(small.data[:4]),
            length=small.size,
        )
    assert start(as_ada, small)["received"] == []


@pytest.mark.parametrize("sha256", ["", "abc", "G" * 64, "A" * 64])
def test_a_bad_digest_is_refused(as_ada: Client, sha256: str) -> None:
    answer = as_ada.post(UPLOADS, {"sha256": sha256, "size": 1}, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize("size", [-1, 1 << 70, "many", None, 1.5])
def test_a_bad_size_is_refused(as_ada: Client, small: Sample, size: object) -> None:
    answer = as_ada.post(UPLOADS, {"sha256": small.sha256, "size": size}, content_type="application/json")
    assert answer.status_code == 400


def test_more_than_the_limit_is_refused(as_ada: Client, small: Sample, settings) -> None:
    settings.BLOB_MAX_BYTES = 5
    answer = as_ada.post(UPLOADS, {"sha256": small.sha256, "size": 6}, content_type="application/json")
    assert (answer.status_code, code(answer)) == (413, "blobs.too_large")


def test_a_size_that_contradicts_the_stored_bytes_is_refused(as_ada: Client, small: Sample) -> None:
    send(as_ada, small)
    answer = as_ada.post(UPLOADS, {"sha256": small.sha256, "size": 7}, content_type="application/json")
    assert (answer.status_code, code(answer)) == (400, "blobs.bad_size")


def test_a_huge_upload_has_parts_that_s3_can_join(as_ada: Client) -> None:
    upload = (
        start(as_ada, Sample(b"x"))
        | as_ada.post(UPLOADS, {"sha256": "0" * 64, "size": 1 << 40}, content_type="application/json").json()
    )
    assert (1 << 40) / upload["part_size"] <= services.MAX_PARTS


def test_somebody_elses_upload_is_not_there(as_ada: Client, as_bob: Client, small: Sample) -> None:
    upload = start(as_ada, small)
    address = f"{UPLOADS}/{upload['id']}"
    assert as_bob.get(address).status_code == 404
    assert put(as_bob, upload["id"], 1, small.data).status_code == 404
    assert as_bob.post(f"{address}/complete").status_code == 404
    assert start(as_bob, small)["id"] != upload["id"]


def test_nobody_uploads_without_signing_in(client: Client, as_ada: Client, small: Sample) -> None:
    upload = start(as_ada, small)
    anonymous = Client()
    assert anonymous.post(UPLOADS, {}, content_type="application/json").status_code == 401
    assert anonymous.get(f"{UPLOADS}/{upload['id']}").status_code == 401
    assert put(anonymous, upload["id"], 1, small.data).status_code == 401
    assert anonymous.post(f"{UPLOADS}/{upload['id']}/complete").status_code == 401


def test_a_browser_needs_the_csrf_token(ada: Principal, small: Sample) -> None:
    from django.contrib.auth import get_user_model

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(get_user_model().objects.get(pk=ada.user_id))
    body = {"sha256": small.sha256, "size": small.size}
    assert strict.post(UPLOADS, body, content_type="application/json").status_code == 403
