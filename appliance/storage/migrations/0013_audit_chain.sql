-- The audit as a hash chain (appliance.storage.audit_chain): each line's hash covers its content and the hash of the line
-- before it. What may name a person is hashed apart and salted, so that it can be erased without breaking the proof.
-- The lines that are there already are chained in the same transaction, behind this statement (migrations/__init__.py).

ALTER TABLE audit ADD COLUMN customer_id INTEGER;      -- whom the line is about, where that is one customer
ALTER TABLE audit ADD COLUMN salt VARCHAR;             -- NULL: what named a person is erased
ALTER TABLE audit ADD COLUMN personal_hash VARCHAR;
ALTER TABLE audit ADD COLUMN hash VARCHAR;

UPDATE audit SET customer_id = coalesce(
    CASE subject WHEN 'customer' THEN try_cast(subject_id AS INTEGER) END,
    CASE subject WHEN 'call' THEN (SELECT any_value(call.customer_id) FROM call WHERE call.call_id = audit.subject_id) END,
    CASE subject WHEN 'delivery' THEN (SELECT any_value(delivery.customer_id) FROM delivery WHERE delivery.id = audit.subject_id) END
);
