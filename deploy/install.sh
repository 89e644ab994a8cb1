#!/bin/sh
# Makes .venv and installs a requirements file into it, every wheel checked against its hash.
#   deploy/install.sh requirements.txt
set -eu
requirements=$1
python=${PYTHON:-python3}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Alliance needs Python 3.11 or newer. Where it has another name: PYTHON=python3.12 make run" >&2
    exit 1
fi

if uv --version >/dev/null 2>&1; then
    [ -x .venv/bin/python ] || uv venv --quiet --python "$python" .venv
    exec uv pip install --quiet --python .venv/bin/python --require-hashes --compile-bytecode \
        --requirement "$requirements"
fi

# `--without-pip` because Debian packages what puts pip into an environment apart; the pip outside
# can install into it just as well.
if ! "$python" -m pip --version >/dev/null 2>&1; then
    echo "Neither pip nor uv is there to install with. Install one of them, then run this again:" >&2
    echo "    sudo apt-get install python3-pip" >&2
    exit 1
fi
[ -x .venv/bin/python ] || "$python" -m venv --without-pip .venv
exec "$python" -m pip --python .venv/bin/python install --quiet --disable-pip-version-check \
    --require-hashes --requirement "$requirements"
