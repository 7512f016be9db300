"""The parts of the trainer: each does one thing, and `classifier.trainer` puts them together."""
