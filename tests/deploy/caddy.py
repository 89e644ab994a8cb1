"""The proxy of docker-compose.yml: Caddy with deploy/Caddyfile, on ports of its own."""

import base64
import hashlib
import json
import os
import socket
import ssl
import struct
import subprocess
import threading
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from alliance.processes import end_with_parent
from alliance.stack import installed
from tests.installation import wait_for
from tests.servers import LOOPBACK, free_port

CADDYFILE = settings.BASE_DIR / "deploy" / "Caddyfile"
SITE_HOST = "localhost"  # for this name Caddy signs the certificate itself
ENDS_WITHIN = 10


class NameServer:
    """Says of any name that it has `addresses`, as compose's does of a service; `look_ups` counts
    how often it was asked."""

    def __init__(self, *addresses: str):
        self.addresses, self.look_ups = list(addresses), 0

    def __enter__(self) -> "NameServer":
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((LOOPBACK, 0))
        self.port = self._socket.getsockname()[1]
        self._answering = threading.Thread(target=self._answer_all)
        self._answering.start()
        return self

    def __exit__(self, *reason) -> None:
        self._socket.sendto(b"", (LOOPBACK, self.port))  # the last question
        self._answering.join()
        self._socket.close()

    def _answer_all(self) -> None:
        while True:
            question, asker = self._socket.recvfrom(512)
            if not question:
                return
            self.look_ups += 1
            self._socket.sendto(self._answer(question), asker)

    def _answer(self, question: bytes) -> bytes:
        """RFC 1035, 4.1: head, the question again, an A record of a second for each address."""
        ends = question.index(b"\0", 12) + 5
        wants_v4 = question[ends - 4 : ends - 2] == b"\0\1"
        found = [socket.inet_aton(each) for each in self.addresses] if wants_v4 else []
        head = question[:2] + struct.pack("!5H", 0x8180, 1, len(found), 0, 0)
        records = [struct.pack("!HHHIH", 0xC00C, 1, 1, 1, 4) + each for each in found]
        return head + question[12:ends] + b"".join(records)


class Proxy:
    """Ports, folder and the upstream's address are replaced; whatever else deploy/Caddyfile says
    stays. With `names` the address is asked for there, by the name that compose knows."""

    def __init__(self, folder: Path, web_port: str, names: "NameServer | None" = None):
        self.folder, self.web_port, self.names = folder, web_port, names
        self.port, self.plain_port = free_port(), free_port()

    @property
    def origin(self) -> str:
        return f"https://{SITE_HOST}:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "log.txt").read_text()

    def __enter__(self) -> "Proxy":
        config = self.folder / "config.json"
        config.write_text(json.dumps(self._config()))
        with (self.folder / "log.txt").open("w") as log:
            self.process = subprocess.Popen(
                [installed("caddy"), "run", "--config", str(config)],
                env=self._environment,
                stdout=log,
                stderr=log,
                preexec_fn=end_with_parent,
            )
        wait_for(lambda: self._has_its_certificate() or self.process.poll() is not None)
        assert self.process.poll() is None, self.log
        return self

    def __exit__(self, *reason) -> None:
        self.process.terminate()
        self.process.wait(ENDS_WITHIN)

    def _has_its_certificate(self) -> bool:
        return "certificate obtained successfully" in self.log

    @property
    def _environment(self) -> dict[str, str]:
        kept = {name: str(self.folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
        return os.environ | kept | {"SITE_HOST": SITE_HOST}

    def _config(self) -> dict:
        said = subprocess.check_output(
            [installed("caddy"), "adapt", "--config", str(CADDYFILE)],
            env=self._environment,
            text=True,
        )
        ours = '"name":"web","port":"8000"'
        assert said.count(ours) == 1
        config = json.loads(said.replace(ours, self._upstream()))
        http = config["apps"]["http"]
        http |= {"http_port": self.plain_port, "https_port": self.port}
        http["servers"]["srv0"]["listen"] = [f"{LOOPBACK}:{self.port}"]
        config["apps"]["pki"] = {"certificate_authorities": {"local": {"install_trust": False}}}
        return config | {
            "admin": {"disabled": True},
            "storage": {"module": "file_system", "root": str(self.folder)},
        }

    def _upstream(self) -> str:
        if self.names is None:
            return f'"name":"{LOOPBACK}","port":"{self.web_port}"'
        asks = json.dumps({"addresses": [f"udp/{LOOPBACK}:{self.names.port}"]})
        return f'"name":"web.test","port":"{self.web_port}","resolver":{asks}'

    def _certificate(self, of: str) -> Path:
        return self.folder / "pki" / "authorities" / "local" / f"{of}.crt"

    def trust(self) -> ssl.SSLContext:
        """Trusts what this proxy signs, and nothing else."""
        return ssl.create_default_context(cafile=str(self._certificate("root")))

    @property
    def key_hash(self) -> str:
        """What Chromium is told to trust it by."""
        pem = self._certificate("intermediate").read_bytes()
        key = x509.load_pem_x509_certificate(pem).public_key()
        spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(hashlib.sha256(spki).digest()).decode()
