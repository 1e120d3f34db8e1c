<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>AuditTab</name>
    <message>
        <source>Who</source>
        <translation>Wer</translation>
    </message>
    <message>
        <source>Everybody</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>What was done</source>
        <translation>Was getan wurde</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>Alles</translation>
    </message>
    <message>
        <source>To what</source>
        <translation>Woran</translation>
    </message>
    <message>
        <source>To anything</source>
        <translation>An allem</translation>
    </message>
    <message>
        <source>Nothing matches</source>
        <translation>Nichts passt</translation>
    </message>
    <message>
        <source>Save as CSV …</source>
        <translation>Als CSV speichern …</translation>
    </message>
    <message>
        <source>JSON lines …</source>
        <translation>JSON-Zeilen …</translation>
    </message>
    <message>
        <source>Audit log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Save the audit log as CSV …</source>
        <translation>Das Protokoll als CSV speichern …</translation>
    </message>
    <message>
        <source>Save the audit log as JSON lines …</source>
        <translation>Das Protokoll als JSON-Zeilen speichern …</translation>
    </message>
    <message>
        <source>CSV files (*.csv)</source>
        <translation>CSV-Dateien (*.csv)</translation>
    </message>
    <message>
        <source>JSON lines (*.jsonl)</source>
        <translation>JSON-Zeilen (*.jsonl)</translation>
    </message>
    <message>
        <source>Save the audit log</source>
        <translation>Das Protokoll speichern</translation>
    </message>
    <message>
        <source>Saving the audit log</source>
        <translation>Protokoll wird gespeichert</translation>
    </message>
    <message>
        <source>Saved to %1</source>
        <translation>Gespeichert in %1</translation>
    </message>
    <message>
        <source>Anybody with a token</source>
        <translation>Jeder mit einem Token</translation>
    </message>
    <message>
        <source>Commands on the appliance</source>
        <translation>Befehle auf der Appliance</translation>
    </message>
    <message>
        <source>The appliance itself</source>
        <translation>Die Appliance selbst</translation>
    </message>
</context>
<context>
    <name>BackupsTab</name>
    <message>
        <source>Last backup</source>
        <translation>Letzte Sicherung</translation>
    </message>
    <message>
        <source>Next one</source>
        <translation>Nächste</translation>
    </message>
    <message>
        <source>Kept</source>
        <translation>Aufbewahrt</translation>
    </message>
    <message>
        <source>Make a backup</source>
        <translation>Jetzt sichern</translation>
    </message>
    <message>
        <source>Save here …</source>
        <translation>Hier speichern …</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>Read the backup whole, and see whether its database opens</source>
        <translation>Die Sicherung ganz lesen und sehen, ob ihre Datenbank sich öffnen lässt</translation>
    </message>
    <message>
        <source>No backup yet</source>
        <translation>Noch keine Sicherung</translation>
    </message>
    <message>
        <source>The appliance makes one every day by itself.</source>
        <translation>Die Appliance macht jeden Tag von selbst eine.</translation>
    </message>
    <message>
        <source>Backups</source>
        <translation>Sicherungen</translation>
    </message>
    <message>
        <source>Check the backup</source>
        <translation>Sicherung prüfen</translation>
    </message>
    <message>
        <source>Save the backup here …</source>
        <translation>Die Sicherung hier speichern …</translation>
    </message>
    <message>
        <source>Backup made: %1</source>
        <translation>Sicherung gemacht: %1</translation>
    </message>
    <message>
        <source>The backup failed: %1</source>
        <translation>Die Sicherung ist misslungen: %1</translation>
    </message>
    <message>
        <source>Making a backup</source>
        <translation>Sicherung wird gemacht</translation>
    </message>
    <message>
        <source>Checking %1</source>
        <translation>%1 wird geprüft</translation>
    </message>
    <message numerus="yes">
        <source>%1 is whole: %n call(s) are in it</source>
        <translation>
            <numerusform>%1 ist unversehrt: %n Anruf ist darin</numerusform>
            <numerusform>%1 ist unversehrt: %n Anrufe sind darin</numerusform>
        </translation>
    </message>
    <message>
        <source>Do not rely on it: %1. Make a new backup, and look at the disk.</source>
        <translation>Auf sie ist kein Verlass: %1. Machen Sie eine neue Sicherung, und sehen Sie nach der Platte.</translation>
    </message>
    <message>
        <source>It could not be checked: %1</source>
        <translation>Sie konnte nicht geprüft werden: %1</translation>
    </message>
    <message>
        <source>Save the backup</source>
        <translation>Die Sicherung speichern</translation>
    </message>
    <message>
        <source>Backups (*.tar)</source>
        <translation>Sicherungen (*.tar)</translation>
    </message>
    <message>
        <source>%1 saved to %2; its secrets open with the recovery key</source>
        <translation>%1 in %2 gespeichert; die Geheimnisse darin öffnet der Wiederherstellungsschlüssel</translation>
    </message>
    <message>
        <source>Saving %1</source>
        <translation>%1 wird gespeichert</translation>
    </message>
    <message>
        <source>none by itself</source>
        <translation>keine von selbst</translation>
    </message>
    <message>
        <source>overdue</source>
        <translation>überfällig</translation>
    </message>
    <message>
        <source>backup_every_hours is 0</source>
        <translation>backup_every_hours ist 0</translation>
    </message>
    <message>
        <source>The oldest go by themselves.</source>
        <translation>Die ältesten gehen von selbst.</translation>
    </message>
    <message>
        <source>The last backup failed: %1</source>
        <translation>Die letzte Sicherung ist misslungen: %1</translation>
    </message>
    <message>
        <source>A backup holds everything: only an administrator saves it</source>
        <translation>Eine Sicherung enthält alles: nur ein Administrator speichert sie</translation>
    </message>
