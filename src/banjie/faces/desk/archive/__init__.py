"""The archivist's pages: what waits, what is filed and under which number, what the four looks found, handing out."""
