"""Which of several processes of one launch this is, and how they find one training id without talking.

Reads what launchers (torchrun, Slurm, Open MPI, MPICH) put into the environment, and torch.distributed when it runs.
"""

import os
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Rank", "agreed_id", "detect", "launch_identity"]

_VARIABLES = (
    ("RANK", "WORLD_SIZE"),
    ("SLURM_PROCID", "SLURM_NTASKS"),
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
    ("PMI_RANK", "PMI_SIZE"),
)


@dataclass(frozen=True, slots=True)
class Rank:
    """One of ``world_size`` processes, counted from 0."""

    rank: int
    world_size: int


def detect() -> Rank | None:
    """This process among those of its launch; None when it was started alone."""
    running = _running_group()
    if running is not None:
        return running if running.world_size > 1 else None
    for rank_name, size_name in _VARIABLES:
        rank, size = _number(rank_name), _number(size_name)
        if rank is not None and size is not None and 0 <= rank < size:
            return Rank(rank, size) if size > 1 else None
    return None


def _running_group() -> Rank | None:
    distributed = sys.modules.get("torch.distributed")
    try:
        if distributed is not None and distributed.is_available() and distributed.is_initialized():
            return Rank(distributed.get_rank(), distributed.get_world_size())
    except Exception:  # noqa: BLE001  # half-imported, or a group being torn down: the environment answers instead
        return None
    return None


def launch_identity() -> str | None:
    """A text that is the same in all processes of this launch and in no other launch; None when nothing says so.

    Address and port of the master alone are not enough: tomorrow's launch on the same machine has the same.
    """
    if os.environ.get("SLURM_JOB_ID") and os.environ.get("SLURM_PROCID"):
        names = ("SLURM_CLUSTER_NAME", "SLURM_JOB_ID", "SLURM_STEP_ID", "SLURM_RESTART_COUNT")
        return "slurm:" + ":".join(os.environ.get(name, "") for name in (*names, "TORCHELASTIC_RESTART_COUNT"))
    run = os.environ.get("TORCHELASTIC_RUN_ID")
    if run is None:
        return None
    where = ":".join(os.environ.get(name, "") for name in ("MASTER_ADDR", "MASTER_PORT", "TORCHELASTIC_RESTART_COUNT"))
    if run not in ("", "none"):
        return f"torchrun:{run}:{where}"
    if os.environ.get("LOCAL_WORLD_SIZE") == os.environ.get("WORLD_SIZE") and (agent := _parent()) is not None:
        return f"torchrun:{agent}:{where}"  # one host: its agent process is this launch's alone
    return None


def agreed_id(identity: str, ordinal: int) -> uuid.UUID:
    """The id of the ``ordinal``-th training that each process of a launch starts."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"pavi:launch:{identity}:{ordinal}")


def _parent() -> str | None:
    """The parent process, told apart from all others that ever had its number on this or another host."""
    parent = os.getppid()
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        started = Path(f"/proc/{parent}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):  # not Linux
        return None
    return f"{boot}:{parent}:{started}"


def _number(name: str) -> int | None:
    try:
        return int(os.environ[name])
    except (KeyError, ValueError):
        return None
