"""The grounding check: which sentences of a text do the sources support, and with which words."""
