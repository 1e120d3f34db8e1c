<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>SendingAgain</name>
    <message numerus="yes">
        <source>%n webhook(s) are sent again</source>
        <translation>
            <numerusform>%n webhook is sent again</numerusform>
            <numerusform>%n webhooks are sent again</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WebhooksPage</name>
    <message numerus="yes">
        <source>%n webhook(s) are sent again</source>
        <translation>
            <numerusform>%n webhook is sent again</numerusform>
            <numerusform>%n webhooks are sent again</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed webhook(s) match. Send all again, under their old ids?</source>
        <translation>
            <numerusform>%n failed webhook matches. Send it again, under its old id?</numerusform>
            <numerusform>%n failed webhooks match. Send all again, under their old ids?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n webhook(s) match. Send all again, under their old ids?</source>
        <translation>
            <numerusform>%n webhook matches. Send it again, under its old id?</numerusform>
            <numerusform>%n webhooks match. Send all again, under their old ids?</numerusform>
        </translation>
    </message>
</context>
</TS>
