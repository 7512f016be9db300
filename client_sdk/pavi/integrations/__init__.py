"""Pavi inside other people's training frameworks: one module each, imported only by who uses that framework.

Owns the translation of their callbacks into calls of `pavi.Training`. Knows no journal and no server.
"""

__all__ = ["needs"]


def needs(package: str, error: ImportError, install: str | None = None) -> ImportError:
    """The error of a module here whose framework cannot be imported.

    Args:
        package: what is missing, as it is imported.
        error: what the import said.
        install: what pip calls it, where that is another name.
    """
    module = f"pavi.integrations.{package.partition('.')[0]}"
    return ImportError(f"{module} needs {package} ({error}). Install it: pip install {install or package}")
