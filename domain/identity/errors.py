"""Refusals about who somebody is. No HTTP here: `functions/problems.py` maps the kinds to status codes."""

from __future__ import annotations

from domain.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable


class NotAuthenticated(NotAllowed):
    """The caller isn't known: there is no valid sign-in with the request. Sign in, then repeat it."""


class OneTimeCodeWrong(NotAuthenticated):
    """The one-time code is wrong, expired, used, or was replaced by a newer one. Ask for a new code."""


class CredentialsWrong(NotAuthenticated):
    """Email and password don't belong together. Check both, or reset the password."""


class TokenRejected(NotAuthenticated):
    """The access token is missing, malformed, expired or not ours. Refresh it or sign in again."""


class SessionEnded(NotAuthenticated):
    """The session is over: logged out, idle too long, ended by an administrator, or its refresh token was
    used twice. Sign in again."""


class RefreshOvertaken(NotAuthenticated):
    """Another refresh with the same token, sent at the same moment, came first. Use the tokens it got."""


class SignInLocked(NotAllowed):
    """Five wrong tries locked sign-in for 15 minutes. Wait as long as `Retry-After` says; a new code or
    the right password doesn't unlock it earlier."""


class AccountNotActive(NotAllowed):
    """The sign-in was right, but the account waits for activation or was deactivated. Ask an administrator."""


class TooManyRequests(NotAllowed):
    """Too much was asked in too short a time. Wait as long as `Retry-After` says, then try again."""


class PhoneTaken(Conflict):
    """Another channel partner signs in with this phone number. Use another number."""


class EmailTaken(Conflict):
    """Another member of staff signs in with this email address. Use another address."""


class PersonExists(Conflict):
    """A person with this id exists already and is somebody else. Use another id."""


class PersonStatusChangeNotAllowed(Conflict):
    """From its present status the account can't become that; `details.allowed` lists what it can become."""


class PersonNotFound(NotFound):
    """There is no person with this id among those that the caller may see."""


class PersonInvalid(Invalid):
    """The person can't be enrolled as given; every faulty field is named."""


class PartnerNotAssignable(Invalid):
    """The channel partner to assign doesn't exist, isn't active or isn't the caller's."""


class KamNotAssignable(Invalid):
    """The key account manager to assign doesn't exist or isn't active."""


class ReasonMissing(Invalid):
    """A deactivation needs a reason of at least 10 characters, for those who read it later."""


class LoginReadOnly(Invalid):
    """What somebody signs in with (a partner's phone, an email of staff) isn't changed by editing a profile."""


class CurrentPasswordWrong(Invalid):
    """The current password, which a change of password asks for, is wrong."""


class ResetLinkInvalid(NotAuthenticated):
    """The link to reset a password is wrong, was used, was replaced by a newer one or is too old. Ask for
    a new one."""


class EmailInvalid(Invalid):
    """The text isn't an email address that can be used for signing in."""


class PasswordTooWeak(Invalid):
    """The password is too simple or too long. It needs 8 to 128 characters and four of: an upper-case
    letter, a lower-case letter, a digit, a special character, a length of 12 or more."""


class OneTimeCodeMalformed(Invalid):
    """A one-time code is exactly six digits, 0 to 9."""


class MicrosoftAccountUnknown(NotAllowed):
    """The Microsoft account is real, but no active member of staff here belongs to it. Ask an administrator."""


class MicrosoftNotOffered(NotFound):
    """Signing in with a Microsoft account isn't set up here. Use email and password."""


class KeysNotAvailable(Unavailable):
    """The keys that verify another directory's tokens can't be fetched at this moment. Try again."""


class MessageNotSent(Unavailable):
    """An SMS or an email could not be handed over for delivery. Try again."""
