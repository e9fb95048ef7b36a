"""The reader: a small cross-encoder that reads a question and a passage together; and how it is trained."""
