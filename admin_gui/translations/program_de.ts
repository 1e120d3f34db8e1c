<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>AddressCard</name>
    <message>
        <source>By its address</source>
        <translation>Über ihre Adresse</translation>
    </message>
    <message>
        <source>Its name or address in the network, as its operator told you.</source>
        <translation>Ihr Name oder ihre Adresse im Netz, wie ihr Betreiber sie nannte.</translation>
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
        <translation>Was auf den letzten Versuch geantwortet wurde; jeder Status kann getippt werden</translation>
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
    <name>Banner</name>
    <message>
        <source>Not now</source>
        <translation>Jetzt nicht</translation>
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
        <translation>Sie zeigt ein anderes Zertifikat als das, dem Sie vertraut haben. Entweder wurde ihr Zertifikat ersetzt, oder eine andere Maschine antwortet an ihrer Stelle. Alles ist angehalten: Ihr Token wurde ihr nicht gesendet.</translation>
    </message>
    <message>
        <source>I have compared the new fingerprint with the one that the appliance itself shows</source>
        <translation>Ich habe den neuen Fingerabdruck mit dem verglichen, den die Appliance selbst zeigt</translation>
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
        <translation>Vertraut</translation>
    </message>
    <message>
        <source>Shown now</source>
        <translation>Jetzt gezeigt</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>What should happen?</source>
        <translation>Was soll geschehen?</translation>
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
    <name>ConnectPage</name>
    <message>
        <source>Connect to an appliance</source>
        <translation>Mit einer Appliance verbinden</translation>
    </message>
    <message>
        <source>%1 is forgotten, its token too</source>
        <translation>%1 ist vergessen, ihr Token auch</translation>
    </message>
    <message>
        <source>That is no address: a machine&apos;s name or IP address, and its port if it is not 8443.</source>
        <translation>Das ist keine Adresse: Name oder IP-Adresse einer Maschine, und ihr Port, wenn er nicht 8443 ist.</translation>
    </message>
    <message>
        <source>Asking %1 for its certificate …</source>
        <translation>%1 wird nach dem Zertifikat gefragt …</translation>
    </message>
    <message>
        <source>There is no keyring here: the token is kept for this session only</source>
        <translation>Hier gibt es keinen Schlüsselbund: das Token gilt nur für diese Sitzung</translation>
    </message>
    <message>
        <source>Connecting to %1 …</source>
        <translation>Verbindung mit %1 …</translation>
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
        <source>Click a turn, or press Enter, to hear it</source>
        <translation>Klicken Sie auf einen Beitrag oder drücken Sie Enter, um ihn zu hören</translation>
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
        <source>Speaker</source>
        <translation>Sprecher</translation>
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
</context>
<context>
    <name>Desk</name>
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
    <name>FilterChips</name>
    <message>
        <source>Remove the filter: %1</source>
        <translation>Den Filter entfernen: %1</translation>
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
    <name>KeysOverlay</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
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
        <translation>Was hier steht, ist von %1 und vielleicht veraltet.</translation>
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
        <translation>Gehe zu</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>Programm</translation>
    </message>
    <message>
        <source>Go to %1</source>
        <translation>Gehe zu %1</translation>
    </message>
    <message>
        <source>Go to System, %1</source>
        <translation>Gehe zu System, %1</translation>
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
        <source>Light colours</source>
        <translation>Helle Farben</translation>
    </message>
    <message>
        <source>Dark colours</source>
        <translation>Dunkle Farben</translation>
    </message>
    <message>
        <source>Colours as the system has them</source>
        <translation>Farben wie im System</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
</context>
<context>
    <name>ObjectPage</name>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
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
    <name>RowTable</name>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Choose columns</source>
        <translation>Spalten wählen</translation>
    </message>
    <message>
        <source>Export to a CSV file</source>
        <translation>In eine CSV-Datei ausgeben</translation>
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
        <translation>Ausgabe nach %1</translation>
    </message>
    <message>
        <source>This could not be loaded</source>
        <translation>Das ließ sich nicht laden</translation>
    </message>
    <message>
        <source>%1 loaded, more below</source>
        <translation>%1 geladen, weiter unten mehr</translation>
    </message>
    <message>
        <source>Sorting …</source>
        <translation>Wird sortiert …</translation>
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
        <translation>%1 zeigen</translation>
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
        <source>Message</source>
        <translation>Meldung</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Stop: %1</source>
        <translation>Anhalten: %1</translation>
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
        <translation>Verbindet</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>Verbunden</translation>
    </message>
    <message>
        <source>Read only</source>
        <translation>Nur Lesen</translation>
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
        <translation>Token abgelehnt</translation>
    </message>
    <message>
        <source>Certificate changed</source>
        <translation>Zertifikat geändert</translation>
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
        <source>As they came</source>
        <translation>In der Reihenfolge des Eingangs</translation>
    </message>
