"""Trainings with mmcv's `PaviLoggerHook`, each in a process of its own that is forked after the slow imports.

``python train.py NAME…`` runs these scenarios at the same time, each below a folder of its name, and prints as JSON
how each process ended. They end as scripts end: by themselves, by an exception, by a signal.
"""

import gc
import json
import os
import signal
import sys
from pathlib import Path

import psutil
import requests
import torch
import torch._dynamo
from mmcv.runner import Hook
from pieces import VERSION, loader, make_runner, register, run

PRELOADED = (psutil, requests, torch._dynamo)
"""What every child would load later on (the last one: optimizers do, when they first step): once for all."""

PROJECT = "mmcv-" + ".".join(map(str, VERSION))
CONFIG = {"model": {"type": "Net"}, "optimizer": {"type": "SGD", "lr": 0.1}, "total_epochs": 2}


def pavi_hook(**options):
    return {"type": "PaviLoggerHook", "init_kwargs": {"project": PROJECT}, **options}


def graph_options():
    """How a config asks for the graph, by version."""
    if VERSION >= (1, 6):
        return {"add_graph_kwargs": {"active": True, "img_key": "img"}}
    return {"add_graph": True, "img_key": "img"} if VERSION >= (1, 2) else {"add_graph": True}


def meta():
    return {"config_dict": dict(CONFIG), "seed": 0} if VERSION >= (1, 0) else None


def epochs():
    """Two epochs of four iterations, train and val, graph and last checkpoint; every call is written down."""
    record = record_calls()
    runner = make_runner("epochs", epochs=2, meta=meta())
    hooks = [{"type": "TextLoggerHook"}, pavi_hook(add_last_ckpt=True, **graph_options())]
    register(runner, {"interval": 2, "hooks": hooks})
    run(runner, [loader(4), loader(2)], [("train", 1), ("val", 1)], epochs=2)
    Path("epochs/calls.json").write_text(json.dumps(record))


def record_calls():
    """The writer itself, and a list of what it was called with."""
    import pavi

    calls = []

    class Recorded(pavi.SummaryWriter):
        def __init__(self, *args, **kwargs):
            calls.append(["SummaryWriter", sorted(kwargs)])
            super().__init__(*args, **kwargs)

        def add_scalars(self, mode, tags, step):
            calls.append(["add_scalars", mode, {tag: float(value) for tag, value in tags.items()}, step])
            super().add_scalars(mode, tags, step)

        def add_snapshot_file(self, **kwargs):
            calls.append(["add_snapshot_file", Path(kwargs["snapshot_file_path"]).resolve().name, kwargs["iteration"]])
            super().add_snapshot_file(**kwargs)

        def close(self):
            calls.append(["close"])
            super().close()

    pavi.SummaryWriter = Recorded
    return calls


def iterations():
    """Eight iterations of `IterBasedRunner` with two of validation in between."""
    runner = make_runner("iterations", iterations=8, meta=meta())
    hooks = [{"type": "TextLoggerHook", "by_epoch": False}, pavi_hook(by_epoch=False, add_last_ckpt=True)]
    if VERSION >= (1, 6):
        hooks[1].update(graph_options())
        hooks[1]["add_graph_kwargs"]["interval"] = 4
    register(runner, {"interval": 2, "hooks": hooks}, checkpoints=8, by_epoch=False)
    run(runner, [loader(9), loader(9)], [("train", 4), ("val", 2)], iterations=8)


def exact():
    """The config of the issue, to the letter, in a work folder of any name."""
    runner = make_runner("work_dirs/exact_" + "_".join(map(str, VERSION)), epochs=1, meta=meta())
    log_config = dict(  # noqa: C408  # as people write it
        interval=100,
        hooks=[dict(type="TextLoggerHook"), dict(type="PaviLoggerHook", init_kwargs=dict(project="bignas_cls"))],  # noqa: C408
    )
    register(runner, log_config)
    run(runner, [loader(200)], [("train", 1)], epochs=1)


