"""The routes by which the page asks for more, as JSON, and sends files."""
