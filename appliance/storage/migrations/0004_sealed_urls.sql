-- Webhook addresses are kept sealed, like the secrets beside them: in the columns that held them what is masked is left.
-- The rows that are there already are sealed when an api starts, for it has the key (appliance.services.upkeep.bound_seals).

ALTER TABLE customer ADD COLUMN sealed_webhook_url BLOB;
ALTER TABLE delivery ADD COLUMN sealed_url BLOB;
