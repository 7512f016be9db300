"""The composition root: settings, URLs, ASGI, Celery and the command line. Nothing imports it."""
