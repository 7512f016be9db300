"""Files that lie, break off or try to run something: each is answered with what is wrong, and nothing of it runs."""

import io
import json
import os
import pickle
import re
import resource
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

from server.blobs.models import Blob
from server.modelcloud.formats import pickles, reading, safetensors
from server.modelcloud.formats.findings import BadFile
from server.modelcloud.formats.window import Window


def read(data: bytes, name: str = "x.pth") -> dict:
    return reading.read(Window(lambda start, stop: data[start:stop], len(data)), name).as_json()


def problem(data: bytes, name: str = "x.pth") -> str:
    with pytest.raises(BadFile) as caught:
        read(data, name)
    return str(caught.value)


def header(entries: object, body: bytes = b"") -> bytes:
    text = entries if isinstance(entries, bytes) else json.dumps(entries).encode()
    return len(text).to_bytes(8, "little") + text + body


def archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(f"archive/{name.replace('_', '.')}", data)
    return out.getvalue()


class Runs:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.command = f"touch {path}"

    def __reduce__(self):
        return os.system, (self.command,)


def test_a_pickle_that_runs_a_command_is_named_and_does_not_run(as_ada, tmp_path):
    evidence = tmp_path / "it ran"
    state = pickle.dumps({"state_dict": {"w": np.zeros(2)}, "x": Runs(evidence)})
    as_ada.put_file("zoo/evil.pth", state)
    as_ada.put_file("zoo/zipped.pth", archive(data_pkl=state))
    for path in ("zoo/evil.pth", "zoo/zipped.pth"):
        answer = as_ada.send("get", "tensors", path=path)
        assert {"name": "posix.system", "dangerous": True} in answer["globals"]
        assert answer["dangerous"]
        assert [tensor["name"] for tensor in answer["tensors"]] == ["state_dict.w"]
    assert not evidence.exists()


def test_a_pickle_that_breaks_off_after_its_harm_still_names_it(as_ada):
    as_ada.put_file("zoo/broken.pth", pickle.dumps(Runs(Path("/x")))[:-1] + b"\xff")
    given = as_ada.get("/api/v1/modelcloud/tensors?path=zoo/broken.pth")
    assert given.status_code == 422
    error = given.json()["error"]
    assert error["code"] == "modelcloud.unreadable"
    assert error["details"]["dangerous"]
    assert error["details"]["globals"] == [{"name": "posix.system", "dangerous": True}]


def test_names_that_are_worked_out_are_dangerous():
    # STACK_GLOBAL with a module that is the result of a call.
    worked_out = b"\x80\x04\x8c\x08builtins\x8c\x03str\x93\x8c\x02os\x85R\x8c\x06system\x93."
    answer = read(worked_out)
    assert {"name": "(worked out while unpickling)", "dangerous": True} in answer["globals"]


@pytest.mark.parametrize(
    "harmful",
    [
        "builtins.eval",
        "builtins.getattr",
        "torch.storage._load_from_bytes",
        "torch.load",
        "torch._utils._import",
        "os.x",
    ],
)
def test_what_could_do_harm_is_not_known(harmful):
    module, _, name = harmful.rpartition(".")
    answer = read(f"c{module}\n{name}\n.".encode())
    assert answer["globals"] == [{"name": harmful, "dangerous": True}]


def test_a_bomb_of_96_bytes_ends_at_once():
    """Lists of lists of lists: 2 ** 40 visits if every one were followed."""
    bomb = b"\x80\x04]\x94" + b"".join(b"]\x94(h%ch%ce" % (n, n) for n in range(8))
    bomb = (bomb + b".").ljust(96, b".")
    assert read(bomb)["tensors"] == []
    deep = b"\x80\x04" + b"]" + b"".join(b"\x94](h%ch%ce" % (n, n) for n in range(40)) + b"."
    answer = read(deep)
    assert answer["tensors"] == []
    assert answer["truncated"]