def resumed():
    """A second session goes on from the first one's checkpoint; on its own, mmcv begins another training."""
    session("resumed", 1)
    session("resumed", 2, resume=True)


def continued():
    """The second session names the training by its number and says nothing of its config."""
    session("continued", 1, meta=meta())
    import pavi

    (first,) = pavi.Api().trainings(project=PROJECT, where='name == "continued"')
    session("continued", 2, resume=True, training_id=str(first.number))


def overwritten():
    """The second session goes on with the newest training of its name."""
    session("overwritten", 1, meta=meta())
    session("overwritten", 2, resume=True, overwrite_last_training=True)


def session(name, epochs, *, meta=None, resume=False, **options):
    """Trains up to ``epochs`` in a process of its own."""
    if in_parent():
        return
    runner = make_runner(name, epochs=epochs, meta=meta)
    hook = pavi_hook()
    hook["init_kwargs"].update(options)
    register(runner, {"interval": 2, "hooks": [hook]})
    if resume:
        runner.resume(f"{name}/latest.pth", map_location="cpu")
    run(runner, [loader(4), loader(2)], [("train", 1), ("val", 1)], epochs=epochs)
    sys.exit(0)


def in_parent():
    """Forks. The parent waits for a good end of the child."""
    child = os.fork()
    if child == 0:
        return False
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code:
        raise SystemExit(code)
    return True


class End(Hook):
    """Ends the process in the third iteration, after the log of the second."""

    def __init__(self, how):
        self.how = how

    def before_train_iter(self, runner):
        if runner.iter == 2:
            self.how()


def ending(name, how):
    runner = make_runner(name, epochs=1, meta=meta())
    register(runner, {"interval": 2, "hooks": [pavi_hook(ignore_last=False)]})
    runner.register_hook(End(how))
    run(runner, [loader(4)], [("train", 1)], epochs=1)


def fail():
    raise ValueError("the loss is NaN")


def exception():
    ending("exception", fail)


def sigterm():
    ending("sigterm", lambda: os.kill(os.getpid(), signal.SIGTERM))


def sigkill():
    ending("sigkill", lambda: os.kill(os.getpid(), signal.SIGKILL))


def ranks():
    """Two processes of one launch: mmcv's hook writes in the first one only."""
    for rank in (0, 1):
        if os.fork() == 0:
            os.environ.update(RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE="2")
            torch.distributed.init_process_group(
                "gloo", init_method=f"file://{Path.cwd()}/meeting", rank=rank, world_size=2
            )
            runner = make_runner("ranks", epochs=1, meta=meta())
            register(runner, {"interval": 2, "hooks": [pavi_hook(ignore_last=False)]})
            run(runner, [loader(4)], [("train", 1)], epochs=1)
            torch.distributed.barrier()
            return
    codes = [os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(2)]
    if any(codes):
        raise SystemExit(f"the ranks ended with {codes}")


def away():
    """The server cannot be reached from the first iteration to the last."""
    os.environ["PAVI_SERVER"] = "http://127.0.0.1:9"
    runner = make_runner("away", epochs=1, meta=meta())
    register(runner, {"interval": 2, "hooks": [pavi_hook(ignore_last=False, add_last_ckpt=True)]})
    run(runner, [loader(4)], [("train", 1)], epochs=1)


def main(names):
    children = {}
    gc.freeze()  # a collection would copy every page of the parent into each child
    for name in names:
        child = os.fork()
        if child == 0:
            log = os.open(f"{name}.log", os.O_WRONLY | os.O_CREAT)
            os.dup2(log, 1)
            os.dup2(log, 2)
            globals()[name]()
            return  # and the process ends as every script does
        children[child] = name
    codes = {}
    while children:
        child, status = os.wait()
        codes[children.pop(child)] = os.waitstatus_to_exitcode(status)
    print(json.dumps(codes))


main(sys.argv[1:])
