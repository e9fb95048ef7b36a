"""Plain text, and what is nearly that: source code and subtitles."""