def test_nesting_without_end_is_no_recursion():
    assert read(b"\x80\x04" + b"]" * 100_000 + b"a" * 99_999 + b".")["tensors"] == []
    assert "more steps" in problem(b"\x80\x04" + b"N0" * (pickles.MAX_OPCODES // 2 + 1) + b"N.")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "neither"),
        (b"just a text, no checkpoint", "pickle"),
        (b"\x80", "pickle"),
        (b"\x80\x02", "neither|end"),
        (b"\x80\x02K", "middle|damaged|end"),
        (b"\x80\x02.", "damaged"),
        (b"\x80\x02h\x05.", "damaged"),
        (b"\x80\x02a.", "damaged"),
        (b"\x80\x02(R.", "mark|damaged"),
        (b"\x80\x04\x8e" + b"\xff" * 8 + b".", "middle|damaged"),
        (b"\x80\x02\x8b\xff\xff\xff\x7f.", "middle|damaged"),
        (b"\x80\x02I" + b"9" * 5_000 + b"\n.", "damaged"),
    ],
    ids=["empty", "text", "one", "two", "cut", "nothing", "memo", "append", "mark", "8EiB", "2GiB", "digits"],
)
def test_damaged_pickles(data, what):
    assert re.search(what, problem(data))


def test_a_zip_that_claims_ten_gibibytes_is_not_inflated():
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(64)) + packer.flush()
    name, size = b"archive/data.pkl", 10 << 30
    local = (
        struct.pack("<4s5H3L2H", b"PK\3\4", 45, 0, 8, 0, 0, 0, len(packed), 0xFFFFFFFF, len(name), 0) + name + packed
    )
    wide = struct.pack("<2HQ", 1, 8, size)
    entry = struct.pack(
        "<4s6H3L5H2L",
        *(b"PK\1\2", 45, 45, 0, 8, 0, 0, 0, len(packed), 0xFFFFFFFF, len(name), len(wide), 0, 0, 0, 0, 0),
    )
    directory = entry + name + wide
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(directory), len(local), 0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "longer than" in problem(local + directory + end)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 120 << 10  # KiB


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda data: data[: len(data) // 2], "no end"),
        (lambda data: data[:-22] + b"PK\5\6" + bytes(6) + b"\xff\xff" + b"\xff" * 8 + bytes(2), "claims|directory"),
        (lambda data: data.replace(b"PK\1\2", b"PK\1\3"), "damaged"),
        (lambda data: b"PK\3\4" + bytes(30), "no end"),
        (lambda data: data[:60] + b"\xff" * 8 + data[68:], "inflated|damaged|no end"),
    ],
    ids=["cut", "directory", "entries", "empty", "inside"],
)
def test_damaged_archives(change, what):
    data = archive(data_pkl=b"not a pickle")
    assert re.search(what, problem(change(data)))


def test_an_archive_that_names_an_entry_twice():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("a/data.pkl", b"N.")
        with pytest.warns(UserWarning, match="Duplicate"):
            file.writestr("a/data.pkl", pickle.dumps(Runs(Path("/x"))))
    assert "twice" in problem(out.getvalue())


def test_an_archive_of_other_things():
    assert "neither a torch checkpoint" in problem(archive(readme_txt=b"hello"))


