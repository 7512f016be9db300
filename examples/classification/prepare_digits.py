"""Writes scikit-learn's handwritten digits as a folder of images: 1,797 real pictures of 8 x 8 pixels.

    python prepare_digits.py --out data/digits

Makes ``OUT/train/<digit>/<number>.png`` (80 %) and ``OUT/val/…`` (20 %), with the same share of every digit.
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def write(out: Path, split: str, numbers: np.ndarray, images: np.ndarray, labels: np.ndarray) -> None:
    """Writes the images of one split. Their values go from 0 to 16; the files' from 0 to 255."""
    for number in numbers:
        folder = out / split / str(labels[number])
        folder.mkdir(parents=True, exist_ok=True)
        pixels = np.rint(images[number] * (255 / 16)).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:04d}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("data/digits"))
    out = parser.parse_args().out

    digits = load_digits()
    train, val = train_test_split(np.arange(len(digits.target)), test_size=0.2, random_state=0, stratify=digits.target)
    write(out, "train", train, digits.images, digits.target)
    write(out, "val", val, digits.images, digits.target)
    print(f"{len(train)} images to train on and {len(val)} to evaluate on, in {out}")


if __name__ == "__main__":
    main()
