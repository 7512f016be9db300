"""What every app may use: errors, identifiers, pagination, events on commit. Owns no tables and knows no app."""
