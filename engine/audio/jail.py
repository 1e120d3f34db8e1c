"""What a decoder may do, taken from this process for good: no other file, no network, no process, no user of ours.

Each protection is the kernel's and needs no privilege, so it holds for a plain user and inside systemd's own filters:

- as root, the process becomes `nobody`;
- Landlock: but for what it has open, it can open nothing, or only what a program needs to run;
- seccomp (by libseccomp): it can make no socket, no process, no signal to another; what is not listed does not exist;
- a network of its own with nothing in it, where namespaces can be made.

What the kernel or the machine does not have is named by `Confinement`, and the rest holds all the same. It is done for
each recording, so it imports little: dataclasses alone would double the time.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_NOBODY = 65534  # user and group: the kernel's own number for whom it does not know
_MOST_FILES = 64
_THREADS_OF_OUR_OWN = 64  # where the kernel counts them for this process alone
_THREADS_MORE = 512  # than the machine has now, where it counts all of the user's
_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000  # of unshare(2)
_NO_NEW_PRIVILEGES = 38  # of prctl(2)


class Program:
    """A program that the process is about to become: open, as is what else it reads."""

    __slots__ = ("descriptor", "readable")

    def __init__(self, descriptor: int, readable: Sequence[int] = ()) -> None:
        self.descriptor, self.readable = descriptor, readable


class Confinement:
    """What came of it, in words: what the process can do no more, and what it still can, and why."""

    __slots__ = ("held", "missing")

    def __init__(self) -> None:
        self.held: list[str] = []
        self.missing: list[str] = []

    def attempt(self, protection: Callable[[], object], held: str, missing: str) -> None:
        """Take something away, and note what came of it."""
        try:
            protection()
        except OSError as error:
            self.missing.append(f"{missing} ({error.strerror or error})")
        else:
            self.held.append(held)


def bound(seconds: int, memory_bytes: int) -> None:
    """Bound what this process may use: processor seconds, address space, descriptors, and not a byte into any file."""
    bounds = {
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: _MOST_FILES,
        resource.RLIMIT_MEMLOCK: 0,
    }
    for kind, value in bounds.items():
        most = resource.getrlimit(kind)[1]
        lowered = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(kind, (lowered, lowered))


def confine(program: Program | None) -> Confinement:
    """Take from this process (of one thread) what no decoder needs; without `program`, the opening of files as well."""
    found = Confinement()
    libc = ctypes.CDLL(None, use_errno=True)
    was_root = os.geteuid() == 0
    without_network = was_root and libc.unshare(_NEW_NETWORK) == 0
    if was_root:
        found.attempt(_become_nobody, "as nobody", "it keeps root's rights")
    own_user_namespace = not without_network and libc.unshare(_NEW_USER | _NEW_NETWORK) == 0
    _bound_threads(counted_alone=own_user_namespace)
    found.attempt(
        lambda: _checked(libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)),
        "no rights gained",
        "set-user-ID programs give it rights",
    )
    found.attempt(lambda: _allow_files(libc, program), "no file but the recording", "it can open whatever its user can")
    left_open = "processes and Unix sockets" if without_network or own_user_namespace else "processes and connections"
    found.attempt(lambda: _allow_calls(program), "no network, socket or process", f"it can make {left_open}")
    return found


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def _become_nobody() -> None:
    os.setgroups([])
    os.setresgid(_NOBODY, _NOBODY, _NOBODY)
    os.setresuid(_NOBODY, _NOBODY, _NOBODY)


def _bound_threads(*, counted_alone: bool) -> None:
    """Bound the number of threads; where all of the user's are counted, above what there can be now."""
    most = _THREADS_OF_OUR_OWN
    if not counted_alone:
        try:
            with open("/proc/loadavg") as file:  # noqa: PTH123  # pathlib is slow to import
                most = int(file.read().split()[3].split("/")[1]) + _THREADS_MORE
        except OSError:
            return
    hard = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_NPROC, (most, most))


