"""Prints the signatures of both writers' public methods as JSON."""

import inspect
import json

from torch.utils.tensorboard import SummaryWriter as Theirs

import pavi


def signatures(writer: type) -> dict[str, list[list[str]]]:
    names = [name for name in dir(writer) if not name.startswith("_") and callable(getattr(writer, name))]
    return {
        name: [
            [parameter.name, parameter.kind.name, repr(parameter.default)]
            for parameter in inspect.signature(getattr(writer, name)).parameters.values()
        ]
        for name in (*names, "__init__", "__enter__", "__exit__", "_get_file_writer")
    }


print(json.dumps({"theirs": signatures(Theirs), "ours": signatures(pavi.SummaryWriter)}))
