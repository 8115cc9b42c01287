"""`python -m web` is `agon-site`."""

from web.commandline import main

main()
