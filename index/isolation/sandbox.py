"""What a process that reads hostile files gives up before it reads the first, so that it can do no harm.

Python's own doors are closed on every system. On Linux the kernel confines the whole process, whatever a library in it
is made to do: the network is left (a namespace of its own), files other than the program's and those in one folder can
be neither read nor written and no process outside can be signalled (Landlock), no program is run and no call is made
that only an attacker needs (seccomp). None of that needs root. What the kernel refuses is said, never passed over.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from index.errors import DocumentRejectedError

if sys.platform != "win32":
    import resource
if sys.platform == "linux":
    import landlockpy as landlock

    try:  # before anything is confined, as it runs a program to find its library
        import pyseccomp as seccomp
    except (ImportError, RuntimeError, OSError, AttributeError):
        seccomp = None

_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000  # of unshare(2)
_THREAD = 0x00010000  # of clone(2)
_UNIX = 1  # of socket(2)
_PARENT_DEATH, _NO_NEW_PRIVILEGES = 1, 38  # of prctl(2)
_MEMORY_BACKSTOP = 4  # times the limit: the process that watches ends it long before
_MOST_DESCRIPTORS = 512
_LARGEST_FILE = 1 << 30  # bytes
_REFUSED = frozenset(
    "socket.connect socket.bind socket.sendto socket.sendmsg socket.getaddrinfo socket.gethostbyname"
    " os.system os.exec os.posix_spawn os.fork os.forkpty os.spawn".split()
)
# Where programs, libraries, fonts and what they look up at their start lie; nothing of a person's.
_SYSTEM = (
    "/usr /bin /sbin /lib /lib32 /lib64 /opt/libreoffice /nix/store /gnu/store"
    " /etc/ld.so.cache /etc/ld.so.conf /etc/ld.so.conf.d /etc/localtime /etc/timezone /etc/fonts /etc/alternatives"
    " /etc/libreoffice /etc/passwd /etc/group /etc/nsswitch.conf /etc/locale.alias"
    " /var/lib/libreoffice /var/spool/libreoffice /var/cache/fontconfig"
    " /proc/self /proc/cpuinfo /proc/meminfo /proc/stat /proc/filesystems /proc/sys/vm /proc/sys/kernel"
    " /sys/devices/system /sys/fs/cgroup /dev/null /dev/zero /dev/random /dev/urandom"
).split()
_PROGRAMS = ("execve", "execveat", "fork", "vfork")
# What no reading needs: to look into or change other processes, the kernel, mounts, keys; and its large surfaces.
_NEEDLESS = (
    "ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_open pidfd_getfd pidfd_send_signal"
    " mount umount2 pivot_root chroot unshare setns move_mount open_tree fsopen fsmount fsconfig fspick mount_setattr"
    " bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register"
    " add_key request_key keyctl init_module finit_module delete_module kexec_load kexec_file_load reboot"
    " swapon swapoff settimeofday clock_settime adjtimex clock_adjtime sethostname setdomainname quotactl acct"
    " open_by_handle_at name_to_handle_at iopl ioperm personality syslog vhangup"
).split()
_NETWORK = "connect bind listen accept accept4 sendto sendmsg sendmmsg".split()


class ProgramNeededError(DocumentRejectedError):
    """The file is read by another program, which this process may not run."""


def confine(*, folder: Path, memory: int, program: str | None = None) -> list[str]:
    """Give up all that reading a file does not need; return what the system did not let it give up, a sentence each.

    From now on only `folder` can be written, and of the rest only what the program itself needs can be read. `program`
    is the only one that can be run, with those it starts; without it none can. It takes little more than `memory`
    bytes and dies with its parent.
    """
    kept = []
    if sys.platform == "linux":
        _die_with_parent()
        kept = [*_leave_network(), *_limit_files(folder, program), *_limit_calls(program)]
    else:
        kept = [f"on this system ({sys.platform}) only Python's own doors are closed to what reads files"]
    if sys.platform != "win32":
        _limit(resource.RLIMIT_CORE, 0)
        _limit(resource.RLIMIT_DATA, _MEMORY_BACKSTOP * memory)
        _limit(resource.RLIMIT_NOFILE, _MOST_DESCRIPTORS)
        _limit(resource.RLIMIT_FSIZE, _LARGEST_FILE)
    sys.addaudithook(_refusal(program))
    return kept


def allow_time(seconds: float) -> None:
    """Let the process compute for so many more seconds, all its threads together; then the kernel ends it."""
    if sys.platform != "win32":
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime + seconds) + 1
        with contextlib.suppress(ValueError, OSError):  # there is a lower limit already
            resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def end_after(seconds: float) -> None:
    """End this process in so many seconds, whatever it does then: nobody may be left who would."""
    if os.name == "posix":
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _die_with_parent() -> None:
    ctypes.CDLL(None, use_errno=True).prctl(_PARENT_DEATH, signal.SIGKILL)


def _leave_network() -> Iterator[str]:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_NETWORK) != 0 and libc.unshare(_NEW_USER | _NEW_NETWORK) != 0:
        why = os.strerror(ctypes.get_errno())
        yield f"the kernel keeps what reads files in the system's network ({why}); only its calls are closed"


def _limit_files(folder: Path, program: str | None) -> Iterator[str]:
    """Let Landlock close every file but those that are needed; each thread that starts later is bound as well."""
    if not landlock.supported():
        yield "this kernel has no Landlock (Linux 5.13 and newer have it): what reads files could open others of yours"
        return
    if len(os.listdir("/proc/self/task")) > 1:
        yield "what reads files had threads before it was confined, which are not: report this"
    access, scope = landlock.AccessFS, landlock.Scope
    read = access.READ_FILE | access.READ_DIR
    write = access.WRITE_FILE | access.TRUNCATE | access.MAKE_REG | access.MAKE_DIR | access.REMOVE_FILE
    write |= access.REMOVE_DIR | access.REFER
    if program:
        read |= access.EXECUTE
        write |= access.MAKE_SOCK | access.MAKE_SYM
    with landlock.Ruleset(scoped=scope.SIGNAL | scope.ABSTRACT_UNIX_SOCKET) as rules:
        for place in _needed(program):
            with contextlib.suppress(OSError):  # there is none here
                rules.allow_path(place, read if os.path.isdir(place) else read & ~access.READ_DIR)
        rules.allow_path("/dev/null", access.READ_FILE | access.WRITE_FILE)
        if program:  # LibreOffice makes a socket there, under a name that nothing changes, and removes it
            rules.allow_path("/tmp", access.MAKE_SOCK | access.REMOVE_FILE)  # noqa: S108
        rules.allow_path(folder, read | write)
        rules.restrict()


def _needed(program: str | None) -> Iterator[str]:
    """Yield what this process has to read: Python, its libraries, our own readers; the system's libraries and fonts."""
    yield from _SYSTEM
    yield from (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix)
    root = Path(__file__).resolve().parents[2]
    yield from (path for path in sys.path if path and Path(path) != root)
    yield str(root / "index")
    if program:
        yield str(Path(program).resolve().parents[1])


