<?php
// $crm: "https://crm.example.lan"; $key: of an API user of EspoCRM;
// $call: a webhook's body, once it is known to be genuine.
// The id of the contact at which the call is noted, or null.
function note_call(string $crm, string $key, array $call): ?string
{
    if (!in_array($call['event'], ['call.completed', 'call.updated'], true)) {
        return null;  // a failed, an empty or a test one: nothing was said
    }
    $outside = ($call['direction'] ?? null) === 'outbound' ? 'called' : 'caller';
    $number = $call['parties'][$outside]['number_e164'] ?? null;
    if ($number === null || $call['summary'] === '') {
        return null;  // withheld, or nothing was said
    }
    $where = http_build_query([
        'where' => [['type' => 'equals', 'attribute' => 'phoneNumber', 'value' => $number]],
        'maxSize' => 1,
    ]);
    $found = ask($crm, $key, "Contact?$where")['list'];
    if (!$found) {
        return null;
    }
    $about = "vBot call {$call['call_id']}, revision {$call['revision']}";
    ask($crm, $key, 'Note', [
        'type' => 'Post',
        'parentType' => 'Contact',
        'parentId' => $found[0]['id'],
        'post' => "{$call['summary']}\n\n$about",
    ]);
    return $found[0]['id'];
}

// GET, or POST where there is a body.
function ask(string $crm, string $key, string $path, ?array $body = null): array
{
    $answer = @file_get_contents("$crm/api/v1/$path", false, stream_context_create(['http' => [
        'method' => $body === null ? 'GET' : 'POST',
        'header' => "X-Api-Key: $key\r\nContent-Type: application/json",
        'content' => $body === null ? '' : json_encode($body),
        'timeout' => 30,
    ]]));
    if ($answer === false) {
        throw new RuntimeException('the CRM does not do it');
    }
    return json_decode($answer, true);
}
