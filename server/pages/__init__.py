"""Plain server-rendered pages: trainings, one training, a compare. Reads through selectors, stores nothing."""
