"""mmcv 0.2.16: a training through `Runner` and `PaviLoggerHook`, then `PaviClient` alone, against the given ``/log``.

Prints one JSON line; then stays until its input ends, because the client's thread dies with the process, and with it
whatever it has not posted yet.
"""

import json
import logging
import sys
from pathlib import Path

from mmcv.runner import PaviLoggerHook
from mmcv.runner.hooks.logger.pavi import PaviClient
from pieces import loader, make_runner, register, run

address, direct = sys.argv[1:]
Path("config.py").write_text("total_epochs = 2\n")
logging.basicConfig(level=logging.INFO)

runner = make_runner("old", epochs=2)
register(runner, {"interval": 2, "hooks": []})  # its TextLoggerHook wants a GPU
hook = PaviLoggerHook(address, config_file="config.py")  # user and password come from the environment
runner.register_hook(hook)
hook.interval = 2
run(runner, [loader(4), loader(2)], [("train", 1), ("val", 1)], epochs=2)

wrong = PaviClient(direct, username="ada", password="not the password")
again = PaviClient(direct, instance_id=hook.pavi.instance_id)
known = {"wrong": wrong.connect("Net"), "again": again.connect("Net", "old", {}), "instance": again.instance_id}
again.log("train", 100, {"loss": 0.125})
print(json.dumps({**known, "first": hook.pavi.instance_id}), flush=True)
sys.stdin.read()
