<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>CallPage</name>
    <message numerus="yes">
        <source>Still in %n backup(s).</source>
        <translation>
            <numerusform>Still in %n backup.</numerusform>
            <numerusform>Still in %n backups.</numerusform>
        </translation>
    </message>
</context>
</TS>
