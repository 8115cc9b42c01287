"""Makes a file of a terabyte that takes no space; must be refused at once."""

with open("/agon/output/result.json", "wb") as file:
    file.truncate(1024**4)
