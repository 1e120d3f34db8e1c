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
        <translation>Gesprochen</translation>
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
        <source>The caller is on the other channel: analyse it again that way</source>
        <translation>Der Anrufer ist auf dem anderen Kanal: so erneut auswerten</translation>
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
        <translation>ID der Anlage</translation>
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
        <translation>Angerufen</translation>
    </message>
    <message>
        <source>speaks %1</source>
        <translation>spricht %1</translation>
    </message>
    <message>
        <source>Webhook</source>
        <translation>Webhook</translation>
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
        <source>Play the whole recording</source>
        <translation>Ganze Aufnahme abspielen</translation>
    </message>
    <message>
        <source>Play the whole recording; one turn by a click on it</source>
        <translation>Die ganze Aufnahme abspielen; eine Äußerung durch Klick darauf</translation>
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
        <source>It is not finished yet; this page fills in by itself.</source>
        <translation>Er ist noch nicht fertig; diese Seite füllt sich von selbst.</translation>
    </message>
    <message>
        <source>Nobody speaks in this recording.</source>
        <translation>In dieser Aufnahme spricht niemand.</translation>
    </message>
    <message>
        <source>A long recording: it is fetched when it is played.</source>
        <translation>Eine lange Aufnahme: Sie wird geholt, wenn sie abgespielt wird.</translation>
    </message>
    <message>
        <source>All calls</source>
        <translation>Alle Anrufe</translation>
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
    <message>
        <source>It is analysed again, as a new revision</source>
        <translation>Er wird erneut ausgewertet, als neue Revision</translation>
    </message>
    <message>
        <source>Erase this call?</source>
        <translation>Diesen Anruf löschen?</translation>
    </message>
    <message>
        <source>Its recording, transcript, summary and keywords.</source>
        <translation>Seine Aufnahme, Transkript, Zusammenfassung und Stichwörter.</translation>
    </message>
    <message>
        <source>What its webhooks said. What was delivered already stays with the customer.</source>
        <translation>Was seine Webhooks sagten. Schon Zugestelltes bleibt beim Kunden.</translation>
    </message>
    <message>
        <source>Backups keep it until they are removed; a restore erases it again.</source>
        <translation>Sicherungen behalten ihn, bis sie entfernt werden; eine Wiederherstellung löscht ihn erneut.</translation>
    </message>
    <message>
        <source>Erase the call</source>
        <translation>Anruf löschen</translation>
    </message>
    <message>
        <source>Erased: %1 recordings, %2 results, %3 webhooks.</source>
        <translation>Gelöscht: %1 Aufnahmen, %2 Ergebnisse, %3 Webhooks.</translation>
    </message>
    <message numerus="yes">
        <source>Still in %n backup(s).</source>
        <translation>
            <numerusform>Noch in %n Sicherung.</numerusform>
            <numerusform>Noch in %n Sicherungen.</numerusform>
        </translation>
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
</context>
<context>
    <name>CallSound</name>
    <message>
        <source>The recording is gone: it was erased, as its retention asks</source>
        <translation>Die Aufnahme ist fort: Sie wurde gelöscht, wie ihre Aufbewahrung es verlangt</translation>
    </message>
    <message>
        <source>Fetching the recording</source>
        <translation>Aufnahme wird geholt</translation>
    </message>
    <message>
        <source>This system has no player for recordings</source>
        <translation>Dieses System hat kein Programm, das Aufnahmen abspielt</translation>
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
        <translation>Kein Anruf passt</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>Nummer</translation>
    </message>
    <message>
        <source>Error: %1</source>
        <translation>Fehler: %1</translation>
    </message>
    <message>
        <source>Received: %1</source>
        <translation>Eingegangen: %1</translation>
    </message>
    <message>
        <source>Ended: %1</source>
        <translation>Beendet: %1</translation>
    </message>
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
        <translation>Angerufen</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Dauer</translation>
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
        <source>Summary</source>
        <translation>Zusammenfassung</translation>
    </message>
    <message>
        <source>Nobody speaks</source>
        <translation>Niemand spricht</translation>
    </message>
</context>
<context>
    <name>SummaryCard</name>
    <message>
        <source>Summary</source>
        <translation>Zusammenfassung</translation>
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
        <source>Caller</source>
        <translation>Anrufer</translation>
    </message>
    <message>
        <source>Called</source>
        <translation>Angerufen</translation>
    </message>
</context>
</TS>
