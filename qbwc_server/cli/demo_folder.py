"""The folder of a demo: what lies in it, made new, continued, or refused when it is somebody else's."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from urllib.parse import urlsplit

from qbwc_server.errors import Conflict, Invalid
from qbwc_server.settings import Settings, load

ZONE = "America/Los_Angeles"
COMPANY = "demo"
_MARK = "# Settings of a qbwc-server demo."


class NotADemoFolder(Conflict):
    """The folder holds something else."""

    code = "not_a_demo_folder"
    advice = "Choose another folder with --folder, or empty this one."


@dataclass(frozen=True)
class DemoFolder:
    """Where everything of one demo lies."""

    path: Path

    @property
    def settings_file(self) -> Path:
        """Settings of the demo's server; good for every other command too."""
        return self.path / "qbwc.toml"

    @property
    def database(self) -> Path:
        """The SQLite database."""
        return self.path / "qbwc.db"

    @property
    def qwc(self) -> Path:
        """The file for the Web Connector."""
        return self.path / "demo.qwc"

    @property
    def company_file(self) -> Path:
        """The simulated QuickBooks company file."""
        return self.path / "simulated-quickbooks.db"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.path / "server.log"

    @property
    def shopify_options(self) -> Path:
        """Options for the import of the shop's orders."""
        return self.path / "shopify-options.toml"

    def imports(self) -> list[tuple[Path, Path | None]]:
        """The files that are imported, each with its options; copied out of the package, to be looked at."""
        return [
            (self.path / "documents.jsonl", None),
            (self.path / "receipts.csv", None),
            (self.path / "shopify_orders_export.csv", self.shopify_options),
        ]

    def _bundled(self) -> list[Path]:
        return [*(file for file, _ in self.imports()), self.shopify_options]

    def exists(self) -> bool:
        """Whether a demo was made here before. Raises NotADemoFolder where it is something else."""
        try:
            if not self.path.exists() or not any(self.path.iterdir()):
                return False
            marked = self.settings_file.is_file() and self.settings_file.read_text("utf-8").startswith(_MARK)
        except NotADirectoryError:
            raise NotADemoFolder(f"{self.path} is a file, not a folder.") from None
        except (OSError, UnicodeDecodeError) as error:
            raise NotADemoFolder(f"{self.path} cannot be read: {error}.") from None
        if not marked:
            raise NotADemoFolder(f"{self.path} is not empty and was not made by this demo.")
        return True

    def last_port(self) -> int:
        """The port of the demo that was here."""
        return urlsplit(load(str(self.settings_file)).base_url).port or 8000

    def clear(self) -> None:
        """Remove what the demo has made, and only that."""
        made: tuple[Path, ...] = (self.settings_file, self.qwc, self.log, *self._bundled())
        for database in (self.database, self.company_file):
            made += tuple(Path(f"{database}{tail}") for tail in ("", "-wal", "-shm", "-journal"))
        for file in made:
            file.unlink(missing_ok=True)

    def write(self, port: int) -> Settings:
        """Make the folder and its settings; the environment has no say in a demo."""
        values: dict[str, object] = {
            "database_url": f"sqlite:///{self.database.resolve().as_posix()}",
            "base_url": f"http://localhost:{port}",
            "host": "127.0.0.1",
            "port": port,
            "private_upstreams": True,  # the distributor of the demo is on this machine
            # the simulated QuickBooks answers at once: an update that was broken off is soon given up
            "session_timeout_s": 10,
            "session_idle_s": 2,
        }
        lines = [_MARK, *(f"{name} = {_toml(value)}" for name, value in values.items())]
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.settings_file.write_text("\n".join(lines) + "\n", encoding="utf-8")
            for file in self._bundled():
                file.write_bytes(resources.files("qbwc_server.cli").joinpath("bundled", file.name).read_bytes())
        except OSError as error:
            raise Invalid(f"The folder {self.path} cannot be written: {error.strerror}.") from None
        return load(str(self.settings_file), **values)


def _toml(value: object) -> str:
    return (
        str(value).lower()
        if isinstance(value, int)
        else '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
    )
