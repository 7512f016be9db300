"""HTTP of the ModelCloud."""
