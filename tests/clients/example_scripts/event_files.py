"""Reads TensorBoard's event files with TensorBoard's own reader, and prints as JSON what is in them.

python event_files.py LOG_DIR
"""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

if __name__ == "__main__":
    events = EventAccumulator(sys.argv[1])
    events.Reload()
    tags = events.Tags()
    scalars = {tag: [(point.step, point.value) for point in events.Scalars(tag)] for tag in tags["scalars"]}
    # Texts are tensors to it; torch's writer ends their tags so.
    texts = [tag.removesuffix("/text_summary") for tag in tags["tensors"]]
    print(json.dumps({"scalars": scalars, "images": tags["images"], "texts": texts}))
