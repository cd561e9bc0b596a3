DROP TABLE origens;
