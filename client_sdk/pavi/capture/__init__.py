"""What is recorded around a training without being asked for: console output, machine load, environment.

Only produces; who starts it and where it is stored is decided by `pavi.tracking`.
"""
