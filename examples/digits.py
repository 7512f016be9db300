"""Trains a small network on scikit-learn's handwritten digits and tracks it with Pavi.

    python examples/digits.py --lr 0.02 --epochs 60

1,797 real 8 x 8 images; plain numpy forward and backward passes, so that everything that happens can be read here.
Only the lines that mention `pavi` have to do with tracking.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import pavi


def softmax(scores: np.ndarray) -> np.ndarray:
    """Row-wise probabilities of ``scores`` (n, classes)."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


class Network:
    """Two layers: 64 pixels, a hidden layer with ReLU, 10 classes. Trained by SGD with momentum."""

    def __init__(self, hidden: int, lr: float, momentum: float, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.parameters = {
            "w1": rng.normal(0, np.sqrt(2 / 64), (64, hidden)),
            "b1": np.zeros(hidden),
            "w2": rng.normal(0, np.sqrt(2 / hidden), (hidden, 10)),
            "b2": np.zeros(10),
        }
        self.velocity = {name: np.zeros_like(value) for name, value in self.parameters.items()}
        self.lr, self.momentum = lr, momentum

    def forward(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Hidden activations (n, hidden) and class probabilities (n, 10) of ``images`` (n, 64)."""
        p = self.parameters
        hidden = np.maximum(images @ p["w1"] + p["b1"], 0)
        return hidden, softmax(hidden @ p["w2"] + p["b2"])

    def step(self, images: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
        """One update; returns the batch's loss and the length of the gradient."""
        hidden, probabilities = self.forward(images)
        loss = float(-np.log(probabilities[np.arange(len(labels)), labels] + 1e-12).mean())
        delta = probabilities
        delta[np.arange(len(labels)), labels] -= 1
        delta /= len(labels)
        back = (delta @ self.parameters["w2"].T) * (hidden > 0)
        gradients = {"w2": hidden.T @ delta, "b2": delta.sum(0), "w1": images.T @ back, "b1": back.sum(0)}
        for name, gradient in gradients.items():
            self.velocity[name] = self.momentum * self.velocity[name] - self.lr * gradient
            self.parameters[name] += self.velocity[name]
        return loss, float(np.sqrt(sum((gradient**2).sum() for gradient in gradients.values())))

    def evaluate(self, images: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
        """Mean loss and accuracy on ``images``."""
        _, probabilities = self.forward(images)
        loss = float(-np.log(probabilities[np.arange(len(labels)), labels] + 1e-12).mean())
        return loss, float((probabilities.argmax(axis=1) == labels).mean())


def pictures(network: Network, images: np.ndarray, labels: np.ndarray) -> dict[str, object]:
    """What one wants to see of a network: its weights, where it is sure, and where it is wrong."""
    _, probabilities = network.forward(images)
    guesses = probabilities.argmax(axis=1)
    first, second = network.parameters["w1"], network.parameters["w2"]
    filters = first[:, :64].T.reshape(8, 8, 8, 8).transpose(0, 2, 1, 3).reshape(64, 64)
    filters = (filters - filters.min()) / (filters.max() - filters.min())
    doubt = np.argsort(probabilities[np.arange(len(labels)), labels])[:6]  # the least sure of the truth
    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (labels, guesses), 1)
    rows = [
        [digit, *confusion[digit].tolist(), float(confusion[digit, digit] / confusion[digit].sum())]
        for digit in range(10)
    ]
    return {
        "weights/first_layer": pavi.Image(enlarged(filters, 4), caption="64 of the filters, 8 x 8 pixels each"),
        "weights/w1": pavi.Histogram(first),
        "weights/w2": pavi.Histogram(second),
        "val/hardest": [
            pavi.Image(enlarged(images[at].reshape(8, 8), 8), caption=f"a {labels[at]}, taken for a {guesses[at]}")
            for at in doubt
        ],
        "val/confusion": pavi.Table(rows, columns=["digit", *(f"as {digit}" for digit in range(10)), "recall"]),
        "val/is_eight": pavi.PrCurve(labels == 8, probabilities[:, 8]),
    }


def enlarged(picture: np.ndarray, times: int) -> np.ndarray:
    """Each pixel as a square of ``times`` pixels."""
    return np.kron(picture, np.ones((times, times)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lr", type=float, default=0.02, help="learning rate")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--work-dir", type=Path, default=Path("work_dirs/digits"))
    args = parser.parse_args()

    digits = load_digits()
    images, labels = digits.data / 16.0, digits.target
    train_x, val_x, train_y, val_y = train_test_split(images, labels, test_size=0.25, random_state=0, stratify=labels)
    network = Network(args.hidden, args.lr, momentum=0.9, seed=args.seed)
    rng = np.random.default_rng(args.seed)
    args.work_dir.mkdir(parents=True, exist_ok=True)

    config = {
        "optimizer": {"type": "SGD", "lr": args.lr, "momentum": 0.9},
        "model": {"type": "MLP", "hidden": args.hidden},
        "data": {"batch_size": args.batch_size, "train": len(train_x), "val": len(val_x)},
        "max_epochs": args.epochs,
        "seed": args.seed,
    }
    with pavi.init(project="digits", name=f"mlp-lr{args.lr:g}", model="MLP", config=config, tags=["demo"]) as training:
        print(f"{len(train_x)} images to learn from, {len(val_x)} to check with")
        iteration, best = 0, 0.0
        for epoch in range(1, args.epochs + 1):
            started = time.perf_counter()
            order = rng.permutation(len(train_x))
            for start in range(0, len(order), args.batch_size):
                batch = order[start : start + args.batch_size]
                loss, gradient = network.step(train_x[batch], train_y[batch])
                iteration += 1
                training.log({"train/loss": loss, "train/grad_norm": gradient, "train/lr": network.lr}, step=iteration)
            val_loss, val_acc = network.evaluate(val_x, val_y)
            best = max(best, val_acc)
            images_per_s = len(train_x) / (time.perf_counter() - started)
            epoch_values = {
                "val/loss": val_loss,
                "val/acc": val_acc,
                "train/images_per_s": images_per_s,
                "train/epoch": epoch,
            }
            training.log(epoch_values, step=iteration)
            print(f"epoch {epoch:3d}  loss {loss:.4f}  val loss {val_loss:.4f}  val acc {val_acc:.4f}")
            if epoch % 10 == 0 or epoch == args.epochs:
                path = args.work_dir / f"lr{args.lr:g}-epoch_{epoch}.npz"
                np.savez(path, **network.parameters)
                training.add_snapshot_file(tag="mlp", snapshot_file_path=str(path), iteration=epoch)
                training.log(pictures(network, val_x, val_y), step=iteration)
        training.summary["best_val_acc"] = best


if __name__ == "__main__":
    main()
