import json
import os
import subprocess
import sys

import pytest
from django.db import connection

ADDRESS = "postgres://somebody:secret@db.example/alliance"
SHOW = "from alliance import settings; print(json.dumps(settings.DATABASES['default']['OPTIONS']))"


def options_of(address: str) -> dict:
    command = [sys.executable, "-c", f"import json; {SHOW}"]
    environment = os.environ | {"DATABASE_URL": address, "DEMO": "1"}
    return json.loads(subprocess.check_output(command, env=environment, text=True))


def test_what_the_address_of_the_database_asks_for_is_kept():
    asked = options_of(f"{ADDRESS}?sslmode=verify-full&options=-c%20work_mem%3D64MB")
    assert asked["sslmode"] == "verify-full"
    assert asked["options"] == f"{options_of(ADDRESS)['options']}-c work_mem=64MB"


@pytest.mark.postgres
@pytest.mark.django_db
def test_database_compiles_no_plan():
    """It takes longer than all that Alliance asks."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
