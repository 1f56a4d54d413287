"""The documents of instructions that we give Twilio, made with its own classes."""

from dataclasses import dataclass

from twilio.twiml.voice_response import Connect, Stream, VoiceResponse

CONTENT_TYPE = "application/xml"
LONGEST_MESSAGE_S = 120
RING_FALLBACK_S = 25


@dataclass(frozen=True, kw_only=True)
class Words:
    """What Twilio's own voice says when ours cannot, in the line's language."""

    language: str = "en-US"
    """BCP 47, one that Twilio's `<Say>` knows."""
    busy: str = "Thank you for calling. All our lines are busy right now. Please call again in a few minutes."
    transferring: str = (
        "I am sorry, something went wrong on our side. I am putting you through. Please hold on."
    )
    leave_message: str = (
        "I am sorry, something went wrong on our side. Please leave your name, your number and what it is "
        "about after the tone, and we will call you back. Press any key when you have finished."
    )
    goodbye: str = "Thank you. Goodbye."


def stream(*, url: str, token: str, action: str, status_callback: str) -> str:
    """Open the media stream; `action` is asked when it ends, and again if the stream never starts."""
    response = VoiceResponse()
    connect = Connect(action=action)
    media = Stream(url=url, status_callback=status_callback)
    media.parameter(name="token", value=token)
    connect.append(media)
    response.append(connect)
    response.redirect(action)
    return str(response)


def hang_up() -> str:
    response = VoiceResponse()
    response.hangup()
    return str(response)


def busy(words: Words) -> str:
    """The polite end of a call that we cannot take."""
    response = VoiceResponse()
    response.say(words.busy, language=words.language)
    response.hangup()
    return str(response)


def not_in_service() -> str:
    """The number is none of the company's lines: refused unanswered, so that it costs nobody anything."""
    response = VoiceResponse()
    response.reject(reason="rejected")
    return str(response)


def ask_again(url: str) -> str:
    response = VoiceResponse()
    response.redirect(url)
    return str(response)


def ring_fallback(words: Words, *, number: str, dialled: str) -> str:
    """Put the caller through to a person; `dialled` is asked how that went."""
    response = VoiceResponse()
    response.say(words.transferring, language=words.language)
    response.dial(number, action=dialled, timeout=RING_FALLBACK_S)
    response.redirect(dialled)
    return str(response)


def take_message(words: Words, *, recorded: str) -> str:
    """Apologise and record a message; `recorded` is asked afterwards, also after silence."""
    response = VoiceResponse()
    response.say(words.leave_message, language=words.language)
    response.record(action=recorded, max_length=LONGEST_MESSAGE_S, play_beep=True, trim="trim-silence")
    response.redirect(recorded)
    return str(response)


def say_goodbye(words: Words) -> str:
    response = VoiceResponse()
    response.say(words.goodbye, language=words.language)
    response.hangup()
    return str(response)


def last_resort(words: Words, *, number: str | None) -> str:
    """For the moment when nothing of ours works: needs no further answer from us."""
    response = VoiceResponse()
    if number is None:
        response.say(words.busy, language=words.language)
    else:
        response.say(words.transferring, language=words.language)
        response.dial(number, timeout=RING_FALLBACK_S)
        response.say(words.goodbye, language=words.language)
    response.hangup()
    return str(response)
