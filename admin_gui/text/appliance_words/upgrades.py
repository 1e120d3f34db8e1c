"""How an upgrade ended, and why it was not made."""

from __future__ import annotations

from admin_gui.text.appliance_words.marking import QT_TRANSLATE_NOOP

SENTENCES = (
    QT_TRANSLATE_NOOP("appliance", "a part of the upgrade was killed"),
    QT_TRANSLATE_NOOP("appliance", "vbot-appliance and vbot-worker-… of one version are needed, found: %1"),
    QT_TRANSLATE_NOOP("appliance", "name the package vbot-worker-… of %1, too: without it no call is analysed"),
    QT_TRANSLATE_NOOP("appliance", "`%1 …` fails: %2"),
    QT_TRANSLATE_NOOP("appliance", "vBot was not installed by apt here: name the packages' files"),
    QT_TRANSLATE_NOOP("appliance", "apt offers no other version"),
    QT_TRANSLATE_NOOP("appliance", "there is no file %1"),
    QT_TRANSLATE_NOOP("appliance", "`%1` does not end well: %2"),
    QT_TRANSLATE_NOOP("appliance", "it did not say why"),
    QT_TRANSLATE_NOOP("appliance", "it ended with %1, without a word"),
    QT_TRANSLATE_NOOP("appliance", "it ended without a word"),
    QT_TRANSLATE_NOOP("appliance", "it cannot restore this box's backup: %1"),
    QT_TRANSLATE_NOOP("appliance", "`%1` of it does not end well: %2"),
    QT_TRANSLATE_NOOP("appliance", "its own doctor finds %1 wrong: %2"),
    QT_TRANSLATE_NOOP("appliance", "its doctor does not run: %1"),
    QT_TRANSLATE_NOOP("appliance", "it does not start on a copy of the database: %1"),
    QT_TRANSLATE_NOOP("appliance", "it is not ready on a copy of the database within %1 s"),
    QT_TRANSLATE_NOOP(
        "appliance",
        "%1 GB are needed on the disk of %2 to try the new version and to install it, %3 GB are free",
    ),
    QT_TRANSLATE_NOOP("appliance", "`%1` fails: %2"),
    QT_TRANSLATE_NOOP("appliance", "an administrator wants it"),
    QT_TRANSLATE_NOOP("appliance", "%1; the newer database is in %2"),
    QT_TRANSLATE_NOOP("appliance", "the upgrade to %1 was interrupted: %2 first"),
    QT_TRANSLATE_NOOP("appliance", "%1 runs already"),
    QT_TRANSLATE_NOOP("appliance", "it was interrupted while the new version was tried: begin again"),
    QT_TRANSLATE_NOOP("appliance", "it was interrupted"),
    QT_TRANSLATE_NOOP("appliance", "there is no upgrade that could be undone"),
    QT_TRANSLATE_NOOP(
        "appliance",
        "%1 cannot open the database any more: `vbot backup unpack %2 --to FOLDER` makes a folder for it "
        "(README, Back to the version before)",
    ),
    QT_TRANSLATE_NOOP("appliance", "its packages do not leave both versions side by side"),
    QT_TRANSLATE_NOOP(
        "appliance",
        "%1 does not come back: %2 (`vbot doctor`, then `%3 --back`); the upgrade to %4 had failed: %5",
    ),
    QT_TRANSLATE_NOOP("appliance", "%1; dpkg is half way with %2, and %3 runs on: mend that, then %4"),
    QT_TRANSLATE_NOOP("appliance", "it does not accept calls"),
    QT_TRANSLATE_NOOP("appliance", "it does not get well"),
    QT_TRANSLATE_NOOP("appliance", "it was %1 before, and is not now"),
    QT_TRANSLATE_NOOP("appliance", "%1 is not ready"),
    QT_TRANSLATE_NOOP("appliance", "it died %1 times while loading: %2"),
    QT_TRANSLATE_NOOP("appliance", "it is version %1 that answers"),
    QT_TRANSLATE_NOOP("appliance", "worker %1"),
    QT_TRANSLATE_NOOP("appliance", "%1 within %2 s: it is %3"),
    QT_TRANSLATE_NOOP("appliance", "it was %1 before, and is %2"),
    QT_TRANSLATE_NOOP("appliance", "the upgrade to %1 was taken back and %2 runs: %3"),
    QT_TRANSLATE_NOOP(
        "appliance",
        "the upgrade from %1 to %2 was interrupted while %3: `vbot upgrade --resume` finishes it, `vbot "
        "upgrade --back` undoes it",
    ),
    QT_TRANSLATE_NOOP("appliance", "upgraded from %1 to %2"),
    QT_TRANSLATE_NOOP("appliance", "the upgrade to %1 was refused and %2 runs on: %3"),
    QT_TRANSLATE_NOOP("appliance", "cannot write %1: %2: run this with sudo"),
    QT_TRANSLATE_NOOP("appliance", "another `vbot upgrade` is at work: wait until it has ended"),
    QT_TRANSLATE_NOOP("appliance", "systemd does not open %1, the master key: %2"),
    QT_TRANSLATE_NOOP("appliance", "the master key cannot be given: %1"),
)
