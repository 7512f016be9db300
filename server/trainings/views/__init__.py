"""HTTP of trainings. A view parses, calls one service or selector, renders."""
