"""The page: its server with the guard before it, and what it shows."""
