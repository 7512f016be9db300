"""What one log call costs the training loop: 10 scalars, and 10,000 names at once."""

from bench import children, figures
from bench.context import Context, Measured, pick

CALLS = 10_000


def run(context: Context) -> Measured:
    """Full-speed calls with the sender at work; offline beside it, for comparison."""
    rounds = pick(3, 1)
    online, offline, wide, first_wide = [], [], [], []
    for number in range(rounds):
        folder = context.folder / str(number)
        result = children.run(context.pavi(), "log_calls", folder / "online", calls=CALLS, warm_up=500, names=10)
        online.append([sample / 1e3 for sample in result["samples_ns"]])
        result = children.run(
            context.pavi(PAVI_MODE="offline"), "log_calls", folder / "offline", calls=CALLS, warm_up=500, names=10
        )
        offline.append([sample / 1e3 for sample in result["samples_ns"]])
        result = children.run(context.pavi(), "log_calls", folder / "wide", calls=pick(30, 10), warm_up=3, names=10_000)
        wide += [sample / 1e6 for sample in result["samples_ns"]]
        first_wide.append(result["first_ns"] / 1e6)
    samples = [sample for each in online for sample in each]
    return Measured(
        {
            "log_call.median": figures.of(samples),
            "log_call.p99": figures.of(
                [figures.of(each, judge=0.99).value for each in online],
                note=f"median of {rounds} runs of {CALLS:,} calls",
            ),
            "wide_call": figures.of(wide, note=f"first call, which registers the names: {max(first_wide):.1f} ms"),
        },
        {
            "median_us_by_round": [figures.of(each).median for each in online],
            "p99_us_by_round": [figures.of(each).p99 for each in online],
            "offline": figures.of([sample for each in offline for sample in each]).as_dict(),
            "wide_first_call_ms": first_wide,
        },
    )
