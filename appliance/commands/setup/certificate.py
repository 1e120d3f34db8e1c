"""Which certificate the api shows: the box's own, the administrator's, or one that the office's authority signed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from appliance.commands.setup.questions import Question, as_path, one_of, writable_file
from appliance.commands.setup.running import bring_into_service, certificate_file, readable_by_owner, run_vbot
from appliance.commands.setup.written_file import write_beside
from appliance.errors import ConfigurationError

if TYPE_CHECKING:
    from appliance.commands.setup.box import Box
    from appliance.commands.setup.questions import Source
    from appliance.services.access.certificate_troubles import CertificateTrouble
    from appliance.storage.folder.data_folder import DataFolder

REQUEST_MODE = 0o644  # it holds no secret, and is carried away
NOT_YET = "-"

CHOICE: Question[str] = Question(
    "certificate",
    "keep it, made (by the box, anew), own (your files), office (signed by your authority)",
    one_of("keep", "made", "own", "office"),
)


def _file_of_a_request(value: Any) -> Path:
    path = writable_file(value)
    if path.exists() and b"BEGIN CERTIFICATE REQUEST" not in path.read_bytes()[:1000]:
        raise ValueError(f"{path} is something else: name a file that is not there yet")
    return path


REQUEST_FILE: Question[Path] = Question(
    "request_file",
    "File for the request, to be carried to the authority",
    _file_of_a_request,
    checks_kept=True,
)


def key_question(folder: DataFolder, certificate: Path | None) -> Question[Path]:
    """For the certificate that was named before; None: it was not."""

    def check(value: Any) -> Path:
        from appliance.services.access.certificate import look_at  # noqa: PLC0415

        key = _readable(value, folder)
        if certificate is not None:
            look_at(certificate, key)
        return key

    return Question("key_file", "File with its key (PEM)", check)


def certificate_question(folder: DataFolder) -> Question[Path]:
    """A file that the api can read."""

    def check(value: Any) -> Path:
        from appliance.services.access.certificate import read_certificate  # noqa: PLC0415

        path = _readable(value, folder)
        read_certificate(path)
        return path

    return Question("certificate_file", "File with your certificate and its chain (PEM)", check)


def signed_question(folder: DataFolder) -> Question[Path | None]:
    """What came back from the authority, seen to fit the box's key; None: nothing has."""

    def check(value: Any) -> Path | None:
        from appliance.domain.clock import utc_now  # noqa: PLC0415
        from appliance.services.access.certificate_request import signed_chain  # noqa: PLC0415

        if value == NOT_YET:
            return None
        path = as_path(value)
        try:
            signed_chain(path.read_bytes(), folder.certificate_key, utc_now())
        except OSError as error:
            raise ValueError(f"{path}: {error.strerror}") from error
        return path

    return Question("signed_file", f"File with what the authority signed ({NOT_YET}: not yet)", check)


def _readable(value: Any, folder: DataFolder) -> Path:
    path = as_path(value).absolute()
    if not path.is_file():
        raise ValueError(f"{path} is no file")
    if not readable_by_owner(path, folder):
        raise ValueError(f"{path} cannot be read by the api: systemd/README.md says where it belongs")
    return path


def check_complete(answers: Source, box: Box) -> None:
    """Raise ConfigurationError where an answer is missing that the others need."""
    from appliance.settings import TlsFiles  # noqa: PLC0415

    choice = answers.ask(CHOICE, "keep")
    if choice == "own" and not isinstance(box.settings.tls, TlsFiles):
        certificate = answers.ask(certificate_question(box.folder), None)
        answers.ask(key_question(box.folder, certificate), None)
    if choice != "keep" and box.settings.tls == "off":
        raise ConfigurationError("there is no certificate to set: TLS is off (setting tls)")
    if choice == "own" or (choice != "keep" and box.settings.tls != "auto"):
        box.check_writable(["tls"])


def set_certificate(source: Source, box: Box) -> None:
    """Show it, ask, and do what is asked. Nothing is done where all is as it was answered."""
    if box.settings.tls == "off":
        box.say("Certificate: none, for TLS is off (setting tls)")
        return
    troubles = show(box)
    choice = source.ask(CHOICE, "made" if source.is_person and _is_mended_by_a_new_one(box, troubles) else "keep")
    if choice == "made":
        _made(box, troubles)
    elif choice == "own":
        _own(source, box)
    elif choice == "office":
        _office(source, box)


def show(box: Box) -> Sequence[CertificateTrouble]:
    """Say what the api shows and what is wrong with it; returns that."""
    from appliance.domain.clock import utc_now  # noqa: PLC0415
    from appliance.services.access.certificate import is_made_by_us, read_certificate  # noqa: PLC0415
    from appliance.services.access.certificate_troubles import certificate_troubles  # noqa: PLC0415

    file = certificate_file(box.settings, box.folder)
    seen = read_certificate(file)
    maker = "made by this box" if is_made_by_us(file) else "signed elsewhere"
    box.say(f"Certificate: {maker}, until {seen.not_after:%Y-%m-%d}, for {', '.join(seen.subject_alternative_names)}")
    troubles = certificate_troubles(box.settings, box.folder, utc_now())
    for trouble in troubles:
        box.say(f"  {trouble}")
    return troubles


def _is_made_by_us(box: Box) -> bool:
    from appliance.services.access.certificate import is_made_by_us  # noqa: PLC0415

    return box.settings.tls == "auto" and is_made_by_us(box.folder.certificate)


def _is_mended_by_a_new_one(box: Box, troubles: Sequence[CertificateTrouble]) -> bool:
    return bool(troubles) and _is_made_by_us(box)


def _made(box: Box, troubles: Sequence[CertificateTrouble]) -> None:
    if _is_made_by_us(box) and not troubles:
        box.say("  it is, and has all names: nothing to do")
        return
    _show_the_data_folders(box)
    box.say(run_vbot(box.settings, "certificate", "renew", "--self-made"))


def _own(source: Source, box: Box) -> None:
    from appliance.settings import TlsFiles  # noqa: PLC0415

    files = box.settings.tls if isinstance(box.settings.tls, TlsFiles) else None
    certificate = source.ask(certificate_question(box.folder), files.certificate if files else None)
    key = source.ask(key_question(box.folder, certificate), files.key if files else None)
    if files != TlsFiles(certificate, key):
        box.change(tls=f"{certificate},{key}")
    show(box)


def _office(source: Source, box: Box) -> None:
    request = source.ask(REQUEST_FILE, Path("vbot.csr"))
    # Also where the administrator's files are shown now.
    write_beside(request, run_vbot(box.settings, "certificate", "request", VBOT_TLS="auto"), REQUEST_MODE)
    box.say(f"  {request} is what your authority is to sign; the box's key stays here")
    question = signed_question(box.folder)
    signed = source.ask(question, None) if source.has(question.key) else None
    if signed is None:
        box.say(
            "  until then the box shows what it shows now; then `vbot setup` again, or `vbot certificate install FILE`"
        )
        return
    _show_the_data_folders(box)
    box.say(run_vbot(box.settings, "certificate", "install", str(signed)))


def _show_the_data_folders(box: Box) -> None:
    """In the place of the administrator's files; its successor is taken by the api that shows it already."""
    if box.settings.tls != "auto":
        box.change(tls="auto")
        bring_into_service(box)
