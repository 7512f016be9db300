"""Keeps secrets out of what is recorded: command-line arguments, addresses, environment variables.

Masks by the name of an option and by the look of a value. It errs towards masking too much.
"""

import itertools
import re
from collections.abc import Iterable, Mapping

MASK = "***"
_MAX_ARGUMENT = 4096

_SECRET_WORDS = frozenset(
    {"token", "password", "passwd", "passphrase", "pwd", "pass", "secret", "secrets", "apikey", "accesskey"}
    | {"privatekey", "credential", "credentials", "auth", "authorization", "bearer", "cookie", "jwt"}
)
_KEY_OWNERS = frozenset({"api", "access", "private", "secret", "account", "signing", "encryption", "ssh", "s3", "aws"})
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+(?![a-z])")
_ASSIGNMENT = re.compile(r"(?P<name>[-+~\w.@/]*\w)(?P<sign>=|:(?!//))(?P<value>.+)", re.DOTALL)
_USERINFO = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)[^/\s@]+@")
_KNOWN_SECRETS = re.compile(
    r"\b(?:pavi_[A-Za-z0-9_-]{16,}|hf_[A-Za-z0-9]{16,}|gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}"
    r"|sk-[A-Za-z0-9_-]{16,}|xox[abprs]-[\w-]{10,}|AKIA[A-Z0-9]{12,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*)"
)

_VARIABLES = frozenset(
    {"CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "MLU_VISIBLE_DEVICES"}
    | {"RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "NODE_RANK", "GROUP_RANK", "MASTER_ADDR", "MASTER_PORT"}
    | {"TORCHELASTIC_RUN_ID", "TORCHELASTIC_RESTART_COUNT", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"}
    | {"OMP_NUM_THREADS", "MKL_NUM_THREADS", "PBS_JOBID", "LSB_JOBID", "CONDA_DEFAULT_ENV", "VIRTUAL_ENV"}
    | {"PYTHONHASHSEED", "CUBLAS_WORKSPACE_CONFIG"}
)
_VARIABLE_PREFIXES = ("SLURM_", "NCCL_")
_MAX_VARIABLE = 1000


def names_a_secret(name: str) -> bool:
    """Whether something called so is likely to hold a secret: ``--api-key``, ``HF_TOKEN``, ``dbPassword``."""
    words = [word.lower() for word in _WORD.findall(name)]
    pairs = itertools.pairwise(words)
    return not _SECRET_WORDS.isdisjoint(words) or any(word in _KEY_OWNERS and after == "key" for word, after in pairs)


def mask_text(text: str) -> str:
    """The text with credentials in addresses and well-known forms of tokens masked."""
    return _KNOWN_SECRETS.sub(MASK, _USERINFO.sub(rf"\g<scheme>{MASK}@", text))


def mask_arguments(arguments: Iterable[str]) -> list[str]:
    """A command line that may be shown: ``--token abc``, ``--token=abc`` and ``db.password=abc`` lose their values."""
    masked: list[str] = []
    value_is_secret = False
    for argument in arguments:
        text = argument[:_MAX_ARGUMENT]
        is_option = text.startswith("-") and not _is_number(text)
        if value_is_secret and not is_option:
            masked.append(MASK)
            value_is_secret = False
            continue
        assignment = _ASSIGNMENT.fullmatch(text)
        if assignment and names_a_secret(assignment["name"]):
            masked.append(f"{assignment['name']}{assignment['sign']}{MASK}")
            value_is_secret = False
            continue
        value_is_secret = is_option and assignment is None and names_a_secret(text)
        masked.append(mask_text(text))
    return masked


def strip_credentials(url: str) -> str | None:
    """A repository's address without user, password and query; None when it cannot be told where they end."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return mask_text(url)  # a path, or the short form git@host:path, which carries no password
    rest = re.split(r"[?#]", rest, maxsplit=1)[0]
    authority, slash, path = rest.partition("/")
    host = authority.rpartition("@")[2]
    if not re.fullmatch(r"(?:[\w.-]+|\[[0-9a-fA-F:.]+\])?(?::\d+)?", host):
        return None
    return mask_text(f"{scheme}://{host}{slash}{path}")


def chosen_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """The few environment variables that say where and as what a process runs; never the whole environment."""
    return {
        name: mask_text(value[:_MAX_VARIABLE])
        for name, value in sorted(environment.items())
        if (name in _VARIABLES or name.startswith(_VARIABLE_PREFIXES)) and not names_a_secret(name)
    }


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
