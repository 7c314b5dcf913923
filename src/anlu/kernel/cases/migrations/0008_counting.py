from django.db import migrations, models
from django.db.models import Q

LIVE = Q(("voided_at__isnull", True))


class Migration(migrations.Migration):
    """Figures and totals are counted from indexes alone; of several SQLite takes the youngest."""

    dependencies = [("cases", "0007_open_first")]

    operations = [
        migrations.RemoveIndex(model_name="case", name="case_figures"),
        migrations.RemoveIndex(model_name="case", name="case_found"),
        migrations.RemoveIndex(model_name="case", name="case_closed"),
        migrations.RemoveIndex(model_name="case", name="case_rebound"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=LIVE,
                fields=["family", "found_on", "id", "kind", "outcome", "closed_on", "town", "lead", "unit"],
                name="case_found",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=LIVE,
                fields=[
                    "family",
                    "closed_on",
                    "id",
                    "kind",
                    "outcome",
                    "found_on",
                    "due_on",
                    "on_time",
                    "reopened_on",
                    "town",
                    "lead",
                    "unit",
                ],
                name="case_closed",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=Q(("voided_at__isnull", True), ("reopened_on__isnull", False)),
                fields=["family", "reopened_on", "id"],
                name="case_back",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=Q(("voided_at__isnull", True), ("rebounds__gt", 0)),
                fields=["family", "rebounds", "id"],
                name="case_rebound",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=LIVE, fields=["family", "id"], name="case_keys"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=LIVE, fields=["family", "kind", "unit", "lead", "town", "id"], name="case_counted"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=Q(("closed_on__isnull", True), ("voided_at__isnull", True)),
                fields=["family", "kind", "state", "outcome", "found_on", "due_on", "town", "lead", "unit"],
                name="case_standing",
            ),
        ),
    ]
