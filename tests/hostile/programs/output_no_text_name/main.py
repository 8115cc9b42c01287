"""Uses a name that is no text."""

import os

os.mkdir("/agon/output/predictions")
open(b"/agon/output/predictions/\xff\xfe", "w").close()
