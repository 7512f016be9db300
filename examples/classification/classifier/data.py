"""Images from a folder: ``root/<split>/<class>/<file>``, read by Pillow or OpenCV, slightly varied for training.

What happens to an image depends on seed, epoch and its number alone: not on how many workers or ranks there are.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, Subset
from torch.utils.data.distributed import DistributedSampler

from classifier.config import ConfigError, called
from classifier.ranks import Ranks

__all__ = ["Augment", "Data", "ImageFolder", "build"]

_ENDINGS = {".png", ".jpg", ".jpeg", ".bmp", ".webp"}


class Reader(Protocol):
    """Reads and warps pictures: uint8 arrays of shape (height, width, channels), RGB where there are three."""

    def read(self, path: Path, size: int, channels: int) -> np.ndarray:
        """The picture of a file, scaled to ``size`` x ``size`` pixels with 1 or 3 channels."""

    def warp(self, image: np.ndarray, inverse: np.ndarray) -> np.ndarray:
        """Moves pixels: ``inverse`` (2, 3) maps a target's x, y, 1 to where it comes from. Black outside; bilinear."""


class PillowReader:
    """A `Reader` through Pillow."""

    def read(self, path: Path, size: int, channels: int) -> np.ndarray:
        from PIL import Image

        with Image.open(path) as file:
            image = file.convert("L" if channels == 1 else "RGB")
        image = image.resize((size, size), Image.Resampling.BILINEAR)
        return np.asarray(image).reshape(size, size, channels)

    def warp(self, image: np.ndarray, inverse: np.ndarray) -> np.ndarray:
        from PIL import Image

        # Pillow takes a pixel's coordinates at its centre, half a pixel from where ours are.
        offset = inverse[:, 2] + 0.5 - inverse[:, :2] @ np.array([0.5, 0.5])
        matrix = (*inverse[0, :2], offset[0], *inverse[1, :2], offset[1])
        picture = Image.fromarray(image.squeeze(2) if image.shape[2] == 1 else image)
        moved = picture.transform(picture.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
        return np.asarray(moved).reshape(image.shape)


class OpenCVReader:
    """A `Reader` through OpenCV."""

    def read(self, path: Path, size: int, channels: int) -> np.ndarray:
        import cv2

        cv2.setNumThreads(0)  # the workers are the parallelism
        image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE if channels == 1 else cv2.IMREAD_COLOR)
        if image is None:
            raise OSError(f"{path} is no image that OpenCV can read")
        if channels == 3:
            image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        shrinks = min(image.shape[:2]) > size
        image = cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
        return image.reshape(size, size, channels)

    def warp(self, image: np.ndarray, inverse: np.ndarray) -> np.ndarray:
        import cv2

        size = (image.shape[1], image.shape[0])
        moved = cv2.warpAffine(image, inverse, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        return moved.reshape(image.shape)


READERS: dict[str, type[Reader]] = {"pillow": PillowReader, "opencv": OpenCVReader}


@dataclass(frozen=True, kw_only=True)
class Augment:
    """How much a training image may differ from its file; every amount is drawn evenly from both directions.

    Args:
        rotate: degrees.
        shift: share of the image's size.
        scale: share: 0.1 draws a factor between 0.9 and 1.1.
        flip: mirror half of the images; wrong for digits and letters.
    """

    rotate: float = 0.0
    shift: float = 0.0
    scale: float = 0.0
    flip: bool = False

    def inverse(self, size: int, rng: np.random.Generator) -> np.ndarray:
        """A random map (2, 3) from a varied image's pixels back to the file's; both are ``size`` x ``size``."""
        angle = math.radians(rng.uniform(-self.rotate, self.rotate))
        factor = 1 / (1 + rng.uniform(-self.scale, self.scale))
        shift = rng.uniform(-self.shift, self.shift, 2) * size
        mirror = -1.0 if self.flip and rng.random() < 0.5 else 1.0
        turn = factor * np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
        turn[0] *= mirror
        middle = np.full(2, (size - 1) / 2)
        return np.column_stack([turn, middle - turn @ (middle + shift)])


class ImageFolder(Dataset[tuple[torch.Tensor, int]]):
    """The images below ``folder``, one folder a class. Classes are numbered in the order of their names.

    An item is the image, float32 of shape (channels, size, size), normalised, and the number of its class.

    Raises:
        ConfigError: there are no images.
    """

    def __init__(
        self,
        folder: Path,
        reader: Reader,
        *,
        size: int,
        channels: int,
        mean: float,
        std: float,
        augment: Augment | None,
        seed: int,
    ) -> None:
        self.classes = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
        self.files = [
            (path, number)
            for number, name in enumerate(self.classes)
            for path in sorted((folder / name).iterdir())
            if path.suffix.lower() in _ENDINGS
        ]
        if not self.files:
            raise ConfigError(f"data: no images in {folder}/<class>/; prepare_digits.py makes some, or set data.root")
        self.epoch = 0
        self.mean, self.std = mean, std
        self._reader, self._size, self._channels = reader, size, channels
        self._augment, self._seed = augment, seed

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        path, label = self.files[index]
        image = self._reader.read(path, self._size, self._channels)
        if self._augment is not None:
            rng = np.random.default_rng((self._seed, self.epoch, index))
            image = self._reader.warp(image, self._augment.inverse(self._size, rng))
        pixels = torch.tensor(image).permute(2, 0, 1).float()
        return (pixels / 255 - self.mean) / self.std, label


@dataclass(frozen=True)
class Data:
    """What one rank trains and evaluates on.

    Attributes:
        train: batches of the current epoch; every rank has as many.
        val: this rank's share. Together the ranks see every image once.
        classes: names, in the order of their numbers.
        channels: of an image.
        mean, std: what `picture` undoes.
    """

    train: DataLoader[Any]
    val: DataLoader[Any]
    classes: list[str]
    channels: int
    mean: float
    std: float
    _sampler: DistributedSampler[Any]
    _varied: ImageFolder

    def set_epoch(self, epoch: int) -> None:
        """Before an epoch: decides its order of images and how they are varied."""
        self._sampler.set_epoch(epoch)
        self._varied.epoch = epoch

    def picture(self, image: torch.Tensor) -> torch.Tensor:
        """A normalised image as one can look at it: values from 0 to 1."""
        return (image.float().cpu() * self.std + self.mean).clamp(0, 1)


def build(
    seed: int,
    ranks: Ranks,
    *,
    root: str,
    size: int,
    channels: int = 3,
    batch_size: int = 32,
    workers: int = 0,
    reader: str = "pillow",
    mean: float = 0.5,
    std: float = 0.5,
    augment: dict[str, Any] | None = None,
) -> Data:
    """Makes the data of one rank.

    Args:
        seed: of the order of images and of their variation.
        ranks: which share is this one's.
        root: the folder with ``train`` and ``val``.
        size: pixels a side that images are scaled to.
        channels: 1 (grey) or 3 (RGB).
        batch_size: images a step on every rank.
        workers: processes that read; 0 reads in this one.
        reader: ``pillow`` or ``opencv``.
        mean, std: what is subtracted from values between 0 and 1, and what they are divided by then.
        augment: keywords of `Augment`, for training only.

    Raises:
        ConfigError: a value makes no sense, or there are too few images.
    """
    if reader not in READERS:
        raise ConfigError(f"data: reader {reader!r} is unknown; there are {', '.join(READERS)}")
    if channels not in (1, 3):
        raise ConfigError(f"data: channels is {channels!r}; images have 1 or 3")
    variation = called("data.augment", Augment, **augment) if augment else None
    shape = {"size": size, "channels": channels, "mean": mean, "std": std, "seed": seed}
    train = ImageFolder(Path(root) / "train", READERS[reader](), augment=variation, **shape)
    val = ImageFolder(Path(root) / "val", READERS[reader](), augment=None, **shape)
    if train.classes != val.classes:
        raise ConfigError(f"data: train and val in {root} have different classes: {train.classes} and {val.classes}")
    sampler = DistributedSampler(train, num_replicas=ranks.world_size, rank=ranks.rank, seed=seed)
    # A batch of one would leave batch normalisation nothing to normalise, so the last images wait for another epoch.
    loading = {"batch_size": batch_size, "num_workers": workers, "pin_memory": ranks.device.type == "cuda"}
    batches = DataLoader(train, sampler=sampler, drop_last=True, generator=torch.Generator(), **loading)
    if not len(batches):
        raise ConfigError(f"data: {len(train)} images on {ranks.world_size} ranks make no batch of {batch_size}")
    share = Subset(val, range(ranks.rank, len(val), ranks.world_size))
    checks = DataLoader(share, generator=torch.Generator(), **loading)
    return Data(batches, checks, train.classes, channels, mean, std, sampler, train)