</context>
<context>
    <name>CertificateTab</name>
    <message>
        <source>Copy the fingerprint</source>
        <translation>Fingerabdruck kopieren</translation>
    </message>
    <message>
        <source>Certificate</source>
        <translation>Zertifikat</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>Was zu tun ist</translation>
    </message>
    <message>
        <source>The appliance answers without TLS: whoever is on the way reads along. Set VBOT_TLS to auto.</source>
        <translation>Die Appliance antwortet ohne TLS: wer auf dem Weg ist, liest mit. VBOT_TLS auf auto setzen.</translation>
    </message>
    <message>
        <source>Fingerprint</source>
        <translation>Fingerabdruck</translation>
    </message>
    <message>
        <source>It has expired: callers that look at the end refuse it now.</source>
        <translation>Es ist abgelaufen: wer auf das Ende achtet, lehnt es jetzt ab.</translation>
    </message>
    <message numerus="yes">
        <source>It ends in %n day(s).</source>
        <translation>
            <numerusform>Es endet in %n Tag.</numerusform>
            <numerusform>Es endet in %n Tagen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It is good for another %n day(s).</source>
        <translation>
            <numerusform>Es gilt noch %n Tag.</numerusform>
            <numerusform>Es gilt noch %n Tage.</numerusform>
        </translation>
    </message>
    <message>
        <source>SHA-256 fingerprint</source>
        <translation>SHA-256-Fingerabdruck</translation>
    </message>
    <message>
        <source>This program</source>
        <translation>Dieses Programm</translation>
    </message>
    <message>
        <source>knows the appliance by this certificate</source>
        <translation>kennt die Appliance an diesem Zertifikat</translation>
    </message>
    <message>
        <source>knows the appliance by another one: it was replaced a moment ago, or something is in between</source>
        <translation>kennt die Appliance an einem anderen: es wurde eben ersetzt, oder etwas steht dazwischen</translation>
    </message>
    <message>
        <source>Made for</source>
        <translation>Ausgestellt für</translation>
    </message>
    <message>
        <source>Ends</source>
        <translation>Endet</translation>
    </message>
    <message>
        <source>Days left</source>
        <translation>Tage übrig</translation>
    </message>
    <message>
        <source>To replace it, put the new files where VBOT_TLS names them and send the API a SIGHUP; no call is lost.</source>
        <translation>Zum Ersetzen die neuen Dateien dorthin legen, wo VBOT_TLS sie nennt, und der API ein SIGHUP senden; kein Anruf geht verloren.</translation>
    </message>
    <message>
        <source>Whoever pins the fingerprint must learn the new one before: telephone systems, remote workers, and this program, which asks again when it sees it.</source>
        <translation>Wer sich den Fingerabdruck gemerkt hat, muss den neuen vorher erfahren: Telefonanlagen, entfernte Worker und dieses Programm, das neu fragt, sobald es ihn sieht.</translation>
    </message>
    <message>
        <source>Nothing now. Compare the fingerprint with the one that “vbot init” printed.</source>
        <translation>Jetzt nichts. Den Fingerabdruck mit dem vergleichen, den „vbot init“ ausgegeben hat.</translation>
    </message>
