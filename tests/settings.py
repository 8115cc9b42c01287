"""The site's settings for tests: a home of its own, quick passwords, mail in memory."""

import atexit
import os
import shutil
import tempfile

HOME = tempfile.mkdtemp(prefix="agon-test-")
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
os.environ["AGON_HOME"] = HOME
os.mkdir(f"{HOME}/static")  # noqa: PTH102 - whitenoise warns where collectstatic has not run
for name in ("AGON_PORT", "AGON_SITE_URL"):
    os.environ.pop(name, None)

from web.settings import *  # noqa: E402, F403 - Django's way to extend settings

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Tests without a database clear it, too.
CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}  # noqa: F405 - as below
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405 - from web.settings
    # A database in memory locks whole tables between threads; the real one is a file too.
    DATABASES["default"]["TEST"] = {"NAME": f"{HOME}/test.sqlite3"}  # noqa: F405
