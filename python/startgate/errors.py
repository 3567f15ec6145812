"""What a command says when it cannot go on."""


class InputError(Exception):
    """Unreadable input or wrong usage: one line that names the file and, where there is one, the line."""
