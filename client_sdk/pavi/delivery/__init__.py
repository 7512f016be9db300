"""From the journal to the server: HTTP client, sender, uploads, the thread that drives them, sync and verify.

Reads journals and never writes them. Import the submodules: this package loads nothing by itself, because
``requests`` is needed only when something is sent.
"""
