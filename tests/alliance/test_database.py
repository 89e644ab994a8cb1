import pytest
from django.db import connection


@pytest.mark.postgres
@pytest.mark.django_db
def test_database_compiles_no_plan():
    """It takes longer than all that Alliance asks."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