</context>
<context>
    <name>ChangeCard</name>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>Feld</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>After</source>
        <translation>Nachher</translation>
    </message>
    <message>
        <source>What was changed</source>
        <translation>Was geändert wurde</translation>
    </message>
    <message>
        <source>Nothing more is told of it.</source>
        <translation>Mehr ist dazu nicht vermerkt.</translation>
    </message>
    <message>
        <source>request %1</source>
        <translation>Anfrage %1</translation>
    </message>
</context>
<context>
    <name>CreateLine</name>
    <message>
        <source>What for?</source>
        <translation>Wofür?</translation>
    </message>
    <message>
        <source>Its name in this list and in the audit log, such as “Grafana”</source>
        <translation>Sein Name in dieser Liste und im Protokoll, etwa „Grafana“</translation>
    </message>
    <message>
        <source>Name of the new token</source>
        <translation>Name des neuen Tokens</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>Rolle</translation>
    </message>
    <message>
        <source>Viewer: reads, sees no secrets</source>
        <translation>Betrachter: liest, sieht keine Geheimnisse</translation>
    </message>
    <message>
        <source>Administrator: may do everything</source>
        <translation>Administrator: darf alles</translation>
    </message>
    <message>
        <source>Ends</source>
        <translation>Endet</translation>
    </message>
    <message>
        <source>Ends after 30 days</source>
        <translation>Endet nach 30 Tagen</translation>
    </message>
    <message>
        <source>Ends after 90 days</source>
        <translation>Endet nach 90 Tagen</translation>
    </message>
    <message>
        <source>Ends after a year</source>
        <translation>Endet nach einem Jahr</translation>
    </message>
    <message>
        <source>Ends after a day</source>
        <translation>Endet nach einem Tag</translation>
    </message>
    <message>
        <source>Never ends</source>
        <translation>Endet nie</translation>
    </message>
    <message>
        <source>Create</source>
        <translation>Anlegen</translation>
    </message>
</context>
<context>
    <name>FreshToken</name>
    <message>
        <source>Copy it now: it is shown this once, the appliance keeps no copy that can be read.</source>
        <translation>Jetzt kopieren: er wird nur dieses eine Mal gezeigt, die Appliance behält keine lesbare Kopie.</translation>
    </message>
    <message>
        <source>token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>I have it</source>
        <translation>Ich habe ihn</translation>
    </message>
    <message>
        <source>New token “%1” (%2)</source>
        <translation>Neuer Token „%1“ (%2)</translation>
    </message>
</context>
<context>
    <name>LogTab</name>
    <message>
        <source>Level</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>Alles</translation>
    </message>
    <message>
        <source>Info and above</source>
        <translation>Ab Info</translation>
    </message>
    <message>
        <source>Warnings and above</source>
        <translation>Ab Warnung</translation>
    </message>
    <message>
        <source>Errors only</source>
        <translation>Nur Fehler</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>Folgen</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Log</translation>
    </message>
    <message>
        <source>Only an administrator may read the log</source>
        <translation>Nur ein Administrator darf das Log lesen</translation>
    </message>
    <message>
        <source>It may name what a viewer is not shown. Ask for an administrator&apos;s token, or ask one to look.</source>
        <translation>Es kann nennen, was einem Betrachter nicht gezeigt wird. Um den Token eines Administrators bitten, oder einen bitten, nachzusehen.</translation>
    </message>
    <message>
        <source>Copy the log</source>
        <translation>Das Log kopieren</translation>
    </message>
    <message>
        <source>Follow the log, or stay</source>
        <translation>Dem Log folgen oder stehen bleiben</translation>
    </message>
    <message>
        <source>Log copied</source>
        <translation>Log kopiert</translation>
    </message>
    <message numerus="yes">
        <source>%n line(s)</source>
        <translation>
            <numerusform>%n Zeile</numerusform>
            <numerusform>%n Zeilen</numerusform>
        </translation>
    </message>
    <message>
        <source>No line of this level since the appliance started.</source>
        <translation>Keine Zeile dieser Stufe, seit die Appliance läuft.</translation>
    </message>
