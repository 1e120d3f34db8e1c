<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>AttentionCard</name>
    <message>
        <source>Needs a look</source>
        <translation>Braucht einen Blick</translation>
    </message>
    <message>
        <source>Nothing.</source>
        <translation>Nichts.</translation>
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
        <source>It accepts calls, works on them and delivers their results.</source>
        <translation>Sie nimmt Anrufe an, bearbeitet sie und stellt die Ergebnisse zu.</translation>
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
        <source>Webhooks failed</source>
        <translation>Webhooks gescheitert</translation>
    </message>
    <message>
        <source>Disk free</source>
        <translation>Freier Speicher</translation>
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
        <source>Since midnight UTC</source>
        <translation>Seit Mitternacht UTC</translation>
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
    <message>
        <source>95 of 100 within %1</source>
        <translation>95 von 100 binnen %1</translation>
    </message>
    <message>
        <source>Of the last 24 hours</source>
        <translation>Der letzten 24 Stunden</translation>
    </message>
    <message numerus="yes">
        <source>%n retrying</source>
        <translation>
            <numerusform>%n wird wiederholt</numerusform>
            <numerusform>%n werden wiederholt</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n endpoint(s) disabled</source>
        <translation>
            <numerusform>%n Endpunkt ruht</numerusform>
            <numerusform>%n Endpunkte ruhen</numerusform>
        </translation>
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
        <source>certificate: %n day(s) left</source>
        <translation>
            <numerusform>Zertifikat: noch %n Tag</numerusform>
            <numerusform>Zertifikat: noch %n Tage</numerusform>
        </translation>
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
        <translation>Von keinem Worker war etwas zu hören.</translation>
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
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>look</source>
        <translation>ansehen</translation>
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
</TS>
