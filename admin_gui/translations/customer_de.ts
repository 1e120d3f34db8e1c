<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
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
    <message>
        <source>The recordings and texts of its %1 calls are erased; figures and the audit log stay.</source>
        <translation>Aufnahmen und Texte seiner %1 Anrufe werden gelöscht; Zahlen und Protokoll bleiben.</translation>
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
    <name>ConnectCard</name>
    <message>
        <source>Connect the telephone system</source>
        <translation>Telefonanlage anbinden</translation>
    </message>
    <message>
        <source>Put the API key in</source>
        <translation>Den API-Schlüssel einsetzen</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
</context>
<context>
    <name>CustomerActions</name>
    <message>
        <source>Its API key is refused from now on</source>
        <translation>Sein API-Schlüssel wird ab jetzt abgewiesen</translation>
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
        <source>There is a new secret</source>
        <translation>Es gibt ein neues Geheimnis</translation>
    </message>
    <message>
        <source>Enabled: what rested is sent now</source>
        <translation>Eingeschaltet: Was ruhte, wird jetzt gesendet</translation>
    </message>
    <message>
        <source>Save the new address first: a test goes to the saved one</source>
        <translation>Speichern Sie erst die neue Adresse: Ein Test geht an die gespeicherte</translation>
    </message>
    <message>
        <source>Waiting for the receiver …</source>
        <translation>Warten auf den Empfänger …</translation>
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
        <translation>Er wurde inzwischen anderswo geändert. Speichern überschreibt nur, was Sie geändert haben.</translation>
    </message>
    <message>
        <source>Discard mine</source>
        <translation>Meines verwerfen</translation>
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
        <source>Nothing is sent to its webhook: %1.</source>
        <translation>An seinen Webhook wird nichts gesendet: %1.</translation>
    </message>
    <message>
        <source>Enable again</source>
        <translation>Wieder einschalten</translation>
    </message>
    <message>
        <source>It is inactive: its API key is refused. What was accepted is still delivered.</source>
        <translation>Er ist inaktiv: Sein API-Schlüssel wird abgewiesen. Was angenommen ist, wird noch zugestellt.</translation>
    </message>
    <message>
        <source>It has no webhook address yet: results wait until there is one.</source>
        <translation>Er hat noch keine Webhook-Adresse: Ergebnisse warten, bis es eine gibt.</translation>
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
        <source>Deactivate</source>
        <translation>Deaktivieren</translation>
    </message>
    <message>
        <source>Activate</source>
        <translation>Aktivieren</translation>
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
</context>
<context>
    <name>CustomerSaving</name>
    <message>
        <source>%1 is there; its key is below</source>
        <translation>%1 ist angelegt; der Schlüssel steht unten</translation>
    </message>
    <message>
        <source>%1 is there</source>
        <translation>%1 ist angelegt</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>Gespeichert</translation>
    </message>
    <message>
        <source>Not saved: look at what is marked</source>
        <translation>Nicht gespeichert: Sehen Sie nach dem Markierten</translation>
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
        <translation>Ein Kunde ist, wer mit einem API-Schlüssel Anrufe sendet.</translation>
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
        <translation>Kein Kunde passt</translation>
    </message>
    <message>
        <source>disabled</source>
        <translation>abgeschaltet</translation>
    </message>
    <message>
        <source>set</source>
        <translation>gesetzt</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keiner</translation>
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
    <name>KeyCard</name>
    <message>
        <source>API key</source>
        <translation>API-Schlüssel</translation>
    </message>
    <message>
        <source>The telephone system sends it with each recording, as the header X-API-Key.</source>
        <translation>Die Telefonanlage schickt ihn mit jeder Aufnahme, im Header X-API-Key.</translation>
    </message>
    <message>
        <source>New key</source>
        <translation>Neuer Schlüssel</translation>
    </message>
    <message>
        <source>Replace the API key at once?</source>
        <translation>Den API-Schlüssel sofort ersetzen?</translation>
    </message>
    <message>
        <source>The present key is refused at once: recordings that are sent with it are not accepted any more.</source>
        <translation>Der jetzige Schlüssel wird sofort abgelehnt: Aufnahmen, die mit ihm gesendet werden, werden nicht mehr angenommen.</translation>
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
        <translation>Anrufe zugleich</translation>
    </message>
    <message>
        <source>Accepted and not yet finished; an upload counts too.</source>
        <translation>Angenommen und noch nicht fertig; auch ein laufendes Hochladen zählt.</translation>
    </message>
    <message>
        <source>Keep recordings</source>
        <translation>Aufnahmen behalten</translation>
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
        <translation>Texte behalten</translation>
    </message>
    <message>
        <source>Transcripts, summaries, and what webhooks said.</source>
        <translation>Transkripte, Zusammenfassungen und was Webhooks sagten.</translation>
    </message>
    <message>
        <source>is detected</source>
        <translation>wird erkannt</translation>
    </message>
    <message>
        <source>Language of its calls</source>
        <translation>Sprache seiner Anrufe</translation>
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
        <source>default: %1</source>
        <translation>Vorgabe: %1</translation>
    </message>
    <message>
        <source>Last 24 h: %1 calls, %2 min. Last 30 days: %3 calls, %4 min, %5 failed.</source>
        <translation>Letzte 24 Std.: %1 Anrufe, %2 min. Letzte 30 Tage: %3 Anrufe, %4 min, %5 fehlgeschlagen.</translation>
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
        <translation>Hierhin werden Ergebnisse geschickt. Solange es keine gibt, warten sie.</translation>
    </message>
    <message>
        <source>webhook secret</source>
        <translation>Webhook-Geheimnis</translation>
    </message>
    <message>
        <source>New secret</source>
        <translation>Neues Geheimnis</translation>
    </message>
    <message>
        <source>Replace the secret at once?</source>
        <translation>Das Geheimnis sofort ersetzen?</translation>
    </message>
    <message>
        <source>Webhooks are signed with the new one alone: a receiver that knows the old one refuses them.</source>
        <translation>Webhooks werden nur noch mit dem neuen signiert: ein Empfänger, der das alte kennt, lehnt sie ab.</translation>
    </message>
    <message>
        <source>Send a test</source>
        <translation>Test senden</translation>
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
        <translation>Oder das Zertifikat der Stelle, die es signiert hat (PEM)</translation>
    </message>
    <message>
        <source>Leave both empty for a receiver that browsers trust.</source>
        <translation>Beides leer lassen bei einem Empfänger, dem Browser vertrauen.</translation>
    </message>
    <message>
        <source>Secret that webhooks are signed with</source>
        <translation>Geheimnis, mit dem Webhooks signiert werden</translation>
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
    <name>customer</name>
    <message>
        <source>The old one stops at once</source>
        <translation>Der alte gilt sofort nicht mehr</translation>
    </message>
    <message>
        <source>The old one works for 1 hour more</source>
        <translation>Der alte gilt noch 1 Stunde</translation>
    </message>
    <message>
        <source>The old one works for 1 day more</source>
        <translation>Der alte gilt noch 1 Tag</translation>
    </message>
    <message>
        <source>The old one works for 1 week more</source>
        <translation>Der alte gilt noch 1 Woche</translation>
    </message>
    <message>
        <source>How long the old one works</source>
        <translation>Wie lange der alte noch gilt</translation>
    </message>
    <message>
        <source>With a time for the old one there is time to hand over the new one.</source>
        <translation>Mit einer Frist für den alten bleibt Zeit, den neuen zu übergeben.</translation>
    </message>
    <message>
        <source>Replace it now</source>
        <translation>Jetzt ersetzen</translation>
    </message>
</context>
<context>
    <name>snippets</name>
    <message>
        <source>In a terminal, with any recording: shows that it works.</source>
        <translation>In einem Terminal, mit irgendeiner Aufnahme: zeigt, dass es geht.</translation>
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
</TS>
