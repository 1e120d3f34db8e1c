<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>CustomerPage</name>
    <message numerus="yes">
        <source>%1 has %n unsaved change(s).</source>
        <translation>
            <numerusform>%1 has %n unsaved change.</numerusform>
            <numerusform>%1 has %n unsaved changes.</numerusform>
        </translation>
    </message>
</context>
</TS>
