"""The end of the progress bar is found in configs and session texts as training frameworks write them."""

import pytest

from server.trainings.totals import Total, total_of

MMCV = """
model = dict(type='ResNet')
runner = dict(type='EpochBasedRunner', max_epochs=12)
"""


@pytest.mark.parametrize(
    ("config", "text", "total"),
    [
        ({"max_iters": 100}, None, Total(100, "iteration")),
        ({"max_iter": "100"}, None, Total(100, "iteration")),
        ({"max_train_iters": 100.0}, None, Total(100, "iteration")),
        ({"max_epochs": 3}, None, Total(3, "epoch")),
        ({"max_epochs": 3, "max_iters": 9}, None, Total(9, "iteration")),
        ({"runner": {"max_iters": 9}, "max_epochs": 3}, None, Total(3, "epoch")),
        ({"a": [{"b": {"max_iters": 9}}]}, None, Total(9, "iteration")),
        ({"max_iters": 9}, "max_iters: 5", Total(9, "iteration")),
        ({}, "runner:\n  max_epochs: 7\n", Total(7, "epoch")),
        ({}, "a:\n  max_iters: 7\nmax_epochs: 3\n", Total(3, "epoch")),
        ({}, MMCV, Total(12, "epoch")),
        ({}, "max_epochs = 12", Total(12, "epoch")),
        ({}, "x: &a {b: 1}\ny: *a\nmax_iters: 40\n", Total(40, "iteration")),
        ({}, "!!python/object/apply:os.system ['x']", None),
        ({}, "[" * 10_000, None),
        ({"max_iters": None, "max_epochs": True}, None, None),
        ({"max_iters": -1}, "max_iters: 0", None),
        ({}, None, None),
    ],
)
def test_totals(config, text, total):
    assert total_of(config, text) == total