</context>
<context>
    <name>ModelsCard</name>
    <message>
        <source>Models in use</source>
        <translation>Modelle in Gebrauch</translation>
    </message>
    <message>
        <source>Speech recognition, as set</source>
        <translation>Spracherkennung, eingestellt</translation>
    </message>
    <message>
        <source>Loaded by workers</source>
        <translation>Von Workern geladen</translation>
    </message>
    <message>
        <source>Last call: recognition</source>
        <translation>Letzter Anruf: Erkennung</translation>
    </message>
    <message>
        <source>Last call: embeddings</source>
        <translation>Letzter Anruf: Einbettungen</translation>
    </message>
    <message>
        <source>Last call: speech detection</source>
        <translation>Letzter Anruf: Sprechpausen</translation>
    </message>
    <message>
        <source>Last call: telling voices apart</source>
        <translation>Letzter Anruf: Stimmen</translation>
    </message>
    <message>
        <source>Last call: summary</source>
        <translation>Letzter Anruf: Zusammenfassung</translation>
    </message>
    <message>
        <source>Last call: mood</source>
        <translation>Letzter Anruf: Stimmung</translation>
    </message>
    <message>
        <source>Last call: keywords</source>
        <translation>Letzter Anruf: Stichwörter</translation>
    </message>
</context>
<context>
    <name>PartsCard</name>
    <message>
        <source>Parts</source>
        <translation>Teile</translation>
    </message>
    <message>
        <source>ok</source>
        <translation>in Ordnung</translation>
    </message>
    <message>
        <source>look</source>
        <translation>ansehen</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>misslungen</translation>
    </message>
</context>
<context>
    <name>SettingsTab</name>
    <message>
        <source>Retention</source>
        <translation>Aufbewahrung</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>Grenzen</translation>
    </message>
    <message>
        <source>For customers without settings of their own.</source>
        <translation>Für Kunden ohne eigene Einstellungen.</translation>
    </message>
    <message>
        <source>No setting matches</source>
        <translation>Keine Einstellung passt</translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation>Einstellungen durchsuchen</translation>
    </message>
    <message>
        <source>They are set on the appliance: in its vbot.toml, or as variables that begin with VBOT_. Secrets are not shown.</source>
        <translation>Gesetzt werden sie auf der Appliance: in ihrer vbot.toml oder als Variablen, die mit VBOT_ beginnen. Geheimnisse werden nicht gezeigt.</translation>
    </message>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation>
            <numerusform>%n Tag</numerusform>
            <numerusform>%n Tage</numerusform>
        </translation>
    </message>
    <message>
        <source>erased at once</source>
        <translation>sofort gelöscht</translation>
    </message>
    <message>
        <source>Recordings are kept for</source>
        <translation>Aufnahmen bleiben</translation>
    </message>
    <message>
        <source>Texts are kept for</source>
        <translation>Texte bleiben</translation>
    </message>
    <message>
        <source>Calls a minute</source>
        <translation>Anrufe je Minute</translation>
    </message>
    <message>
        <source>Calls at a time</source>
        <translation>Anrufe zugleich</translation>
    </message>
    <message>
        <source>Largest recording</source>
        <translation>Größte Aufnahme</translation>
    </message>
</context>
<context>
    <name>StatusTab</name>
    <message>
        <source>No worker has been heard of</source>
        <translation>Von keinem Worker wurde gehört</translation>
    </message>
    <message>
        <source>Calls are accepted, and wait until one comes.</source>
        <translation>Anrufe werden angenommen und warten, bis einer kommt.</translation>
    </message>
    <message>
        <source>Workers</source>
        <translation>Worker</translation>
    </message>
