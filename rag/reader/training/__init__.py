"""Programs that make the reader that is shipped: examples, training, 8 bits."""
