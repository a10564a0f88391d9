"""What a command could not do."""

import click


class Failed(click.ClickException):
    """One line that says why and what to do next, as it stands; exit status 1."""

    def show(self, file: object = None) -> None:
        del file
        click.echo(self.message, err=True)
