"""Taking a message needs no model and never more than one question more."""

from domain.message_taking import MessageTaking, Step


def test_what_the_caller_says_is_noted() -> None:
    message = MessageTaking()
    assert message.caller_said(" My lamp is broken ") is Step.NOTED
    assert message.about == "My lamp is broken"


def test_a_caller_who_says_nothing_is_asked_once_more() -> None:
    message = MessageTaking()
    assert [message.caller_said("  "), message.caller_said("")] == [Step.ASK_AGAIN, Step.NOTED]
    assert message.about == ""


def test_the_second_answer_counts() -> None:
    message = MessageTaking()
    message.caller_said("")
    assert message.caller_said("Call me") is Step.NOTED
    assert message.about == "Call me"
