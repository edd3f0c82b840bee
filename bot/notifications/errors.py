"""How sending can fail beyond `Undeliverable`, `TryLater` and `MaybeSent` (`bot.errors`)."""


class Rejected(Exception):
    """The messenger refuses this very message: too long, badly formed. The mistake is ours."""


class MessengerClosed(Exception):
    """The messenger no longer knows us; nothing can be sent or received until somebody acts."""
