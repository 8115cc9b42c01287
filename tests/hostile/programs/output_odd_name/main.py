"""Uses names that look like something else."""

import os

os.mkdir("/agon/output/predictions")
open("/agon/output/predictions/a\nb", "w").close()
