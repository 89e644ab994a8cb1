# syntax=docker/dockerfile:1

# The dependencies, exactly those of requirements.txt, in a virtual environment of their own.
FROM python:3.11-slim AS dependencies
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.txt

FROM python:3.11-slim
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
RUN useradd --system --uid 10001 --home-dir /data --create-home alliance \
    && install --directory --owner alliance /apart /backups
COPY --from=dependencies /venv /venv
WORKDIR /app
COPY . .
# Demo mode here only spares the build the secrets; nothing of it stays in the image.
RUN DEMO=1 DATA_DIR=/tmp/build python manage.py collectstatic --noinput && rm -rf /tmp/build
USER alliance
VOLUME /data /apart /backups
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "alliance.wsgi:application", "--workers", "2", \
     "--blocking-threads", "4", "--workers-kill-timeout", "5", "--no-ws", \
     "--host", "0.0.0.0", "--port", "8000"]
