"""Trains an image classifier as a YAML file says.

python train.py --config configs/resnet18_digits.yaml
python train.py --config configs/resnet18_digits.yaml --override optimizer.lr=0.05 amp.dtype=bf16
torchrun --nproc-per-node 2 train.py --config configs/resnet18_digits.yaml
"""

import argparse
import sys

from classifier import ranks
from classifier.config import ConfigError, load
from classifier.trainer import run

from pavi.exception import BadSetting


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", required=True, help="a file of configs/, or one of yours")
    parser.add_argument("--override", nargs="+", default=[], metavar="KEY=VALUE", help="such as optimizer.lr=0.05")
    args = parser.parse_args()
    try:
        config = load(args.config, args.override)
        with ranks.joined() as launch:
            run(config, launch)
    except (ConfigError, BadSetting) as error:
        sys.exit(f"train.py: {error}")


if __name__ == "__main__":
    main()
