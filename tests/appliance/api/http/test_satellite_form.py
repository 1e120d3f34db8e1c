"""The form of nethesis/satellite: what of it is cut."""

from __future__ import annotations

from appliance.api.http.form.satellite_form import read_request


def test_no_recording_is_lost_for_a_long_name_and_what_is_cut_is_told() -> None:
    wanted = read_request({"tag": "x" * 300}, {"src_number": b"1" * 201, "dst_number": b"201"}, frozenset())

    submission = wanted.submission(None)

    assert (submission.caller_number, submission.called_number) == ("1" * 199 + "…", "201")
    assert submission.warnings == ("`src_number` has more than 200 characters: its end is left out.",)
