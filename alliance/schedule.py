"""The timetable. Each entry only says "look now": what is due is decided by rows and the clinic's
own clock, so a look too many or too few changes nothing.

The weekly report goes out on Monday morning in the clinic's zone; looking every ten minutes finds
that moment in each zone, and catches up where the machine was off.
"""

MINUTE = 60.0

BEAT_SCHEDULE = {
    "sweep": {
        "task": "ruptures.sweep",
        "schedule": MINUTE,
        "options": {"expires": MINUTE},
    },
    "audit": {
        "task": "accounts.seal_audit",
        "schedule": MINUTE,
        "options": {"expires": MINUTE},
    },
    "copies for clients": {
        "task": "ruptures.make_client_copies",
        "schedule": MINUTE,
        "options": {"expires": MINUTE},
    },
    "weekly reports": {
        "task": "ruptures.make_weekly_reports",
        "schedule": 10 * MINUTE,
        "options": {"expires": 10 * MINUTE},
    },
    "strains that age": {
        "task": "ruptures.rescreen_by_clock",
        "schedule": 60 * MINUTE,
        "options": {"expires": 60 * MINUTE},
    },
    "whoever has to be told is": {
        "task": "ruptures.reconcile",
        "schedule": 60 * MINUTE,
        "options": {"expires": 60 * MINUTE},
    },
    "old sign-ins": {
        "task": "accounts.forget_sessions",
        "schedule": 60 * MINUTE,
        "options": {"expires": 60 * MINUTE},
    },
    "old drafts and undo steps": {
        "task": "sessions_app.forget_old",
        "schedule": 60 * MINUTE,
        "options": {"expires": 60 * MINUTE},
    },
}
