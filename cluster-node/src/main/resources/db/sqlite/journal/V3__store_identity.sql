-- Which store this file belongs to: the same in each file of a data directory.
CREATE TABLE store_identity (
  id  TEXT NOT NULL PRIMARY KEY
);
