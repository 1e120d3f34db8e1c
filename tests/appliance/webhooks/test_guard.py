"""The target guard: a webhook reaches a customer's server and nothing else."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import TargetRefused
from appliance.webhooks.guard import AddressPolicy, check_url, is_public

DEFAULT = AddressPolicy(None)


def listing(*networks: str) -> AddressPolicy:
    return AddressPolicy(tuple(ipaddress.ip_network(network) for network in networks))


EVERYTHING = listing("0.0.0.0/0", "::/0", "127.0.0.0/8", "::1/128", "169.254.0.0/16", "fe80::/10", "224.0.0.0/4")


@pytest.mark.parametrize(
    "url",
    [
        "https://crm.example.com/hooks/calls?token=abc",
        "http://10.0.0.5:8080/",
        "http://[fd12::5]:8080/hook",
        "https://müller.example/hook",
        "HTTPS://EXAMPLE.COM",
        "http://crm/hook",
    ],
)
def test_an_ordinary_url_is_accepted(url: str) -> None:
    check_url(url, DEFAULT)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "begins with"),
        ("crm.example.com/hook", "begins with"),
        ("ftp://crm.example.com/", "begins with"),
        ("file:///etc/passwd", "begins with"),
        ("javascript:alert(1)", "begins with"),
        ("http:///hook", "host"),
        ("http://:80/", "host"),
        ("https://user:secret@crm.example.com/", "user name"),
        ("https://@crm.example.com/", "user name"),
        ("https://crm.example.com/#part", "fragment"),
        ("https://crm.example.com/#", "fragment"),
        ("https://crm.example.com:0/", "port"),
        ("https://crm.example.com:/", "port"),
        ("https://crm.example.com:99999/", "port"),
        ("https://crm.example.com:http/", "port"),
        ("http://[::1/", "host"),
        ("http://crm.example.com/a b", "spaces"),
        ("http://crm.example.com/\r\nX-Evil: 1", "spaces"),
        ("http://crm.example.com\\@evil.example/", "backslash"),
        ("http://127.1/", "usual form"),
        ("http://2130706433/", "usual form"),
        ("http://0x7f.0.0.1/", "usual form"),
        ("http://0177.0.0.1/", "usual form"),
        ("http://127.0.0.1./", "usual form"),
        ("https://crm.example.com/" + "a" * 3000, "2048 characters"),
    ],
)
def test_a_url_that_webhooks_cannot_go_to_is_refused_with_a_reason(url: str, reason: str) -> None:
    with pytest.raises(TargetRefused, match=reason):
        check_url(url)


def test_a_refusal_does_not_repeat_the_secrets_of_a_url() -> None:
    with pytest.raises(TargetRefused) as refusal:
        check_url("https://user:geheim@crm.example.com/hook?token=geheim")

    assert "geheim" not in str(refusal.value)


def test_an_address_written_as_a_number_is_judged_when_a_policy_is_given() -> None:
    check_url("http://127.0.0.1/")
    with pytest.raises(TargetRefused, match=r"address 127\.0\.0\.1 is refused: loopback"):
        check_url("http://127.0.0.1/", DEFAULT)
    with pytest.raises(TargetRefused, match=r"address ::ffff:169\.254\.169\.254 is refused: cloud metadata"):
        check_url("http://[::ffff:169.254.169.254]/latest", DEFAULT)


@given(st.text(max_size=60))
def test_no_text_makes_any_other_error(text: str) -> None:
    for url in (text, f"https://{text}", f"https://crm.example.com{text}"):
        try:
            check_url(url, DEFAULT)
        except TargetRefused:
            pass


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "172.16.4.4",
        "192.168.1.9",
        "100.64.0.9",
        "8.8.8.8",
        "fd12::1",
        "2606:4700::1111",
        "64:ff9b::808:808",
    ],
)
def test_private_and_public_addresses_are_permitted_by_default(address: str) -> None:
    assert DEFAULT.permits(address)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("169.254.1.1", "link-local"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("169.254.169.254", "cloud metadata"),
        ("fd00:ec2::254", "cloud metadata"),
        ("224.0.0.1", "multicast"),
        ("239.255.255.250", "multicast"),
        ("ff02::1", "multicast"),
        ("0.0.0.0", "unspecified"),
        ("0.1.2.3", "unspecified"),
        ("::", "unspecified"),
        ("255.255.255.255", "broadcast"),
        ("240.0.0.1", "reserved"),
        # the same in the clothes of IPv6
        ("::ffff:169.254.169.254", "cloud metadata"),
        ("::ffff:0.0.0.0", "unspecified"),
        ("::169.254.169.254", "cloud metadata"),
        ("2002:a9fe:a9fe::1", "cloud metadata"),
        ("64:ff9b::a9fe:a9fe", "cloud metadata"),
        ("64:ff9b:1::a9fe:101", "link-local"),
        ("2001:0:a9fe:a9fe::1", "cloud metadata"),
        ("2001:0:808:808:0:0:5601:5601", "cloud metadata"),
    ],
)
def test_some_addresses_are_refused_even_when_listed(address: str, reason: str) -> None:
    assert DEFAULT.refusal(address) == reason
    assert EVERYTHING.refusal(address) == reason
    assert listing(f"{address.partition('%')[0]}").refusal(address) == reason


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1"]
)
def test_loopback_is_refused_unless_it_is_listed_as_such(address: str) -> None:
    assert DEFAULT.refusal(address) == "loopback"
    assert listing("0.0.0.0/0", "::/0").refusal(address) == "loopback"
    assert listing("127.0.0.0/8", "::1/128").permits(address)


def test_listing_one_loopback_address_permits_only_that_one() -> None:
    policy = listing("127.0.0.1/32")

    assert policy.permits("127.0.0.1")
    assert not policy.permits("127.0.0.2")
    assert not policy.permits("::1")


def test_a_list_replaces_the_default() -> None:
    policy = listing("10.1.0.0/16")

    assert policy.permits("10.1.2.3")
    assert policy.permits("::ffff:10.1.2.3")
    assert policy.refusal("10.2.0.1") == "not in the list of permitted networks"
    assert policy.refusal("8.8.8.8") == "not in the list of permitted networks"
    assert policy.refusal("fd12::1") == "not in the list of permitted networks"


PLAIN = DEFAULT.over("http")


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
)
def test_plain_http_to_a_public_address_is_refused_unless_its_network_is_named(address: str) -> None:
    named = AddressPolicy(plain_http=(ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0")))
    assert "can be read on its way" in str(PLAIN.refusal(address))
    assert DEFAULT.over("https").permits(address)
    assert named.over("http").permits(address)
    assert is_public(address)


@pytest.mark.parametrize("address", ["10.1.2.3", "172.31.0.1", "192.168.1.9", "100.64.0.9", "fd12::1", "::ffff:a00:1"])
def test_plain_http_stays_permitted_within_private_networks(address: str) -> None:
    assert PLAIN.permits(address)
    assert not is_public(address)


def test_networks_of_plain_http_permit_nothing_else() -> None:
    policy = AddressPolicy(plain_http=(ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("169.254.0.0/16")))
    assert policy.over("http").refusal("127.0.0.1") == "loopback"
    assert policy.over("http").refusal("169.254.169.254") == "cloud metadata"


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST", "localhost.", "crm.localhost", "localhost.localdomain", "ip6-localhost"]
)
def test_localhost_is_refused_unless_loopback_is_listed(host: str) -> None:
    with pytest.raises(TargetRefused, match="loopback"):
        check_url(f"https://{host}/hook", DEFAULT)
    check_url(f"https://{host}/hook", listing("127.0.0.0/8"))


def test_a_public_address_over_plain_http_is_refused_when_it_is_saved() -> None:
    with pytest.raises(TargetRefused, match=r"address 93\.184\.216\.34 is refused: plain HTTP"):
        check_url("http://93.184.216.34/phi", DEFAULT)
    check_url("https://93.184.216.34/phi", DEFAULT)
    check_url("http://192.168.1.9/phi", DEFAULT)


def test_an_empty_list_permits_nothing() -> None:
    assert not AddressPolicy(()).permits("8.8.8.8")


@given(st.ip_addresses(v=4))
def test_every_ipv4_address_is_judged_alike_in_all_its_forms(address: ipaddress.IPv4Address) -> None:
    reason = DEFAULT.refusal(address)
    number = int(address)

    assert DEFAULT.refusal(ipaddress.IPv6Address((0xFFFF << 32) | number)) == reason
    assert DEFAULT.refusal(ipaddress.IPv6Address((0x2002 << 112) | (number << 80))) == reason
    assert DEFAULT.refusal(ipaddress.IPv6Address((0x64FF9B << 96) | number)) == reason


@given(st.text())
def test_what_is_no_address_is_refused(text: str) -> None:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        assert not DEFAULT.permits(text)
