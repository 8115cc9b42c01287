"""Fresh machines, services for the tests, images. Imports no part of the site."""
