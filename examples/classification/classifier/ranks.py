"""The processes of one launch: joining them, and the few things they say to each other.

Started alone, everything here works as a launch of one.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import distributed, nn

__all__ = ["Ranks", "joined"]


@dataclass(frozen=True)
class Ranks:
    """This process among those of its launch.

    Attributes:
        rank: counted from 0; rank 0 writes.
        world_size: how many there are.
        device: what this one computes on.
    """

    rank: int
    world_size: int
    device: torch.device

    @property
    def first(self) -> bool:
        """Whether this is the one that writes."""
        return self.rank == 0

    def sum(self, values: torch.Tensor) -> torch.Tensor:
        """The sum over all ranks, in double precision."""
        total = values.to(self.device, torch.float64)
        if self.world_size > 1:
            distributed.all_reduce(total)
        return total.cpu()

    def agree(self, value: Any) -> Any:
        """Rank 0's value, on every rank."""
        box = [value]
        if self.world_size > 1:
            distributed.broadcast_object_list(box, src=0)
        return box[0]

    def gather(self, value: Any) -> list[Any]:
        """The values of all ranks, in order of rank, on every rank."""
        if self.world_size == 1:
            return [value]
        values: list[Any] = [None] * self.world_size
        distributed.all_gather_object(values, value)
        return values

    def share_buffers(self, model: nn.Module) -> None:
        """Gives all ranks rank 0's buffers: running statistics differ, since every rank has seen other images."""
        if self.world_size > 1:
            for buffer in model.buffers():
                distributed.broadcast(buffer, src=0)


@contextlib.contextmanager
def joined() -> Iterator[Ranks]:
    """Joins the launch that torchrun describes in the environment, and leaves it at the end.

    NCCL between GPUs, gloo between CPUs.
    """
    rank, world_size = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    device = torch.device("cpu")
    if torch.cuda.is_available():
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(device)
    if world_size == 1:
        yield Ranks(0, 1, device)
        return
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield Ranks(rank, world_size, device)
    finally:
        distributed.destroy_process_group()
