"""Word, PowerPoint and Excel, of today and of old."""
