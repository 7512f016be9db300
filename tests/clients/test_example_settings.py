"""The trainer's configuration and learning rates, which need no torch: exact numbers, and a clear word for mistakes."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "classification"


def load(name: str) -> ModuleType:
    """A module of the example, without its folder on everybody's path."""
    found = f"example_classification_{name}"
    if found not in sys.modules:
        spec = importlib.util.spec_from_file_location(found, EXAMPLE / "classifier" / f"{name}.py")
        assert spec is not None and spec.loader is not None  # noqa: PT018  # for the type checker
        sys.modules[found] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[found])
    return sys.modules[found]


config, schedules = load("config"), load("schedules")


def factors(kind: str, *iterations: int, **keywords: Any) -> list[float]:
    """Of a training of 10 epochs of 10 iterations."""
    schedule = schedules.SCHEDULES[kind](epochs=10, per_epoch=10, **keywords)
    return [schedule.factor(iteration) for iteration in iterations]


@pytest.mark.parametrize(
    ("kind", "keywords", "expected"),
    [
        ("MultiStepLR", {"milestones": [3, 7.5]}, {0: 1, 29: 1, 30: 0.1, 74: 0.1, 75: 0.01, 99: 0.01}),
        ("MultiStepLR", {"milestones": [7, 3], "gamma": 0.5}, {29: 1, 30: 0.5, 70: 0.25}),
        ("MultiStepLR", {"milestones": []}, {0: 1, 99: 1}),
        ("EpochStepLR", {"every": 3, "gamma": 0.5}, {0: 1, 29: 1, 30: 0.5, 59: 0.5, 60: 0.25, 90: 0.125}),
        ("LinearLR", {}, {0: 1, 50: 0.5, 99: 0.01, 100: 0, 500: 0}),
        ("LinearLR", {"final_factor": 0.2}, {0: 1, 25: 0.8, 50: 0.6, 100: 0.2}),
        ("CosineLR", {}, {0: 1, 25: 0.8535533905932737, 50: 0.5, 75: 0.14644660940672627, 100: 0, 500: 0}),
        ("CosineLR", {"final_factor": 0.1}, {0: 1, 50: 0.55, 100: 0.1}),
        ("CosineLR", {"warmup_epochs": 1, "warmup_factor": 0.1}, {0: 0.1, 5: 0.55, 10: 1, 55: 0.5, 100: 0}),
        ("LinearLR", {"warmup_epochs": 2.5}, {0: 0, 5: 0.2, 25: 1, 40: 0.8, 100: 0}),
        ("MultiStepLR", {"milestones": [3], "warmup_epochs": 2}, {0: 0, 10: 0.5, 20: 1, 30: 0.1}),
        ("EpochStepLR", {"every": 2, "warmup_epochs": 3}, {15: 0.5, 20: 0.1 * 2 / 3, 30: 0.1, 40: 0.01}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_schedules_are_exact(kind: str, keywords: dict[str, Any], expected: dict[int, float]) -> None:
    assert factors(kind, *expected, **keywords) == pytest.approx(list(expected.values()), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(
    ("kind", "keywords"),
    [
        ("CosineLR", {"warmup_epochs": 11}),
        ("CosineLR", {"warmup_epochs": -1}),
        ("LinearLR", {"warmup_factor": 2}),
        ("EpochStepLR", {"every": 0}),
        ("MultiStepLR", {"milestones": [-1]}),
    ],
    ids=["longer-than-training", "negative-warmup", "factor-above-1", "every-0", "before-the-beginning"],
)
def test_schedules_that_make_no_sense_are_refused(kind: str, keywords: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(keywords))):
        factors(kind, 0, **keywords)


def test_a_base_is_what_a_file_changes(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(
        "data: {root: here, size: 32}\nmodel: {type: a}\nmonitor: {type: pavi, project: p}\nmax_epochs: 3\n"
    )
    (tmp_path / "one.yaml").write_text("base: base.yaml\ndata: {size: 16}\nmonitor: {type: tensorboard}\n")
    found = config.load(tmp_path / "one.yaml")
    assert found["data"] == {"root": "here", "size": 16}
    assert found["model"] == {"type": "a"}
    assert found["monitor"] == {"type": "tensorboard"}, "another type does not take the base type's keys"
    assert found["max_epochs"] == 3
    assert found["optimizer"]["type"] == "SGD"
    assert "base" not in found


def test_overrides_are_yaml(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("data: {root: here}\nmodel: {type: a}\nsaver: {type: pavi, path: p/m}\n")
    overrides = ["optimizer.lr=0.5", "model.kwargs.layers=[1, 2]", "saver={type: lustre, dir: d}", "resume=latest"]
    found = config.load(tmp_path / "one.yaml", overrides)
    assert found["optimizer"] == {"type": "SGD", "lr": 0.5, "momentum": 0.9}
    assert found["model"] == {"type": "a", "kwargs": {"layers": [1, 2]}}
    assert found["saver"] == {"type": "lustre", "dir": "d"}
    assert found["resume"] == "latest"
    assert config.load(tmp_path / "one.yaml")["optimizer"]["lr"] == 0.1, "the defaults are untouched"


@pytest.mark.parametrize(
    ("text", "override", "message"),
    [
        ("model: {type: a}\ndata: {root: d}\n", "optimiser.lr=1", "did you mean 'optimizer'"),
        ("model: {type: a}\ndata: {root: d}\n", "max_epochs=none", "max_epochs is 'none'"),
        ("model: {type: a}\ndata: {root: d}\n", "optimizer.lr", "write section.key=value"),
        ("model: {type: a}\ndata: {root: d}\n", "seed.a=1", "seed holds 0 and has no keys"),
        ("model: {type: a}\ndata: {root: d}\n", "model=[", "no YAML"),
        ("data: {root: d}\n", "seed=1", "model is missing"),
        ("- a\n", "seed=1", "holds list, not a mapping"),
        ("base: one.yaml\n", "seed=1", "its own base"),
    ],
    ids=["section", "count", "no-value", "no-section", "no-yaml", "missing", "list", "circle"],
)
def test_mistakes_are_named(tmp_path: Path, text: str, override: str, message: str) -> None:
    (tmp_path / "one.yaml").write_text(text)
    with pytest.raises(config.ConfigError, match=message):
        config.load(tmp_path / "one.yaml", [override])


def test_every_config_here_is_read() -> None:
    found = {path.stem: config.load(path) for path in (EXAMPLE / "configs").glob("*_digits.yaml")}
    assert len(found) >= 9
    assert all(one["saver"]["type"] == "pavi" and one["monitor"]["type"] == "pavi" for one in found.values())
    assert len({one["saver"]["path"] for one in found.values()}) == len(found), "each keeps its snapshots apart"
