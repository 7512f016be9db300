"""Projects, trainings, compares, console logs, snapshots, and filter expressions over them. Curves are in scalars."""
