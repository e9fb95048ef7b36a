"""Answers in a language model's own words: a server of the OpenAI chat protocol is asked, every sentence is checked."""
