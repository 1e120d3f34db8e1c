<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>AppContext</name>
    <message numerus="yes">
        <source>%1 copied; the clipboard is cleared after %n s</source>
        <translation>
            <numerusform>%1 copied; the clipboard is cleared after %n s</numerusform>
            <numerusform>%1 copied; the clipboard is cleared after %n s</numerusform>
        </translation>
    </message>
</context>
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
        <source>It ends in %Ln day(s).</source>
        <translation>
            <numerusform>It ends in %Ln day.</numerusform>
            <numerusform>It ends in %Ln days.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It is good for another %Ln day(s).</source>
        <translation>
            <numerusform>It is good for another %Ln day.</numerusform>
            <numerusform>It is good for another %Ln days.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Choices</name>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation>
            <numerusform>%n day</numerusform>
            <numerusform>%n days</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>At most %n day(s) at once</source>
        <translation>
            <numerusform>At most %n day at once</numerusform>
            <numerusform>At most %n days at once</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ConfirmDelete</name>
    <message numerus="yes">
        <source>It has sent %n call(s) so far: what is not erased yet of their recordings and texts is erased now. Figures and the audit log stay.</source>
        <translation>
            <numerusform>It has sent %n call so far: what is not erased yet of its recording and texts is erased now. Figures and the audit log stay.</numerusform>
            <numerusform>It has sent %n calls so far: what is not erased yet of their recordings and texts is erased now. Figures and the audit log stay.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CustomerActions</name>
    <message numerus="yes">
        <source>%n webhook(s) of this customer failed before and were not delivered.</source>
        <translation>
            <numerusform>%n webhook of this customer failed before and was not delivered.</numerusform>
            <numerusform>%n webhooks of this customer failed before and were not delivered.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n webhook(s) are sent again</source>
        <translation>
            <numerusform>%n webhook is sent again</numerusform>
            <numerusform>%n webhooks are sent again</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n not: %1</source>
        <translation>
            <numerusform>%n not: %1</numerusform>
            <numerusform>%n not: %1</numerusform>
        </translation>
    </message>
