"""Exit code 0 when this machine's /healthz answers 200. Standard library only: it runs often."""

import os
import sys
import urllib.request
from urllib.parse import urlsplit


def is_healthy() -> bool:
    request = urllib.request.Request(
        f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/healthz",
        headers={"Host": urlsplit(os.environ["ORIGIN"]).netloc},
    )
    try:
        with urllib.request.urlopen(request, timeout=8):
            return True
    except OSError as failure:  # refused, too slow, or an answer other than 200
        print(failure, file=sys.stderr)
        return False


if __name__ == "__main__":
    sys.exit(0 if is_healthy() else 1)
