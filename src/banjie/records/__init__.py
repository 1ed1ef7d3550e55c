"""What cases refer to: people who log in, the organisation, the catalogue. Knows no case."""