</context>
<context>
    <name>StorageCard</name>
    <message>
        <source>Storage</source>
        <translation>Speicherplatz</translation>
    </message>
    <message>
        <source>Recordings</source>
        <translation>Aufnahmen</translation>
    </message>
    <message>
        <source>Database</source>
        <translation>Datenbank</translation>
    </message>
    <message>
        <source>Backups</source>
        <translation>Sicherungen</translation>
    </message>
    <message>
        <source>Everything else</source>
        <translation>Alles andere</translation>
    </message>
    <message>
        <source>%1 of %2 (%3)</source>
        <translation>%1 von %2 (%3)</translation>
    </message>
    <message>
        <source>Free</source>
        <translation>Frei</translation>
    </message>
    <message>
        <source>%1; with less free no calls are accepted</source>
        <translation>%1; ist weniger frei, werden keine Anrufe angenommen</translation>
    </message>
    <message>
        <source>Must stay free</source>
        <translation>Muss frei bleiben</translation>
    </message>
</context>
<context>
    <name>SupportTab</name>
    <message>
        <source>Versions</source>
        <translation>Versionen</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Support bundle</source>
        <translation>Support-Paket</translation>
    </message>
    <message>
        <source>A ZIP file for whoever helps you: how the appliance stands, its settings, the newest lines of its log, the states of the newest webhooks, all versions.</source>
        <translation>Eine ZIP-Datei für den, der hilft: wie es um die Appliance steht, ihre Einstellungen, die neuesten Zeilen ihres Logs, der Stand der neuesten Webhooks, alle Versionen.</translation>
    </message>
    <message>
        <source>Not in it: keys, tokens and other secrets, customers&apos; names, telephone numbers, words of calls, what webhooks said. It is plain text: look into it before you send it.</source>
        <translation>Nicht darin: Schlüssel, Tokens und andere Geheimnisse, Namen von Kunden, Telefonnummern, Worte aus Anrufen, Inhalte von Webhooks. Es ist reiner Text: vor dem Senden hineinsehen.</translation>
    </message>
    <message>
        <source>With a viewer&apos;s token the log is not in it either.</source>
        <translation>Mit dem Token eines Betrachters ist auch das Log nicht darin.</translation>
    </message>
    <message>
        <source>Save a support bundle …</source>
        <translation>Ein Support-Paket speichern …</translation>
    </message>
    <message>
        <source>Appliance</source>
        <translation>Appliance</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Workers</source>
        <translation>Worker</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Gestartet</translation>
    </message>
    <message>
        <source>Id of this start</source>
        <translation>Kennung dieses Starts</translation>
    </message>
    <message>
        <source>Support</source>
        <translation>Support</translation>
    </message>
    <message>
        <source>Copy the versions</source>
        <translation>Die Versionen kopieren</translation>
    </message>
    <message>
        <source>Save a support bundle</source>
        <translation>Ein Support-Paket speichern</translation>
    </message>
    <message>
        <source>ZIP files (*.zip)</source>
        <translation>ZIP-Dateien (*.zip)</translation>
    </message>
    <message>
        <source>Gathering the support bundle</source>
        <translation>Support-Paket wird zusammengestellt</translation>
    </message>
    <message>
        <source>Support bundle saved to %1</source>
        <translation>Support-Paket in %1 gespeichert</translation>
    </message>
    <message>
        <source>This program</source>
        <translation>Dieses Programm</translation>
    </message>
    <message>
        <source>This machine</source>
        <translation>Dieser Rechner</translation>
    </message>
</context>
<context>
    <name>SystemPage</name>
    <message>
        <source>Parts of the system</source>
        <translation>Teile des Systems</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>Show %1</source>
        <translation>Zeige %1</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Backups</source>
        <translation>Sicherungen</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>Audit log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Certificate</source>
        <translation>Zertifikat</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Log</translation>
    </message>
    <message>
        <source>Support</source>
        <translation>Support</translation>
    </message>
