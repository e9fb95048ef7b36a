"""Archives, and the files inside of any file, within limits."""
