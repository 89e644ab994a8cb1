from django.db import migrations


class Migration(migrations.Migration):
    """Sessions are in a table of Alliance's own; what is left of the ones before is over."""

    dependencies = [("accounts", "0012_browser_sessions")]

    operations = [migrations.RunSQL("DROP TABLE IF EXISTS django_session")]
