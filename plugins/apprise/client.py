"""The only file that imports apprise: one message, sent once."""

from collections.abc import Callable
from urllib.parse import quote

from pydantic import BaseModel

from tierkeeper.plugins.apprise.options import AppriseOptions, address_name
from tierkeeper.plugins.errors import UsageError
from tierkeeper.plugins.notifier import Delivery, Message


def make(name: str, options: BaseModel, secret: Callable[[str], str | None]) -> "AppriseNotifier":
    """Make a notifier. Raises UsageError where apprise is not installed, or there is no address."""
    assert isinstance(options, AppriseOptions)
    known = address_name(name, options)
    address = secret(known)
    if not address:
        raise UsageError(f"the notifier {name!r} needs apprise's address: set {known}, {known}_FILE or the keyring")
    try:
        import apprise  # noqa: F401, PLC0415 - an extra, and slow to import
    except ImportError as error:
        raise UsageError(f"the notifier {name!r} needs apprise: pip install 'tierkeeper[apprise]'") from error
    return AppriseNotifier(address, known, to_mail=options.to_mail)


class AppriseNotifier:
    """Sends through apprise. Apprise does not say whether what failed arrived all the same."""

    def __init__(self, address: str, known: str, *, to_mail: bool) -> None:
        self._address, self._known, self._to_mail = address, known, to_mail

    def send(self, message: Message) -> Delivery:
        """Send it, once."""
        import apprise  # noqa: PLC0415 - an extra, and slow to import

        address = self._address
        if self._to_mail:
            mails = [person.mail for person in message.to if person.mail]
            if len(mails) < len(message.to):
                missing = ", ".join(person.name for person in message.to if not person.mail)
                return Delivery("not sent", f"no mail under people for {missing}")
            address += f"{'&' if '?' in address else '?'}to={quote(','.join(mails), safe='')}"
        line = apprise.Apprise(asset=apprise.AppriseAsset(async_mode=False, secure_logging=True))
        if not line.add(address):
            return Delivery("not sent", f"what {self._known} holds is no address that apprise knows")
        body = f"{message.text}\n{message.url}".strip()
        names = ", ".join(person.name for person in message.to)
        if line.notify(
            title=f"{message.issue} {message.title}".strip(),
            body=f"{names}: {body}" if not self._to_mail else body,
            body_format=apprise.NotifyFormat.TEXT,
        ):
            return Delivery("sent")
        return Delivery("unknown", "apprise says that it failed, and not whether it arrived all the same")
