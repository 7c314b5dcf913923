from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """The index of what is open is made anew, so that SQLite takes it before that of everything."""

    dependencies = [("cases", "0006_counted")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=Q(("voided_at__isnull", True)), fields=["family", "recorded_at"], name="case_recorded"
            ),
        ),
        migrations.RemoveIndex(model_name="case", name="case_open_due"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=Q(("closed_on__isnull", True), ("voided_at__isnull", True)),
                fields=["family", "due_on", "id"],
                name="case_open_due",
            ),
        ),
    ]
