-- Names and products that may come up in a customer's calls, and in a single one: JSON lists (appliance.storage.tables.word_lists).
ALTER TABLE customer ADD COLUMN vocabulary VARCHAR;
ALTER TABLE call ADD COLUMN vocabulary VARCHAR;

-- When each word of a result was said: apart from its body, for only who asks for them reads them.
ALTER TABLE result ADD COLUMN words VARCHAR;
