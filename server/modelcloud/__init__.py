"""The tree behind `pavi://`: folders, training models, files; versions, aliases, stages."""
