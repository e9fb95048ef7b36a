"""What people and programs see: the page, the command line."""
