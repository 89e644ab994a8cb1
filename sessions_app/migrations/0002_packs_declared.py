import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def name_packs(apps, schema_editor):
    """A key of its own and its languages for each pack that is there; English first, as in ours."""
    for pack in apps.get_model("sessions_app", "InstrumentPack").objects.all():
        pack.key = uuid.uuid4()
        pack.languages = sorted(pack.content["languages"], key=lambda code: (code != "en", code))
        pack.save(update_fields=["key", "languages"])


class Migration(migrations.Migration):

    dependencies = [
        ("sessions_app", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="instrumentpack", name="one_pack_is_active"),
        migrations.RemoveField(model_name="instrumentpack", name="active"),
        migrations.AddField(
            model_name="instrumentpack",
            name="languages",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="instrumentpack",
            name="key",
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        ),
        migrations.RunPython(name_packs, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="instrumentpack",
            name="key",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.CreateModel(
            name="PackUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("holder", models.CharField(blank=True, max_length=120, verbose_name="holder of the right")),
                ("reference", models.CharField(blank=True, max_length=120, verbose_name="licence number or contract")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("declared_at", models.DateTimeField(auto_now_add=True)),
                ("declared_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("pack", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="sessions_app.instrumentpack")),
            ],
            options={"ordering": ["-declared_at", "-pk"]},
        ),
    ]
