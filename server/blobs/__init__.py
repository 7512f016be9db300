"""Content-addressed bytes: resumable upload, storage in a folder or S3, ranges, garbage collection.

Knows nothing of what the bytes mean.
"""