</context>
<context>
    <name>TokensTab</name>
    <message>
        <source>Revoke …</source>
        <translation>Widerrufen …</translation>
    </message>
    <message>
        <source>No token yet</source>
        <translation>Noch kein Token</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>New token</source>
        <translation>Neuer Token</translation>
    </message>
    <message>
        <source>Revoke the token …</source>
        <translation>Den Token widerrufen …</translation>
    </message>
    <message>
        <source>The new token “%1” is still on the screen: nobody can read it again later.</source>
        <translation>Das neue Token „%1“ ist noch zu sehen: Später kann es niemand mehr lesen.</translation>
    </message>
    <message>
        <source>Whoever uses it is refused from then on; it was last used: %1.</source>
        <translation>Wer ihn benutzt, wird von da an abgewiesen; zuletzt benutzt: %1.</translation>
    </message>
    <message>
        <source>It cannot be given back: a new one must be created and handed over.</source>
        <translation>Er lässt sich nicht zurückgeben: ein neuer muss angelegt und übergeben werden.</translation>
    </message>
    <message>
        <source>If it is the one that this program uses, the program is refused too.</source>
        <translation>Ist es der, den dieses Programm benutzt, wird auch das Programm abgewiesen.</translation>
    </message>
    <message>
        <source>Revoke “%1”?</source>
        <translation>„%1“ widerrufen?</translation>
    </message>
    <message>
        <source>Revoke it</source>
        <translation>Widerrufen</translation>
    </message>
    <message>
        <source>“%1” is revoked</source>
        <translation>„%1“ ist widerrufen</translation>
    </message>
</context>
<context>
    <name>audit</name>
    <message>
        <source>Customer created</source>
        <translation>Kunde angelegt</translation>
    </message>
    <message>
        <source>Customer changed</source>
        <translation>Kunde geändert</translation>
    </message>
    <message>
        <source>Customer deleted</source>
        <translation>Kunde gelöscht</translation>
    </message>
    <message>
        <source>API key replaced</source>
        <translation>API-Schlüssel ersetzt</translation>
    </message>
    <message>
        <source>Webhook secret replaced</source>
        <translation>Webhook-Geheimnis ersetzt</translation>
    </message>
    <message>
        <source>Webhook enabled again</source>
        <translation>Webhook wieder eingeschaltet</translation>
    </message>
    <message>
        <source>Webhook disabled</source>
        <translation>Webhook abgeschaltet</translation>
    </message>
    <message>
        <source>Webhook tested</source>
        <translation>Webhook geprüft</translation>
    </message>
    <message>
        <source>Call analysed again</source>
        <translation>Anruf neu ausgewertet</translation>
    </message>
    <message>
        <source>Call erased</source>
        <translation>Anruf gelöscht</translation>
    </message>
    <message>
        <source>Recording downloaded</source>
        <translation>Aufnahme heruntergeladen</translation>
    </message>
    <message>
        <source>Recordings past their time erased</source>
        <translation>Abgelaufene Aufnahmen gelöscht</translation>
    </message>
    <message>
        <source>Texts past their time erased</source>
        <translation>Abgelaufene Texte gelöscht</translation>
    </message>
    <message>
        <source>Webhook sent again</source>
        <translation>Webhook erneut gesendet</translation>
    </message>
    <message>
        <source>Webhooks sent again</source>
        <translation>Webhooks erneut gesendet</translation>
    </message>
    <message>
        <source>Token created</source>
        <translation>Token angelegt</translation>
    </message>
    <message>
        <source>Token revoked</source>
        <translation>Token widerrufen</translation>
    </message>
    <message>
        <source>Backup made</source>
        <translation>Sicherung gemacht</translation>
    </message>
    <message>
        <source>Backup failed</source>
        <translation>Sicherung misslungen</translation>
    </message>
    <message>
        <source>Backup downloaded</source>
        <translation>Sicherung heruntergeladen</translation>
    </message>
    <message>
        <source>Backup checked</source>
        <translation>Sicherung geprüft</translation>
    </message>
    <message>
        <source>Backup found damaged</source>
        <translation>Sicherung beschädigt gefunden</translation>
    </message>
    <message>
        <source>Backup removed</source>
        <translation>Sicherung entfernt</translation>
    </message>
    <message>
        <source>Appliance set up</source>
        <translation>Appliance eingerichtet</translation>
    </message>
    <message>
        <source>Appliance restored</source>
        <translation>Appliance wiederhergestellt</translation>
    </message>
    <message>
        <source>Database repaired</source>
        <translation>Datenbank repariert</translation>
    </message>
    <message>
        <source>Lost calls taken in again</source>
        <translation>Verlorene Anrufe wieder aufgenommen</translation>
    </message>
    <message>
        <source>Certificate replaced</source>
        <translation>Zertifikat ersetzt</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>Kunde</translation>
    </message>
    <message>
        <source>Call</source>
        <translation>Anruf</translation>
    </message>
    <message>
        <source>Webhook</source>
        <translation>Webhook</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Backup</source>
        <translation>Sicherung</translation>
    </message>
    <message>
        <source>Appliance</source>
        <translation>Appliance</translation>
    </message>
    <message>
        <source>a command on the appliance</source>
        <translation>ein Befehl auf der Appliance</translation>
    </message>
    <message>
        <source>the appliance itself</source>
        <translation>die Appliance selbst</translation>
    </message>
    <message>
        <source>Token %1</source>
        <translation>Token %1</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>not set</source>
        <translation>nicht gesetzt</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>Wer</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>To what</source>
        <translation>Woran</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>Request</source>
        <translation>Anfrage</translation>
    </message>
