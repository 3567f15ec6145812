"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Policy = Annotated[
    Path | None, typer.Option("--policy", "-p", help="Policy file; without one, the profile auth0.", show_default=False)
]
Applications = Annotated[
    Path, typer.Option("--applications", "-a", help="Client export of the Management API (/api/v2/clients).")
]
OptionalApplications = Annotated[
    Path | None,
    typer.Option("--applications", "-a", help="Client export of the Management API (/api/v2/clients).", show_default=False),
]
Tenant = Annotated[
    Path | None, typer.Option("--tenant", "-t", help="Tenant settings export, for its toggle.", show_default=False)
]
Keys = Annotated[Path | None, typer.Option("--keys", "-k", help="Keys file: secrets, keys, state keys.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="JSON instead of the view for people.")]
