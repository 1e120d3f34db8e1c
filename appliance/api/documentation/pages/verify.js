const { createHmac, timingSafeEqual } = require("node:crypto");

// secret: "whsec_…"; headers: request.headers;
// body: a Buffer with the bytes as they came, before any parsing
function isGenuine(secret, headers, body) {
  const sentAt = headers["webhook-timestamp"];
  if (!(Math.abs(Date.now() / 1000 - Number(sentAt)) <= 300)) {
    return false; // none of ours, or an old one that somebody sends again
  }
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const hmac = createHmac("sha256", key);
  hmac.update(`${headers["webhook-id"]}.${sentAt}.`).update(body);
  const expected = Buffer.from(`v1,${hmac.digest("base64")}`);
  const signatures = headers["webhook-signature"] ?? "";
  return signatures.split(" ").some((one) => {
    const given = Buffer.from(one);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
