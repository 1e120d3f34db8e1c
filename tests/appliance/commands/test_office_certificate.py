"""`vbot certificate request` and `install`: the office's authority signs, and the box keeps its key."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import ifaddr
import pytest
from cryptography import x509

from appliance import cli
from appliance.services.access.certificate import create_certificate, read_certificate
from appliance.services.access.certificate_troubles import certificate_troubles
from appliance.settings import load
from appliance.storage.folder.data_folder import DataFolder
from tests.appliance.services.access.test_certificate import Handshakes, handshake
from tests.appliance.services.access.test_own_authority import trusting
from tests.support.office_authority import OfficeAuthority, own_pair

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def office() -> OfficeAuthority:
    return OfficeAuthority()


@pytest.fixture
def box(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> DataFolder:
    """A stopped appliance that the office calls vbot.example.lan."""
    monkeypatch.setenv("VBOT_DATA_DIR", str(folder.root))
    monkeypatch.setenv("VBOT_NAMES", "vbot.example.lan,192.168.7.9")
    folder.create()
    names = ("localhost", "vbot.example.lan", "127.0.0.1", "192.168.7.9")
    create_certificate(folder.certificate, folder.certificate_key, NOW, names)
    folder.master_key.touch(mode=0o600)  # the mark of one that is set up; nothing here opens the database
    return folder


def run(*arguments: str) -> int:
    return cli.main(["certificate", *arguments])


def request(capsys: pytest.CaptureFixture[str]) -> bytes:
    assert run("request") == 0
    return capsys.readouterr().out.encode()


def test_the_request_asks_for_the_names_of_the_office_with_the_key_of_the_box(
    box: DataFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = x509.load_pem_x509_csr(request(capsys))
    names = asked.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "vbot.example.lan" in names.get_values_for_type(x509.DNSName)
    assert "localhost" not in names.get_values_for_type(x509.DNSName)
    assert all(not address.is_loopback for address in names.get_values_for_type(x509.IPAddress))
    own = x509.load_pem_x509_certificate(box.certificate.read_bytes())
    assert asked.public_key() == own.public_key()


def test_what_the_office_signed_is_shown_with_its_chain_and_the_pin_stays(
    box: DataFolder, tmp_path: Path, office: OfficeAuthority, capsys: pytest.CaptureFixture[str]
) -> None:
    pin = read_certificate(box.certificate).public_key_pin
    signed = tmp_path / "signed.pem"
    signed.write_bytes(office.sign(request(capsys)))
    assert run("install", str(signed)) == 0
    assert pin in capsys.readouterr().out
    with Handshakes(box.certificate, box.certificate_key, 1) as server:
        handshake(server.port, trusting(office.root_pem), "vbot.example.lan")
    assert certificate_troubles(load(None, {"VBOT_DATA_DIR": str(box.root)}), box, NOW) == ()


def test_it_is_not_given_up_by_a_slip_of_the_finger(
    box: DataFolder, tmp_path: Path, office: OfficeAuthority, capsys: pytest.CaptureFixture[str]
) -> None:
    signed = tmp_path / "signed.pem"
    signed.write_bytes(office.sign(request(capsys)))
    run("install", str(signed))
    installed = box.certificate.read_bytes()
    assert run("show", "--authority") == 1
    assert run("renew") == 1
    assert "the office's authority signed it" in capsys.readouterr().err
    assert box.certificate.read_bytes() == installed
    assert run("renew", "--self-made") == 0
    capsys.readouterr()
    assert run("show", "--authority") == 0
    assert capsys.readouterr().out.count("BEGIN CERTIFICATE") == 1


@pytest.mark.parametrize("fault", ["no certificate", "another key", "no names", "not now", "no file"])
def test_what_cannot_be_shown_is_refused_in_one_line_and_nothing_is_changed(
    box: DataFolder, tmp_path: Path, office: OfficeAuthority, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked, before = request(capsys), box.certificate.read_bytes()
    signed = tmp_path / "signed.pem"
    said = {
        "no certificate": "it holds no certificate",
        "another key": "it is for another key",
        "no names": "it names no host",
        "not now": "and not now",
        "no file": "cannot read",
    }
    if fault == "no certificate":
        signed.write_bytes(asked)
    elif fault == "another key":
        signed.write_bytes(own_pair(tmp_path, "vbot.example.lan")[0].read_bytes())
    elif fault != "no file":
        begins = NOW - timedelta(days=365) if fault == "not now" else None
        signed.write_bytes(office.sign(asked, names=fault != "no names", begins=begins))
    assert run("install", str(signed)) == 1
    told = capsys.readouterr().err
    assert said[fault] in told
    assert told.count("\n") == 1
    assert box.certificate.read_bytes() == before


def test_names_that_the_certificate_lacks_are_troubles(box: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    environment = {"VBOT_DATA_DIR": str(box.root), "VBOT_NAMES": "vbot.example.lan,calls.example.lan"}
    settings = load(None, environment)
    (trouble,) = [one for one in certificate_troubles(settings, box, NOW) if "calls.example.lan" in one.reason]
    assert "vbot.example.lan" not in trouble.reason
    assert (trouble.mend, trouble.refused) == ("`vbot certificate renew`", False)
    assert run("renew") == 0  # for the names of VBOT_NAMES, and those of this machine
    assert certificate_troubles(load(None, {"VBOT_DATA_DIR": str(box.root)}), box, NOW) == ()


CARDS = {
    "eth0": "192.168.7.9",
    "eth1": "192.168.7.10",
    "eth2": "172.31.9.9",
    "docker0": "172.17.0.1",
    "wg0": "10.8.0.2",
}


@pytest.mark.parametrize("resolved", [[], ["127.0.1.1"], [*CARDS.values(), "fd00:9::9"]])
def test_a_second_card_elsewhere_costs_nobody_the_authority_that_he_keeps(
    box: DataFolder, resolved: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its address may be named only by a new authority: doctor does not ask for it, and a renewal leaves it out.

    Also where the machine's own name leads to every card, as nss-myhostname has it.
    """
    own = [ipaddress.ip_address(CARDS["eth0"])]
    cards = [ifaddr.Adapter(name, name, [ifaddr.IP(address, 24, name)]) for name, address in CARDS.items()]
    cards[2].ips.append(ifaddr.IP(("fd00:9::9", 0, 4), 64, "eth2"))
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: cards)
    for module in ("appliance.process.own_addresses", "appliance.services.access.own_names"):
        monkeypatch.setattr(f"{module}.routed_addresses", lambda: own)
    answer = [(0, 0, 0, "", (address, 0)) for address in resolved]
    monkeypatch.setattr("appliance.services.access.own_names.socket.getaddrinfo", lambda *_: answer)
    monkeypatch.setattr("appliance.services.access.own_names.socket.gethostname", lambda: "localhost")
    monkeypatch.setattr("appliance.services.access.own_names.socket.getfqdn", lambda: "localhost")
    settings = load(None, {"VBOT_DATA_DIR": str(box.root), "VBOT_NAMES": "vbot.example.lan"})
    (trouble,) = certificate_troubles(settings, box, NOW)
    assert "(192.168.7.10)" in trouble.reason
    assert run("show", "--authority") == 0
    authority = capsys.readouterr().out
    assert run("renew") == 0
    capsys.readouterr()
    assert run("show", "--authority") == 0
    assert capsys.readouterr().out == authority
    named = read_certificate(box.certificate).subject_alternative_names
    assert [address for address in CARDS.values() if address in named] == ["192.168.7.9", "192.168.7.10"]
    assert certificate_troubles(settings, box, NOW) == ()


