"""Which system calls a sandboxed program may make: an allow-list, the same for every runtime."""

from dataclasses import dataclass

# Refused on purpose, and so never to be added below: ptrace and process_vm_* (other processes),
# io_uring_* (goes around this filter), splice, tee, vmsplice and sendfile into a pipe (page cache
# writes, CVE-2022-0847), userfaultfd, bpf, perf_event_open, keyctl and its kin, the mount calls,
# unshare, setns, open_by_handle_at, modules, clocks, quotas, swap, reboot, POSIX queues, old AIO.

_FILES = """
access chdir chmod chown close close_range copy_file_range creat dup dup2 dup3 faccessat
faccessat2 fadvise64 fallocate fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync
fgetxattr flistxattr flock fremovexattr fsetxattr fstat fstatfs fsync ftruncate futimesat getcwd
getdents getdents64 getxattr inotify_add_watch inotify_init inotify_init1 inotify_rm_watch ioctl
lchown lgetxattr link linkat listxattr llistxattr lremovexattr lseek lsetxattr lstat mkdir mkdirat
mknod mknodat newfstatat open openat openat2 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read
readahead readlink readlinkat readv removexattr rename renameat renameat2 rmdir setxattr stat
statfs statx symlink symlinkat sync_file_range truncate umask unlink unlinkat utime utimensat
utimes write writev cachestat
"""
_MEMORY = """
brk madvise memfd_create membarrier mincore mlock mlock2 mlockall mmap mprotect mremap mseal msync
munlock munlockall munmap get_mempolicy pkey_alloc pkey_free pkey_mprotect map_shadow_stack
"""
_PROCESSES = """
arch_prctl capget capset execve execveat exit exit_group fork getcpu getegid geteuid getgid
getgroups getpgid getpgrp getpid getppid getpriority getresgid getresuid getrlimit
get_robust_list getrusage getsid gettid getuid get_thread_area ioprio_get kill landlock_add_rule
landlock_create_ruleset landlock_restrict_self pidfd_open pidfd_send_signal prctl prlimit64 rseq
sched_getaffinity sched_getattr sched_getparam sched_get_priority_max sched_get_priority_min
sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam
sched_setscheduler sched_yield seccomp setfsgid setfsuid setgid setgroups setpgid setpriority
setregid setresgid setresuid setreuid setrlimit set_robust_list setsid set_thread_area
set_tid_address setuid sysinfo tgkill times tkill uname vfork wait4 waitid
"""
_SIGNALS_AND_TIME = """
alarm clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep pause
restart_syscall rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn
rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo setitimer sigaltstack signalfd signalfd4 time
timer_create timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create
timerfd_gettime timerfd_settime getrandom
"""
_TALKING = """
accept accept4 bind connect epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2
epoll_wait eventfd eventfd2 futex futex_requeue futex_wait futex_waitv futex_wake getpeername
getsockname getsockopt listen msgctl msgget msgrcv msgsnd pipe pipe2 poll ppoll pselect6 recvfrom
recvmmsg recvmsg select semctl semget semop semtimedop sendmmsg sendmsg sendto setsockopt shmat
shmctl shmdt shmget shutdown
"""

ALLOWED = frozenset((_FILES + _MEMORY + _PROCESSES + _SIGNALS_AND_TIME + _TALKING).split())

# Memory that is in no process and no file system that can be looked at: only control groups count
# it. Where there are none these calls are refused too.
UNCOUNTED = frozenset({"memfd_create", "shmat", "shmctl", "shmdt", "shmget"})


@dataclass(frozen=True)
class ArgumentIs:
    """True when argument number `index`, after `mask`, equals `value` (unsigned, 64 bits)."""

    index: int
    mask: int
    value: int


# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET (linux/sched.h).
NAMESPACE_FLAGS = 0x7E02_0000
_INT = 0xFFFF_FFFF  # the kernel looks at the lower half of an `int` argument only
_AF_UNIX = 1  # linux/socket.h

# Allowed when any one of the conditions holds.
CONDITIONAL: dict[str, tuple[ArgumentIs, ...]] = {
    "clone": (ArgumentIs(0, NAMESPACE_FLAGS, 0),),
    "personality": (ArgumentIs(0, _INT, 0), ArgumentIs(0, _INT, _INT)),  # set to Linux; only ask
    "socket": (ArgumentIs(0, _INT, _AF_UNIX),),
    "socketpair": (ArgumentIs(0, _INT, _AF_UNIX),),
}

# Its flags lie behind a pointer where no filter sees them; at ENOSYS a libc falls back to clone.
UNIMPLEMENTED = frozenset({"clone3"})
