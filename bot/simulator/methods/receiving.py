"""Who am I, what is new, and where to push it."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from bot.simulator.methods.registry import Call, method
from bot.simulator.refusals import bad_request

MAX_SECRET = 256
MAX_DOWNLOAD = 20 * 1024 * 1024
WEBHOOK_PORTS = (443, 80, 88, 8443)


@method("getMe")
async def get_me(call: Call) -> Any:
    return {
        **call.world.bot(),
        "can_join_groups": False,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


@method("logOut")
@method("close")
async def close(call: Call) -> Any:
    return True


@method("getUpdates")
async def get_updates(call: Call) -> Any:
    parameters, updates = call.parameters, call.simulator.updates
    updates.allow(parameters.json("allowed_updates", "allowed updates"))
    return await updates.poll(
        parameters.integer("offset"),
        parameters.integer("limit", 100),
        parameters.integer("timeout"),
        call.gone,
    )


@method("setWebhook")
async def set_webhook(call: Call) -> Any:
    parameters, simulator = call.parameters, call.simulator
    url = parameters.text("url").strip()
    if url:
        _check_address(url)
    secret = parameters.text("secret_token")
    if len(secret) > MAX_SECRET:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")
    simulator.updates.allow(parameters.json("allowed_updates", "allowed updates"))
    if parameters.boolean("drop_pending_updates"):
        simulator.updates.waiting.clear()
    connections = parameters.integer("max_connections", 40)
    await simulator.webhook.set(url, secret, connections if 1 <= connections <= 100 else 40)
    return True


@method("deleteWebhook")
async def delete_webhook(call: Call) -> Any:
    if call.parameters.boolean("drop_pending_updates"):
        call.simulator.updates.waiting.clear()
    await call.simulator.webhook.set("", "", 40)
    return True


@method("getWebhookInfo")
async def get_webhook_info(call: Call) -> Any:
    return call.simulator.webhook.info()


@method("getFile")
async def get_file(call: Call) -> Any:
    if not call.parameters.has("file_id"):
        raise bad_request("file_id not specified")
    file = call.world.files.get(call.parameters.text("file_id"))
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(file.content) > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return {
        "file_id": file.file_id,
        "file_unique_id": file.file_id,
        "file_size": len(file.content),
        "file_path": file.path,
    }


def _check_address(url: str) -> None:
    """HTTPS on Telegram's ports; plain HTTP and any port only on loopback, which is ours."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise bad_request("bad webhook: invalid webhook URL specified") from None
    if not host:
        raise bad_request("bad webhook: invalid webhook URL specified")
    if _loopback(host):
        if parts.scheme not in ("http", "https"):
            raise bad_request("bad webhook: invalid webhook URL specified")
        return
    if parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if port is not None and port not in WEBHOOK_PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
