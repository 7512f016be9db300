"""How much slower a loop of 5 ms steps gets with one log call a step, the sender's own work included."""

from bench import children, figures
from bench.context import Context, Measured, pick

STEP_S = 0.005


def run(context: Context) -> Measured:
    """Blocks with and without logging; the figure is what logging costs, as a part of the time the steps take."""
    result = children.run(
        context.pavi(), "loop", context.folder, pairs=pick(4, 2), steps=pick(800, 200), step_s=STEP_S, patience_s=180
    )
    pairs = result["pairs"]
    cost = [(pair["with_cost"] - pair["without_cost"]) / pair["without"] * 100 for pair in pairs]
    walls = figures.of([(pair["with"] / pair["without"] - 1) * 100 for pair in pairs])
    note = f"wall time of whole blocks: {walls.median:+.1f} % ({walls.low:+.1f}…{walls.high:+.1f})"
    return Measured(
        {"loop": figures.of(cost, note=note)},
        {"wall_percent": walls.as_dict(), "steps_a_block": result["steps"], "step_s": STEP_S},
    )
