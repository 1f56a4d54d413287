"""A small shop's goal phrases: how its owner thinks that callers talk, not what the test callers say."""

CORPUS = tuple(
    """
    where has my parcel got to
    track my order
    where is my stuff
    my order has not come
    when is my parcel going to be delivered
    has my order been shipped
    is my order on its way
    what is the status of my order
    I would like to check on an order
    I am calling about an order
    my order number is 4712
    can you look up order 3021
    which things were in my last order
    what exactly did I buy
    tell me the items of my order
    what products are in my order
    cancel the order
    I do not want the order any more
    the delivery address is wrong
    please deliver it to another address
    you delivered the wrong lamp
    this is not the item I ordered
    how does a return work
    can I return a chair
    what are the rules for returns
    how do I send an article back
    who pays for the return shipping
    until when can I return something
    how many days does shipping take
    when do parcels usually arrive
    do you deliver on Saturday
    what does delivery cost
    is the shipping free
    how much do you charge for delivery
    what time do you open
    until what time are you open
    when do you close
    are you open on weekends
    opening times please
    your hours please
    which ways can I pay
    do you accept credit cards
    can I pay by invoice
    how long is the guarantee on a lamp
    what does the warranty cover
    when do I get my money back
    my refund has not come yet
    how long until the refund
    end my subscription
    I want to stop the coffee subscription
    please pause my coffee subscription
    skip the next subscription delivery
    when does the next coffee box come
    send the invoice again
    I need a copy of my bill
    why is my bill so high
    there is an error on the invoice
    book a home appointment
    I need a technician to come to my house
    when is my appointment
    the technician did not come
    please move the appointment to Tuesday
    can I change my appointment to another day
    I want to talk to somebody
    give me a human being
    can I speak to your manager
    I want to leave a message
    have somebody ring me back
    call me back because of my chair
    the lamp I bought is broken
    my lamp does not work
    the table has a scratch
    a part is missing from my shelf
    are you a robot
    is this a computer
    do you have gift cards
    can I use a discount code
    my account does not work
    I forgot my password
    do you sell sofas
    is the desk in stock
    """.strip().splitlines()
)

VOCABULARY = ("Lumina", "Solveig lamp", "coffee box", "Hearth and Home")
