"""The store: the home folder, and the catalog in it that is the one truth about what is indexed."""
