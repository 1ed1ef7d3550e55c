"""What people and programs see: asks, never decides. Four faces, strangers to one another."""
