"""What an office owes around its cases: each duty follows the feed and may append streams of its own."""
