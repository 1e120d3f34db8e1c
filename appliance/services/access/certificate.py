"""The api's own certificate: made at first boot, trusted by its fingerprint."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import itertools
import os
import re
import ssl
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from appliance.domain.system import Certificate
from appliance.errors import ConfigurationError, PermanentFailure
from appliance.services.access.made_certificate import (
    OUR_NAME,
    Authority,
    is_named_like_ours,
    made_certificate,
    new_authority,
)
from appliance.services.access.own_names import names_of_this_machine
from appliance.storage.folder.data_folder import write_private
from appliance.storage.folder.keys import RESTORE_SECRETS

# What cryptography raises for a file that is damaged, or is something else.
NO_CERTIFICATE = (ValueError, x509.InvalidVersion)
# So many times both sides of a handshake speak at most.
_FLIGHTS = 4
_PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----.+?-----END [A-Z ]*PRIVATE KEY-----\n?", re.DOTALL)
# An authority with less than this to live signs nothing more: a new one does.
_AUTHORITY_MUST_LAST = timedelta(days=365)


def create_certificate(certificate: Path, key: Path, now: datetime, names: Iterable[str] | None = None) -> None:
    """Make an EC P-256 key, an authority and a certificate for these names (None: this machine's own).

    The authority lies behind the certificate, its key behind the key: copies and backups of the two files are whole.
    """
    names = names_of_this_machine() if names is None else tuple(names)
    with locked(certificate):
        _sign(certificate, key, ec.generate_private_key(ec.SECP256R1()), new_authority(names, now), names, now)


def renew_certificate(certificate: Path, key: Path, now: datetime, names: Iterable[str] | None = None) -> bool:
    """Make a certificate for these names (None: this machine's own), and keep the key: pins of it stay valid.

    The authority stays, too, if it may vouch for all of them and lives for another year; tells whether it did.
    Raises ConfigurationError where the key is none of ours, and PermanentFailure where it is damaged; then nothing
    is changed.
    """
    with locked(certificate):
        return _renew(certificate, key, now, names_of_this_machine() if names is None else tuple(names))


def _renew(certificate: Path, key: Path, now: datetime, names: tuple[str, ...]) -> bool:
    look_at_own(certificate, key)
    keys = _keys(key)
    if not keys:
        raise ConfigurationError(f"{key} is none that vBot made: renew its certificate where it came from")
    authority = own_authority(certificate, key)
    stays = (
        authority is not None
        and authority.is_valid_until(now, now + _AUTHORITY_MUST_LAST)
        and all(authority.may_vouch_for(name) for name in names)
    )
    _sign(certificate, key, keys[0], authority if authority and stays else new_authority(names, now), names, now)
    return stays


def complete_pair(certificate: Path, key: Path, now: datetime, names: Callable[[], Iterable[str]]) -> bool:
    """Make the certificate for a new key, where `create_certificate` was cut off between the two; tells whether it did.

    What is damaged, and what is not ours, is left as it is. `names` are asked for only then: that may take a while.
    """
    with locked(certificate):
        keys = _keys(key)
        try:
            chain = _chain(certificate)
            if not is_made_by_us(certificate) or chain[0].public_key() == keys[0].public_key():
                return False
            _check_authority_key(keys)
            _check_authority_key(keys[::-1])
        except (ConfigurationError, IndexError, InvalidSignature, ValueError):
            return False
        if _content(key) != b"".join(map(_private_pem, keys)):
            return False
        wanted = tuple(dict.fromkeys((*_names_of(chain[0]), *names())))
        _sign(certificate, key, keys[0], new_authority(wanted, now), wanted, now)
        return True


def renew_if_it_ends(
    certificate: Path, key: Path, now: datetime, names: Iterable[str], days: int, *, clock_is_set: bool = True
) -> bool:
    """Make one that ends within so many days anew, if it is ours; tells whether it was.

    Also one that begins only later, if the clock is set: it was made by one that ran ahead, and is refused till then.

    Nobody looks on: it keeps the names that it has, for the network may be away at this moment, and names for which
    its authority may not vouch are left out, so that nobody's copy of that ends. Raises as `renew_certificate` does.
    """
    with locked(certificate):
        seen = read_certificate(certificate)
        begins_later = clock_is_set and seen.not_before > now
        if not is_made_by_us(certificate) or (seen.days_left(now) >= days and not begins_later):
            return False
        authority = own_authority(certificate, key)
        wanted = dict.fromkeys((*seen.subject_alternative_names, *names))
        _renew(certificate, key, now, tuple(n for n in wanted if authority is None or authority.may_vouch_for(n)))
        return True


@contextlib.contextmanager
def locked(certificate: Path) -> Iterator[None]:
    """Let one at a time make these files anew: the api's own renewal, and commands beside it."""
    certificate.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = os.open(certificate.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _sign(
    certificate: Path,
    key: Path,
    private_key: ec.EllipticCurvePrivateKey,
    authority: Authority,
    names: tuple[str, ...],
    now: datetime,
) -> None:
    made = made_certificate(private_key, authority, names, now)
    keys = b"".join(map(_private_pem, (private_key, authority.key)))
    if _content(key) != keys:  # it goes first: where the key stays, it works with the old certificate as well
        write_private(key, keys)
    write_private(certificate, b"".join(map(_pem, (made, authority.certificate))))


def own_authority(certificate: Path, key: Path) -> Authority | None:
    """The one behind a certificate that we made; None of one that came from elsewhere, or from an older vBot."""
    chain, keys = _chain(certificate), _keys(key)
    if len(chain) != 2 or len(keys) != 2 or not is_made_by_us(certificate):
        return None
    if chain[1].public_key() != keys[1].public_key():
        return None  # cut off while it was replaced
    return Authority(chain[1], keys[1])


def is_made_by_us(certificate: Path) -> bool:
    """Whether this box's own authority signed it, or an older vBot did. Raises ConfigurationError."""
    return f"CN={OUR_NAME}" in _chain(certificate)[0].issuer.rfc4514_string()


def authority_pem(certificate: Path) -> str | None:
    """What a client may keep and trust (`curl --cacert`): the authority, or an older vBot's certificate itself.

    None of a certificate that came from elsewhere: that one's authority is known there. Raises ConfigurationError.
    """
    return _pem(_chain(certificate)[-1]).decode() if is_made_by_us(certificate) else None


def _chain(certificate: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(certificate.read_bytes())
    except (*NO_CERTIFICATE, OSError) as error:
        raise ConfigurationError(f"{certificate} holds no certificate: {error}") from error


def _keys(key: Path) -> list[ec.EllipticCurvePrivateKey]:
    """Those of ours in this file, in their order; empty where another kind is among them."""
    try:
        found = [serialization.load_pem_private_key(block, None) for block in _PRIVATE_KEY.findall(_content(key))]
    except (*NO_CERTIFICATE, TypeError, UnsupportedAlgorithm):
        return []
    ours = [one for one in found if isinstance(one, ec.EllipticCurvePrivateKey)]
    return ours if len(ours) == len(found) else []


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def fingerprint(certificate: Path) -> str:
    """The SHA-256 of the certificate (DER), as colon-separated hex. Raises ConfigurationError."""
    return read_certificate(certificate).fingerprint_sha256


def read_certificate(certificate: Path) -> Certificate:
    """What the file's first certificate says of itself. Raises ConfigurationError."""
    try:
        return described(first_certificate(certificate))
    except NO_CERTIFICATE as error:
        raise ConfigurationError(f"{certificate} holds no certificate: {error}") from error


def described(pem: str) -> Certificate:
    """What a certificate in PEM says of itself. Raises one of NO_CERTIFICATE."""
    found = x509.load_pem_x509_certificate(pem.encode())
    digest = found.fingerprint(hashes.SHA256()).hex().upper()
    return Certificate(
        fingerprint_sha256=":".join(digest[i : i + 2] for i in range(0, len(digest), 2)),
        public_key_pin=pin_of(found),
        not_before=found.not_valid_before_utc,
        not_after=found.not_valid_after_utc,
        subject_alternative_names=_names_of(found),
        may_sign_others=_may_sign_others(found),
    )


def pin_of(certificate: x509.Certificate) -> str:
    """The SHA-256 of its public key, as curl's --pinnedpubkey takes it."""
    public_key = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    digest = hashes.Hash(hashes.SHA256())
    digest.update(public_key)
    return f"sha256//{base64.b64encode(digest.finalize()).decode()}"


def _may_sign_others(certificate: x509.Certificate) -> bool:
    if f"CN={OUR_NAME}" not in certificate.subject.rfc4514_string():
        return False  # somebody's own: we cannot make it anew
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _names_of(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(str(name.value) for name in names)


def look_at(certificate: Path, key: Path) -> Certificate:
    """The certificate, seen to be one and to belong to its key. Raises ConfigurationError naming the file at fault."""
    server_context(certificate, key)
    return read_certificate(certificate)


def look_at_own(certificate: Path, key: Path) -> Certificate:
    """The one that we made ourselves, seen to be as we signed it. Raises PermanentFailure with the way out."""
    try:
        seen = look_at(certificate, key)
        chain = _chain(certificate)
        if is_named_like_ours(chain[0]):  # else somebody's own is there
            for signed, signer in itertools.pairwise((*chain, chain[-1])):
                signed.verify_directly_issued_by(signer)
            if len(chain) == 2:
                _check_authority_key(_keys(key))
    except (ConfigurationError, InvalidSignature, *NO_CERTIFICATE, TypeError) as error:
        reason = str(error) or "its signature is not ours"
        raise PermanentFailure(f"{certificate} or its key is damaged ({reason}): {RESTORE_SECRETS}") from error
    return seen


def _check_authority_key(keys: list[ec.EllipticCurvePrivateKey]) -> None:
    """Raise ValueError, or InvalidSignature, where it is gone or signs wrongly: a renewal would meet it first.

    It may be another authority's than that behind the certificate: a renewal was cut off between the two files.
    """
    if len(keys) != 2:
        raise ValueError("the key of its authority is not whole")
    try_it, how = b"vBot", ec.ECDSA(hashes.SHA256())
    keys[1].public_key().verify(keys[1].sign(try_it, how), try_it, how)


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """The TLS context of the api. Raises ConfigurationError naming the file at fault."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    for path in (certificate, key):
        if not path.is_file():
            raise ConfigurationError(f"there is no {path}: VBOT_TLS must name a certificate and its key")
    try:
        # A key under a password would have OpenSSL ask for it on the terminal, and wait.
        context.load_cert_chain(certificate, key, password="")
    except (OSError, ValueError) as error:
        locked = "; the key is under a password" if b"ENCRYPTED" in _content(key) else ""
        raise ConfigurationError(f"cannot use {certificate} with {key}: {error}{locked}") from error
    try:
        _shake_hands_with_itself(context)
    except ssl.SSLError as error:
        raise ConfigurationError(f"cannot use {certificate} with {key}: the key signs wrongly ({error})") from error
    return context


def _shake_hands_with_itself(server: ssl.SSLContext) -> None:
    """As the first client would. OpenSSL compares public keys alone; a flipped bit in the private one shows here."""
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        anybody.wrap_bio(to_client, to_server, server_side=False),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for _ in range(_FLIGHTS):
        for side in list(sides):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            sides.remove(side)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def first_certificate(path: Path) -> str:
    """The PEM block of the certificate itself, without its chain. Raises ConfigurationError, or ValueError."""
    try:
        pem = path.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
    end = "-----END CERTIFICATE-----"
    start = pem.find("-----BEGIN CERTIFICATE-----")
    if start < 0 or end not in pem:
        raise ValueError("no PEM block")
    return pem[start : pem.index(end) + len(end)]
