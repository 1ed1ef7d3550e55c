"""What the portal's templates ask of a case."""
