"""What can go wrong with backups and restores; each message names the object, table or row concerned."""

from __future__ import annotations

from domain.errors import Conflict, Invalid, NotFound, Unavailable


class BackupNotFound(NotFound):
    """There is no backup of this id."""


class NoVerifiedBackup(NotFound):
    """No backup has been verified yet, so there is nothing that could be restored or drilled."""


class BackupRunning(Conflict):
    """Another process is making this backup at the moment; its lease is alive."""


class BackupTakenOver(Conflict):
    """Another process has taken this backup over, since our lease had ended. Ours stops."""


class BackupFailed(Unavailable):
    """The backup couldn't be finished; the part or table is named. What is done is kept, the next run goes on."""


class BackupDamaged(Conflict):
    """An object of a backup isn't what was written: it is named. Such a backup is never counted as verified."""


class RestoreInvalid(Invalid):
    """What was asked to be restored can't be: the field says why."""


class RestoreConflict(Conflict):
    """Putting the lead back would contradict what has happened since; the message says what to do first."""


class EpochMoved(Conflict):
    """Somebody else is changing, at this moment, who may write or what a copy holds. Nothing was changed."""
