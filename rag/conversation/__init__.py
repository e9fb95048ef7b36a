"""What is being said: a line and the conversation before it go in, a question that stands alone comes out."""
