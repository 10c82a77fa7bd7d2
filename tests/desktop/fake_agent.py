# SPDX-License-Identifier: MIT
"""An agent for the window: it answers from a scene and notes what it is asked."""

import json
import os
import pathlib
import socket
import threading

SCENES = pathlib.Path(__file__).resolve().parents[1] / "golden" / "popover"
SCENE = SCENES / "calm.json"


class FakeAgent:
    """Answers as an agent would, from the scene, and notes the methods."""

    def __init__(self, path):
        self.scene = json.loads(SCENE.read_text(encoding="utf-8"))
        self.scene["config"] = json.loads((SCENES / "settings.json").read_text(encoding="utf-8"))["config"]
        self.asked, self.calls, self.clients = [], [], []
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(path)
        self.listener.listen(8)
        self.path = path
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.clients.append(client)
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        pending = b""
        while True:
            try:
                data = client.recv(65536)
            except OSError:
                return
            if not data:
                return
            pending += data
            *messages, pending = pending.split(b"\0")
            for message in messages:
                self.answer(client, json.loads(message))

    def answer(self, client, call):
        method = call["method"].rsplit(".", 1)[1]
        self.asked.append(method)
        self.calls.append((method, call.get("parameters", {})))
        replies = {
            "Watch": {"parameters": self.scene["snapshot"], "continues": True},
            "Scan": {"parameters": self.scene["scan"]},
            "History": {"parameters": {"history": self.scene["history"]}},
            "GetConfig": {"parameters": self.scene["config"]},
            "SetConfig": {"parameters": self.scene["config"]},
            "Top": {"parameters": self.scene["top"]},
            "Optimize": {"parameters": {"progress": {"stage": "moving", "done_items": 1}}, "continues": True},
        }
        reply = replies.get(method, {"parameters": {}})
        try:
            client.sendall(json.dumps(reply).encode() + b"\0")
        except OSError:
            pass

    def end(self):
        if self.listener.fileno() < 0:
            return
        self.listener.shutdown(socket.SHUT_RDWR)  # accept() returns
        self.thread.join()
        self.listener.close()
        for client in self.clients:
            try:
                client.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            client.close()
        os.unlink(self.path)
