"""The settings of what goes out in writing: whom an SMS comes from, and which server takes e-mail."""

import re
from collections.abc import Iterator

from pydantic import BaseModel, Field, SecretStr

from adapters.smtp import USUAL_PORTS, MailServer, Security, parse_address

_NUMBER_OR_NAME = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}
_SERVICE = re.compile(r"MG[0-9a-f]{32}")


class MessageSettings(BaseModel):
    """The part of `app.settings.Settings` that is about messages; a channel that has none sends nothing."""

    sms_from: str | None = Field(
        None, description="A number of the account such as +15550100, or a registered sender name"
    )
    sms_messaging_service: str | None = Field(
        None, description="A Messaging Service SID, MG and 32 hexadecimal digits, instead of SMS_FROM"
    )
    smtp_host: str | None = Field(None, description="The mail server, such as smtp.example.com")
    smtp_port: int | None = Field(None, ge=1, le=65535, description="A port; leave it out for the usual one")
    smtp_security: Security = Field("starttls", description="starttls, tls or none")
    smtp_user: str | None = Field(None, description="The mail server's user, or nothing")
    smtp_password: SecretStr | None = Field(None, description="The password of CALLWRIGHT_SMTP_USER")
    email_from: str | None = Field(None, description="An address such as Larkfield <hello@larkfield.example>")

    @property
    def sends_sms(self) -> bool:
        return bool(self.sms_from or self.sms_messaging_service)

    @property
    def mail_server(self) -> MailServer | None:
        if self.smtp_host is None:
            return None
        return MailServer(
            host=self.smtp_host,
            port=self.smtp_port or USUAL_PORTS[self.smtp_security],
            security=self.smtp_security,
            user=self.smtp_user,
            password=self.smtp_password.get_secret_value() if self.smtp_password else None,
        )

    def wrong_messages(self) -> Iterator[tuple[str, str]]:
        """(field, what is wrong) of what one field alone cannot show."""
        if self.sms_from and self.sms_messaging_service:
            yield "sms_from", "a message comes from a number or from a messaging service, not from both"
        if self.sms_from and not _NUMBER_OR_NAME.fullmatch(self.sms_from):
            yield "sms_from", "it is neither a number in E.164 nor a sender name of up to 11 letters"
        if self.sms_messaging_service and not _SERVICE.fullmatch(self.sms_messaging_service):
            yield "sms_messaging_service", "it is no Messaging Service SID"
        if (self.smtp_host is None) != (self.email_from is None):
            yield "email_from" if self.smtp_host else "smtp_host", "a mail server and a sender come together"
        if (self.smtp_user is None) != (self.smtp_password is None):
            yield "smtp_password", "a user and a password come together"
        if self.smtp_security == "none" and self.smtp_user and self.smtp_host not in _THIS_MACHINE:
            yield "smtp_security", "a password would cross the network unencrypted"
        if self.email_from is not None and not _is_sender(self.email_from):
            yield "email_from", "it is no e-mail address"


def _is_sender(written: str) -> bool:
    try:
        return parse_address(written).addr_spec.isascii()
    except ValueError:
        return False
