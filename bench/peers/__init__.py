"""The peers: one adapter file a tool, the same functions in each, run under that tool's own interpreter."""
