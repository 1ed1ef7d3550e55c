"""The files room's own "no"."""


class Refused(Exception):
    """A file that cannot be taken, joined or had. `code` names the reason; the words stand elsewhere.

    upload_empty · too_large · unsupported_type · unknown_file · not_your_file · file_of_another_case
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
