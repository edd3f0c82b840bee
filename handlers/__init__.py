"""Telegram in, services called, Telegram out."""
