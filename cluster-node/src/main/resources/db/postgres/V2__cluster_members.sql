-- Nodes say here that they exist and where, so that others find them to form a cluster. A row says
-- nothing about whether the node is a member or alive: the cluster itself decides that.
CREATE TABLE cluster_member (
  -- One start of one node; never used again.
  incarnation  TEXT        PRIMARY KEY,
  -- For people.
  name         TEXT        NOT NULL,
  -- Where other nodes reach it.
  address      TEXT        NOT NULL,
  -- By the clock of the database, which all of them share.
  first_seen   TIMESTAMPTZ NOT NULL DEFAULT now(),
  last_seen    TIMESTAMPTZ NOT NULL DEFAULT now()
);
