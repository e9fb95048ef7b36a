"""The errors that people see: each message is one line that names the value and the cure."""


class PinciteError(Exception):
    """A fault with a sentence for the person at the screen."""


class DocumentRejectedError(PinciteError):
    """A file that can't be read as a document; the message is the reason, without the path."""


class PassingRejectionError(DocumentRejectedError):
    """A file that can't be read now, but perhaps the next time: it takes too long, or the disk is full."""


class ReadingStoppedError(PinciteError):
    """Files are no longer read, because the library was closed; nothing is said of the file."""

    def __init__(self) -> None:
        super().__init__("reading was stopped: index it again")


class SettingsError(PinciteError):
    """A wrong setting or a wrong use of the command line."""


class IndexMismatchError(SettingsError):
    """The index in the home folder was built with another model or format than the settings name."""


class HomeError(PinciteError):
    """The home folder can't be used: not writable, or not a folder."""


class LockedError(HomeError):
    """The home folder is being written by another process, or by another thread of this one."""


class DamagedError(PinciteError):
    """The catalog's file, or a document in it, is not as it was written."""
