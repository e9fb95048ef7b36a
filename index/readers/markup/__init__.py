"""Markup: web pages, e-books, Markdown, reStructuredText and Org."""
