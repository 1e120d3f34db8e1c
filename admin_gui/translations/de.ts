<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>AboutCard</name>
    <message>
        <source>Mood</source>
        <translation>Stimmung</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Speech</source>
        <translation>Sprechzeit</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>Kunde</translation>
    </message>
    <message>
        <source>Exchange caller and called</source>
        <translation>Anrufer und Angerufenen tauschen</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Angaben</translation>
    </message>
    <message>
        <source>Revision</source>
        <translation>Revision</translation>
    </message>
    <message>
        <source>PBX&apos;s id</source>
        <translation>ID der Telefonanlage</translation>
    </message>
    <message>
        <source>Call began</source>
        <translation>Beginn des Anrufs</translation>
    </message>
    <message>
        <source>Agent</source>
        <translation>Mitarbeiter</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>Warteschlange</translation>
    </message>
    <message>
        <source>Dialled number</source>
        <translation>Gewählte Nummer</translation>
    </message>
    <message>
        <source>Call id</source>
        <translation>Anruf-ID</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Metadata</source>
        <translation>Metadaten</translation>
    </message>
    <message>
        <source>%1 (deleted)</source>
        <translation>%1 (gelöscht)</translation>
    </message>
    <message>
        <source>Overall</source>
        <translation>Insgesamt</translation>
    </message>
    <message>
        <source>Caller</source>
        <translation>Anrufer</translation>
    </message>
    <message>
        <source>Called</source>
        <translation>Angerufener</translation>
    </message>
    <message>
        <source>speaks %1</source>
        <translation>spricht %1</translation>
    </message>
    <message>
        <source>Webhook</source>
        <translation>Webhook</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>Schlagwörter</translation>
    </message>
    <message>
        <source>If caller and called are mixed up: the call is analysed again</source>
        <translation>Wenn Anrufer und Angerufener vertauscht sind: Der Anruf wird erneut ausgewertet</translation>
    </message>
</context>
<context>
    <name>AddressCard</name>
    <message>
        <source>By its address</source>
        <translation>Über die Adresse</translation>
    </message>
    <message>
        <source>Its name or address in the network, as its operator told you.</source>
        <translation>Name oder Adresse der Appliance im Netz, wie ihr Betreiber sie genannt hat.</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Weiter</translation>
    </message>
</context>
<context>
    <name>AnswerField</name>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>What the last attempt was answered with; type any status</source>
        <translation>Was auf den letzten Versuch geantwortet wurde; jeder andere Status lässt sich eingeben</translation>
    </message>
    <message>
        <source>Any answer</source>
        <translation>Jede Antwort</translation>
    </message>
    <message>
        <source>No answer</source>
        <translation>Keine Antwort</translation>
    </message>
</context>
<context>
    <name>AppContext</name>
    <message>
        <source>Not saved: look at what is marked</source>
        <translation>Nicht gespeichert: Prüfen Sie die markierten Felder</translation>
    </message>
    <message>
        <source>A viewer&apos;s token changes nothing</source>
        <translation>Das Token eines Betrachters ändert nichts</translation>
    </message>
    <message>
        <source>The appliance does not answer at present</source>
        <translation>Die Appliance antwortet zurzeit nicht</translation>
    </message>
    <message>
        <source>%1 copied</source>
        <translation>%1 kopiert</translation>
    </message>
    <message numerus="yes">
        <source>%1 copied; the clipboard is cleared after %n s</source>
        <translation>
            <numerusform>%1 kopiert; die Zwischenablage wird nach %n s geleert</numerusform>
            <numerusform>%1 kopiert; die Zwischenablage wird nach %n s geleert</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AppearanceSection</name>
    <message>
        <source>as the system</source>
        <translation>wie das System</translation>
    </message>
    <message>
        <source>light</source>
        <translation>hell</translation>
    </message>
    <message>
        <source>dark</source>
        <translation>dunkel</translation>
    </message>
    <message>
        <source>ask me</source>
        <translation>nachfragen</translation>
    </message>
    <message>
        <source>keep running, with an icon beside the clock</source>
        <translation>weiterlaufen, mit einem Symbol neben der Uhr</translation>
    </message>
    <message>
        <source>quit</source>
        <translation>beenden</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>The language changes when the program is started the next time.</source>
        <translation>Die Sprache ändert sich, wenn das Programm das nächste Mal gestartet wird.</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>When the window is closed</source>
        <translation>Wenn das Fenster geschlossen wird</translation>
    </message>
    <message>
        <source>Language and colours</source>
        <translation>Sprache und Farben</translation>
    </message>
    <message>
        <source>This desktop has no place for an icon beside the clock: what is wrong is told at the foot of the window, and only while the program runs.</source>
        <translation>Dieser Desktop hat keinen Platz für ein Symbol neben der Uhr: Störungen werden am Fuß des Fensters gemeldet, und nur, solange das Programm läuft.</translation>
    </message>
</context>
<context>
    <name>ApplianceSwitcher</name>
    <message>
        <source>All appliances</source>
        <translation>Alle Appliances</translation>
    </message>
    <message>
        <source>Rename …</source>
        <translation>Umbenennen …</translation>
    </message>
    <message>
        <source>Forget it</source>
        <translation>Vergessen</translation>
    </message>
</context>
<context>
    <name>ApplianceWatch</name>
    <message>
        <source>It has not been asked yet</source>
        <translation>Die Appliance wurde noch nicht abgefragt</translation>
    </message>
    <message>
        <source>Its address is not encrypted: it is asked only while it is open</source>
        <translation>Die Verbindung ist nicht verschlüsselt: Die Appliance wird nur abgefragt, solange sie geöffnet ist</translation>
    </message>
    <message>
        <source>It could not be asked. %1</source>
        <translation>Die Appliance konnte nicht abgefragt werden. %1</translation>
    </message>
    <message>
        <source>The keyring is locked and does not give its token: it is not asked for now</source>
        <translation>Der Schlüsselbund ist gesperrt und gibt das Token nicht heraus: Die Appliance wird vorerst nicht abgefragt</translation>
    </message>
    <message>
        <source>Its token is not kept on this computer: it is not asked</source>
        <translation>Das Token liegt nicht auf diesem Rechner: Die Appliance wird nicht abgefragt</translation>
    </message>
</context>
<context>
    <name>AttentionCard</name>
    <message>
        <source>Needs a look</source>
        <translation>Zu prüfen</translation>
    </message>
    <message>
        <source>Nothing.</source>
        <translation>Nichts.</translation>
    </message>
</context>
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
        <translation>Vorgang</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>Alle Vorgänge</translation>
    </message>
    <message>
        <source>To what</source>
        <translation>Objekt</translation>
    </message>
    <message>
        <source>To anything</source>
        <translation>Alle Objekte</translation>
    </message>
    <message>
        <source>Nothing matches</source>
        <translation>Keine Treffer</translation>
    </message>
    <message>
        <source>Audit log</source>
        <translation>Prüfprotokoll</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>As CSV …</source>
        <translation>Als CSV …</translation>
    </message>
    <message>
        <source>As JSON lines …</source>
        <translation>Als JSON-Zeilen …</translation>
    </message>
    <message>
        <source>Copy rows</source>
        <translation>Zeilen kopieren</translation>
    </message>
    <message>
        <source>Save the audit log as CSV …</source>
        <translation>Das Prüfprotokoll als CSV speichern …</translation>
    </message>
    <message>
        <source>Save the audit log as JSON lines …</source>
        <translation>Das Prüfprotokoll als JSON-Zeilen speichern …</translation>
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
        <translation>Das Prüfprotokoll speichern</translation>
    </message>
    <message>
        <source>Saving the audit log</source>
        <translation>Prüfprotokoll wird gespeichert</translation>
    </message>
    <message>
        <source>Saved to %1</source>
        <translation>Gespeichert in %1</translation>
    </message>
    <message>
        <source>Anybody with a token</source>
        <translation>Alle mit Token</translation>
    </message>
    <message>
        <source>Commands on the appliance</source>
        <translation>Befehle auf der Appliance</translation>
    </message>
    <message>
        <source>The appliance itself</source>
        <translation>Die Appliance selbst</translation>
    </message>
    <message>
        <source>Customers, by API key</source>
        <translation>Kunden, mit API-Schlüssel</translation>
    </message>
    <message>
        <source>Whoever was refused</source>
        <translation>Abgewiesene</translation>
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
        <source>No backup yet</source>
        <translation>Noch keine Sicherung</translation>
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
        <translation>Sicherung erstellt: %1</translation>
    </message>
    <message>
        <source>The backup failed: %1</source>
        <translation>Die Sicherung ist fehlgeschlagen: %1</translation>
    </message>
    <message>
        <source>Making a backup</source>
        <translation>Sicherung wird erstellt</translation>
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
        <source>Make a new backup: %1</source>
        <translation>Erstellen Sie eine neue Sicherung: %1</translation>
    </message>
    <message>
        <source>Do not rely on it: %1. Make a new backup, and look at the disk.</source>
        <translation>Diese Sicherung ist nicht verlässlich: %1. Erstellen Sie eine neue, und prüfen Sie die Festplatte.</translation>
    </message>
    <message>
        <source>It could not be checked: %1</source>
        <translation>Die Sicherung konnte nicht geprüft werden: %1</translation>
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
        <source>%1 saved to %2; the recovery key alone opens it</source>
        <translation>%1 in %2 gespeichert; nur der Wiederherstellungsschlüssel öffnet sie</translation>
    </message>
    <message>
        <source>Saving %1</source>
        <translation>%1 wird gespeichert</translation>
    </message>
    <message>
        <source>none by itself</source>
        <translation>keine automatische</translation>
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
        <translation>Die ältesten werden automatisch entfernt.</translation>
    </message>
    <message>
        <source>The last backup failed: %1</source>
        <translation>Die letzte Sicherung ist fehlgeschlagen: %1</translation>
    </message>
    <message>
        <source>A backup holds customers, settings, keys and the texts of calls. The recordings of finished calls are not in it.</source>
        <translation>Eine Sicherung enthält Kunden, Einstellungen, Schlüssel und die Texte der Anrufe. Die Aufnahmen beendeter Anrufe sind nicht darin.</translation>
    </message>
    <message>
        <source>The appliance makes none by itself: backup_every_hours is 0.</source>
        <translation>Die Appliance erstellt keine automatisch: backup_every_hours ist 0.</translation>
    </message>
    <message>
        <source>The appliance makes them by itself.</source>
        <translation>Die Appliance erstellt sie automatisch.</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Not now</source>
        <translation>Jetzt nicht</translation>
    </message>
</context>
<context>
    <name>CallExport</name>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Text …</source>
        <translation>Text …</translation>
    </message>
    <message>
        <source>JSON …</source>
        <translation>JSON …</translation>
    </message>
    <message>
        <source>Recording …</source>
        <translation>Aufnahme …</translation>
    </message>
    <message>
        <source>Save the call as text …</source>
        <translation>Anruf als Text speichern …</translation>
    </message>
    <message>
        <source>Save the call as JSON …</source>
        <translation>Anruf als JSON speichern …</translation>
    </message>
    <message>
        <source>Save the recording …</source>
        <translation>Aufnahme speichern …</translation>
    </message>
    <message>
        <source>Save the call</source>
        <translation>Anruf speichern</translation>
    </message>
    <message>
        <source>Saving %1</source>
        <translation>%1 wird gespeichert</translation>
    </message>
    <message>
        <source>Saved as %1</source>
        <translation>Gespeichert als %1</translation>
    </message>
</context>
<context>
    <name>CallPage</name>
    <message>
        <source>Call</source>
        <translation>Anruf</translation>
    </message>
    <message>
        <source>This call was erased.</source>
        <translation>Dieser Anruf wurde gelöscht.</translation>
    </message>
    <message>
        <source>Analyse the call again</source>
        <translation>Anruf erneut auswerten</translation>
    </message>
    <message>
        <source>Save the call as text …</source>
        <translation>Anruf als Text speichern …</translation>
    </message>
    <message>
        <source>Save the call as JSON …</source>
        <translation>Anruf als JSON speichern …</translation>
    </message>
    <message>
        <source>Save the recording …</source>
        <translation>Aufnahme speichern …</translation>
    </message>
    <message>
        <source>Exchange caller and called, and analyse again</source>
        <translation>Anrufer und Angerufenen tauschen und erneut auswerten</translation>
    </message>
    <message>
        <source>Webhooks of this call</source>
        <translation>Webhooks dieses Anrufs</translation>
    </message>
    <message>
        <source>Erase the call …</source>
        <translation>Anruf löschen …</translation>
    </message>
    <message>
        <source>It is analysed: you can take the exchange back now</source>
        <translation>Der Anruf ist ausgewertet: Jetzt lässt sich der Tausch zurücknehmen</translation>
    </message>
    <message>
        <source>It is being analysed: you can take it back once that is done, and are told here</source>
        <translation>Der Anruf wird gerade ausgewertet. Danach lässt sich der Tausch zurücknehmen; das wird hier gemeldet</translation>
    </message>
    <message>
        <source>Erased: %1.</source>
        <translation>Gelöscht: %1.</translation>
    </message>
    <message>
        <source>All calls</source>
        <translation>Alle Anrufe</translation>
    </message>
    <message>
        <source>It is analysed again, as a new revision</source>
        <translation>Der Anruf wird erneut ausgewertet, als neue Revision</translation>
    </message>
    <message>
        <source>Erase this call?</source>
        <translation>Diesen Anruf löschen?</translation>
    </message>
    <message>
        <source>Its recording, transcript, summary and keywords.</source>
        <translation>Aufnahme, Transkript, Zusammenfassung und Stichwörter.</translation>
    </message>
    <message>
        <source>What its webhooks said. What was delivered already stays with the customer.</source>
        <translation>Der Inhalt seiner Webhooks. Was schon zugestellt ist, bleibt beim Kunden.</translation>
    </message>
    <message>
        <source>Backups keep it until they are removed; a restore on this appliance erases it again.</source>
        <translation>In Sicherungen bleibt er, bis sie entfernt werden; eine Wiederherstellung auf dieser Appliance löscht ihn erneut.</translation>
    </message>
    <message>
        <source>Erase the call</source>
        <translation>Anruf löschen</translation>
    </message>
    <message>
        <source>Webhooks</source>
        <translation>Webhooks</translation>
    </message>
    <message>
        <source>Analyse again</source>
        <translation>Erneut auswerten</translation>
    </message>
    <message>
        <source>Erase …</source>
        <translation>Löschen …</translation>
    </message>
    <message>
        <source>Add a tag to the call</source>
        <translation>Dem Anruf ein Schlagwort geben</translation>
    </message>
    <message>
        <source>Caller and called exchanged: it is analysed again</source>
        <translation>Anrufer und Angerufener getauscht: Der Anruf wird erneut ausgewertet</translation>
    </message>
    <message>
        <source>Analyse it once more, as a new revision</source>
        <translation>Noch einmal auswerten, als neue Revision</translation>
    </message>
    <message>
        <source>Caller and called exchanged back: it is analysed again</source>
        <translation>Anrufer und Angerufener zurückgetauscht: Der Anruf wird erneut ausgewertet</translation>
    </message>
</context>
<context>
    <name>CallStep</name>
    <message>
        <source>Send a recording …</source>
        <translation>Aufnahme senden …</translation>
    </message>
    <message>
        <source>Open the call</source>
        <translation>Anruf öffnen</translation>
    </message>
    <message>
        <source>No call has come yet.</source>
        <translation>Noch ist kein Anruf eingegangen.</translation>
    </message>
    <message>
        <source>The call of %1 could not be analysed: %2</source>
        <translation>Der Anruf vom %1 ließ sich nicht auswerten: %2</translation>
    </message>
    <message>
        <source>The call of %1 is analysed.</source>
        <translation>Der Anruf vom %1 ist ausgewertet.</translation>
    </message>
    <message>
        <source>The call of %1 has come and is being analysed.</source>
        <translation>Der Anruf vom %1 ist eingegangen und wird ausgewertet.</translation>
    </message>
</context>
<context>
    <name>CallTagging</name>
    <message>
        <source>The tag “%1” is not added yet.</source>
        <translation>Das Schlagwort „%1“ ist noch nicht hinzugefügt.</translation>
    </message>
    <message>
        <source>The tags are changed</source>
        <translation>Die Schlagwörter sind geändert</translation>
    </message>
    <message>
        <source>Taken back</source>
        <translation>Zurückgenommen</translation>
    </message>
    <message>
        <source>The tags are being saved. If you leave before that, the changes may be lost.</source>
        <translation>Die Schlagwörter werden gespeichert. Wenn Sie vorher weggehen, gehen die Änderungen möglicherweise verloren.</translation>
    </message>
</context>
<context>
    <name>CallsPage</name>
    <message>
        <source>No calls yet</source>
        <translation>Noch keine Anrufe</translation>
    </message>
    <message>
        <source>They appear here as soon as a PBX sends the first one.</source>
        <translation>Sie erscheinen hier, sobald eine Telefonanlage den ersten sendet.</translation>
    </message>
    <message>
        <source>Search texts</source>
        <translation>Texte durchsuchen</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>Anrufe</translation>
    </message>
    <message>
        <source>Search in calls</source>
        <translation>In Anrufen suchen</translation>
    </message>
    <message>
        <source>No call matches</source>
        <translation>Keine passenden Anrufe</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>Nummer</translation>
    </message>
    <message>
        <source>Clear the filters</source>
        <translation>Filter entfernen</translation>
    </message>
    <message>
        <source>No call matches “%1”</source>
        <translation>Keine Anrufe zu „%1“</translation>
    </message>
    <message>
        <source>The words are looked for side by side, as they were typed. Look for one of them alone:</source>
        <translation>Gesucht wird nach den Wörtern in genau dieser Folge. Nur eines davon suchen:</translation>
    </message>
</context>
<context>
    <name>CertificateChangedPage</name>
    <message>
        <source>This may not be your appliance</source>
        <translation>Das ist vielleicht nicht Ihre Appliance</translation>
    </message>
    <message>
        <source>It shows another certificate than the one that you trusted. Either its certificate was replaced, or another machine answers in its place. Everything has stopped: your token was not sent to it.</source>
        <translation>Die Appliance zeigt ein anderes Zertifikat als das, dem Sie vertraut haben. Entweder wurde es ersetzt, oder ein anderer Rechner antwortet an ihrer Stelle. Alles ist angehalten: Das Token wurde nicht dorthin gesendet.</translation>
    </message>
    <message>
        <source>I have compared the new fingerprint with what “vbot certificate show” prints on the appliance</source>
        <translation>Ich habe den neuen Fingerabdruck mit dem verglichen, den „vbot certificate show“ auf der Appliance ausgibt</translation>
    </message>
    <message>
        <source>Trust the new certificate</source>
        <translation>Dem neuen Zertifikat vertrauen</translation>
    </message>
    <message>
        <source>Disconnect</source>
        <translation>Trennen</translation>
    </message>
    <message>
        <source>Appliance</source>
        <translation>Appliance</translation>
    </message>
    <message>
        <source>Trusted</source>
        <translation>Bisher vertraut</translation>
    </message>
    <message>
        <source>Shown now</source>
        <translation>Jetzt gezeigt</translation>
    </message>
</context>
<context>
    <name>CertificateOffer</name>
    <message>
        <source>Look at its certificate</source>
        <translation>Zertifikat ansehen</translation>
    </message>
    <message>
        <source>Waiting for the receiver …</source>
        <translation>Warten auf den Empfänger …</translation>
    </message>
    <message>
        <source>It is the same: trust it</source>
        <translation>Er stimmt überein: vertrauen</translation>
    </message>
    <message>
        <source>It is trusted from now on, and its fingerprint is saved.</source>
        <translation>Dem Zertifikat wird ab jetzt vertraut; sein Fingerabdruck ist gespeichert.</translation>
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
        <translation>Die Appliance antwortet ohne TLS: Im Netz kann jeder mitlesen. Setzen Sie VBOT_TLS auf auto.</translation>
    </message>
    <message>
        <source>Fingerprint</source>
        <translation>Fingerabdruck</translation>
    </message>
    <message>
        <source>It has expired: callers that look at the end refuse it now.</source>
        <translation>Es ist abgelaufen: Wer die Gültigkeit prüft, lehnt es jetzt ab.</translation>
    </message>
    <message>
        <source>SHA-256 fingerprint</source>
        <translation>SHA-256-Fingerabdruck</translation>
    </message>
    <message>
        <source>Pin of its key</source>
        <translation>Pin des Schlüssels</translation>
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
        <translation>kennt die Appliance an einem anderen: Es wurde eben erst ersetzt, oder etwas steht dazwischen</translation>
    </message>
    <message>
        <source>Made for</source>
        <translation>Ausgestellt für</translation>
    </message>
    <message>
        <source>Ends</source>
        <translation>Gültig bis</translation>
    </message>
    <message>
        <source>Days left</source>
        <translation>Verbleibende Tage</translation>
    </message>
    <message>
        <source>“vbot certificate renew” makes it anew and keeps its key. If it is your own, put the new files where VBOT_TLS names them and send the API a SIGHUP. No call is lost.</source>
        <translation>„vbot certificate renew“ erneuert es und behält den Schlüssel. Ist es ein eigenes, legen Sie die neuen Dateien dorthin, wo VBOT_TLS sie nennt, und senden Sie der API ein SIGHUP. Kein Anruf geht verloren.</translation>
    </message>
    <message>
        <source>Whoever has pinned the key has nothing to do. Whoever has pinned the fingerprint needs the new one: workers on other machines, and this program, which asks by itself. Whoever keeps a copy of the certificate needs the new one.</source>
        <translation>Wer den Schlüssel als Pin eingetragen hat, braucht nichts zu tun. Wer den Fingerabdruck eingetragen hat, braucht den neuen: Worker auf anderen Rechnern und dieses Programm, das von sich aus nachfragt. Wer eine Kopie des Zertifikats hat, braucht die neue.</translation>
    </message>
    <message>
        <source>Nothing now. Compare the fingerprint with what “vbot certificate show” prints on the appliance.</source>
        <translation>Zurzeit nichts. Vergleichen Sie den Fingerabdruck mit dem, den „vbot certificate show“ auf der Appliance ausgibt.</translation>
    </message>
    <message numerus="yes">
        <source>It ends in %Ln day(s).</source>
        <translation>
            <numerusform>Es läuft in %Ln Tag ab.</numerusform>
            <numerusform>Es läuft in %Ln Tagen ab.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It is good for another %Ln day(s).</source>
        <translation>
            <numerusform>Es gilt noch %Ln Tag.</numerusform>
            <numerusform>Es gilt noch %Ln Tage.</numerusform>
        </translation>
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
    <name>Choices</name>
    <message>
        <source>First day</source>
        <translation>Erster Tag</translation>
    </message>
    <message>
        <source>Last day</source>
        <translation>Letzter Tag</translation>
    </message>
    <message>
        <source>Compare with the time before</source>
        <translation>Mit der Zeit davor vergleichen</translation>
    </message>
    <message>
        <source>Last week</source>
        <translation>Letzte Woche</translation>
    </message>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation>
            <numerusform>%n Tag</numerusform>
            <numerusform>%n Tage</numerusform>
        </translation>
    </message>
    <message>
        <source>From … to …</source>
        <translation>Von … bis …</translation>
    </message>
    <message>
        <source>The last day is before the first</source>
        <translation>Der letzte Tag liegt vor dem ersten</translation>
    </message>
    <message numerus="yes">
        <source>At most %n day(s) at once</source>
        <translation>
            <numerusform>Höchstens %n Tag auf einmal</numerusform>
            <numerusform>Höchstens %n Tage auf einmal</numerusform>
        </translation>
    </message>
    <message>
        <source>“%1” is not a day</source>
        <translation>„%1“ ist kein Tag</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>Heute</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>Gestern</translation>
    </message>
</context>
<context>
    <name>ClosingQuestion</name>
    <message>
        <source>Close the window</source>
        <translation>Fenster schließen</translation>
    </message>
    <message>
        <source>If the program keeps running, its icon stays beside the clock, and you are told when something is wrong with an appliance. If you quit, you are told nothing. You can change this at any time under “Program”.</source>
        <translation>Läuft das Programm weiter, bleibt sein Symbol neben der Uhr, und Sie erfahren, wenn mit einer Appliance etwas nicht stimmt. Beenden Sie es, erfahren Sie nichts. Ändern können Sie das jederzeit unter „Programm“.</translation>
    </message>
    <message>
        <source>Keep running</source>
        <translation>Weiterlaufen lassen</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Keep running in the background?</source>
        <translation>Im Hintergrund weiterlaufen?</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>A command, customer, number, date, or word that was said</source>
        <translation>Befehl, Kunde, Nummer, Datum oder ein Wort aus einem Gespräch</translation>
    </message>
    <message>
        <source>What to find</source>
        <translation>Was gesucht wird</translation>
    </message>
    <message>
        <source>Looking …</source>
        <translation>Suche läuft …</translation>
    </message>
    <message>
        <source>There is none to choose from.</source>
        <translation>Es gibt nichts auszuwählen.</translation>
    </message>
    <message>
        <source>None matches.</source>
        <translation>Keine Treffer.</translation>
    </message>
    <message>
        <source>Try a part of a command&apos;s name (“backup”), a company, a telephone number, a day (“yesterday”, “27 Nov”), a call&apos;s id, or words that were said.</source>
        <translation>Versuchen Sie einen Teil eines Befehls („Sicherung“), eine Firma, eine Telefonnummer, einen Tag („gestern“, „27. Nov.“), die ID eines Anrufs oder Wörter aus einem Gespräch.</translation>
    </message>
    <message>
        <source>Nothing is called “%1”.</source>
        <translation>Keine Treffer für „%1“.</translation>
    </message>
</context>
<context>
    <name>Comparison</name>
    <message>
        <source>Revision %1 and revision %2</source>
        <translation>Revision %1 und Revision %2</translation>
    </message>
    <message>
        <source>− only in revision %1, + only in revision %2</source>
        <translation>− nur in Revision %1, + nur in Revision %2</translation>
    </message>
    <message>
        <source>They are the same.</source>
        <translation>Sie sind gleich.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>ConfirmDelete</name>
    <message>
        <source>Delete %1?</source>
        <translation>%1 löschen?</translation>
    </message>
    <message>
        <source>Its API key is refused at once, and its number is never given again.</source>
        <translation>Sein API-Schlüssel wird sofort abgewiesen, seine Nummer nie wieder vergeben.</translation>
    </message>
    <message numerus="yes">
        <source>It has sent %n call(s) so far: what is not erased yet of their recordings and texts is erased now. Figures and the audit log stay.</source>
        <translation>
            <numerusform>Er hat bisher %n Anruf gesendet: Was von Aufnahme und Texten noch nicht gelöscht ist, wird jetzt gelöscht. Zahlen und Prüfprotokoll bleiben.</numerusform>
            <numerusform>Er hat bisher %n Anrufe gesendet: Was von Aufnahmen und Texten noch nicht gelöscht ist, wird jetzt gelöscht. Zahlen und Prüfprotokoll bleiben.</numerusform>
        </translation>
    </message>
    <message>
        <source>Calls that were accepted are still finished, but no webhook is sent any more.</source>
        <translation>Angenommene Anrufe werden noch fertig bearbeitet, aber kein Webhook wird mehr gesendet.</translation>
    </message>
    <message>
        <source>Delete the customer</source>
        <translation>Kunden löschen</translation>
    </message>
    <message>
        <source>%1 is deleted</source>
        <translation>%1 ist gelöscht</translation>
    </message>
</context>
<context>
    <name>ConfirmErase</name>
    <message>
        <source>Keep it</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Type “%1” to confirm</source>
        <translation>Zur Bestätigung „%1“ eingeben</translation>
    </message>
</context>
<context>
    <name>ConnectCard</name>
    <message>
        <source>Connect the telephone system</source>
        <translation>Telefonanlage anbinden</translation>
    </message>
</context>
<context>
    <name>ConnectPage</name>
    <message>
        <source>Connect to an appliance</source>
        <translation>Mit einer Appliance verbinden</translation>
    </message>
    <message>
        <source>%1 is forgotten</source>
        <translation>%1 ist vergessen</translation>
    </message>
    <message>
        <source>%1 is forgotten, its token too</source>
        <translation>%1 ist vergessen, das Token auch</translation>
    </message>
    <message>
        <source>%1 is forgotten, but its token is in the keyring still: it is locked</source>
        <translation>%1 ist vergessen, aber das Token liegt noch im Schlüsselbund: Er ist gesperrt</translation>
    </message>
    <message>
        <source>%1 is forgotten, but its token may be in the keyring still. %2</source>
        <translation>%1 ist vergessen, aber das Token liegt vielleicht noch im Schlüsselbund. %2</translation>
    </message>
    <message>
        <source>That is no address: a machine&apos;s name or IP address, and its port if it is not 8443.</source>
        <translation>Das ist keine Adresse: Einzugeben sind Name oder IP-Adresse eines Rechners und, wenn er nicht 8443 ist, der Port.</translation>
    </message>
    <message>
        <source>Asking %1 for its certificate …</source>
        <translation>Zertifikat von %1 wird abgefragt …</translation>
    </message>
    <message>
        <source>That is no token: it has letters that no token has, such as ä or “. Copy it once more.</source>
        <translation>Das ist kein Token: Es enthält Zeichen, die in keinem Token vorkommen, etwa ä oder “. Kopieren Sie es noch einmal.</translation>
    </message>
    <message>
        <source>There is no keyring here: the token is kept for this session only</source>
        <translation>Hier gibt es keinen Schlüsselbund: Das Token bleibt nur für diese Sitzung gespeichert</translation>
    </message>
    <message>
        <source>The keyring is locked: the token is kept for this session only</source>
        <translation>Der Schlüsselbund ist gesperrt: Das Token bleibt nur für diese Sitzung gespeichert</translation>
    </message>
    <message>
        <source>Connecting to %1 …</source>
        <translation>Verbindung mit %1 wird hergestellt …</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>Conversation</name>
    <message>
        <source>Conversation</source>
        <translation>Gespräch</translation>
    </message>
    <message>
        <source>Click a word to hear it from there. Enter plays the turn, Space plays and pauses.</source>
        <translation>Ein Klick auf ein Wort spielt von dort an ab. Die Eingabetaste spielt den Beitrag ab, die Leertaste spielt ab und hält an.</translation>
    </message>
    <message>
        <source>Caller</source>
        <translation>Anrufer</translation>
    </message>
    <message>
        <source>Called</source>
        <translation>Angerufener</translation>
    </message>
    <message>
        <source>Voice 1</source>
        <translation>Stimme 1</translation>
    </message>
    <message>
        <source>Voice 2</source>
        <translation>Stimme 2</translation>
    </message>
    <message>
        <source>Speaker</source>
        <translation>Sprecher</translation>
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
        <translation>Sein Name in dieser Liste und im Prüfprotokoll, etwa „Grafana“</translation>
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
        <translation>Betrachter: darf lesen, sieht keine Geheimnisse</translation>
    </message>
    <message>
        <source>Administrator: may do everything</source>
        <translation>Administrator: darf alles</translation>
    </message>
    <message>
        <source>Worker on another machine: joins, sees nothing here</source>
        <translation>Worker auf einem anderen Rechner: darf beitreten, sieht hier nichts</translation>
    </message>
    <message>
        <source>A viewer of one customer sees its calls alone, and not even that there are others</source>
        <translation>Ein Betrachter eines einzelnen Kunden sieht nur dessen Anrufe und nicht einmal, dass es andere Kunden gibt</translation>
    </message>
    <message>
        <source>Ends</source>
        <translation>Gültigkeit</translation>
    </message>
    <message>
        <source>Ends after 30 days</source>
        <translation>30 Tage gültig</translation>
    </message>
    <message>
        <source>Ends after 90 days</source>
        <translation>90 Tage gültig</translation>
    </message>
    <message>
        <source>Ends after a year</source>
        <translation>Ein Jahr gültig</translation>
    </message>
    <message>
        <source>Ends after a day</source>
        <translation>Einen Tag gültig</translation>
    </message>
    <message>
        <source>Never ends</source>
        <translation>Unbegrenzt gültig</translation>
    </message>
    <message>
        <source>Create</source>
        <translation>Anlegen</translation>
    </message>
</context>
<context>
    <name>CustomerActions</name>
    <message>
        <source>Its API key is refused from now on: its telephone system delivers no more calls.</source>
        <translation>Sein API-Schlüssel wird ab sofort abgewiesen: Seine Telefonanlage liefert keine Anrufe mehr ab.</translation>
    </message>
    <message>
        <source>What was accepted is still analysed and delivered. It can be activated again at any time.</source>
        <translation>Was angenommen wurde, wird noch ausgewertet und zugestellt. Er lässt sich jederzeit wieder aktivieren.</translation>
    </message>
    <message>
        <source>Deactivate %1?</source>
        <translation>%1 deaktivieren?</translation>
    </message>
    <message>
        <source>Deactivate it</source>
        <translation>Deaktivieren</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Its API key is refused from now on</source>
        <translation>Sein API-Schlüssel wird ab sofort abgewiesen</translation>
    </message>
    <message>
        <source>Its API key is accepted again</source>
        <translation>Sein API-Schlüssel gilt wieder</translation>
    </message>
    <message>
        <source>Taken back</source>
        <translation>Zurückgenommen</translation>
    </message>
    <message>
        <source>There is a new API key</source>
        <translation>Es gibt einen neuen API-Schlüssel</translation>
    </message>
    <message>
        <source>There is a new API key; the old one works until %1</source>
        <translation>Es gibt einen neuen API-Schlüssel; der alte gilt bis %1</translation>
    </message>
    <message>
        <source>There is a new secret</source>
        <translation>Es gibt ein neues Geheimnis</translation>
    </message>
    <message>
        <source>There is a new secret; webhooks are signed with the old one, too, until %1</source>
        <translation>Es gibt ein neues Geheimnis; bis %1 werden Webhooks auch mit dem alten signiert</translation>
    </message>
    <message>
        <source>Enabled: the webhooks on hold are being sent</source>
        <translation>Eingeschaltet: Die ruhenden Webhooks werden gesendet</translation>
    </message>
    <message>
        <source>Save the new address first: a test goes to the saved one</source>
        <translation>Speichern Sie zuerst die neue Adresse: Ein Test geht an die gespeicherte</translation>
    </message>
    <message>
        <source>Waiting for the receiver …</source>
        <translation>Warten auf den Empfänger …</translation>
    </message>
    <message numerus="yes">
        <source>%n webhook(s) of this customer failed before and were not delivered.</source>
        <translation>
            <numerusform>%n Webhook dieses Kunden ist zuvor fehlgeschlagen und nicht zugestellt.</numerusform>
            <numerusform>%n Webhooks dieses Kunden sind zuvor fehlgeschlagen und nicht zugestellt.</numerusform>
        </translation>
    </message>
    <message>
        <source>Send them now</source>
        <translation>Jetzt senden</translation>
    </message>
    <message numerus="yes">
        <source>%n webhook(s) are sent again</source>
        <translation>
            <numerusform>%n Webhook wird erneut gesendet</numerusform>
            <numerusform>%n Webhooks werden erneut gesendet</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n not: %1</source>
        <translation>
            <numerusform>%n nicht gesendet: %1</numerusform>
            <numerusform>%n nicht gesendet: %1</numerusform>
        </translation>
    </message>
    <message>
        <source>Sending again</source>
        <translation>Erneutes Senden</translation>
    </message>
    <message>
        <source>Save the new address first: the saved one is looked at</source>
        <translation>Speichern Sie zuerst die neue Adresse: Geprüft wird die gespeicherte</translation>
    </message>
</context>
<context>
    <name>CustomerChoice</name>
    <message>
        <source>Customer</source>
        <translation>Kunde</translation>
    </message>
    <message>
        <source>All customers</source>
        <translation>Alle Kunden</translation>
    </message>
    <message>
        <source>Customer %1</source>
        <translation>Kunde %1</translation>
    </message>
    <message>
        <source>%1 (deleted)</source>
        <translation>%1 (gelöscht)</translation>
    </message>
</context>
<context>
    <name>CustomerPage</name>
    <message>
        <source>New customer</source>
        <translation>Neuer Kunde</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>Kunde</translation>
    </message>
    <message>
        <source>It was changed elsewhere meanwhile. What you save overwrites only what you changed.</source>
        <translation>Der Kunde wurde inzwischen anderswo geändert. Speichern überschreibt nur, was Sie geändert haben.</translation>
    </message>
    <message>
        <source>Discard mine</source>
        <translation>Meine Änderungen verwerfen</translation>
    </message>
    <message>
        <source>Save the customer</source>
        <translation>Kunden speichern</translation>
    </message>
    <message>
        <source>Discard what was changed</source>
        <translation>Änderungen verwerfen</translation>
    </message>
    <message>
        <source>Send a test webhook</source>
        <translation>Test-Webhook senden</translation>
    </message>
    <message>
        <source>This customer&apos;s calls</source>
        <translation>Anrufe dieses Kunden</translation>
    </message>
    <message>
        <source>This customer&apos;s webhooks</source>
        <translation>Webhooks dieses Kunden</translation>
    </message>
    <message>
        <source>Delete the customer …</source>
        <translation>Kunden löschen …</translation>
    </message>
    <message>
        <source>The new customer is not created yet.</source>
        <translation>Der neue Kunde ist noch nicht angelegt.</translation>
    </message>
    <message numerus="yes">
        <source>%1 has %n unsaved change(s).</source>
        <translation>
            <numerusform>%1 hat %n ungespeicherte Änderung.</numerusform>
            <numerusform>%1 hat %n ungespeicherte Änderungen.</numerusform>
        </translation>
    </message>
    <message>
        <source>What you had typed is here again; it is not saved yet</source>
        <translation>Was Sie eingegeben hatten, steht wieder hier; gespeichert ist es noch nicht</translation>
    </message>
    <message>
        <source>All customers</source>
        <translation>Alle Kunden</translation>
    </message>
    <message>
        <source>active</source>
        <translation>aktiv</translation>
    </message>
    <message>
        <source>inactive</source>
        <translation>inaktiv</translation>
    </message>
    <message>
        <source>Activate</source>
        <translation>Aktivieren</translation>
    </message>
    <message>
        <source>Deactivate</source>
        <translation>Deaktivieren</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>Anrufe</translation>
    </message>
    <message>
        <source>Webhooks</source>
        <translation>Webhooks</translation>
    </message>
    <message>
        <source>Delete …</source>
        <translation>Löschen …</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>%1 is being saved. If you leave before that, the changes may be lost.</source>
        <translation>%1 wird gespeichert. Wenn Sie vorher weggehen, gehen die Änderungen möglicherweise verloren.</translation>
    </message>
</context>
<context>
    <name>CustomerSaving</name>
    <message>
        <source>The appliance&apos;s answer was lost, but %1 is created: this is it</source>
        <translation>Die Antwort der Appliance ging verloren, aber %1 ist angelegt: Hier ist der Kunde</translation>
    </message>
    <message>
        <source>The appliance&apos;s answer was lost, but what you changed is saved</source>
        <translation>Die Antwort der Appliance ging verloren, aber Ihre Änderung ist gespeichert</translation>
    </message>
    <message>
        <source>What you typed is discarded</source>
        <translation>Ihre Eingaben sind verworfen</translation>
    </message>
    <message>
        <source>The appliance answers again. What you typed is not saved yet: press Save again.</source>
        <translation>Die Appliance antwortet wieder. Ihre Eingaben sind noch nicht gespeichert: Klicken Sie noch einmal auf „Speichern“.</translation>
    </message>
    <message>
        <source>The appliance&apos;s answer was lost, but %1 is created</source>
        <translation>Die Antwort der Appliance ging verloren, aber %1 ist angelegt</translation>
    </message>
    <message>
        <source>The customer was deleted meanwhile, and nothing of it can be saved any more.</source>
        <translation>Der Kunde wurde inzwischen gelöscht; es lässt sich nichts mehr für ihn speichern.</translation>
    </message>
    <message>
        <source>No answer came, and the same was changed elsewhere meanwhile. There is now: %1. Save overwrites that.</source>
        <translation>Es kam keine Antwort, und dasselbe wurde inzwischen anderswo geändert. Jetzt steht dort: %1. Speichern überschreibt das.</translation>
    </message>
    <message>
        <source>Discard mine</source>
        <translation>Meine Änderungen verwerfen</translation>
    </message>
    <message>
        <source>It was not saved: the appliance has nothing of it. What you typed is still here: press Save again.</source>
        <translation>Es wurde nicht gespeichert: Bei der Appliance ist nichts davon angekommen. Ihre Eingaben sind noch da: Speichern Sie noch einmal.</translation>
    </message>
    <message>
        <source>It was changed elsewhere meanwhile</source>
        <translation>Der Kunde wurde inzwischen anderswo geändert</translation>
    </message>
    <message>
        <source>It was deleted meanwhile</source>
        <translation>Der Kunde wurde inzwischen gelöscht</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>Nicht gespeichert</translation>
    </message>
    <message>
        <source>%1 is created</source>
        <translation>%1 ist angelegt</translation>
    </message>
    <message>
        <source>%1 is created; its API key is on its page</source>
        <translation>%1 ist angelegt; der API-Schlüssel steht auf der Seite des Kunden</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>Gespeichert</translation>
    </message>
    <message>
        <source>Saving …</source>
        <translation>Wird gespeichert …</translation>
    </message>
    <message>
        <source>No answer came. Whether it is saved is looked up once the appliance answers again, and told here.</source>
        <translation>Es kam keine Antwort. Ob es gespeichert ist, wird nachgesehen, sobald die Appliance wieder antwortet, und steht dann hier.</translation>
    </message>
</context>
<context>
    <name>CustomerStanding</name>
    <message>
        <source>Something that the appliance keeps of it is damaged: %1</source>
        <translation>Etwas, was die Appliance von ihm aufbewahrt, ist beschädigt: %1</translation>
    </message>
    <message>
        <source>Nothing is sent to its webhook: %1.</source>
        <translation>An seinen Webhook wird nichts gesendet: %1.</translation>
    </message>
    <message>
        <source>Enable again</source>
        <translation>Wieder einschalten</translation>
    </message>
    <message>
        <source>It is inactive: its API key is refused. What was accepted is still delivered.</source>
        <translation>Der Kunde ist inaktiv: Sein API-Schlüssel wird abgewiesen. Was angenommen ist, wird noch zugestellt.</translation>
    </message>
    <message>
        <source>It has no webhook address yet: results wait until there is one.</source>
        <translation>Der Kunde hat noch keine Webhook-Adresse: Ergebnisse warten, bis es eine gibt.</translation>
    </message>
    <message>
        <source>Its address took the test. In the last 24 hours %1 failed; %2 are tried again by themselves, at this address.</source>
        <translation>Seine Adresse hat den Test angenommen. In den letzten 24 Stunden sind %1 fehlgeschlagen; %2 werden von selbst erneut versucht, an dieser Adresse.</translation>
    </message>
    <message>
        <source>Its webhooks are failing: in the last 24 hours %1 failed, and %2 are being tried again.</source>
        <translation>Seine Webhooks sind gestört: In den letzten 24 Stunden sind %1 fehlgeschlagen, %2 werden erneut versucht.</translation>
    </message>
    <message numerus="yes">
        <source>%n of those that failed belong(s) to erased calls, and is listed no more.</source>
        <translation>
            <numerusform>%n der fehlgeschlagenen gehört zu einem gelöschten Anruf und steht nicht mehr in der Liste.</numerusform>
            <numerusform>%n der fehlgeschlagenen gehören zu gelöschten Anrufen und stehen nicht mehr in der Liste.</numerusform>
        </translation>
    </message>
    <message>
        <source>See them</source>
        <translation>Ansehen</translation>
    </message>
    <message>
        <source>Its webhooks are failing: nothing was taken since %1.</source>
        <translation>Seine Webhooks sind gestört: Seit %1 wurde nichts angenommen.</translation>
    </message>
</context>
<context>
    <name>CustomerStep</name>
    <message>
        <source>Company</source>
        <translation>Firma</translation>
    </message>
    <message>
        <source>Contact</source>
        <translation>Ansprechpartner</translation>
    </message>
    <message>
        <source>E-mail</source>
        <translation>E-Mail</translation>
    </message>
    <message>
        <source>Create the customer</source>
        <translation>Kunden anlegen</translation>
    </message>
    <message>
        <source>Open the customer</source>
        <translation>Kunden öffnen</translation>
    </message>
</context>
<context>
    <name>CustomersPage</name>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Active</source>
        <translation>Aktive</translation>
    </message>
    <message>
        <source>Inactive</source>
        <translation>Inaktive</translation>
    </message>
    <message>
        <source>Webhook disabled</source>
        <translation>Webhook abgeschaltet</translation>
    </message>
    <message>
        <source>Without a webhook</source>
        <translation>Ohne Webhook</translation>
    </message>
    <message>
        <source>Which customers</source>
        <translation>Welche Kunden</translation>
    </message>
    <message>
        <source>New customer</source>
        <translation>Neuer Kunde</translation>
    </message>
    <message>
        <source>No customers yet</source>
        <translation>Noch keine Kunden</translation>
    </message>
    <message>
        <source>A customer is who sends calls with an API key.</source>
        <translation>Kunde ist, wer mit einem API-Schlüssel Anrufe sendet.</translation>
    </message>
    <message>
        <source>Customers</source>
        <translation>Kunden</translation>
    </message>
    <message>
        <source>Search customers</source>
        <translation>Kunden suchen</translation>
    </message>
    <message>
        <source>No customer matches</source>
        <translation>Keine passenden Kunden</translation>
    </message>
    <message>
        <source>disabled</source>
        <translation>abgeschaltet</translation>
    </message>
    <message>
        <source>set</source>
        <translation>eingerichtet</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keiner</translation>
    </message>
    <message>
        <source>failing</source>
        <translation>gestört</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>Nummer</translation>
    </message>
    <message>
        <source>Company</source>
        <translation>Firma</translation>
    </message>
    <message>
        <source>Contact</source>
        <translation>Ansprechpartner</translation>
    </message>
    <message>
        <source>E-mail</source>
        <translation>E-Mail</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>active</source>
        <translation>aktiv</translation>
    </message>
    <message>
        <source>inactive</source>
        <translation>inaktiv</translation>
    </message>
    <message>
        <source>Webhook</source>
        <translation>Webhook</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>Angelegt</translation>
    </message>
</context>
<context>
    <name>CustomersTable</name>
    <message>
        <source>Customer</source>
        <translation>Kunde</translation>
    </message>
    <message>
        <source>By customer</source>
        <translation>Nach Kunden</translation>
    </message>
    <message>
        <source>No calls in this time</source>
        <translation>Keine Anrufe in dieser Zeit</translation>
    </message>
</context>
<context>
    <name>DirectionChoice</name>
    <message>
        <source>Direction</source>
        <translation>Richtung</translation>
    </message>
    <message>
        <source>All directions</source>
        <translation>Alle Richtungen</translation>
    </message>
    <message>
        <source>Incoming</source>
        <translation>Eingehend</translation>
    </message>
    <message>
        <source>Outgoing</source>
        <translation>Ausgehend</translation>
    </message>
    <message>
        <source>Internal</source>
        <translation>Intern</translation>
    </message>
</context>
<context>
    <name>EmptyState</name>
    <message>
        <source>Search for “%1”</source>
        <translation>Nach „%1“ suchen</translation>
    </message>
</context>
<context>
    <name>EndpointHealth</name>
    <message>
        <source>Open the last test</source>
        <translation>Letzten Test öffnen</translation>
    </message>
    <message>
        <source>Last success</source>
        <translation>Letzter Erfolg</translation>
    </message>
    <message>
        <source>Failing since</source>
        <translation>Gestört seit</translation>
    </message>
    <message>
        <source>Last failure</source>
        <translation>Letzter Fehlschlag</translation>
    </message>
    <message>
        <source>Answers of the last 24 hours</source>
        <translation>Antworten der letzten 24 Stunden</translation>
    </message>
    <message>
        <source>Last test</source>
        <translation>Letzter Test</translation>
    </message>
</context>
<context>
    <name>EndpointsTable</name>
    <message>
        <source>Endpoints</source>
        <translation>Endpunkte</translation>
    </message>
    <message>
        <source>No customers yet</source>
        <translation>Noch keine Kunden</translation>
    </message>
    <message>
        <source>Open the last test</source>
        <translation>Letzten Test öffnen</translation>
    </message>
    <message>
        <source>Select one that was tested</source>
        <translation>Wählen Sie einen aus, der getestet wurde</translation>
    </message>
    <message>
        <source>Select one whose certificate is not trusted</source>
        <translation>Wählen Sie einen aus, dessen Zertifikat nicht vertraut wird</translation>
    </message>
    <message>
        <source>Waiting for the receiver …</source>
        <translation>Warten auf den Empfänger …</translation>
    </message>
    <message>
        <source>no address</source>
        <translation>keine Adresse</translation>
    </message>
    <message>
        <source>disabled</source>
        <translation>abgeschaltet</translation>
    </message>
    <message>
        <source>failing</source>
        <translation>gestört</translation>
    </message>
    <message>
        <source>healthy</source>
        <translation>in Ordnung</translation>
    </message>
    <message>
        <source>nothing sent</source>
        <translation>nichts gesendet</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>Kunde</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Delivered, 24 h</source>
        <translation>Zugestellt, 24 h</translation>
    </message>
    <message>
        <source>Last success</source>
        <translation>Letzter Erfolg</translation>
    </message>
    <message>
        <source>Failing since</source>
        <translation>Gestört seit</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>Antwortzeit</translation>
    </message>
    <message>
        <source>Half of the answers of the last 24 hours took no longer</source>
        <translation>Die Hälfte der Antworten der letzten 24 Stunden kam nicht später</translation>
    </message>
    <message>
        <source>Slowest 5 %</source>
        <translation>Langsamste 5 %</translation>
    </message>
    <message>
        <source>The slowest 5 % of the answers of the last 24 hours took this long or longer</source>
        <translation>Die langsamsten 5 % der Antworten der letzten 24 Stunden brauchten so lange oder länger</translation>
    </message>
    <message>
        <source>Delivered</source>
        <translation>Zugestellt</translation>
    </message>
    <message>
        <source>Pending</source>
        <translation>Ausstehend</translation>
    </message>
    <message>
        <source>Retrying</source>
        <translation>Wird wiederholt</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Fehlgeschlagen</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
</context>
<context>
    <name>EntryList</name>
    <message>
        <source>What was found</source>
        <translation>Was gefunden wurde</translation>
    </message>
</context>
<context>
    <name>Exchange</name>
    <message>
        <source>What was sent and answered</source>
        <translation>Anfrage und Antwort</translation>
    </message>
    <message>
        <source>to the address of then, which was not kept</source>
        <translation>an die damalige Adresse, die nicht festgehalten wurde</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>keine Antwort</translation>
    </message>
    <message>
        <source>Answered after %1 ms: %2</source>
        <translation>Antwort nach %1 ms: %2</translation>
    </message>
</context>
<context>
    <name>FilterChips</name>
    <message>
        <source>Remove the filter: %1</source>
        <translation>Filter entfernen: %1</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Find in this call</source>
        <translation>In diesem Anruf suchen</translation>
    </message>
    <message>
        <source>The one before (Shift+Enter)</source>
        <translation>Vorherige Fundstelle (Umschalt+Eingabe)</translation>
    </message>
    <message>
        <source>The next one (Enter)</source>
        <translation>Nächste Fundstelle (Eingabe)</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>Schließen (Esc)</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>Nicht gefunden</translation>
    </message>
</context>
<context>
    <name>FormField</name>
    <message>
        <source>required</source>
        <translation>Pflichtfeld</translation>
    </message>
    <message>
        <source>%1 must not be empty</source>
        <translation>%1 darf nicht leer sein</translation>
    </message>
</context>
<context>
    <name>FoundCard</name>
    <message>
        <source>Found on the network</source>
        <translation>Im Netz gefunden</translation>
    </message>
</context>
<context>
    <name>FreshToken</name>
    <message>
        <source>Copy it now: it is shown this once, the appliance keeps no copy that can be read.</source>
        <translation>Kopieren Sie es jetzt: Es wird nur dieses eine Mal angezeigt, die Appliance behält keine lesbare Kopie.</translation>
    </message>
    <message>
        <source>Put it alone into a file on the other machine, and start the worker there: vbot worker --join URL --token-file FILE --fingerprint SHA256. “vbot certificate show” prints what this box is known by.</source>
        <translation>Speichern Sie es, und nichts anderes, in einer Datei auf dem anderen Rechner, und starten Sie dort den Worker: vbot worker --join URL --token-file DATEI --fingerprint SHA256. „vbot certificate show“ gibt aus, woran diese Box zu erkennen ist.</translation>
    </message>
    <message>
        <source>token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Copy all for your colleague</source>
        <translation>Alles für Ihre Kollegin oder Ihren Kollegen kopieren</translation>
    </message>
    <message>
        <source>Address, fingerprint, token, and how to log in</source>
        <translation>Adresse, Fingerabdruck, Token und wie man sich anmeldet</translation>
    </message>
    <message>
        <source>Copied, hide it</source>
        <translation>Kopiert, ausblenden</translation>
    </message>
    <message>
        <source>New token “%1” (%2)</source>
        <translation>Neues Token „%1“ (%2)</translation>
    </message>
    <message>
        <source>It is valid until somebody revokes it.</source>
        <translation>Es gilt, bis jemand es widerruft.</translation>
    </message>
    <message>
        <source>It is valid until %1.</source>
        <translation>Es gilt bis %1.</translation>
    </message>
    <message>
        <source>Address: %1</source>
        <translation>Adresse: %1</translation>
    </message>
    <message>
        <source>SHA-256 of its certificate: %1</source>
        <translation>SHA-256 des Zertifikats: %1</translation>
    </message>
    <message>
        <source>Token: %1</source>
        <translation>Token: %1</translation>
    </message>
    <message>
        <source>Start vbot-admin, enter the address and the token, and compare the SHA-256 before you log in.</source>
        <translation>Starten Sie vbot-admin, geben Sie Adresse und Token ein, und vergleichen Sie den SHA-256, bevor Sie sich anmelden.</translation>
    </message>
    <message>
        <source>All for your colleague</source>
        <translation>Alles für Ihre Kollegin oder Ihren Kollegen</translation>
    </message>
</context>
<context>
    <name>HealthCard</name>
    <message numerus="yes">
        <source>– and %n more</source>
        <translation>
            <numerusform>– und %n weiteres</numerusform>
            <numerusform>– und %n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>With this token you see certain customers&apos; calls and what came of them, not how the appliance itself is doing.</source>
        <translation>Mit diesem Token sehen Sie die Anrufe bestimmter Kunden und was aus ihnen wurde, nicht aber, wie es der Appliance selbst geht.</translation>
    </message>
    <message>
        <source>It accepts calls, works on them and delivers their results.</source>
        <translation>Die Appliance nimmt Anrufe an, bearbeitet sie und stellt die Ergebnisse zu.</translation>
    </message>
    <message>
        <source>vBot %1</source>
        <translation>vBot %1</translation>
    </message>
    <message>
        <source>up for %1</source>
        <translation>läuft seit %1</translation>
    </message>
</context>
<context>
    <name>HoursCard</name>
    <message>
        <source>Calls by weekday and hour</source>
        <translation>Anrufe nach Wochentag und Stunde</translation>
    </message>
    <message>
        <source>No calls</source>
        <translation>Keine Anrufe</translation>
    </message>
    <message numerus="yes">
        <source>%n call(s)</source>
        <translation>
            <numerusform>%n Anruf</numerusform>
            <numerusform>%n Anrufe</numerusform>
        </translation>
    </message>
    <message>
        <source>Busiest: %1, %2</source>
        <translation>Stoßzeit: %1, %2</translation>
    </message>
</context>
<context>
    <name>InsightsExport</name>
    <message>
        <source>CSV files (*.csv)</source>
        <translation>CSV-Dateien (*.csv)</translation>
    </message>
    <message>
        <source>PDF files (*.pdf)</source>
        <translation>PDF-Dateien (*.pdf)</translation>
    </message>
    <message>
        <source>Of what</source>
        <translation>Bezug</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Figure</source>
        <translation>Kennzahl</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Zuvor</translation>
    </message>
    <message>
        <source>Saving %1</source>
        <translation>%1 wird gespeichert</translation>
    </message>
    <message>
        <source>Saved as %1</source>
        <translation>Gespeichert als %1</translation>
    </message>
    <message>
        <source>Save the insights</source>
        <translation>Einblicke speichern</translation>
    </message>
</context>
<context>
    <name>InsightsPage</name>
    <message>
        <source>CSV …</source>
        <translation>CSV …</translation>
    </message>
    <message>
        <source>PDF report …</source>
        <translation>PDF-Bericht …</translation>
    </message>
    <message>
        <source>Mood per day</source>
        <translation>Stimmung je Tag</translation>
    </message>
    <message>
        <source>Insights</source>
        <translation>Einblicke</translation>
    </message>
    <message>
        <source>Insights of last week</source>
        <translation>Einblicke der letzten Woche</translation>
    </message>
    <message>
        <source>Insights over 7 days</source>
        <translation>Einblicke über 7 Tage</translation>
    </message>
    <message>
        <source>Insights over 30 days</source>
        <translation>Einblicke über 30 Tage</translation>
    </message>
    <message>
        <source>Insights over 90 days</source>
        <translation>Einblicke über 90 Tage</translation>
    </message>
    <message>
        <source>Insights from one day to another</source>
        <translation>Einblicke von Tag bis Tag</translation>
    </message>
    <message>
        <source>Compare with the time before, or do not</source>
        <translation>Mit der Zeit davor vergleichen oder nicht</translation>
    </message>
    <message>
        <source>Save the insights as CSV …</source>
        <translation>Einblicke als CSV speichern …</translation>
    </message>
    <message>
        <source>Save the insights as a PDF report …</source>
        <translation>Einblicke als PDF-Bericht speichern …</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>No mood is known of these calls</source>
        <translation>Für diese Anrufe ist keine Stimmung bekannt</translation>
    </message>
    <message>
        <source>Insights of today</source>
        <translation>Einblicke von heute</translation>
    </message>
    <message>
        <source>Insights of yesterday</source>
        <translation>Einblicke von gestern</translation>
    </message>
    <message>
        <source>%1 of %2 with a mood: dissatisfied</source>
        <translation>%1 von %2 mit Stimmung: unzufrieden</translation>
    </message>
    <message numerus="yes">
        <source>%n satisfied call(s)</source>
        <translation>
            <numerusform>%n Anruf: zufrieden</numerusform>
            <numerusform>%n Anrufe: zufrieden</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n neutral call(s)</source>
        <translation>
            <numerusform>%n Anruf: neutral</numerusform>
            <numerusform>%n Anrufe: neutral</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n dissatisfied call(s)</source>
        <translation>
            <numerusform>%n Anruf: unzufrieden</numerusform>
            <numerusform>%n Anrufe: unzufrieden</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>KeyCard</name>
    <message>
        <source>API key</source>
        <translation>API-Schlüssel</translation>
    </message>
    <message>
        <source>The telephone system sends it with each recording, as the header X-API-Key.</source>
        <translation>Die Telefonanlage sendet ihn mit jeder Aufnahme im Header X-API-Key.</translation>
    </message>
    <message>
        <source>New key …</source>
        <translation>Neuer Schlüssel …</translation>
    </message>
    <message>
        <source>Replace the API key?</source>
        <translation>Den API-Schlüssel ersetzen?</translation>
    </message>
    <message>
        <source>The present key is refused at once: recordings that are sent with it are not accepted any more.</source>
        <translation>Der bisherige Schlüssel wird sofort abgewiesen: Aufnahmen, die mit ihm gesendet werden, werden nicht mehr angenommen.</translation>
    </message>
    <message>
        <source>The present key goes on working until %1; then recordings that are sent with it are refused.</source>
        <translation>Der bisherige Schlüssel gilt noch bis %1; danach werden Aufnahmen, die mit ihm gesendet werden, abgewiesen.</translation>
    </message>
    <message>
        <source>When a new key is made, the old one goes on working for:</source>
        <translation>Wird ein neuer Schlüssel erzeugt, gilt der alte weiter:</translation>
    </message>
    <message>
        <source>How long the old key works</source>
        <translation>Wie lange der alte Schlüssel gilt</translation>
    </message>
</context>
<context>
    <name>KeyStep</name>
    <message>
        <source>API key</source>
        <translation>API-Schlüssel</translation>
    </message>
</context>
<context>
    <name>KeysOverlay</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
</context>
<context>
    <name>KeywordsTable</name>
    <message>
        <source>Keyword</source>
        <translation>Stichwort</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>Anrufe</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Änderung</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Zuvor</translation>
    </message>
    <message>
        <source>No keyword that several calls have in common</source>
        <translation>Kein Stichwort kommt in mehreren Anrufen vor</translation>
    </message>
    <message>
        <source>Keywords</source>
        <translation>Stichwörter</translation>
    </message>
</context>
<context>
    <name>KnownCard</name>
    <message>
        <source>Known appliances</source>
        <translation>Bekannte Appliances</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>Verbinden</translation>
    </message>
    <message>
        <source>Forget it</source>
        <translation>Vergessen</translation>
    </message>
</context>
<context>
    <name>LastingLine</name>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Close the message</source>
        <translation>Die Meldung schließen</translation>
    </message>
    <message numerus="yes">
        <source>– and %n more</source>
        <translation>
            <numerusform>– und %n weiteres</numerusform>
            <numerusform>– und %n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>Show: %1</source>
        <translation>Zeigen: %1</translation>
    </message>
</context>
<context>
    <name>LimitsCard</name>
    <message>
        <source>Limits, retention, language</source>
        <translation>Grenzen, Aufbewahrung, Sprache</translation>
    </message>
    <message>
        <source>the appliance&apos;s default</source>
        <translation>Vorgabe der Appliance</translation>
    </message>
    <message>
        <source>Requests a minute</source>
        <translation>Anfragen je Minute</translation>
    </message>
    <message>
        <source>Calls at once</source>
        <translation>Gleichzeitige Anrufe</translation>
    </message>
    <message>
        <source>Accepted and not yet finished; an upload counts too.</source>
        <translation>Angenommen und noch nicht fertig; auch ein laufendes Hochladen zählt.</translation>
    </message>
    <message>
        <source>Room on the disk</source>
        <translation>Platz auf der Festplatte</translation>
    </message>
    <message>
        <source> GB</source>
        <translation> GB</translation>
    </message>
    <message>
        <source>For its recordings. Then calls are refused until some are past their time.</source>
        <translation>Für die Aufnahmen des Kunden. Ist er voll, werden Anrufe abgewiesen, bis ältere Aufnahmen gelöscht sind.</translation>
    </message>
    <message>
        <source>Audio a day</source>
        <translation>Audio je Tag</translation>
    </message>
    <message>
        <source> hours</source>
        <translation> Stunden</translation>
    </message>
    <message>
        <source>Analysed within 24 hours; calls in hand count by their size.</source>
        <translation>In 24 Stunden ausgewertet; laufende Anrufe zählen nach ihrer Größe.</translation>
    </message>
    <message>
        <source>Keep recordings</source>
        <translation>Aufnahmen aufbewahren</translation>
    </message>
    <message>
        <source> days</source>
        <translation> Tage</translation>
    </message>
    <message>
        <source>0: each is erased as soon as its result is stored.</source>
        <translation>0: Jede wird gelöscht, sobald ihr Ergebnis gespeichert ist.</translation>
    </message>
    <message>
        <source>Keep texts</source>
        <translation>Texte aufbewahren</translation>
    </message>
    <message>
        <source>Transcripts, summaries, and what webhooks said.</source>
        <translation>Transkripte, Zusammenfassungen und Inhalte von Webhooks.</translation>
    </message>
    <message>
        <source>is detected</source>
        <translation>wird erkannt</translation>
    </message>
    <message>
        <source>Language of its calls</source>
        <translation>Sprache der Anrufe</translation>
    </message>
    <message>
        <source>Two letters, such as en or de.</source>
        <translation>Zwei Buchstaben, etwa en oder de.</translation>
    </message>
    <message>
        <source>The caller speaks on</source>
        <translation>Der Anrufer spricht auf</translation>
    </message>
    <message>
        <source>the left channel</source>
        <translation>dem linken Kanal</translation>
    </message>
    <message>
        <source>the right channel</source>
        <translation>dem rechten Kanal</translation>
    </message>
    <message>
        <source>Of stereo recordings.</source>
        <translation>Bei Stereoaufnahmen.</translation>
    </message>
    <message>
        <source>Whose mood is computed</source>
        <translation>Wessen Stimmung ermittelt wird</translation>
    </message>
    <message>
        <source>the outside party&apos;s</source>
        <translation>nur die der externen Seite</translation>
    </message>
    <message>
        <source>both parties&apos;</source>
        <translation>die beider Seiten</translation>
    </message>
    <message>
        <source>nobody&apos;s</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>Ask the data-protection officer and the works council before moods of your own people are computed: the law sets narrow limits to that. What was stored before stays.</source>
        <translation>Fragen Sie den Datenschutzbeauftragten und den Betriebsrat, bevor Stimmungen der eigenen Beschäftigten ermittelt werden: Das Recht setzt dem enge Grenzen. Was schon gespeichert ist, bleibt.</translation>
    </message>
    <message>
        <source>Names and products</source>
        <translation>Namen und Produkte</translation>
    </message>
    <message>
        <source>That come up in its calls, one on each line, as they are to be written: at most 50, of at most 40 characters. They are recognized more often then.</source>
        <translation>Namen, die in den Gesprächen vorkommen: je Zeile einer, so geschrieben, wie er erscheinen soll, höchstens 50 mit je höchstens 40 Zeichen. Sie werden dann öfter erkannt.</translation>
    </message>
    <message>
        <source>is not known</source>
        <translation>ist nicht bekannt</translation>
    </message>
    <message>
        <source>Country of its numbers</source>
        <translation>Land der Rufnummern</translation>
    </message>
    <message>
        <source>Two capital letters, such as DE or US.</source>
        <translation>Zwei Großbuchstaben, etwa DE oder US.</translation>
    </message>
    <message>
        <source>Its own numbers</source>
        <translation>Eigene Rufnummern</translation>
    </message>
    <message>
        <source>One on each line: +4930123456, +4930123* or 20..49. They tell whether a call came or went where the telephone system does not.</source>
        <translation>Je Zeile eine: +4930123456, +4930123* oder 20..49. An ihnen wird erkannt, ob ein Anruf ein- oder ausging, wenn die Telefonanlage es nicht angibt.</translation>
    </message>
    <message>
        <source>default: %1</source>
        <translation>Vorgabe: %1</translation>
    </message>
    <message>
        <source>Last 24 h: %1, %2 min. Last 30 days: %3, %4 min, %5 failed.</source>
        <translation>Letzte 24 Stunden: %1, %2 min. Letzte 30 Tage: %3, %4 min, %5 fehlgeschlagen.</translation>
    </message>
    <message numerus="yes">
        <source>%n call(s)</source>
        <translation>
            <numerusform>%n Anruf</numerusform>
            <numerusform>%n Anrufe</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Listening</name>
    <message>
        <source>Load the waveform</source>
        <translation>Wellenform laden</translation>
    </message>
    <message>
        <source>Listening</source>
        <translation>Anhören</translation>
    </message>
    <message>
        <source>Play or pause</source>
        <translation>Abspielen oder anhalten</translation>
    </message>
    <message>
        <source>Back by 5 seconds</source>
        <translation>5 Sekunden zurück</translation>
    </message>
    <message>
        <source>Forward by 5 seconds</source>
        <translation>5 Sekunden vor</translation>
    </message>
    <message>
        <source>Faster</source>
        <translation>Schneller</translation>
    </message>
    <message>
        <source>Slower</source>
        <translation>Langsamer</translation>
    </message>
    <message>
        <source>Skip silence, or play it</source>
        <translation>Stille überspringen oder mit abspielen</translation>
    </message>
    <message>
        <source>Mute or hear the party at the left</source>
        <translation>Linke Seite stummschalten oder hören</translation>
    </message>
    <message>
        <source>Mute or hear the party at the right</source>
        <translation>Rechte Seite stummschalten oder hören</translation>
    </message>
    <message>
        <source>Look closer at the waveform</source>
        <translation>Wellenform vergrößern</translation>
    </message>
    <message>
        <source>See more of the waveform</source>
        <translation>Wellenform verkleinern</translation>
    </message>
    <message>
        <source>Find in this call</source>
        <translation>In diesem Anruf suchen</translation>
    </message>
    <message>
        <source>A long recording: it is fetched when it is played.</source>
        <translation>Eine lange Aufnahme: Sie wird beim Abspielen geladen.</translation>
    </message>
    <message>
        <source>It is not known when each word of this call was said: the word that is lit is a guess.</source>
        <translation>Wann jedes Wort gesagt wurde, ist bei diesem Anruf nicht bekannt: Das hervorgehobene Wort ist geschätzt.</translation>
    </message>
</context>
<context>
    <name>LoadingIndicator</name>
    <message>
        <source>Loading …</source>
        <translation>Wird geladen …</translation>
    </message>
    <message>
        <source>Loading … %1 of %2</source>
        <translation>Wird geladen … %1 von %2</translation>
    </message>
    <message numerus="yes">
        <source>Waiting: the appliance has not answered for %n s</source>
        <translation>
            <numerusform>Warten: Die Appliance antwortet seit %n s nicht</numerusform>
            <numerusform>Warten: Die Appliance antwortet seit %n s nicht</numerusform>
        </translation>
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
        <translation>Systemprotokoll</translation>
    </message>
    <message>
        <source>Only an administrator may read the log</source>
        <translation>Nur ein Administrator darf das Systemprotokoll lesen</translation>
    </message>
    <message>
        <source>It may name what a viewer is not shown. Ask for an administrator&apos;s token, or ask one to look.</source>
        <translation>Es kann enthalten, was einem Betrachter nicht gezeigt wird. Bitten Sie um das Token eines Administrators, oder bitten Sie einen Administrator, nachzusehen.</translation>
    </message>
    <message>
        <source>Copy the log</source>
        <translation>Das Systemprotokoll kopieren</translation>
    </message>
    <message>
        <source>Follow the log, or stay</source>
        <translation>Dem Systemprotokoll folgen oder stehen bleiben</translation>
    </message>
    <message>
        <source>Log copied</source>
        <translation>Systemprotokoll kopiert</translation>
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
        <translation>Keine Zeile dieser Stufe seit dem Start der Appliance.</translation>
    </message>
    <message>
        <source>Search the log</source>
        <translation>Systemprotokoll durchsuchen</translation>
    </message>
    <message>
        <source>Reads too</source>
        <translation>Auch Abfragen</translation>
    </message>
    <message>
        <source>Also lines that only say what was read: this program reads every few seconds.</source>
        <translation>Auch Zeilen, die nur sagen, was gelesen wurde: Dieses Programm liest alle paar Sekunden.</translation>
    </message>
    <message>
        <source>Stay at the newest line. Scrolling up leaves it, scrolling to the end takes it up.</source>
        <translation>Bei der neuesten Zeile bleiben. Nach oben zu blättern hält an, ans Ende zu blättern setzt fort.</translation>
    </message>
    <message>
        <source>Open what the line is about</source>
        <translation>Öffnen, worum es in der Zeile geht</translation>
    </message>
    <message>
        <source>Show in the log what was read, or leave it out</source>
        <translation>Abfragen im Systemprotokoll anzeigen oder weglassen</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>No line holds that.</source>
        <translation>Keine Treffer.</translation>
    </message>
</context>
<context>
    <name>LogText</name>
    <message>
        <source>Log</source>
        <translation>Systemprotokoll</translation>
    </message>
    <message>
        <source>Enter opens what the line is about.</source>
        <translation>Die Eingabetaste öffnet, worum es in der Zeile geht.</translation>
    </message>
    <message numerus="yes">
        <source>%1 new</source>
        <translation>
            <numerusform>%1 neu</numerusform>
            <numerusform>%1 neu</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Disconnect</source>
        <translation>Trennen</translation>
    </message>
    <message>
        <source>There is no page “%1”</source>
        <translation>Es gibt keine Seite „%1“</translation>
    </message>
    <message>
        <source>What is shown here is from %1 and may be out of date.</source>
        <translation>Was hier steht, ist von %1 und möglicherweise veraltet.</translation>
    </message>
    <message>
        <source>Try now</source>
        <translation>Jetzt versuchen</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>Vorwärts</translation>
    </message>
    <message>
        <source>Go to</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>Programm</translation>
    </message>
    <message>
        <source>Go to %1</source>
        <translation>%1 öffnen</translation>
    </message>
    <message>
        <source>Go to System, %1</source>
        <translation>System, %1 öffnen</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>Aktualisieren</translation>
    </message>
    <message>
        <source>Command palette</source>
        <translation>Befehlspalette</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Fold or unfold the sidebar</source>
        <translation>Seitenleiste ein- oder ausklappen</translation>
    </message>
    <message>
        <source>Light colours</source>
        <translation>Helle Farben</translation>
    </message>
    <message>
        <source>Dark colours</source>
        <translation>Dunkle Farben</translation>
    </message>
    <message>
        <source>Colours as the system has them</source>
        <translation>Farben des Systems</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Welcome: set up step by step</source>
        <translation>Willkommen: Schritt für Schritt einrichten</translation>
    </message>
</context>
<context>
    <name>ManyAtOnce</name>
    <message>
        <source>Do the rest now</source>
        <translation>Den Rest jetzt erledigen</translation>
    </message>
    <message>
        <source>Stopped: %1 of %2 done</source>
        <translation>Abgebrochen: %1 von %2 erledigt</translation>
    </message>
    <message>
        <source>%1 done, %2 not: %3</source>
        <translation>%1 erledigt, %2 nicht: %3</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Take back what was done</source>
        <translation>Erledigtes zurücknehmen</translation>
    </message>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <translation>
            <numerusform>%1 und %n weiterer</numerusform>
            <numerusform>%1 und %n weitere</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>und %n weiterer</numerusform>
            <numerusform>und %n weitere</numerusform>
        </translation>
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
        <source>Run as code</source>
        <translation>Als Programm ausgeführt</translation>
    </message>
</context>
<context>
    <name>MoreFilters</name>
    <message>
        <source>More filters</source>
        <translation>Mehr Filter</translation>
    </message>
    <message>
        <source>Mood</source>
        <translation>Stimmung</translation>
    </message>
    <message>
        <source>Any mood</source>
        <translation>Jede Stimmung</translation>
    </message>
    <message>
        <source>Direction</source>
        <translation>Richtung</translation>
    </message>
    <message>
        <source>Any direction</source>
        <translation>Jede Richtung</translation>
    </message>
    <message>
        <source>Length from (s)</source>
        <translation>Dauer ab (s)</translation>
    </message>
    <message>
        <source>Length up to (s)</source>
        <translation>Dauer bis (s)</translation>
    </message>
    <message>
        <source>Keyword</source>
        <translation>Stichwort</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>Warteschlange</translation>
    </message>
    <message>
        <source>With warnings</source>
        <translation>Mit Warnungen</translation>
    </message>
    <message>
        <source>More filters (%1)</source>
        <translation>Weitere Filter (%1)</translation>
    </message>
    <message>
        <source>Tag</source>
        <translation>Schlagwort</translation>
    </message>
</context>
<context>
    <name>NewRowsHint</name>
    <message numerus="yes">
        <source>%1 new</source>
        <translation>
            <numerusform>%1 neu</numerusform>
            <numerusform>%1 neu</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>NotificationSection</name>
    <message>
        <source>Tell me when something is wrong with an appliance</source>
        <translation>Benachrichtigen, wenn mit einer Appliance etwas nicht stimmt</translation>
    </message>
    <message>
        <source>Quiet hours</source>
        <translation>Ruhezeiten</translation>
    </message>
    <message>
        <source>Quiet from</source>
        <translation>Ruhe von</translation>
    </message>
    <message>
        <source>Quiet until</source>
        <translation>Ruhe bis</translation>
    </message>
    <message>
        <source>Quiet on: %1</source>
        <translation>Ruhe am: %1</translation>
    </message>
    <message>
        <source>Saturday and Sunday all day</source>
        <translation>Samstag und Sonntag ganztags</translation>
    </message>
    <message>
        <source>Each trouble is told once when it begins, and once when it is over.</source>
        <translation>Jede Störung wird einmal gemeldet, wenn sie beginnt, und einmal, wenn sie vorüber ist.</translation>
    </message>
    <message>
        <source>What comes in these hours is told in one line afterwards. A night belongs to the day on which it begins.</source>
        <translation>Was in dieser Zeit geschieht, wird danach in einer Zeile gemeldet. Eine Nacht gehört zu dem Tag, an dem sie beginnt.</translation>
    </message>
    <message>
        <source>from</source>
        <translation>von</translation>
    </message>
    <message>
        <source>until</source>
        <translation>bis</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>Meldungen</translation>
    </message>
</context>
<context>
    <name>ObjectPage</name>
    <message>
        <source>Working …</source>
        <translation>Wird ausgeführt …</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
</context>
<context>
    <name>OverviewPage</name>
    <message>
        <source>Calls</source>
        <translation>Anrufe</translation>
    </message>
    <message>
        <source>Minutes of audio</source>
        <translation>Audiominuten</translation>
    </message>
    <message>
        <source>Time to result, typical</source>
        <translation>Zeit bis zum Ergebnis, typisch</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>Übersicht</translation>
    </message>
    <message>
        <source>Plots over the last hour</source>
        <translation>Verlauf der letzten Stunde</translation>
    </message>
    <message>
        <source>Plots over 24 hours</source>
        <translation>Verlauf über 24 Stunden</translation>
    </message>
    <message>
        <source>Plots over 30 days</source>
        <translation>Verlauf über 30 Tage</translation>
    </message>
    <message>
        <source>This could not be loaded</source>
        <translation>Das konnte nicht geladen werden</translation>
    </message>
    <message numerus="yes">
        <source>%n call(s)</source>
        <translation>
            <numerusform>%n Anruf</numerusform>
            <numerusform>%n Anrufe</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n fehlgeschlagen</numerusform>
            <numerusform>%n fehlgeschlagen</numerusform>
        </translation>
    </message>
    <message>
        <source>calls</source>
        <translation>Anrufe</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>minutes</source>
        <translation>Minuten</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 min</translation>
    </message>
    <message>
        <source>Activity</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>1 h</source>
        <translation>1 Std.</translation>
    </message>
    <message>
        <source>24 h</source>
        <translation>24 Std.</translation>
    </message>
    <message>
        <source>30 d</source>
        <translation>30 Tage</translation>
    </message>
</context>
<context>
    <name>Page</name>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>PageHeader</name>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>Vorwärts</translation>
    </message>
</context>
<context>
    <name>PagedTable</name>
    <message>
        <source>Choose columns</source>
        <translation>Spalten wählen</translation>
    </message>
    <message>
        <source>Export to a CSV file</source>
        <translation>Als CSV-Datei exportieren</translation>
    </message>
    <message>
        <source>CSV files (*.csv)</source>
        <translation>CSV-Dateien (*.csv)</translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) written to %1</source>
        <translation>
            <numerusform>%n Zeile nach %1 geschrieben</numerusform>
            <numerusform>%n Zeilen nach %1 geschrieben</numerusform>
        </translation>
    </message>
    <message>
        <source>Exporting to %1</source>
        <translation>Export nach %1</translation>
    </message>
    <message>
        <source>This could not be loaded</source>
        <translation>Das konnte nicht geladen werden</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Copy cell</source>
        <translation>Zelle kopieren</translation>
    </message>
    <message>
        <source>Copy rows</source>
        <translation>Zeilen kopieren</translation>
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
        <translation>prüfen</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>ausgefallen</translation>
    </message>
    <message>
        <source>known</source>
        <translation>bekannt</translation>
    </message>
</context>
<context>
    <name>PbxLines</name>
    <message>
        <source>Put the API key in</source>
        <translation>API-Schlüssel einsetzen</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Lines for %1</source>
        <translation>Zeilen für %1</translation>
    </message>
</context>
<context>
    <name>PlayerBar</name>
    <message>
        <source>Back by 5 seconds</source>
        <translation>5 Sekunden zurück</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Leertaste</translation>
    </message>
    <message>
        <source>Forward by 5 seconds</source>
        <translation>5 Sekunden vor</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>Speed, at the same pitch</source>
        <translation>Tempo, bei gleicher Tonhöhe</translation>
    </message>
    <message>
        <source>Balance of both parties</source>
        <translation>Lautstärke der beiden Seiten</translation>
    </message>
    <message>
        <source>Skip silence</source>
        <translation>Stille überspringen</translation>
    </message>
    <message>
        <source>Look closer at the waveform</source>
        <translation>Wellenform vergrößern</translation>
    </message>
    <message>
        <source>See more of the waveform</source>
        <translation>Wellenform verkleinern</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Position and length</source>
        <translation>Stelle und Länge</translation>
    </message>
    <message>
        <source>Caller</source>
        <translation>Anrufer</translation>
    </message>
    <message>
        <source>Called</source>
        <translation>Angerufener</translation>
    </message>
    <message>
        <source>Voice 1</source>
        <translation>Stimme 1</translation>
    </message>
    <message>
        <source>Voice 2</source>
        <translation>Stimme 2</translation>
    </message>
    <message>
        <source>Hear: %1</source>
        <translation>Hören: %1</translation>
    </message>
    <message>
        <source>Mute this party, or hear it again</source>
        <translation>Diese Seite stummschalten oder wieder hören</translation>
    </message>
    <message>
        <source>To the left %1 is louder, to the right %2</source>
        <translation>Links ist %1 lauter, rechts %2</translation>
    </message>
</context>
<context>
    <name>ProgramDialog</name>
    <message>
        <source>Program</source>
        <translation>Programm</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>What you choose is kept on this computer at once.</source>
        <translation>Was Sie wählen, wird sofort auf diesem Computer behalten.</translation>
    </message>
</context>
<context>
    <name>QueueChoice</name>
    <message>
        <source>Queue</source>
        <translation>Warteschlange</translation>
    </message>
    <message>
        <source>All queues</source>
        <translation>Alle Warteschlangen</translation>
    </message>
</context>
<context>
    <name>QueuesTable</name>
    <message>
        <source>Queue</source>
        <translation>Warteschlange</translation>
    </message>
    <message>
        <source>No call in this time came with a queue</source>
        <translation>In dieser Zeit kam kein Anruf über eine Warteschlange</translation>
    </message>
    <message>
        <source>By queue</source>
        <translation>Nach Warteschlangen</translation>
    </message>
</context>
<context>
    <name>RecordingPlayer</name>
    <message>
        <source>The recording cannot be played on from here: play another part, or save it.</source>
        <translation>Von hier an lässt sich die Aufnahme nicht weiter abspielen: Wählen Sie eine andere Stelle, oder speichern Sie die Aufnahme.</translation>
    </message>
    <message>
        <source>No sound device works on this computer: the conversation can be read, and the recording saved.</source>
        <translation>Auf diesem Rechner funktioniert keine Tonausgabe: Das Gespräch lässt sich lesen, die Aufnahme speichern.</translation>
    </message>
    <message>
        <source>This recording&apos;s format cannot be played here; it can be saved.</source>
        <translation>Das Format dieser Aufnahme lässt sich hier nicht abspielen, sie lässt sich aber speichern.</translation>
    </message>
    <message>
        <source>The recording was erased when its retention ended</source>
        <translation>Die Aufnahme wurde nach Ablauf ihrer Aufbewahrungsfrist gelöscht</translation>
    </message>
    <message>
        <source>The recording is damaged on the appliance&apos;s disk and cannot be played; the texts are kept.</source>
        <translation>Die Aufnahme ist auf der Festplatte der Appliance beschädigt und kann nicht abgespielt werden; die Texte sind erhalten.</translation>
    </message>
    <message>
        <source>Fetching the recording</source>
        <translation>Aufnahme wird geladen</translation>
    </message>
</context>
<context>
    <name>RecoveryCard</name>
    <message>
        <source>Nothing but the recovery key opens a backup. Keep it where you find it when the appliance is gone: in a password manager, or on paper in a safe. On the appliance this shows it:</source>
        <translation>Nur der Wiederherstellungsschlüssel öffnet eine Sicherung. Bewahren Sie ihn dort auf, wo Sie ihn finden, wenn es die Appliance nicht mehr gibt: in einem Passwortmanager oder auf Papier in einem Tresor. Auf der Appliance zeigt ihn dieser Befehl:</translation>
    </message>
    <message>
        <source>A note on the appliance still shows it in plain, which no button removes, but its command line:</source>
        <translation>Eine Notiz auf der Appliance zeigt ihn noch unverschlüsselt. Kein Knopf entfernt sie, sondern dieser Befehl auf der Appliance:</translation>
    </message>
    <message>
        <source>The recovery key is kept</source>
        <translation>Der Wiederherstellungsschlüssel ist verwahrt</translation>
    </message>
    <message>
        <source>Copy the command</source>
        <translation>Befehl kopieren</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>You are not asked again</source>
        <translation>Sie werden nicht noch einmal gefragt</translation>
    </message>
    <message>
        <source>You are not asked again; the note on the appliance is removed by its command line alone: %1</source>
        <translation>Sie werden nicht noch einmal gefragt; die Notiz auf der Appliance entfernt nur der Befehl dort: %1</translation>
    </message>
</context>
<context>
    <name>RenameDialog</name>
    <message>
        <source>Rename the appliance</source>
        <translation>Appliance umbenennen</translation>
    </message>
    <message>
        <source>What do you call the appliance at %1?</source>
        <translation>Wie nennen Sie die Appliance unter %1?</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>RevisionsSection</name>
    <message>
        <source>Revisions</source>
        <translation>Revisionen</translation>
    </message>
    <message>
        <source>Webhook</source>
        <translation>Webhook</translation>
    </message>
    <message>
        <source>What was delivered of revision %1</source>
        <translation>Was von Revision %1 zugestellt wurde</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>Compare revision %1 with the latest one</source>
        <translation>Revision %1 mit der letzten vergleichen</translation>
    </message>
</context>
<context>
    <name>RowCount</name>
    <message>
        <source>%1 loaded, more below</source>
        <translation>%1 geladen, weiter unten mehr</translation>
    </message>
</context>
<context>
    <name>SearchField</name>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
</context>
<context>
    <name>SecretField</name>
    <message numerus="yes">
        <source>Copy; the clipboard is cleared after %n s</source>
        <translation>
            <numerusform>Kopieren; die Zwischenablage wird nach %n s geleert</numerusform>
            <numerusform>Kopieren; die Zwischenablage wird nach %n s geleert</numerusform>
        </translation>
    </message>
    <message>
        <source>Copy %1</source>
        <translation>%1 kopieren</translation>
    </message>
    <message>
        <source>Hide %1</source>
        <translation>%1 verbergen</translation>
    </message>
    <message>
        <source>Show %1</source>
        <translation>%1 anzeigen</translation>
    </message>
</context>
<context>
    <name>SelectedBackups</name>
    <message>
        <source>Check</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>Read the backup whole, prove that nobody has changed it, and see whether its database opens</source>
        <translation>Die ganze Sicherung lesen, nachweisen, dass niemand sie verändert hat, und prüfen, ob sich ihre Datenbank öffnen lässt</translation>
    </message>
    <message>
        <source>Save here …</source>
        <translation>Hier speichern …</translation>
    </message>
    <message>
        <source>A backup holds every text and key: only an administrator saves it</source>
        <translation>Eine Sicherung enthält alle Texte und Schlüssel: Nur ein Administrator darf sie speichern</translation>
    </message>
    <message>
        <source>Save the selected backups</source>
        <translation>Die ausgewählten Sicherungen speichern</translation>
    </message>
    <message numerus="yes">
        <source>%n backup(s) saved to %1; the recovery key alone opens them</source>
        <translation>
            <numerusform>%n Sicherung in %1 gespeichert; nur der Wiederherstellungsschlüssel öffnet sie</numerusform>
            <numerusform>%n Sicherungen in %1 gespeichert; nur der Wiederherstellungsschlüssel öffnet sie</numerusform>
        </translation>
    </message>
    <message>
        <source>Saving to %1</source>
        <translation>Speichern in %1</translation>
    </message>
    <message>
        <source>Checking backups</source>
        <translation>Sicherungen werden geprüft</translation>
    </message>
    <message numerus="yes">
        <source>%n backup(s) are whole</source>
        <translation>
            <numerusform>%n Sicherung ist unversehrt</numerusform>
            <numerusform>%n Sicherungen sind unversehrt</numerusform>
        </translation>
    </message>
    <message>
        <source>It is not done yet</source>
        <translation>Sie ist noch nicht fertig</translation>
    </message>
    <message>
        <source>It failed</source>
        <translation>Sie ist fehlgeschlagen</translation>
    </message>
</context>
<context>
    <name>SelectedCalls</name>
    <message>
        <source>Analyse again</source>
        <translation>Erneut auswerten</translation>
    </message>
    <message>
        <source>Send again</source>
        <translation>Erneut senden</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Sound, text and table …</source>
        <translation>Ton, Text und Tabelle …</translation>
    </message>
    <message>
        <source>Sound …</source>
        <translation>Ton …</translation>
    </message>
    <message>
        <source>Text …</source>
        <translation>Text …</translation>
    </message>
    <message>
        <source>Table (CSV) …</source>
        <translation>Tabelle (CSV) …</translation>
    </message>
    <message>
        <source>Erase …</source>
        <translation>Löschen …</translation>
    </message>
    <message>
        <source>Analyse the selected calls again</source>
        <translation>Ausgewählte Anrufe erneut auswerten</translation>
    </message>
    <message>
        <source>Send the webhooks of the selected calls again</source>
        <translation>Webhooks der ausgewählten Anrufe erneut senden</translation>
    </message>
    <message>
        <source>Erase the selected calls …</source>
        <translation>Ausgewählte Anrufe löschen …</translation>
    </message>
    <message numerus="yes">
        <source>Analyse %n call(s) again? Each new result is sent to its customer.</source>
        <translation>
            <numerusform>%n Anruf erneut auswerten? Das neue Ergebnis wird seinem Kunden gesendet.</numerusform>
            <numerusform>%n Anrufe erneut auswerten? Jedes neue Ergebnis wird seinem Kunden gesendet.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Send the webhook of %n call(s) again? Receivers that have it get it a second time.</source>
        <translation>
            <numerusform>Den Webhook von %n Anruf erneut senden? Ein Empfänger, der ihn schon hat, bekommt ihn ein zweites Mal.</numerusform>
            <numerusform>Die Webhooks von %n Anrufen erneut senden? Empfänger, die sie schon haben, bekommen sie ein zweites Mal.</numerusform>
        </translation>
    </message>
    <message>
        <source>Export the selected calls</source>
        <translation>Ausgewählte Anrufe exportieren</translation>
    </message>
    <message numerus="yes">
        <source>%n call(s) exported to %1</source>
        <translation>
            <numerusform>%n Anruf nach %1 exportiert</numerusform>
            <numerusform>%n Anrufe nach %1 exportiert</numerusform>
        </translation>
    </message>
    <message>
        <source>Exporting to %1</source>
        <translation>Export nach %1</translation>
    </message>
    <message numerus="yes">
        <source>Erase %n call(s)?</source>
        <translation>
            <numerusform>%n Anruf löschen?</numerusform>
            <numerusform>%n Anrufe löschen?</numerusform>
        </translation>
    </message>
    <message>
        <source>Their recordings, transcripts, summaries and keywords.</source>
        <translation>Ihre Aufnahmen, Transkripte, Zusammenfassungen und Stichwörter.</translation>
    </message>
    <message>
        <source>What their webhooks said. What was delivered already stays with the customers.</source>
        <translation>Der Inhalt ihrer Webhooks. Was schon zugestellt ist, bleibt bei den Kunden.</translation>
    </message>
    <message>
        <source>Backups keep them until they are removed; a restore on this appliance erases them again.</source>
        <translation>In Sicherungen bleiben sie, bis diese entfernt werden; eine Wiederherstellung auf dieser Appliance löscht sie erneut.</translation>
    </message>
    <message numerus="yes">
        <source>Erase %n call(s)</source>
        <translation>
            <numerusform>%n Anruf löschen</numerusform>
            <numerusform>%n Anrufe löschen</numerusform>
        </translation>
    </message>
    <message>
        <source>Analysing again</source>
        <translation>Erneute Auswertung</translation>
    </message>
    <message numerus="yes">
        <source>%n call(s) are analysed again</source>
        <translation>
            <numerusform>%n Anruf wird erneut ausgewertet</numerusform>
            <numerusform>%n Anrufe werden erneut ausgewertet</numerusform>
        </translation>
    </message>
    <message>
        <source>Sending again</source>
        <translation>Erneutes Senden</translation>
    </message>
    <message numerus="yes">
        <source>%n webhook(s) are sent again</source>
        <translation>
            <numerusform>%n Webhook wird erneut gesendet</numerusform>
            <numerusform>%n Webhooks werden erneut gesendet</numerusform>
        </translation>
    </message>
    <message>
        <source>Erasing</source>
        <translation>Löschen</translation>
    </message>
    <message numerus="yes">
        <source>%n call(s) erased</source>
        <translation>
            <numerusform>%n Anruf gelöscht</numerusform>
            <numerusform>%n Anrufe gelöscht</numerusform>
        </translation>
    </message>
    <message>
        <source>Tags …</source>
        <translation>Schlagwörter …</translation>
    </message>
    <message>
        <source>Tags of the selected calls …</source>
        <translation>Schlagwörter der ausgewählten Anrufe …</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>und %n weiterer</numerusform>
            <numerusform>und %n weitere</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SelectedCustomers</name>
    <message>
        <source>Activate</source>
        <translation>Aktivieren</translation>
    </message>
    <message>
        <source>Deactivate</source>
        <translation>Deaktivieren</translation>
    </message>
    <message>
        <source>Enable webhooks</source>
        <translation>Webhooks einschalten</translation>
    </message>
    <message>
        <source>Activate the selected customers</source>
        <translation>Ausgewählte Kunden aktivieren</translation>
    </message>
    <message>
        <source>Deactivate the selected customers</source>
        <translation>Ausgewählte Kunden deaktivieren</translation>
    </message>
    <message>
        <source>Enable the webhooks of the selected customers</source>
        <translation>Webhooks der ausgewählten Kunden einschalten</translation>
    </message>
    <message numerus="yes">
        <source>Deactivate %n customer(s)? Their API keys are refused from now on: their telephone systems deliver no more calls.</source>
        <translation>
            <numerusform>%n Kunden deaktivieren? Sein API-Schlüssel wird ab sofort abgelehnt: Seine Telefonanlage liefert keine Anrufe mehr.</numerusform>
            <numerusform>%n Kunden deaktivieren? Ihre API-Schlüssel werden ab sofort abgelehnt: Ihre Telefonanlagen liefern keine Anrufe mehr.</numerusform>
        </translation>
    </message>
    <message>
        <source>Enabling webhooks</source>
        <translation>Webhooks werden eingeschaltet</translation>
    </message>
    <message numerus="yes">
        <source>The webhooks of %n customer(s) are enabled again</source>
        <translation>
            <numerusform>Die Webhooks von %n Kunden sind eingeschaltet</numerusform>
            <numerusform>Die Webhooks von %n Kunden sind eingeschaltet</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n customer(s) activated: their API keys are accepted</source>
        <translation>
            <numerusform>%n Kunde aktiviert: Sein API-Schlüssel gilt</numerusform>
            <numerusform>%n Kunden aktiviert: Ihre API-Schlüssel gelten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n customer(s) deactivated: their API keys are refused</source>
        <translation>
            <numerusform>%n Kunde deaktiviert: Sein API-Schlüssel wird abgewiesen</numerusform>
            <numerusform>%n Kunden deaktiviert: Ihre API-Schlüssel werden abgewiesen</numerusform>
        </translation>
    </message>
    <message>
        <source>Activating</source>
        <translation>Kunden werden aktiviert</translation>
    </message>
    <message>
        <source>Deactivating</source>
        <translation>Kunden werden deaktiviert</translation>
    </message>
</context>
<context>
    <name>SelectedEndpoints</name>
    <message>
        <source>Enable again</source>
        <translation>Wieder einschalten</translation>
    </message>
    <message>
        <source>Send a test</source>
        <translation>Test senden</translation>
    </message>
    <message>
        <source>No webhook address is set</source>
        <translation>Es ist keine Webhook-Adresse eingetragen</translation>
    </message>
    <message>
        <source>Send failed again …</source>
        <translation>Fehlgeschlagene erneut senden …</translation>
    </message>
    <message>
        <source>%1 is enabled: the webhooks on hold are being sent</source>
        <translation>%1 ist eingeschaltet: Die ruhenden Webhooks werden gesendet</translation>
    </message>
    <message numerus="yes">
        <source>%n endpoint(s) enabled: the webhooks on hold are being sent</source>
        <translation>
            <numerusform>%n Endpunkt eingeschaltet: Die ruhenden Webhooks werden gesendet</numerusform>
            <numerusform>%n Endpunkte eingeschaltet: Die ruhenden Webhooks werden gesendet</numerusform>
        </translation>
    </message>
    <message>
        <source>Enabling webhooks</source>
        <translation>Webhooks werden eingeschaltet</translation>
    </message>
    <message>
        <source>Sending tests</source>
        <translation>Tests werden gesendet</translation>
    </message>
    <message numerus="yes">
        <source>%n endpoint(s) have taken the test</source>
        <translation>
            <numerusform>%n Endpunkt hat den Test angenommen</numerusform>
            <numerusform>%n Endpunkte haben den Test angenommen</numerusform>
        </translation>
    </message>
    <message>
        <source>None of their webhooks failed that could be sent again.</source>
        <translation>Es gibt keinen fehlgeschlagenen Webhook, der erneut gesendet werden könnte.</translation>
    </message>
    <message numerus="yes">
        <source>Send %n failed webhook(s) of %1 again?</source>
        <translation>
            <numerusform>%n fehlgeschlagenen Webhook von %1 erneut senden?</numerusform>
            <numerusform>%n fehlgeschlagene Webhooks von %1 erneut senden?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n customer(s)</source>
        <translation>
            <numerusform>%n Kunden</numerusform>
            <numerusform>%n Kunden</numerusform>
        </translation>
    </message>
    <message>
        <source>Send again</source>
        <translation>Erneut senden</translation>
    </message>
    <message numerus="yes">
        <source>%n webhook(s) are sent again</source>
        <translation>
            <numerusform>%n Webhook wird erneut gesendet</numerusform>
            <numerusform>%n Webhooks werden erneut gesendet</numerusform>
        </translation>
    </message>
    <message>
        <source>Sending again</source>
        <translation>Erneutes Senden</translation>
    </message>
    <message>
        <source>It is not disabled</source>
        <translation>Er ist nicht abgeschaltet</translation>
    </message>
    <message>
        <source>None of them is disabled</source>
        <translation>Keiner davon ist abgeschaltet</translation>
    </message>
</context>
<context>
    <name>SelectedTokens</name>
    <message>
        <source>Revoke …</source>
        <translation>Widerrufen …</translation>
    </message>
    <message>
        <source>Nobody is let in by it any more</source>
        <translation>Es lässt niemanden mehr ein</translation>
    </message>
    <message>
        <source>Revoke “%1”?</source>
        <translation>„%1“ widerrufen?</translation>
    </message>
    <message>
        <source>Revoke my own token</source>
        <translation>Mein eigenes Token widerrufen</translation>
    </message>
    <message>
        <source>Revoke it</source>
        <translation>Widerrufen</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>Behalten</translation>
    </message>
    <message numerus="yes">
        <source>Revoke %n token(s)?</source>
        <translation>
            <numerusform>%n Token widerrufen?</numerusform>
            <numerusform>%n Token widerrufen?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Revoke %n token(s)</source>
        <translation>
            <numerusform>%n Token widerrufen</numerusform>
            <numerusform>%n Token widerrufen</numerusform>
        </translation>
    </message>
    <message>
        <source>Keep them</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Whoever uses it is refused from then on; nobody has used it yet.</source>
        <translation>Wer es benutzt, wird von da an abgewiesen; bisher hat es niemand benutzt.</translation>
    </message>
    <message>
        <source>Whoever uses it is refused from then on; it was last used %1.</source>
        <translation>Wer es benutzt, wird von da an abgewiesen; zuletzt benutzt: %1.</translation>
    </message>
    <message>
        <source>It cannot be given back: a new one must be created and handed over.</source>
        <translation>Das lässt sich nicht zurücknehmen: Ein neues Token muss angelegt und übergeben werden.</translation>
    </message>
    <message>
        <source>Workers that joined with it leave; the calls in their hands wait for others.</source>
        <translation>Worker, die damit beigetreten sind, scheiden aus; die Anrufe, die sie bearbeiten, warten auf andere Worker.</translation>
    </message>
    <message>
        <source>This program uses this very token: it is refused at once, and needs another one.</source>
        <translation>Dieses Programm benutzt genau dieses Token: Es wird sofort abgewiesen und braucht ein anderes.</translation>
    </message>
    <message>
        <source>If it is the one that this program uses, the program is refused too.</source>
        <translation>Benutzt dieses Programm dasselbe Token, wird auch das Programm abgewiesen.</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>und %n weiteres</numerusform>
            <numerusform>und %n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>Whoever uses them is refused from then on.</source>
        <translation>Wer sie benutzt, wird von da an abgewiesen.</translation>
    </message>
    <message>
        <source>They cannot be given back: new ones must be created and handed over.</source>
        <translation>Das lässt sich nicht zurücknehmen: Neue Token müssen angelegt und übergeben werden.</translation>
    </message>
    <message>
        <source>Workers that joined with one of them leave; their calls wait for others.</source>
        <translation>Worker, die mit einem davon beigetreten sind, scheiden aus; ihre Anrufe warten auf andere Worker.</translation>
    </message>
    <message>
        <source>“%1” among them is the one that this program uses: it is refused at once.</source>
        <translation>„%1“ darunter ist das Token, das dieses Programm benutzt: Es wird sofort abgewiesen.</translation>
    </message>
    <message>
        <source>If one of them is the one that this program uses, the program is refused too.</source>
        <translation>Benutzt dieses Programm eines davon, wird auch das Programm abgewiesen.</translation>
    </message>
    <message>
        <source>“%1” is revoked</source>
        <translation>„%1“ ist widerrufen</translation>
    </message>
    <message numerus="yes">
        <source>%n token(s) are revoked</source>
        <translation>
            <numerusform>%n Token ist widerrufen</numerusform>
            <numerusform>%n Token sind widerrufen</numerusform>
        </translation>
    </message>
    <message>
        <source>Revoking</source>
        <translation>Widerrufen</translation>
    </message>
</context>
<context>
    <name>SelectionBar</name>
    <message>
        <source>%1 selected</source>
        <translation>%1 ausgewählt</translation>
    </message>
    <message>
        <source>Nothing selected</source>
        <translation>Nichts ausgewählt</translation>
    </message>
    <message>
        <source>A viewer&apos;s token changes nothing</source>
        <translation>Das Token eines Betrachters ändert nichts</translation>
    </message>
</context>
<context>
    <name>SelectionTags</name>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>No customer and no webhook is told of tags.</source>
        <translation>Weder Kunden noch Webhooks erfahren von Schlagwörtern.</translation>
    </message>
    <message numerus="yes">
        <source>Tags of %n call(s)</source>
        <translation>
            <numerusform>Schlagwörter von %n Anruf</numerusform>
            <numerusform>Schlagwörter von %n Anrufen</numerusform>
        </translation>
    </message>
    <message>
        <source>Tag: %1</source>
        <translation>Schlagwort: %1</translation>
    </message>
    <message numerus="yes">
        <source>The tags of %n call(s) are changed</source>
        <translation>
            <numerusform>Die Schlagwörter von %n Anruf sind geändert</numerusform>
            <numerusform>Die Schlagwörter von %n Anrufen sind geändert</numerusform>
        </translation>
    </message>
    <message>
        <source>Taken back</source>
        <translation>Zurückgenommen</translation>
    </message>
</context>
<context>
    <name>SendingAgain</name>
    <message>
        <source>Sending again</source>
        <translation>Erneutes Senden</translation>
    </message>
    <message>
        <source>Stopped: %1 of %2 sent again</source>
        <translation>Abgebrochen: %1 von %2 erneut gesendet</translation>
    </message>
    <message>
        <source>%1 sent, %2 not: %3</source>
        <translation>%1 gesendet, %2 nicht: %3</translation>
    </message>
    <message>
        <source>Enable and send</source>
        <translation>Einschalten und senden</translation>
    </message>
    <message numerus="yes">
        <source>%n webhook(s) of %1 are sent again</source>
        <translation>
            <numerusform>%n Webhook von %1 wird erneut gesendet</numerusform>
            <numerusform>%n Webhooks von %1 werden erneut gesendet</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n webhook(s) of %1 customers are sent again</source>
        <translation>
            <numerusform>%n Webhook von %1 Kunden wird erneut gesendet</numerusform>
            <numerusform>%n Webhooks von %1 Kunden werden erneut gesendet</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>und %n weiterer Grund</numerusform>
            <numerusform>und %n weitere Gründe</numerusform>
        </translation>
    </message>
    <message>
        <source>Customer %1</source>
        <translation>Kunde %1</translation>
    </message>
</context>
<context>
    <name>SettingCard</name>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>Vorgabe</translation>
    </message>
    <message>
        <source>It is set by the variable %1: change it there, and start the appliance again.</source>
        <translation>Das legt die Umgebungsvariable %1 fest: Ändern Sie sie dort, und starten Sie die Appliance neu.</translation>
    </message>
    <message>
        <source>It is set in %1: change it there, and start the appliance again.</source>
        <translation>Das steht in %1: Ändern Sie es dort, und starten Sie die Appliance neu.</translation>
    </message>
    <message>
        <source>It is changed in the appliance&apos;s vbot.toml, or by %1; the appliance is started again then.</source>
        <translation>Geändert wird es in der vbot.toml der Appliance oder durch %1; danach muss die Appliance neu gestartet werden.</translation>
    </message>
    <message>
        <source>Back to the default</source>
        <translation>Zurück zur Vorgabe</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1 bis %2</translation>
    </message>
    <message>
        <source>%3 numbers with commas between them, %1 to %2</source>
        <translation>%3 Zahlen, durch Kommas getrennt, %1 bis %2</translation>
    </message>
    <message>
        <source>%1 waits until the appliance is started again.</source>
        <translation>%1 gilt erst nach einem Neustart der Appliance.</translation>
    </message>
    <message>
        <source>A change takes effect when the appliance is started again.</source>
        <translation>Eine Änderung gilt erst nach einem Neustart der Appliance.</translation>
    </message>
    <message>
        <source>A change takes effect at once.</source>
        <translation>Eine Änderung gilt sofort.</translation>
    </message>
</context>
<context>
    <name>SettingsTab</name>
    <message>
        <source>No setting matches</source>
        <translation>Keine passende Einstellung</translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation>Einstellungen durchsuchen</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Changeable here</source>
        <translation>Hier änderbar</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Save the settings</source>
        <translation>Die Einstellungen speichern</translation>
    </message>
    <message>
        <source>Discard the changed settings</source>
        <translation>Die geänderten Einstellungen verwerfen</translation>
    </message>
    <message>
        <source>Set the setting back to its default</source>
        <translation>Die Einstellung auf ihre Vorgabe zurücksetzen</translation>
    </message>
    <message>
        <source>Start the appliance again …</source>
        <translation>Die Appliance neu starten …</translation>
    </message>
    <message numerus="yes">
        <source>%n changed setting(s) are not saved.</source>
        <translation>
            <numerusform>%n geänderte Einstellung ist nicht gespeichert.</numerusform>
            <numerusform>%n geänderte Einstellungen sind nicht gespeichert.</numerusform>
        </translation>
    </message>
    <message>
        <source>Recordings and texts that are older than the new time are erased within minutes after saving. It cannot be undone.</source>
        <translation>Aufnahmen und Texte, die älter sind als die neue Frist, werden innerhalb von Minuten nach dem Speichern gelöscht. Das lässt sich nicht rückgängig machen.</translation>
    </message>
    <message>
        <source>The oldest backups, beyond the new number, are removed when the next one is made. It cannot be undone.</source>
        <translation>Die ältesten Sicherungen, die über die neue Zahl hinausgehen, werden entfernt, sobald die nächste erstellt wird. Das lässt sich nicht rückgängig machen.</translation>
    </message>
    <message>
        <source>Keep less?</source>
        <translation>Weniger aufbewahren?</translation>
    </message>
    <message>
        <source>Save and erase</source>
        <translation>Speichern und löschen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Start the appliance again?</source>
        <translation>Die Appliance neu starten?</translation>
    </message>
    <message>
        <source>For some seconds no call is accepted; telephone systems that send with vbot-post try again.</source>
        <translation>Einige Sekunden lang wird kein Anruf angenommen; Telefonanlagen, die mit vbot-post senden, versuchen es erneut.</translation>
    </message>
    <message>
        <source>Calls that are being analysed go on.</source>
        <translation>Anrufe, die gerade ausgewertet werden, werden weiter bearbeitet.</translation>
    </message>
    <message>
        <source>Start it again</source>
        <translation>Neu starten</translation>
    </message>
    <message>
        <source>The appliance is starting again</source>
        <translation>Die Appliance wird neu gestartet</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>Gespeichert</translation>
    </message>
    <message>
        <source>Saving …</source>
        <translation>Wird gespeichert …</translation>
    </message>
    <message>
        <source>Waiting until the appliance is started again: %1</source>
        <translation>Gilt erst nach einem Neustart der Appliance: %1</translation>
    </message>
    <message>
        <source>Start it again …</source>
        <translation>Neu starten …</translation>
    </message>
    <message>
        <source>The settings are being saved. If you leave before that, the changes may be lost.</source>
        <translation>Die Einstellungen werden gespeichert. Wenn Sie vorher weggehen, gehen die Änderungen möglicherweise verloren.</translation>
    </message>
</context>
<context>
    <name>SetupLine</name>
    <message>
        <source>The appliance is not set up yet: %1 of %2 steps are done.</source>
        <translation>Die Appliance ist noch nicht fertig eingerichtet: %1 von %2 Schritten sind erledigt.</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Fortfahren</translation>
    </message>
</context>
<context>
    <name>StaleOverlay</name>
    <message>
        <source>Out of date</source>
        <translation>Veraltet</translation>
    </message>
</context>
<context>
    <name>StateChoice</name>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>All states</source>
        <translation>Alle Zustände</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>The appliance answers again: what you typed can be saved now</source>
        <translation>Die Appliance antwortet wieder: Ihre Eingaben lassen sich jetzt speichern</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Stop: %1</source>
        <translation>Abbrechen: %1</translation>
    </message>
    <message numerus="yes">
        <source>trying again in %n s</source>
        <translation>
            <numerusform>neuer Versuch in %n s</numerusform>
            <numerusform>neuer Versuch in %n s</numerusform>
        </translation>
    </message>
    <message>
        <source>trying again</source>
        <translation>neuer Versuch</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>Nicht verbunden</translation>
    </message>
    <message>
        <source>Connecting</source>
        <translation>Wird verbunden</translation>
    </message>
    <message>
        <source>Waiting for an answer</source>
        <translation>Wartet auf Antwort</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>Verbunden</translation>
    </message>
    <message>
        <source>Read only</source>
        <translation>Nur Lesezugriff</translation>
    </message>
    <message numerus="yes">
        <source>No answer for %n s</source>
        <translation>
            <numerusform>Seit %n s keine Antwort</numerusform>
            <numerusform>Seit %n s keine Antwort</numerusform>
        </translation>
    </message>
    <message>
        <source>Stale since %1</source>
        <translation>Veraltet seit %1</translation>
    </message>
    <message>
        <source>Token refused</source>
        <translation>Token abgewiesen</translation>
    </message>
    <message>
        <source>Certificate changed</source>
        <translation>Zertifikat geändert</translation>
    </message>
</context>
<context>
    <name>StatusTab</name>
    <message>
        <source>No worker has been heard of</source>
        <translation>Kein Worker hat sich gemeldet</translation>
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
    <name>StepCard</name>
    <message>
        <source>Fold “%1”</source>
        <translation>„%1“ einklappen</translation>
    </message>
    <message>
        <source>Unfold “%1”</source>
        <translation>„%1“ aufklappen</translation>
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
        <translation>Sonstiges</translation>
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
    <name>SummaryCard</name>
    <message>
        <source>Summary</source>
        <translation>Zusammenfassung</translation>
    </message>
    <message>
        <source>Hear what this stands on:</source>
        <translation>Anhören, worauf das beruht:</translation>
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
        <translation>Eine ZIP-Datei für alle, die Ihnen helfen: Zustand und Einstellungen der Appliance, die neuesten Zeilen ihres Logs, der Stand der neuesten Webhooks, alle Versionen.</translation>
    </message>
    <message>
        <source>Not in it: keys, tokens and other secrets, customers&apos; names, telephone numbers, words of calls, what webhooks said. It is plain text: look into it before you send it.</source>
        <translation>Nicht enthalten: Schlüssel, Tokens und andere Geheimnisse, Namen von Kunden, Telefonnummern, Wortlaut von Anrufen, Inhalte von Webhooks. Alles ist lesbarer Text: Sehen Sie vor dem Senden hinein.</translation>
    </message>
    <message>
        <source>With a viewer&apos;s token the log is not in it either.</source>
        <translation>Mit dem Token eines Betrachters ist auch das Systemprotokoll nicht enthalten.</translation>
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
        <translation>ID dieses Starts</translation>
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
        <source>This token may not see the appliance itself: whoever runs it can.</source>
        <translation>Mit diesem Token ist die Appliance selbst nicht zu sehen; das kann nur, wer sie betreibt.</translation>
    </message>
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
        <translation>%1 anzeigen</translation>
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
        <translation>Prüfprotokoll</translation>
    </message>
    <message>
        <source>Certificate</source>
        <translation>Zertifikat</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Systemprotokoll</translation>
    </message>
    <message>
        <source>Support</source>
        <translation>Support</translation>
    </message>
</context>
<context>
    <name>TableView</name>
    <message numerus="yes">
        <source>%n row(s) copied</source>
        <translation>
            <numerusform>%n Zeile kopiert</numerusform>
            <numerusform>%n Zeilen kopiert</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 (no room)</source>
        <translation>%1 (kein Platz)</translation>
    </message>
    <message>
        <source>Default order</source>
        <translation>Ursprüngliche Reihenfolge</translation>
    </message>
</context>
<context>
    <name>TagEditor</name>
    <message>
        <source>Add a tag</source>
        <translation>Schlagwort hinzufügen</translation>
    </message>
    <message>
        <source>Remove the tag: %1</source>
        <translation>Schlagwort entfernen: %1</translation>
    </message>
</context>
<context>
    <name>Tiles</name>
    <message>
        <source>Calls today</source>
        <translation>Anrufe heute</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Wartend</translation>
    </message>
    <message>
        <source>In work</source>
        <translation>In Arbeit</translation>
    </message>
    <message>
        <source>Failed today</source>
        <translation>Heute fehlgeschlagen</translation>
    </message>
    <message>
        <source>Time to result</source>
        <translation>Zeit bis zum Ergebnis</translation>
    </message>
    <message>
        <source>Disk free</source>
        <translation>Festplatte frei</translation>
    </message>
    <message>
        <source>Last backup</source>
        <translation>Letzte Sicherung</translation>
    </message>
    <message numerus="yes">
        <source>%n completed</source>
        <translation>
            <numerusform>%n fertig</numerusform>
            <numerusform>%n fertig</numerusform>
        </translation>
    </message>
    <message>
        <source>the first for %1</source>
        <translation>der erste seit %1</translation>
    </message>
    <message>
        <source>none waits</source>
        <translation>keiner wartet</translation>
    </message>
    <message numerus="yes">
        <source>%n worker(s) ready</source>
        <translation>
            <numerusform>%n Worker bereit</numerusform>
            <numerusform>%n Worker bereit</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n fehlgeschlagen</numerusform>
            <numerusform>%n fehlgeschlagen</numerusform>
        </translation>
    </message>
    <message>
        <source>Of the last 24 hours</source>
        <translation>In den letzten 24 Stunden</translation>
    </message>
    <message numerus="yes">
        <source>%n retrying</source>
        <translation>
            <numerusform>%n wird wiederholt</numerusform>
            <numerusform>%n werden wiederholt</numerusform>
        </translation>
    </message>
    <message>
        <source>95 % take at most %1</source>
        <translation>95 % dauern höchstens %1</translation>
    </message>
    <message numerus="yes">
        <source>In %n more nothing was recorded: nobody answered</source>
        <translation>
            <numerusform>In %n weiteren wurde nichts aufgenommen: Niemand nahm ab</numerusform>
            <numerusform>In %n weiteren wurde nichts aufgenommen: Niemand nahm ab</numerusform>
        </translation>
    </message>
    <message>
        <source>Not delivered</source>
        <translation>Nicht zugestellt</translation>
    </message>
    <message>
        <source>Since midnight UTC, with those that were erased since</source>
        <translation>Seit Mitternacht UTC, samt den seither gelöschten</translation>
    </message>
    <message numerus="yes">
        <source>%n on hold</source>
        <translation>
            <numerusform>%n ruhend</numerusform>
            <numerusform>%n ruhend</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n endpoint(s) disabled</source>
        <translation>
            <numerusform>%n Endpunkt abgeschaltet</numerusform>
            <numerusform>%n Endpunkte abgeschaltet</numerusform>
        </translation>
    </message>
    <message>
        <source>Those that failed are of the last 24 hours</source>
        <translation>Die fehlgeschlagenen sind aus den letzten 24 Stunden</translation>
    </message>
    <message>
        <source>of %1</source>
        <translation>von %1</translation>
    </message>
    <message>
        <source>%1 of recordings</source>
        <translation>%1 Aufnahmen</translation>
    </message>
    <message numerus="yes">
        <source>certificate: %Ln day(s) left</source>
        <translation>
            <numerusform>Zertifikat: noch %Ln Tag</numerusform>
            <numerusform>Zertifikat: noch %Ln Tage</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TimeChoice</name>
    <message>
        <source>Time</source>
        <translation>Zeitraum</translation>
    </message>
    <message>
        <source>All time</source>
        <translation>Gesamter Zeitraum</translation>
    </message>
    <message>
        <source>Last hour</source>
        <translation>Letzte Stunde</translation>
    </message>
    <message>
        <source>Last 24 hours</source>
        <translation>Letzte 24 Stunden</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>Letzte 7 Tage</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>Letzte 30 Tage</translation>
    </message>
    <message>
        <source>Other time</source>
        <translation>Anderer Zeitraum</translation>
    </message>
</context>
<context>
    <name>TokenCard</name>
    <message>
        <source>This address is not encrypted: the token and everything else can be read in the network.</source>
        <translation>Diese Verbindung ist nicht verschlüsselt: Das Token und alles andere kann im Netz mitgelesen werden.</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>What you call this appliance</source>
        <translation>Wie Sie diese Appliance nennen</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Keep the token in this computer&apos;s keyring</source>
        <translation>Das Token im Schlüsselbund dieses Rechners aufbewahren</translation>
    </message>
    <message>
        <source>This computer has no keyring: the token is kept for this session only, and asked for the next time.</source>
        <translation>Dieser Rechner hat keinen Schlüsselbund: Das Token bleibt nur für diese Sitzung gespeichert; beim nächsten Mal wird wieder danach gefragt.</translation>
    </message>
    <message>
        <source>This computer&apos;s keyring is locked: the token is kept if you unlock it, and else for this session only.</source>
        <translation>Der Schlüsselbund dieses Rechners ist gesperrt: Das Token wird aufbewahrt, wenn Sie ihn entsperren; sonst bleibt es nur für diese Sitzung gespeichert.</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>Verbinden</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>An admin&apos;s or a viewer&apos;s token: “vbot token create” makes one.</source>
        <translation>Das Token eines Administrators oder Betrachters: „vbot token create“ legt eines an.</translation>
    </message>
</context>
<context>
    <name>TokensTab</name>
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
        <translation>Neues Token</translation>
    </message>
    <message>
        <source>Revoke the token …</source>
        <translation>Das Token widerrufen …</translation>
    </message>
    <message>
        <source>The new token “%1” is still on the screen: nobody can read it again later.</source>
        <translation>Das neue Token „%1“ wird noch angezeigt: Später kann es niemand mehr lesen.</translation>
    </message>
    <message>
        <source>The new token “%1” waits under System, Tokens: once it is gone, nobody can read it again.</source>
        <translation>Das neue Token „%1“ steht noch unter System, Tokens: Ist es dort weg, kann es niemand mehr lesen.</translation>
    </message>
    <message>
        <source>Copy “%1” first: once another takes its place, nobody can read it again</source>
        <translation>Kopieren Sie zuerst „%1“: Steht erst ein anderes an seiner Stelle, kann es niemand mehr lesen</translation>
    </message>
    <message>
        <source>There is no such customer: choose one of the list</source>
        <translation>Diesen Kunden gibt es nicht: Wählen Sie einen aus der Liste</translation>
    </message>
    <message>
        <source>“%1” is created: copy it now</source>
        <translation>„%1“ ist angelegt: jetzt kopieren</translation>
    </message>
</context>
<context>
    <name>ToldSection</name>
    <message>
        <source>What was told</source>
        <translation>Was gemeldet wurde</translation>
    </message>
    <message>
        <source>Nothing was told yet.</source>
        <translation>Es wurde noch nichts gemeldet.</translation>
    </message>
</context>
<context>
    <name>TrustCard</name>
    <message>
        <source>Is this the right machine?</source>
        <translation>Ist das der richtige Rechner?</translation>
    </message>
    <message>
        <source>This is the SHA-256 fingerprint of the certificate that it shows. Compare it with the appliance&apos;s own: its first start printed it, or left it in first-boot.txt in its data folder, and “vbot certificate show” prints it there at any time. If they differ, do not go on: this is another machine, or somebody is reading along.</source>
        <translation>Das ist der SHA-256-Fingerabdruck des Zertifikats, das dieser Rechner zeigt. Vergleichen Sie ihn mit dem der Appliance: Ihr erster Start hat ihn ausgegeben oder in first-boot.txt in ihrem Datenordner hinterlassen, und „vbot certificate show“ gibt ihn dort jederzeit aus. Unterscheiden sich beide, brechen Sie ab: Das ist ein anderer Rechner, oder jemand liest mit.</translation>
    </message>
    <message>
        <source>Fingerprint</source>
        <translation>Fingerabdruck</translation>
    </message>
    <message>
        <source>They are the same: trust it</source>
        <translation>Beide sind gleich: vertrauen</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
</context>
<context>
    <name>UnsavedBar</name>
    <message>
        <source>Save before you leave?</source>
        <translation>Vor dem Gehen speichern?</translation>
    </message>
    <message>
        <source>Leave all the same?</source>
        <translation>Trotzdem gehen?</translation>
    </message>
    <message>
        <source>Save before you disconnect?</source>
        <translation>Vor dem Trennen speichern?</translation>
    </message>
    <message>
        <source>Disconnect all the same?</source>
        <translation>Trotzdem trennen?</translation>
    </message>
    <message>
        <source>Save before you quit?</source>
        <translation>Vor dem Beenden speichern?</translation>
    </message>
    <message>
        <source>Quit all the same?</source>
        <translation>Trotzdem beenden?</translation>
    </message>
    <message>
        <source>Save and leave</source>
        <translation>Speichern und gehen</translation>
    </message>
    <message>
        <source>Save and disconnect</source>
        <translation>Speichern und trennen</translation>
    </message>
    <message>
        <source>Save and quit</source>
        <translation>Speichern und beenden</translation>
    </message>
    <message>
        <source>Do not wait</source>
        <translation>Nicht warten</translation>
    </message>
    <message>
        <source>Stop it and disconnect</source>
        <translation>Abbrechen und trennen</translation>
    </message>
    <message>
        <source>Stop it and quit</source>
        <translation>Abbrechen und beenden</translation>
    </message>
    <message>
        <source>Discard and leave</source>
        <translation>Verwerfen und gehen</translation>
    </message>
    <message>
        <source>Discard and disconnect</source>
        <translation>Verwerfen und trennen</translation>
    </message>
    <message>
        <source>Discard and quit</source>
        <translation>Verwerfen und beenden</translation>
    </message>
    <message>
        <source>Stay</source>
        <translation>Hierbleiben</translation>
    </message>
</context>
<context>
    <name>UnsavedGuard</name>
    <message>
        <source>Not finished: %1. What the appliance has begun it finishes; the rest will not be done.</source>
        <translation>Nicht fertig: %1. Was die Appliance begonnen hat, führt sie zu Ende; der Rest unterbleibt.</translation>
    </message>
</context>
<context>
    <name>Waveform</name>
    <message>
        <source>Waveform with the turns of both parties</source>
        <translation>Wellenform mit den Beiträgen beider Seiten</translation>
    </message>
    <message>
        <source>A click goes there. Ctrl and the wheel, or + and −, look closer.</source>
        <translation>Ein Klick springt dorthin. Strg und Mausrad oder + und − vergrößern.</translation>
    </message>
</context>
<context>
    <name>WebhookCard</name>
    <message>
        <source>Webhook</source>
        <translation>Webhook</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Results are posted here. While there is none they wait.</source>
        <translation>Hierhin werden Ergebnisse gesendet. Solange es keine Adresse gibt, warten sie.</translation>
    </message>
    <message>
        <source>Calls in which nothing was recorded</source>
        <translation>Anrufe, in denen nichts aufgenommen wurde</translation>
    </message>
    <message>
        <source>no webhook</source>
        <translation>kein Webhook</translation>
    </message>
    <message>
        <source>a webhook call.empty</source>
        <translation>ein Webhook call.empty</translation>
    </message>
    <message>
        <source>Such as those that nobody answers. They are completed, and counted apart.</source>
        <translation>Etwa solche, die niemand annimmt. Sie gelten als fertig und werden getrennt gezählt.</translation>
    </message>
    <message>
        <source>webhook secret</source>
        <translation>Webhook-Geheimnis</translation>
    </message>
    <message>
        <source>New secret …</source>
        <translation>Neues Geheimnis …</translation>
    </message>
    <message>
        <source>Replace the secret?</source>
        <translation>Das Geheimnis ersetzen?</translation>
    </message>
    <message>
        <source>Webhooks are signed with the new one alone: a receiver that knows the old one refuses them.</source>
        <translation>Webhooks werden nur noch mit dem neuen signiert: Ein Empfänger, der nur das alte kennt, lehnt sie ab.</translation>
    </message>
    <message>
        <source>Webhooks are signed with the present one, too, until %1; then a receiver that does not know the new one refuses them.</source>
        <translation>Webhooks werden bis %1 auch mit dem bisherigen signiert; danach lehnt ein Empfänger, der das neue nicht kennt, sie ab.</translation>
    </message>
    <message>
        <source>When a new secret is made, the old one goes on working for:</source>
        <translation>Wird ein neues Geheimnis erzeugt, gilt das alte weiter:</translation>
    </message>
    <message>
        <source>How long the old secret works</source>
        <translation>Wie lange das alte Geheimnis gilt</translation>
    </message>
    <message>
        <source>Send a test</source>
        <translation>Test senden</translation>
    </message>
    <message>
        <source>The one that the receiver shows now; nothing is sent to it</source>
        <translation>Das Zertifikat, das der Empfänger jetzt zeigt; gesendet wird ihm nichts</translation>
    </message>
    <message>
        <source>SHA-256 of the receiver&apos;s certificate</source>
        <translation>SHA-256 des Zertifikats des Empfängers</translation>
    </message>
    <message>
        <source>For a receiver in the building that made its own certificate.</source>
        <translation>Für einen Empfänger im Haus, der sein Zertifikat selbst erstellt hat.</translation>
    </message>
    <message>
        <source>Or the certificate of the authority that signed it (PEM)</source>
        <translation>Oder das Zertifikat der Stelle, die es ausgestellt hat (PEM)</translation>
    </message>
    <message>
        <source>Leave both empty for a receiver that browsers trust.</source>
        <translation>Lassen Sie beides leer, wenn Browser dem Empfänger ohnehin vertrauen.</translation>
    </message>
    <message>
        <source>Secret that webhooks are signed with</source>
        <translation>Geheimnis, mit dem Webhooks signiert werden</translation>
    </message>
    <message>
        <source>Plain HTTP: unless this is a machine in the building, anybody on the way reads what was said.</source>
        <translation>Unverschlüsseltes HTTP: Steht dieser Rechner nicht im Haus, kann unterwegs jeder mitlesen, was gesagt wurde.</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keiner</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>Gesendet</translation>
    </message>
    <message>
        <source>Answered status</source>
        <translation>Status der Antwort</translation>
    </message>
    <message>
        <source>Took</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Answered</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>It shows the certificate that is entered below: %1</source>
        <translation>Der Empfänger zeigt das Zertifikat, das unten eingetragen ist: %1</translation>
    </message>
    <message>
        <source>It is the same: trust it</source>
        <translation>Er stimmt überein: vertrauen</translation>
    </message>
    <message>
        <source>It is entered below. Save, and send a test.</source>
        <translation>Er ist unten eingetragen. Speichern Sie, und senden Sie einen Test.</translation>
    </message>
</context>
<context>
    <name>WebhookPage</name>
    <message>
        <source>Send again</source>
        <translation>Erneut senden</translation>
    </message>
    <message>
        <source>Call</source>
        <translation>Anruf</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>Kunde</translation>
    </message>
    <message>
        <source>Not attempted yet</source>
        <translation>Noch nicht versucht</translation>
    </message>
    <message>
        <source>Copy as curl</source>
        <translation>Als curl kopieren</translation>
    </message>
    <message>
        <source>Copy the JSON</source>
        <translation>JSON kopieren</translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>Versuche</translation>
    </message>
    <message>
        <source>To the address of the selected attempt, signed anew: the receiver verifies it for 5 minutes</source>
        <translation>An die Adresse des ausgewählten Versuchs, neu signiert: Der Empfänger erkennt es 5 Minuten lang an</translation>
    </message>
    <message>
        <source>Webhook</source>
        <translation>Webhook</translation>
    </message>
    <message>
        <source>Send this webhook again</source>
        <translation>Diesen Webhook erneut senden</translation>
    </message>
    <message>
        <source>Copy the webhook as curl</source>
        <translation>Webhook als curl kopieren</translation>
    </message>
    <message>
        <source>Copy the webhook&apos;s JSON</source>
        <translation>JSON des Webhooks kopieren</translation>
    </message>
    <message>
        <source>Its call</source>
        <translation>Sein Anruf</translation>
    </message>
    <message>
        <source>Its customer</source>
        <translation>Sein Kunde</translation>
    </message>
    <message>
        <source>It is sent again</source>
        <translation>Der Webhook wird erneut gesendet</translation>
    </message>
    <message>
        <source>Webhook as curl</source>
        <translation>Webhook als curl</translation>
    </message>
    <message>
        <source>JSON</source>
        <translation>JSON</translation>
    </message>
    <message>
        <source>Customer %1</source>
        <translation>Kunde %1</translation>
    </message>
    <message>
        <source>Event</source>
        <translation>Ereignis</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Webhook id</source>
        <translation>Webhook-ID</translation>
    </message>
    <message>
        <source>It has no webhook address.</source>
        <translation>Der Kunde hat keine Webhook-Adresse.</translation>
    </message>
    <message>
        <source>It waits: nothing is sent to this customer at present.</source>
        <translation>Der Webhook wartet: An diesen Kunden wird zurzeit nichts gesendet.</translation>
    </message>
    <message>
        <source>Open the customer</source>
        <translation>Kunden öffnen</translation>
    </message>
    <message>
        <source>Next attempt</source>
        <translation>Nächster Versuch</translation>
    </message>
    <message>
        <source>it is tried by itself already</source>
        <translation>es wird schon von selbst erneut versucht</translation>
    </message>
    <message>
        <source>a viewer&apos;s token changes nothing</source>
        <translation>das Token eines Betrachters ändert nichts</translation>
    </message>
    <message>
        <source>It cannot be sent again now: %1.</source>
        <translation>Jetzt kann er nicht erneut gesendet werden: %1.</translation>
    </message>
    <message>
        <source>All webhooks</source>
        <translation>Alle Webhooks</translation>
    </message>
</context>
<context>
    <name>WebhookStep</name>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Save and send a test</source>
        <translation>Speichern und Test senden</translation>
    </message>
    <message>
        <source>Secret and certificate …</source>
        <translation>Geheimnis und Zertifikat …</translation>
    </message>
    <message>
        <source>On the customer&apos;s page</source>
        <translation>Auf der Seite des Kunden</translation>
    </message>
    <message>
        <source>Plain HTTP: unless this is a machine in the building, anybody on the way reads what was said.</source>
        <translation>Unverschlüsseltes HTTP: Steht dieser Rechner nicht im Haus, kann unterwegs jeder mitlesen, was gesagt wurde.</translation>
    </message>
</context>
<context>
    <name>WebhooksPage</name>
    <message>
        <source>No webhooks yet</source>
        <translation>Noch keine Webhooks</translation>
    </message>
    <message>
        <source>Each finished call is told to its customer&apos;s server.</source>
        <translation>Jeder fertige Anruf wird dem Server seines Kunden mitgeteilt.</translation>
    </message>
    <message>
        <source>Number or id</source>
        <translation>Nummer, Kennung</translation>
    </message>
    <message>
        <source>Search numbers and ids</source>
        <translation>Nummern und Kennungen suchen</translation>
    </message>
    <message>
        <source>Webhooks</source>
        <translation>Webhooks</translation>
    </message>
    <message>
        <source>Only those of call %1.</source>
        <translation>Nur die Webhooks des Anrufs %1.</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Alle anzeigen</translation>
    </message>
    <message>
        <source>Clear the filters</source>
        <translation>Filter entfernen</translation>
    </message>
    <message>
        <source>No webhook matches</source>
        <translation>Keine passenden Webhooks</translation>
    </message>
    <message>
        <source>Search in webhooks</source>
        <translation>In Webhooks suchen</translation>
    </message>
    <message>
        <source>Send the selected webhooks again</source>
        <translation>Ausgewählte Webhooks erneut senden</translation>
    </message>
    <message>
        <source>Send all that match again …</source>
        <translation>Alle passenden erneut senden …</translation>
    </message>
    <message>
        <source>Show the deliveries</source>
        <translation>Zustellungen anzeigen</translation>
    </message>
    <message>
        <source>Show the endpoints</source>
        <translation>Endpunkte anzeigen</translation>
    </message>
    <message numerus="yes">
        <source>%n of the %1 selected webhook(s) were delivered. Send these a second time, too?</source>
        <translation>
            <numerusform>%n der %1 ausgewählten Webhooks ist schon zugestellt. Auch diesen ein zweites Mal senden?</numerusform>
            <numerusform>%n der %1 ausgewählten Webhooks sind schon zugestellt. Auch diese ein zweites Mal senden?</numerusform>
        </translation>
    </message>
    <message>
        <source>No failed webhook matches that could be sent again now.</source>
        <translation>Kein fehlgeschlagener Webhook der Auswahl kann jetzt erneut gesendet werden.</translation>
    </message>
    <message numerus="yes">
        <source>%n failed webhook(s) match.</source>
        <translation>
            <numerusform>%n fehlgeschlagener Webhook entspricht der Auswahl.</numerusform>
            <numerusform>%n fehlgeschlagene Webhooks entsprechen der Auswahl.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n webhook(s) match, all of them delivered already.</source>
        <translation>
            <numerusform>%n Webhook entspricht der Auswahl und ist schon zugestellt.</numerusform>
            <numerusform>%n Webhooks entsprechen der Auswahl; alle sind schon zugestellt.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n webhook(s) match.</source>
        <translation>
            <numerusform>%n Webhook entspricht der Auswahl.</numerusform>
            <numerusform>%n Webhooks entsprechen der Auswahl.</numerusform>
        </translation>
    </message>
    <message>
        <source>Send all again, to their customers&apos; present addresses?</source>
        <translation>Alle erneut senden, an die aktuellen Adressen ihrer Kunden?</translation>
    </message>
    <message>
        <source>Send all again, to the present address of %1?</source>
        <translation>Alle erneut senden, an die aktuelle Adresse von %1?</translation>
    </message>
    <message>
        <source>Send a second time</source>
        <translation>Ein zweites Mal senden</translation>
    </message>
    <message numerus="yes">
        <source>%n webhook(s) are sent again</source>
        <translation>
            <numerusform>%n Webhook wird erneut gesendet</numerusform>
            <numerusform>%n Webhooks werden erneut gesendet</numerusform>
        </translation>
    </message>
    <message>
        <source>Sending again</source>
        <translation>Erneutes Senden</translation>
    </message>
    <message>
        <source>None of those that match can be sent again now.</source>
        <translation>Von den passenden kann jetzt keiner erneut gesendet werden.</translation>
    </message>
    <message>
        <source>Send again</source>
        <translation>Erneut senden</translation>
    </message>
    <message numerus="yes">
        <source>%n more webhook(s) cannot be sent: their endpoint is disabled or has no address.</source>
        <translation>
            <numerusform>%n weiterer Webhook kann nicht gesendet werden: Sein Endpunkt ist abgeschaltet oder hat keine Adresse.</numerusform>
            <numerusform>%n weitere Webhooks können nicht gesendet werden: Ihr Endpunkt ist abgeschaltet oder hat keine Adresse.</numerusform>
        </translation>
    </message>
    <message>
        <source>Deliveries</source>
        <translation>Zustellungen</translation>
    </message>
    <message>
        <source>Send all failed again …</source>
        <translation>Alle fehlgeschlagenen erneut senden …</translation>
    </message>
    <message>
        <source>Endpoints</source>
        <translation>Endpunkte</translation>
    </message>
    <message>
        <source>Send all again …</source>
        <translation>Alle erneut senden …</translation>
    </message>
</context>
<context>
    <name>WelcomePage</name>
    <message>
        <source>Continue later</source>
        <translation>Später fortfahren</translation>
    </message>
    <message>
        <source>A line on the overview leads back here</source>
        <translation>Eine Zeile in der Übersicht führt hierher zurück</translation>
    </message>
    <message>
        <source>Do not show it again</source>
        <translation>Nicht mehr anzeigen</translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation>Willkommen</translation>
    </message>
    <message>
        <source>Setting up needs an administrator&apos;s token.</source>
        <translation>Zum Einrichten ist das Token eines Administrators nötig.</translation>
    </message>
    <message>
        <source>What you typed in the welcome is not saved yet.</source>
        <translation>Was Sie in „Willkommen“ eingegeben haben, ist noch nicht gespeichert.</translation>
    </message>
    <message>
        <source>What you typed in the welcome is not saved yet; it is still there later.</source>
        <translation>Was Sie in „Willkommen“ eingegeben haben, ist noch nicht gespeichert; es ist auch später noch da.</translation>
    </message>
    <message>
        <source>done</source>
        <translation>erledigt</translation>
    </message>
    <message>
        <source>copied</source>
        <translation>kopiert</translation>
    </message>
    <message>
        <source>Done as soon as a call has come with it.</source>
        <translation>Erledigt, sobald damit ein Anruf eingegangen ist.</translation>
    </message>
    <message>
        <source>next</source>
        <translation>als Nächstes</translation>
    </message>
    <message>
        <source>Everything works: calls come in, and results arrive.</source>
        <translation>Alles funktioniert: Anrufe gehen ein, und Ergebnisse kommen an.</translation>
    </message>
    <message>
        <source>Finish</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>The command palette shows it again, under “Welcome”</source>
        <translation>In der Befehlspalette finden Sie es unter „Willkommen“ wieder</translation>
    </message>
    <message>
        <source>%1 is created</source>
        <translation>%1 ist angelegt</translation>
    </message>
    <message>
        <source>Waiting for the receiver …</source>
        <translation>Warten auf den Empfänger …</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>Gespeichert</translation>
    </message>
    <message>
        <source>Saving …</source>
        <translation>Wird gespeichert …</translation>
    </message>
    <message>
        <source>Send a recording</source>
        <translation>Aufnahme senden</translation>
    </message>
    <message>
        <source>Recordings (*.wav *.mp3 *.ogg *.flac)</source>
        <translation>Aufnahmen (*.wav *.mp3 *.ogg *.flac)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Sending %1</source>
        <translation>%1 wird gesendet</translation>
    </message>
    <message>
        <source>Five steps from an empty appliance to results that arrive where you need them.</source>
        <translation>Fünf Schritte von einer leeren Appliance zu Ergebnissen, die dort ankommen, wo Sie sie brauchen.</translation>
    </message>
</context>
<context>
    <name>WhoCard</name>
    <message>
        <source>Contact details</source>
        <translation>Kontaktdaten</translation>
    </message>
    <message>
        <source>Company</source>
        <translation>Firma</translation>
    </message>
    <message>
        <source>Contact</source>
        <translation>Ansprechpartner</translation>
    </message>
    <message>
        <source>E-mail</source>
        <translation>E-Mail</translation>
    </message>
</context>
<context>
    <name>WithoutWords</name>
    <message>
        <source>What is stored of this call is damaged and cannot be shown.</source>
        <translation>Was von diesem Anruf gespeichert ist, ist beschädigt und kann nicht gezeigt werden.</translation>
    </message>
    <message>
        <source>It can be analysed again.</source>
        <translation>Der Anruf kann erneut ausgewertet werden.</translation>
    </message>
    <message>
        <source>It is being analysed</source>
        <translation>Er wird gerade ausgewertet</translation>
    </message>
    <message>
        <source>It waits for a worker</source>
        <translation>Er wartet auf einen Worker</translation>
    </message>
    <message>
        <source>What was said in this call was erased</source>
        <translation>Der Wortlaut dieses Anrufs wurde gelöscht</translation>
    </message>
    <message>
        <source>When its retention was over, or with its customer; that it took place is kept.</source>
        <translation>Nach Ablauf der Aufbewahrungsfrist oder mit dem Kunden; dass der Anruf stattfand, bleibt vermerkt.</translation>
    </message>
    <message>
        <source>Nothing was recorded in this call</source>
        <translation>In diesem Anruf wurde nichts aufgenommen</translation>
    </message>
    <message>
        <source>Nobody speaks in this recording.</source>
        <translation>In dieser Aufnahme spricht niemand.</translation>
    </message>
    <message>
        <source>Nothing was heard in this recording.</source>
        <translation>In dieser Aufnahme wurde nichts gehört.</translation>
    </message>
    <message>
        <source>Mostly nobody answered. It is no failure; a webhook tells of it only where the customer&apos;s settings say so.</source>
        <translation>Meist hat niemand abgenommen. Das ist kein Fehler; ein Webhook meldet es nur, wenn es beim Kunden so eingestellt ist.</translation>
    </message>
    <message>
        <source>It failed: %1</source>
        <translation>Der Anruf ist fehlgeschlagen: %1</translation>
    </message>
    <message>
        <source>The appliance says: %1</source>
        <translation>Die Appliance sagt: %1</translation>
    </message>
    <message>
        <source>%1 of it is done, by the worker %2.</source>
        <translation>%1 sind fertig, bearbeitet vom Worker %2.</translation>
    </message>
    <message>
        <source>None is ready at present: see System, Status.</source>
        <translation>Zurzeit ist keiner bereit: siehe System, Zustand.</translation>
    </message>
    <message>
        <source>It begins as soon as one is free.</source>
        <translation>Die Auswertung beginnt, sobald einer frei ist.</translation>
    </message>
    <message numerus="yes">
        <source>%n call(s) wait in all</source>
        <translation>
            <numerusform>Insgesamt wartet %n Anruf</numerusform>
            <numerusform>Insgesamt warten %n Anrufe</numerusform>
        </translation>
    </message>
    <message>
        <source>the first for %1</source>
        <translation>der erste seit %1</translation>
    </message>
    <message>
        <source>This page fills in by itself.</source>
        <translation>Diese Seite aktualisiert sich automatisch.</translation>
    </message>
</context>
<context>
    <name>WorkersCard</name>
    <message>
        <source>Workers</source>
        <translation>Worker</translation>
    </message>
    <message>
        <source>No worker has been heard of.</source>
        <translation>Kein Worker hat sich gemeldet.</translation>
    </message>
    <message>
        <source>%1 × real time</source>
        <translation>%1 × Echtzeit</translation>
    </message>
</context>
<context>
    <name>_FindingLine</name>
    <message>
        <source>failed</source>
        <translation>Störung</translation>
    </message>
    <message>
        <source>some day</source>
        <translation>bei Gelegenheit</translation>
    </message>
    <message>
        <source>look</source>
        <translation>prüfen</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Open: %1</source>
        <translation>Öffnen: %1</translation>
    </message>
</context>
<context>
    <name>advice</name>
    <message>
        <source>It was taken.</source>
        <translation>Der Webhook wurde angenommen.</translation>
    </message>
    <message>
        <source>the receiver answered 410 Gone</source>
        <translation>der Empfänger antwortete 410 Gone</translation>
    </message>
    <message>
        <source>no webhook was taken since %1</source>
        <translation>seit %1 wurde kein Webhook angenommen</translation>
    </message>
    <message>
        <source>the customer was deleted</source>
        <translation>der Kunde wurde gelöscht</translation>
    </message>
    <message>
        <source>it has no webhook address</source>
        <translation>er hat keine Webhook-Adresse</translation>
    </message>
    <message>
        <source>its endpoint is disabled</source>
        <translation>sein Endpunkt ist abgeschaltet</translation>
    </message>
    <message>
        <source>what it said was erased</source>
        <translation>sein Inhalt wurde gelöscht</translation>
    </message>
    <message>
        <source>It has no webhook address.</source>
        <translation>Er hat keine Webhook-Adresse.</translation>
    </message>
    <message>
        <source>Its address has no https: no certificate is shown there.</source>
        <translation>Seine Adresse hat kein https: Dort wird kein Zertifikat gezeigt.</translation>
    </message>
    <message>
        <source>It shows no certificate.</source>
        <translation>Er zeigt kein Zertifikat.</translation>
    </message>
    <message>
        <source>What is pending is sent by itself.</source>
        <translation>Was aussteht, wird von selbst gesendet.</translation>
    </message>
    <message>
        <source>It is tried again by itself, at %1, at its customer&apos;s present address.</source>
        <translation>Er wird von selbst erneut versucht, um %1, an der jetzigen Adresse seines Kunden.</translation>
    </message>
    <message>
        <source>They are tried again by themselves, the first at %1, at their customers&apos; present addresses.</source>
        <translation>Sie werden von selbst erneut versucht, der erste um %1, an den jetzigen Adressen ihrer Kunden.</translation>
    </message>
    <message>
        <source>The receiver&apos;s certificate is not trusted.</source>
        <translation>Dem Zertifikat des Empfängers wird nicht vertraut.</translation>
    </message>
    <message>
        <source>Enter its SHA-256, or the certificate of the authority that signed it.</source>
        <translation>Geben Sie seinen SHA-256 ein oder das Zertifikat der Stelle, die es signiert hat.</translation>
    </message>
    <message>
        <source>It does not speak TLS there.</source>
        <translation>Dort wird kein TLS gesprochen.</translation>
    </message>
    <message>
        <source>Does it listen on another port, or, within the office, speak http:// alone?</source>
        <translation>Antwortet der Empfänger auf einem anderen Port, oder spricht er, im Haus, nur http://?</translation>
    </message>
    <message>
        <source>Nothing goes over plain HTTP to a public address: anybody could read it.</source>
        <translation>An eine öffentliche Adresse geht nichts über unverschlüsseltes HTTP: Jeder könnte es lesen.</translation>
    </message>
    <message>
        <source>Enter an address with https, or have VBOT_WEBHOOK_PLAIN_HTTP name its network.</source>
        <translation>Geben Sie eine Adresse mit https ein, oder nehmen Sie ihr Netz in VBOT_WEBHOOK_PLAIN_HTTP auf.</translation>
    </message>
    <message>
        <source>The appliance does not send to that address.</source>
        <translation>Die Appliance sendet nicht an diese Adresse.</translation>
    </message>
    <message>
        <source>It is outside the networks that the setting VBOT_WEBHOOK_ALLOW names.</source>
        <translation>Sie liegt außerhalb der Netze, die die Einstellung VBOT_WEBHOOK_ALLOW nennt.</translation>
    </message>
    <message>
        <source>Nothing listens there.</source>
        <translation>Dort antwortet kein Programm.</translation>
    </message>
    <message>
        <source>Is the receiver&apos;s program running, and the port right?</source>
        <translation>Läuft das Programm des Empfängers, und stimmt der Port?</translation>
    </message>
    <message>
        <source>No machine of that name is known.</source>
        <translation>Kein Rechner dieses Namens ist bekannt.</translation>
    </message>
    <message>
        <source>Look for a typing error, and at the appliance&apos;s DNS server.</source>
        <translation>Prüfen Sie die Schreibweise und den DNS-Server der Appliance.</translation>
    </message>
    <message>
        <source>It did not answer in time.</source>
        <translation>Die Antwort kam nicht rechtzeitig.</translation>
    </message>
    <message>
        <source>The receiver should answer first and work afterwards; a firewall may be in the way.</source>
        <translation>Der Empfänger sollte erst antworten und dann arbeiten; vielleicht ist eine Firewall im Weg.</translation>
    </message>
    <message>
        <source>There is no way to it in the network.</source>
        <translation>Im Netz führt kein Weg zum Empfänger.</translation>
    </message>
    <message>
        <source>Can the appliance reach that network at all?</source>
        <translation>Erreicht die Appliance dieses Netz überhaupt?</translation>
    </message>
    <message>
        <source>No answer came: %1.</source>
        <translation>Es kam keine Antwort: %1.</translation>
    </message>
    <message>
        <source>The receiver answered %1.</source>
        <translation>Der Empfänger antwortete %1.</translation>
    </message>
    <message>
        <source>It asks for a login, or does not know the signature: does it have the present secret?</source>
        <translation>Der Empfänger verlangt eine Anmeldung oder kennt die Signatur nicht: Hat er das aktuelle Geheimnis?</translation>
    </message>
    <message>
        <source>Is the path of the address right?</source>
        <translation>Stimmt der Pfad der Adresse?</translation>
    </message>
    <message>
        <source>It wants no more webhooks. Enable it again once it does.</source>
        <translation>Der Empfänger nimmt keine Webhooks mehr an. Schalten Sie ihn wieder ein, sobald er es wieder tut.</translation>
    </message>
    <message>
        <source>It redirects. Enter the address where it leads to.</source>
        <translation>Der Empfänger leitet um. Geben Sie die Adresse ein, zu der er umleitet.</translation>
    </message>
    <message>
        <source>It is too busy; the retries come later.</source>
        <translation>Der Empfänger ist überlastet; die Wiederholungen kommen später.</translation>
    </message>
    <message>
        <source>The fault is on the receiver&apos;s side: its own log says more.</source>
        <translation>Der Fehler liegt beim Empfänger: Sein eigenes Log sagt mehr.</translation>
    </message>
</context>
<context>
    <name>appliance</name>
    <message>
        <source>is of before backups were sealed: by its own checksums it is whole, but nobody can tell whether it was changed</source>
        <translation>stammt aus der Zeit, als Sicherungen noch nicht versiegelt wurden: Nach ihren eigenen Prüfsummen ist sie vollständig, aber niemand kann sagen, ob sie verändert wurde</translation>
    </message>
    <message>
        <source>the disk has no room to unpack its database of %1 bytes</source>
        <translation>auf der Festplatte ist kein Platz, ihre Datenbank von %1 Byte zu entpacken</translation>
    </message>
    <message>
        <source>%1 was changed: no vBot that wrote this database left a backup unsealed</source>
        <translation>%1 wurde verändert: Kein vBot, das diese Datenbank geschrieben hat, hinterließ eine Sicherung unversiegelt</translation>
    </message>
    <message>
        <source>%1 holds %2 instead of %3</source>
        <translation>%1 enthält %2 statt %3</translation>
    </message>
    <message>
        <source>%1 is sealed under another recovery key than this appliance&apos;s</source>
        <translation>%1 ist unter einem anderen Wiederherstellungsschlüssel versiegelt als dem dieser Appliance</translation>
    </message>
    <message>
        <source>%1 is damaged: its %2 does not open</source>
        <translation>%1 ist beschädigt: Die Datei %2 darin lässt sich nicht öffnen</translation>
    </message>
    <message>
        <source>%1: its %2</source>
        <translation>%1: die Datei %2 darin</translation>
    </message>
    <message>
        <source>%1 call</source>
        <translation>%1 Anruf</translation>
    </message>
    <message>
        <source>%1 calls</source>
        <translation>%1 Anrufe</translation>
    </message>
    <message>
        <source>see the log of the api</source>
        <translation>siehe das Log der API</translation>
    </message>
    <message>
        <source>a backup is to be made before, and that failed: %1</source>
        <translation>vorher muss eine Sicherung erstellt werden, und das ist fehlgeschlagen: %1</translation>
    </message>
    <message>
        <source>there is no backup %1</source>
        <translation>es gibt keine Sicherung %1</translation>
    </message>
    <message>
        <source>the folder of the backups did not answer within %1 s</source>
        <translation>der Ordner der Sicherungen hat nicht binnen %1 s geantwortet</translation>
    </message>
    <message>
        <source>the folder of the backups cannot be read: %1</source>
        <translation>der Ordner der Sicherungen lässt sich nicht lesen: %1</translation>
    </message>
    <message>
        <source>backup %1 is still being made</source>
        <translation>Sicherung %1 wird noch erstellt</translation>
    </message>
    <message>
        <source>backup %1 failed: there is no file</source>
        <translation>Sicherung %1 ist fehlgeschlagen: Es gibt keine Datei</translation>
    </message>
    <message>
        <source>see the log</source>
        <translation>siehe das Log</translation>
    </message>
    <message>
        <source>the database is closed</source>
        <translation>die Datenbank ist geschlossen</translation>
    </message>
    <message>
        <source>the database cannot be read: %1</source>
        <translation>die Datenbank lässt sich nicht lesen: %1</translation>
    </message>
    <message>
        <source>the database cannot be copied: %1</source>
        <translation>die Datenbank lässt sich nicht kopieren: %1</translation>
    </message>
    <message>
        <source>the database cannot be written anew: %1</source>
        <translation>die Datenbank lässt sich nicht neu schreiben: %1</translation>
    </message>
    <message>
        <source>the key of %1, %2 beside it, is missing or damaged, or does not belong to this master key; %3</source>
        <translation>der Schlüssel von %1, %2 daneben, fehlt, ist beschädigt oder gehört nicht zu diesem Hauptschlüssel; %3</translation>
    </message>
    <message>
        <source>cannot open %1: %2</source>
        <translation>%1 lässt sich nicht öffnen: %2</translation>
    </message>
    <message>
        <source>`vbot repair` saves what can be read, `vbot restore BACKUP --recovery-key-file F` brings a backup back instead</source>
        <translation>`vbot repair` rettet, was lesbar ist; `vbot restore BACKUP --recovery-key-file F` stellt stattdessen eine Sicherung wieder her</translation>
    </message>
    <message>
        <source>%1: %2 may be lost; %3</source>
        <translation>%1: Verloren sein kann %2; %3</translation>
    </message>
    <message>
        <source>what was changed since %1 UTC</source>
        <translation>was seit %1 UTC geändert wurde</translation>
    </message>
    <message>
        <source>and %1 commits lie behind that</source>
        <translation>und %1 Schreibvorgänge liegen dahinter</translation>
    </message>
    <message>
        <source>cut off</source>
        <translation>abgeschnitten</translation>
    </message>
    <message>
        <source>at byte %1</source>
        <translation>bei Byte %1</translation>
    </message>
    <message>
        <source>what it held</source>
        <translation>was darin stand</translation>
    </message>
    <message>
        <source>what lay there</source>
        <translation>was dort lag</translation>
    </message>
    <message>
        <source>its head</source>
        <translation>der Anfang</translation>
    </message>
    <message>
        <source>its end</source>
        <translation>das Ende</translation>
    </message>
    <message>
        <source>%1 was written by a newer vBot</source>
        <translation>%1 wurde von einem neueren vBot geschrieben</translation>
    </message>
    <message>
        <source>%1 is damaged: %2 is not what was written</source>
        <translation>%1 ist beschädigt: %2 ist nicht, was geschrieben wurde</translation>
    </message>
    <message>
        <source>%1 was written by a newer vBot (%2)</source>
        <translation>%1 wurde von einem neueren vBot geschrieben (%2)</translation>
    </message>
    <message>
        <source>%1 cannot be read: %2</source>
        <translation>%1 lässt sich nicht lesen: %2</translation>
    </message>
    <message>
        <source>%1 is cut off: %2 is not whole</source>
        <translation>%1 ist abgeschnitten: %2 ist unvollständig</translation>
    </message>
    <message>
        <source>%1 has a manifest that we do not understand: %2</source>
        <translation>%1 hat ein Verzeichnis, das dieses vBot nicht versteht: %2</translation>
    </message>
    <message>
        <source>%1 has no %2</source>
        <translation>in %1 fehlt %2</translation>
    </message>
    <message>
        <source>the recovery key does not open this backup</source>
        <translation>der Wiederherstellungsschlüssel öffnet diese Sicherung nicht</translation>
    </message>
    <message>
        <source>%1 names a file outside the recordings</source>
        <translation>%1 nennt eine Datei außerhalb der Aufnahmen</translation>
    </message>
    <message>
        <source>`vbot restore BACKUP --recovery-key-file F --secrets-only` brings back what a backup has of it</source>
        <translation>`vbot restore BACKUP --recovery-key-file F --secrets-only` bringt zurück, was eine Sicherung davon hat</translation>
    </message>
    <message>
        <source>%1 is empty: either the master key is the systemd credential %2, and this process was not given it; or the file was cut off, and %3</source>
        <translation>%1 ist leer: Entweder ist der Hauptschlüssel das systemd-Credential %2, und dieser Prozess hat es nicht bekommen; oder die Datei wurde abgeschnitten, und %3</translation>
    </message>
    <message>
        <source>%1 is damaged: %2</source>
        <translation>%1 ist beschädigt: %2</translation>
    </message>
    <message>
        <source>%1 is damaged, or was sealed under another master key: %2</source>
        <translation>%1 ist beschädigt oder wurde unter einem anderen Hauptschlüssel versiegelt: %2</translation>
    </message>
    <message>
        <source>its key is damaged, or does not belong to this master key</source>
        <translation>der Schlüssel dazu ist beschädigt oder gehört nicht zu diesem Hauptschlüssel</translation>
    </message>
    <message>
        <source>it is damaged, or does not belong to this master key</source>
        <translation>beschädigt, oder nicht von diesem Hauptschlüssel</translation>
    </message>
    <message>
        <source>was not sealed under this key, or not for this list</source>
        <translation>wurde nicht unter diesem Schlüssel versiegelt, oder nicht für diese Liste</translation>
    </message>
    <message>
        <source>a stored secret does not belong to this master key, or not here</source>
        <translation>ein gespeichertes Geheimnis gehört nicht zu diesem Hauptschlüssel oder nicht hierher</translation>
    </message>
    <message>
        <source>the credential %1 does not belong to %2: %3</source>
        <translation>das Credential %1 gehört nicht zu %2: %3</translation>
    </message>
    <message>
        <source>its header %1 is of %2 bytes</source>
        <translation>der Kopf %1 darin ist %2 Byte lang</translation>
    </message>
    <message>
        <source>a size in it is no number</source>
        <translation>eine Größenangabe darin ist keine Zahl</translation>
    </message>
    <message>
        <source>it holds %1 twice</source>
        <translation>%1 ist doppelt darin</translation>
    </message>
    <message>
        <source>it holds more than %1 files</source>
        <translation>mehr als %1 Dateien sind darin</translation>
    </message>
    <message>
        <source>%1 is not whole</source>
        <translation>%1 ist unvollständig</translation>
    </message>
    <message>
        <source>its header %1 is not one</source>
        <translation>der Kopf %1 darin ist keiner</translation>
    </message>
    <message>
        <source>%1 in it is no plain file</source>
        <translation>%1 darin ist keine gewöhnliche Datei</translation>
    </message>
    <message>
        <source>it is damaged between byte %1 and %2</source>
        <translation>sie ist zwischen Byte %1 und %2 beschädigt</translation>
    </message>
    <message>
        <source>part %1 is damaged</source>
        <translation>Teil %1 ist beschädigt</translation>
    </message>
    <message>
        <source>%1 was changed while it was read</source>
        <translation>%1 wurde während des Lesens verändert</translation>
    </message>
    <message>
        <source>it is not sealed</source>
        <translation>nicht versiegelt</translation>
    </message>
    <message>
        <source>it is of a newer form</source>
        <translation>von einer neueren Form</translation>
    </message>
    <message>
        <source>the key does not open it</source>
        <translation>der Schlüssel öffnet die Datei nicht</translation>
    </message>
    <message>
        <source>a file</source>
        <translation>eine Datei</translation>
    </message>
    <message>
        <source>that takes %1 MB of memory, and the api&apos;s database may have %2 MB</source>
        <translation>dafür sind %1 MB Arbeitsspeicher nötig, und die Datenbank der API darf %2 MB belegen</translation>
    </message>
    <message>
        <source>the database was not written anew: its table %1 did not come out the same</source>
        <translation>die Datenbank wurde nicht neu geschrieben: Die Tabelle %1 kam nicht gleich heraus</translation>
    </message>
    <message>
        <source>the database was not written anew: its log could not be emptied</source>
        <translation>die Datenbank wurde nicht neu geschrieben: Ihr Protokoll ließ sich nicht leeren</translation>
    </message>
    <message>
        <source>the database was not written anew: the texts of its table %1 did not come out the same</source>
        <translation>die Datenbank wurde nicht neu geschrieben: Die Texte der Tabelle %1 kamen nicht gleich heraus</translation>
    </message>
    <message>
        <source>the database was not written anew: what was written is not there%1</source>
        <translation>die Datenbank wurde nicht neu geschrieben: Was geschrieben wurde, ist nicht da%1</translation>
    </message>
    <message>
        <source>the database cannot be written: %1</source>
        <translation>die Datenbank lässt sich nicht beschreiben: %1</translation>
    </message>
    <message>
        <source>the customer was deleted</source>
        <translation>der Kunde wurde gelöscht</translation>
    </message>
    <message>
        <source>the customer has no webhook URL</source>
        <translation>der Kunde hat keine Webhook-URL</translation>
    </message>
    <message>
        <source>must be a number, its beginning and *, or two numbers and .. between them</source>
        <translation>muss eine Nummer sein, ihr Anfang und *, oder zwei Nummern mit .. dazwischen</translation>
    </message>
    <message>
        <source>must go from a number to a higher one of as many digits</source>
        <translation>muss von einer Nummer zu einer höheren mit ebenso vielen Ziffern gehen</translation>
    </message>
    <message>
        <source>must have at most %1 entries</source>
        <translation>darf höchstens %1 Einträge haben</translation>
    </message>
    <message>
        <source>entry %1 must have at most %2 characters</source>
        <translation>Eintrag %1 darf höchstens %2 Zeichen haben</translation>
    </message>
    <message>
        <source>entry %1 %2</source>
        <translation>Eintrag %1 %2</translation>
    </message>
    <message>
        <source>must be one line without control characters</source>
        <translation>muss eine Zeile ohne Steuerzeichen sein</translation>
    </message>
    <message>
        <source>entry %1 must not be empty</source>
        <translation>Eintrag %1 darf nicht leer sein</translation>
    </message>
    <message>
        <source>entry %1 must not contain control characters</source>
        <translation>Eintrag %1 darf keine Steuerzeichen enthalten</translation>
    </message>
    <message>
        <source>the first bytes are no audio that we can read</source>
        <translation>die ersten Bytes sind kein lesbarer Ton</translation>
    </message>
    <message>
        <source>rate limit exceeded</source>
        <translation>zu viele Anfragen</translation>
    </message>
    <message>
        <source>too many failed logins</source>
        <translation>zu viele fehlgeschlagene Anmeldungen</translation>
    </message>
    <message>
        <source>%1 calls are not final yet, as many as this customer may have at a time</source>
        <translation>%1 Anrufe sind noch nicht fertig; mehr darf dieser Kunde nicht gleichzeitig haben</translation>
    </message>
    <message>
        <source>more than %1 h of audio in 24 h, calls in hand counted by their size</source>
        <translation>mehr als %1 h Ton in 24 h; Anrufe in Arbeit sind nach ihrer Größe gezählt</translation>
    </message>
    <message>
        <source>with this recording more than %1 GB would be stored</source>
        <translation>mit dieser Aufnahme wären mehr als %1 GB gespeichert</translation>
    </message>
    <message>
        <source>is damaged on the appliance&apos;s disk: %1</source>
        <translation>ist auf der Festplatte der Appliance beschädigt: %1</translation>
    </message>
    <message>
        <source>there is no line %1 of which something can be erased</source>
        <translation>es gibt keine Zeile %1, aus der sich etwas löschen ließe</translation>
    </message>
    <message>
        <source>there is no token %1</source>
        <translation>es gibt kein Token %1</translation>
    </message>
    <message>
        <source>there is no customer %1</source>
        <translation>es gibt keinen Kunden %1</translation>
    </message>
    <message>
        <source>the api stops</source>
        <translation>die API wird beendet</translation>
    </message>
    <message>
        <source>call %1 is not final after %2 s</source>
        <translation>Anruf %1 ist nach %2 s noch nicht fertig</translation>
    </message>
    <message>
        <source>a newer revision of call %1 has taken its place</source>
        <translation>eine neuere Revision von Anruf %1 ist an dessen Stelle getreten</translation>
    </message>
    <message>
        <source>the customer is unknown</source>
        <translation>der Kunde ist unbekannt</translation>
    </message>
    <message>
        <source>there is no call %1</source>
        <translation>es gibt keinen Anruf %1</translation>
    </message>
    <message>
        <source>the worker stopped %1 times while it analysed this recording</source>
        <translation>der Worker wurde %1-mal beendet, während er diese Aufnahme auswertete</translation>
    </message>
    <message>
        <source>what the worker reported cannot be stored: %1</source>
        <translation>was der Worker gemeldet hat, lässt sich nicht speichern: %1</translation>
    </message>
    <message>
        <source>there is no delivery %1</source>
        <translation>es gibt keine Zustellung %1</translation>
    </message>
    <message>
        <source>there are no words of call %1</source>
        <translation>von Anruf %1 gibt es keine Wörter</translation>
    </message>
    <message>
        <source>there is no result of revision %1 of call %2</source>
        <translation>es gibt kein Ergebnis der Revision %1 von Anruf %2</translation>
    </message>
    <message>
        <source>revision %1 of call %2 is damaged: %3</source>
        <translation>Revision %1 von Anruf %2 ist beschädigt: %3</translation>
    </message>
    <message>
        <source>the recording of call %1 was erased, or never was</source>
        <translation>die Aufnahme von Anruf %1 wurde gelöscht, oder es gab nie eine</translation>
    </message>
    <message>
        <source>the worker was restarted</source>
        <translation>der Worker wurde neu gestartet</translation>
    </message>
    <message>
        <source>its lease ended</source>
        <translation>seine Frist ist abgelaufen</translation>
    </message>
    <message>
        <source>not done: both parties of an internal call are inside</source>
        <translation>nicht bestimmt: Bei einem internen Anruf sind beide Seiten im Haus</translation>
    </message>
    <message>
        <source>not done: which party is outside is not known</source>
        <translation>nicht bestimmt: Welche Seite außerhalb des Hauses ist, ist nicht bekannt</translation>
    </message>
    <message>
        <source>not done: nobody speaks</source>
        <translation>nicht bestimmt: Niemand spricht</translation>
    </message>
    <message>
        <source>not done: the outside party does not speak</source>
        <translation>nicht bestimmt: Die Seite außerhalb des Hauses spricht nicht</translation>
    </message>
    <message>
        <source>the api is stopping, or starts again</source>
        <translation>die API wird beendet oder startet neu</translation>
    </message>
    <message>
        <source>the call is not final yet</source>
        <translation>der Anruf ist noch nicht fertig</translation>
    </message>
    <message>
        <source>the call&apos;s recording was erased</source>
        <translation>die Aufnahme des Anrufs wurde gelöscht</translation>
    </message>
    <message>
        <source>the appliance&apos;s disk does not give it back (%1): what it came to stays as it is</source>
        <translation>die Festplatte der Appliance gibt sie nicht zurück (%1): Das bisherige Ergebnis bleibt, wie es ist</translation>
    </message>
    <message>
        <source>a report</source>
        <translation>eine Meldung</translation>
    </message>
    <message>
        <source>%1 seconds cannot be in a recording of %2 bytes (at most %3)</source>
        <translation>%1 Sekunden passen nicht in eine Aufnahme von %2 Byte (höchstens %3)</translation>
    </message>
    <message>
        <source>%1 of %2 bytes cannot come of a recording of %3 bytes (at most %4)</source>
        <translation>%1 von %2 Byte kann nicht aus einer Aufnahme von %3 Byte stammen (höchstens %4)</translation>
    </message>
    <message>
        <source>%1 is the id of call %2 (%3); this is another call (%4): send it under an id of its own, or with the `linked_id` that ties both together</source>
        <translation>%1 ist die Kennung von Anruf %2 (%3); dies ist ein anderer Anruf (%4): Senden Sie ihn unter einer eigenen Kennung, oder mit der `linked_id`, die beide verbindet</translation>
    </message>
    <message>
        <source>its start not sent</source>
        <translation>ohne Angabe des Beginns</translation>
    </message>
    <message>
        <source>started %1</source>
        <translation>begonnen %1</translation>
    </message>
    <message>
        <source>too many statistics are asked for at once</source>
        <translation>zu viele Statistiken werden gleichzeitig abgefragt</translation>
    </message>
    <message>
        <source>a result</source>
        <translation>ein Ergebnis</translation>
    </message>
    <message>
        <source>the words</source>
        <translation>die Wörter</translation>
    </message>
    <message>
        <source>the texts of this call are erased, and tags go with them</source>
        <translation>die Texte dieses Anrufs sind gelöscht, und Schlagwörter mit ihnen</translation>
    </message>
    <message>
        <source>the uploads of this customer would take more than half of the disk&apos;s room</source>
        <translation>was dieser Kunde gerade sendet, würde mehr als die Hälfte des freien Platzes belegen</translation>
    </message>
    <message>
        <source>The disk does not give back what was written, and what it lost cannot be mended: look at it (`smartctl -a`, `journalctl -k`), make a backup, and replace it</source>
        <translation>Die Festplatte gibt nicht zurück, was geschrieben wurde, und was sie verloren hat, lässt sich nicht retten: Prüfen Sie sie (`smartctl -a`, `journalctl -k`), erstellen Sie eine Sicherung, und tauschen Sie sie aus</translation>
    </message>
    <message>
        <source>was not ready within %1 s</source>
        <translation>war nicht binnen %1 s bereit</translation>
    </message>
    <message>
        <source>gave no sign of life for %1 s</source>
        <translation>gab %1 s lang kein Lebenszeichen</translation>
    </message>
    <message>
        <source>without a word</source>
        <translation>ohne eine Meldung</translation>
    </message>
    <message>
        <source>%1: out of memory?</source>
        <translation>%1: zu wenig Arbeitsspeicher?</translation>
    </message>
    <message>
        <source>killed %1</source>
        <translation>abgebrochen, %1</translation>
    </message>
    <message>
        <source>%1 died %2 while loading: %3</source>
        <translation>%1 ist %2 beim Laden abgestürzt: %3</translation>
    </message>
    <message>
        <source>%1 times</source>
        <translation>%1-mal</translation>
    </message>
    <message>
        <source>killed by SIGKILL %1</source>
        <translation>mit SIGKILL abgebrochen, %1</translation>
    </message>
    <message>
        <source>ended with exit code %1 %2</source>
        <translation>endete mit Exit-Code %1, %2</translation>
    </message>
    <message>
        <source>killed by %1: %2</source>
        <translation>durch %1 beendet: %2</translation>
    </message>
    <message>
        <source>killed by %1 %2</source>
        <translation>durch %1 beendet, %2</translation>
    </message>
    <message>
        <source>`install -m 644 systemd/vbot.target systemd/vbot-*.service /etc/systemd/system/ &amp;&amp; systemctl daemon-reload &amp;&amp; systemctl restart vbot.target vbot-api` in a checkout of this version</source>
        <translation>`install -m 644 systemd/vbot.target systemd/vbot-*.service /etc/systemd/system/ &amp;&amp; systemctl daemon-reload &amp;&amp; systemctl restart vbot.target vbot-api` in einem Checkout dieser Version</translation>
    </message>
    <message>
        <source>`apt install libseccomp2`, on a kernel with Landlock (`cat /sys/kernel/security/lsm`)</source>
        <translation>`apt install libseccomp2`, mit einem Kernel, der Landlock hat (`cat /sys/kernel/security/lsm`)</translation>
    </message>
    <message>
        <source>%1 is not wholly held: %2: %3</source>
        <translation>%1 ist nicht ganz abgeschottet: %2: %3</translation>
    </message>
    <message>
        <source>whoever reaches the queue can do everything there, for want of %1</source>
        <translation>wer die Warteschlange erreicht, kann dort alles tun; es fehlt %1</translation>
    </message>
    <message>
        <source>the queue&apos;s users have the rights of another version: restart vbot-valkey, or make them anew in a queue of your own (python -m appliance.queue.access --show)</source>
        <translation>die Benutzer der Warteschlange haben die Rechte einer anderen Version: Starten Sie vbot-valkey neu, oder legen Sie sie in einer eigenen Warteschlange neu an (python -m appliance.queue.access --show)</translation>
    </message>
    <message>
        <source>the queue is not reachable: %1</source>
        <translation>die Warteschlange ist nicht erreichbar: %1</translation>
    </message>
    <message>
        <source>%1 does not have the names under which this box is reached (%2)</source>
        <translation>%1 enthält nicht die Namen, unter denen diese Box erreicht wird (%2)</translation>
    </message>
    <message>
        <source>%1 is valid from %2 UTC on only: if that is past, this box&apos;s clock is wrong, else it was made by one that ran ahead</source>
        <translation>%1 gilt erst ab %2 UTC: Ist das vorbei, geht die Uhr dieser Box falsch; sonst wurde es von einer Box ausgestellt, deren Uhr vorgeht</translation>
    </message>
    <message>
        <source>renew it where it came from, then `systemctl reload vbot-api`</source>
        <translation>erneuern Sie es dort, woher es kommt, dann `systemctl reload vbot-api`</translation>
    </message>
    <message>
        <source>`vbot certificate request`, then `vbot certificate install FILE`</source>
        <translation>`vbot certificate request`, danach `vbot certificate install FILE`</translation>
    </message>
    <message>
        <source>and for those its authority may not vouch: whoever keeps it (curl --cacert) needs the new one</source>
        <translation>und für diese darf seine Zertifizierungsstelle nicht bürgen: Wer deren Zertifikat verwendet (curl --cacert), braucht das neue</translation>
    </message>
    <message>
        <source>%1 expires on %2, in %3</source>
        <translation>%1 läuft am %2 ab (noch %3)</translation>
    </message>
    <message>
        <source>%1 has expired on %2</source>
        <translation>%1 ist am %2 abgelaufen</translation>
    </message>
    <message>
        <source>%1 day</source>
        <translation>%1 Tag</translation>
    </message>
    <message>
        <source>its certificate is not accepted: %1</source>
        <translation>das Zertifikat der Gegenstelle wird nicht akzeptiert: %1</translation>
    </message>
    <message>
        <source>it does not answer</source>
        <translation>die Gegenstelle antwortet nicht</translation>
    </message>
    <message>
        <source>it takes nothing</source>
        <translation>die Gegenstelle nimmt nichts an</translation>
    </message>
    <message>
        <source>it has ended the connection</source>
        <translation>die Gegenstelle hat die Verbindung beendet</translation>
    </message>
    <message>
        <source>this box&apos;s clock has jumped ahead by more than %1 days, and no time server has set it: right or wrong, it is believed from %2 on (`timedatectl set-ntp true`)</source>
        <translation>die Uhr dieser Box ist um mehr als %1 Tage vorgesprungen, und kein Zeitserver hat sie gestellt: Richtig oder falsch, ab %2 gilt sie (`timedatectl set-ntp true`)</translation>
    </message>
    <message>
        <source>%1 posts were refused in the last hour, the last: %2</source>
        <translation>%1 Sendungen wurden in der letzten Stunde abgewiesen, die letzte: %2</translation>
    </message>
    <message>
        <source>customer %1: %2</source>
        <translation>Kunde %1: %2</translation>
    </message>
    <message>
        <source>1 post was refused in the last hour: %1</source>
        <translation>1 Sendung wurde in der letzten Stunde abgewiesen: %1</translation>
    </message>
    <message>
        <source>and those of %1</source>
        <translation>und die von %1</translation>
    </message>
    <message>
        <source>%1 other customer</source>
        <translation>%1 weiteren Kunden</translation>
    </message>
    <message>
        <source>%1 other customers</source>
        <translation>%1 weiteren Kunden</translation>
    </message>
    <message>
        <source>No call for %1; about %2 an hour are usual at its working times</source>
        <translation>Vergangen seit dem letzten Anruf: %1; etwa %2 pro Stunde sind zu den Arbeitszeiten üblich</translation>
    </message>
    <message>
        <source>%1 hour</source>
        <translation>%1 Stunde</translation>
    </message>
    <message>
        <source>%1 hours</source>
        <translation>%1 Stunden</translation>
    </message>
    <message>
        <source>There is no backup in its folder</source>
        <translation>In ihrem Ordner liegt keine Sicherung</translation>
    </message>
    <message>
        <source>The last one is of %1</source>
        <translation>Die letzte ist vom %1</translation>
    </message>
    <message>
        <source>What makes backups has ended: restart the api</source>
        <translation>Was Sicherungen erstellt, läuft nicht mehr: Starten Sie die API neu</translation>
    </message>
    <message>
        <source>The last backup failed: %1</source>
        <translation>Die letzte Sicherung ist fehlgeschlagen: %1</translation>
    </message>
    <message>
        <source>A backup is due since %1</source>
        <translation>Eine Sicherung ist fällig seit %1</translation>
    </message>
    <message>
        <source>No backup is made by itself: VBOT_BACKUP_EVERY_HOURS is 0. %1</source>
        <translation>Keine Sicherung wird automatisch erstellt: VBOT_BACKUP_EVERY_HOURS ist 0. %1</translation>
    </message>
    <message>
        <source>the certificate is an authority&apos;s, as an older vBot made them: who trusts it trusts this box for every site; `vbot certificate renew` makes another, and its key stays</source>
        <translation>das Zertifikat ist das einer Zertifizierungsstelle, wie ein älteres vBot es ausstellte: Wer ihm vertraut, vertraut dieser Box für jede Website; `vbot certificate renew` stellt ein neues aus, der Schlüssel bleibt</translation>
    </message>
    <message>
        <source>Its file is not encrypted yet, as an older vBot left it: it is being written anew</source>
        <translation>Die Datei ist noch nicht verschlüsselt, wie ein älteres vBot sie hinterließ: Sie wird gerade neu geschrieben</translation>
    </message>
    <message>
        <source>without the token of a claim (forged, or of a worker of an older version)</source>
        <translation>ohne gültigen Nachweis der Zuteilung (gefälscht, oder von einem Worker einer älteren Version)</translation>
    </message>
    <message>
        <source>too late</source>
        <translation>zu spät</translation>
    </message>
    <message>
        <source>that nobody understands</source>
        <translation>unverständlich</translation>
    </message>
    <message>
        <source>that could not be stored, whose attempt has failed</source>
        <translation>nicht zu speichern; der Versuch ist fehlgeschlagen</translation>
    </message>
    <message>
        <source>that could not be stored for too long, whose call is queued again</source>
        <translation>zu lange nicht zu speichern; der Anruf ist wieder in der Warteschlange</translation>
    </message>
    <message>
        <source>%1 GB of %2 GB are free</source>
        <translation>%1 GB von %2 GB sind frei</translation>
    </message>
    <message>
        <source>The certificate expires on %1, in %2</source>
        <translation>Das Zertifikat läuft am %1 ab (noch %2)</translation>
    </message>
    <message>
        <source>%1 webhook that was sent</source>
        <translation>%1 gesendeten Webhook</translation>
    </message>
    <message>
        <source>%1 webhooks that were sent</source>
        <translation>%1 gesendeten Webhooks</translation>
    </message>
    <message>
        <source>It does not take what came of %1: the api&apos;s log says why. After a restart they are sent again</source>
        <translation>Sie nimmt nicht auf, was aus %1 wurde: Den Grund nennt das Log der API. Nach einem Neustart werden sie noch einmal gesendet</translation>
    </message>
    <message>
        <source>It takes what is written</source>
        <translation>Sie nimmt auf, was geschrieben wird</translation>
    </message>
    <message>
        <source>below the floor of %1 GB no calls are accepted</source>
        <translation>unter der Untergrenze von %1 GB werden keine Anrufe angenommen</translation>
    </message>
    <message>
        <source>The queue does not answer: calls are accepted and wait</source>
        <translation>Die Warteschlange antwortet nicht: Anrufe werden angenommen und warten</translation>
    </message>
    <message>
        <source>since %1 s</source>
        <translation>seit %1 s</translation>
    </message>
    <message>
        <source>since %1 minutes</source>
        <translation>seit %1 Minuten</translation>
    </message>
    <message>
        <source>Results cannot be stored: %1. They wait in the queue</source>
        <translation>Ergebnisse lassen sich nicht speichern: %1. Sie warten in der Warteschlange</translation>
    </message>
    <message>
        <source>Reports of workers were not taken in the last hour: %1</source>
        <translation>Meldungen von Workern wurden in der letzten Stunde nicht angenommen: %1</translation>
    </message>
    <message>
        <source>They are stored as they come</source>
        <translation>Sie werden gespeichert, sobald sie eintreffen</translation>
    </message>
    <message>
        <source>%1 webhooks rest since a restore: they may have been sent after the backup was made. Look at them (state `disabled`), and send them again</source>
        <translation>%1 Webhooks ruhen seit einer Wiederherstellung: Sie können nach dieser Sicherung schon gesendet worden sein. Sehen Sie sie durch (Zustand `disabled`), und senden Sie sie noch einmal</translation>
    </message>
    <message>
        <source>%1 webhook</source>
        <translation>%1 Webhook</translation>
    </message>
    <message>
        <source>%1 webhooks</source>
        <translation>%1 Webhooks</translation>
    </message>
    <message>
        <source>All endpoints take them</source>
        <translation>Alle Endpunkte nehmen sie an</translation>
    </message>
    <message>
        <source>Nothing is sent to %1: plain HTTP to a public address can be read on its way. Enter an address with https, or name its network in VBOT_WEBHOOK_PLAIN_HTTP</source>
        <translation>An %1 wird nichts gesendet: Unverschlüsseltes HTTP an eine öffentliche Adresse lässt sich unterwegs mitlesen. Tragen Sie eine Adresse mit https ein, oder nennen Sie ihr Netz in VBOT_WEBHOOK_PLAIN_HTTP</translation>
    </message>
    <message>
        <source>The certificate is valid from %1 UTC on only, and refused until then</source>
        <translation>Das Zertifikat gilt erst ab %1 UTC und wird bis dahin zurückgewiesen</translation>
    </message>
    <message>
        <source>Tokens end soon: %1%2. Create new ones before</source>
        <translation>Token laufen bald ab: %1%2. Erstellen Sie vorher neue</translation>
    </message>
    <message>
        <source>It is broken at line %1 (%2): %3. See `vbot audit verify`</source>
        <translation>Es ist unterbrochen bei Zeile %1 (%2): %3. Siehe `vbot audit verify`</translation>
    </message>
    <message>
        <source>The api answers</source>
        <translation>Die API antwortet</translation>
    </message>
    <message>
        <source>No call can be stored: %1</source>
        <translation>Kein Anruf lässt sich speichern: %1</translation>
    </message>
    <message>
        <source>It takes what is written. %1</source>
        <translation>Sie nimmt auf, was geschrieben wird. %1</translation>
    </message>
    <message>
        <source>%1, less than the floor of %2 GB</source>
        <translation>%1, weniger als die Untergrenze von %2 GB</translation>
    </message>
    <message>
        <source>Only %1; %2</source>
        <translation>Nur %1; %2</translation>
    </message>
    <message>
        <source>It answers</source>
        <translation>Sie antwortet</translation>
    </message>
    <message>
        <source>No worker is there: calls are accepted and wait%1</source>
        <translation>Kein Worker ist da: Anrufe werden angenommen und warten%1</translation>
    </message>
    <message>
        <source>Nothing is heard of %1 any more%2</source>
        <translation>Nichts mehr zu hören ist von %1%2</translation>
    </message>
    <message>
        <source>the api</source>
        <translation>die API</translation>
    </message>
    <message>
        <source>Webhooks rest, because their endpoints were disabled: of %1</source>
        <translation>Webhooks ruhen, weil ihre Endpunkte abgeschaltet wurden: die von %1</translation>
    </message>
    <message>
        <source>%1 of the last 24 hours could not be delivered</source>
        <translation>Nicht zuzustellen in den letzten 24 Stunden: %1</translation>
    </message>
    <message>
        <source>What goes to %1 can be read on its way: plain HTTP to a public address</source>
        <translation>Was an %1 geht, lässt sich unterwegs mitlesen: unverschlüsseltes HTTP an eine öffentliche Adresse</translation>
    </message>
    <message>
        <source>%1; if that is past, this box&apos;s clock is wrong</source>
        <translation>%1; ist das vorbei, geht die Uhr dieser Box falsch</translation>
    </message>
    <message>
        <source>The certificate expired on %1</source>
        <translation>Das Zertifikat ist am %1 abgelaufen</translation>
    </message>
    <message>
        <source>None ends soon</source>
        <translation>Keines läuft bald ab</translation>
    </message>
    <message>
        <source>The audit goes to %1</source>
        <translation>Das Prüfprotokoll geht an %1</translation>
    </message>
    <message>
        <source>None was found damaged in the last 24 hours</source>
        <translation>In den letzten 24 Stunden wurde keine beschädigte gefunden</translation>
    </message>
    <message>
        <source>What was erased leaves traces in the database; since %1 they cannot go: %2</source>
        <translation>Was gelöscht wurde, hinterlässt Spuren in der Datenbank; diese lassen sich nicht beseitigen seit %1: %2</translation>
    </message>
    <message>
        <source>Recordings of an earlier version are not encrypted since %1: %2</source>
        <translation>Aufnahmen einer früheren Version sind nicht verschlüsselt seit %1: %2</translation>
    </message>
    <message>
        <source>Nothing is erased by its age since %1, as its clock has it: %2</source>
        <translation>Nichts wird nach seinem Alter gelöscht, nach der Uhr der Box seit %1: %2</translation>
    </message>
    <message>
        <source>What was erased is gone in time</source>
        <translation>Was gelöscht wurde, ist fristgerecht beseitigt</translation>
    </message>
    <message>
        <source>It runs</source>
        <translation>Es läuft</translation>
    </message>
    <message>
        <source>mostly %1 (%2)</source>
        <translation>meist %1 (%2)</translation>
    </message>
    <message>
        <source>most often %1 (%2)</source>
        <translation>am häufigsten %1 (%2)</translation>
    </message>
    <message>
        <source>%1 of the %2 calls with sound recordings failed</source>
        <translation>%1 von %2 Anrufen mit einwandfreien Aufnahmen sind fehlgeschlagen</translation>
    </message>
    <message>
        <source>No call ended in the last hour</source>
        <translation>In der letzten Stunde endete kein Anruf</translation>
    </message>
    <message>
        <source>The only call that ended in the last hour failed</source>
        <translation>Der einzige Anruf, der in der letzten Stunde endete, ist fehlgeschlagen</translation>
    </message>
    <message>
        <source>The only call that ended in the last hour was completed</source>
        <translation>Der einzige Anruf, der in der letzten Stunde endete, wurde ausgewertet</translation>
    </message>
    <message>
        <source>%1 is usual</source>
        <translation>üblich sind %1</translation>
    </message>
    <message>
        <source>less than 1 %</source>
        <translation>weniger als 1 %</translation>
    </message>
    <message>
        <source>mostly %1 of %2 (%3)</source>
        <translation>meist %1 bei %2 (%3)</translation>
    </message>
    <message>
        <source>customer %1</source>
        <translation>Kunde %1</translation>
    </message>
    <message>
        <source>By customer: %1 and others</source>
        <translation>Nach Kunden: %1 und weitere</translation>
    </message>
    <message>
        <source>By customer: %1</source>
        <translation>Nach Kunden: %1</translation>
    </message>
    <message>
        <source>The fault is the appliance&apos;s own: %1</source>
        <translation>Der Fehler liegt bei der Appliance: %1</translation>
    </message>
    <message>
        <source>the reading of a backup&apos;s database</source>
        <translation>das Lesen der Datenbank einer Sicherung</translation>
    </message>
    <message>
        <source>it cannot be tried (%1)</source>
        <translation>es lässt sich nicht erproben (%1)</translation>
    </message>
    <message>
        <source>This box&apos;s clock is %1 ahead of that of %2</source>
        <translation>Die Uhr dieser Box geht um %1 vor gegenüber der von %2</translation>
    </message>
    <message>
        <source>This box&apos;s clock is %1 behind that of %2</source>
        <translation>Die Uhr dieser Box geht um %1 nach gegenüber der von %2</translation>
    </message>
    <message>
        <source>%1 server</source>
        <translation>%1 Server</translation>
    </message>
    <message>
        <source>%1 servers</source>
        <translation>%1 Servern</translation>
    </message>
    <message>
        <source>%1: webhooks are refused for their signature&apos;s time</source>
        <translation>%1: Webhooks werden wegen der Zeit ihrer Signatur zurückgewiesen</translation>
    </message>
    <message>
        <source>%1 minutes</source>
        <translation>%1 Minuten</translation>
    </message>
    <message>
        <source>No webhook was answered of late that it could be compared with</source>
        <translation>In letzter Zeit wurde kein Webhook beantwortet, mit dem sie sich vergleichen ließe</translation>
    </message>
    <message>
        <source>It agrees with %1 that took webhooks</source>
        <translation>Sie stimmt mit %1 überein, die Webhooks angenommen haben</translation>
    </message>
    <message>
        <source>The servers that took webhooks do not agree with each other</source>
        <translation>Die Server, die Webhooks angenommen haben, stimmen miteinander nicht überein</translation>
    </message>
    <message>
        <source>%1: one of the two is wrong</source>
        <translation>%1: Eine der beiden geht falsch</translation>
    </message>
    <message>
        <source>passed over: %1</source>
        <translation>übergangen: %1</translation>
    </message>
    <message>
        <source>%1 was mended by hand: what stands there is in force after a restart</source>
        <translation>%1 wurde von Hand geändert: Was darin steht, gilt nach einem Neustart</translation>
    </message>
    <message>
        <source>%1, the last of them because: %2</source>
        <translation>%1, die letzte davon deshalb: %2</translation>
    </message>
    <message>
        <source>%1 shows the recovery key and the first admin token to whoever takes the disk: keep both elsewhere, then remove it by `%2`</source>
        <translation>%1 zeigt den Wiederherstellungsschlüssel und das erste Administrator-Token jedem, der die Festplatte an sich nimmt: Verwahren Sie beide anderswo, und entfernen Sie die Datei dann mit `%2`</translation>
    </message>
    <message>
        <source>less than %1 MB are free on the disk</source>
        <translation>weniger als %1 MB sind auf der Festplatte frei</translation>
    </message>
    <message>
        <source>the database cannot be written</source>
        <translation>die Datenbank lässt sich nicht beschreiben</translation>
    </message>
    <message>
        <source>the disk has room for %1 MB more, and a recording that needs more came</source>
        <translation>auf der Festplatte ist noch Platz für %1 MB, und es kam eine Aufnahme, die mehr braucht</translation>
    </message>
    <message>
        <source>the one that began then did not come to its end; it is tried again after %1</source>
        <translation>was damals begann, kam nicht zu Ende; der nächste Versuch folgt nach %1</translation>
    </message>
    <message>
        <source>that takes %1 MB of free disk, and %2 MB are free</source>
        <translation>dafür sind %1 MB freier Festplattenplatz nötig, und %2 MB sind frei</translation>
    </message>
    <message>
        <source>the database is not encrypted for now</source>
        <translation>die Datenbank ist vorerst nicht verschlüsselt</translation>
    </message>
    <message>
        <source>erased calls leave their traces for now</source>
        <translation>gelöschte Anrufe hinterlassen vorerst ihre Spuren</translation>
    </message>
    <message>
        <source>%1, as the log tells</source>
        <translation>%1, wie das Log angibt</translation>
    </message>
    <message>
        <source>%1 was not taken and is tried again</source>
        <translation>%1: nicht angenommen, ein weiterer Versuch folgt</translation>
    </message>
    <message>
        <source>%1 were not taken and are tried again</source>
        <translation>%1: nicht angenommen, weitere Versuche folgen</translation>
    </message>
    <message>
        <source>%1 is ready</source>
        <translation>%1 ist bereit</translation>
    </message>
    <message>
        <source>%1 are ready</source>
        <translation>%1 sind bereit</translation>
    </message>
    <message>
        <source>%1 is still loading, %2: calls are accepted and wait%3</source>
        <translation>%1 lädt noch, %2: Anrufe werden angenommen und warten%3</translation>
    </message>
    <message>
        <source>%1 are still loading, %2: calls are accepted and wait%3</source>
        <translation>%1 laden noch, %2: Anrufe werden angenommen und warten%3</translation>
    </message>
    <message>
        <source>The audit cannot be exported to %1 since %2: %3. %4 lines wait; none is lost</source>
        <translation>Das Prüfprotokoll lässt sich nicht an %1 senden, seit %2: %3. %4 Zeilen warten; keine geht verloren</translation>
    </message>
    <message>
        <source>The recording of 1 call was found damaged on the disk since %1: of call %2. %3</source>
        <translation>Die Aufnahme von 1 Anruf ist auf der Festplatte beschädigt, gefunden seit %1: die von Anruf %2. %3</translation>
    </message>
    <message>
        <source>The recordings of %1 calls were found damaged on the disk since %2: of calls %3. %4</source>
        <translation>Die Aufnahmen von %1 Anrufen sind auf der Festplatte beschädigt, gefunden seit %2: die der Anrufe %3. %4</translation>
    </message>
    <message>
        <source>Workers of an older version get no calls: %1. Install version %2 there and restart them</source>
        <translation>Worker einer älteren Version bekommen keine Anrufe: %1. Installieren Sie dort Version %2, und starten Sie sie neu</translation>
    </message>
    <message>
        <source>Workers of an older version get no calls, which are accepted and wait: %1. Install version %2 there and restart them</source>
        <translation>Worker einer älteren Version bekommen keine Anrufe; diese werden angenommen und warten: %1. Installieren Sie dort Version %2, und starten Sie sie neu</translation>
    </message>
    <message>
        <source>None of the %1 calls that ended in the last hour failed%2</source>
        <translation>Keiner der %1 Anrufe, die in der letzten Stunde endeten, ist fehlgeschlagen%2</translation>
    </message>
    <message>
        <source>%1 of the %2 calls that ended in the last hour failed%3</source>
        <translation>%1 von %2 Anrufen, die in der letzten Stunde endeten, sind fehlgeschlagen%3</translation>
    </message>
    <message>
        <source>What hands calls to the workers has ended: restart the api</source>
        <translation>Was Anrufe an die Worker verteilt, läuft nicht mehr: Starten Sie die API neu</translation>
    </message>
    <message>
        <source>What sends webhooks has ended: restart the api</source>
        <translation>Was Webhooks sendet, läuft nicht mehr: Starten Sie die API neu</translation>
    </message>
    <message>
        <source>What erases what is past its time has ended: restart the api</source>
        <translation>Was löscht, was seine Frist überschritten hat, läuft nicht mehr: Starten Sie die API neu</translation>
    </message>
    <message>
        <source>What writes down who read what has ended: restart the api</source>
        <translation>Was aufschreibt, wer was gelesen hat, läuft nicht mehr: Starten Sie die API neu</translation>
    </message>
    <message>
        <source>What sends the audit to the SIEM has ended: restart the api</source>
        <translation>Was das Prüfprotokoll an das SIEM sendet, läuft nicht mehr: Starten Sie die API neu</translation>
    </message>
    <message>
        <source>What proves every day that the audit is whole has ended: restart the api</source>
        <translation>Was täglich nachweist, dass das Prüfprotokoll vollständig ist, läuft nicht mehr: Starten Sie die API neu</translation>
    </message>
    <message>
        <source>What makes the certificate anew before it ends has ended: restart the api</source>
        <translation>Was das Zertifikat vor seinem Ablauf erneuert, läuft nicht mehr: Starten Sie die API neu</translation>
    </message>
    <message>
        <source>%1 behind</source>
        <translation>%1 zurück</translation>
    </message>
    <message>
        <source>%1 and others</source>
        <translation>%1 und weitere</translation>
    </message>
    <message>
        <source>%1 (%2) on %3</source>
        <translation>%1 (%2) am %3</translation>
    </message>
    <message>
        <source>%1 (%2) on %3 and %4 other</source>
        <translation>%1 (%2) am %3 und %4 weiteres</translation>
    </message>
    <message>
        <source>%1 (%2) on %3 and %4 others</source>
        <translation>%1 (%2) am %3 und %4 weitere</translation>
    </message>
    <message>
        <source>%1 of the %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>healthy</source>
        <translation>gesund</translation>
    </message>
    <message>
        <source>degraded</source>
        <translation>eingeschränkt</translation>
    </message>
    <message>
        <source>unhealthy</source>
        <translation>gestört</translation>
    </message>
    <message>
        <source>its users: add `queue_access = &quot;/run/vbot-queue&quot;` to vbot.toml, and %1</source>
        <translation>seine Benutzer: Tragen Sie `queue_access = &quot;/run/vbot-queue&quot;` in vbot.toml ein, und führen Sie aus: %1</translation>
    </message>
    <message>
        <source>All %1 calls that ended in the last hour failed%2</source>
        <translation>Alle %1 Anrufe, die in der letzten Stunde endeten, sind fehlgeschlagen%2</translation>
    </message>
    <message>
        <source>The call was sent with the disposition %1, and yet people talk in it: its words are kept</source>
        <translation>Der Anruf wurde mit der Disposition %1 gesendet, und doch wird darin gesprochen: Die Worte bleiben erhalten</translation>
    </message>
    <message>
        <source>By the moments sent, the parties were connected %1 s after the recording began, and nobody of the called party would be heard in its %2 s: nothing was told apart as an announcement. Check `recording_started_at`, `bridged_at` and `answered_at`, and their zones</source>
        <translation>Nach den gesendeten Zeitpunkten wurden die Gesprächspartner %1 s nach Beginn der Aufnahme verbunden, und vom Angerufenen wäre in ihren %2 s niemand zu hören: Eine Ansage wurde nicht abgetrennt. Prüfen Sie `recording_started_at`, `bridged_at` und `answered_at` und deren Zeitzonen</translation>
    </message>
    <message>
        <source>The WAV file&apos;s %1 cannot be decoded: %2</source>
        <translation>Ein Teil der WAV-Datei (%1) lässt sich nicht decodieren: %2</translation>
    </message>
    <message>
        <source>a PDF document</source>
        <translation>ein PDF-Dokument</translation>
    </message>
    <message>
        <source>a ZIP archive</source>
        <translation>ein ZIP-Archiv</translation>
    </message>
    <message>
        <source>compressed with gzip</source>
        <translation>mit gzip komprimiert</translation>
    </message>
    <message>
        <source>a program</source>
        <translation>ein Programm</translation>
    </message>
    <message>
        <source>a Windows program</source>
        <translation>ein Windows-Programm</translation>
    </message>
    <message>
        <source>a picture</source>
        <translation>ein Bild</translation>
    </message>
    <message>
        <source>a text in UTF-16</source>
        <translation>ein Text in UTF-16</translation>
    </message>
    <message>
        <source>The file is no audio that can be read: its first bytes are those of no recording</source>
        <translation>Die Datei ist kein lesbarer Ton: Ihre ersten Bytes sind die keiner Aufnahme</translation>
    </message>
    <message>
        <source>The file is a text (HTML, XML or JSON), not a recording</source>
        <translation>Die Datei ist ein Text (HTML, XML oder JSON), keine Aufnahme</translation>
    </message>
    <message>
        <source>The file holds nothing but zero bytes: its recorder reserved the space and never wrote to it</source>
        <translation>Die Datei enthält nur Nullbytes: Das Aufnahmegerät hat den Platz belegt und nie beschrieben</translation>
    </message>
    <message>
        <source>The file is a text, not a recording</source>
        <translation>Die Datei ist ein Text, keine Aufnahme</translation>
    </message>
    <message>
        <source>The file has no header that tells its encoding and rate (by its name it is raw %1): let the telephone system record WAV</source>
        <translation>Die Datei hat keinen Kopf, der Kodierung und Abtastrate nennt (nach ihrem Namen ist sie rohes %1): Lassen Sie die Telefonanlage WAV aufnehmen</translation>
    </message>
    <message>
        <source>The file is %1, not a recording</source>
        <translation>Die Datei ist keine Aufnahme, sondern: %1</translation>
    </message>
    <message>
        <source>longer than that</source>
        <translation>mehr als das</translation>
    </message>
    <message>
        <source>%1 hours long</source>
        <translation>%1 Stunden lang</translation>
    </message>
    <message>
        <source>A recording of %1 channels</source>
        <translation>Eine Aufnahme mit %1 Kanälen</translation>
    </message>
    <message>
        <source>A recording</source>
        <translation>Eine Aufnahme</translation>
    </message>
    <message>
        <source>%1 may be %2 hours long; this one is %3</source>
        <translation>%1 darf höchstens %2 Stunden lang sein; diese ist %3</translation>
    </message>
    <message>
        <source>The recording is %1, which this machine cannot decode%2: install ffmpeg (apt install ffmpeg), or let the telephone system record WAV as PCM, u-law, A-law or GSM 6.10</source>
        <translation>Die Aufnahme ist %1, und dieser Rechner kann das nicht decodieren%2: Installieren Sie ffmpeg (apt install ffmpeg), oder lassen Sie die Telefonanlage WAV als PCM, u-law, A-law oder GSM 6.10 aufnehmen</translation>
    </message>
    <message>
        <source>The recording holds no samples that can be decoded</source>
        <translation>Die Aufnahme enthält keinen Ton, der sich decodieren lässt</translation>
    </message>
    <message>
        <source>The recording is %1, and cannot be decoded: %2</source>
        <translation>Die Aufnahme ist %1 und lässt sich nicht decodieren: %2</translation>
    </message>
    <message>
        <source>its decoder wrote AU of kind %1</source>
        <translation>der Decoder lieferte AU der Art %1</translation>
    </message>
    <message>
        <source>its decoder was ended by signal %1</source>
        <translation>der Decoder wurde durch Signal %1 beendet</translation>
    </message>
    <message>
        <source>decoding took longer than %1 s</source>
        <translation>das Decodieren dauerte länger als %1 s</translation>
    </message>
    <message>
        <source>the index at its end is missing, so it was cut off</source>
        <translation>das Verzeichnis am Ende fehlt; sie wurde also abgeschnitten</translation>
    </message>
    <message>
        <source>it is damaged</source>
        <translation>sie ist beschädigt</translation>
    </message>
    <message>
        <source>it has not started within %1 s</source>
        <translation>er ist nicht binnen %1 s gestartet</translation>
    </message>
    <message>
        <source>its decoder gave more than it was asked for</source>
        <translation>der Decoder lieferte mehr, als verlangt war</translation>
    </message>
    <message>
        <source>The recording is larger than %1 GB when it is decoded, which no call of the permitted length is</source>
        <translation>Die Aufnahme ist decodiert größer als %1 GB; das ist kein Anruf von erlaubter Länge</translation>
    </message>
    <message>
        <source>The worker&apos;s disk has no room for the decoded recording: %1 MB are needed so far, and it may take half of what is free</source>
        <translation>Auf der Festplatte des Workers ist kein Platz für die decodierte Aufnahme: Bisher sind %1 MB nötig, und sie darf die Hälfte des freien Platzes belegen</translation>
    </message>
    <message>
        <source>The header claims 1 channel, the samples are those of two (Asterisk&apos;s MixMonitor with option D)</source>
        <translation>Der Kopf nennt 1 Kanal, der Ton ist der von zweien (MixMonitor von Asterisk mit der Option D)</translation>
    </message>
    <message>
        <source>The recording is cut off or damaged: of %1 s, %2 s can be decoded</source>
        <translation>Die Aufnahme ist abgeschnitten oder beschädigt: Von %1 s lassen sich %2 s decodieren</translation>
    </message>
    <message>
        <source>The recording holds no samples</source>
        <translation>Die Aufnahme enthält keinen Ton</translation>
    </message>
    <message>
        <source>The recording is empty: the file holds no bytes</source>
        <translation>Die Aufnahme ist leer: Die Datei hat keinen Inhalt</translation>
    </message>
    <message>
        <source>The recording cannot be opened: %1</source>
        <translation>Die Aufnahme lässt sich nicht öffnen: %1</translation>
    </message>
    <message>
        <source>A chunk of the header has a wrong size; the samples were found behind it</source>
        <translation>Ein Abschnitt des Kopfes hat eine falsche Größe; der Ton fand sich dahinter</translation>
    </message>
    <message>
        <source>The header claims %1 s, %2 are there and are read</source>
        <translation>Der Kopf nennt %1 s; vorhanden sind %2, und diese werden gelesen</translation>
    </message>
    <message>
        <source>The WAV file ends in the middle of its header</source>
        <translation>Die WAV-Datei endet mitten in ihrem Kopf</translation>
    </message>
    <message>
        <source>The WAV file has no format chunk: its header is damaged</source>
        <translation>In der WAV-Datei fehlt der Format-Abschnitt: Ihr Kopf ist beschädigt</translation>
    </message>
    <message>
        <source>The WAV file ends before its samples begin</source>
        <translation>Die WAV-Datei endet, bevor ihr Ton beginnt</translation>
    </message>
    <message>
        <source>The recording holds no samples: it ends where its header does</source>
        <translation>Die Aufnahme enthält keinen Ton: Sie endet mit ihrem Kopf</translation>
    </message>
    <message>
        <source>The header does not say how long the recording is; all %1 of it are read</source>
        <translation>Der Kopf nennt nicht, wie lang die Aufnahme ist; alles wird gelesen (%1)</translation>
    </message>
    <message>
        <source>The recording is cut off: its header tells of %1 s, %2 are there</source>
        <translation>Die Aufnahme ist abgeschnitten: Ihr Kopf nennt %1 s, vorhanden sind %2</translation>
    </message>
    <message>
        <source>The WAV file has no data chunk: what stands behind its header is no sound</source>
        <translation>In der WAV-Datei fehlt der Daten-Abschnitt: Was hinter ihrem Kopf steht, ist kein Ton</translation>
    </message>
    <message>
        <source>The recording is cut off: of %1 bytes of samples, %2 are there</source>
        <translation>Die Aufnahme ist abgeschnitten: Von %1 Byte Ton sind %2 vorhanden</translation>
    </message>
    <message>
        <source>The legs of a call must have one channel each</source>
        <translation>Jede Seite eines Anrufs muss einen Kanal haben</translation>
    </message>
    <message>
        <source>The legs have different sample rates: %1 Hz</source>
        <translation>Die Seiten haben verschiedene Abtastraten: %1 Hz</translation>
    </message>
    <message>
        <source>format tag 0x%1</source>
        <translation>Format-Kennung 0x%1</translation>
    </message>
    <message>
        <source>an unknown encoding (%1)</source>
        <translation>eine unbekannte Kodierung (%1)</translation>
    </message>
    <message>
        <source>The WAV file&apos;s format chunk is missing or cut short</source>
        <translation>Der Format-Abschnitt der WAV-Datei fehlt oder ist verkürzt</translation>
    </message>
    <message>
        <source>The header claims %1 channels</source>
        <translation>Der Kopf nennt %1 Kanäle</translation>
    </message>
    <message>
        <source>The header claims a sample rate of %1 Hz</source>
        <translation>Der Kopf nennt eine Abtastrate von %1 Hz</translation>
    </message>
    <message>
        <source>The WAV header claims PCM samples of %1 bits</source>
        <translation>Der WAV-Kopf nennt PCM mit %1 Bit</translation>
    </message>
    <message>
        <source>The WAV header claims %1 in blocks of %2 bytes for %3 channels</source>
        <translation>Der WAV-Kopf nennt %1 in Blöcken von %2 Byte für %3 Kanäle</translation>
    </message>
    <message>
        <source>The WAV file&apos;s format chunk is cut short before it names the encoding</source>
        <translation>Der Format-Abschnitt der WAV-Datei ist verkürzt, bevor er die Kodierung nennt</translation>
    </message>
    <message>
        <source>The WAV header claims float samples of %1 bits</source>
        <translation>Der WAV-Kopf nennt Gleitkommawerte mit %1 Bit</translation>
    </message>
    <message>
        <source>It is not certain that two people speak in this mono recording (voices_confidence %1): nobody is named. A recording with each party on a channel of its own would tell</source>
        <translation>Es ist nicht sicher, dass in dieser Mono-Aufnahme zwei Personen sprechen (voices_confidence %1): Niemand wird benannt. Eine Aufnahme mit einem eigenen Kanal für jede Seite gäbe Gewissheit</translation>
    </message>
    <message>
        <source>From %1:%2 on the recording holds no sound at all of the %3 party, not even the noise of a line, while the other one goes on speaking: it had hung up, was muted, or the telephone system recorded it no more. What it may have said is missing</source>
        <translation>Von %1:%2 an enthält die Aufnahme keinerlei Ton der einen Seite (%3), nicht einmal das Rauschen einer Leitung, während die andere weiterspricht: Sie hatte aufgelegt, war stummgeschaltet, oder die Telefonanlage nahm sie nicht mehr auf. Was sie gesagt haben mag, fehlt</translation>
    </message>
    <message>
        <source>Segment %1</source>
        <translation>Segment %1</translation>
    </message>
    <message>
        <source>The transcript must be a JSON object with a list `segments`</source>
        <translation>Das Transkript muss ein JSON-Objekt mit einer Liste `segments` sein</translation>
    </message>
    <message>
        <source>The transcript must have a list `segments`</source>
        <translation>Das Transkript muss eine Liste `segments` haben</translation>
    </message>
    <message>
        <source>`language` must be a text such as &quot;en&quot;</source>
        <translation>`language` muss ein Text wie &quot;en&quot; sein</translation>
    </message>
    <message>
        <source>%1 must be an object with start, end, party and text</source>
        <translation>%1 muss ein Objekt mit start, end, party und text sein</translation>
    </message>
    <message>
        <source>%1 ends before it starts</source>
        <translation>%1 endet vor dem Beginn</translation>
    </message>
    <message>
        <source>%1 must have a `text`</source>
        <translation>%1 muss einen `text` haben</translation>
    </message>
    <message>
        <source>%1 must have a number of seconds as `%2`</source>
        <translation>%1 muss als `%2` eine Zahl von Sekunden haben</translation>
    </message>
    <message>
        <source>%1 must have a `%2` that is a time from the start of the call</source>
        <translation>%1 muss ein `%2` haben, das eine Zeit ab Beginn des Anrufs ist</translation>
    </message>
    <message>
        <source>The transcript is not JSON: %1</source>
        <translation>Das Transkript ist kein JSON: %1</translation>
    </message>
    <message>
        <source>`direction` must be inbound, outbound or internal</source>
        <translation>`direction` muss inbound, outbound oder internal sein</translation>
    </message>
    <message>
        <source>%1 must have a `party` that is caller, called or unknown</source>
        <translation>%1 muss eine `party` haben, die caller, called oder unknown ist</translation>
    </message>
    <message>
        <source>caller</source>
        <translation>Anrufer</translation>
    </message>
    <message>
        <source>caller&apos;s</source>
        <translation>des Anrufers</translation>
    </message>
    <message>
        <source>called party&apos;s</source>
        <translation>des Angerufenen</translation>
    </message>
    <message>
        <source>called</source>
        <translation>Angerufener</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>out of memory?</source>
        <translation>zu wenig Arbeitsspeicher?</translation>
    </message>
    <message>
        <source>unknown credential</source>
        <translation>unbekannte Zugangsdaten</translation>
    </message>
    <message>
        <source>a viewer of some customers sees what is theirs alone</source>
        <translation>ein Betrachter einzelner Kunden sieht nur, was zu diesen gehört</translation>
    </message>
    <message>
        <source>nobody was admitted</source>
        <translation>niemand ist angemeldet</translation>
    </message>
    <message>
        <source>a customer&apos;s key is no operator&apos;s token</source>
        <translation>der Schlüssel eines Kunden ist kein Token zur Verwaltung</translation>
    </message>
    <message>
        <source>a token that joins workers is no operator&apos;s</source>
        <translation>ein Token, mit dem Worker beitreten, ist kein Token zur Verwaltung</translation>
    </message>
    <message>
        <source>an operator&apos;s token is no customer&apos;s key</source>
        <translation>ein Token zur Verwaltung ist kein Schlüssel eines Kunden</translation>
    </message>
    <message>
        <source>a viewer changes nothing</source>
        <translation>ein Betrachter ändert nichts</translation>
    </message>
    <message>
        <source>must not be empty</source>
        <translation>darf nicht leer sein</translation>
    </message>
    <message>
        <source>must be one of %1</source>
        <translation>muss eines von diesen sein: %1</translation>
    </message>
    <message>
        <source>must be one of %1, or one of them, a colon and an id</source>
        <translation>muss eines von diesen sein: %1; oder eines davon, ein Doppelpunkt und eine Kennung</translation>
    </message>
    <message>
        <source>must be whole seconds, from 0 to %1</source>
        <translation>muss eine ganze Zahl von Sekunden sein, von 0 bis %1</translation>
    </message>
    <message>
        <source>must be of 1 to %1 characters</source>
        <translation>muss 1 bis %1 Zeichen lang sein</translation>
    </message>
    <message>
        <source>must be true or false</source>
        <translation>muss true oder false sein</translation>
    </message>
    <message>
        <source>the disk is full</source>
        <translation>die Festplatte ist voll</translation>
    </message>
    <message>
        <source>Internal server error</source>
        <translation>Interner Serverfehler</translation>
    </message>
    <message>
        <source>Request body too large</source>
        <translation>Die Anfrage ist zu groß</translation>
    </message>
    <message>
        <source>Request header fields too large</source>
        <translation>Die Kopfzeilen der Anfrage sind zu groß</translation>
    </message>
    <message>
        <source>Invalid request parameters</source>
        <translation>Ungültige Angaben in der Anfrage</translation>
    </message>
    <message>
        <source>Invalid API key</source>
        <translation>Ungültiger API-Schlüssel</translation>
    </message>
    <message>
        <source>Insufficient permissions</source>
        <translation>Unzureichende Berechtigung</translation>
    </message>
    <message>
        <source>Resource not found</source>
        <translation>Nicht vorhanden</translation>
    </message>
    <message>
        <source>Conflict with the present state</source>
        <translation>Im jetzigen Zustand nicht möglich</translation>
    </message>
    <message>
        <source>No longer wanted</source>
        <translation>Nicht mehr erwünscht</translation>
    </message>
    <message>
        <source>Length required</source>
        <translation>Die Längenangabe fehlt</translation>
    </message>
    <message>
        <source>Recording too large</source>
        <translation>Die Aufnahme ist zu groß</translation>
    </message>
    <message>
        <source>Unsupported recording format</source>
        <translation>Das Format der Aufnahme wird nicht unterstützt</translation>
    </message>
    <message>
        <source>Range not satisfiable</source>
        <translation>Der gewünschte Abschnitt ist nicht vorhanden</translation>
    </message>
    <message>
        <source>Rate limit exceeded</source>
        <translation>Zu viele Anfragen</translation>
    </message>
    <message>
        <source>Too many concurrent calls</source>
        <translation>Zu viele Anrufe gleichzeitig</translation>
    </message>
    <message>
        <source>Service unavailable</source>
        <translation>Der Dienst ist zurzeit nicht verfügbar</translation>
    </message>
    <message>
        <source>Result not ready</source>
        <translation>Das Ergebnis liegt noch nicht vor</translation>
    </message>
    <message>
        <source>Storage limit reached</source>
        <translation>Die Speichergrenze ist erreicht</translation>
    </message>
    <message>
        <source>Method not allowed</source>
        <translation>Diese Art der Anfrage ist hier nicht vorgesehen</translation>
    </message>
    <message>
        <source>its end is gone</source>
        <translation>das Ende fehlt</translation>
    </message>
    <message>
        <source>cannot read %1: %2</source>
        <translation>%1 lässt sich nicht lesen: %2</translation>
    </message>
    <message>
        <source>%1 is gone</source>
        <translation>%1 ist nicht mehr da</translation>
    </message>
    <message>
        <source>it cannot be read</source>
        <translation>die Datei lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>`%1` is no field of this form and is left out%2</source>
        <translation>`%1` ist kein Feld dieses Formulars und wird weggelassen%2</translation>
    </message>
    <message>
        <source>`%1` is there more than once: the last one counts</source>
        <translation>`%1` kommt mehrfach vor: Die letzte Angabe zählt</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 min</translation>
    </message>
    <message>
        <source>%1 lies %2 ahead of this appliance&apos;s clock. A moment without a zone is taken as UTC: where the PBX writes its own time, have it say the zone (2026-03-14T11:58:00+01:00)</source>
        <translation>%1 liegt %2 vor der Uhr dieser Appliance. Ein Zeitpunkt ohne Zeitzone gilt als UTC: Wenn die Telefonanlage ihre Ortszeit schreibt, lassen Sie sie die Zeitzone mitsenden (2026-03-14T11:58:00+01:00)</translation>
    </message>
    <message>
        <source>%1 lie %2 ahead of this appliance&apos;s clock. A moment without a zone is taken as UTC: where the PBX writes its own time, have it say the zone (2026-03-14T11:58:00+01:00)</source>
        <translation>%1 liegen %2 vor der Uhr dieser Appliance. Ein Zeitpunkt ohne Zeitzone gilt als UTC: Wenn die Telefonanlage ihre Ortszeit schreibt, lassen Sie sie die Zeitzone mitsenden (2026-03-14T11:58:00+01:00)</translation>
    </message>
    <message>
        <source>is `%1` meant?</source>
        <translation>ist `%1` gemeint?</translation>
    </message>
    <message>
        <source>%1 days</source>
        <translation>%1 Tage</translation>
    </message>
    <message>
        <source>The recording&apos;s header is unfinished: it was sent before its recorder had closed it</source>
        <translation>Der Kopf der Aufnahme ist unfertig: Sie wurde gesendet, bevor das Aufnahmegerät die Datei geschlossen hatte</translation>
    </message>
    <message>
        <source>a leg must be a WAV file of one channel with PCM (16 bit), u-law or A-law samples, or without a header and with `encoding`; send other recordings as one `file`</source>
        <translation>jede Seite muss eine WAV-Datei mit einem Kanal in PCM (16 bit), u-law oder A-law sein, oder ohne Dateikopf und mit `encoding`; senden Sie andere Aufnahmen als eine einzige `file`</translation>
    </message>
    <message>
        <source>is multipart/form-data without a boundary: leave the header Content-Type to your HTTP library, which names it</source>
        <translation>ist multipart/form-data ohne Trennzeichen (boundary): Überlassen Sie den Header Content-Type Ihrer HTTP-Bibliothek, die es angibt</translation>
    </message>
    <message>
        <source>the sample rate of one leg is more than %1 times that of the other</source>
        <translation>die Abtastrate der einen Seite ist mehr als %1-mal so hoch wie die der anderen</translation>
    </message>
    <message>
        <source>is longer than %1 bytes</source>
        <translation>ist länger als %1 Byte</translation>
    </message>
    <message>
        <source>sound without a header needs the field `encoding`</source>
        <translation>Ton ohne Dateikopf braucht das Feld `encoding`</translation>
    </message>
    <message>
        <source>a recording belongs in the field %1</source>
        <translation>eine Aufnahme gehört in das Feld %1</translation>
    </message>
    <message>
        <source>more than %1 bytes</source>
        <translation>mehr als %1 Byte</translation>
    </message>
    <message>
        <source>must be multipart/form-data</source>
        <translation>muss multipart/form-data sein</translation>
    </message>
    <message>
        <source>joined, more than %1 bytes</source>
        <translation>zusammengefügt mehr als %1 Byte</translation>
    </message>
    <message>
        <source>ended before its closing boundary</source>
        <translation>endete vor dem abschließenden Trennzeichen</translation>
    </message>
    <message>
        <source>is either given, or %1 and %2 are</source>
        <translation>wird angegeben, oder aber %1 und %2</translation>
    </message>
    <message>
        <source>is empty</source>
        <translation>ist leer</translation>
    </message>
    <message>
        <source>has more than %1 parts</source>
        <translation>hat mehr als %1 Teile</translation>
    </message>
    <message>
        <source>is not well-formed multipart: %1</source>
        <translation>ist kein wohlgeformtes multipart: %1</translation>
    </message>
    <message>
        <source>is required beside %1</source>
        <translation>ist neben %1 erforderlich</translation>
    </message>
    <message>
        <source>is there twice</source>
        <translation>kommt doppelt vor</translation>
    </message>
    <message>
        <source>is required</source>
        <translation>ist erforderlich</translation>
    </message>
    <message>
        <source>`%1` has more than %2 characters: its end is left out</source>
        <translation>`%1` hat mehr als %2 Zeichen: Das Ende wird weggelassen</translation>
    </message>
    <message>
        <source>`%1` was sent as %2 and is left out: it %3</source>
        <translation>`%1` wurde als %2 gesendet und wird weggelassen: Das Feld %3</translation>
    </message>
    <message>
        <source>must be JSON</source>
        <translation>muss JSON sein</translation>
    </message>
    <message>
        <source>must be a moment such as 2026-11-24T12:00:00Z</source>
        <translation>muss ein Zeitpunkt wie 2026-11-24T12:00:00Z sein</translation>
    </message>
    <message>
        <source>must be from %1 to %2</source>
        <translation>muss von %1 bis %2 sein</translation>
    </message>
    <message>
        <source>must be UTF-8</source>
        <translation>muss UTF-8 sein</translation>
    </message>
    <message>
        <source>must be a JSON list of texts, or texts with commas or line ends between them</source>
        <translation>muss eine JSON-Liste von Texten sein, oder Texte mit Kommas oder Zeilenenden dazwischen</translation>
    </message>
    <message>
        <source>The header of the %1&apos;s leg is unfinished: it was sent before its recorder had closed it</source>
        <translation>Der Dateikopf der Seite (%1) ist unfertig: Sie wurde gesendet, bevor das Aufnahmegerät die Datei geschlossen hatte</translation>
    </message>
    <message>
        <source>The header of the %1&apos;s leg tells of %2 s, %3 s are there and are taken</source>
        <translation>Der Dateikopf der Seite (%1) nennt %2 s; vorhanden sind %3 s, und diese werden übernommen</translation>
    </message>
    <message>
        <source>The two legs differ in length: the caller&apos;s has %1 s, the called party&apos;s %2 s; both were taken to begin together</source>
        <translation>Die beiden Seiten sind verschieden lang: Die des Anrufers hat %1 s, die des Angerufenen %2 s; es wird angenommen, dass beide zugleich beginnen</translation>
    </message>
    <message>
        <source>The two legs differ in their sample rates: %1 Hz and %2 Hz were joined</source>
        <translation>Die beiden Seiten haben verschiedene Abtastraten: %1 Hz und %2 Hz wurden zusammengefügt</translation>
    </message>
    <message>
        <source>called party</source>
        <translation>Angerufener</translation>
    </message>
    <message>
        <source>it is not of the documented form</source>
        <translation>sie hat nicht die beschriebene Form</translation>
    </message>
    <message>
        <source>the recording is too large</source>
        <translation>die Aufnahme ist zu groß</translation>
    </message>
    <message>
        <source>it has neither a Content-Length nor chunks</source>
        <translation>sie hat weder Content-Length noch Chunks</translation>
    </message>
    <message>
        <source>the customer stores as much as it may</source>
        <translation>der Kunde hat so viel gespeichert, wie er darf</translation>
    </message>
    <message>
        <source>%1 is that of another call</source>
        <translation>%1 gehört zu einem anderen Anruf</translation>
    </message>
    <message>
        <source>a field of another name</source>
        <translation>ein Feld mit anderem Namen</translation>
    </message>
    <message>
        <source>Missing required form field &apos;uniqueid&apos;</source>
        <translation>Das Formularfeld „uniqueid“ fehlt</translation>
    </message>
    <message>
        <source>the first bytes are no audio that we can read; sound without a header (.raw, .sln, .ulaw, .alaw) needs the field `encoding` before it, or such an ending of its file&apos;s name</source>
        <translation>die ersten Bytes sind kein lesbarer Ton; Ton ohne Dateikopf (.raw, .sln, .ulaw, .alaw) braucht davor das Feld `encoding` oder eine solche Endung des Dateinamens</translation>
    </message>
    <message>
        <source>the head is too large</source>
        <translation>der Kopf der Anfrage ist zu groß</translation>
    </message>
    <message>
        <source>%1 bytes</source>
        <translation>%1 Byte</translation>
    </message>
    <message>
        <source>the body is too large</source>
        <translation>die Anfrage ist zu groß</translation>
    </message>
    <message>
        <source>is not of the form that is wanted here</source>
        <translation>hat nicht die Form, die hier verlangt ist</translation>
    </message>
    <message>
        <source>a whole number</source>
        <translation>eine ganze Zahl</translation>
    </message>
    <message>
        <source>a number</source>
        <translation>eine Zahl</translation>
    </message>
    <message>
        <source>a text</source>
        <translation>ein Text</translation>
    </message>
    <message>
        <source>true or false</source>
        <translation>true oder false</translation>
    </message>
    <message>
        <source>a list</source>
        <translation>eine Liste</translation>
    </message>
    <message>
        <source>an object</source>
        <translation>ein Objekt</translation>
    </message>
    <message>
        <source>a moment such as 2026-11-24T12:00:00Z</source>
        <translation>ein Zeitpunkt wie 2026-11-24T12:00:00Z</translation>
    </message>
    <message>
        <source>JSON of more than %1 levels</source>
        <translation>JSON mit mehr als %1 Ebenen</translation>
    </message>
    <message>
        <source>must be %1, not %2</source>
        <translation>muss sein: %1, nicht: %2</translation>
    </message>
    <message>
        <source>is not valid JSON: %1</source>
        <translation>ist kein gültiges JSON: %1</translation>
    </message>
    <message>
        <source>it ends too early</source>
        <translation>es endet zu früh</translation>
    </message>
    <message>
        <source>a number is too large</source>
        <translation>eine Zahl ist zu groß</translation>
    </message>
    <message>
        <source>cannot be taken: %1</source>
        <translation>ist so nicht möglich: %1</translation>
    </message>
    <message>
        <source>a fraction</source>
        <translation>eine Zahl mit Nachkommastellen</translation>
    </message>
    <message>
        <source>is not a field of this request</source>
        <translation>ist kein Feld dieser Anfrage</translation>
    </message>
    <message>
        <source>is not valid JSON</source>
        <translation>ist kein gültiges JSON</translation>
    </message>
    <message>
        <source>must be from 1 to %1</source>
        <translation>muss von 1 bis %1 sein</translation>
    </message>
    <message>
        <source>must be a revision&apos;s number, from 1</source>
        <translation>muss die Nummer einer Revision sein, von 1 an</translation>
    </message>
    <message>
        <source>must be a customer&apos;s id</source>
        <translation>muss die Kennung eines Kunden sein</translation>
    </message>
    <message>
        <source>is not a cursor that we gave out</source>
        <translation>ist kein Cursor, der von hier stammt</translation>
    </message>
    <message>
        <source>must be from 0 to %1</source>
        <translation>muss von 0 bis %1 sein</translation>
    </message>
    <message>
        <source>%1 for this order</source>
        <translation>%1 für diese Reihenfolge</translation>
    </message>
    <message>
        <source>is not known here</source>
        <translation>ist hier nicht bekannt</translation>
    </message>
    <message>
        <source>must not be after `%1`</source>
        <translation>darf nicht nach `%1` liegen</translation>
    </message>
    <message>
        <source>must not be in the future: nothing has happened there yet</source>
        <translation>darf nicht in der Zukunft liegen: Dort ist noch nichts geschehen</translation>
    </message>
    <message>
        <source>must be the hash of a line, 64 hexadecimal digits</source>
        <translation>muss der Hashwert einer Zeile sein, 64 hexadezimale Ziffern</translation>
    </message>
    <message>
        <source>there is nothing here</source>
        <translation>hier ist nichts</translation>
    </message>
    <message>
        <source>is for administrators</source>
        <translation>ist Administratoren vorbehalten</translation>
    </message>
    <message>
        <source>cannot be given with q, keyword or warnings: calls are searched from the newest on</source>
        <translation>geht nicht zusammen mit q, keyword oder warnings: Die Suche beginnt bei den neuesten Anrufen</translation>
    </message>
    <message>
        <source>Which backups still hold it is not known: %1</source>
        <translation>Welche Sicherungen ihn noch enthalten, ist nicht bekannt: %1</translation>
    </message>
    <message>
        <source>there is no customer %1 for this token</source>
        <translation>für dieses Token gibt es keinen Kunden %1</translation>
    </message>
    <message>
        <source>Customer deleted successfully</source>
        <translation>Der Kunde ist gelöscht</translation>
    </message>
    <message>
        <source>must be a time zone such as Europe/Berlin, or an offset such as +05:30</source>
        <translation>muss eine Zeitzone wie Europe/Berlin sein, oder ein Abstand zu UTC wie +05:30</translation>
    </message>
    <message>
        <source>nothing came for %1 s</source>
        <translation>%1 s lang kam nichts</translation>
    </message>
    <message>
        <source>less than %1 a second</source>
        <translation>weniger als %1 pro Sekunde</translation>
    </message>
    <message>
        <source>an unknown number of</source>
        <translation>eine unbekannte Zahl von</translation>
    </message>
    <message>
        <source>the database cannot be written, or the disk is full</source>
        <translation>die Datenbank lässt sich nicht beschreiben, oder die Festplatte ist voll</translation>
    </message>
    <message>
        <source>is not taken: send the body as it is, uncompressed</source>
        <translation>wird nicht angenommen: Senden Sie den Inhalt unverändert und unkomprimiert</translation>
    </message>
    <message>
        <source>neither a length nor chunks</source>
        <translation>weder eine Länge noch Chunks</translation>
    </message>
    <message>
        <source>must be a number</source>
        <translation>muss eine Zahl sein</translation>
    </message>
    <message>
        <source>the api stopped</source>
        <translation>die API wurde beendet</translation>
    </message>
    <message>
        <source>its connection broke off</source>
        <translation>die Verbindung brach ab</translation>
    </message>
    <message>
        <source>The api starts again</source>
        <translation>Die API startet neu</translation>
    </message>
    <message>
        <source>Token revoked</source>
        <translation>Das Token ist widerrufen</translation>
    </message>
    <message>
        <source>must be a moment to come, with its zone</source>
        <translation>muss ein Zeitpunkt in der Zukunft sein, mit Zeitzone</translation>
    </message>
    <message>
        <source>only a viewer can be limited to customers</source>
        <translation>nur ein Betrachter kann auf Kunden beschränkt werden</translation>
    </message>
    <message>
        <source>the appliance gives it, and it stays</source>
        <translation>die Appliance vergibt den Wert, und er bleibt</translation>
    </message>
    <message>
        <source>POST /api/customers/%1/rotate-key makes another</source>
        <translation>POST /api/customers/%1/rotate-key erzeugt einen neuen</translation>
    </message>
    <message>
        <source>it stays</source>
        <translation>der Wert bleibt</translation>
    </message>
    <message>
        <source>POST /api/customers/%1/enable-webhook, or another `webhook_url`, ends it</source>
        <translation>POST /api/customers/%1/enable-webhook oder eine andere `webhook_url` beendet das</translation>
    </message>
    <message>
        <source>`%1` was sent and is not changed: %2</source>
        <translation>`%1` wurde gesendet und bleibt unverändert: %2</translation>
    </message>
    <message>
        <source>must have at most %1 characters</source>
        <translation>darf höchstens %1 Zeichen haben</translation>
    </message>
    <message>
        <source>must not contain control characters</source>
        <translation>darf keine Steuerzeichen enthalten</translation>
    </message>
    <message>
        <source>must be a language code such as &quot;en&quot;</source>
        <translation>muss ein Sprachkürzel wie &quot;en&quot; sein</translation>
    </message>
    <message>
        <source>must be the two capital letters of a country, such as &quot;DE&quot;</source>
        <translation>muss aus den zwei Großbuchstaben eines Landes bestehen, etwa &quot;DE&quot;</translation>
    </message>
    <message>
        <source>must be whsec_ and base64</source>
        <translation>muss whsec_ und Base64 sein</translation>
    </message>
    <message>
        <source>must be whsec_ and base64 of at least %1 bytes</source>
        <translation>muss whsec_ und Base64 von mindestens %1 Byte sein</translation>
    </message>
    <message>
        <source>what is stored of this call is damaged and cannot be shown; it can be analysed again</source>
        <translation>was von diesem Anruf gespeichert ist, ist beschädigt und lässt sich nicht zeigen; er kann erneut ausgewertet werden</translation>
    </message>
    <message>
        <source>`%1` cannot be read any more: %2</source>
        <translation>`%1` lässt sich nicht mehr lesen: %2</translation>
    </message>
    <message>
        <source>POST /api/customers/%1/rotate-webhook-secret makes another</source>
        <translation>POST /api/customers/%1/rotate-webhook-secret erzeugt ein neues</translation>
    </message>
    <message>
        <source>set it again</source>
        <translation>geben Sie den Wert neu ein</translation>
    </message>
    <message>
        <source>there is nothing with id %1</source>
        <translation>es gibt nichts mit der Kennung %1</translation>
    </message>
    <message>
        <source>nothing would start the appliance again: whoever started it can</source>
        <translation>nichts würde die Appliance wieder starten: Wer sie gestartet hat, kann es</translation>
    </message>
    <message>
        <source>it would not come again: %1</source>
        <translation>sie würde nicht wieder starten: %1</translation>
    </message>
    <message>
        <source>the settings cannot be written: %1</source>
        <translation>die Einstellungen lassen sich nicht schreiben: %1</translation>
    </message>
    <message>
        <source>is set by %1: change it there</source>
        <translation>ist durch %1 festgelegt: Ändern Sie es dort</translation>
    </message>
    <message>
        <source>recordings and texts are kept for ever until it is set again</source>
        <translation>Aufnahmen und Texte werden unbegrenzt aufbewahrt, bis sie wieder gesetzt ist</translation>
    </message>
    <message>
        <source>%1: %2, which may have stood there: %3</source>
        <translation>%1: %2, die dort gestanden haben kann: %3</translation>
    </message>
    <message>
        <source>%1: unknown setting %2%3</source>
        <translation>%1: unbekannte Einstellung %2%3</translation>
    </message>
    <message>
        <source>%1 is not valid TOML: %2</source>
        <translation>%1 ist kein gültiges TOML: %2</translation>
    </message>
    <message>
        <source>is %1 meant?</source>
        <translation>ist %1 gemeint?</translation>
    </message>
    <message>
        <source>its retention was lost: recordings and texts are kept for ever until it is set again</source>
        <translation>die Aufbewahrungsfrist ging verloren: Aufnahmen und Texte werden unbegrenzt aufbewahrt, bis sie wieder gesetzt ist</translation>
    </message>
    <message>
        <source>%1 was damaged once, and what it held is in %2%3. Once you have seen to it: `rm %4`</source>
        <translation>%1 war einmal beschädigt, und was darin stand, liegt in %2%3. Wenn Sie sich darum gekümmert haben: `rm %4`</translation>
    </message>
    <message>
        <source>%1 is larger than anything that the appliance writes there</source>
        <translation>%1 ist größer als alles, was die Appliance dort schreibt</translation>
    </message>
    <message>
        <source>%1 is there twice</source>
        <translation>%1 kommt doppelt vor</translation>
    </message>
    <message>
        <source>whole number</source>
        <translation>ganze Zahl</translation>
    </message>
    <message>
        <source>is no setting</source>
        <translation>ist keine Einstellung</translation>
    </message>
    <message>
        <source>is changed on the appliance itself alone</source>
        <translation>lässt sich nur auf der Appliance selbst ändern</translation>
    </message>
    <message>
        <source>a list of %1 %2s</source>
        <translation>eine Liste von %1 × %2</translation>
    </message>
    <message>
        <source>is a link</source>
        <translation>ist ein Link</translation>
    </message>
    <message>
        <source>cannot be read: %1</source>
        <translation>lässt sich nicht lesen: %1</translation>
    </message>
    <message>
        <source>must be at least %1</source>
        <translation>muss mindestens %1 sein</translation>
    </message>
    <message>
        <source>line %1 is not valid TOML</source>
        <translation>Zeile %1 ist kein gültiges TOML</translation>
    </message>
    <message>
        <source>%1 is no file</source>
        <translation>%1 ist keine Datei</translation>
    </message>
    <message>
        <source>transcripts may leave the building</source>
        <translation>Transkripte dürfen das Haus verlassen</translation>
    </message>
    <message>
        <source>must be tls://HOST:PORT, tcp://HOST:PORT or udp://HOST:PORT, such as tls://siem.lan:6514</source>
        <translation>muss tls://HOST:PORT, tcp://HOST:PORT oder udp://HOST:PORT sein, etwa tls://siem.lan:6514</translation>
    </message>
    <message>
        <source>must be text</source>
        <translation>muss Text sein</translation>
    </message>
    <message>
        <source>must have at least 16 characters</source>
        <translation>muss mindestens 16 Zeichen haben</translation>
    </message>
    <message>
        <source>must be auto, cpu, cuda or cuda:N</source>
        <translation>muss auto, cpu, cuda oder cuda:N sein</translation>
    </message>
    <message>
        <source>must be outside, both or none</source>
        <translation>muss outside, both oder none sein</translation>
    </message>
    <message>
        <source>must be &quot;%1&quot;, or be left out</source>
        <translation>muss „%1“ sein oder weggelassen werden</translation>
    </message>
    <message>
        <source>must be on or off</source>
        <translation>muss on oder off sein</translation>
    </message>
    <message>
        <source>must be more than 0 seconds</source>
        <translation>muss mehr als 0 Sekunden sein</translation>
    </message>
    <message>
        <source>must be three numbers of seconds: the published limit is 3 retries</source>
        <translation>müssen drei Zahlen von Sekunden sein: Die veröffentlichte Grenze sind 3 Wiederholungen</translation>
    </message>
    <message>
        <source>must be RECORDINGS or RECORDINGS,TEXTS in days</source>
        <translation>muss RECORDINGS oder RECORDINGS,TEXTS in Tagen sein</translation>
    </message>
    <message>
        <source>must be auto, off, or CERTIFICATE,KEY</source>
        <translation>muss auto, off oder CERTIFICATE,KEY sein</translation>
    </message>
    <message>
        <source>must be ADDRESS:PORT, for example 0.0.0.0:8443</source>
        <translation>muss ADDRESS:PORT sein, zum Beispiel 0.0.0.0:8443</translation>
    </message>
    <message>
        <source>must be host names or addresses, such as vbot.example.lan</source>
        <translation>müssen Rechnernamen oder Adressen sein, etwa vbot.example.lan</translation>
    </message>
    <message>
        <source>must be exact origins, such as https://crm.example.com, without path or *</source>
        <translation>müssen vollständige Ursprünge sein, etwa https://crm.example.com, ohne Pfad und ohne *</translation>
    </message>
    <message>
        <source>holds an impossible port: %1</source>
        <translation>enthält einen unmöglichen Port: %1</translation>
    </message>
    <message>
        <source>must be a number of seconds</source>
        <translation>muss eine Zahl von Sekunden sein</translation>
    </message>
    <message>
        <source>knows only recordings and texts, not %1</source>
        <translation>kennt nur recordings und texts, nicht %1</translation>
    </message>
    <message>
        <source>must be recordings=DAYS,texts=DAYS, or two numbers of days</source>
        <translation>muss recordings=DAYS,texts=DAYS sein, oder zwei Zahlen von Tagen</translation>
    </message>
    <message>
        <source>names a home folder that does not exist</source>
        <translation>nennt ein Home-Verzeichnis, das es nicht gibt</translation>
    </message>
    <message>
        <source>must be a whole number</source>
        <translation>muss eine ganze Zahl sein</translation>
    </message>
    <message>
        <source>%1 is not an IP address</source>
        <translation>%1 ist keine IP-Adresse</translation>
    </message>
    <message>
        <source>must have at least %1 characters</source>
        <translation>muss mindestens %1 Zeichen haben</translation>
    </message>
    <message>
        <source>must have at least %1 entries</source>
        <translation>muss mindestens %1 Einträge haben</translation>
    </message>
    <message>
        <source>must be at most %1</source>
        <translation>darf höchstens %1 sein</translation>
    </message>
    <message>
        <source>a text or null</source>
        <translation>ein Text oder null</translation>
    </message>
    <message>
        <source>a number or null</source>
        <translation>eine Zahl oder null</translation>
    </message>
    <message>
        <source>a whole number or null</source>
        <translation>eine ganze Zahl oder null</translation>
    </message>
    <message>
        <source>a list or null</source>
        <translation>eine Liste oder null</translation>
    </message>
    <message>
        <source>an object or null</source>
        <translation>ein Objekt oder null</translation>
    </message>
    <message>
        <source>true or false or null</source>
        <translation>true, false oder null</translation>
    </message>
    <message>
        <source>a moment such as 2026-11-24T12:00:00Z or null</source>
        <translation>ein Zeitpunkt wie 2026-11-24T12:00:00Z oder null</translation>
    </message>
    <message>
        <source>the %1 before the present one works until %2 and would end with another rotation: wait until then, or send `grace_seconds` 0, which ends both at once</source>
        <translation>%1: Der vorige gilt noch bis %2 und würde mit einem weiteren Wechsel enden. Warten Sie bis dahin, oder senden Sie `grace_seconds` 0, was beide sofort beendet</translation>
    </message>
    <message>
        <source>a part of the upgrade was killed</source>
        <translation>ein Teil der Aktualisierung wurde abgebrochen</translation>
    </message>
    <message>
        <source>vbot-appliance and vbot-worker-… of one version are needed, found: %1</source>
        <translation>vbot-appliance und vbot-worker-… derselben Version sind nötig, gefunden: %1</translation>
    </message>
    <message>
        <source>name the package vbot-worker-… of %1, too: without it no call is analysed</source>
        <translation>nennen Sie auch das Paket vbot-worker-… von %1: Ohne dieses wird kein Anruf ausgewertet</translation>
    </message>
    <message>
        <source>`%1 …` fails: %2</source>
        <translation>`%1 …` schlägt fehl: %2</translation>
    </message>
    <message>
        <source>vBot was not installed by apt here: name the packages&apos; files</source>
        <translation>vBot wurde hier nicht mit apt installiert: Nennen Sie die Dateien der Pakete</translation>
    </message>
    <message>
        <source>apt offers no other version</source>
        <translation>apt bietet keine andere Version an</translation>
    </message>
    <message>
        <source>there is no file %1</source>
        <translation>es gibt keine Datei %1</translation>
    </message>
    <message>
        <source>`%1` does not end well: %2</source>
        <translation>`%1` endet nicht ordnungsgemäß: %2</translation>
    </message>
    <message>
        <source>it did not say why</source>
        <translation>ohne Angabe von Gründen</translation>
    </message>
    <message>
        <source>it ended with %1, without a word</source>
        <translation>sie endete mit %1, ohne eine Meldung</translation>
    </message>
    <message>
        <source>it ended without a word</source>
        <translation>sie endete ohne eine Meldung</translation>
    </message>
    <message>
        <source>it cannot restore this box&apos;s backup: %1</source>
        <translation>sie kann die Sicherung dieser Box nicht wiederherstellen: %1</translation>
    </message>
    <message>
        <source>`%1` of it does not end well: %2</source>
        <translation>ihr `%1` endet nicht ordnungsgemäß: %2</translation>
    </message>
    <message>
        <source>its own doctor finds %1 wrong: %2</source>
        <translation>ihr Doctor beanstandet %1: %2</translation>
    </message>
    <message>
        <source>its doctor does not run: %1</source>
        <translation>ihr Doctor läuft nicht: %1</translation>
    </message>
    <message>
        <source>it does not start on a copy of the database: %1</source>
        <translation>sie startet nicht mit einer Kopie der Datenbank: %1</translation>
    </message>
    <message>
        <source>it is not ready on a copy of the database within %1 s</source>
        <translation>sie ist mit einer Kopie der Datenbank nicht binnen %1 s bereit</translation>
    </message>
    <message>
        <source>%1 GB are needed on the disk of %2 to try the new version and to install it, %3 GB are free</source>
        <translation>%1 GB sind auf der Festplatte von %2 nötig, um die neue Version zu erproben und zu installieren; %3 GB sind frei</translation>
    </message>
    <message>
        <source>`%1` fails: %2</source>
        <translation>`%1` schlägt fehl: %2</translation>
    </message>
    <message>
        <source>an administrator wants it</source>
        <translation>ein Administrator hat es veranlasst</translation>
    </message>
    <message>
        <source>%1; the newer database is in %2</source>
        <translation>%1; die neuere Datenbank liegt in %2</translation>
    </message>
    <message>
        <source>the upgrade to %1 was interrupted: %2 first</source>
        <translation>die Aktualisierung auf %1 wurde unterbrochen: zuerst %2</translation>
    </message>
    <message>
        <source>%1 runs already</source>
        <translation>%1 läuft schon</translation>
    </message>
    <message>
        <source>it was interrupted while the new version was tried: begin again</source>
        <translation>sie wurde unterbrochen, während die neue Version erprobt wurde: Beginnen Sie noch einmal</translation>
    </message>
    <message>
        <source>it was interrupted</source>
        <translation>sie wurde unterbrochen</translation>
    </message>
    <message>
        <source>there is no upgrade that could be undone</source>
        <translation>es gibt keine Aktualisierung, die sich rückgängig machen ließe</translation>
    </message>
    <message>
        <source>%1 cannot open the database any more: `vbot backup unpack %2 --to FOLDER` makes a folder for it (README, Back to the version before)</source>
        <translation>%1 kann die Datenbank nicht mehr öffnen: `vbot backup unpack %2 --to FOLDER` legt einen Ordner dafür an (README, Back to the version before)</translation>
    </message>
    <message>
        <source>its packages do not leave both versions side by side</source>
        <translation>mit seinen Paketen lassen sich die beiden Versionen nicht nebeneinander installieren</translation>
    </message>
    <message>
        <source>%1 does not come back: %2 (`vbot doctor`, then `%3 --back`); the upgrade to %4 had failed: %5</source>
        <translation>%1 startet nicht wieder: %2 (`vbot doctor`, danach `%3 --back`); die Aktualisierung auf %4 war fehlgeschlagen: %5</translation>
    </message>
    <message>
        <source>%1; dpkg is half way with %2, and %3 runs on: mend that, then %4</source>
        <translation>%1; dpkg ist bei %2 nur halb fertig, und %3 läuft weiter: Beheben Sie das, danach %4</translation>
    </message>
    <message>
        <source>it does not accept calls</source>
        <translation>sie nimmt keine Anrufe an</translation>
    </message>
    <message>
        <source>it does not get well</source>
        <translation>sie wird nicht gesund</translation>
    </message>
    <message>
        <source>it was %1 before, and is not now</source>
        <translation>sie war vorher %1 und ist es nicht mehr</translation>
    </message>
    <message>
        <source>%1 is not ready</source>
        <translation>%1 ist nicht bereit</translation>
    </message>
    <message>
        <source>it died %1 times while loading: %2</source>
        <translation>er ist beim Laden %1-mal abgestürzt: %2</translation>
    </message>
    <message>
        <source>it is version %1 that answers</source>
        <translation>es antwortet Version %1</translation>
    </message>
    <message>
        <source>worker %1</source>
        <translation>Worker %1</translation>
    </message>
    <message>
        <source>%1 within %2 s: it is %3</source>
        <translation>%1 binnen %2 s: Sie ist %3</translation>
    </message>
    <message>
        <source>it was %1 before, and is %2</source>
        <translation>sie war vorher %1 und ist jetzt %2</translation>
    </message>
    <message>
        <source>the upgrade to %1 was taken back and %2 runs: %3</source>
        <translation>die Aktualisierung auf %1 wurde zurückgenommen, und %2 läuft: %3</translation>
    </message>
    <message>
        <source>the upgrade from %1 to %2 was interrupted while %3: `vbot upgrade --resume` finishes it, `vbot upgrade --back` undoes it</source>
        <translation>die Aktualisierung von %1 auf %2 wurde unterbrochen (Schritt: %3): `vbot upgrade --resume` führt sie zu Ende, `vbot upgrade --back` macht sie rückgängig</translation>
    </message>
    <message>
        <source>upgraded from %1 to %2</source>
        <translation>Aktualisierung von %1 auf %2 ausgeführt</translation>
    </message>
    <message>
        <source>the upgrade to %1 was refused and %2 runs on: %3</source>
        <translation>die Aktualisierung auf %1 wurde abgelehnt, und %2 läuft weiter: %3</translation>
    </message>
    <message>
        <source>cannot write %1: %2: run this with sudo</source>
        <translation>%1 lässt sich nicht schreiben: %2: Führen Sie den Befehl mit sudo aus</translation>
    </message>
    <message>
        <source>another `vbot upgrade` is at work: wait until it has ended</source>
        <translation>ein anderes `vbot upgrade` läuft: Warten Sie, bis es beendet ist</translation>
    </message>
    <message>
        <source>systemd does not open %1, the master key: %2</source>
        <translation>systemd öffnet %1, den Hauptschlüssel, nicht: %2</translation>
    </message>
    <message>
        <source>the master key cannot be given: %1</source>
        <translation>der Hauptschlüssel kann nicht übergeben werden: %1</translation>
    </message>
    <message>
        <source>the receiver answered 410 Gone</source>
        <translation>der Empfänger hat mit 410 Gone geantwortet</translation>
    </message>
    <message>
        <source>no webhook was taken since %1</source>
        <translation>kein Webhook wurde angenommen seit %1</translation>
    </message>
    <message>
        <source>erased meanwhile</source>
        <translation>inzwischen gelöscht</translation>
    </message>
    <message>
        <source>the webhook URL has no https</source>
        <translation>die Webhook-URL hat kein https</translation>
    </message>
    <message>
        <source>its body was erased</source>
        <translation>der Inhalt wurde gelöscht</translation>
    </message>
    <message>
        <source>its customer was deleted</source>
        <translation>der Kunde dazu wurde gelöscht</translation>
    </message>
    <message>
        <source>connection refused</source>
        <translation>Verbindung abgelehnt</translation>
    </message>
    <message>
        <source>connection reset</source>
        <translation>Verbindung von der Gegenseite abgebrochen</translation>
    </message>
    <message>
        <source>host not reachable</source>
        <translation>der Host ist nicht erreichbar</translation>
    </message>
    <message>
        <source>network not reachable</source>
        <translation>das Netz ist nicht erreichbar</translation>
    </message>
    <message>
        <source>connection timed out</source>
        <translation>Zeitüberschreitung beim Verbinden</translation>
    </message>
    <message>
        <source>name not known: %1</source>
        <translation>der Name ist nicht bekannt: %1</translation>
    </message>
    <message>
        <source>no TLS connection: %1</source>
        <translation>keine TLS-Verbindung: %1</translation>
    </message>
    <message>
        <source>connection failed</source>
        <translation>die Verbindung ist fehlgeschlagen</translation>
    </message>
    <message>
        <source>certificate not trusted: %1</source>
        <translation>dem Zertifikat wird nicht vertraut: %1</translation>
    </message>
    <message>
        <source>certificate not trusted: it is not the one whose fingerprint was entered</source>
        <translation>dem Zertifikat wird nicht vertraut: Es ist nicht das, dessen Fingerabdruck eingetragen wurde</translation>
    </message>
    <message>
        <source>connection closed without an answer</source>
        <translation>die Verbindung wurde ohne Antwort geschlossen</translation>
    </message>
    <message>
        <source>the answer is not HTTP</source>
        <translation>die Antwort ist kein HTTP</translation>
    </message>
    <message>
        <source>the URL cannot be read</source>
        <translation>die URL lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>name cannot be looked up now: %1</source>
        <translation>der Name lässt sich zurzeit nicht nachschlagen: %1</translation>
    </message>
    <message>
        <source>it cannot be verified</source>
        <translation>es lässt sich nicht prüfen</translation>
    </message>
    <message>
        <source>the other side does not speak it</source>
        <translation>die Gegenseite spricht es nicht</translation>
    </message>
    <message>
        <source>plain HTTP to a public address can be read on its way (use https, or VBOT_WEBHOOK_PLAIN_HTTP)</source>
        <translation>unverschlüsseltes HTTP an eine öffentliche Adresse lässt sich unterwegs mitlesen (verwenden Sie https, oder VBOT_WEBHOOK_PLAIN_HTTP)</translation>
    </message>
    <message>
        <source>cloud metadata</source>
        <translation>Metadaten der Cloud</translation>
    </message>
    <message>
        <source>a webhook URL has at most %1 characters</source>
        <translation>eine Webhook-URL hat höchstens %1 Zeichen</translation>
    </message>
    <message>
        <source>a webhook URL has no spaces, control characters or backslashes</source>
        <translation>eine Webhook-URL hat keine Leerzeichen, Steuerzeichen oder umgekehrten Schrägstriche</translation>
    </message>
    <message>
        <source>a webhook URL begins with https:// or http://</source>
        <translation>eine Webhook-URL beginnt mit https:// oder http://</translation>
    </message>
    <message>
        <source>a webhook URL carries no user name or password</source>
        <translation>eine Webhook-URL enthält weder Benutzernamen noch Passwort</translation>
    </message>
    <message>
        <source>a webhook URL names a host</source>
        <translation>eine Webhook-URL nennt einen Host</translation>
    </message>
    <message>
        <source>the port of a webhook URL is a number from 1 to 65535</source>
        <translation>der Port einer Webhook-URL ist eine Zahl von 1 bis 65535</translation>
    </message>
    <message>
        <source>a webhook URL has no #fragment: it would never be sent</source>
        <translation>eine Webhook-URL hat kein #Fragment: Es würde nie gesendet</translation>
    </message>
    <message>
        <source>address %1 is refused: %2</source>
        <translation>die Adresse %1 wird abgewiesen: %2</translation>
    </message>
    <message>
        <source>not in the list of permitted networks</source>
        <translation>sie steht nicht in der Liste der erlaubten Netze</translation>
    </message>
    <message>
        <source>this is not a valid URL: its host or port cannot be read</source>
        <translation>dies ist keine gültige URL: Host oder Port lassen sich nicht lesen</translation>
    </message>
    <message>
        <source>not an IP address</source>
        <translation>keine IP-Adresse</translation>
    </message>
    <message>
        <source>%1 is refused: loopback, the appliance itself</source>
        <translation>%1 wird abgewiesen: Loopback, die Appliance selbst</translation>
    </message>
    <message>
        <source>%1 is neither a name nor an address in its usual form</source>
        <translation>%1 ist weder ein Name noch eine Adresse in der üblichen Form</translation>
    </message>
    <message>
        <source>not a host name</source>
        <translation>kein Rechnername</translation>
    </message>
    <message>
        <source>no address</source>
        <translation>keine Adresse</translation>
    </message>
    <message>
        <source>redirect refused</source>
        <translation>die Weiterleitung wird nicht befolgt</translation>
    </message>
    <message>
        <source>no certificate came</source>
        <translation>es kam kein Zertifikat</translation>
    </message>
    <message>
        <source>timed out after %1 s</source>
        <translation>keine Antwort binnen %1 s</translation>
    </message>
    <message>
        <source>is too long for a certificate</source>
        <translation>ist für ein Zertifikat zu lang</translation>
    </message>
    <message>
        <source>must be the SHA-256 of the certificate: 64 hex digits</source>
        <translation>muss der SHA-256 des Zertifikats sein: 64 hexadezimale Ziffern</translation>
    </message>
    <message>
        <source>no certificate in it</source>
        <translation>es ist kein Zertifikat darin</translation>
    </message>
    <message>
        <source>must be a certificate in PEM form</source>
        <translation>muss ein Zertifikat im PEM-Format sein</translation>
    </message>
    <message>
        <source>the webhook secret cannot be read: %1</source>
        <translation>das Webhook-Geheimnis lässt sich nicht lesen: %1</translation>
    </message>
    <message>
        <source>the webhook address cannot be read: %1</source>
        <translation>die Webhook-Adresse lässt sich nicht lesen: %1</translation>
    </message>
    <message>
        <source>the certificate that is trusted cannot be read: %1</source>
        <translation>das Zertifikat, dem vertraut wird, lässt sich nicht lesen: %1</translation>
    </message>
    <message>
        <source>its answer has no text</source>
        <translation>die Antwort enthält keinen Text</translation>
    </message>
    <message>
        <source>llm_key_file %1 holds no key</source>
        <translation>llm_key_file %1 enthält keinen Schlüssel</translation>
    </message>
    <message>
        <source>llm_url %1 is no address like http://10.0.0.5:11434/v1</source>
        <translation>llm_url %1 ist keine Adresse wie http://10.0.0.5:11434/v1</translation>
    </message>
    <message>
        <source>%1 did not answer within %2 s</source>
        <translation>%1 hat nicht binnen %2 s geantwortet</translation>
    </message>
    <message>
        <source>%1 refuses the key (llm_key_file): %2</source>
        <translation>%1 weist den Schlüssel zurück (llm_key_file): %2</translation>
    </message>
    <message>
        <source>%1 answers %2: %3</source>
        <translation>%1 antwortet mit %2: %3</translation>
    </message>
    <message>
        <source>its answer has no choices</source>
        <translation>die Antwort enthält keine choices</translation>
    </message>
    <message>
        <source>llm_key_file %1 cannot be read: %2</source>
        <translation>llm_key_file %1 lässt sich nicht lesen: %2</translation>
    </message>
    <message>
        <source>%1 lists no models</source>
        <translation>%1 nennt keine Modelle</translation>
    </message>
    <message>
        <source>%1 does not answer: %2</source>
        <translation>%1 antwortet nicht: %2</translation>
    </message>
    <message>
        <source>%1 answers something that is not JSON</source>
        <translation>die Antwort von %1 ist kein JSON</translation>
    </message>
    <message>
        <source>%1 answers with more than %2 bytes</source>
        <translation>die Antwort von %1 hat mehr als %2 Byte</translation>
    </message>
    <message>
        <source>the name %1 is not known: %2</source>
        <translation>der Name %1 ist nicht bekannt: %2</translation>
    </message>
    <message>
        <source>%1 is %2, which is outside the building: no transcript is sent there</source>
        <translation>%1 ist %2, und das liegt außerhalb des Hauses: Dorthin wird kein Transkript gesendet</translation>
    </message>
    <message>
        <source>%1 has failed %2 times; it is asked again in %3 s</source>
        <translation>%1 ist %2-mal fehlgeschlagen; die nächste Anfrage folgt in %3 s</translation>
    </message>
    <message>
        <source>the analysis neither progressed nor computed for %1 s</source>
        <translation>die Auswertung kam %1 s lang weder voran noch rechnete sie</translation>
    </message>
    <message>
        <source>its worker hung with another call</source>
        <translation>der Worker hing bei einem anderen Anruf</translation>
    </message>
    <message>
        <source>its worker&apos;s device failed</source>
        <translation>das Gerät des Workers ist ausgefallen</translation>
    </message>
    <message>
        <source>the analysis made no progress for %1 s</source>
        <translation>die Auswertung kam %1 s lang nicht voran</translation>
    </message>
    <message>
        <source>the analysis broke: %1</source>
        <translation>die Auswertung brach ab: %1</translation>
    </message>
    <message>
        <source>the analysis gave what cannot be: %1</source>
        <translation>die Auswertung ergab, was nicht sein kann: %1</translation>
    </message>
    <message>
        <source>handed back</source>
        <translation>zurückgegeben</translation>
    </message>
    <message>
        <source>%1; this worker ends</source>
        <translation>%1; dieser Worker beendet sich</translation>
    </message>
    <message>
        <source>the worker was stopped</source>
        <translation>der Worker wurde beendet</translation>
    </message>
    <message>
        <source>%1, for the %2th time</source>
        <translation>%1, zum %2. Mal</translation>
    </message>
    <message>
        <source>a recording&apos;s decoder</source>
        <translation>der Decoder einer Aufnahme</translation>
    </message>
    <message>
        <source>%1 does not let this worker in (%2): %3</source>
        <translation>%1 lässt diesen Worker nicht ein (%2): %3</translation>
    </message>
    <message>
        <source>%1 has no room for a recording of %2 MB%3</source>
        <translation>in %1 ist kein Platz für eine Aufnahme von %2 MB%3</translation>
    </message>
    <message>
        <source>make another token on the box: `vbot token create --role worker`</source>
        <translation>erstellen Sie auf der Box ein anderes Token: `vbot token create --role worker`</translation>
    </message>
    <message>
        <source>VBOT_API_URL must lead to the api from an address of its own machine: `vbot doctor` on the box</source>
        <translation>VBOT_API_URL muss von einer Adresse des eigenen Rechners zur API führen: `vbot doctor` auf der Box</translation>
    </message>
    <message>
        <source>the api does not hand out the recording</source>
        <translation>die API gibt die Aufnahme nicht heraus</translation>
    </message>
    <message>
        <source>the api does not take what is held: it answers %1</source>
        <translation>die API nimmt nicht an, was der Worker in Händen hat: Sie antwortet mit %1</translation>
    </message>
    <message>
        <source>the api cannot be told what is held: %1</source>
        <translation>die API erfährt nicht, was der Worker in Händen hat: %1</translation>
    </message>
    <message>
        <source>the api answers %1</source>
        <translation>die API antwortet mit %1</translation>
    </message>
    <message>
        <source>the recording is damaged on the appliance&apos;s disk: it is not what was received</source>
        <translation>die Aufnahme ist auf der Festplatte der Appliance beschädigt: Sie ist nicht, was empfangen wurde</translation>
    </message>
    <message>
        <source>1 channel</source>
        <translation>1 Kanal</translation>
    </message>
    <message>
        <source>%1 channels</source>
        <translation>%1 Kanäle</translation>
    </message>
    <message>
        <source>%1 has no memory left</source>
        <translation>%1 hat keinen Speicher mehr frei</translation>
    </message>
    <message>
        <source>call %1</source>
        <translation>Anruf %1</translation>
    </message>
    <message>
        <source>no decoder can be started: %1</source>
        <translation>kein Decoder lässt sich starten: %1</translation>
    </message>
    <message>
        <source>%1 is no voice model that can be loaded: %2</source>
        <translation>%1 ist kein Stimmen-Modell, das sich laden lässt: %2</translation>
    </message>
    <message>
        <source>%1 holds a %2 model: calls are read by smollm2-135m</source>
        <translation>%1 enthält ein Modell der Art %2: Anrufe liest smollm2-135m</translation>
    </message>
    <message>
        <source>%1 is no language model that can be loaded: %2</source>
        <translation>%1 ist kein Sprachmodell, das sich laden lässt: %2</translation>
    </message>
    <message>
        <source>%1 has no tokenizer.json that can be read: %2</source>
        <translation>%1 enthält keine lesbare tokenizer.json: %2</translation>
    </message>
    <message>
        <source>%1 is no embedding model that can be loaded: %2</source>
        <translation>%1 ist kein Einbettungs-Modell, das sich laden lässt: %2</translation>
    </message>
    <message>
        <source>%1 has no chat template: it takes an instruct model to write summaries</source>
        <translation>%1 hat keine Chat-Vorlage: Zusammenfassungen schreibt nur ein Instruct-Modell</translation>
    </message>
    <message>
        <source>the call is too long for %1: %2 tokens of %3</source>
        <translation>der Anruf ist zu lang für %1: %2 Token von %3</translation>
    </message>
    <message>
        <source>it answers without JSON</source>
        <translation>die Antwort ist kein JSON</translation>
    </message>
    <message>
        <source>its answer is not of the form that was asked for: %1</source>
        <translation>die Antwort hat nicht die verlangte Form: %1</translation>
    </message>
    <message>
        <source>%1 is no summarizer that can be loaded: %2</source>
        <translation>%1 ist kein Modell für Zusammenfassungen, das sich laden lässt: %2</translation>
    </message>
    <message>
        <source>%1 cannot be a pack&apos;s name: letters, digits, &apos;.&apos;, &apos;_&apos; and &apos;-&apos;, at most 64, the first a letter or digit</source>
        <translation>%1 kann nicht der Name eines Modellpakets sein: Buchstaben, Ziffern, &apos;.&apos;, &apos;_&apos; und &apos;-&apos;, höchstens 64, das erste ein Buchstabe oder eine Ziffer</translation>
    </message>
    <message>
        <source>%1 names no files</source>
        <translation>%1 nennt keine Dateien</translation>
    </message>
    <message>
        <source>%1 is no model pack: it has no %2</source>
        <translation>%1 ist kein Modellpaket: %2 fehlt</translation>
    </message>
    <message>
        <source>%1 is not a pack manifest: %2</source>
        <translation>%1 ist kein Verzeichnis eines Modellpakets: %2</translation>
    </message>
    <message>
        <source>%1 names a file outside its folder: %2</source>
        <translation>%1 nennt eine Datei außerhalb seines Ordners: %2</translation>
    </message>
    <message>
        <source>run `vbot models import PATH --name %1` with an undamaged copy</source>
        <translation>führen Sie `vbot models import PATH --name %1` mit einer unbeschädigten Kopie aus</translation>
    </message>
    <message>
        <source>run `%1 --force`</source>
        <translation>führen Sie `%1 --force` aus</translation>
    </message>
    <message>
        <source>what is installed as %1 runs as code, which the catalogue&apos;s pack does not: run `%2 --force`</source>
        <translation>was als %1 installiert ist, läuft als Code, anders als das Paket des Katalogs: Führen Sie `%2 --force` aus</translation>
    </message>
    <message>
        <source>model pack %1 runs as code, and nobody said that it may: run `vbot models import PATH --trust-code %2` if you trust whoever made it</source>
        <translation>das Modellpaket %1 läuft als Code, und niemand hat das erlaubt: Führen Sie `vbot models import PATH --trust-code %2` aus, wenn Sie dem Ersteller vertrauen</translation>
    </message>
    <message>
        <source>%1 is no folder: name an installed pack or a folder with a model</source>
        <translation>%1 ist kein Ordner: Nennen Sie ein installiertes Modellpaket oder einen Ordner mit einem Modell</translation>
    </message>
    <message>
        <source>%1 is a SpeechBrain folder, which runs as code when it is loaded: if you trust it, run `vbot models import %2 --trust-code` and use the pack&apos;s name</source>
        <translation>%1 ist ein SpeechBrain-Ordner und läuft beim Laden als Code: Wenn Sie ihm vertrauen, führen Sie `vbot models import %2 --trust-code` aus, und verwenden Sie den Namen des Pakets</translation>
    </message>
    <message>
        <source>model pack in %1: %2; copy it again</source>
        <translation>Modellpaket in %1: %2; kopieren Sie es neu</translation>
    </message>
    <message>
        <source>model pack %1 is not installed in %2%3: run `%4`</source>
        <translation>das Modellpaket %1 ist in %2 nicht installiert%3: Führen Sie `%4` aus</translation>
    </message>
    <message>
        <source>model pack %1 in %2: %3; %4</source>
        <translation>Modellpaket %1 in %2: %3; %4</translation>
    </message>
    <message>
        <source>%1 is not in the pack&apos;s %2</source>
        <translation>%1 steht nicht in der %2 des Pakets</translation>
    </message>
    <message>
        <source>%1 is damaged: it has %2 bytes, not %3</source>
        <translation>%1 ist beschädigt: Die Datei hat %2 Byte statt %3</translation>
    </message>
    <message>
        <source>%1 is missing</source>
        <translation>%1 fehlt</translation>
    </message>
    <message>
        <source>%1 is damaged: its SHA-256 is %2, not %3</source>
        <translation>%1 ist beschädigt: Ihr SHA-256 ist %2 statt %3</translation>
    </message>
    <message>
        <source>%1 wrote too little that is in the call</source>
        <translation>%1 hat zu wenig geschrieben, was im Anruf vorkommt</translation>
    </message>
    <message>
        <source>%1 holds no model: run `vbot models list` to see what is installed</source>
        <translation>%1 enthält kein Modell: `vbot models list` zeigt, was installiert ist</translation>
    </message>
    <message>
        <source>The model %1 does not know the language %2</source>
        <translation>Das Modell %1 kennt die Sprache %2 nicht</translation>
    </message>
    <message>
        <source>%1 does not say which of its tokens is CTC&apos;s blank</source>
        <translation>%1 nennt nicht, welches Token das CTC-Leerzeichen ist</translation>
    </message>
    <message>
        <source>%1 is no Whisper model that can be loaded: %2</source>
        <translation>%1 ist kein Whisper-Modell, das sich laden lässt: %2</translation>
    </message>
    <message>
        <source>VBOT_DEVICE is %1, and torch sees %2%3</source>
        <translation>VBOT_DEVICE ist %1, und torch sieht %2%3</translation>
    </message>
    <message>
        <source>%1 cards, cuda:0 to cuda:%2</source>
        <translation>%1 Karten, cuda:0 bis cuda:%2</translation>
    </message>
    <message>
        <source>%1 is %2, and what it leaves out cannot be seen</source>
        <translation>%1 ist %2, und was darin fehlt, ist nicht zu sehen</translation>
    </message>
    <message>
        <source>%1 is no graphics card</source>
        <translation>%1 ist keine Grafikkarte</translation>
    </message>
    <message>
        <source>no card that it can compute on</source>
        <translation>keine Karte, auf der es rechnen kann</translation>
    </message>
    <message>
        <source>one card, cuda:0</source>
        <translation>eine Karte, cuda:0</translation>
    </message>
    <message>
        <source>%1 does not compute any more: %2</source>
        <translation>%1 rechnet nicht mehr: %2</translation>
    </message>
    <message>
        <source>%1 is damaged: install vbot-appliance again</source>
        <translation>%1 ist beschädigt: Installieren Sie vbot-appliance neu</translation>
    </message>
    <message>
        <source>cannot read %1: install vbot-appliance again</source>
        <translation>%1 lässt sich nicht lesen: Installieren Sie vbot-appliance neu</translation>
    </message>
    <message>
        <source>%1 is no SpeechBrain model that can be loaded as %2: %3</source>
        <translation>%1 ist kein SpeechBrain-Modell, das sich als %2 laden lässt: %3</translation>
    </message>
</context>
<context>
    <name>appliances</name>
    <message>
        <source>Appliances</source>
        <translation>Appliances</translation>
    </message>
    <message>
        <source>Go to appliance %1</source>
        <translation>Zur Appliance %1 wechseln</translation>
    </message>
    <message>
        <source>Rename appliance %1</source>
        <translation>Appliance %1 umbenennen</translation>
    </message>
    <message>
        <source>Forget appliance %1</source>
        <translation>Appliance %1 vergessen</translation>
    </message>
</context>
<context>
    <name>attempts</name>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>keine Antwort</translation>
    </message>
    <message>
        <source>Took</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>It was not kept to which address this went</source>
        <translation>An welche Adresse dieser Versuch ging, wurde nicht festgehalten</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
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
        <translation>Anruf erneut ausgewertet</translation>
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
        <translation>Sicherung erstellt</translation>
    </message>
    <message>
        <source>Backup failed</source>
        <translation>Sicherung fehlgeschlagen</translation>
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
        <translation>Beschädigte Sicherung gefunden</translation>
    </message>
    <message>
        <source>Backup removed</source>
        <translation>Sicherung entfernt</translation>
    </message>
    <message>
        <source>Recovery key shown</source>
        <translation>Wiederherstellungsschlüssel angezeigt</translation>
    </message>
    <message>
        <source>Appliance set up</source>
        <translation>Appliance eingerichtet</translation>
    </message>
    <message>
        <source>Call described anew by the telephone system</source>
        <translation>Anruf von der Telefonanlage neu beschrieben</translation>
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
        <source>Call read</source>
        <translation>Anruf gelesen</translation>
    </message>
    <message>
        <source>Words of a call read</source>
        <translation>Wortlaut eines Anrufs gelesen</translation>
    </message>
    <message>
        <source>Calls listed</source>
        <translation>Anrufe aufgelistet</translation>
    </message>
    <message>
        <source>Calls searched by text</source>
        <translation>Anrufe nach Text durchsucht</translation>
    </message>
    <message>
        <source>Webhooks listed</source>
        <translation>Webhooks aufgelistet</translation>
    </message>
    <message>
        <source>Webhook read</source>
        <translation>Webhook gelesen</translation>
    </message>
    <message>
        <source>Calls watched as they come</source>
        <translation>Anrufe laufend verfolgt</translation>
    </message>
    <message>
        <source>Audit saved as a file</source>
        <translation>Prüfprotokoll als Datei gespeichert</translation>
    </message>
    <message>
        <source>API keys shown</source>
        <translation>API-Schlüssel angezeigt</translation>
    </message>
    <message>
        <source>Note of the first boot removed</source>
        <translation>Notiz der Ersteinrichtung entfernt</translation>
    </message>
    <message>
        <source>Log level changed</source>
        <translation>Log-Stufe geändert</translation>
    </message>
    <message>
        <source>Worker on another machine joined</source>
        <translation>Worker auf einem anderen Rechner beigetreten</translation>
    </message>
    <message>
        <source>Refused: unknown credential</source>
        <translation>Abgewiesen: unbekannte Zugangsdaten</translation>
    </message>
    <message>
        <source>What named a person erased</source>
        <translation>Personenbezug gelöscht</translation>
    </message>
    <message>
        <source>Audit lines past their time removed</source>
        <translation>Abgelaufene Zeilen des Prüfprotokolls entfernt</translation>
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
        <source>Audit line</source>
        <translation>Protokollzeile</translation>
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
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>%1 (API key)</source>
        <translation>%1 (API-Schlüssel)</translation>
    </message>
    <message>
        <source>Token %1</source>
        <translation>Token %1</translation>
    </message>
    <message>
        <source>Call of %1</source>
        <translation>Anruf bei %1</translation>
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
        <translation>Objekt</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>Request</source>
        <translation>Anfrage</translation>
    </message>
    <message>
        <source>Webhook to %1</source>
        <translation>Webhook an %1</translation>
    </message>
    <message>
        <source>Tags of a call changed</source>
        <translation>Schlagwörter eines Anrufs geändert</translation>
    </message>
    <message>
        <source>Settings changed</source>
        <translation>Einstellungen geändert</translation>
    </message>
    <message>
        <source>Appliance started again</source>
        <translation>Appliance neu gestartet</translation>
    </message>
    <message>
        <source>Refused: not allowed with this credential</source>
        <translation>Abgewiesen: mit diesen Zugangsdaten nicht erlaubt</translation>
    </message>
</context>
<context>
    <name>audit fields</name>
    <message>
        <source>Contact</source>
        <translation>Ansprechpartner</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Company</source>
        <translation>Firma</translation>
    </message>
    <message>
        <source>E-mail</source>
        <translation>E-Mail</translation>
    </message>
    <message>
        <source>Active</source>
        <translation>Aktiv</translation>
    </message>
    <message>
        <source>API key</source>
        <translation>API-Schlüssel</translation>
    </message>
    <message>
        <source>Old API key works until</source>
        <translation>Alter API-Schlüssel gilt bis</translation>
    </message>
    <message>
        <source>Webhook address</source>
        <translation>Webhook-Adresse</translation>
    </message>
    <message>
        <source>Webhook secret</source>
        <translation>Webhook-Geheimnis</translation>
    </message>
    <message>
        <source>Old webhook secret signs until</source>
        <translation>Altes Webhook-Geheimnis signiert bis</translation>
    </message>
    <message>
        <source>Webhooks are stopped because</source>
        <translation>Webhooks sind abgeschaltet, weil</translation>
    </message>
    <message>
        <source>Webhook&apos;s certificate authority</source>
        <translation>Zertifizierungsstelle des Webhooks</translation>
    </message>
    <message>
        <source>Webhook&apos;s certificate (SHA-256)</source>
        <translation>Zertifikat des Webhooks (SHA-256)</translation>
    </message>
    <message>
        <source>Requests a minute</source>
        <translation>Anfragen je Minute</translation>
    </message>
    <message>
        <source>Calls at once</source>
        <translation>Gleichzeitige Anrufe</translation>
    </message>
    <message>
        <source>Room on the disk (GB)</source>
        <translation>Platz auf der Festplatte (GB)</translation>
    </message>
    <message>
        <source>Audio a day (hours)</source>
        <translation>Audio je Tag (Stunden)</translation>
    </message>
    <message>
        <source>Keep recordings (days)</source>
        <translation>Aufnahmen aufbewahren (Tage)</translation>
    </message>
    <message>
        <source>Keep texts (days)</source>
        <translation>Texte aufbewahren (Tage)</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>The caller speaks on</source>
        <translation>Der Anrufer spricht auf</translation>
    </message>
    <message>
        <source>Whose mood is computed</source>
        <translation>Wessen Stimmung ermittelt wird</translation>
    </message>
    <message>
        <source>Webhook of an empty call</source>
        <translation>Webhook eines leeren Anrufs</translation>
    </message>
    <message>
        <source>Country of its numbers</source>
        <translation>Land der Rufnummern</translation>
    </message>
    <message>
        <source>Names and products</source>
        <translation>Namen und Produkte</translation>
    </message>
    <message>
        <source>Its own numbers</source>
        <translation>Eigene Rufnummern</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>Rolle</translation>
    </message>
    <message>
        <source>Ends</source>
        <translation>Gültig bis</translation>
    </message>
    <message>
        <source>Revoked</source>
        <translation>Widerrufen</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>Kunde</translation>
    </message>
    <message>
        <source>Customers</source>
        <translation>Kunden</translation>
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
        <source>Which ones</source>
        <translation>Welche</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>HTTP status</source>
        <translation>HTTP-Status</translation>
    </message>
    <message>
        <source>Number searched for</source>
        <translation>Gesuchte Nummer</translation>
    </message>
    <message>
        <source>Searched for</source>
        <translation>Gesucht</translation>
    </message>
    <message>
        <source>Succeeded</source>
        <translation>Erfolgreich</translation>
    </message>
    <message>
        <source>Revision</source>
        <translation>Revision</translation>
    </message>
    <message>
        <source>Recordings</source>
        <translation>Aufnahmen</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>Ergebnisse</translation>
    </message>
    <message>
        <source>Webhooks</source>
        <translation>Webhooks</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>Anrufe</translation>
    </message>
    <message>
        <source>How many</source>
        <translation>Wie viele</translation>
    </message>
    <message>
        <source>How often</source>
        <translation>Wie oft</translation>
    </message>
    <message>
        <source>Different lists</source>
        <translation>Verschiedene Listen</translation>
    </message>
    <message>
        <source>Fields</source>
        <translation>Felder</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Ab</translation>
    </message>
    <message>
        <source>Until</source>
        <translation>Bis</translation>
    </message>
    <message>
        <source>Log level</source>
        <translation>Log-Stufe</translation>
    </message>
    <message>
        <source>Seconds</source>
        <translation>Sekunden</translation>
    </message>
    <message>
        <source>Worker</source>
        <translation>Worker</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>Backup</source>
        <translation>Sicherung</translation>
    </message>
    <message>
        <source>Lines</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>Fingerprint (SHA-256)</source>
        <translation>Fingerabdruck (SHA-256)</translation>
    </message>
    <message>
        <source>What was wanted</source>
        <translation>Gewünscht</translation>
    </message>
</context>
<context>
    <name>backups</name>
    <message>
        <source>in the making</source>
        <translation>wird erstellt</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
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
        <source>not sealed</source>
        <translation>unversiegelt</translation>
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
        <translation>Erstellt</translation>
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
        <translation>Seit dem Start der Appliance nicht geprüft</translation>
    </message>
    <message>
        <source>it is not done yet</source>
        <translation>sie ist noch nicht fertig</translation>
    </message>
    <message>
        <source>it failed</source>
        <translation>sie ist fehlgeschlagen</translation>
    </message>
</context>
<context>
    <name>call</name>
    <message>
        <source>Received</source>
        <translation>Eingegangen</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Begonnen</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Delivered</source>
        <translation>Zugestellt</translation>
    </message>
    <message>
        <source>Caller %1, called %2</source>
        <translation>Anrufer %1, Angerufener %2</translation>
    </message>
    <message>
        <source>silence %1 (longest %2)</source>
        <translation>Stille %1 (längste %2)</translation>
    </message>
    <message>
        <source>both at once %1</source>
        <translation>gleichzeitig %1</translation>
    </message>
    <message>
        <source>interruptions by the caller %1, by the called %2</source>
        <translation>ins Wort gefallen: Anrufer %1-mal, Angerufener %2-mal</translation>
    </message>
    <message>
        <source>Caller</source>
        <translation>Anrufer</translation>
    </message>
    <message>
        <source>Called</source>
        <translation>Angerufener</translation>
    </message>
    <message>
        <source>Voice 1</source>
        <translation>Stimme 1</translation>
    </message>
    <message>
        <source>Voice 2</source>
        <translation>Stimme 2</translation>
    </message>
</context>
<context>
    <name>calls</name>
    <message>
        <source>Received</source>
        <translation>Eingegangen</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Caller</source>
        <translation>Anrufer</translation>
    </message>
    <message>
        <source>Called</source>
        <translation>Angerufener</translation>
    </message>
    <message>
        <source>Direction</source>
        <translation>Richtung</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Time talked</source>
        <translation>Sprechzeit</translation>
    </message>
    <message>
        <source>Silence</source>
        <translation>Stille</translation>
    </message>
    <message>
        <source>Outside party talks</source>
        <translation>Redeanteil der externen Seite</translation>
    </message>
    <message>
        <source>Mood</source>
        <translation>Stimmung</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>Kunde</translation>
    </message>
    <message>
        <source>Time to result</source>
        <translation>Zeit bis zum Ergebnis</translation>
    </message>
    <message>
        <source>Call id</source>
        <translation>Anruf-ID</translation>
    </message>
    <message>
        <source>PBX&apos;s id</source>
        <translation>ID der Telefonanlage</translation>
    </message>
    <message>
        <source>Keywords</source>
        <translation>Stichwörter</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>Zusammenfassung</translation>
    </message>
    <message>
        <source>Damaged: it can be analysed again</source>
        <translation>Beschädigt: Der Anruf kann erneut ausgewertet werden</translation>
    </message>
    <message>
        <source>Nothing was recorded</source>
        <translation>Nichts aufgenommen</translation>
    </message>
    <message>
        <source>Erased when its retention ended or its customer was deleted</source>
        <translation>Gelöscht: Die Aufbewahrungsfrist endete, oder der Kunde wurde gelöscht</translation>
    </message>
    <message>
        <source>Nobody speaks</source>
        <translation>Niemand spricht</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>Schlagwörter</translation>
    </message>
    <message>
        <source>The new result is sent to its customer.</source>
        <translation>Das neue Ergebnis wird seinem Kunden gesendet.</translation>
    </message>
</context>
<context>
    <name>charts</name>
    <message>
        <source>no data</source>
        <translation>keine Daten</translation>
    </message>
</context>
<context>
    <name>customer</name>
    <message>
        <source>Nothing was replaced: the one before the present one works until %1, and with a new one it would stop at once. Wait until then, or choose “%2”: then both stop.</source>
        <translation>Nichts wurde ersetzt: Der Wert vor dem jetzigen gilt noch bis %1 und wäre mit einem neuen sofort ungültig. Warten Sie bis dahin, oder wählen Sie „%2“: Dann werden beide ungültig.</translation>
    </message>
    <message>
        <source>not at all, it stops at once</source>
        <translation>gar nicht, sofort ungültig</translation>
    </message>
    <message>
        <source>1 hour</source>
        <translation>1 Stunde</translation>
    </message>
    <message>
        <source>1 day</source>
        <translation>1 Tag</translation>
    </message>
    <message>
        <source>1 week</source>
        <translation>1 Woche</translation>
    </message>
    <message>
        <source>The choice above says for how long.</source>
        <translation>Die Frist wählen Sie im Feld darüber.</translation>
    </message>
    <message>
        <source>While the old one still works, there is time to hand over the new one.</source>
        <translation>Mit einer Übergangsfrist bleibt Zeit für die Übergabe.</translation>
    </message>
    <message>
        <source>It cannot be taken back.</source>
        <translation>Das lässt sich nicht rückgängig machen.</translation>
    </message>
    <message>
        <source>Replace it now</source>
        <translation>Jetzt ersetzen</translation>
    </message>
    <message>
        <source>Look at the receiver&apos;s certificate</source>
        <translation>Zertifikat des Empfängers ansehen</translation>
    </message>
    <message>
        <source>New API key …</source>
        <translation>Neuer API-Schlüssel …</translation>
    </message>
    <message>
        <source>New webhook secret …</source>
        <translation>Neues Webhook-Geheimnis …</translation>
    </message>
    <message>
        <source>Copy the API key</source>
        <translation>API-Schlüssel kopieren</translation>
    </message>
    <message>
        <source>Copy the webhook secret</source>
        <translation>Webhook-Geheimnis kopieren</translation>
    </message>
    <message>
        <source>Enable the webhook again</source>
        <translation>Webhook wieder einschalten</translation>
    </message>
    <message>
        <source>Deactivate or activate the customer</source>
        <translation>Kunden deaktivieren oder aktivieren</translation>
    </message>
</context>
<context>
    <name>deliveries</name>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>Kunde</translation>
    </message>
    <message>
        <source>Caller</source>
        <translation>Anrufer</translation>
    </message>
    <message>
        <source>Called</source>
        <translation>Angerufener</translation>
    </message>
    <message>
        <source>Event</source>
        <translation>Ereignis</translation>
    </message>
    <message>
        <source>Open the call</source>
        <translation>Anruf öffnen</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>Versuche</translation>
    </message>
    <message>
        <source>Last attempt</source>
        <translation>Letzter Versuch</translation>
    </message>
    <message>
        <source>Next attempt</source>
        <translation>Nächster Versuch</translation>
    </message>
    <message>
        <source>It tells of no call: it was sent as a test.</source>
        <translation>Er gehört zu keinem Anruf: Er wurde als Test gesendet.</translation>
    </message>
    <message>
        <source>A double click opens the call.</source>
        <translation>Ein Doppelklick öffnet den Anruf.</translation>
    </message>
    <message>
        <source>Call</source>
        <translation>Anruf</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
</context>
<context>
    <name>endpoints</name>
    <message>
        <source>no answers</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>half of them within %1, 95 % within %2</source>
        <translation>die Hälfte innerhalb von %1, 95 % innerhalb von %2</translation>
    </message>
    <message>
        <source>Test at %1: %2</source>
        <translation>Test am %1: %2</translation>
    </message>
    <message>
        <source>At %1: %2</source>
        <translation>Am %1: %2</translation>
    </message>
</context>
<context>
    <name>errors</name>
    <message>
        <source>The appliance shows another certificate than the one that was trusted. Nothing was sent to it.</source>
        <translation>Die Appliance zeigt ein anderes Zertifikat als das, dem vertraut wurde. Es wurde ihr nichts gesendet.</translation>
    </message>
    <message>
        <source>%1 did not answer. Nobody knows whether it was done: look before you do it once more.</source>
        <translation>%1 hat nicht geantwortet. Ob es ausgeführt wurde, ist ungewiss: Sehen Sie nach, bevor Sie es wiederholen.</translation>
    </message>
    <message>
        <source>%1 cannot be reached: %2.</source>
        <translation>%1 ist nicht zu erreichen: %2.</translation>
    </message>
    <message>
        <source>The connection broke off in the middle of the answer.</source>
        <translation>Die Verbindung brach mitten in der Antwort ab.</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>Abgebrochen.</translation>
    </message>
    <message>
        <source>No vBot appliance answers at that address: %1.</source>
        <translation>Unter dieser Adresse antwortet keine vBot-Appliance: %1.</translation>
    </message>
    <message>
        <source>The token is not accepted: it is wrong, revoked or expired.</source>
        <translation>Das Token wird nicht angenommen: Es ist falsch, widerrufen oder abgelaufen.</translation>
    </message>
    <message>
        <source>This token may not do that.</source>
        <translation>Dieses Token darf das nicht.</translation>
    </message>
    <message>
        <source>That does not exist, or no longer.</source>
        <translation>Das gibt es nicht, oder nicht mehr.</translation>
    </message>
    <message>
        <source>Refused: %1.</source>
        <translation>Abgewiesen: %1.</translation>
    </message>
    <message>
        <source>That cannot be done in the present state.</source>
        <translation>Das geht im jetzigen Zustand nicht.</translation>
    </message>
    <message>
        <source>That cannot be done in the present state: %1.</source>
        <translation>Das geht im jetzigen Zustand nicht: %1.</translation>
    </message>
    <message>
        <source>Too many requests: wait a little.</source>
        <translation>Zu viele Anfragen: Warten Sie ein wenig.</translation>
    </message>
    <message>
        <source>The appliance cannot do that at present.</source>
        <translation>Die Appliance kann das zurzeit nicht.</translation>
    </message>
    <message>
        <source>The file is damaged on the appliance&apos;s disk and cannot be read.</source>
        <translation>Die Datei ist auf der Festplatte der Appliance beschädigt und nicht mehr abrufbar.</translation>
    </message>
    <message>
        <source>The appliance has a fault of its own (request %1).</source>
        <translation>In der Appliance ist ein Fehler aufgetreten (Anfrage %1).</translation>
    </message>
    <message>
        <source>That did not work: %1.</source>
        <translation>Das ist fehlgeschlagen: %1.</translation>
    </message>
    <message>
        <source>Not saved: %1</source>
        <translation>Nicht gespeichert: %1</translation>
    </message>
    <message>
        <source>it does not answer</source>
        <translation>sie antwortet nicht</translation>
    </message>
    <message>
        <source>nothing listens there</source>
        <translation>dort antwortet kein Programm</translation>
    </message>
    <message>
        <source>no machine of that name is known</source>
        <translation>ein Rechner dieses Namens ist nicht bekannt</translation>
    </message>
    <message>
        <source>it closed the connection without an answer</source>
        <translation>sie schloss die Verbindung ohne Antwort</translation>
    </message>
    <message>
        <source>there is no webhook of it</source>
        <translation>es gibt keinen Webhook zu ihm</translation>
    </message>
    <message>
        <source>there is no text of it</source>
        <translation>es gibt keinen Text von ihm</translation>
    </message>
    <message>
        <source>it has no webhook address</source>
        <translation>er hat keine Webhook-Adresse</translation>
    </message>
</context>
<context>
    <name>failures</name>
    <message>
        <source>the recording cannot be read</source>
        <translation>die Aufnahme ist nicht lesbar</translation>
    </message>
    <message>
        <source>there is no sound in the recording</source>
        <translation>in der Aufnahme ist kein Ton</translation>
    </message>
    <message>
        <source>the recording is too long</source>
        <translation>die Aufnahme ist zu lang</translation>
    </message>
    <message>
        <source>the recording is too large when decoded</source>
        <translation>die Aufnahme ist entpackt zu groß</translation>
    </message>
    <message>
        <source>the worker&apos;s disk had no room to decode it</source>
        <translation>auf der Festplatte des Workers war kein Platz, sie zu entpacken</translation>
    </message>
    <message>
        <source>the language is not supported</source>
        <translation>die Sprache wird nicht unterstützt</translation>
    </message>
    <message>
        <source>the transcript is invalid</source>
        <translation>das Transkript ist ungültig</translation>
    </message>
    <message>
        <source>the analysis broke</source>
        <translation>die Auswertung brach ab</translation>
    </message>
    <message>
        <source>a model pack is damaged or missing</source>
        <translation>ein Modellpaket ist beschädigt oder fehlt</translation>
    </message>
    <message>
        <source>the recording is gone from the disk</source>
        <translation>die Aufnahme ist nicht mehr auf der Festplatte</translation>
    </message>
    <message>
        <source>the recording is damaged on the disk</source>
        <translation>die Aufnahme ist auf der Festplatte beschädigt</translation>
    </message>
    <message>
        <source>the worker died of it</source>
        <translation>der Worker stürzte daran ab</translation>
    </message>
    <message>
        <source>what the analysis reported could not be stored</source>
        <translation>was die Auswertung ergab, konnte nicht gespeichert werden</translation>
    </message>
    <message>
        <source>It would fail again: listen to the recording, and let the PBX send an intact one.</source>
        <translation>Eine erneute Auswertung würde wieder fehlschlagen: Hören Sie sich die Aufnahme an, und lassen Sie die Telefonanlage eine einwandfreie senden.</translation>
    </message>
    <message>
        <source>Its recording is gone: let the PBX send the call again.</source>
        <translation>Die Aufnahme ist nicht mehr verfügbar: Lassen Sie die Telefonanlage den Anruf noch einmal senden.</translation>
    </message>
    <message>
        <source>Make room on the worker&apos;s disk, and analyse it again.</source>
        <translation>Schaffen Sie Platz auf der Festplatte des Workers, und lassen Sie den Anruf erneut auswerten.</translation>
    </message>
    <message>
        <source>Look at the models in System, Status; then analyse it again.</source>
        <translation>Prüfen Sie unter System, Zustand die Modelle, und lassen Sie den Anruf dann erneut auswerten.</translation>
    </message>
    <message>
        <source>Analyse it again. If it fails again, the log and the support bundle (System) tell more.</source>
        <translation>Lassen Sie den Anruf erneut auswerten. Schlägt er wieder fehl, geben das Systemprotokoll und das Support-Paket (System) Auskunft.</translation>
    </message>
    <message>
        <source>Calls from %1 that were refused in the last hour: %2. The last one: %3</source>
        <translation>Anrufe von %1, die in der letzten Stunde abgewiesen wurden: %2. Der letzte: %3</translation>
    </message>
    <message>
        <source>%1 of %2 calls of the last hour failed</source>
        <translation>%1 von %2 Anrufen der letzten Stunde schlugen fehl</translation>
    </message>
    <message>
        <source>%1 of %2 calls of the last hour failed; usual is %3</source>
        <translation>%1 von %2 Anrufen der letzten Stunde schlugen fehl; üblich sind %3</translation>
    </message>
    <message>
        <source>%1 failed, %2</source>
        <translation>%1 schlugen fehl, %2</translation>
    </message>
    <message>
        <source>Customer %1</source>
        <translation>Kunde %1</translation>
    </message>
    <message>
        <source>less than 1 %</source>
        <translation>weniger als 1 %</translation>
    </message>
</context>
<context>
    <name>filters</name>
    <message>
        <source>Received: %1</source>
        <translation>Eingegangen: %1</translation>
    </message>
    <message>
        <source>Ended: %1</source>
        <translation>Beendet: %1</translation>
    </message>
    <message>
        <source>Error: %1</source>
        <translation>Fehler: %1</translation>
    </message>
    <message>
        <source>Mood: %1</source>
        <translation>Stimmung: %1</translation>
    </message>
    <message>
        <source>Direction: %1</source>
        <translation>Richtung: %1</translation>
    </message>
    <message>
        <source>Keyword: %1</source>
        <translation>Stichwort: %1</translation>
    </message>
    <message>
        <source>Queue: %1</source>
        <translation>Warteschlange: %1</translation>
    </message>
    <message>
        <source>Agent: %1</source>
        <translation>Mitarbeiter: %1</translation>
    </message>
    <message>
        <source>Extension: %1</source>
        <translation>Nebenstelle: %1</translation>
    </message>
    <message>
        <source>Dialled number: %1</source>
        <translation>Gewählte Nummer: %1</translation>
    </message>
    <message>
        <source>PBX&apos;s id: %1</source>
        <translation>ID der Telefonanlage: %1</translation>
    </message>
    <message>
        <source>Length: %1 or more</source>
        <translation>Dauer: ab %1</translation>
    </message>
    <message>
        <source>Length: up to %2</source>
        <translation>Dauer: bis %2</translation>
    </message>
    <message>
        <source>Length: %1 – %2</source>
        <translation>Dauer: %1 – %2</translation>
    </message>
    <message>
        <source>With warnings</source>
        <translation>Mit Warnungen</translation>
    </message>
    <message>
        <source>Without warnings</source>
        <translation>Ohne Warnungen</translation>
    </message>
    <message>
        <source>Tag: %1</source>
        <translation>Schlagwort: %1</translation>
    </message>
</context>
<context>
    <name>formats</name>
    <message>
        <source>never</source>
        <translation>nie</translation>
    </message>
    <message>
        <source>in %1</source>
        <translation>in %1</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>soeben</translation>
    </message>
    <message>
        <source>%1 ago</source>
        <translation>vor %1</translation>
    </message>
    <message>
        <source>%1 d</source>
        <translation>%1 d</translation>
    </message>
    <message>
        <source>today</source>
        <translation>heute</translation>
    </message>
</context>
<context>
    <name>health</name>
    <message>
        <source>No calls are accepted</source>
        <translation>Es werden keine Anrufe angenommen</translation>
    </message>
    <message>
        <source>Calls are accepted, but wait</source>
        <translation>Anrufe werden angenommen, aber sie warten</translation>
    </message>
    <message>
        <source>Calls are accepted</source>
        <translation>Anrufe werden angenommen</translation>
    </message>
    <message>
        <source>Calls are worked on, but something has failed</source>
        <translation>Anrufe werden bearbeitet, aber etwas ist ausgefallen</translation>
    </message>
    <message>
        <source>Calls are worked on; something needs a look</source>
        <translation>Anrufe werden bearbeitet; etwas ist zu prüfen</translation>
    </message>
    <message>
        <source>All is well; something is left to be done some day</source>
        <translation>Alles ist in Ordnung; bei Gelegenheit ist noch etwas zu tun</translation>
    </message>
    <message>
        <source>All is well</source>
        <translation>Alles ist in Ordnung</translation>
    </message>
    <message>
        <source>API</source>
        <translation>API</translation>
    </message>
    <message>
        <source>Database</source>
        <translation>Datenbank</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Festplatte</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>Warteschlange</translation>
    </message>
    <message>
        <source>Workers</source>
        <translation>Worker</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>Ergebnisse</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>Anrufe</translation>
    </message>
    <message>
        <source>Calls refused</source>
        <translation>Abgewiesene Anrufe</translation>
    </message>
    <message>
        <source>Recordings</source>
        <translation>Aufnahmen</translation>
    </message>
    <message>
        <source>Protections</source>
        <translation>Schutzmaßnahmen</translation>
    </message>
    <message>
        <source>Note of the first boot</source>
        <translation>Notiz der Ersteinrichtung</translation>
    </message>
    <message>
        <source>Erasure</source>
        <translation>Löschung</translation>
    </message>
    <message>
        <source>Relay</source>
        <translation>Weitergabe</translation>
    </message>
    <message>
        <source>Deliverer</source>
        <translation>Zusteller</translation>
    </message>
    <message>
        <source>Housekeeping</source>
        <translation>Aufräumdienst</translation>
    </message>
    <message>
        <source>Webhooks</source>
        <translation>Webhooks</translation>
    </message>
    <message>
        <source>Webhook addresses</source>
        <translation>Webhook-Adressen</translation>
    </message>
    <message>
        <source>Clock</source>
        <translation>Uhr</translation>
    </message>
    <message>
        <source>Certificate</source>
        <translation>Zertifikat</translation>
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
        <source>Audit export</source>
        <translation>Protokollexport</translation>
    </message>
    <message>
        <source>Upgrade</source>
        <translation>Aktualisierung</translation>
    </message>
    <message>
        <source>Audit of reading</source>
        <translation>Leseprotokoll</translation>
    </message>
    <message>
        <source>It answers</source>
        <translation>Antwortet</translation>
    </message>
    <message>
        <source>It takes what is written</source>
        <translation>Nimmt an, was geschrieben wird</translation>
    </message>
    <message>
        <source>They are stored as they come</source>
        <translation>Werden gespeichert, wie sie kommen</translation>
    </message>
    <message>
        <source>None was found damaged in the last 24 hours</source>
        <translation>In den letzten 24 Stunden wurde keine beschädigt gefunden</translation>
    </message>
    <message>
        <source>None ends soon</source>
        <translation>Keines läuft bald ab</translation>
    </message>
    <message>
        <source>What was erased is gone in time</source>
        <translation>Gelöschtes wird fristgerecht entfernt</translation>
    </message>
    <message>
        <source>It takes every line</source>
        <translation>Er nimmt jede Zeile an</translation>
    </message>
    <message>
        <source>%1 of %2 are free</source>
        <translation>%1 von %2 sind frei</translation>
    </message>
    <message>
        <source>Ready: %1</source>
        <translation>Bereit: %1</translation>
    </message>
    <message>
        <source>It runs</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Calls are accepted; an administrator has something to look at</source>
        <translation>Anrufe werden angenommen; ein Administrator muss etwas prüfen</translation>
    </message>
    <message>
        <source>All endpoints take them</source>
        <translation>Alle Endpunkte nehmen sie an</translation>
    </message>
    <message>
        <source>The last one is of %1</source>
        <translation>Die letzte ist vom %1</translation>
    </message>
    <message>
        <source>There is none yet</source>
        <translation>Noch keine</translation>
    </message>
    <message>
        <source>%1 has fallen silent when it usually sends calls; the last one came %2</source>
        <translation>Von %1 kommen keine Anrufe, obwohl es um diese Zeit sonst welche gibt; der letzte kam %2</translation>
    </message>
    <message>
        <source>The queue does not answer: calls are accepted and wait</source>
        <translation>Die Warteschlange antwortet nicht: Anrufe werden angenommen und warten</translation>
    </message>
    <message>
        <source>The certificate has expired</source>
        <translation>Das Zertifikat ist abgelaufen</translation>
    </message>
    <message>
        <source>The certificate expires in %1</source>
        <translation>Das Zertifikat läuft in %1 ab</translation>
    </message>
    <message>
        <source>The note of the first boot still shows the recovery key and the first token to whoever takes the disk. Keep both elsewhere, then run “vbot backup recovery-key --kept” on the appliance</source>
        <translation>Die Notiz der Ersteinrichtung zeigt Wiederherstellungsschlüssel und erstes Token jedem, der die Festplatte hat. Bewahren Sie beides anderswo auf, und führen Sie dann auf der Appliance „vbot backup recovery-key --kept“ aus</translation>
    </message>
    <message>
        <source>The disk does not give back what was written: recordings are damaged, since %1. Make a backup, and replace the disk. The calls: %2</source>
        <translation>Die Festplatte liefert nicht zurück, was geschrieben wurde: Seit %1 sind Aufnahmen beschädigt. Erstellen Sie eine Sicherung, und tauschen Sie die Festplatte. Die Anrufe: %2</translation>
    </message>
    <message>
        <source>Webhooks that could not be delivered in the last 24 hours: %1</source>
        <translation>Webhooks, die in den letzten 24 Stunden nicht zugestellt werden konnten: %1</translation>
    </message>
    <message>
        <source>The last backup failed: %1</source>
        <translation>Die letzte Sicherung ist fehlgeschlagen: %1</translation>
    </message>
    <message>
        <source>A backup has been due since %1</source>
        <translation>Eine Sicherung ist seit %1 fällig</translation>
    </message>
    <message>
        <source>%1 has stopped: restart the API</source>
        <translation>%1 ist ausgefallen: Starten Sie die API neu</translation>
    </message>
    <message>
        <source>These get no calls until they are updated, for their version is too old: %1</source>
        <translation>Von einer älteren Version und darum ohne Anrufe, bis sie aktualisiert sind: %1</translation>
    </message>
    <message>
        <source>Webhooks that were not taken and are tried again: %1</source>
        <translation>Webhooks, die nicht angenommen wurden und erneut versucht werden: %1</translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation>und %1 weitere</translation>
    </message>
    <message>
        <source>No webhooks are sent to %1: %2</source>
        <translation>An %1 werden keine Webhooks gesendet: %2</translation>
    </message>
    <message>
        <source>Webhooks on hold since a restore, some of which may have been sent before: %1</source>
        <translation>Webhooks, die seit einer Wiederherstellung ruhen und zum Teil schon gesendet sein können: %1</translation>
    </message>
    <message>
        <source>Results not taken yet, and tried again: %1</source>
        <translation>Ergebnisse, die noch nicht angenommen sind und erneut versucht werden: %1</translation>
    </message>
    <message>
        <source>No webhooks are sent to %1</source>
        <translation>An %1 werden keine Webhooks gesendet</translation>
    </message>
    <message>
        <source>Results not delivered to %1: %2</source>
        <translation>Nicht zugestellte Ergebnisse an %1: %2</translation>
    </message>
    <message>
        <source>Results not delivered to %1 since %3: %2</source>
        <translation>Seit %3 nicht zugestellte Ergebnisse an %1: %2</translation>
    </message>
    <message>
        <source>Results not delivered in the last 24 hours: %1</source>
        <translation>In den letzten 24 Stunden nicht zugestellte Ergebnisse: %1</translation>
    </message>
    <message>
        <source>Results not delivered to %1 in the last 24 hours: %2</source>
        <translation>In den letzten 24 Stunden nicht zugestellte Ergebnisse an %1: %2</translation>
    </message>
    <message>
        <source>No worker is there: calls are accepted and wait</source>
        <translation>Kein Worker ist da: Anrufe werden angenommen und warten</translation>
    </message>
    <message>
        <source>The workers still load their models: calls are accepted and wait</source>
        <translation>Die Worker laden noch ihre Modelle: Anrufe werden angenommen und warten</translation>
    </message>
    <message>
        <source>Nothing is heard of %1 any more</source>
        <translation>%1 meldet sich nicht mehr</translation>
    </message>
    <message>
        <source>The disk is full: %1 are free, and %2 must be</source>
        <translation>Die Festplatte ist voll: %1 sind frei, %2 müssen es sein</translation>
    </message>
    <message>
        <source>Only %1 of the disk are free; below %2 no calls are accepted</source>
        <translation>Auf der Festplatte sind nur %1 frei; unter %2 werden keine Anrufe angenommen</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>No backup is made by itself (backup_every_hours is 0), and there is no recent one</source>
        <translation>Automatische Sicherungen sind abgeschaltet (backup_every_hours ist 0), und es gibt keine aktuelle</translation>
    </message>
    <message>
        <source>Proof of the audit</source>
        <translation>Nachweis des Prüfprotokolls</translation>
    </message>
    <message>
        <source>Renewal of the certificate</source>
        <translation>Erneuerung des Zertifikats</translation>
    </message>
    <message>
        <source>Good until %1</source>
        <translation>Gilt bis %1</translation>
    </message>
    <message>
        <source>A note on the appliance still shows the recovery key and the first token to whoever takes its disk: somebody with the appliance&apos;s command line removes it by “vbot backup recovery-key --kept”</source>
        <translation>Eine Notiz auf der Appliance zeigt Wiederherstellungsschlüssel und erstes Token noch jedem, der die Festplatte hat: Wer an ihre Befehlszeile kann, entfernt sie mit „vbot backup recovery-key --kept“</translation>
    </message>
</context>
<context>
    <name>insights</name>
    <message>
        <source>%1 points</source>
        <translation>%1 Punkte</translation>
    </message>
    <message>
        <source>new</source>
        <translation>neu</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>Anrufe</translation>
    </message>
    <message>
        <source>Minutes of calls</source>
        <translation>Anrufminuten</translation>
    </message>
    <message>
        <source>Time talked</source>
        <translation>Sprechzeit</translation>
    </message>
    <message>
        <source>Dissatisfied</source>
        <translation>Unzufrieden</translation>
    </message>
    <message>
        <source>Silence</source>
        <translation>Stille</translation>
    </message>
    <message>
        <source>satisfied</source>
        <translation>zufrieden</translation>
    </message>
    <message>
        <source>neutral</source>
        <translation>neutral</translation>
    </message>
    <message>
        <source>dissatisfied</source>
        <translation>unzufrieden</translation>
    </message>
    <message>
        <source>before: %1</source>
        <translation>zuvor: %1</translation>
    </message>
    <message>
        <source>Queue %1</source>
        <translation>Warteschlange %1</translation>
    </message>
    <message>
        <source>Narrowed to</source>
        <translation>Eingegrenzt auf</translation>
    </message>
    <message>
        <source>Direction</source>
        <translation>Richtung</translation>
    </message>
    <message>
        <source>All calls</source>
        <translation>Alle Anrufe</translation>
    </message>
    <message>
        <source>Day</source>
        <translation>Tag</translation>
    </message>
    <message>
        <source>Seconds talked</source>
        <translation>Gesprochene Sekunden</translation>
    </message>
    <message>
        <source>Weekday and hour</source>
        <translation>Wochentag und Stunde</translation>
    </message>
    <message>
        <source>Keyword</source>
        <translation>Stichwort</translation>
    </message>
    <message>
        <source>Seconds of calls</source>
        <translation>Anrufsekunden</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>Kunde</translation>
    </message>
    <message>
        <source>How long the recordings of the calls are, all together.</source>
        <translation>Wie lang die Aufnahmen der Anrufe zusammen sind.</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>Warteschlange</translation>
    </message>
    <message>
        <source>By customer</source>
        <translation>Nach Kunden</translation>
    </message>
    <message>
        <source>By queue</source>
        <translation>Nach Warteschlangen</translation>
    </message>
    <message>
        <source>What the calls say, %1 to %2</source>
        <translation>Was die Anrufe sagen, %1 bis %2</translation>
    </message>
    <message>
        <source>and others, in fewer calls each</source>
        <translation>und andere, in jeweils weniger Anrufen</translation>
    </message>
    <message>
        <source>Not listed: %1, with %2 of the calls</source>
        <translation>Nicht aufgeführt: %1, mit %2 der Anrufe</translation>
    </message>
    <message>
        <source>compared with %1</source>
        <translation>verglichen mit %1</translation>
    </message>
    <message>
        <source>compared with %1 to %2</source>
        <translation>verglichen mit %1 bis %2</translation>
    </message>
    <message>
        <source>Mood per day</source>
        <translation>Stimmung je Tag</translation>
    </message>
    <message>
        <source>Calls by weekday and hour</source>
        <translation>Anrufe nach Wochentag und Stunde</translation>
    </message>
    <message>
        <source>Keywords</source>
        <translation>Stichwörter</translation>
    </message>
    <message>
        <source>%1: change</source>
        <translation>%1: Änderung</translation>
    </message>
    <message>
        <source>Of the calls with a mood: in others the outside party said too little.</source>
        <translation>Anteil an den Anrufen mit Stimmung: In den übrigen sagte die externe Seite zu wenig.</translation>
    </message>
    <message>
        <source>How much of what is said the outside party says: who calls in, or who is called from the office.</source>
        <translation>Wie viel des Gesagten von der externen Seite kommt: von der, die anruft oder vom Büro aus angerufen wird.</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>Outside party talks</source>
        <translation>Redeanteil der externen Seite</translation>
    </message>
    <message>
        <source>Made by vBot on %1. Moods are the outside party&apos;s, read from what was said; no employee is rated.</source>
        <translation>Erstellt von vBot am %1. Stimmungen sind die der externen Seite, ermittelt aus dem Gesagten; keine Beschäftigten werden bewertet.</translation>
    </message>
</context>
<context>
    <name>log</name>
    <message>
        <source>Open call</source>
        <translation>Anruf öffnen</translation>
    </message>
    <message>
        <source>Open webhook</source>
        <translation>Webhook öffnen</translation>
    </message>
    <message>
        <source>Customer %1</source>
        <translation>Kunde %1</translation>
    </message>
</context>
<context>
    <name>models</name>
    <message>
        <source>Speech recognition</source>
        <translation>Spracherkennung</translation>
    </message>
    <message>
        <source>Voice activity</source>
        <translation>Sprechpausen</translation>
    </message>
    <message>
        <source>Voices</source>
        <translation>Stimmen</translation>
    </message>
    <message>
        <source>Sentences</source>
        <translation>Sätze</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>Lesen</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>Zusammenfassung</translation>
    </message>
    <message>
        <source>Mood</source>
        <translation>Stimmung</translation>
    </message>
    <message>
        <source>Keywords</source>
        <translation>Stichwörter</translation>
    </message>
    <message>
        <source>switched off</source>
        <translation>ausgeschaltet</translation>
    </message>
    <message>
        <source>not done: only for English</source>
        <translation>nicht ausgeführt: nur für Englisch</translation>
    </message>
    <message>
        <source>not done: both parties of an internal call are inside</source>
        <translation>nicht ausgeführt: In einem internen Anruf gehören beide Seiten zum Haus</translation>
    </message>
    <message>
        <source>not done: which party is outside is not known</source>
        <translation>nicht ausgeführt: Welche Seite extern ist, ist nicht bekannt</translation>
    </message>
    <message>
        <source>not done: nobody speaks</source>
        <translation>nicht ausgeführt: Niemand spricht</translation>
    </message>
    <message>
        <source>not done: the outside party does not speak</source>
        <translation>nicht ausgeführt: Die externe Seite spricht nicht</translation>
    </message>
    <message>
        <source>not done: %1</source>
        <translation>nicht ausgeführt: %1</translation>
    </message>
</context>
<context>
    <name>notices</name>
    <message>
        <source>Calls are accepted again</source>
        <translation>Anrufe werden wieder angenommen</translation>
    </message>
    <message>
        <source>Webhooks to %1 that could not be delivered in the last 24 hours: %2</source>
        <translation>Webhooks an %1, die in den letzten 24 Stunden nicht zugestellt werden konnten: %2</translation>
    </message>
    <message>
        <source>All workers are there again</source>
        <translation>Alle Worker sind wieder da</translation>
    </message>
    <message>
        <source>%1 sends calls again</source>
        <translation>%1 sendet wieder Anrufe</translation>
    </message>
    <message>
        <source>Webhooks are sent to %1 again</source>
        <translation>%1 bekommt wieder Webhooks</translation>
    </message>
    <message>
        <source>The queue answers again</source>
        <translation>Die Warteschlange antwortet wieder</translation>
    </message>
    <message>
        <source>Calls are worked on again</source>
        <translation>Anrufe werden wieder bearbeitet</translation>
    </message>
    <message>
        <source>Calls fail no more often than usual</source>
        <translation>Es schlagen nicht mehr Anrufe fehl als üblich</translation>
    </message>
    <message>
        <source>There is room on the disk again</source>
        <translation>Auf der Festplatte ist wieder Platz</translation>
    </message>
    <message>
        <source>The certificate has been renewed</source>
        <translation>Das Zertifikat wurde erneuert</translation>
    </message>
    <message>
        <source>Backups are made again</source>
        <translation>Es werden wieder Sicherungen erstellt</translation>
    </message>
    <message>
        <source>%1: all is well again</source>
        <translation>%1: wieder alles in Ordnung</translation>
    </message>
    <message>
        <source>came and went: %1</source>
        <translation>kam und ging vorüber: %1</translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation>und %1 weitere</translation>
    </message>
    <message>
        <source>It cannot be reached: %1</source>
        <translation>Die Appliance ist nicht erreichbar: %1</translation>
    </message>
    <message>
        <source>It answers again</source>
        <translation>Die Appliance antwortet wieder</translation>
    </message>
    <message>
        <source>While it was quiet: %1</source>
        <translation>Während der Ruhezeit: %1</translation>
    </message>
    <message>
        <source>not asked</source>
        <translation>nicht abgefragt</translation>
    </message>
    <message>
        <source>well</source>
        <translation>in Ordnung</translation>
    </message>
    <message>
        <source>needs a look</source>
        <translation>zu prüfen</translation>
    </message>
    <message>
        <source>down</source>
        <translation>ausgefallen</translation>
    </message>
    <message>
        <source>Notifications, language and colours of the program</source>
        <translation>Meldungen, Sprache und Farben des Programms</translation>
    </message>
    <message>
        <source>Pause notifications for an hour</source>
        <translation>Meldungen eine Stunde lang aussetzen</translation>
    </message>
    <message>
        <source>End the pause of notifications</source>
        <translation>Meldungen fortsetzen</translation>
    </message>
    <message>
        <source>No appliance is known yet</source>
        <translation>Noch ist keine Appliance bekannt</translation>
    </message>
    <message>
        <source>Open the window</source>
        <translation>Fenster öffnen</translation>
    </message>
    <message>
        <source>Notifications …</source>
        <translation>Meldungen …</translation>
    </message>
    <message>
        <source>No appliance has been asked yet</source>
        <translation>Noch wurde keine Appliance abgefragt</translation>
    </message>
    <message>
        <source>Not asked: %1</source>
        <translation>Nicht abgefragt: %1</translation>
    </message>
    <message>
        <source>The others are well</source>
        <translation>Bei den anderen ist alles in Ordnung</translation>
    </message>
    <message>
        <source>Notifications pause until %1: resume now</source>
        <translation>Meldungen sind bis %1 ausgesetzt: jetzt fortsetzen</translation>
    </message>
    <message>
        <source>There is a recent backup now</source>
        <translation>Es gibt jetzt eine aktuelle Sicherung</translation>
    </message>
</context>
<context>
    <name>palette</name>
    <message>
        <source>Calls of %1</source>
        <translation>Anrufe vom %1</translation>
    </message>
    <message>
        <source>Calls with the number %1</source>
        <translation>Anrufe mit der Nummer %1</translation>
    </message>
    <message>
        <source>Search calls for “%1”</source>
        <translation>In Anrufen nach „%1“ suchen</translation>
    </message>
    <message>
        <source>today</source>
        <translation>heute</translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation>gestern</translation>
    </message>
    <message>
        <source>Recently used</source>
        <translation>Zuletzt verwendet</translation>
    </message>
    <message>
        <source>On this page</source>
        <translation>Auf dieser Seite</translation>
    </message>
    <message>
        <source>Go to</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Customers</source>
        <translation>Kunden</translation>
    </message>
    <message>
        <source>Webhooks</source>
        <translation>Webhooks</translation>
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
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>Anrufe</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>New API key for %1</source>
        <translation>Neuer API-Schlüssel für %1</translation>
    </message>
    <message>
        <source>New webhook secret for %1</source>
        <translation>Neues Webhook-Geheimnis für %1</translation>
    </message>
    <message>
        <source>Copy the API key of %1</source>
        <translation>API-Schlüssel kopieren: %1</translation>
    </message>
    <message>
        <source>Copy the webhook secret of %1</source>
        <translation>Webhook-Geheimnis kopieren: %1</translation>
    </message>
    <message>
        <source>Send a test webhook to %1</source>
        <translation>Test-Webhook senden an %1</translation>
    </message>
    <message>
        <source>Look at the certificate of %1&apos;s receiver</source>
        <translation>Zertifikat des Empfängers von %1 ansehen</translation>
    </message>
    <message>
        <source>Enable the webhook of %1 again</source>
        <translation>Webhook wieder einschalten: %1</translation>
    </message>
    <message>
        <source>Deactivate or activate %1</source>
        <translation>Deaktivieren oder aktivieren: %1</translation>
    </message>
    <message>
        <source>Delete the customer %1</source>
        <translation>Kunden löschen: %1</translation>
    </message>
    <message>
        <source>Webhooks of customer %1</source>
        <translation>Webhooks des Kunden %1</translation>
    </message>
    <message>
        <source>Analyse call %1 again</source>
        <translation>Anruf %1 erneut auswerten</translation>
    </message>
    <message>
        <source>Exchange caller and called of %1</source>
        <translation>Anrufer und Angerufenen tauschen: %1</translation>
    </message>
    <message>
        <source>Save call %1 as text</source>
        <translation>Anruf %1 als Text speichern</translation>
    </message>
    <message>
        <source>Save call %1 as JSON</source>
        <translation>Anruf %1 als JSON speichern</translation>
    </message>
    <message>
        <source>Save the recording of %1</source>
        <translation>Aufnahme speichern: %1</translation>
    </message>
    <message>
        <source>Play the recording of %1</source>
        <translation>Aufnahme abspielen: %1</translation>
    </message>
    <message>
        <source>Webhooks of call %1</source>
        <translation>Webhooks des Anrufs %1</translation>
    </message>
    <message>
        <source>Erase call %1</source>
        <translation>Anruf %1 löschen</translation>
    </message>
    <message>
        <source>Send webhook %1 again</source>
        <translation>Webhook %1 erneut senden</translation>
    </message>
    <message>
        <source>Copy webhook %1 as curl</source>
        <translation>Webhook %1 als curl kopieren</translation>
    </message>
    <message>
        <source>Copy the JSON of webhook %1</source>
        <translation>JSON des Webhooks %1 kopieren</translation>
    </message>
    <message>
        <source>Open the call of webhook %1</source>
        <translation>Anruf des Webhooks %1 öffnen</translation>
    </message>
    <message>
        <source>Open the customer of webhook %1</source>
        <translation>Kunden des Webhooks %1 öffnen</translation>
    </message>
    <message>
        <source>Check the backup %1</source>
        <translation>Sicherung %1 prüfen</translation>
    </message>
    <message>
        <source>Save the backup %1 here</source>
        <translation>Sicherung %1 hier speichern</translation>
    </message>
    <message>
        <source>Revoke the token %1</source>
        <translation>Token %1 widerrufen</translation>
    </message>
    <message>
        <source>Backup of %1</source>
        <translation>Sicherung vom %1</translation>
    </message>
    <message>
        <source>Token %1</source>
        <translation>Token %1</translation>
    </message>
    <message>
        <source>setting</source>
        <translation>Einstellung</translation>
    </message>
    <message>
        <source>It is gone from the list: nothing was done</source>
        <translation>Der Eintrag steht nicht mehr in der Liste: Nichts wurde ausgeführt</translation>
    </message>
    <message>
        <source>Add a tag to call %1</source>
        <translation>Dem Anruf %1 ein Schlagwort geben</translation>
    </message>
    <message>
        <source>addresses receivers URLs</source>
        <translation>Adressen Empfänger URLs</translation>
    </message>
    <message>
        <source>users access people rights logins</source>
        <translation>Benutzer Zugang Personen Rechte Anmeldungen</translation>
    </message>
    <message>
        <source>print paper</source>
        <translation>drucken Papier</translation>
    </message>
    <message>
        <source>what was told settings english german dark light</source>
        <translation>gemeldet einstellungen englisch deutsch dunkel hell</translation>
    </message>
    <message>
        <source>Search webhooks for “%1”</source>
        <translation>In Webhooks nach „%1“ suchen</translation>
    </message>
</context>
<context>
    <name>revisions</name>
    <message>
        <source>recording received</source>
        <translation>Aufnahme empfangen</translation>
    </message>
    <message>
        <source>the same recording received again</source>
        <translation>dieselbe Aufnahme erneut empfangen</translation>
    </message>
    <message>
        <source>another recording received</source>
        <translation>andere Aufnahme empfangen</translation>
    </message>
    <message>
        <source>analysed again</source>
        <translation>erneut ausgewertet</translation>
    </message>
    <message>
        <source>analysed again, caller and called exchanged</source>
        <translation>erneut ausgewertet, Anrufer und Angerufener getauscht</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>Zusammenfassung</translation>
    </message>
    <message>
        <source>Transcript</source>
        <translation>Transkript</translation>
    </message>
    <message>
        <source>Mood</source>
        <translation>Stimmung</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Keywords</source>
        <translation>Stichwörter</translation>
    </message>
    <message>
        <source>Caller</source>
        <translation>Anrufer</translation>
    </message>
    <message>
        <source>Called</source>
        <translation>Angerufener</translation>
    </message>
    <message>
        <source>Voice 1</source>
        <translation>Stimme 1</translation>
    </message>
    <message>
        <source>Voice 2</source>
        <translation>Stimme 2</translation>
    </message>
    <message>
        <source>Speaker</source>
        <translation>Sprecher</translation>
    </message>
</context>
<context>
    <name>saving</name>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Im Ordner anzeigen</translation>
    </message>
</context>
<context>
    <name>setting meanings</name>
    <message>
        <source>Where database, recordings and secrets lie.</source>
        <translation>Der Ordner für Datenbank, Aufnahmen und Geheimnisse.</translation>
    </message>
    <message>
        <source>Where model packs lie; many data folders may share it.</source>
        <translation>Wo die Modellpakete liegen. Mehrere Datenordner können sie gemeinsam nutzen.</translation>
    </message>
    <message>
        <source>The address and port on which calls and administrators are answered.</source>
        <translation>Adresse und Port, unter denen Anrufe angenommen und Administratoren bedient werden.</translation>
    </message>
    <message>
        <source>Names under which the office reaches the box, beside its host name and addresses.</source>
        <translation>Weitere Namen, unter denen die Box im Büro erreichbar ist, außer Rechnername und Adressen.</translation>
    </message>
    <message>
        <source>The certificate: made by the appliance itself (auto), files of your own, or none (off).</source>
        <translation>Das Zertifikat: von der Appliance selbst erstellt (auto), eigene Dateien oder keines (off).</translation>
    </message>
    <message>
        <source>The first administrator&apos;s token, given at the first start; only its hash is kept.</source>
        <translation>Das Token des ersten Administrators. Es wird beim ersten Start vergeben; gespeichert wird nur sein Hash.</translation>
    </message>
    <message>
        <source>The queue on another machine; not set: a private one on this box.</source>
        <translation>Die Warteschlange auf einem anderen Rechner; nicht gesetzt: eine eigene auf dieser Box.</translation>
    </message>
    <message>
        <source>The folder with the passwords of the queue&apos;s users.</source>
        <translation>Der Ordner mit den Passwörtern der Benutzer der Warteschlange.</translation>
    </message>
    <message>
        <source>The model pack that turns speech into text, or a folder with such a model.</source>
        <translation>Das Modellpaket, das Sprache in Text umwandelt, oder ein Ordner mit einem solchen Modell.</translation>
    </message>
    <message>
        <source>The model pack that writes summaries; not set: sentences of the call itself.</source>
        <translation>Das Modellpaket, das Zusammenfassungen schreibt; nicht gesetzt: Sätze aus dem Anruf selbst.</translation>
    </message>
    <message>
        <source>A server in the office that writes the summaries, such as http://10.0.0.5:11434/v1.</source>
        <translation>Ein Server im Büro, der die Zusammenfassungen schreibt, etwa http://10.0.0.5:11434/v1.</translation>
    </message>
    <message>
        <source>Which of that server&apos;s models; not set: the first that it lists.</source>
        <translation>Welches Modell dieses Servers verwendet wird; nicht gesetzt: das erste, das er anbietet.</translation>
    </message>
    <message>
        <source>The file with the key for that server.</source>
        <translation>Die Datei mit dem Schlüssel für diesen Server.</translation>
    </message>
    <message>
        <source>How long one answer of that server is waited for, in seconds.</source>
        <translation>Wie viele Sekunden auf eine Antwort dieses Servers gewartet wird.</translation>
    </message>
    <message>
        <source>Whether that server may stand outside the building.</source>
        <translation>Ob dieser Server außerhalb des Hauses stehen darf.</translation>
    </message>
    <message>
        <source>The model pack for moods and summaries; not set: smollm2-135m where it is installed; off: none.</source>
        <translation>Das Modellpaket für Stimmungen und Zusammenfassungen; nicht gesetzt: smollm2-135m, wo es installiert ist; off: keines.</translation>
    </message>
    <message>
        <source>The model pack that tells the voices of mono recordings apart; off: they are not told apart.</source>
        <translation>Das Modellpaket, das in Mono-Aufnahmen die Stimmen unterscheidet; off: Sie werden nicht unterschieden.</translation>
    </message>
    <message>
        <source>Whose mood is found: the outside party&apos;s, both parties&apos; or nobody&apos;s. Customers may differ.</source>
        <translation>Wessen Stimmung ermittelt wird: die der externen Seite, die beider Seiten oder keine. Je Kunde einstellbar.</translation>
    </message>
    <message>
        <source>What calls are analysed on: the processor or a graphics card.</source>
        <translation>Worauf Anrufe ausgewertet werden: auf dem Prozessor oder einer Grafikkarte.</translation>
    </message>
    <message>
        <source>How many calls a worker analyses at the same time; not set: as suits device and memory.</source>
        <translation>Wie viele Anrufe ein Worker zugleich auswertet; nicht gesetzt: so viele, wie Gerät und Speicher erlauben.</translation>
    </message>
    <message>
        <source>How many requests a minute one API key may make. Customers may differ.</source>
        <translation>Wie viele Anfragen je Minute ein API-Schlüssel stellen darf. Je Kunde einstellbar.</translation>
    </message>
    <message>
        <source>How many calls of one customer may be accepted and not yet finished. Customers may differ.</source>
        <translation>Wie viele Anrufe eines Kunden angenommen und noch nicht fertig sein dürfen. Je Kunde einstellbar.</translation>
    </message>
    <message>
        <source>How many GB the recordings of one customer may take; not set: half of the disk. Customers may differ.</source>
        <translation>Wie viele GB die Aufnahmen eines Kunden belegen dürfen; nicht gesetzt: die halbe Festplatte. Je Kunde einstellbar.</translation>
    </message>
    <message>
        <source>How many hours of one customer&apos;s audio are analysed in 24 hours. Customers may differ.</source>
        <translation>Wie viele Stunden Audio eines Kunden innerhalb von 24 Stunden ausgewertet werden. Je Kunde einstellbar.</translation>
    </message>
    <message>
        <source>How many MB a recording may have; larger ones are refused.</source>
        <translation>Wie groß eine Aufnahme sein darf, in MB; größere werden abgewiesen.</translation>
    </message>
    <message>
        <source>After how many seconds a webhook that failed is tried again: three times.</source>
        <translation>Nach wie vielen Sekunden ein fehlgeschlagener Webhook erneut gesendet wird: für den ersten, zweiten und dritten Versuch.</translation>
    </message>
    <message>
        <source>How many seconds a receiver may take to answer a webhook.</source>
        <translation>Wie viele Sekunden ein Empfänger Zeit hat, auf einen Webhook zu antworten.</translation>
    </message>
    <message>
        <source>The networks to which webhooks may go; not set: private and public ones.</source>
        <translation>Die Netze, in die Webhooks gehen dürfen; nicht gesetzt: private und öffentliche.</translation>
    </message>
    <message>
        <source>Public networks to which webhooks may go over plain HTTP, where anybody on the way can read them.</source>
        <translation>Öffentliche Netze, in die Webhooks über unverschlüsseltes HTTP gehen dürfen, bei dem unterwegs jeder mitlesen kann.</translation>
    </message>
    <message>
        <source>For how many days recordings and texts are kept; 0: a recording is erased once its result is stored. Customers may differ.</source>
        <translation>Wie viele Tage Aufnahmen und Texte aufbewahrt werden; 0: Eine Aufnahme wird gelöscht, sobald ihr Ergebnis gespeichert ist. Je Kunde einstellbar.</translation>
    </message>
    <message>
        <source>After how many seconds without a sign of life from its worker a call is given to another.</source>
        <translation>Nach wie vielen Sekunden ohne Lebenszeichen seines Workers ein Anruf an einen anderen übergeben wird.</translation>
    </message>
    <message>
        <source>After how many days in which it took nothing an endpoint is disabled.</source>
        <translation>Nach wie vielen Tagen ein Endpunkt abgeschaltet wird, der nichts mehr annimmt.</translation>
    </message>
    <message>
        <source>Web sites whose pages may read what the API answers.</source>
        <translation>Websites, deren Seiten die Antworten der API lesen dürfen (CORS).</translation>
    </message>
    <message>
        <source>With less than so many MB free on the disk no call is accepted.</source>
        <translation>Wie viele MB auf der Festplatte frei bleiben müssen; bei weniger wird kein Anruf angenommen.</translation>
    </message>
    <message>
        <source>After how many hours the appliance makes a backup by itself; 0: never.</source>
        <translation>Alle wie viele Stunden die Appliance automatisch eine Sicherung erstellt; 0: nie.</translation>
    </message>
    <message>
        <source>How many of the backups that it makes by itself are kept; older ones are removed.</source>
        <translation>Wie viele der automatischen Sicherungen aufbewahrt werden; ältere werden entfernt.</translation>
    </message>
    <message>
        <source>For how many days lines of the audit are kept; not set: for ever.</source>
        <translation>Wie viele Tage die Einträge des Prüfprotokolls aufbewahrt werden; nicht gesetzt: unbegrenzt.</translation>
    </message>
    <message>
        <source>The syslog server or SIEM to which the audit goes.</source>
        <translation>Der Syslog-Server oder das SIEM, an das das Prüfprotokoll gesendet wird.</translation>
    </message>
    <message>
        <source>The certificate authority of that server; not set: those that this machine trusts.</source>
        <translation>Die Zertifizierungsstelle dieses Servers; nicht gesetzt: alle, denen die Appliance vertraut.</translation>
    </message>
    <message>
        <source>Whether the desktop program finds the box in the office&apos;s network; not set: where that can reach it.</source>
        <translation>Ob das Desktop-Programm die Box im Netz des Büros von selbst findet; nicht gesetzt: ja, sofern sie von dort erreichbar ist.</translation>
    </message>
    <message>
        <source>For a worker on another machine: the box that it works for.</source>
        <translation>Für einen Worker auf einem anderen Rechner: die Box, für die er arbeitet.</translation>
    </message>
    <message>
        <source>For a worker on another machine: the SHA-256 of that box&apos;s certificate.</source>
        <translation>Für einen Worker auf einem anderen Rechner: der SHA-256 des Zertifikats dieser Box.</translation>
    </message>
    <message>
        <source>For a worker on another machine: the file with the token that lets it join.</source>
        <translation>Für einen Worker auf einem anderen Rechner: die Datei mit dem Token, mit dem er beitritt.</translation>
    </message>
    <message>
        <source>For a worker of another user: the file in which the appliance publishes its certificate.</source>
        <translation>Für einen Worker, der unter einem anderen Benutzer läuft: die Datei, in der die Appliance ihr Zertifikat bereitstellt.</translation>
    </message>
</context>
<context>
    <name>setting titles</name>
    <message>
        <source>Data folder</source>
        <translation>Datenordner</translation>
    </message>
    <message>
        <source>Folder of the model packs</source>
        <translation>Ordner der Modellpakete</translation>
    </message>
    <message>
        <source>Address and port</source>
        <translation>Adresse und Port</translation>
    </message>
    <message>
        <source>Further names of the box</source>
        <translation>Weitere Namen des Geräts</translation>
    </message>
    <message>
        <source>Certificate</source>
        <translation>Zertifikat</translation>
    </message>
    <message>
        <source>First administrator&apos;s token</source>
        <translation>Token des ersten Administrators</translation>
    </message>
    <message>
        <source>Queue on another machine</source>
        <translation>Warteschlange auf einem anderen Rechner</translation>
    </message>
    <message>
        <source>Folder of the queue&apos;s passwords</source>
        <translation>Ordner der Kennwörter der Warteschlange</translation>
    </message>
    <message>
        <source>Model for the transcript</source>
        <translation>Modell für das Transkript</translation>
    </message>
    <message>
        <source>Model for the summary</source>
        <translation>Modell für die Zusammenfassung</translation>
    </message>
    <message>
        <source>Summary server: address</source>
        <translation>Server für Zusammenfassungen: Adresse</translation>
    </message>
    <message>
        <source>Summary server: model</source>
        <translation>Server für Zusammenfassungen: Modell</translation>
    </message>
    <message>
        <source>Summary server: key file</source>
        <translation>Server für Zusammenfassungen: Schlüsseldatei</translation>
    </message>
    <message>
        <source>Summary server: wait (seconds)</source>
        <translation>Server für Zusammenfassungen: warten (Sekunden)</translation>
    </message>
    <message>
        <source>Summary server: outside the building</source>
        <translation>Server für Zusammenfassungen: außer Haus</translation>
    </message>
    <message>
        <source>Model for moods and summaries</source>
        <translation>Modell für Stimmungen und Zusammenfassungen</translation>
    </message>
    <message>
        <source>Model for voices</source>
        <translation>Modell für Stimmen</translation>
    </message>
    <message>
        <source>Whose mood is computed</source>
        <translation>Wessen Stimmung ermittelt wird</translation>
    </message>
    <message>
        <source>Processor or graphics card</source>
        <translation>Prozessor oder Grafikkarte</translation>
    </message>
    <message>
        <source>Calls at once of a worker</source>
        <translation>Gleichzeitige Anrufe eines Workers</translation>
    </message>
    <message>
        <source>Requests a minute</source>
        <translation>Anfragen je Minute</translation>
    </message>
    <message>
        <source>Calls at once of a customer</source>
        <translation>Gleichzeitige Anrufe eines Kunden</translation>
    </message>
    <message>
        <source>Room on the disk (GB)</source>
        <translation>Platz auf der Festplatte (GB)</translation>
    </message>
    <message>
        <source>Audio a day (hours)</source>
        <translation>Audio je Tag (Stunden)</translation>
    </message>
    <message>
        <source>Largest recording (MB)</source>
        <translation>Größte Aufnahme (MB)</translation>
    </message>
    <message>
        <source>Try a webhook again after (seconds)</source>
        <translation>Webhook erneut versuchen nach (Sekunden)</translation>
    </message>
    <message>
        <source>Wait for a webhook&apos;s receiver (seconds)</source>
        <translation>Auf den Empfänger eines Webhooks warten (Sekunden)</translation>
    </message>
    <message>
        <source>Networks that webhooks may go to</source>
        <translation>Netze, in die Webhooks gehen dürfen</translation>
    </message>
    <message>
        <source>Networks for webhooks over plain HTTP</source>
        <translation>Netze für Webhooks über reines HTTP</translation>
    </message>
    <message>
        <source>Keep recordings and texts (days)</source>
        <translation>Aufnahmen und Texte aufbewahren (Tage)</translation>
    </message>
    <message>
        <source>Wait for a silent worker (seconds)</source>
        <translation>Auf einen stummen Worker warten (Sekunden)</translation>
    </message>
    <message>
        <source>Disable a failing endpoint after (days)</source>
        <translation>Endpunkt bei Fehlern abschalten nach (Tagen)</translation>
    </message>
    <message>
        <source>Web sites that may use the API</source>
        <translation>Websites, die die API nutzen dürfen</translation>
    </message>
    <message>
        <source>Least room on the disk (MB)</source>
        <translation>Mindestplatz auf der Festplatte (MB)</translation>
    </message>
    <message>
        <source>Make a backup every (hours)</source>
        <translation>Sicherung erstellen alle (Stunden)</translation>
    </message>
    <message>
        <source>Keep backups (how many)</source>
        <translation>Sicherungen aufbewahren (Anzahl)</translation>
    </message>
    <message>
        <source>Keep the audit log (days)</source>
        <translation>Prüfprotokoll aufbewahren (Tage)</translation>
    </message>
    <message>
        <source>Syslog server or SIEM</source>
        <translation>Syslog-Server oder SIEM</translation>
    </message>
    <message>
        <source>Certificate authority of the syslog server</source>
        <translation>Zertifizierungsstelle des Syslog-Servers</translation>
    </message>
    <message>
        <source>Found in the office&apos;s network</source>
        <translation>Im Büronetz gefunden werden</translation>
    </message>
    <message>
        <source>Worker: address of its box</source>
        <translation>Worker: Adresse seines Geräts</translation>
    </message>
    <message>
        <source>Worker: certificate of its box (SHA-256)</source>
        <translation>Worker: Zertifikat seines Geräts (SHA-256)</translation>
    </message>
    <message>
        <source>Worker: file with the joining token</source>
        <translation>Worker: Datei mit dem Beitritts-Token</translation>
    </message>
    <message>
        <source>Worker: file with the box&apos;s certificate</source>
        <translation>Worker: Datei mit dem Zertifikat des Geräts</translation>
    </message>
</context>
<context>
    <name>settings</name>
    <message>
        <source>here, after a restart</source>
        <translation>hier, nach Neustart</translation>
    </message>
    <message>
        <source>here, at once</source>
        <translation>hier, sofort</translation>
    </message>
    <message>
        <source>Setting</source>
        <translation>Einstellung</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Changeable</source>
        <translation>Änderbar</translation>
    </message>
    <message>
        <source>Name in vbot.toml</source>
        <translation>Name in vbot.toml</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>Vorgabe</translation>
    </message>
    <message>
        <source>Set by</source>
        <translation>Gesetzt durch</translation>
    </message>
    <message>
        <source>secret</source>
        <translation>geheim</translation>
    </message>
    <message>
        <source>variable %1</source>
        <translation>Variable %1</translation>
    </message>
    <message>
        <source>changed here</source>
        <translation>hier geändert</translation>
    </message>
    <message>
        <source>default</source>
        <translation>Vorgabe</translation>
    </message>
</context>
<context>
    <name>sidebar</name>
    <message>
        <source>Overview</source>
        <translation>Übersicht</translation>
    </message>
    <message>
        <source>Customers</source>
        <translation>Kunden</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>Anrufe</translation>
    </message>
    <message>
        <source>Webhooks</source>
        <translation>Webhooks</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>Insights</source>
        <translation>Einblicke</translation>
    </message>
</context>
<context>
    <name>snippets</name>
    <message>
        <source>In a terminal, with any recording: shows that it works.</source>
        <translation>In einem Terminal, mit einer beliebigen Aufnahme: zeigt, dass es funktioniert.</translation>
    </message>
    <message>
        <source>The script on the telephone system, the lines in its dial plan.</source>
        <translation>Das Skript auf die Telefonanlage, die Zeilen in ihren Wählplan.</translation>
    </message>
    <message>
        <source>The script; then Settings → Advanced Settings: the line as Post Call Recording Script, and Call Record Option on Yes, so that nothing is recorded before somebody answers.</source>
        <translation>Das Skript; dann Settings → Advanced Settings: die Zeile als Post Call Recording Script, und Call Record Option auf Yes, damit nichts aufgenommen wird, ehe jemand abnimmt.</translation>
    </message>
    <message>
        <source>The script, and the actions before the call is bridged.</source>
        <translation>Das Skript, und die Aktionen vor dem Verbinden des Anrufs.</translation>
    </message>
</context>
<context>
    <name>states</name>
    <message>
        <source>received</source>
        <translation>eingegangen</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>in work</source>
        <translation>in Arbeit</translation>
    </message>
    <message>
        <source>completed</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>empty</source>
        <translation>leer</translation>
    </message>
    <message>
        <source>erased</source>
        <translation>gelöscht</translation>
    </message>
    <message>
        <source>pending</source>
        <translation>ausstehend</translation>
    </message>
    <message>
        <source>retrying</source>
        <translation>wird wiederholt</translation>
    </message>
    <message>
        <source>delivered</source>
        <translation>zugestellt</translation>
    </message>
    <message>
        <source>disabled</source>
        <translation>ruht</translation>
    </message>
    <message>
        <source>no address</source>
        <translation>keine Adresse</translation>
    </message>
    <message>
        <source>neutral</source>
        <translation>neutral</translation>
    </message>
    <message>
        <source>incoming</source>
        <translation>eingehend</translation>
    </message>
    <message>
        <source>outgoing</source>
        <translation>ausgehend</translation>
    </message>
    <message>
        <source>internal</source>
        <translation>intern</translation>
    </message>
    <message>
        <source>healthy</source>
        <translation>in Ordnung</translation>
    </message>
    <message>
        <source>degraded</source>
        <translation>eingeschränkt</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>bereit</translation>
    </message>
    <message>
        <source>loading</source>
        <translation>lädt</translation>
    </message>
    <message>
        <source>gone</source>
        <translation>nicht erreichbar</translation>
    </message>
    <message>
        <source>older version</source>
        <translation>ältere Version</translation>
    </message>
    <message>
        <source>unhealthy</source>
        <translation>ausgefallen</translation>
    </message>
    <message>
        <source>satisfied</source>
        <translation>zufrieden</translation>
    </message>
    <message>
        <source>dissatisfied</source>
        <translation>unzufrieden</translation>
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
        <source>ends soon</source>
        <translation>läuft bald ab</translation>
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
        <source>worker</source>
        <translation>Worker</translation>
    </message>
    <message>
        <source>all</source>
        <translation>alle</translation>
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
        <source>Customers</source>
        <translation>Kunden</translation>
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
        <translation>Gültigkeit</translation>
    </message>
    <message>
        <source>never</source>
        <translation>unbegrenzt</translation>
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
    <message>
        <source>%1 (used here)</source>
        <translation>%1 (hier benutzt)</translation>
    </message>
</context>
<context>
    <name>typing</name>
    <message>
        <source>Left out, since nobody would see it: the character %1</source>
        <translation>Weggelassen, weil unsichtbar: das Zeichen %1</translation>
    </message>
</context>
<context>
    <name>webhook certificate</name>
    <message>
        <source>It shows a certificate with this SHA-256: %1. Compare it on the receiver&apos;s machine first.</source>
        <translation>Der Empfänger zeigt ein Zertifikat mit diesem SHA-256: %1. Vergleichen Sie ihn zuerst auf dem Rechner des Empfängers.</translation>
    </message>
    <message>
        <source>It shows the certificate that is trusted already: %1</source>
        <translation>Der Empfänger zeigt das Zertifikat, dem schon vertraut wird: %1</translation>
    </message>
    <message>
        <source>Made out to: %1</source>
        <translation>Ausgestellt für: %1</translation>
    </message>
    <message>
        <source>Signed by itself</source>
        <translation>Von sich selbst signiert</translation>
    </message>
    <message>
        <source>Signed by: %1</source>
        <translation>Signiert von: %1</translation>
    </message>
    <message>
        <source>Valid from %1 to %2</source>
        <translation>Gültig von %1 bis %2</translation>
    </message>
</context>
<context>
    <name>welcome</name>
    <message>
        <source>Is the recovery key kept?</source>
        <translation>Ist der Wiederherstellungsschlüssel verwahrt?</translation>
    </message>
    <message>
        <source>The customer</source>
        <translation>Der Kunde</translation>
    </message>
    <message>
        <source>A customer is whoever sends recordings, with an API key of its own. For one office that is you.</source>
        <translation>Kunde ist, wer Aufnahmen sendet, mit einem eigenen API-Schlüssel. Bei nur einem Büro sind das Sie selbst.</translation>
    </message>
    <message>
        <source>The API key</source>
        <translation>Der API-Schlüssel</translation>
    </message>
    <message>
        <source>The telephone system sends it with each recording. Copy it and keep it where its passwords are kept. It can be seen again, and replaced, on the customer&apos;s page.</source>
        <translation>Die Telefonanlage sendet ihn mit jeder Aufnahme. Kopieren Sie ihn, und bewahren Sie ihn bei den Passwörtern der Telefonanlage auf. Auf der Seite des Kunden lässt er sich wieder ansehen und ersetzen.</translation>
    </message>
    <message>
        <source>The line of the telephone system</source>
        <translation>Die Zeile der Telefonanlage</translation>
    </message>
    <message>
        <source>Choose the telephone system, tick “Put the API key in”, and copy what belongs there.</source>
        <translation>Wählen Sie die Telefonanlage, setzen Sie den Haken bei „API-Schlüssel einsetzen“ und kopieren Sie, was dort hingehört.</translation>
    </message>
    <message>
        <source>A test call</source>
        <translation>Ein Testanruf</translation>
    </message>
    <message>
        <source>Make a call through the telephone system, talk for half a minute and hang up: it appears here by itself. If the telephone system is not ready yet, send a recording that you have.</source>
        <translation>Telefonieren Sie eine halbe Minute über die Telefonanlage und legen Sie auf: Der Anruf erscheint hier von selbst. Ist die Telefonanlage noch nicht so weit, senden Sie eine Aufnahme, die Sie haben.</translation>
    </message>
    <message>
        <source>The webhook</source>
        <translation>Der Webhook</translation>
    </message>
    <message>
        <source>Each result is posted to this address, signed with the customer&apos;s secret. Results wait until there is an address.</source>
        <translation>Jedes Ergebnis wird an diese Adresse gesendet, signiert mit dem Geheimnis des Kunden. Solange es keine Adresse gibt, warten die Ergebnisse.</translation>
    </message>
</context>
<context>
    <name>workers</name>
    <message>
        <source>On another machine, %1: joined by the token “%2”</source>
        <translation>Auf einem anderen Rechner, %1: beigetreten mit dem Token „%2“</translation>
    </message>
    <message>
        <source>Worker</source>
        <translation>Worker</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Machine</source>
        <translation>Rechner</translation>
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
        <translation>Verarbeitete Sekunden Aufnahme je Sekunde</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>Seit</translation>
    </message>
    <message>
        <source>Last heard</source>
        <translation>Zuletzt gemeldet</translation>
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
    <message>
        <source>worker %1 died once while loading: %3</source>
        <translation>Worker %1 stürzte beim Laden einmal ab: %3</translation>
    </message>
    <message>
        <source>worker %1 died %2 times while loading: %3</source>
        <translation>Worker %1 stürzte beim Laden %2-mal ab: %3</translation>
    </message>
</context>
</TS>
