"""The people of the demo clinic. They exist in demo mode alone, which says so on every page."""

PASSWORD = "quiet-river-morning"

ADMINISTRATOR = ("admin@demo.example", "Administrator Rowan")
SUPERVISORS = (
    ("oak@demo.example", "Supervisor Oak"),
    ("pine@demo.example", "Supervisor Pine"),
)
THERAPISTS = (
    ("ash@demo.example", "Therapist Ash"),
    ("birch@demo.example", "Therapist Birch"),
    ("cedar@demo.example", "Therapist Cedar"),
    ("elm@demo.example", "Therapist Elm"),
)

ACCOUNTS = [
    *((email, PASSWORD, "therapist") for email, _name in THERAPISTS),
    *((email, PASSWORD, "supervisor") for email, _name in SUPERVISORS),
    (ADMINISTRATOR[0], PASSWORD, "administrator"),
]
