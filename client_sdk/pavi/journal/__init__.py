"""The mapped files that a training writes before anything else happens, and their reader.

Owns bytes on disk. Does not own what is logged (`pavi.tracking`) nor how it travels (`pavi.delivery`).
"""

from pavi.journal.reader import Batch, Journal, Point, find_journals, open_journal
from pavi.journal.writer import JournalWriter

__all__ = ["Batch", "Journal", "JournalWriter", "Point", "find_journals", "open_journal"]