</context>
<context>
    <name>TimeChoice</name>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>All time</source>
        <translation>Jederzeit</translation>
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
</context>
<context>
    <name>TokenCard</name>
    <message>
        <source>This address is not encrypted: the token and everything else can be read in the network.</source>
        <translation>Diese Adresse ist nicht verschlüsselt: das Token und alles andere kann im Netz mitgelesen werden.</translation>
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
        <translation>Das Token im Schlüsselbund dieses Computers aufbewahren</translation>
    </message>
    <message>
        <source>This computer has no keyring: the token is kept for this session only, and asked for the next time.</source>
        <translation>Dieser Computer hat keinen Schlüsselbund: das Token gilt nur für diese Sitzung, und beim nächsten Mal wird wieder danach gefragt.</translation>
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
        <translation>Das Token eines Administrators oder Betrachters: „vbot token create“ macht eines.</translation>
    </message>
</context>
<context>
    <name>TrustCard</name>
    <message>
        <source>Is this the right machine?</source>
        <translation>Ist das die richtige Maschine?</translation>
    </message>
    <message>
        <source>This is the SHA-256 fingerprint of the certificate that it shows. Compare it with the one that “vbot init” printed on the appliance. If a single character differs, somebody stands between you.</source>
        <translation>Das ist der SHA-256-Fingerabdruck des Zertifikats, das sie zeigt. Vergleichen Sie ihn mit dem, den „vbot init“ auf der Appliance ausgegeben hat. Wenn auch nur ein Zeichen abweicht, steht jemand dazwischen.</translation>
    </message>
    <message>
        <source>Fingerprint</source>
        <translation>Fingerabdruck</translation>
    </message>
    <message>
        <source>They are the same: trust it</source>
        <translation>Sie sind gleich: vertrauen</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
</context>
<context>
    <name>UnsavedBar</name>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Stay</source>
        <translation>Hierbleiben</translation>
    </message>
</context>
<context>
    <name>Veil</name>
    <message>
        <source>Out of date</source>
        <translation>Veraltet</translation>
    </message>
</context>
<context>
    <name>Waiting</name>
    <message>
        <source>Loading …</source>
        <translation>Wird geladen …</translation>
    </message>
    <message numerus="yes">
        <source>Waiting: the appliance has not answered for %n s</source>
        <translation>
            <numerusform>Warten: die Appliance antwortet seit %n s nicht</numerusform>
            <numerusform>Warten: die Appliance antwortet seit %n s nicht</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Waveform</name>
    <message>
        <source>Waveform with the turns of both parties</source>
        <translation>Wellenform mit den Beiträgen beider Seiten</translation>
    </message>
