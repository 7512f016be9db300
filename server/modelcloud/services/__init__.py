"""Writes of the ModelCloud. Each takes the lock of the trees that it changes, so what it checks stays true."""