GOOD = {"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ((10 << 30).to_bytes(8, "little") + b'{"a":' + bytes(83), "claims"),
        (header(GOOD), "outside the file"),
        (header(GOOD, bytes(5)), "belong to none"),
        (header({**GOOD, "b": {"dtype": "F32", "shape": [1], "data_offsets": [2, 6]}}, bytes(6)), "overlap"),
        (header({**GOOD, "b": {"dtype": "F32", "shape": [1], "data_offsets": [8, 12]}}, bytes(12)), "between"),
        (header(b'{"a":%b,"a":%b}' % (2 * (json.dumps(GOOD["a"]).encode(),)), bytes(4)), "twice"),
        (header({"a": {**GOOD["a"], "shape": [2]}}, bytes(4)), "shape does not need"),
        (header({"a": {**GOOD["a"], "shape": [-1]}}, bytes(4)), "make sense"),
        (header({"a": {**GOOD["a"], "shape": [1 << 70]}}, bytes(4)), "make sense"),
        (header({"a": {**GOOD["a"], "shape": [1.0]}}, bytes(4)), "make sense"),
        (header({"a": [1]}, bytes(4)), "make sense"),
        (header(b"{" + b'"a":{' * 50_000), "no JSON"),
        (header(b"{" + b"[" * 150_000), "no JSON"),
        (header(b'{"a":{"x":%b}}' % (b"1" * 5_000)), "no JSON"),
        (header(b"{\xff\xfe}"), "no JSON"),
        (header(b"{" + b'"":{},' * (safetensors.MAX_OBJECTS + 1) + b"}"), "more than is read"),
    ],
    ids=[
        *("bomb-of-96-bytes", "outside", "tail", "overlap", "hole", "twice", "size", "negative", "huge", "float"),
        *("list", "deep-objects", "deep-lists", "digits", "no-utf8", "many"),
    ],
)
def test_damaged_safetensors(data, what):
    assert what in problem(data, "x.safetensors")


def test_a_safetensors_header_whose_length_looks_like_a_pickle():
    """640 is 0x0280: its first bytes are those of a pickle of protocol 2."""
    text = json.dumps(GOOD).encode().ljust(0x0280)
    assert len(read(header(text, bytes(4)), "x.bin")["tensors"]) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"\x93NUMPY",
        b"\x93NUMPY\x01\x00\xff\xff{",
        b"\x93NUMPY\x02\x00\xff\xff\xff\xff{",
        b"\x93NUMPY\x01\x00\x10\x00" + b"{'descr': '<f4'}",
        b"\x93NUMPY\x01\x00\x50\x00" + b"{'descr': '<f4', 'shape': (99999999999999999999999999,)}".ljust(80),
    ],
    ids=["short", "long", "wide", "no-shape", "huge"],
)
def test_damaged_arrays(data):
    assert problem(data, "x.npy")


def test_texts_that_databases_refuse_are_answered(as_ada):
    state = {"a\0b\ud800": np.zeros(1), "x" * 10_000: np.zeros(2)}
    as_ada.put_file("zoo/odd.pkl", pickle.dumps(state))
    names = [tensor["name"] for tensor in as_ada.send("get", "tensors", path="zoo/odd.pkl")["tensors"]]
    assert names[0] == "a\N{REPLACEMENT CHARACTER}b?"
    assert max(len(name) for name in names) <= 500


def test_random_damage_never_breaks_the_reader():
    """Every byte of small real files, changed in turn: an answer or a reason, nothing else."""
    out = io.BytesIO()
    np.savez(out, a=np.zeros(3))
    samples = [
        pickle.dumps({"a": np.zeros(2)}, protocol=2),
        header(GOOD, bytes(4)),
        archive(data_pkl=pickle.dumps({"a": 1})),
        out.getvalue(),
    ]
    seen = 0
    for sample in samples:
        for index in range(len(sample)):
            for value in (0x00, 0xFF, sample[index] ^ 0x01):
                try:
                    read(sample[:index] + bytes([value]) + sample[index + 1 :], "x.pth")
                except BadFile:
                    seen += 1
    assert seen > 100


def test_an_answer_is_remembered(as_ada):
    as_ada.put_file("zoo/a.pkl", pickle.dumps({"a": np.zeros(2)}))
    first = as_ada.send("get", "tensors", path="zoo/a.pkl")
    Blob.objects.update(key="no/such/file")  # it can no longer be read
    assert as_ada.send("get", "tensors", path="zoo/a.pkl") == first
