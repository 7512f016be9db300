"""How far a training is, from the curves of loops that count in their own ways."""

import pytest

ITERATIONS = {"max_iters": 100}
EPOCHS = {"runner": {"max_epochs": 12}}


@pytest.mark.parametrize(
    ("config", "curves", "current"),
    [
        (ITERATIONS, {}, None),
        (ITERATIONS, {"loss": (0, 99)}, 100),  # counts from 0
        (ITERATIONS, {"train/loss": (2, 100), "val/acc": (1, 2)}, 100),  # counts from 1, evaluations by epoch
        (ITERATIONS, {"loss/train": (10, 50), "system/cpu.percent": (0, 4_000)}, 50),  # a machine's steps are seconds
        (EPOCHS, {"train/loss": (10, 600), "val/acc": (1, 5)}, 5),  # mmcv: val counts epochs
        (EPOCHS, {"train/loss": (0, 11)}, 12),  # a point an epoch
        (EPOCHS, {"train/loss": (0, 600), "val/acc": (43, 600)}, None),  # nothing says what an epoch is
    ],
)
def test_steps(ada, api, series, config, curves, current):
    client = api(ada)
    opened = client.open(config=config)
    for tag, (first, last) in curves.items():
        series(opened, tag, count=9, first_step=first, last_step=last)
    (row,) = client.table()
    total, unit = (100, "iteration") if config is ITERATIONS else (12, "epoch")
    assert row["progress"] == {"current": current, "total": total, "unit": unit}


@pytest.mark.parametrize("tag", ["epoch", "train/epoch"])
def test_a_logged_epoch_wins(ada, api, series, tag):
    client = api(ada)
    opened = client.open(config=EPOCHS)
    series(opened, "train/loss", count=9, first_step=0, last_step=600)
    series(opened, tag, count=9, first_step=0, last_step=600, last_value=7.0)
    (row,) = client.table()
    assert row["progress"] == {"current": 7, "total": 12, "unit": "epoch"}
