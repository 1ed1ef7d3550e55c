"""Whether the store's clock can be trusted: it keeps pace with the machine's steady one, or somebody has confirmed it.

What time brings about cannot be taken back: an application deemed accepted because somebody set the clock forty days
ahead would stand. So every process holds what it hears of the store's clock against the steady one, which nobody can
set. A step forward by more than an hour or back by more than a minute is a leap: until the clock is right again, or
the operator has confirmed that it is right as it stands, nothing is recorded in any case. Smaller steps are followed:
a network corrects clocks, and a virtual machine that stood for a minute wakes up late.

This file knows one process; `pulse.py` carries what was seen over to the next.
"""

import structlog

FORWARD = 3_600_000_000
BACK = 60_000_000
STEP = 5_000_000
"""Microseconds: a leap forward, a leap back, and a step worth a line in the log."""
MINUTE = 60_000_000

log = structlog.get_logger("banjie.clock")


class Watch:
    """One process's look at the store's clock. `leapt`: by how many microseconds it is off; 0 while it keeps pace."""

    def __init__(self) -> None:
        self.leapt = 0
        self.confirmed_at = 0
        self._anchor: tuple[int, int] | None = None

    def look(self, store_now: int, steady: int) -> None:
        """Hold an instant of the store's clock against the steady clock of the same moment (both microseconds)."""
        if self._anchor is None:
            self._anchor = (store_now, steady)
            return
        store_then, steady_then = self._anchor
        stray = (store_now - store_then) - (steady - steady_then)
        leapt = stray if stray > FORWARD or stray < -BACK else 0
        if bool(leapt) != bool(self.leapt):
            (log.error if leapt else log.warning)(
                "clock_leapt" if leapt else "clock_is_back", seconds=stray // 1_000_000
            )
        self.leapt = leapt
        if leapt:
            return
        if abs(stray) > STEP:
            log.warning("clock_stepped", seconds=stray // 1_000_000)
        if abs(stray) > STEP or steady - steady_then > MINUTE:
            self._anchor = (store_now, steady)  # so that a slow drift is followed

    def hold_against(self, store_then: int, steady_then: int) -> None:
        """Take this as the moment to look back to, instead of this process's own first look."""
        self._anchor = (store_then, steady_then)

    def start_anew(self, confirmed_at: int = 0) -> None:
        """Trust the clock as it stands from here on."""
        self.leapt, self._anchor, self.confirmed_at = 0, None, confirmed_at


watch = Watch()


def forget() -> None:
    """Forget what was seen: another database has another clock."""
    watch.start_anew()
