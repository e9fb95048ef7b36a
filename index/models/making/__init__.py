"""Programs that make the network that is shipped, and its 8 bits."""
