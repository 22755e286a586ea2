"""SMS and email: by MSG91 and SendGrid, or into files where there is no provider."""

from adapters.messages._msg91 import Msg91
from adapters.messages._outbox import OutboxMessages
from adapters.messages._providers import SUBJECTS, ProvidedMessages, messages_for
from adapters.messages._sendgrid import SendGrid

__all__ = ["SUBJECTS", "Msg91", "OutboxMessages", "ProvidedMessages", "SendGrid", "messages_for"]
