"""``pavi convert-weights``: a state dict through numpy, both ways."""

from pathlib import Path

import click

from pavi import weights

_SHOWN = 20


@click.command("convert-weights")
@click.option("-i", "--input", "source", required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("-o", "--output", "target", required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--to-numpy", "to", flag_value="numpy", help="From a checkpoint of torch (.pth) to arrays (.npz).")
@click.option("--to-tensor", "to", flag_value="tensor", help="From arrays (.npz) to a checkpoint of torch (.pth).")
def convert_weights(source: Path, target: Path, to: str | None) -> None:
    """Convert the weights in a file, bit for bit. Needs torch and numpy, and runs no code from the file."""
    if to is None:
        raise click.UsageError("say --to-numpy or --to-tensor")
    done = (weights.to_numpy if to == "numpy" else weights.to_tensor)(source, target)
    click.echo(f"{done.path}: {done.tensors} tensors")
    if done.others:
        click.echo(f"kept beside them: {len(done.others)} values")
        for line in done.others[:_SHOWN]:
            click.echo(f"  {line}")
        if len(done.others) > _SHOWN:
            click.echo(f"  … and {len(done.others) - _SHOWN} more")