@pytest.mark.parametrize(
    ("days", "said", "refused"),
    [
        (3649, "expires on", False),
        (3651, "has expired on", True),
        (-2, "on only: if that is past, this box's clock", True),
    ],
)
def test_its_end_and_its_beginning_are_troubles(box: DataFolder, days: int, said: str, refused: bool) -> None:
    create_certificate(box.certificate, box.certificate_key, NOW - timedelta(days=days))
    (trouble,) = certificate_troubles(load(None, {"VBOT_DATA_DIR": str(box.root)}), box, NOW)
    assert said in trouble.reason
    assert trouble.refused is refused
    assert run("renew") == 0
    assert certificate_troubles(load(None, {"VBOT_DATA_DIR": str(box.root)}), box, NOW) == ()


def test_of_an_administrators_own_only_the_given_names_are_asked(box: DataFolder, tmp_path: Path) -> None:
    certificate, key = own_pair(tmp_path, "*.example.lan")
    environment = {"VBOT_DATA_DIR": str(box.root), "VBOT_TLS": f"{certificate},{key}"}
    assert certificate_troubles(load(None, environment | {"VBOT_NAMES": "vbot.example.lan"}), box, NOW) == ()
    (trouble,) = certificate_troubles(load(None, environment | {"VBOT_NAMES": "vbot.lan"}), box, NOW)
    assert "(vbot.lan)" in trouble.reason
