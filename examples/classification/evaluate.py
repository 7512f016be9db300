"""Evaluates a snapshot: loss, top-1 and top-5 on the images of ``val``.

python evaluate.py --config configs/resnet18_digits.yaml
python evaluate.py --config configs/resnet18_digits.yaml --checkpoint epoch_3.pth
"""

import argparse
import sys

from classifier import ranks, snapshots
from classifier.config import ConfigError, load
from classifier.evaluation import evaluate
from classifier.trainer import Trainer

import pavi.saver
from pavi.exception import BadSetting


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", required=True, help="what it was trained with")
    parser.add_argument(
        "--checkpoint", default="best.pth", help="a name in the saver, `latest`, or a path with a slash"
    )
    parser.add_argument("--override", nargs="+", default=[], metavar="KEY=VALUE", help="such as data.batch_size=128")
    args = parser.parse_args()
    try:
        config = load(args.config, args.override)
        with ranks.joined() as launch:
            found = snapshots.find(args.checkpoint, pavi.saver.build(config["saver"]), launch)
            if found is None:
                raise ConfigError("nothing has been saved yet; train first, or give --checkpoint")
            trainer = Trainer(config, launch)
            state = snapshots.read(found)
            trainer.load_weights(state)
            result = evaluate(trainer.model, trainer.data, trainer.precision, launch)
    except (ConfigError, BadSetting) as error:
        sys.exit(f"evaluate.py: {error}")
    if launch.first:
        print(
            f"{args.checkpoint} after epoch {state['epoch']}: loss {result.loss:.4f}  top-1 {result.top1:.4f}  "
            f"top-5 {result.top5:.4f}  ({result.images} images)"
        )


if __name__ == "__main__":
    main()
