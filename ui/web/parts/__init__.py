"""The parts of the page: records go in, HTML comes out."""
