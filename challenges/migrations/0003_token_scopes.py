from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("challenges", "0002_artifacts"),
    ]

    operations = [
        migrations.AddField(
            model_name="accesstoken",
            name="scopes",
            field=models.CharField(default="read submit organise", max_length=60),
        ),
    ]
