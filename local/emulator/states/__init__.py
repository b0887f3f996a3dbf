"""An interpreter of the part of the Amazon States Language that our state machines use, exactly.

It replaces the emulator's own: there, callback errors are swallowed, missing paths become null, timeouts of
machines are ignored and MediaConvert is absent. What is not implemented here is refused when the state
machine is created, by name; nothing is skipped or answered with null.

Behaviour is read from the language's specification and the Step Functions developer guide; FIDELITY.md lists
what could not be confirmed on an account.
"""
