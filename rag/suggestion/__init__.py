"""Questions that documents answer: made from their own sentences, and asked before anybody is shown them."""
