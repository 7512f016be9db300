"""Reads of the ModelCloud."""
