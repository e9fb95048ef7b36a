"""Pictures of text, read by OCR."""
