"""Our endpoint as it is, served by granian; run as a program, it founds a demo county and says what there is in it."""

import json
import os
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from peers.counted import counted

os.environ["BANJIE_DATA_DIR"] = os.environ["BENCH_PLACE"]
os.environ["BANJIE_KEY_FILE"] = str(Path(os.environ["BENCH_PLACE"]) / "keys.json")
os.environ["BANJIE_DATABASE_URL"] = os.environ["BENCH_DATABASE_URL"]
os.environ["DJANGO_SETTINGS_MODULE"] = "peers.submit_settings"


def _application() -> Callable[..., Iterable[bytes]]:
    import logging

    import structlog

    from banjie.config.wsgi import application

    # The other side has no log either.
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    return application


def _world(code: str) -> dict[str, Any]:
    """The item and the calendar, as a plain database would keep them."""
    from banjie.records import catalogue
    from banjie.web import clock

    law = catalogue.law_in_force(code, clock.today())
    procedure, calendar, today = law.procedure, law.calendar(law.current_calendar), clock.today()
    days = [today + timedelta(days=number) for number in range(-30, 40)]
    return {
        "item": {
            "code": procedure.code,
            "version": procedure.version,
            "unit": procedure.receives,
            "notice_days": procedure.notice_limit.number,
            "questions": [
                {
                    "id": each.id,
                    "type": each.type,
                    "needed": each.needed,
                    "when": each.when,
                    "choices": [one.value for one in each.choices],
                }
                for each in procedure.questions
            ],
            "materials": [
                {"id": each.id, "necessary": each.necessary, "when": each.when} for each in procedure.materials
            ],
        },
        "calendar": [(day.isoformat(), calendar.is_workday(day)) for day in days],
    }


def main() -> None:
    """Found the county; print the token of an applicant, an application, and the world for the other side."""
    import django

    django.setup()
    from django.core.management import call_command

    from banjie.demo import county
    from banjie.store.log.install import create_installation
    from banjie.web import clock
    from banjie.web.messages import compile_messages
    from peers import django_setup
    from tests.faces.api.program import FOOD, applicant, application

    compile_messages()
    call_command("migrate", verbosity=0)
    create_installation(demo=True)
    county.found(clock.now())
    told = {
        "token": applicant().token,
        "application": application(),
        "world": _world(FOOD),
        "versions": django_setup.versions(),
        "durability": django_setup.durability(),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
else:
    application: Any = counted(_application)
