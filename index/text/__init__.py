"""Text: characters, sentences, passages and tokens, in linear time, without a model."""
