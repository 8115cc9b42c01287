from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    dependencies = [
        ("challenges", "0004_token_names"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="accesstoken",
            constraint=models.UniqueConstraint(models.F("user"), Lower("name"), name="token_name"),
        ),
    ]
