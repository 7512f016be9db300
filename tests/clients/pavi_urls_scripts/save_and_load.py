"""Run with mmcv 1.7.2 or mmengine 0.10.7: their own functions save to and load from ``pavi://``; prints one JSON."""

import json
import multiprocessing
import os
import sys

import torch

if sys.argv[1] == "mmcv":
    from mmcv.runner import save_checkpoint
    from mmcv.runner.checkpoint import CheckpointLoader, load_checkpoint
else:
    from mmengine.runner.checkpoint import CheckpointLoader, load_checkpoint, save_checkpoint

from pavi import exception, modelcloud

RANKS = 8
PROJECT = sys.argv[2]


def model(value):
    made = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.BatchNorm1d(64))
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.fill_(value)
    return made


def save(value, address):
    made = model(value)
    save_checkpoint(made if sys.argv[1] == "mmcv" else {"state_dict": made.state_dict(), "meta": {}}, address)


def load(address):
    made = model(0.0)
    load_checkpoint(made, address, map_location="cpu")
    (value,) = {parameter.unique().item() for parameter in made.parameters()}
    return value


def in_rank(rank, address, barrier, answers):
    os.environ.update(RANK=str(rank), WORLD_SIZE=str(RANKS))
    barrier.wait()
    answers.put(load(address))


def at_once(address):
    context = multiprocessing.get_context("fork")
    barrier, answers = context.Barrier(RANKS), context.Queue()
    ranks = [context.Process(target=in_rank, args=(rank, address, barrier, answers)) for rank in range(RANKS)]
    for rank in ranks:
        rank.start()
    found = [answers.get(timeout=120) for _ in ranks]
    for rank in ranks:
        rank.join()
    return found


def main():
    deep, top, alone = f"pavi://{PROJECT}/deep/er/x.pth", f"pavi://{PROJECT}/top.pth", f"pavi://{PROJECT}.pth"
    found = {}
    for value, address in enumerate((deep, top, alone), start=1):
        save(float(value), address)
        found[address] = load(address)
    save(4.0, f"pavi://{PROJECT}/deep/er/y.pth")
    found["loader"] = sorted(CheckpointLoader.load_checkpoint(deep, map_location="cpu"))
    found["at_once"] = at_once(deep)
    try:
        save(9.0, deep)
    except exception.NodeDuplicatedError as error:
        found["again"] = str(error)
    try:
        load(f"pavi://{PROJECT}/deep/none.pth")
    except exception.NodeNotFoundError as error:
        found["missing"] = str(error)
    modelcloud.get(f"{PROJECT}/deep/er").set_alias("production", 1)
    found["alias"] = load(f"pavi://{PROJECT}/deep/er@production")
    found["version"] = load(f"pavi://{PROJECT}/deep/er@v2")
    modelcloud.get(top[7:]).delete()
    try:
        modelcloud.get(top[7:])
    except exception.NodeNotFoundError:
        found["deleted"] = True
    print(json.dumps(found))


main()
