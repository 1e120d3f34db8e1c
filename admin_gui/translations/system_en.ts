<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>BackupsTab</name>
    <message numerus="yes">
        <source>%1 is whole: %n call(s) are in it</source>
        <translation>
            <numerusform>%1 is whole: %n call is in it</numerusform>
            <numerusform>%1 is whole: %n calls are in it</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CertificateTab</name>
    <message numerus="yes">
        <source>It ends in %n day(s).</source>
        <translation>
            <numerusform>It ends in %n day.</numerusform>
            <numerusform>It ends in %n days.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It is good for another %n day(s).</source>
        <translation>
            <numerusform>It is good for another %n day.</numerusform>
            <numerusform>It is good for another %n days.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LogTab</name>
    <message numerus="yes">
        <source>%n line(s)</source>
        <translation>
            <numerusform>%n line</numerusform>
            <numerusform>%n lines</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SettingsTab</name>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation>
            <numerusform>%n day</numerusform>
            <numerusform>%n days</numerusform>
        </translation>
    </message>
</context>
</TS>
