-- Where each attempt went: a delivery itself knows only where it was sent last. In a table of its own, for an older program reads
-- all columns of an attempt and would stumble over one more. Masked and sealed as the delivery's; of older attempts nobody knows.
CREATE TABLE attempt_address (
    delivery_id VARCHAR NOT NULL,
    number      INTEGER NOT NULL,
    url         VARCHAR NOT NULL,
    sealed_url  BLOB NOT NULL
);
CREATE INDEX attempt_address_delivery ON attempt_address (delivery_id);
