# Debian is named: its pg_dump must not be older than the server of docker-compose.yml.
# The dependencies, exactly those of requirements.txt, in a virtual environment of their own.
FROM python:3.11-slim-trixie AS dependencies
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.txt

FROM python:3.11-slim-trixie
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    DATA_DIR=/data \
    APART_DIR=/apart \
    BACKUP_DIR=/backups \
    STATIC_ROOT=/app/staticfiles
# pg_dump and pg_restore, for manage.py backup and restore.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/*
# Volumes keep the numbers, so both stay the same in every image.
RUN groupadd --gid 10001 alliance \
    && useradd --uid 10001 --gid alliance --no-log-init --home-dir /data --no-create-home alliance \
    && install --directory --owner alliance --group alliance --mode 700 /data /apart /backups
COPY --from=dependencies /venv /venv
WORKDIR /app
COPY . .
# Demo mode here only spares the build the secrets; nothing of it stays in the image.
RUN DEMO=1 DATA_DIR=/tmp/build python manage.py collectstatic --noinput && rm -rf /tmp/build
USER alliance
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "alliance.wsgi:application", "--workers", "2", \
     "--blocking-threads", "4", "--workers-kill-timeout", "5", "--no-ws", \
     "--host", "0.0.0.0", "--port", "8000"]
