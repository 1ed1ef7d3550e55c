"""What the applicant is told: an inbox that follows the feed, a sentence for every fact that concerns them."""
