"""Questions that documents answer: made from their sentences and headings, and asked before anybody is shown them."""
