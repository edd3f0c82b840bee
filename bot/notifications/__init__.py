"""Writing to people: what a message is, the promises to send one, and keeping them."""
