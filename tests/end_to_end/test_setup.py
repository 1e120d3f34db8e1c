"""`vbot setup` against a running appliance: asked at a terminal, by a file of answers, wrongly, twice, and killed."""

from __future__ import annotations

import re
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest

from appliance.services.access.certificate import authority_pem, read_certificate
from tests.support.appliance import VBOT, RunningAppliance, environment, free_port, vbot
from tests.support.cases import long_but
from tests.support.office_authority import OfficeAuthority, own_pair
from tests.support.receiver import Answer, Endpoint, WebhookReceiver
from tests.support.terminal import PATIENCE_SECONDS, TerminalSession

pytestmark = pytest.mark.slow

NAME = "vbot.example.lan"
LOADING_SECONDS = 600.0  # a machine with other work loads its models for minutes


class Box(RunningAppliance):
    """`vbot up`, or the api alone, with a settings file as an installer has one."""

    def __init__(self, folder: Path, command: str) -> None:
        folder.mkdir()
        self.config = folder / "vbot.toml"
        in_file = ("VBOT_LISTEN", "VBOT_TLS", "VBOT_WEBHOOK_ALLOW", "VBOT_WEBHOOK_RETRY_SECONDS")
        super().__init__(folder, dict.fromkeys(in_file), command=command, arguments=("--config", str(self.config)))
        self.config.write_text(
            f"# The installer's own words.\nlisten = \"127.0.0.1:{self.port}\" # the PBX's VLAN\n# names = []\n"
            'webhook_allow = ["127.0.0.0/8"]\nwebhook_retry_seconds = [1, 1, 1]\n'
        )
        self.setup = [str(VBOT), "--config", str(self.config), "setup"]

    def __enter__(self) -> Self:
        assert vbot("--config", self.config, "init", data_dir=self.data_dir, settings=self.settings).returncode in (
            0,
            1,
        )
        return self.start(LOADING_SECONDS)

    @property
    def certificate(self) -> Path:
        return self.data_dir / "tls/certificate.pem"

    @property
    def note(self) -> Path:
        return self.data_dir / "first-boot.txt"

    def terminal(self) -> TerminalSession:
        return TerminalSession(self.setup, environment(self.data_dir, self.settings), self.folder)

    def answered(self, text: str) -> subprocess.CompletedProcess[str]:
        """Run `vbot setup --answers` with these."""
        return subprocess.run(
            self.answering(text),
            env=environment(self.data_dir, self.settings),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    def answering(self, text: str) -> list[str]:
        answers = self.folder / "answers.toml"
        answers.write_text(text)
        return [*self.setup, "--answers", str(answers)]

    def customers(self) -> list[dict[str, Any]]:
        self.http.close()  # with an open connection nobody looks at the certificate again
        self.trust_certificate()
        found: list[dict[str, Any]] = self.admin("GET", "/api/customers").json()["customers"]
        return found

    def state(self) -> tuple[bytes, bytes, bytes, list[dict[str, Any]]]:
        """All that setup may change."""
        key = self.data_dir / "tls/key.pem"
        return self.config.read_bytes(), self.certificate.read_bytes(), key.read_bytes(), self.customers()

    def is_taken_by(self, trusted: str, name: str) -> bool:
        """Whether a client that trusts this authority takes what is shown, under this name."""
        context = ssl.create_default_context(cadata=trusted)
        try:
            with (
                socket.create_connection(("127.0.0.1", self.port), 30) as plain,
                context.wrap_socket(plain, server_hostname=name),
            ):
                return True
        except ssl.SSLCertVerificationError:
            return False


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """With a worker, for what ends in a webhook."""
    with Box(tmp_path_factory.mktemp("whole") / "box", "up") as running:
        yield running


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """The api alone: no call is analysed, and it is there in a moment."""
    with Box(tmp_path_factory.mktemp("setup") / "box", "api") as running:
        yield running


@pytest.fixture(scope="module")
def receiver() -> Iterator[WebhookReceiver]:
    with WebhookReceiver() as receiving:
        yield receiving


def answers(endpoint: Endpoint, *, test_call: bool = True) -> str:
    return f"""
names = ["{NAME}"]
certificate = "made"
test_call = {str(test_call).lower()}
page = "page.html"
[customer]
company_name = "Example Ltd"
name = "Ada Example"
email = "ada@example.com"
webhook_url = "{endpoint.url}"
"""


def test_a_person_is_led_to_the_first_webhook_and_the_page(whole: Box, receiver: WebhookReceiver) -> None:
    """With a wrong answer to nearly everything, which is said in one line and asked again."""
    endpoint = receiver.endpoint(Answer(500), Answer(200))
    pin, note = read_certificate(whole.certificate).public_key_pin, whole.note.read_text()
    with whole.terminal() as person:
        person.answer("listens [127.0.0.1:", "nonsense")
        person.answer("listen must be ADDRESS:PORT", "192.0.2.77:8443")
        person.answer("is no address of this machine", "")
        person.answer("(- for none) [none]: ", "https://vbot.example.lan/")
        person.answer("names must be host names", NAME)
        person.answer("[made]: ", "something")
        person.answer("certificate must be keep, made, own or office", "")
        person.expect("need nothing: the key, and so its pin, is the same")
        person.expect("shows it now")
        person.answer("Company: ", "")
        person.answer("Company: ", "Example Ltd")
        person.answer("Who to ask for there: ", "Ada Example")
        person.answer("E-mail address: ", "ada")
        person.answer("E-mail address: ", "ada@example.com")
        person.answer("results are sent: ", "ftp://crm.example.lan")
        person.answer("customer.webhook_url cannot be that: ", endpoint.url)
        person.answer("Send a test call", "")
        person.expect("completed")
        person.expect("answered 500 (Internal Server Error), and so it did not take the result")
        person.answer("Send a test call", "yes")
        person.expect("answered 200 (OK) after")
        person.answer("page to print", "certificate.pem")
        person.answer("is there and is something else", "")
        person.answer("kept elsewhere: remove it [no]: ", "yes")
        assert person.ends_with() == 0, person.shown
    assert not whole.note.exists()
    (customer,) = whole.customers()
    assert customer["webhook_url"] == endpoint.url
    page = (whole.folder / "vbot-office.html").read_text()
    assert (whole.folder / "vbot-office.html").stat().st_mode & 0o777 == 0o600
    for told in (
        customer["api_key"],
        pin,
        f"https://{NAME}:{whole.port}",
        read_certificate(whole.certificate).fingerprint_sha256,
    ):
        assert told in page
    recovery_key = re.findall(r"Recovery key: +(\S+)", note)[0]
    assert recovery_key not in page
    assert whole.admin_token not in page
    assert whole.config.read_text().startswith(
        f"# The installer's own words.\nlisten = \"127.0.0.1:{whole.port}\" # the PBX's VLAN\n"
        f'# names = []\nnames = ["{NAME}"]\n'
    )
    assert whole.is_taken_by(authority_pem(whole.certificate) or "", NAME)
    assert read_certificate(whole.certificate).public_key_pin == pin


def test_the_same_by_a_file_and_a_second_time_nothing_is_changed(whole: Box, receiver: WebhookReceiver) -> None:
    endpoint = receiver.endpoint()
    first = whole.answered(answers(endpoint))
    assert first.returncode == 0, first.stderr
    assert "answered 200 (OK)" in first.stdout
    before = whole.state()
    again = whole.answered(answers(endpoint, test_call=False))
    assert again.returncode == 0, again.stderr
    assert whole.state() == before
    assert len(before[3]) == 1


@pytest.mark.long
def test_a_webhook_that_is_refused_is_the_files_error(whole: Box, receiver: WebhookReceiver) -> None:
    done = whole.answered(answers(receiver.endpoint(Answer(404))))
    assert done.returncode == 1
    assert "answered 404 (Not Found)" in done.stderr
    assert done.stderr.count("\n") == 1


WRONG = {
    "listen": ('listen = "nowhere"', "listen must be ADDRESS:PORT"),
    "a setting that is none": ('lisen = "0.0.0.0:8443"', "unknown answer 'lisen'"),
    "names": ('names = ["no name"]', "names must be host names"),
    "the choice": ('certificate = "bought"', "certificate must be keep, made, own or office"),
    "no certificate": ('certificate = "own"', "certificate_file is missing"),
    "a file that is none": ('certificate = "own"\ncertificate_file = "/nowhere.pem"', "/nowhere.pem is no file"),
    "what is not signed": ('certificate = "office"\nsigned_file = "vbot.toml"', "signed_file it holds no certificate"),
    "an address": ('[customer]\nemail = "ada"', "customer.email"),
    "a webhook to the box": (
        '[customer]\nwebhook_url = "http://169.254.169.254/"',
        "customer.webhook_url cannot be that",
    ),
    "half a customer": ('[customer]\ncompany_name = "Another Ltd"', "customer.name is missing"),
    "a webhook of nobody": (
        '[customer]\nname = "Bea"\nwebhook_url = "https://127.0.0.9/vbot"',
        "customer.company_name is missing",
    ),
    "yes and no": ('test_call = "perhaps"', "test_call must be yes or no"),
    "another's file": ('page = "vbot.toml"', "vbot.toml is there and is something else"),
    "no TOML": ("listen", "is not valid TOML"),
}


@pytest.mark.parametrize(
    "fault", long_but(["the choice", "a webhook to the box", "another's file", "a webhook of nobody"], WRONG)
)
def test_a_wrong_answer_in_the_file_is_one_line_and_nothing_is_changed(box: Box, fault: str) -> None:
    wrong, said = WRONG[fault]
    before = box.state()
    right = "" if wrong.startswith(("names", "listen")) else 'names = ["other.example.lan"]\n'
    done = box.answered(f"{right}{wrong}\n")
    assert done.returncode == 1, done.stdout
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
    assert box.state() == before


def test_a_test_call_is_for_one_customer_who_is_known_or_it_is_an_error(box: Box) -> None:
    """Never "all is well" without one, nor a result that the file did not mean for whoever gets it."""
    if not box.customers():
        nobody = box.answered("test_call = true\n")
        assert (nobody.returncode, nobody.stdout) == (1, "")
        assert "test_call needs a customer" in nobody.stderr
    for company in ("First Ltd", "Second Ltd"):
        box.new_customer(company_name=company)
    before = box.state()
    whose = box.answered("test_call = true\n")
    assert (whose.returncode, whose.stdout) == (1, "")
    assert "customer.company_name is missing" in whose.stderr
    changed = box.answered('[customer]\nwebhook_url = "https://127.0.0.9/vbot"\n')
    assert (changed.returncode, changed.stdout) == (1, "")
    assert "customer.company_name is missing" in changed.stderr
    assert box.state() == before
    for one in before[3]:
        box.admin("DELETE", f"/api/customers/{one['id']}")


@pytest.mark.parametrize("step", long_but(["3 Customer"], ["2 Certificate", "3 Customer", "4 Test call", "5 The page"]))
def test_killed_at_any_step_the_box_works_and_the_next_run_ends_it(
    box: Box, receiver: WebhookReceiver, step: str
) -> None:
    endpoint = receiver.endpoint()
    text = answers(endpoint, test_call=False).replace(NAME, f"box{step[0]}.example.lan")
    command = box.answering(text)
    with TerminalSession(command, environment(box.data_dir, box.settings), box.folder) as killed:
        killed.expect(step)
        killed.process.kill()
    box.customers()
    assert box.health() == "degraded"  # for want of a worker
    assert (
        subprocess.run(
            [VBOT, "--config", box.config, "certificate", "show"],
            check=False,
            env=environment(box.data_dir, box.settings),
            capture_output=True,
        ).returncode
        == 0
    )
    done = box.answered(text)
    assert done.returncode == 0, done.stderr
    assert [one["webhook_url"] for one in box.customers()] == [endpoint.url]
    assert box.is_taken_by(authority_pem(box.certificate) or "", f"box{step[0]}.example.lan")


def test_who_leaves_keeps_what_was_done(box: Box) -> None:
    before = box.state()
    with box.terminal() as person:
        person.answer("listens [127.0.0.1:", "")
        person.answer("(- for none)", "\x04")
        assert person.ends_with() == 1
        assert "stopped: what was done so far holds" in person.shown
    assert box.state() == before


@pytest.mark.long
def test_the_offices_authority_signs_for_the_key_that_stays(box: Box) -> None:
    named = box.answered('names = ["office.example.lan"]\ncertificate = "made"\n')
    assert named.returncode == 0, named.stderr
    office, pin = OfficeAuthority(), read_certificate(box.certificate).public_key_pin
    asked = box.answered('certificate = "office"\nrequest_file = "box.csr"\n')
    assert asked.returncode == 0, asked.stderr
    (box.folder / "signed.pem").write_bytes(office.sign((box.folder / "box.csr").read_bytes()))
    names = read_certificate(box.certificate).subject_alternative_names
    taken = box.answered('certificate = "office"\nrequest_file = "box.csr"\nsigned_file = "signed.pem"\n')
    assert taken.returncode == 0, taken.stderr
    name = next(name for name in names if name.endswith(".example.lan"))
    assert box.is_taken_by(office.root_pem, name)
    assert read_certificate(box.certificate).public_key_pin == pin
    back = box.answered('certificate = "made"\n')
    assert back.returncode == 0, back.stderr
    assert box.is_taken_by(authority_pem(box.certificate) or "", name)
    assert read_certificate(box.certificate).public_key_pin == pin


@pytest.mark.long
def test_own_files_and_another_port_wait_for_whoever_started_it(tmp_path: Path) -> None:
    """Who started it at a terminal is no unit: it is said what to do, and the next run goes on."""
    box = Box(tmp_path / "box", "api")
    certificate, key = own_pair(tmp_path, NAME, "127.0.0.1")
    port = free_port()
    text = f'listen = "127.0.0.1:{port}"\ncertificate = "own"\ncertificate_file = "{certificate}"\nkey_file = "{key}"\n'
    with box:
        waits = box.answered(text)
        assert waits.returncode == 1
        assert "has other settings yet: stop it and start it again, then run `vbot setup` again" in waits.stderr
        assert box.health() == "degraded"
    box.port, box.url = port, f"https://127.0.0.1:{port}"
    with box:
        done = box.answered(text)
        assert done.returncode == 0, done.stderr
        assert box.is_taken_by(certificate.read_text(), NAME)
