"""The tagger: which words of a conversation a question leans on; its network is the project's own, see CARD.md."""
