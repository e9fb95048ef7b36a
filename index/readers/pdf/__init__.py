"""PDF: text in the order in which it is read, with the place of each character."""
