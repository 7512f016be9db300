"""Names of parametrised tests that are the same in every process: an object's address is left out."""

import re


def named(value: object) -> str:
    """What ``repr`` says of a value, shortened."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))[:60]
