"""What Contactpunt can do; knows no Telegram."""
