"""What any caller of these scenes answers when the agent asks."""

from simulator.rehearsal.caller import Reply

ORDER_NUMBER = Reply(
    when=r"order number|four digit|digit by digit|other digits",
    ways=("order-number-bare", "order-number", "order-number-again"),
)
THAT_ORDER = Reply(when=r"order you mean|is that (right|correct)", ways=("yes-right", "yes-correct", "yes"))
NO_CALL_BACK = Reply(
    when=r"call you back|calls you back|take a message|call back\?", ways=("no-thanks", "no")
)
CALL_BACK = Reply(when=NO_CALL_BACK.when, ways=("yes-please", "yes", "call-back-again"))
REASON = Reply(
    when=r"what is it about|what it is about|what shall i",
    ways=("call-back-reason", "call-back-reason-again"),
)
NAME = Reply(when=r"your name", ways=("name", "name-again"))
QUESTION = Reply(when=r"what would you like to know", ways=("return-policy", "return-policy-again"))
CONSENT = Reply(when=r"shall i do (that|so)|shall i change", ways=("yes-please", "yes", "yes-correct"))
POSTCODE, BORN_ON = r"postcode", r"date of birth"

ABOUT_ORDERS = (ORDER_NUMBER, THAT_ORDER, NO_CALL_BACK)
ABOUT_MESSAGES = (REASON, NAME, CALL_BACK)


def this_order(number: str) -> Reply:
    """`number`: of an order whose digits were recorded."""
    return Reply(when=ORDER_NUMBER.when, ways=(f"order-{number}",))


def this_much(amount: str) -> Reply:
    """`amount`: a recorded one, such as `twenty-euros`."""
    return Reply(when=r"how much", ways=(amount,))


def facts(postcode: str, born_on: str) -> tuple[Reply, Reply]:
    """Typed, as digits are what this machine's recogniser hears worst; `born_on` is DDMMYYYY."""
    return Reply(when=POSTCODE, keys=f"{postcode}#"), Reply(when=BORN_ON, keys=f"{born_on}#")
