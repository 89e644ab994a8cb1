"""The people of the demo clinic. They exist in demo mode alone, which says so on every page."""

PASSWORD = "quiet-river-morning"

ADMINISTRATOR = ("admin@demo.example", "Administrator Rowan")
SUPERVISORS = (
    ("oak@demo.example", "Supervisor Oak"),
    ("pine@demo.example", "Supervisor Pine"),
)
LEAD = ("alder@demo.example", "Lead Alder")
THERAPISTS = (
    ("ash@demo.example", "Therapist Ash"),
    ("birch@demo.example", "Therapist Birch"),
    ("cedar@demo.example", "Therapist Cedar"),
    ("elm@demo.example", "Therapist Elm"),
)

ACCOUNTS = [
    *((email, PASSWORD, "therapist") for email, _name in THERAPISTS),
    *((email, PASSWORD, "supervisor") for email, _name in SUPERVISORS),
    (LEAD[0], PASSWORD, "lead of the clinic"),
    (ADMINISTRATOR[0], PASSWORD, "administrator"),
]
