"""Before the page: which requests come in, from whom, and what goes out with every response."""
