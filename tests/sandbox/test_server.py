"""The process: it remembers, it ends when asked, and a taken port is no obstacle."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time

import httpx2


def start(*arguments):
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", *map(str, arguments)], stdout=subprocess.PIPE
    )
    return process, json.loads(process.stdout.readline())


def stop(process):
    process.terminate()
    assert process.wait(10) == 0
    process.stdout.close()


def test_it_remembers_messages_and_credentials_between_runs(tmp_path):
    process, first = start("--data", tmp_path)
    body = {"to": "84900000001", "sender": "CSGT", "text": "x", "encoding": "gsm7", "parts": 1}
    headers = {"Authorization": f"Bearer {first['sms']['api_key']}"}
    assert httpx2.post(first["sms"]["url"] + "/sms/send", json=body, headers=headers).status_code == 200
    stop(process)

    process, second = start("--data", tmp_path)
    messages = httpx2.get(second["inbox"]["url"], params={"phone": "0900000001", "format": "json"}).json()

    assert second["gateway"]["hash_secret"] == first["gateway"]["hash_secret"]
    assert [entry["content"]["text"] for entry in messages["messages"]] == ["x"]
    stop(process)


def test_a_taken_port_is_replaced_and_the_ports_file_is_private(tmp_path):
    ports_file = tmp_path / "ports.json"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "--gateway-port", str(port), "--ports-file", str(ports_file)]
        )
        until = time.monotonic() + 20
        while not ports_file.exists():
            assert time.monotonic() < until
            assert process.poll() is None
            time.sleep(0.02)
        at = json.loads(ports_file.read_text())

        assert not at["gateway"]["url"].endswith(f":{port}")
        assert httpx2.get(at["gateway"]["url"] + "/control").status_code == 200
        assert ports_file.stat().st_mode & 0o077 == 0
        process.terminate()
        assert process.wait(10) == 0
