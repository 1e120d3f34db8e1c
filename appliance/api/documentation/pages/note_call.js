// crm: "https://crm.example.lan"; key: of an API user of EspoCRM;
// call: a webhook's body, once it is known to be genuine.
// The id of the contact at which the call is noted, or null.
async function noteCall(crm, key, call) {
  if (!["call.completed", "call.updated"].includes(call.event)) {
    return null; // a failed, an empty or a test one: nothing was said
  }
  const outside = call.direction === "outbound" ? "called" : "caller";
  const number = call.parties[outside].number_e164;
  if (!number || !call.summary) {
    return null; // withheld, or nothing was said
  }
  const where = new URLSearchParams({
    "where[0][type]": "equals",
    "where[0][attribute]": "phoneNumber",
    "where[0][value]": number,
    maxSize: "1",
  });
  const { list: found } = await ask(crm, key, `Contact?${where}`);
  if (found.length === 0) {
    return null;
  }
  const about = `vBot call ${call.call_id}, revision ${call.revision}`;
  await ask(crm, key, "Note", {
    type: "Post",
    parentType: "Contact",
    parentId: found[0].id,
    post: `${call.summary}\n\n${about}`,
  });
  return found[0].id;
}

// GET, or POST where there is a body.
async function ask(crm, key, path, body) {
  const answer = await fetch(`${crm}/api/v1/${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { "X-Api-Key": key, "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  if (!answer.ok) {
    throw new Error(`the CRM answers ${answer.status}`);
  }
  return answer.json();
}
