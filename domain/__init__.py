"""The rules of the business in pure Python: no Azure, no HTTP, no environment, no clock, no random."""
