"""Enough of Twilio on one machine for calls that come in and SMS that go out.

A scene makes a `carrier.Carrier`, places a call with a `line.Telephone` (`scripted.ScriptedTelephone` or the
browser's) and reads what it needs from the `call.SimulatedCall`. `service.serving` opens the doors: Twilio's
REST (`rest`, `rest_messages`), faults on request, the softphone. `interpreter` carries out TwiML: a new verb
is a function in `verbs` or a module beside it, named in `interpreter.PERFORM`; a new REST resource is a
router beside `rest`.
"""
