"""``pavi://``: the tree of folders, training models and files that a Pavi server keeps."""