def _limit_calls(program: str | None) -> Iterator[str]:
    """Let seccomp refuse the calls that reading does not need, in all threads."""
    if seccomp is None:
        cure = "on Debian, `apt install libseccomp2`"
        yield f"libseccomp is missing: what reads files could make any call of the kernel ({cure})"
        return
    refused = seccomp.ERRNO(errno.EPERM)
    calls = seccomp.SyscallFilter(seccomp.ALLOW)
    for name in (*_NEEDLESS, *(() if program else (*_PROGRAMS, *_NETWORK))):
        with contextlib.suppress(OSError, ValueError):  # of another architecture, or newer than the library
            calls.add_rule(refused, name)
    if program:  # LibreOffice's processes speak to each other
        calls.add_rule(refused, "socket", seccomp.Arg(0, seccomp.NE, _UNIX))
    else:
        calls.add_rule(refused, "socket")
        calls.add_rule(refused, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, _THREAD, 0))  # a process, and no thread
        calls.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")  # its flags can't be seen: libc then takes clone
    try:
        calls.set_attr(seccomp.Attr.CTL_NNP, 1)
        calls.load()
    except OSError as error:
        yield f"the kernel refuses seccomp ({error.strerror}): what reads files could make any of its calls"


def _limit(what: int, most: int) -> None:
    with contextlib.suppress(ValueError, OSError):  # a lower limit is there already
        resource.setrlimit(what, (most, most))


def _refusal(program: str | None) -> Callable[[str, tuple[object, ...]], None]:
    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        if event in _REFUSED:
            raise PermissionError(f"{event} is not allowed while a file is read")
        if event == "subprocess.Popen" and (program is None or arguments[0] != program):
            raise ProgramNeededError(f"{arguments[0]} is not run while a file is read")

    return refuse
