"""TensorBoard's event files: read without TensorBoard, brought in as trainings, followed while they grow.

Owns the files' format and what becomes of their content. Sends straight from the files; writes no journal. Needs numpy.
"""