</context>
<context>
    <name>backups</name>
    <message>
        <source>in the making</source>
        <translation>in Arbeit</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>misslungen</translation>
    </message>
    <message>
        <source>being read: %1</source>
        <translation>wird gelesen: %1</translation>
    </message>
    <message>
        <source>whole</source>
        <translation>unversehrt</translation>
    </message>
    <message>
        <source>damaged</source>
        <translation>beschädigt</translation>
    </message>
    <message>
        <source>not possible</source>
        <translation>nicht möglich</translation>
    </message>
    <message>
        <source>The backup is gone from the list</source>
        <translation>Die Sicherung steht nicht mehr in der Liste</translation>
    </message>
    <message>
        <source>Backup</source>
        <translation>Sicherung</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Checked</source>
        <translation>Geprüft</translation>
    </message>
    <message>
        <source>Age</source>
        <translation>Alter</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>Gemacht</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Nobody has looked since the appliance started</source>
        <translation>Seit dem Start der Appliance hat niemand nachgesehen</translation>
    </message>
</context>
<context>
    <name>settings</name>
    <message>
        <source>Setting</source>
        <translation>Einstellung</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
</context>
<context>
    <name>tokens</name>
    <message>
        <source>valid</source>
        <translation>gültig</translation>
    </message>
    <message>
        <source>revoked</source>
        <translation>widerrufen</translation>
    </message>
    <message>
        <source>expired</source>
        <translation>abgelaufen</translation>
    </message>
    <message>
        <source>administrator</source>
        <translation>Administrator</translation>
    </message>
    <message>
        <source>viewer</source>
        <translation>Betrachter</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>Rolle</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Last used</source>
        <translation>Zuletzt benutzt</translation>
    </message>
    <message>
        <source>Ends</source>
        <translation>Endet</translation>
    </message>
    <message>
        <source>never</source>
        <translation>nie</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>Angelegt</translation>
    </message>
    <message>
        <source>Revoked</source>
        <translation>Widerrufen</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>Nummer</translation>
    </message>
</context>
<context>
    <name>workers</name>
    <message>
        <source>Worker</source>
        <translation>Worker</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>In hand</source>
        <translation>In Arbeit</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>Seconds of recording worked on in a second</source>
        <translation>So viele Sekunden Aufnahme werden in einer Sekunde bearbeitet</translation>
    </message>
    <message>
        <source>Last heard</source>
        <translation>Zuletzt gehört</translation>
    </message>
    <message>
        <source>Calls done</source>
        <translation>Anrufe fertig</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>%1 × real time</source>
        <translation>%1 × Echtzeit</translation>
    </message>
</context>
</TS>
