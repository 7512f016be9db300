"""TensorBoard event files, written by tensorboardX (the same writer as torch.utils.tensorboard, without torch)."""

# mypy: disable-error-code="import-not-found"

from pathlib import Path

from bench.child import Session, Values

NAME = "tensorboard"


def start(folder: Path, name: str) -> Session:
    from tensorboardX import SummaryWriter

    writer = SummaryWriter(str(folder / "events" / name))
    add = writer.add_scalar

    def log(values: Values, step: int) -> None:
        for tag, value in values.items():
            add(tag, value, step)

    return Session(log, writer.close, writer.flush)


def read_back(folder: Path, tag: str) -> list[int]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    steps = []
    for run in (folder / "events").iterdir():
        events = EventAccumulator(str(run), size_guidance={"scalars": 0})
        events.Reload()
        if tag in events.Tags()["scalars"]:
            steps += [event.step for event in events.Scalars(tag)]
    return steps
