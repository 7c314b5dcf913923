from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0003_limits'),
    ]

    operations = [
        migrations.AddField(
            model_name='rung',
            name='optional',
            field=models.BooleanField(default=False, verbose_name='可发才拟、不等签发'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('voided_at__isnull', True)), fields=['family', 'moved_at', 'id'], name='case_moved'),
        ),
    ]
