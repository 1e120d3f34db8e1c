<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>EndpointsTable</name>
    <message>
        <source>No customers yet</source>
        <translation>Noch keine Kunden</translation>
    </message>
    <message>
        <source>Enable again</source>
        <translation>Wieder einschalten</translation>
    </message>
    <message>
        <source>Send a test</source>
        <translation>Test senden</translation>
    </message>
    <message>
        <source>%1 is sent what rested</source>
        <translation>%1 bekommt, was ruhte</translation>
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
        <translation>Zugestellt, 24 Std.</translation>
    </message>
    <message>
        <source>Delivered</source>
        <translation>Zugestellt</translation>
    </message>
    <message>
        <source>Pending</source>
        <translation>Offen</translation>
    </message>
    <message>
        <source>Retrying</source>
        <translation>Wiederholt</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
</context>
<context>
    <name>SendingAgain</name>
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
        <source>%1 sent, %2 not: %3</source>
        <translation>%1 gesendet, %2 nicht: %3</translation>
    </message>
    <message>
        <source>Enable and send</source>
        <translation>Einschalten und senden</translation>
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
        <source>What was sent and answered</source>
        <translation>Was gesendet und geantwortet wurde</translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>Versuche</translation>
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
        <source>Its call</source>
        <translation>Sein Anruf</translation>
    </message>
    <message>
        <source>Its customer</source>
        <translation>Sein Kunde</translation>
    </message>
    <message>
        <source>It is sent again</source>
        <translation>Er wird erneut gesendet</translation>
    </message>
    <message>
        <source>Customer %1</source>
        <translation>Kunde %1</translation>
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
        <translation>Er hat keine Webhook-Adresse.</translation>
    </message>
    <message>
        <source>It waits: nothing is sent to this customer at present.</source>
        <translation>Er wartet: An diesen Kunden wird zurzeit nichts gesendet.</translation>
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
        <source>no answer</source>
        <translation>keine Antwort</translation>
    </message>
    <message>
        <source>Answered after %1 ms: %2</source>
        <translation>Antwort nach %1 ms: %2</translation>
    </message>
    <message>
        <source>All webhooks</source>
        <translation>Alle Webhooks</translation>
    </message>
    <message>
        <source>It is tried by itself already</source>
        <translation>Er wird schon von selbst wiederholt</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Status</translation>
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
        <source>Answer</source>
        <translation>Antwort</translation>
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
        <source>Webhooks</source>
        <translation>Webhooks</translation>
    </message>
    <message>
        <source>Only those of call %1.</source>
        <translation>Nur die von Anruf %1.</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Alle zeigen</translation>
    </message>
    <message>
        <source>No webhook matches</source>
        <translation>Kein Webhook passt</translation>
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
        <translation>Zustellungen zeigen</translation>
    </message>
    <message>
        <source>Show the endpoints</source>
        <translation>Endpunkte zeigen</translation>
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
    <message numerus="yes">
        <source>%n failed webhook(s) match. Send all again, under their old ids?</source>
        <translation>
            <numerusform>%n gescheiterter Webhook passt. Unter seiner alten ID erneut senden?</numerusform>
            <numerusform>%n gescheiterte Webhooks passen. Alle unter ihren alten IDs erneut senden?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n webhook(s) match. Send all again, under their old ids?</source>
        <translation>
            <numerusform>%n Webhook passt. Unter seiner alten ID erneut senden?</numerusform>
            <numerusform>%n Webhooks passen. Alle unter ihren alten IDs erneut senden?</numerusform>
        </translation>
    </message>
    <message>
        <source>Send again</source>
        <translation>Erneut senden</translation>
    </message>
    <message>
        <source>Deliveries</source>
        <translation>Zustellungen</translation>
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
    <name>advice</name>
    <message>
        <source>It was taken.</source>
        <translation>Er wurde angenommen.</translation>
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
        <translation>was er mitteilte, wurde gelöscht</translation>
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
        <source>Should the address begin with http://, or name another port?</source>
        <translation>Sollte die Adresse mit http:// beginnen oder einen anderen Port nennen?</translation>
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
        <translation>Dort nimmt niemand an.</translation>
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
        <translation>Suchen Sie nach einem Tippfehler, und prüfen Sie den DNS-Server der Appliance.</translation>
    </message>
    <message>
        <source>It did not answer in time.</source>
        <translation>Es kam nicht rechtzeitig eine Antwort.</translation>
    </message>
    <message>
        <source>The receiver should answer first and work afterwards; a firewall may be in the way.</source>
        <translation>Der Empfänger sollte erst antworten und dann arbeiten; vielleicht ist eine Firewall im Weg.</translation>
    </message>
    <message>
        <source>There is no way to it in the network.</source>
        <translation>Im Netz führt kein Weg dorthin.</translation>
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
        <translation>Er verlangt eine Anmeldung oder kennt die Signatur nicht: Hat er das gültige Geheimnis?</translation>
    </message>
    <message>
        <source>Is the path of the address right?</source>
        <translation>Stimmt der Pfad der Adresse?</translation>
    </message>
    <message>
        <source>It wants no more webhooks. Enable it again once it does.</source>
        <translation>Er will keine Webhooks mehr. Schalten Sie ihn wieder ein, sobald er es will.</translation>
    </message>
    <message>
        <source>It redirects. Enter the address where it leads to.</source>
        <translation>Er leitet um. Geben Sie die Adresse ein, zu der es führt.</translation>
    </message>
    <message>
        <source>It is too busy; the retries come later.</source>
        <translation>Er ist überlastet; die Wiederholungen kommen später.</translation>
    </message>
    <message>
        <source>The fault is on the receiver&apos;s side: its own log says more.</source>
        <translation>Der Fehler liegt beim Empfänger: Sein eigenes Log sagt mehr.</translation>
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
        <source>Event</source>
        <translation>Ereignis</translation>
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
        <source>Call</source>
        <translation>Anruf</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
</context>
</TS>
