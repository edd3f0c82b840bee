"""A Bot API on loopback, as strict as Telegram's, with a chat page in front of it.

The demo runs on it, and it is the far side of the end-to-end tests: the bot speaks to it over HTTP
exactly as it speaks to Telegram. It knows nothing about Contactpunt.
"""
