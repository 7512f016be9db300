"""The performance bars: what is measured, how, and against whom. Nothing here runs in production."""
