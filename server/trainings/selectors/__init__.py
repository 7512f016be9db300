"""Reads of trainings. ``viewer`` is always asked for; what he may not see is not there."""
