"""The assistant without a network, as in the conversations."""

from tests.conversations.conftest import answers, messenger, services, telephone, zone

__all__ = ["answers", "messenger", "services", "telephone", "zone"]
