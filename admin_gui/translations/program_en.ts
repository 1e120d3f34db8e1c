<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>Desk</name>
    <message numerus="yes">
        <source>%1 copied; the clipboard is cleared after %n s</source>
        <translation>
            <numerusform>%1 copied; the clipboard is cleared after %n s</numerusform>
            <numerusform>%1 copied; the clipboard is cleared after %n s</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RowTable</name>
    <message numerus="yes">
        <source>%n row(s) written to %1</source>
        <translation>
            <numerusform>%n row written to %1</numerusform>
            <numerusform>%n rows written to %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SecretField</name>
    <message numerus="yes">
        <source>Copy; the clipboard is cleared after %n s</source>
        <translation>
            <numerusform>Copy; the clipboard is cleared after %n s</numerusform>
            <numerusform>Copy; the clipboard is cleared after %n s</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message numerus="yes">
        <source>trying again in %n s</source>
        <translation>
            <numerusform>trying again in %n s</numerusform>
            <numerusform>trying again in %n s</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>No answer for %n s</source>
        <translation>
            <numerusform>No answer for %n s</numerusform>
            <numerusform>No answer for %n s</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TableView</name>
    <message numerus="yes">
        <source>%n row(s) copied</source>
        <translation>
            <numerusform>%n row copied</numerusform>
            <numerusform>%n rows copied</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Waiting</name>
    <message numerus="yes">
        <source>Waiting: the appliance has not answered for %n s</source>
        <translation>
            <numerusform>Waiting: the appliance has not answered for %n s</numerusform>
            <numerusform>Waiting: the appliance has not answered for %n s</numerusform>
        </translation>
    </message>
</context>
</TS>
