"""Leaves a socket in the output."""

import socket

socket.socket(socket.AF_UNIX).bind("/agon/output/result.json")