</context>
<context>
    <name>_Gate</name>
    <message>
        <source>A viewer&apos;s token changes nothing</source>
        <translation>Das Token eines Betrachters ändert nichts</translation>
    </message>
    <message>
        <source>The appliance does not answer at present</source>
        <translation>Die Appliance antwortet zurzeit nicht</translation>
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
        <source>the language is not supported</source>
        <translation>die Sprache wird nicht unterstützt</translation>
    </message>
    <message>
        <source>the transcript is invalid</source>
        <translation>das Transkript ist ungültig</translation>
    </message>
    <message>
        <source>the analysis broke</source>
        <translation>die Analyse brach ab</translation>
    </message>
    <message>
        <source>a model pack is damaged or missing</source>
        <translation>ein Modellpaket ist beschädigt oder fehlt</translation>
    </message>
    <message>
        <source>the recording is gone from the disk</source>
        <translation>die Aufnahme ist nicht mehr auf der Platte</translation>
    </message>
    <message>
        <source>the worker died of it</source>
        <translation>der Worker starb daran</translation>
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
        <translation>gerade eben</translation>
    </message>
    <message>
        <source>%1 ago</source>
        <translation>vor %1</translation>
    </message>
    <message>
        <source>%1 d</source>
        <translation>%1 T</translation>
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
        <source>Calls are worked on, but something has failed</source>
        <translation>Anrufe werden bearbeitet, aber etwas ist ausgefallen</translation>
    </message>
    <message>
        <source>Calls are worked on; something needs a look</source>
        <translation>Anrufe werden bearbeitet; etwas braucht einen Blick</translation>
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
        <translation>Speicher</translation>
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
        <source>Calls</source>
        <translation>Anrufe</translation>
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
        <source>Certificate</source>
        <translation>Zertifikat</translation>
    </message>
    <message>
        <source>Backups</source>
        <translation>Sicherungen</translation>
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
        <source>All endpoints take them</source>
        <translation>Alle Endpunkte nehmen sie an</translation>
    </message>
    <message>
        <source>Good until %1, for another %2</source>
        <translation>Gilt bis %1, noch %2</translation>
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
        <translation>%1 ist verstummt, obwohl sonst Anrufe kommen; der letzte kam %2</translation>
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
        <translation>%1 ist ausgefallen: starten Sie die API neu</translation>
    </message>
    <message>
        <source>Webhooks of %1 rest: %2</source>
        <translation>Die Webhooks von %1 ruhen: %2</translation>
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
        <translation>Von %1 ist nichts mehr zu hören</translation>
    </message>
    <message>
        <source>The disk is full: %1 are free, and %2 must be</source>
        <translation>Der Speicher ist voll: %1 sind frei, und %2 müssen es sein</translation>
    </message>
    <message>
        <source>Only %1 of the disk are free; below %2 no calls are accepted</source>
        <translation>Nur %1 des Speichers sind frei; unter %2 werden keine Anrufe angenommen</translation>
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
        <source>positive</source>
        <translation>positiv</translation>
    </message>
    <message>
        <source>neutral</source>
        <translation>neutral</translation>
    </message>
    <message>
        <source>negative</source>
        <translation>negativ</translation>
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
        <source>ready</source>
        <translation>bereit</translation>
    </message>
    <message>
        <source>loading</source>
        <translation>lädt</translation>
    </message>
    <message>
        <source>gone</source>
        <translation>verschwunden</translation>
    </message>
    <message>
        <source>unhealthy</source>
        <translation>ausgefallen</translation>
    </message>
</context>
<context>
    <name>words</name>
    <message>
        <source>The appliance shows another certificate than the one that was trusted. Nothing was sent to it.</source>
        <translation>Die Appliance zeigt ein anderes Zertifikat als das, dem vertraut wurde. Es wurde ihr nichts gesendet.</translation>
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
        <translation>Angehalten.</translation>
    </message>
    <message>
        <source>What answers there does not speak as a vBot appliance: %1.</source>
        <translation>Was dort antwortet, spricht nicht wie eine vBot-Appliance: %1.</translation>
    </message>
    <message>
        <source>The token is not accepted: it is wrong, revoked or expired.</source>
        <translation>Das Token wird nicht angenommen: es ist falsch, widerrufen oder abgelaufen.</translation>
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
        <translation>Abgelehnt: %1.</translation>
    </message>
    <message>
        <source>That cannot be done in the present state.</source>
        <translation>Das geht im jetzigen Zustand nicht.</translation>
    </message>
    <message>
        <source>Too many requests: wait a little.</source>
        <translation>Zu viele Anfragen: warten Sie ein wenig.</translation>
    </message>
    <message>
        <source>The appliance cannot do that at present.</source>
        <translation>Die Appliance kann das zurzeit nicht.</translation>
    </message>
    <message>
        <source>The appliance has a fault of its own (request %1).</source>
        <translation>Die Appliance hat selbst einen Fehler (Anfrage %1).</translation>
    </message>
    <message>
        <source>That did not work: %1.</source>
        <translation>Das ging nicht: %1.</translation>
    </message>
    <message>
        <source>it does not answer</source>
        <translation>sie antwortet nicht</translation>
    </message>
    <message>
        <source>nothing listens there</source>
        <translation>dort nimmt niemand an</translation>
    </message>
    <message>
        <source>no machine of that name is known</source>
        <translation>eine Maschine dieses Namens ist nicht bekannt</translation>
    </message>
    <message>
        <source>it closed the connection without an answer</source>
        <translation>sie schloss die Verbindung ohne Antwort</translation>
    </message>
</context>
</TS>
