"""The office's side of delivery and money: the board of results, one case's, the government's postage, each day's
payments."""
