"""The chat off loopback: the link that is printed at its start, and the proxy that may stand before it."""

from __future__ import annotations

import http.client
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from index.errors import SettingsError
from ui.settings_sources import read_settings


def fetch(address: str, **headers: str) -> tuple[int, dict[str, str]]:
    """Ask a server that may not be there yet."""
    parts = urlsplit(address)
    deadline = time.monotonic() + 300
    while True:
        connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        try:
            connection.request("GET", f"/?{parts.query}", headers=headers)
            response = connection.getresponse()
            return response.status, {key.lower(): value for key, value in response.getheaders()}
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        finally:
            connection.close()


@pytest.mark.slow
def test_off_loopback_the_printed_link_is_the_way_in(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    where = ["--host", "0.0.0.0", "--port", str(port), "--home", str(tmp_path / "home")]
    command = [sys.executable, "-m", "ui.cli", "chat", str(tmp_path / "documents"), "--no-browser", *where]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as chat:
        try:
            assert chat.stdout
            link = re.search(r"http://\S+/\?token=[\w-]{43}", chat.stdout.readline())
            assert link
            assert "0.0.0.0" not in link[0]
            plain = link[0].partition("?")[0]
            assert fetch(plain)[0] == 401
            assert fetch(plain, Host=f"localhost:{port}")[0] == 401
            status, headers = fetch(link[0])
            assert (status, headers["location"]) == (303, "/")
            assert fetch(plain, Cookie=headers["set-cookie"].partition(";")[0])[0] == 200
        finally:
            chat.send_signal(signal.SIGINT)
            told = chat.communicate(timeout=60)
    assert link[0].partition("=")[2] not in "".join(told)  # and no log of requests


def test_a_proxy_is_named_by_its_ip_address(tmp_path: Path) -> None:
    home = {"home": str(tmp_path)}
    assert read_settings(home, {}).proxy == ""
    assert read_settings(home, {"PINCITE_PROXY": "10.0.0.1"}).proxy == "10.0.0.1"
    assert read_settings({**home, "proxy": "0::1"}, {}).proxy == "::1"
    for wrong in ("proxy.example", "10.0.0.0/8", "10.0.0.1:80", "all"):
        with pytest.raises(SettingsError, match=r"IP address.*--proxy"):
            read_settings({**home, "proxy": wrong}, {})
