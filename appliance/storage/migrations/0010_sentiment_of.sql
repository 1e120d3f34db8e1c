-- Whose moods are computed in a customer's calls: 'outside', 'both' or 'none'; NULL: as the appliance is set.
ALTER TABLE customer ADD COLUMN sentiment_of VARCHAR;
