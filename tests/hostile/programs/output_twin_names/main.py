"""Uses names that are one name on other computers."""

import os

os.mkdir("/agon/output/predictions")
open("/agon/output/predictions/a", "w").close()
open("/agon/output/predictions/A", "w").close()