# -- files: Landlock (landlock(7)) -----------------------------------------------------------------------------------

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on all architectures
_VERSION_FLAG = 1
_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
# All that a version knows: of files, of TCP, of abstract sockets and signals. What is known and not allowed is refused.
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_TCP_SINCE, _TCP_RIGHTS = 4, 0b11
_SCOPES_SINCE, _SCOPES = 6, 0b11
# Programs and libraries, and what they look for as they start. Nothing of ours, of the machine's settings or of a user.
_PROGRAM_FOLDERS = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/opt", "/nix/store", "/sys/devices/system/cpu")
_PROGRAM_FILES = ("/etc/ld.so.cache", "/etc/localtime", "/etc/ssl/openssl.cnf", "/dev/zero", "/dev/urandom")
_NULL = "/dev/null"


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    # The kernel reads the first 12 bytes: it has this one packed, which ctypes does not promise for later Pythons.
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def _allow_files(libc: ctypes.CDLL, program: Program | None) -> None:
    version = _checked(libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION_FLAG))
    attributes = _Ruleset(
        files=_FILE_RIGHTS[max(known for known in _FILE_RIGHTS if known <= version)],
        network=_TCP_RIGHTS if version >= _TCP_SINCE else 0,
        scopes=_SCOPES if version >= _SCOPES_SINCE else 0,
    )
    size = 8 if version < _TCP_SINCE else 16 if version < _SCOPES_SINCE else 24
    ruleset = _checked(libc.syscall(_CREATE_RULESET, ctypes.byref(attributes), ctypes.c_size_t(size), 0))
    if program is not None:
        for folder in _PROGRAM_FOLDERS:
            _allow_path(libc, ruleset, folder, _EXECUTE | _READ_FILE | _READ_FOLDER)
        for file in _PROGRAM_FILES:
            _allow_path(libc, ruleset, file, _READ_FILE)
        _allow_path(libc, ruleset, _NULL, _READ_FILE | _WRITE_FILE)
        for descriptor in program.readable:
            _allow(libc, ruleset, descriptor, _READ_FILE)
        _allow(libc, ruleset, program.descriptor, _EXECUTE | _READ_FILE)
    _checked(libc.syscall(_RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def _allow_path(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there need not be allowed
    _allow(libc, ruleset, descriptor, rights)
    os.close(descriptor)


def _allow(libc: ctypes.CDLL, ruleset: int, descriptor: int, rights: int) -> None:
    rule = _Beneath(allowed=rights, parent=descriptor)
    libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0)  # a pipe needs no rule, and gets none


# -- system calls: seccomp, by libseccomp ----------------------------------------------------------------------------

_LIBRARY = "libseccomp.so.2"
_ALLOWED = 0x7FFF0000
_UNKNOWN_CALL = 0x00050000 | errno.ENOSYS  # so libraries go the way that they know for older kernels
_REFUSED = 0x00050000 | errno.EPERM
_EQUAL, _MASKED_EQUAL = 4, 7
_CLONE_THREAD = 0x00010000
_QUESTIONS = (0x5401, 0x5450, 0x5451)  # of ioctl: TCGETS, FIONCLEX, FIOCLEX
_NAMES_OF_THREADS = (15, 16, 0x53564D41)  # of prctl: PR_SET_NAME, PR_GET_NAME, PR_SET_VMA
# Computing, and reading and writing what is open.
_CALLS = """
    read readv pread64 preadv write writev pwrite64 lseek _llseek close fstat fstat64 dup dup2 dup3 fcntl fcntl64
    poll ppoll ppoll_time64 select _newselect pselect6 pselect6_time64 fadvise64
    mmap mmap2 munmap mprotect mremap madvise brk membarrier
    rt_sigaction rt_sigprocmask rt_sigreturn sigreturn sigaltstack restart_syscall
    futex futex_time64 set_robust_list get_robust_list rseq sched_yield sched_getaffinity getcpu
    clock_gettime clock_gettime64 clock_getres clock_getres_time64 gettimeofday time nanosleep clock_nanosleep
    clock_nanosleep_time64 getpid gettid getppid getuid geteuid getgid getegid getrandom getrusage times sysinfo uname
    getrlimit ugetrlimit exit exit_group
"""
# What a program needs besides: itself, its libraries and its threads.
_PROGRAM_CALLS = """
    execve execveat open openat stat stat64 lstat lstat64 newfstatat fstatat64 statx access faccessat faccessat2
    statfs statfs64 readlink readlinkat getdents getdents64 getcwd umask arch_prctl set_tid_address set_thread_area
    getresuid getresgid getgroups getpgrp getpgid eventfd2
"""


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("comparison", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


def _allow_calls(program: Program | None) -> None:
    library = ctypes.CDLL(_LIBRARY)
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = (ctypes.c_uint32,)
    context = library.seccomp_init(_UNKNOWN_CALL)
    if not context:
        raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
    filters = _Filter(library, ctypes.c_void_p(context))
    for name in _CALLS.split():
        filters.add(_ALLOWED, name)
    filters.add(_ALLOWED, "tgkill", (0, _EQUAL, os.getpid(), 0))  # abort(3)
    filters.add(_ALLOWED, "prlimit64", (2, _EQUAL, 0, 0))  # to read a limit, not to set one
    for question in _QUESTIONS:
        filters.add(_ALLOWED, "ioctl", (1, _EQUAL, question, 0))
    if program is not None:
        for name in _PROGRAM_CALLS.split():
            filters.add(_ALLOWED, name)
        filters.add(_ALLOWED, "clone", (0, _MASKED_EQUAL, _CLONE_THREAD, _CLONE_THREAD))
        filters.add(_REFUSED, "clone", (0, _MASKED_EQUAL, _CLONE_THREAD, 0))
        for name in ("fork", "vfork", "socket", "socketpair"):
            filters.add(_REFUSED, name)
        for option in _NAMES_OF_THREADS:
            filters.add(_ALLOWED, "prctl", (0, _EQUAL, option, 0))
    filters.load()


class _Filter:
    """A filter of system calls in the making; names that this architecture does not know are passed over."""

    def __init__(self, library: ctypes.CDLL, context: ctypes.c_void_p) -> None:
        self._library, self._context = library, context

    def add(self, action: int, name: str, only: tuple[int, int, int, int] | None = None) -> None:
        number = self._library.seccomp_syscall_resolve_name(name.encode())
        if number < 0:
            return
        comparisons = (_Comparison * 1)(*([_Comparison(*only)] if only else []))
        count = 1 if only else 0
        _checked_filter(
            self._library.seccomp_rule_add_array(self._context, ctypes.c_uint32(action), number, count, comparisons)
        )

    def load(self) -> None:
        _checked_filter(self._library.seccomp_load(self._context))
        self._library.seccomp_release(self._context)


def _checked_filter(result: int) -> None:
    if result < 0:
        raise OSError(-result, os.strerror(-result))
