"""Tells formats apart by their first bytes, and reads each with its own module."""

from collections.abc import Iterator
from contextlib import contextmanager

from server.modelcloud.formats import arrays, safetensors, state, zips
from server.modelcloud.formats.findings import BadFile, Findings
from server.modelcloud.formats.pickles import MAX_OPCODES, Machine
from server.modelcloud.formats.window import PickleFile, Window

EDITION = 1
"""Raised when the readers find more than before, so that what was stored is read anew."""

MAX_PICKLE_IN_ZIP = 16 << 20
_MAX_PICKLES = 16
_MAGIC = 0x1950A86A20F9469CFC6C  # how torch began its files before they were archives
_PICKLE_NAMES = (".pth", ".pt", ".pkl", ".pickle", ".bin", ".ckpt", ".tar", ".th")


def read(window: Window, name: str) -> Findings:
    """What a file holds.

    Args:
        name: of the file; it only helps where the first bytes leave it open.

    Raises:
        BadFile: it is damaged, beyond the bounds, or of a format that is not read.
    """
    start = window.read(0, 16)
    if start[:4] == b"PK\x03\x04":
        return _archive(window)
    if start[:6] == arrays.MAGIC:
        return arrays.read(window)
    # Before pickles: a header's length may begin with the byte that they begin with, and then is none of theirs.
    if safetensors.looks_like(start) and int.from_bytes(start[:8], "little") <= window.size - 8:
        return safetensors.read(window)
    if start[:1] == b"\x80" and start[1:2] <= b"\x05" and len(start) > 2:
        return _pickles(window)
    if safetensors.looks_like(start) or name.lower().endswith(".safetensors"):
        return safetensors.read(window)
    if start and name.lower().endswith(_PICKLE_NAMES):
        return _pickles(window)
    raise BadFile("this is neither safetensors, a torch checkpoint, a pickle nor a numpy array")


def _archive(window: Window) -> Findings:
    members = zips.entries(window)
    pickles = [entry for entry in members if entry.name.endswith(".pkl")]
    if not pickles:
        numpy_arrays = [entry for entry in members if entry.name.endswith(".npy")]
        if not numpy_arrays:
            raise BadFile("the archive holds neither a torch checkpoint nor numpy arrays")
        return arrays.read_archive(window, numpy_arrays)
    findings = Findings("torch")
    with _told(findings):
        opcodes_left = MAX_OPCODES
        for entry in pickles[:_MAX_PICKLES]:
            data = zips.beginning(window, entry, MAX_PICKLE_IN_ZIP + 1)
            if len(data) > MAX_PICKLE_IN_ZIP:
                raise BadFile(f"the pickle {entry.name[:80]!r} is longer than the {MAX_PICKLE_IN_ZIP:,} bytes read")
            machine = Machine(findings, opcodes_left)
            root = machine.run(_in_memory(data))
            opcodes_left = machine.opcodes_left
            if entry.name.rpartition("/")[2] == "data.pkl":
                state.collect(root, findings)
    findings.truncated |= len(pickles) > _MAX_PICKLES
    return findings


def _pickles(window: Window) -> Findings:
    """A pickle, or torch's older form: magic number, protocol, system, object, storage keys, each a pickle."""
    file = PickleFile(window)
    findings = Findings("pickle")
    with _told(findings):
        machine = Machine(findings)
        root = machine.run(file)
        if root == _MAGIC:
            findings.format = "torch (before 1.6)"
            for _ in range(3):
                machine = Machine(findings, machine.opcodes_left)
                root = machine.run(file)
            Machine(findings, machine.opcodes_left).run(file)  # the storage keys: loading runs this pickle too
        state.collect(root, findings)
    return findings


@contextmanager
def _told(findings: Findings) -> Iterator[None]:
    """Lets the error of a file that breaks off tell what was found until then."""
    try:
        yield
    except BadFile as error:
        error.findings = findings
        raise


def _in_memory(data: bytes) -> PickleFile:
    return PickleFile(Window(lambda start, stop: data[start:stop], len(data)))
