"""Users, tokens, roles on scopes, and the audit log. Knows nothing of what a scope stands for."""
