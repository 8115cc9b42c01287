"""What runs inside the sandbox, beside untrusted bytes: unpack, check, score, report."""
