"""The FAQ as a library: text in, entry out. Imports nothing of ours."""
