"""The two conversions, file to file. An output appears only whole."""

import contextlib
import json
import os
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pavi.exception import BadSetting
from pavi.weights.arrays import tensor_of
from pavi.weights.trees import TREE, grow, pack

__all__ = ["Converted", "to_numpy", "to_tensor"]

_FORM = 1
_GLOBAL = re.compile(r"(?:GLOBAL|global:?|class|operand) ([A-Za-z_][\w]*(?:\.[\w]+)+)")


@dataclass(frozen=True, slots=True)
class Converted:
    """What was converted.

    Attributes:
        path: the file written.
        tensors: how many.
        others: ``path = value`` of what is no tensor and was kept beside them.
    """

    path: Path
    tensors: int
    others: list[str]


def to_numpy(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> Converted:
    """Writes a checkpoint of ``torch.save`` as ``.npz``: an array a tensor, under its name in the state dict.

    Nested dictionaries join their keys with ``/``. bfloat16 and float8 are stored as their bits in unsigned
    integers. An array named ``__pavi__`` holds the rest as JSON, so that `to_tensor` gives the same checkpoint again:
    dtypes, strides, shared memory, and what is no tensor.

    Raises:
        BadSetting: it cannot be read without running code in it, or holds what is neither tensor nor plain data.
        OSError: it cannot be read, or the target cannot be written.
    """
    import numpy as np

    packed = pack(_loaded(Path(source)))
    tree = json.dumps({"form": _FORM, "tree": packed.tree}).encode()
    arrays = {TREE: np.frombuffer(tree, np.uint8), **packed.arrays}
    with _written(Path(target)) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
    return Converted(Path(target), packed.tensors, packed.others)


def to_tensor(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> Converted:
    """Writes an ``.npz`` as a checkpoint that ``torch.load`` reads. One that `to_numpy` did not make becomes a flat
    dictionary of its arrays.

    Raises:
        BadSetting: it is no ``.npz`` of plain arrays.
        OSError: it cannot be read, or the target cannot be written.
    """
    import numpy as np
    import torch

    try:
        with np.load(source, allow_pickle=False) as archive:
            if not hasattr(archive, "files"):
                raise BadSetting(f"{source} is a single array; an .npz is needed")
            if TREE in archive.files:
                grown = grow(_tree(archive[TREE].tobytes(), source), _Arrays(archive))
                checkpoint, tensors, others = grown
            else:
                checkpoint = {name: tensor_of(_array(archive, name, source), None, name) for name in archive.files}
                tensors, others = len(checkpoint), []
    except (ValueError, zipfile.BadZipFile, EOFError) as error:
        if isinstance(error, BadSetting):
            raise
        raise BadSetting(f"{source} is no .npz of plain arrays: it is damaged, or has objects in it") from None
    with _written(Path(target)) as file:
        torch.save(checkpoint, file)
    return Converted(Path(target), tensors, others)


class _Arrays:
    """The arrays of an archive by their names; each is read when it is asked for, and the last one kept."""

    def __init__(self, archive: Any) -> None:
        self._archive = archive
        self._last: tuple[str, Any] | None = None

    def __getitem__(self, name: str) -> Any:
        if self._last is None or self._last[0] != name:
            self._last = (name, self._archive[name])
        return self._last[1]


def _array(archive: Any, name: str, source: object) -> Any:
    found = archive[name]
    if not hasattr(found, "dtype"):  # a zip of something else, such as a checkpoint of torch
        raise BadSetting(f"{source} is no .npz: {name} in it is no array")
    return found


def _loaded(source: Path) -> Any:
    import torch

    try:
        return torch.load(source, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001  # a damaged file makes torch's reader stumble over anything
        text = " ".join(str(error).split()) or type(error).__name__
        named = _GLOBAL.search(text)
        if named is None:
            raise BadSetting(f"{source} is no checkpoint of torch.save, or a damaged one ({text[:160]})") from None
        raise BadSetting(
            f"{source} holds more than plain data: it names {named[1]}, which is not called from here. "
            "Save its state dict alone, where its code is trusted."
        ) from None


def _tree(text: bytes, source: object) -> Any:
    document = json.loads(text)
    if not isinstance(document, dict) or document.get("form") != _FORM:
        raise BadSetting(f"{source} was written by another version of Pavi; convert it with that one")
    return document["tree"]


@contextlib.contextmanager
def _written(target: Path) -> Iterator[Any]:
    temporary = target.with_name(f".{target.name[:40]}.{os.getpid()}-{os.urandom(4).hex()}.part")
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
