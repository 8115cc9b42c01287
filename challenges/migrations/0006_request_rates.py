from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("challenges", "0005_token_name_once"),
    ]

    operations = [
        migrations.CreateModel(
            name="RequestRate",
            fields=[
                ("key", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("empty_at", models.FloatField(db_index=True)),
            ],
        ),
    ]
