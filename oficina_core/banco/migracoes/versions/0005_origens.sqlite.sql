CREATE TABLE origens (
  chave TEXT NOT NULL,
  ultima TEXT NOT NULL,
  CONSTRAINT pk_origens PRIMARY KEY (chave)
)
 STRICT;

CREATE INDEX ix_origens_ultima ON origens (ultima);
