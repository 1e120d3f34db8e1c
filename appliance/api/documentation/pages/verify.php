<?php
// $secret: "whsec_…"; $headers: by their names in lower case;
// $body: file_get_contents('php://input'), before any parsing
function is_genuine(string $secret, array $headers, string $body): bool
{
    $sent_at = $headers['webhook-timestamp'] ?? '';
    if (abs(time() - (int) $sent_at) > 300) {
        return false;  // none of ours, or an old one that somebody sends again
    }
    $signed = ($headers['webhook-id'] ?? '') . '.' . $sent_at . '.' . $body;
    $key = base64_decode(substr($secret, strlen('whsec_')));
    $digest = hash_hmac('sha256', $signed, $key, true);
    $expected = 'v1,' . base64_encode($digest);
    foreach (explode(' ', $headers['webhook-signature'] ?? '') as $one) {
        if (hash_equals($expected, $one)) {
            return true;
        }
    }
    return false;
}
