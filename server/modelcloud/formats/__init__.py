"""What lies in checkpoint files: tensors by name, shape and dtype, and the globals that pickles name.

Files are opened only as far as that takes, under bounds on bytes, entries and steps; nothing is ever unpickled,
imported or inflated beyond them. Knows no tables.
"""
