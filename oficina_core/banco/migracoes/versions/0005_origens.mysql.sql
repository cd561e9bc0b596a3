CREATE TABLE origens (
  chave VARCHAR(64) NOT NULL,
  ultima DATETIME(6) NOT NULL,
  CONSTRAINT pk_origens PRIMARY KEY (chave)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX ix_origens_ultima ON origens (ultima);
