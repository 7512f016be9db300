"""The Pavi platform: one Django project whose apps form one tower (docs/architecture.md)."""
