"""What goes wrong with models and pictures, said so that the reader knows what to do about it."""


class DetectorError(Exception):
    """Base of the errors of this package: what happened, where, and what to do."""

    def __init__(self, what: str, *, where: str, remedy: str) -> None:
        """Build the message from its three parts.

        Args:
            what: what happened, in one clause.
            where: the file or argument it happened to.
            remedy: what the reader can do about it.
        """
        super().__init__(f"{what}: {where}. {remedy}")
        self.what = what
        self.where = where
        self.remedy = remedy


class ModelError(DetectorError):
    """A model file is missing, damaged or not the kind that was asked for."""


class ImageError(DetectorError):
    """A picture cannot be read or is not an H x W x 3 array of bytes."""


class DataError(DetectorError):
    """A data set is of no kind that is known, or says what cannot be."""