</context>
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
<context>
    <name>CustomerStanding</name>
    <message numerus="yes">
        <source>%n of those that failed belong(s) to erased calls, and is listed no more.</source>
        <translation>
            <numerusform>%n of those that failed belongs to an erased call, and is listed no more.</numerusform>
            <numerusform>%n of those that failed belong to erased calls, and are listed no more.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HealthCard</name>
    <message numerus="yes">
        <source>– and %n more</source>
        <translation>
            <numerusform>– and %n more</numerusform>
            <numerusform>– and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HoursCard</name>
    <message numerus="yes">
        <source>%n call(s)</source>
        <translation>
            <numerusform>%n call</numerusform>
            <numerusform>%n calls</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>InsightsPage</name>
    <message numerus="yes">
        <source>%n satisfied call(s)</source>
        <translation>
            <numerusform>%n satisfied call</numerusform>
            <numerusform>%n satisfied calls</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n neutral call(s)</source>
        <translation>
            <numerusform>%n neutral call</numerusform>
            <numerusform>%n neutral calls</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n dissatisfied call(s)</source>
        <translation>
            <numerusform>%n dissatisfied call</numerusform>
            <numerusform>%n dissatisfied calls</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LastingLine</name>
    <message numerus="yes">
        <source>– and %n more</source>
        <translation>
            <numerusform>– and %n more</numerusform>
            <numerusform>– and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LimitsCard</name>
    <message numerus="yes">
        <source>%n call(s)</source>
        <translation>
            <numerusform>%n call</numerusform>
            <numerusform>%n calls</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LoadingIndicator</name>
    <message numerus="yes">
        <source>Waiting: the appliance has not answered for %n s</source>
        <translation>
            <numerusform>Waiting: the appliance has not answered for %n s</numerusform>
            <numerusform>Waiting: the appliance has not answered for %n s</numerusform>
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
    <name>LogText</name>
    <message numerus="yes">
        <source>%1 new</source>
        <translation>
            <numerusform>%1 new</numerusform>
            <numerusform>%1 new</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ManyAtOnce</name>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <translation>
            <numerusform>%1 and %n more</numerusform>
            <numerusform>%1 and %n more</numerusform>
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
    <name>NewRowsHint</name>
    <message numerus="yes">
        <source>%1 new</source>
        <translation>
            <numerusform>%1 new</numerusform>
            <numerusform>%1 new</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OverviewPage</name>
    <message numerus="yes">
        <source>%n call(s)</source>
        <translation>
            <numerusform>%n call</numerusform>
            <numerusform>%n calls</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n failed</numerusform>
            <numerusform>%n failed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PagedTable</name>
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
    <name>SelectedBackups</name>
    <message numerus="yes">
        <source>%n backup(s) saved to %1; the recovery key alone opens them</source>
        <translation>
            <numerusform>%n backup saved to %1; the recovery key alone opens it</numerusform>
            <numerusform>%n backups saved to %1; the recovery key alone opens them</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n backup(s) are whole</source>
        <translation>
            <numerusform>%n backup is whole</numerusform>
            <numerusform>%n backups are whole</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SelectedCalls</name>
    <message numerus="yes">
        <source>Analyse %n call(s) again? Each new result is sent to its customer.</source>
        <translation>
            <numerusform>Analyse %n call again? The new result is sent to its customer.</numerusform>
            <numerusform>Analyse %n calls again? Each new result is sent to its customer.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Send the webhook of %n call(s) again? Receivers that have it get it a second time.</source>
        <translation>
            <numerusform>Send the webhook of %n call again? A receiver that has it gets it a second time.</numerusform>
            <numerusform>Send the webhooks of %n calls again? Receivers that have theirs get them a second time.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n call(s) exported to %1</source>
        <translation>
            <numerusform>%n call exported to %1</numerusform>
            <numerusform>%n calls exported to %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Erase %n call(s)?</source>
        <translation>
            <numerusform>Erase %n call?</numerusform>
            <numerusform>Erase %n calls?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Erase %n call(s)</source>
        <translation>
            <numerusform>Erase %n call</numerusform>
            <numerusform>Erase %n calls</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n call(s) are analysed again</source>
        <translation>
            <numerusform>%n call is analysed again</numerusform>
            <numerusform>%n calls are analysed again</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n webhook(s) are sent again</source>
        <translation>
            <numerusform>%n webhook is sent again</numerusform>
            <numerusform>%n webhooks are sent again</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n call(s) erased</source>
        <translation>
            <numerusform>%n call erased</numerusform>
            <numerusform>%n calls erased</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SelectedCustomers</name>
    <message numerus="yes">
        <source>Deactivate %n customer(s)? Their API keys are refused from now on: their telephone systems deliver no more calls.</source>
        <translation>
            <numerusform>Deactivate %n customer? Its API key is refused from now on: its telephone system delivers no more calls.</numerusform>
            <numerusform>Deactivate %n customers? Their API keys are refused from now on: their telephone systems deliver no more calls.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The webhooks of %n customer(s) are enabled again</source>
        <translation>
            <numerusform>The webhooks of %n customer are enabled again</numerusform>
            <numerusform>The webhooks of %n customers are enabled again</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n customer(s) activated: their API keys are accepted</source>
        <translation>
            <numerusform>%n customer activated: its API key is accepted</numerusform>
            <numerusform>%n customers activated: their API keys are accepted</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n customer(s) deactivated: their API keys are refused</source>
        <translation>
            <numerusform>%n customer deactivated: its API key is refused</numerusform>
            <numerusform>%n customers deactivated: their API keys are refused</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SelectedEndpoints</name>
    <message numerus="yes">
        <source>%n endpoint(s) enabled: the webhooks on hold are being sent</source>
        <translation>
            <numerusform>%n endpoint enabled: the webhooks on hold are being sent</numerusform>
            <numerusform>%n endpoints enabled: the webhooks on hold are being sent</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n endpoint(s) have taken the test</source>
        <translation>
            <numerusform>%n endpoint has taken the test</numerusform>
            <numerusform>%n endpoints have taken the test</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Send %n failed webhook(s) of %1 again?</source>
        <translation>
            <numerusform>Send %n failed webhook of %1 again?</numerusform>
            <numerusform>Send %n failed webhooks of %1 again?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n customer(s)</source>
        <translation>
            <numerusform>%n customer</numerusform>
            <numerusform>%n customers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n webhook(s) are sent again</source>
        <translation>
            <numerusform>%n webhook is sent again</numerusform>
            <numerusform>%n webhooks are sent again</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SelectedTokens</name>
    <message numerus="yes">
        <source>Revoke %n token(s)?</source>
        <translation>
            <numerusform>Revoke %n token?</numerusform>
            <numerusform>Revoke %n tokens?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Revoke %n token(s)</source>
        <translation>
            <numerusform>Revoke %n token</numerusform>
            <numerusform>Revoke %n tokens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n token(s) are revoked</source>
        <translation>
            <numerusform>%n token is revoked</numerusform>
            <numerusform>%n tokens are revoked</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SelectionTags</name>
    <message numerus="yes">
        <source>Tags of %n call(s)</source>
        <translation>
            <numerusform>Tags of %n call</numerusform>
            <numerusform>Tags of %n calls</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The tags of %n call(s) are changed</source>
        <translation>
            <numerusform>The tags of %n call are changed</numerusform>
            <numerusform>The tags of %n calls are changed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SendingAgain</name>
    <message numerus="yes">
        <source>%n webhook(s) of %1 are sent again</source>
        <translation>
            <numerusform>%n webhook of %1 is sent again</numerusform>
            <numerusform>%n webhooks of %1 are sent again</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n webhook(s) of %1 customers are sent again</source>
        <translation>
            <numerusform>%n webhook of %1 customers is sent again</numerusform>
            <numerusform>%n webhooks of %1 customers are sent again</numerusform>
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
    <name>SettingsTab</name>
    <message numerus="yes">
        <source>%n changed setting(s) are not saved.</source>
        <translation>
            <numerusform>%n changed setting is not saved.</numerusform>
            <numerusform>%n changed settings are not saved.</numerusform>
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
    <name>Tiles</name>
    <message numerus="yes">
        <source>%n completed</source>
        <translation>
            <numerusform>%n completed</numerusform>
            <numerusform>%n completed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n worker(s) ready</source>
        <translation>
            <numerusform>%n worker ready</numerusform>
            <numerusform>%n workers ready</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n failed</numerusform>
            <numerusform>%n failed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n retrying</source>
        <translation>
            <numerusform>%n retrying</numerusform>
            <numerusform>%n retrying</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>In %n more nothing was recorded: nobody answered</source>
        <translation>
            <numerusform>In %n more nothing was recorded: nobody answered</numerusform>
            <numerusform>In %n more nothing was recorded: nobody answered</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n on hold</source>
        <translation>
            <numerusform>%n on hold</numerusform>
            <numerusform>%n on hold</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n endpoint(s) disabled</source>
        <translation>
            <numerusform>%n endpoint disabled</numerusform>
            <numerusform>%n endpoints disabled</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>certificate: %Ln day(s) left</source>
        <translation>
            <numerusform>certificate: %Ln day left</numerusform>
            <numerusform>certificate: %Ln days left</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WebhooksPage</name>
    <message numerus="yes">
        <source>%n failed webhook(s) match.</source>
        <translation>
            <numerusform>%n failed webhook matches.</numerusform>
            <numerusform>%n failed webhooks match.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n webhook(s) match.</source>
        <translation>
            <numerusform>%n webhook matches.</numerusform>
            <numerusform>%n webhooks match.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n webhook(s) are sent again</source>
        <translation>
            <numerusform>%n webhook is sent again</numerusform>
            <numerusform>%n webhooks are sent again</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of the %1 selected webhook(s) were delivered. Send these a second time, too?</source>
        <translation>
            <numerusform>%n of the %1 selected webhooks was delivered. Send it a second time, too?</numerusform>
            <numerusform>%n of the %1 selected webhooks were delivered. Send these a second time, too?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n webhook(s) match, all of them delivered already.</source>
        <translation>
            <numerusform>%n webhook matches, and it was delivered already.</numerusform>
            <numerusform>%n webhooks match, all of them delivered already.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more webhook(s) cannot be sent: their endpoint is disabled or has no address.</source>
        <translation>
            <numerusform>%n more webhook cannot be sent: its endpoint is disabled or has no address.</numerusform>
            <numerusform>%n more webhooks cannot be sent: their endpoint is disabled or has no address.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WithoutWords</name>
    <message numerus="yes">
        <source>%n call(s) wait in all</source>
        <translation>
            <numerusform>%n call waits in all</numerusform>
            <numerusform>%n calls wait in all</numerusform>
        </translation>
    </message>
</context>
</TS>
