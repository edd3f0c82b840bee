"""The parameters of a call, however they were sent: query, form, multipart or JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from bot.simulator.refusals import Refused, bad_request

MAX_BODY = 50 * 1024 * 1024 + 1024 * 1024
"""An upload of 50 MB and what stands around it."""


@dataclass(frozen=True)
class Upload:
    name: str
    content: bytes
    media_type: str = "application/octet-stream"


@dataclass(frozen=True)
class Parameters:
    """Every value as text, as the Bot API itself keeps them; objects and lists as JSON text."""

    values: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        return self.values.get(name, default)

    def has(self, name: str) -> bool:
        return self.values.get(name, "") != ""

    def integer(self, name: str, default: int = 0) -> int:
        found = re.match(r"\s*([+-]?\d+)", self.values.get(name, ""))
        return int(found[1]) if found else default

    def number(self, name: str) -> float | None:
        try:
            return float(self.values.get(name, ""))
        except ValueError:
            return None

    def boolean(self, name: str) -> bool:
        return self.values.get(name, "").strip().lower() in ("true", "yes", "1")

    def json(self, name: str, what: str) -> Any:
        """The value as JSON; None when it is not there. *what* names it in the refusal."""
        if not self.has(name):
            return None
        try:
            return json.loads(self.values[name])
        except ValueError:
            raise bad_request(f"can't parse {what} JSON object") from None

    def for_the_log(self) -> dict[str, Any]:
        files = {
            name: f"{file.name} ({len(file.content)} bytes)" for name, file in self.files.items()
        }
        return {**self.values, **files}


def read(query: str, media_type: str, body: bytes) -> Parameters:
    """Raises Refused for a body that is not what its content type says."""
    values = dict(parse_qsl(query, keep_blank_values=True))
    files: dict[str, Upload] = {}
    kind = media_type.split(";")[0].strip().lower()
    if len(body) > MAX_BODY:
        raise Refused(413, "Request Entity Too Large")
    if kind == "application/json" and body:
        values.update(_from_json(body))
    elif kind == "application/x-www-form-urlencoded":
        values.update(parse_qsl(_utf8(body), keep_blank_values=True))
    elif kind == "multipart/form-data":
        boundary = re.search(r'boundary="?([^";]+)"?', media_type, re.IGNORECASE)
        if boundary is None:
            raise bad_request("boundary of the multipart body is missing")
        _read_multipart(body, boundary[1].encode(), values, files)
    return Parameters(values, files)


def _utf8(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise bad_request("strings must be encoded in UTF-8") from None


def _from_json(body: bytes) -> dict[str, str]:
    try:
        found = json.loads(_utf8(body))
    except ValueError:
        raise bad_request("can't parse request JSON object") from None
    if not isinstance(found, dict):
        raise bad_request("request must be a JSON object")
    return {name: _as_text(value) for name, value in found.items() if value is not None}


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _read_multipart(
    body: bytes, boundary: bytes, values: dict[str, str], files: dict[str, Upload]
) -> None:
    # The line break before a boundary belongs to the boundary, never to the content.
    parts = (b"\r\n" + body).split(b"\r\n--" + boundary)
    for part in parts[1:]:
        if part.startswith(b"--"):
            break
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = head.decode("utf-8", "replace")
        name = re.search(r'[;\s]name="([^"]*)"', headers)
        if name is None:
            continue
        file_name = re.search(r'filename="([^"]*)"', headers)
        if file_name is None:
            values[name[1]] = _utf8(content)
            continue
        media_type = re.search(r"^content-type:\s*([^\s;]+)", headers, re.I | re.M)
        files[name[1]] = Upload(
            file_name[1].replace("\\", "/").rsplit("/", 1)[-1],
            content,
            media_type[1] if media_type else "application/octet-stream",
        )
