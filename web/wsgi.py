"""Entry point of the web server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
application = get_wsgi_application()
# What start-up made lives as long as the process. Looking through it again and again, the garbage
# collector would hold requests up, now and then, for longer than most of them take.
gc.collect()
gc.freeze()
