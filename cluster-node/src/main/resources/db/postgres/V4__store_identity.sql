-- Which store this schema is, for what is kept beside it.
CREATE TABLE store_identity (
  id  TEXT NOT NULL PRIMARY KEY
);

INSERT INTO store_identity (id) VALUES (replace(gen_random_uuid()::text, '-', ''));
