"""The events of a run in a file, a line each, while the run goes on: for `--events`."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TextIO

from reconciler.adapters.output_files import open_output, require_output_path
from reconciler.formats.events import event_line
from reconciler.model.event import Event, Warned
from reconciler.model.noticed import Noticed
from reconciler.ports import Clock, LedgerStore, Observer


class EventFile:
    """A `ports.Observer` that passes each event on, and writes it to a file once it is open.

    A file that can no longer be written does not end a run: there is one warning, and events are
    still passed on.
    """

    def __init__(self, observer: Observer, *, clock: Clock) -> None:
        self._observer = observer
        self._clock = clock
        self._path = Path()
        self._file: TextIO | None = None

    def open(self, path: Path, *, slots: Path, ledger: LedgerStore) -> None:
        """Write the events from now on.

        Raises OutputFileError, also if the file would replace a slot file or one of the ledger's
        files, or if a link leads out of the working tree.
        """
        require_output_path(path, slots=slots, ledger=ledger.paths)
        self._path, self._file = path, open_output(path)

    def notice(self, event: Event) -> None:
        """Write the event, and pass it on."""
        self._observer.notice(event)
        if self._file is None:
            return
        try:
            self._file.write(event_line(Noticed(at=self._clock.now(), event=event)))
        except OSError as error:
            self.close()
            reason = error.strerror or error
            self.notice(Warned(message=f"{self._path} can no longer be written: {reason}."))

    def close(self) -> None:
        """Write no more events."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                file.close()
