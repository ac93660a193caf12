"""What the makers of negative vectors share: each case is played when it is made."""

from encoding import CODES, Refusal


def setting(**values):
    """A change of a message's fields."""
    return lambda message: [setattr(message, name, value) for name, value in values.items()]


def expect(play, case, reason):
    try:
        play()
    except Refusal as refusal:
        assert refusal.name == reason, (case["name"], refusal.name, reason)
        return {**case, "code": CODES[reason], "reason": reason}
    raise AssertionError(f"{case['name']} was accepted")
