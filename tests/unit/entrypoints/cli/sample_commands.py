"""Commands as a module of `applier` has them: `stack`, `deep stack`, and `sample`."""

import typer

from recommendation_applier.entrypoints.cli.target import Target

app = typer.Typer(rich_markup_mode=None)
deep = typer.Typer(rich_markup_mode=None, help="Commands below commands.")
app.add_typer(deep, name="deep")


@app.command()
@deep.command()
def stack(context: typer.Context) -> None:
    """Print which stack is meant."""
    target = context.ensure_object(Target)
    typer.echo(f"{target.stack} {target.region} {target.profile}")


@app.command()
def sample() -> None:
    """Be the whole of a module."""
    typer.echo("the whole")
