"""Arrays and tables from untrusted hands, read block by block in bounded memory.

Each reader knows shape and dtype before it decodes anything, allows few codecs, bounds every
decoding by what the metadata promised, and turns whatever goes wrong into ArrayInvalid.
"""
