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

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "This Python cannot make a virtual environment: a part of it is packaged apart." >&2
    echo "Install that part, then run the same command again:" >&2
    echo "    sudo apt-get install python3-venv" >&2
    echo "Or install uv, which is used where it is found:  pip install uv" >&2
    exit 1
fi
[ -x .venv/bin/pip ] || "$python" -m venv .venv
exec .venv/bin/pip install --quiet --quiet --disable-pip-version-check --require-hashes \
    --requirement "$requirements"
