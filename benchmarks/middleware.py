"""Counts SQL statements of a request that asks for it; every other request passes untouched."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

ASKS = "X-Count-Statements"
ANSWERS = "X-Statements"


def count_statements(get_response):
    def answer(request):
        if ASKS not in request.headers:
            return get_response(request)
        with CaptureQueriesContext(connection) as captured:
            response = get_response(request)
        response[ANSWERS] = len(captured)
        return response

    return answer
