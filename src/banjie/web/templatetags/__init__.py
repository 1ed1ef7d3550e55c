"""Template tags: `words` speaks the catalogue's language in templates."""
