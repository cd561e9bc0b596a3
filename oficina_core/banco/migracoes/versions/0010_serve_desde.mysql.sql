ALTER TABLE alembic_version ADD COLUMN serve_desde VARCHAR(4);

UPDATE alembic_version SET serve_desde = '0010';
